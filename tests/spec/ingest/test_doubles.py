"""Rows that several files have rest once; taking one file back loses nothing that another still has."""

from datetime import date

import pytest

from safeconduct.ingest import changing
from safeconduct.ingest.forgetting import ForgetSite, forget_listed
from safeconduct.ingest.leaving_out import marks_of
from safeconduct.ingest.withdrawing import withdraw
from safeconduct.model.areas import EventType
from safeconduct.model.sightings import Counted
from safeconduct.store.objections import Domain, Objections
from safeconduct.store.records import Records as Opened
from safeconduct.store.records import add_keys, connect, read_parquet_sql
from safeconduct.store.seen import SeenPeople
from safeconduct.store.versions import read_manifest

JAN_5 = date(2026, 1, 5)


@pytest.fixture
def twice(world, row):
    """Two files, the second with a row of the first and one of its own."""
    world.map(events='duplicates = "drop"\nsame_name = "replace"')
    world.calls([row("1"), row("2")], "calls_1.csv")
    world.calls([row("2"), row("3", "2026-01-05 11:00:00")], "calls_2.csv")
    world.take()
    return world


def day(world):
    return world.manifest().partitions[0]


def rows(world) -> list[tuple]:
    """Arrival and second of every row of the one day."""
    return sorted(world.events("arrival, second")[JAN_5])


def aside(world) -> list[int]:
    """Numbers of the files whose rows are kept aside, one a row."""
    one = day(world)
    records = Opened(store=world.folders.store, manifest=world.manifest(), keys=world.keys)
    with connect(read=[records.folder], spill=world.folders.spill, memory_mb=256, threads=1) as connection:
        found = []
        for part in one.doubles:
            opened = records._open(one.type, one.day, part)
            source = read_parquet_sql(opened, add_keys(connection, [opened])[0])
            found += connection.execute(f"SELECT arrival FROM {source} ORDER BY 1").fetchall()
        return sorted(number for (number,) in found)


def take_back(world, number: int, *, dry_run: bool = False):
    digest = world.manifest().arrivals[number - 1].digest
    return withdraw(
        digest, manifest=world.manifest(), opened=world.site(), commit=world.page.commit, dry_run=dry_run
    )  # fmt: skip


def assert_summed(world) -> None:
    """The rollup says of the day what the events say."""
    assert sum(events for *_, events, _, _ in world.rollups()[JAN_5]) == len(rows(world))


def people_of(world, piece: str) -> int:
    bits = SeenPeople(store=world.folders.store, dataset="phone", keys=world.keys).get(piece)
    return sum(int(word).bit_count() for word in bits)


def test_a_row_of_two_files_stays_when_the_first_is_taken_back(twice) -> None:
    """It was lost: what was left out of the second file was not kept."""
    assert (rows(twice), aside(twice)) == ([(1, 36_000)] * 2 + [(2, 39_600)], [2])

    take_back(twice, 1)

    assert (rows(twice), aside(twice)) == ([(2, 36_000), (2, 39_600)], [])
    assert_summed(twice)


def test_a_row_of_two_files_stays_when_the_first_is_corrected_and_has_it_no_more(twice, row) -> None:
    twice.calls([row("1")], "calls_1.csv")
    twice.take()

    assert (rows(twice), aside(twice)) == ([(1, 36_000), (2, 36_000), (2, 39_600)], [])


def test_a_correction_that_still_has_the_row_leaves_everything_where_it_is(twice, row) -> None:
    twice.calls([row("2")], "calls_1.csv")
    twice.take()

    assert (rows(twice), aside(twice)) == ([(1, 36_000), (2, 39_600)], [2])


def test_a_row_goes_with_the_last_file_that_has_it(twice) -> None:
    take_back(twice, 2)
    assert (rows(twice), day(twice).doubles) == ([(1, 36_000)] * 2, ())
    take_back(twice, 1)

    assert twice.manifest().partitions == ()


def test_a_row_passes_from_file_to_file(twice, row) -> None:
    """Each of three has it, and the last that counts still does; a file that has it twice is one."""
    twice.calls([row("2"), row("2")], "calls_3.csv")
    twice.take()
    assert aside(twice) == [2, 3]
    take_back(twice, 1)
    assert (rows(twice), aside(twice)) == ([(2, 36_000), (2, 39_600)], [3])
    take_back(twice, 2)

    assert (rows(twice), aside(twice)) == ([(3, 36_000)], [])


def test_a_day_whose_rows_stay_keeps_its_version(twice, row) -> None:
    """A file that came a second time under another name changes nothing, whichever of the two is taken back."""
    twice.calls([row("1"), row("2"), row("2")], "calls_3.csv")
    twice.take()
    before = day(twice)
    take_back(twice, 1)
    now = day(twice)

    assert (now.version, now.revision) == (before.version, before.revision)
    assert [piece.arrivals for piece in now.pieces] == [(2, 3)]


def test_only_people_whose_rows_really_go_are_told_from_those_before(twice) -> None:
    """Otherwise a question afterwards would be compared as if everybody of the file had gone."""
    (piece,) = day(twice).pieces
    take_back(twice, 1)
    (split,) = twice.manifest().splits

    assert (split.piece, [people_of(twice, one) for one in split.into]) == (piece.digest, [2, 1])


def test_looking_first_says_the_days_that_only_hold_doubles_of_the_file(twice, row) -> None:
    twice.calls([row("2"), row("9", "2026-01-06 10:00:00")], "calls_3.csv")
    twice.take()

    assert take_back(twice, 3, dry_run=True).days == 2


@pytest.fixture
def merging(twice, monkeypatch):
    """Few late files become one, so that few are needed."""
    monkeypatch.setattr(changing, "MOST_LATE", 3)
    return twice


def test_doubles_do_not_become_many_files(merging, row) -> None:
    for number in (3, 4, 5):
        merging.calls([row("2"), *[row("1")] * number], f"calls_{number}.csv")
        merging.take()

    assert len(day(merging).doubles) < 3
    assert aside(merging) == [2, 3, 3, 4, 4, 5, 5]


def test_rows_of_merged_files_pass_on_too(merging, row) -> None:
    """A number of a file stands in one piece of a file only: rows tell by it which piece they are of."""
    for number in (3, 4, 5):
        merging.calls([row(str(number)), row(str(number + 1))], f"calls_{number}.csv")
        merging.take()
    before = day(merging)
    assert [len(part.pieces) for part in before.parts] == [1, 3]
    take_back(merging, 4)
    now = day(merging)

    assert [len(part.pieces) for part in now.parts] == [1, 1, 1, 1], "they rest apart from here on"
    assert sorted(number for number, _ in rows(merging)) == [1, 1, 2, 3, 3, 5, 5]
    assert [piece.arrivals for piece in now.pieces] == [(1, 2), (3,), (5,), (5,)]
    merging.calls([row("7")], "calls_6.csv")
    merging.take()
    assert [[piece.arrivals for piece in part.pieces] for part in day(merging).parts] == [
        [(1, 2)], [(3,)], [(5,)], [(5,)], [(6,)],
    ]  # fmt: skip
    take_back(merging, 5)
    assert sorted(number for number, _ in rows(merging)) == [1, 1, 2, 3, 3, 6]
    assert_summed(merging)


def test_somebody_who_is_erased_is_not_kept_aside(twice) -> None:
    listed = Objections(store=twice.folders.store, dataset="phone", keys=twice.keys)
    listed.add(Domain.PERSON, marks_of(listed, twice.keys, "phone", ["2"], counted=Counted.SUBSCRIBER))

    def commit(done) -> None:
        with twice.page.open() as page:
            page.execute("INSERT OR REPLACE INTO current VALUES (1, ?)", (done.manifest.id,))

    forget_listed(
        ForgetSite(folders=twice.folders, keys=twice.keys, manifest=twice.manifest(),
                   named=twice.page.current, memory_mb=256, threads=1),
        commit=commit,
    )  # fmt: skip

    assert aside(twice) == []
    assert len(list((twice.folders.store / "phone" / "doubles").rglob("*.parquet"))) == 1
    take_back(twice, 1)
    assert rows(twice) == [(2, 39_600)]


def test_what_is_kept_aside_is_among_the_files_of_its_version_and_goes_with_it(twice) -> None:
    before = twice.manifest()
    (double,) = day(twice).doubles
    take_back(twice, 2)
    folder = twice.folders.store / "phone"

    assert double.path in before.files()
    assert read_manifest(twice.folders.store, "phone", before.id) == before
    assert (folder / double.path).exists(), "as long as the version that had it"
    assert all(part.path != double.path for part in Opened(store=twice.folders.store, manifest=before,
               keys=twice.keys).events([JAN_5], EventType))  # fmt: skip
