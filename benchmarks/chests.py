"""How fast chests are written and read: megabytes a second, and peak memory.

    uv run python benchmarks/chests.py --megabytes 1024

Writing counts until everything is durable; reading decrypts every byte; the jumps read 4 kB from 2,000 places.
"""

import argparse
import json
import os
import random
import resource
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from safeconduct.keys.provider import FileKeys
from safeconduct.store.chests import Chests

PIECE = 1 << 18
JUMPS = 2_000
JUMP = 4096


def seconds(do: Callable[[], object]) -> float:
    """How long something takes."""
    started = time.perf_counter()
    do()
    return time.perf_counter() - started


def fill(chests: Chests, megabytes: int) -> None:
    """Write so many megabytes, a quarter at a time."""
    piece = os.urandom(PIECE)
    with chests.create("large") as writer:
        for _ in range(megabytes * (1 << 20) // PIECE):
            writer.write(piece)
        writer.finish()


def drain(chests: Chests) -> None:
    """Read all of it."""
    with chests.open("large") as file:
        while file.read(PIECE):
            continue


def jump(chests: Chests) -> None:
    """Read a little from many places."""
    draw = random.Random(1)  # noqa: S311 - places to read, no secret
    with chests.open("large") as file:
        size = file.seek(0, os.SEEK_END)
        for _ in range(JUMPS):
            file.seek(draw.randrange(size))
            file.read(JUMP)


def main() -> None:
    """Measure, and print one JSON object."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--megabytes", type=int, default=1024)
    megabytes = parser.parse_args().megabytes
    with tempfile.TemporaryDirectory() as folder:
        chests = Chests(folder=Path(folder), keys=FileKeys(True, bytes(32)), purpose="benchmark")
        found = {
            "write_mb_s": megabytes / seconds(lambda: fill(chests, megabytes)),
            "read_mb_s": megabytes / seconds(lambda: drain(chests)),
            "jumps_s": JUMPS / seconds(lambda: jump(chests)),
            "peak_mb": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        }
    print(json.dumps({name: round(value) for name, value in found.items()}))


if __name__ == "__main__":
    main()
