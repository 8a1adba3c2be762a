"""Takes one file in after another, and corrects every second, in a process of its own.

python taking.py FOLDER ROUNDS
"""

import sys
from pathlib import Path

import ingest_world
from safeconduct.ingest import changing

changing.MOST_LATE = 3
world = ingest_world.World(Path(sys.argv[1]))
DAYS = ("2026-01-05", "2026-01-06")
for number in range(1, int(sys.argv[2]) + 1):
    for minute in (0, 1)[: 1 + number % 2]:
        rows = [ingest_world.row(f"9{number}{one}", f"{day} 10:{minute:02d}:00") for day in DAYS for one in range(2)]
        world.calls(rows, f"calls_{number}.csv")
        world.take()
