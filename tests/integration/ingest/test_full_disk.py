"""A full disk is told, and leaves what was there before."""

import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from safeconduct.model.errors import StoreFull

ROOM = "600k"


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A real file system of six hundred kilobytes, where one may be mounted."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", folder], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting a small file system needs root")
    yield folder
    subprocess.run(["umount", "-l", folder], check=True)


def many(row, start: int) -> list[str]:
    return [
        row(f"258{start + one:07d}", f"2026-01-05 {one % 24:02d}:{one % 60:02d}:{one * 7 % 60:02d}", "a1", "outgoing",
            "2", "3", "4", f"{one * 7919 % 1_000_003}")
        for one in range(60_000)
    ]  # fmt: skip


def test_a_full_disk_is_told_and_nothing_of_the_batch_is_kept(small_disk, worlds, row, tmp_path) -> None:
    world = worlds.World(tmp_path / "world")
    (world.folders.store).symlink_to(small_disk, target_is_directory=True)
    world.calls([row()])
    world.take()
    before, stored = world.events(), world.stored()
    big = world.calls(many(row, 0), "calls_2.csv")

    with pytest.raises(StoreFull, match="free some space"):
        world.take()

    assert world.stored() == stored
    assert world.events() == before
    assert not list(small_disk.rglob(".unfinished-*"))

    subprocess.run(["mount", "-o", "remount,size=50m", small_disk], check=True)
    assert world.take().kept == len(big.read_text().splitlines()) - 1
    assert world.stored() >= world.manifest().files()


def test_a_full_disk_under_the_quarantine_is_told(small_disk, worlds, row, tmp_path) -> None:
    world = worlds.World(tmp_path / "world")
    world.folders.quarantine.symlink_to(small_disk, target_is_directory=True)
    world.calls([row("", cell="z" * 60_000) for _ in range(60)])

    with pytest.raises(StoreFull):
        world.take()

    assert world.manifest() is None
    assert not [path for path in small_disk.rglob("*") if path.is_file()]


def test_a_limit_on_the_size_of_files_is_a_full_disk_too(world, row) -> None:
    """Where nobody may mount anything."""
    world.calls(many(row, 0))
    process = os.fork()
    if not process:
        os._exit(_limited(world))
    _, status = os.waitpid(process, 0)

    assert os.waitstatus_to_exitcode(status) == 0
    assert world.manifest() is None
    assert world.stored() == set()


def _limited(world) -> int:
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
    try:
        world.take()
    except StoreFull:
        return 0
    except BaseException:  # noqa: BLE001 - the parent only sees a number
        return 2
    return 1
