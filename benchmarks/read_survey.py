"""How fast survey files are read, and in how much memory.

    uv run python benchmarks/read_survey.py [MEGABYTES]

Writes a CSV file of that size (300 by default) like a census, reads it twice as a site does (once to decide types, once
for its rows), and prints rows a second and the largest memory the process ever held.
"""

import random
import resource
import sys
import tempfile
import time
from pathlib import Path

from safeconduct.ingest.survey import Arrived, read

HEADER = "hhid,line,sex,age,district,ethnic,occupation,income,weight,born,notes\n"


def census(path: Path, size: int) -> None:
    """Write a file like a census: codes with zeros in front, numbers, dates, texts, gaps."""
    draw = random.Random(7)  # noqa: S311 - the same file every time
    block = "".join(
        f"{draw.randrange(10**7):07},{draw.randrange(1, 9)},{draw.randrange(1, 3)},{draw.randrange(96)},"
        f"{draw.randrange(400):03},{draw.randrange(20)},{draw.choice(['', '5120', '9211', '6111'])},"
        f"{draw.random() * 1e5:.2f},{draw.random() * 40:.6f},19{draw.randrange(10, 99)}-0{draw.randrange(1, 10)}-11,"
        f"{draw.choice(['', 'as told', 'see form'])}\n"
        for _ in range(20_000)
    )
    with path.open("w", encoding="utf-8") as file:
        file.write(HEADER)
        while file.tell() < size:
            file.write(block)


def memory() -> float:
    """The largest memory so far, in megabytes."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main(size: int) -> None:
    """Read one file and say what it took."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "census.csv"
        census(path, size << 20)
        before, start = memory(), time.perf_counter()
        contents = read([Arrived(name=path.name, size=path.stat().st_size, open=lambda: path.open("rb"))])
        looked = time.perf_counter()
        rows = sum(batch.num_rows for batch in contents.tables[0].batches())
        end = time.perf_counter()
    print(f"{size} MB, {rows} rows: types in {looked - start:.1f} s, rows in {end - looked:.1f} s")
    print(f"{rows / (end - start):,.0f} rows/s over both; memory {before:.0f} MB before, {memory():.0f} MB at most")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300)
