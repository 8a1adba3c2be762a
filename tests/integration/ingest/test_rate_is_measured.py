"""The commands that measure how fast and in how much memory files are taken in run, and tell what they promise."""

import json
import subprocess
import sys
from pathlib import Path

BENCHMARKS = Path(__file__).parents[3] / "benchmarks"


def told(name: str, *words: str) -> dict[str, object]:
    command = [sys.executable, BENCHMARKS / name, *words]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout.splitlines()[-1])


def test_the_ratio_to_a_plain_reading_is_of_the_same_rows() -> None:
    rate = told("ingest_rate.py", "--events", "2000", "--rounds", "1")
    assert rate["plain"]["rows"] == rate["ours"]["rows"] == rate["events"]
    assert rate["times_plain_cpu_seconds"] > 0


def test_memory_is_told_for_a_number_of_rows() -> None:
    memory = told("ingest_memory.py", "--rows", "2000", "--memory-mb", "512")
    assert (memory["rows"], memory["memory_mb"]) == (2000, 512)
    assert memory["peak_mb"] > 0
