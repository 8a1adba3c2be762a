"""How long the files of a replaced version stay, and what manifests say of arrivals."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from safeconduct.model.areas import EventType
from safeconduct.model.errors import WrongState
from safeconduct.store.arrivals import Arrival, Piece, Split, Standing
from safeconduct.store.sweeping import HISTORY, sweep, unnamed
from safeconduct.store.versions import READABLE, Manifest, Part, Partition, read_manifest, write_manifest

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
DAY = date(2026, 1, 5)


def part(name: str, *pieces: Piece) -> Part:
    return Part(path=name, sha256=name.ljust(64, "0"), size=1, rows=12345, wrapped_key="a", holds=pieces)


def manifest(name: str, *, previous: str = "", days_ago: int | None = None) -> Manifest:
    at = "" if days_ago is None else (NOW - timedelta(days=days_ago)).isoformat()
    one = Partition(type=EventType.CALLS, day=DAY, parts=(part(f"parts/{name}"),), rollup=part(f"rollups/{name}"))
    return Manifest(id="", dataset="phone", zone="UTC", geography="g", partitions=(one,), previous=previous, at=at)


def versions(store, *days_ago: int | None) -> list[str]:
    """A chain of versions, the oldest first, each with a file of its own."""
    ids = [""]
    for number, ago in enumerate(days_ago):
        path = store / "phone" / "parts" / f"n{number}"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
        ids.append(write_manifest(store, manifest(f"n{number}", previous=ids[-1], days_ago=ago)).id)
    return ids[1:]


def left(store) -> list[str]:
    return sorted(path.name for path in (store / "phone" / "parts").iterdir())


@pytest.mark.parametrize(("days", "kept"), [
    (5, ["n3"]), (10, ["n2", "n3"]), (20, ["n1", "n2", "n3"]), (365, ["n0", "n1", "n2", "n3"]),
])  # fmt: skip
def test_a_version_keeps_its_files_so_long_after_it_was_replaced(tmp_path, days, kept) -> None:
    """Not after it was written: what was in force until yesterday may have been read yesterday."""
    *_, current = versions(tmp_path, 100, 30, 20, 10)

    sweep(tmp_path, "phone", current, since=NOW - timedelta(days=days))

    assert left(tmp_path) == kept


def test_older_versions_that_do_not_say_when_they_came_go_once_they_are_not_the_last_before_one_that_does(
    tmp_path,
) -> None:
    *_, current = versions(tmp_path, None, None, 10)

    sweep(tmp_path, "phone", current, since=NOW - timedelta(days=30))

    assert left(tmp_path) == ["n1", "n2"]


def test_manifests_are_kept_at_least_as_long_as_their_files(tmp_path) -> None:
    ids = versions(tmp_path, *[1] * (HISTORY + 5))

    sweep(tmp_path, "phone", ids[-1], since=NOW - timedelta(days=30))

    assert len(left(tmp_path)) == HISTORY + 5
    assert read_manifest(tmp_path, "phone", ids[0]).id == ids[0]
    assert unnamed(tmp_path, "phone", ids[-1]) == ()


def test_a_version_is_that_of_its_pieces_whatever_files_they_lie_in() -> None:
    apart = tuple(part(name, Piece(digest=name.ljust(64, "0"), arrivals=(number,))) for number, name in
                  enumerate("abc", start=1))  # fmt: skip
    older = tuple(part(name) for name in "abc")
    merged = (apart[0], part("whole", *(piece for one in apart[1:] for piece in one.pieces)))
    made = [Partition(type=EventType.CALLS, day=DAY, parts=parts, rollup=part("r"))
            for parts in (apart, older, merged)]  # fmt: skip

    assert len({one.version for one in made}) == 1


def test_a_manifest_says_of_arrivals_what_was_written(tmp_path) -> None:
    arrivals = (
        Arrival(number=1, digest="a" * 64, name="n", type=EventType.SMS, standing=Standing.REPLACED),
        Arrival(number=2, digest="b" * 64, name="n", type=EventType.SMS, replaces=1),
    )
    held = part("parts/x", Piece(digest="p", arrivals=(1, 2)), Piece(digest="q", arrivals=(2,)))
    one = Partition(type=EventType.SMS, day=DAY, parts=(held,), rollup=part("r"), revision=3)
    whole = replace(
        manifest("a", days_ago=1), arrivals=arrivals, partitions=(one,), splits=(Split(piece="o", into=("p", "z")),)
    )

    written = write_manifest(tmp_path, whole)

    assert read_manifest(tmp_path, "phone", written.id) == written == replace(whole, id=written.id)


def test_a_manifest_of_a_later_format_is_told(tmp_path, monkeypatch) -> None:
    monkeypatch.setattr("safeconduct.store.versions.FORMAT", max(READABLE) + 1)
    written = write_manifest(tmp_path, manifest("a"))

    with pytest.raises(WrongState, match="newer version"):
        read_manifest(tmp_path, "phone", written.id)
