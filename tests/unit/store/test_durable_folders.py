"""A file is as durable as the names of the folders that lead to it."""

import os
import stat
from pathlib import Path

import pytest

from safeconduct.store.chunks import private
from safeconduct.store.files import write


@pytest.fixture
def synced(monkeypatch) -> list[Path]:
    """What was made durable, in order."""
    found, real = [], os.fsync

    def noted(handle: int) -> None:
        found.append(Path(f"/proc/self/fd/{handle}").readlink())
        real(handle)

    monkeypatch.setattr(os, "fsync", noted)
    return found


def test_every_folder_that_is_made_on_the_way_is_durable_in_the_one_above(tmp_path, synced) -> None:
    """Else a power cut loses a committed day with the folder it was the first file of."""
    write(tmp_path / "parts" / "calls" / "2026-01-05" / "a.parquet", b"rows")

    day = tmp_path / "parts" / "calls" / "2026-01-05"
    assert synced[:3] == [tmp_path, tmp_path / "parts", tmp_path / "parts" / "calls"]
    assert synced[-1] == day
    assert not stat.S_IMODE(day.stat().st_mode) & 0o077


def test_a_folder_that_is_there_is_left_as_it_is(tmp_path, synced) -> None:
    write(tmp_path / "a", b"first")
    synced.clear()
    private(tmp_path)

    assert synced == []
