"""What an ingest takes in memory follows the setting, not the size of a file."""

import subprocess
import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.csv
import pytest

CHILD = Path(__file__).with_name("memory_child.py")
WORLD = Path(__file__).parents[2] / "spec" / "ingest" / "world.py"
BLOCK = 500_000
PEOPLE = 100_000


def written(path: Path, rows: int) -> None:
    """One day of calls in one file, in the order of time."""
    rng = np.random.default_rng(3)
    plain = pa.csv.WriteOptions(quoting_style="none")
    names = ["MSISDN", "TIME", "CELL", "DIRECTION", "OTHER", "IMSI", "IMEI", "DURATION"]
    with pa.csv.CSVWriter(path, pa.schema([(name, pa.string()) for name in names]), write_options=plain) as file:
        for start in range(0, rows, BLOCK):
            second = np.sort(rng.integers(start * 86_400 // rows, (start + BLOCK) * 86_400 // rows, BLOCK))
            stamps = np.char.replace((np.datetime64("2026-01-05", "s") + second).astype("U19"), "T", " ")
            columns = [
                pa.array(rng.integers(840_000_000, 840_000_000 + PEOPLE, BLOCK)).cast(pa.string()),
                pa.array(stamps),
                *(pa.repeat(text, BLOCK) for text in ("a1", "outgoing", "", "", "")),
                pa.array(rng.integers(1, 600, BLOCK)).cast(pa.string()),
            ]
            file.write_table(pa.table(columns, names=names))


@pytest.mark.slow
@pytest.mark.parametrize(("rows", "memory_mb"), [(5_000_000, 256)])
def test_the_most_memory_follows_the_setting(world, rows, memory_mb) -> None:
    """Beside the libraries themselves, which are there before the first row."""
    written(world.files / "calls_1.csv", rows)

    done = subprocess.run(
        [sys.executable, CHILD, WORLD, world.folder, str(memory_mb)], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    kept, start, most = map(int, done.stdout.split())

    assert kept == rows
    assert most - start <= memory_mb
