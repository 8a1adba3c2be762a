"""Killed with SIGKILL anywhere, an ingest loses nothing and doubles nothing when it is run again."""

import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from killing import on_path
from safeconduct.store.sweeping import sweep
from shelled import python

CHILD = Path(__file__).with_name("child.py")
POINTS = [
    ("part", 1), ("after part", 2), ("after part", 7), ("sync", 1), ("after sync", 5), ("codes", 1), ("after codes", 1),
    ("quarantine", 1), ("after quarantine", 3), ("manifest", 1), ("after manifest", 1), ("commit", 1),
    ("after commit", 1), ("after commit", 2),
]  # fmt: skip


def child(folder: Path, *more: str) -> subprocess.CompletedProcess[str]:
    return python(CHILD.read_text(encoding="utf-8"), folder, *more)


@pytest.fixture
def filled(world, row):
    """Five files over three days, a wrong row in each."""
    for number in range(5):
        rows = [
            row(f"258{number:02d}{one:03d}", f"2026-01-{5 + one % 3:02d} 10:00:{one:02d}", "a1") for one in range(30)
        ]
        world.calls([*rows, row("")], f"calls_{number}.csv")
    return world


def seen(world) -> list[tuple]:
    return sorted((str(day), second) for day, rows in world.events().items() for _, second, _ in rows)


def expected() -> list[tuple]:
    return sorted((f"2026-01-{5 + one % 3:02d}", 36_000 + one) for _ in range(5) for one in range(30))


def assert_whole(world) -> None:
    assert seen(world) == expected()
    assert world.people() == 150
    assert sum(events for rows in world.rollups().values() for _, _, events, *_ in rows) == 150
    assert not list(world.folder.rglob(".unfinished-*"))
    sweep(world.folders.store, "phone", world.page.current())
    assert world.stored() == world.manifest().files(), "nothing is left over, nothing is missing"
    assert len(list(world.folders.quarantine.rglob("*.rows"))) == 5
    assert not [path for path in world.folders.spill.rglob("*") if path.is_file()]


@pytest.mark.parametrize(("point", "nth"), POINTS)
def test_killed_at_a_step_and_run_again_it_is_whole(filled, point, nth) -> None:
    killed = child(filled.folder, point, str(nth))
    assert killed.returncode == -signal.SIGKILL, killed.stderr

    again = child(filled.folder)

    assert again.returncode == 0, again.stderr
    assert_whole(filled)


@pytest.mark.slow
def test_killed_at_any_moment_over_and_over_it_becomes_whole(filled) -> None:
    """A new moment every time, until it gets through."""
    moments = random.Random(5)  # noqa: S311 - when to kill is no secret
    for _ in range(8):
        command = [sys.executable, CHILD, filled.folder]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=on_path())
        time.sleep(0.4 + moments.random() * 1.2)
        process.kill()
        process.wait()

    assert child(filled.folder).returncode == 0
    assert_whole(filled)


def test_repeated_it_changes_nothing(filled) -> None:
    child(filled.folder)
    before = filled.stored()

    assert child(filled.folder).stdout.split() == ["0", "5", "0"]
    assert filled.stored() == before
