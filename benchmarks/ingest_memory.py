"""How much memory an ingest takes by rows, under a setting.

    uv run python benchmarks/ingest_memory.py --rows 5000000 50000000 --memory-mb 2048

One file for all rows, which is the worst case, since a file is committed whole. Each run has a process of its own; what
is told is the most memory it ever had (`VmHWM`), the libraries themselves included.
"""

import argparse
import json
import multiprocessing
import tempfile
from collections.abc import Callable
from pathlib import Path

import ingest_rate


def main() -> None:
    """Print one JSON object a number of rows."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000_000, 50_000_000])
    parser.add_argument("--memory-mb", type=int, default=2048)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--days", type=int, default=1, help="files, one a day")
    asked = parser.parse_args()
    for rows in asked.rows:
        with tempfile.TemporaryDirectory() as temporary:
            folder, work = Path(temporary, "files"), Path(temporary, "work")
            folder.mkdir()
            work.mkdir()
            _apart(ingest_rate.write_files, folder, rows, asked.days)
            found = _apart(ingest_rate.ours, folder, work, asked.threads, asked.memory_mb)
        print(json.dumps({"memory_mb": asked.memory_mb, "files": asked.days} | found), flush=True)


def _apart(run: Callable[..., dict[str, float] | None], *how: object) -> dict[str, float]:
    with multiprocessing.get_context("spawn").Pool(1) as pool:
        return pool.apply(run, how) or {}


if __name__ == "__main__":
    main()
