"""An ingest in a process of its own, which says how much memory it had at its start and at most, megabytes.

python memory_child.py WORLD_MODULE FOLDER MEMORY_MB
"""

import importlib.util
import sys
from pathlib import Path


def megabytes(what: str) -> int:
    line = next(line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(what))
    return int(line.split()[1]) // 1024


spec = importlib.util.spec_from_file_location("ingest_world", sys.argv[1])
module = importlib.util.module_from_spec(spec)
sys.modules["ingest_world"] = module
spec.loader.exec_module(module)
start = megabytes("VmRSS")
report = module.World(Path(sys.argv[2])).take(memory_mb=int(sys.argv[3]))
sys.stdout.write(f"{report.kept} {start} {megabytes('VmHWM')}\n")
