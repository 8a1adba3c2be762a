"""An ingest in a process of its own, which may be killed at a point or put on a small disk.

    python child.py FOLDER [POINT NTH]

POINT is the name of a step: the process kills itself (SIGKILL) when it gets there for the NTH time.
"""

import os
import signal
import sys
from pathlib import Path

import ingest_world
from safeconduct.ingest import run
from safeconduct.store import files
from safeconduct.store.codes import CodeTable
from safeconduct.store.intake import RejectedRows
from safeconduct.store.parts import PartWriter

run.BATCH_ROWS = 40  # several commits from few rows


def main() -> None:
    if len(sys.argv) > 2:
        deadly(sys.argv[2], int(sys.argv[3]))
    report = ingest_world.World(Path(sys.argv[1])).take()
    sys.stdout.write(f"{report.files} {report.skipped_files} {report.rows}\n")


def deadly(point: str, nth: int) -> None:
    """Die before (or `after`) a step, the nth time."""
    owner, name = {
        "part": (PartWriter, "write"),
        "sync": (files, "sync"),
        "codes": (CodeTable, "save"),
        "quarantine": (RejectedRows, "finish"),
        "manifest": (run, "write_manifest"),
        "commit": (ingest_world.Page, "commit"),
    }[point.removeprefix("after ")]
    step, calls = getattr(owner, name), [0]

    def dying(*args, **kwargs):
        calls[0] += 1
        if point.startswith("after "):
            found = step(*args, **kwargs)
        if calls[0] == nth:
            os.kill(os.getpid(), signal.SIGKILL)
        return found if point.startswith("after ") else step(*args, **kwargs)

    setattr(owner, name, dying)


main()
