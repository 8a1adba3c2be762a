"""Reads a stranger's stream in a process of its own, which kills itself in the middle of it.

python reading_until.py FOLDER WHAT NTH

WHAT is `phone`, `upload` or the name of a survey file beside the world's; the process dies (SIGKILL) at its NTH chunk,
piece, or write of a sealed table. Before it does it names the processes that it started itself.
"""

import os
import signal
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import ingest_world
from safeconduct.ingest import lines
from safeconduct.ingest.arriving import ArrivalSite, stage
from safeconduct.ingest.rows import Coder
from safeconduct.ingest.survey import Arrived, read
from safeconduct.store.table_writer import TableWriter
from safeconduct.store.uploads import Uploads

lines.BLOCK = 1 << 14
PIECE = 1 << 12
HANDLE = "upload-of-a-stranger"


class Deadly:
    """Dies at the n-th call."""

    def __init__(self, nth: int) -> None:
        self.left = nth

    def __call__(self) -> bool:
        self.left -= 1
        if self.left <= 0:
            own = Path(f"/proc/self/task/{os.getpid()}/children").read_text()
            sys.stdout.write(own)
            sys.stdout.flush()
            os.kill(os.getpid(), signal.SIGKILL)
        return False


def main() -> None:
    folder, what, dies = Path(sys.argv[1]), sys.argv[2], Deadly(int(sys.argv[3]))
    world = ingest_world.World(folder)
    if what == "phone":
        code = Coder.coded

        def coded(*args: object) -> object:
            dies()
            return code(*args)

        Coder.coded = coded
        world.take()
        return
    stream = world.files / ("survey.csv" if what == "upload" else what)
    uploads = Uploads(folder=world.folders.root / "intake" / "uploads", keys=world.keys, chunk=PIECE)
    uploads.begin(HANDLE, name=stream.name)
    uploads.append(HANDLE, 0, pieces(stream, dies if what == "upload" else None))
    done = uploads.finish(HANDLE)
    arrived = Arrived(name=stream.name, size=done.size or 0, open=partial(uploads.open, HANDLE))
    site = ArrivalSite(dataset="survey", intake=world.folders.intake, store=world.folders.store, keys=world.keys)
    for name in ("add", "finish"):
        setattr(TableWriter, name, after(dies, getattr(TableWriter, name)))
    stage(read([arrived]), opened=site)


def after(dies: Deadly, step: Callable[..., object]) -> Callable[..., object]:
    """A step, and then perhaps the end; the rows of the last one lie in their file, which is not named yet."""

    def dying(*args: object, **how: object) -> object:
        found = step(*args, **how)
        dies()
        return found

    return dying


def pieces(stream: Path, dies: Deadly | None) -> Iterator[bytes]:
    with stream.open("rb") as file:
        while piece := file.read(PIECE):
            if dies is not None:
                dies()
            yield piece


main()
