"""Killed at every one of its writes, an ingest loses and doubles nothing; who reads beside it sees whole versions."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from killing import on_path

HERE = Path(__file__).parent
ROUNDS = 6


@pytest.mark.slow
def test_killed_at_each_of_its_writes_and_run_again_the_store_is_the_same_row_for_row(tmp_path) -> None:
    """With a correction, duplicates, late rows that are merged, rejected rows; and when a file is taken back."""
    done = subprocess.run(
        [sys.executable, HERE / "every_write.py", tmp_path],
        capture_output=True, text=True, check=False, env=on_path(),
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    writes = json.loads(done.stdout)

    assert writes["take"] > 60
    assert writes["take back"] > 20


def test_a_reader_beside_an_ingest_sees_whole_versions_only(world, row) -> None:
    """Every file brings two rows to each of two days, every second file is corrected, and late parts are merged."""
    world.map(events='same_name = "replace"')
    world.calls(rows_of(row, 0), "calls_0.csv")
    world.take()
    seen = set()
    command = [sys.executable, HERE / "taking.py", world.folder, str(ROUNDS)]
    with subprocess.Popen(command, env=on_path()) as writer:
        running = True
        while running:
            running = writer.poll() is None
            manifest = world.manifest()
            seen.add(manifest.id)
            assert_whole(world, manifest)

    assert writer.returncode == 0
    assert len(seen) > 1
    assert len(world.manifest().arrivals) == 1 + ROUNDS + ROUNDS // 2


def rows_of(row, number: int, *, minute: int = 0) -> list[str]:
    days = ("2026-01-05", "2026-01-06")
    return [row(f"9{number}{one}", f"{day} 10:{minute:02d}:00") for day in days for one in range(2)]


def assert_whole(world, manifest) -> None:
    """Both days have as many rows, of as many files, and their sums say so."""
    world.manifest = lambda: manifest
    try:
        events, sums = world.events("arrival, person"), world.rollups()
    finally:
        del world.manifest
    first, second = (sorted(arrival for arrival, _ in rows) for rows in events.values())
    assert first == second
    assert len(first) % 2 == 0
    assert [sum(row[2] for row in rows) for rows in sums.values()] == [len(first), len(second)]
