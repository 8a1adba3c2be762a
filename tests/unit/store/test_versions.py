"""A manifest is what its id says, and what none needs is swept."""

import os
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import date

import pytest

from safeconduct.model.areas import EventType
from safeconduct.model.errors import NotFound, Tampered
from safeconduct.store.sweeping import HISTORY, sweep
from safeconduct.store.versions import MOST_UNDERSTOOD, Manifest, Part, Partition, read_manifest, write_manifest

DAY = date(2026, 1, 5)


def part(name: str) -> Part:
    return Part(path=name, sha256=name.ljust(64, "0"), size=1, rows=12345, wrapped_key="a")


def manifest(*names: str, previous: str = "") -> Manifest:
    partitions = tuple(
        Partition(type=EventType.CALLS, day=DAY, parts=(part(f"parts/{name}"),), rollup=part(f"rollups/{name}"))
        for name in names
    )
    return Manifest(id="", dataset="phone", zone="UTC", geography="g", partitions=partitions, previous=previous)


def filled(store, *names: str) -> None:
    for name in names:
        path = store / "phone" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")


def left(store) -> set[str]:
    folder = store / "phone"
    files = (path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    return {name for name in files if name != ".lock" and not name.startswith("manifests")}


def test_a_manifest_reads_as_it_was_written(tmp_path) -> None:
    written = write_manifest(tmp_path, manifest("a"))

    assert read_manifest(tmp_path, "phone", written.id) == written
    assert write_manifest(tmp_path, written) == written, "the same content has the same id"


def test_a_changed_manifest_is_noticed(tmp_path) -> None:
    written = write_manifest(tmp_path, manifest("a"))
    path = tmp_path / "phone" / "manifests" / f"{written.id}.json"
    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"UTC"', b'"GMT"'))

    with pytest.raises(Tampered):
        read_manifest(tmp_path, "phone", written.id)


def test_a_manifest_that_is_changed_or_gone_after_it_was_read_is_noticed(tmp_path) -> None:
    """What it says is kept between two looks, and the file looked at all the same."""
    written = write_manifest(tmp_path, manifest("a"))
    path = tmp_path / "phone" / "manifests" / f"{written.id}.json"
    read = [read_manifest(tmp_path, "phone", written.id) for _ in range(2)]
    assert read == [written, written]

    path.chmod(0o600)
    path.write_bytes(path.read_bytes().replace(b'"UTC"', b'"GMT"'))
    with pytest.raises(Tampered):
        read_manifest(tmp_path, "phone", written.id)
    path.unlink()
    with pytest.raises(NotFound):
        read_manifest(tmp_path, "phone", written.id)


def test_of_many_versions_each_says_its_own(tmp_path) -> None:
    """However many were read before, and by how many at once."""
    written = [write_manifest(tmp_path, manifest(f"n{number}")) for number in range(3 * MOST_UNDERSTOOD)]
    with ThreadPoolExecutor(4) as readers:
        asked = written * 20
        read = list(readers.map(lambda one: read_manifest(tmp_path, "phone", one.id), asked))

    assert read == asked


@pytest.mark.parametrize(("dataset", "version"), [("phone", "0" * 64), ("phone", "../../etc"), ("../x", "0" * 64)])
def test_an_absent_manifest_and_an_odd_name_are_alike(tmp_path, dataset, version) -> None:
    with pytest.raises(NotFound):
        read_manifest(tmp_path, dataset, version)


def test_a_version_changes_with_the_parts_and_not_with_the_rollup() -> None:
    """A rollup made anew for a new geography is the same data."""
    (one,) = manifest("a").partitions
    late = replace(one, parts=(*one.parts, part("late")))

    assert replace(one, rollup=part("other")).version == one.version
    assert late.version != one.version
    assert replace(late, parts=late.parts[::-1]).version != late.version
    assert one.name == "calls/2026-01-05"


def test_what_is_present_is_told_by_type() -> None:
    assert manifest("a").present() == {EventType.CALLS: frozenset({DAY})}
    assert manifest("a").versions([DAY], [EventType.SMS]) == {}
    assert list(manifest("a").versions([DAY], EventType)) == ["calls/2026-01-05"]


def test_a_sweep_keeps_what_the_current_version_needs_and_nothing_else(tmp_path) -> None:
    filled(tmp_path, "parts/a", "rollups/a", "parts/b", "rollups/b", "geography/g/areas.json", "geography/h/areas.json")
    filled(tmp_path, "parts/.unfinished-1", "manifests/.unfinished-2")
    first = write_manifest(tmp_path, manifest("b"))
    current = write_manifest(tmp_path, manifest("a", previous=first.id))
    stray = write_manifest(tmp_path, manifest("c", previous=current.id))

    sweep(tmp_path, "phone", current.id)

    assert left(tmp_path) == {"parts/a", "rollups/a", "geography/g/areas.json"}
    assert read_manifest(tmp_path, "phone", first.id)
    with pytest.raises(NotFound):
        read_manifest(tmp_path, "phone", stray.id)


def test_before_the_first_version_everything_is_swept(tmp_path) -> None:
    filled(tmp_path, "parts/a", "geography/g/areas.json", "codes/person/x")

    assert sweep(tmp_path, "phone", "") == 3
    assert left(tmp_path) == set()


def test_a_sweep_with_a_version_that_is_gone_removes_nothing(tmp_path) -> None:
    filled(tmp_path, "parts/a")

    with pytest.raises(NotFound):
        sweep(tmp_path, "phone", "0" * 64)
    assert left(tmp_path) == {"parts/a"}


def test_old_manifests_go_after_some_versions(tmp_path) -> None:
    current = ""
    ids = []
    for number in range(HISTORY + 3):
        current = write_manifest(tmp_path, manifest(f"n{number}", previous=current)).id
        ids.append(current)

    sweep(tmp_path, "phone", current)

    assert len(list((tmp_path / "phone" / "manifests").iterdir())) == HISTORY
    sweep(tmp_path, "phone", current)
    assert read_manifest(tmp_path, "phone", current)


def test_no_count_shows() -> None:
    assert "12345" not in repr(manifest("a"))


def test_what_somebody_is_writing_beside_the_versions_stays_and_what_was_given_up_goes(tmp_path) -> None:
    """Whose records a file holds is written while questions are asked, by others than the sole writer."""
    filled(tmp_path, "seen/.unfinished-1", "seen/.unfinished-2")
    begun, old = (tmp_path / "phone" / "seen" / f".unfinished-{number}" for number in (1, 2))
    (tmp_path / "phone" / "figures").mkdir()
    os.utime(old, (0, 0))

    assert sweep(tmp_path, "phone", "") == 1
    assert begun.exists()
    assert not old.exists()
    assert (tmp_path / "phone" / "figures").is_dir()
