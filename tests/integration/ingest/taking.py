"""Takes one file in after another, and corrects every second, in a process of its own.

python taking.py WORLD_MODULE FOLDER ROUNDS
"""

import sys
from pathlib import Path

from killing import loaded
from safeconduct.ingest import changing

changing.MOST_LATE = 3
module = loaded("ingest_world", sys.argv[1])
world = module.World(Path(sys.argv[2]))
DAYS = ("2026-01-05", "2026-01-06")
for number in range(1, int(sys.argv[3]) + 1):
    for minute in (0, 1)[: 1 + number % 2]:
        rows = [module.row(f"9{number}{one}", f"{day} 10:{minute:02d}:00") for day in DAYS for one in range(2)]
        world.calls(rows, f"calls_{number}.csv")
        world.take()
