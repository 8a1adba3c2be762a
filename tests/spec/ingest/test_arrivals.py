"""Files that come late, twice or corrected: every row knows its file, and versions change only with the rows."""

import gzip
from datetime import date

import pytest

from safeconduct.ingest.changing import MOST_LATE
from safeconduct.ingest.receipts import IngestSite
from safeconduct.ingest.withdrawing import withdraw
from safeconduct.model.areas import EventType
from safeconduct.model.errors import BadMapping, NotFound
from safeconduct.store.arrivals import Standing, expanded
from safeconduct.store.seen import SeenPeople

JAN_5, JAN_6 = date(2026, 1, 5), date(2026, 1, 6)


def rows(world, columns: str = "arrival, second") -> dict[date, list[tuple]]:
    return {day: sorted(found) for day, found in world.events(columns).items()}


def versions(world) -> dict[str, str]:
    return world.manifest().versions([JAN_5, JAN_6], EventType)


def revisions(world) -> dict[date, int]:
    return {one.day: one.revision for one in world.manifest().partitions}


def people_of(world, piece: str) -> int:
    bits = SeenPeople(store=world.folders.store, dataset="phone", keys=world.keys).get(piece)
    return sum(int(word).bit_count() for word in bits)


def take_back(world, number: int, *, dry_run: bool = False):
    site = IngestSite(folders=world.folders, keys=world.keys, manifest=world.manifest(),
                      named=world.page.current, known=world.page.knows, memory_mb=256, threads=1)  # fmt: skip
    digest = world.manifest().arrivals[number - 1].digest
    return withdraw(digest, manifest=world.manifest(), opened=site, commit=world.page.commit, dry_run=dry_run)


def assert_summed(world) -> None:
    """Every rollup says of its day what the events say."""
    counted = {day: sum(events for *_, events, _, _ in found) for day, found in world.rollups().items()}
    assert counted == {day: len(found) for day, found in world.events().items()}


def test_every_row_knows_which_file_it_came_with(world, row) -> None:
    world.calls([row(), row("2", "2026-01-06 10:00:01")], "calls_1.csv")
    world.calls([row("3", "2026-01-05 10:00:02")], "calls_2.csv")
    world.take()

    assert rows(world) == {JAN_5: [(1, 36_000), (2, 36_002)], JAN_6: [(1, 36_001)]}
    assert [(one.number, one.standing) for one in world.manifest().arrivals] == [
        (1, Standing.CURRENT), (2, Standing.CURRENT),
    ]  # fmt: skip


def test_names_of_files_are_known_only_by_keyed_digests(world, row) -> None:
    """A name may be a phone number."""
    world.calls([row()], "calls_258840000001.csv")
    world.take()
    (arrival,) = world.manifest().arrivals
    written = b"".join(path.read_bytes() for path in world.folders.root.rglob("*") if path.is_file())

    assert len(arrival.name) == 64
    assert b"258840000001" not in written


def test_a_known_name_with_other_content_is_left_out_and_told(world, row) -> None:
    """Unless the mapping says what it is; the others go on."""
    world.calls([row()])
    world.take()
    world.calls([row(), row("2")])
    world.calls([row("3")], "calls_2.csv")

    report = world.take()

    assert (report.files, report.skipped_files, len(report.failed)) == (1, 0, 1)
    assert "same_name = 'replace'" in str(report.failed[0].text)
    assert world.people() == 2


def test_where_it_is_the_only_file_it_is_the_error(world, row) -> None:
    world.calls([row()])
    world.take()
    world.calls([row("2")])

    with pytest.raises(BadMapping, match="same_name"):
        world.take()


def test_a_known_name_may_add(world, row) -> None:
    """For operators who give every day's file the same name."""
    world.map(events='same_name = "add"')
    world.calls([row()])
    world.take()
    world.calls([row("2")])

    assert (world.take().files, world.people()) == (1, 2)


def test_a_corrected_file_takes_the_place_of_the_earlier_one_in_one_commit(world, row) -> None:
    world.map(events='same_name = "replace"')
    world.calls([row("1"), row("2", "2026-01-05 10:00:01"), row("3", "2026-01-06 10:00:00")])
    world.take()
    world.calls([row("1"), row("2", "2026-01-05 11:00:00"), row("3", "2026-01-06 10:00:00")])

    report = world.take()

    assert (report.files, report.corrected_files) == (1, 1)
    assert len(world.commits) == 2
    assert rows(world, "second") == {JAN_5: [(36_000,), (39_600,)], JAN_6: [(36_000,)]}
    assert [one.standing for one in world.manifest().arrivals] == [Standing.REPLACED, Standing.CURRENT]
    assert world.commits[-1].receipts[0].corrects == world.manifest().arrivals[0].digest
    assert_summed(world)


def test_days_that_a_correction_does_not_change_keep_their_version_and_their_files(world, row) -> None:
    world.map(events='same_name = "replace"')
    world.calls([row("1"), row("3", "2026-01-06 10:00:00")])
    world.take()
    before, files = versions(world), world.stored()
    world.calls([row("1", cell="c1"), row("3", "2026-01-06 10:00:00")])
    world.take()
    after = versions(world)

    assert before["calls/2026-01-05"] != after["calls/2026-01-05"]
    assert before["calls/2026-01-06"] == after["calls/2026-01-06"]
    assert revisions(world) == {JAN_5: 2, JAN_6: 1}
    assert {path for path in files if "2026-01-06" in path} <= world.manifest().files()


def test_equal_rows_are_replaced_by_as_many(world, row) -> None:
    """Three times the same before, twice in the correction."""
    world.map(events='same_name = "replace"')
    world.calls([row("1")] * 3)
    world.take()
    world.calls([row("1")] * 2)
    world.take()

    assert rows(world, "second") == {JAN_5: [(36_000,)] * 2}
    assert_summed(world)


def test_a_correction_can_be_corrected_and_undone(world, row) -> None:
    world.map(events='same_name = "replace"')
    first, second, third = [row("1"), row("2")], [row("1"), row("3")], [row("4")]
    for content in (first, second, third, first):
        world.calls(content)
        world.take()

    assert rows(world, "second") == {JAN_5: [(36_000,)] * 2}
    assert [one.replaces for one in world.manifest().arrivals] == [0, 1, 2, 3]
    assert (world.take().files, world.take().skipped_files) == (0, 1)
    assert_summed(world)


def test_a_corrected_file_that_cannot_be_read_changes_nothing(world, row) -> None:
    world.map(events='same_name = "replace"')
    world.calls([row("1"), row("2")])
    world.calls([row("5")], "calls_2.csv")
    world.take()
    before = world.manifest()
    (world.files / "calls_1.csv").unlink()
    world.write("calls_1.csv.gz", gzip.compress(world.calls([row("3")], "else.csv").read_bytes())[:-4])

    report = world.take()

    assert len(report.failed) == 1
    assert world.manifest() == before


def test_a_correction_without_a_row_that_fits_changes_nothing(world, row) -> None:
    """An export that was cut to its header would empty a day."""
    world.map(events='same_name = "replace"')
    world.calls([row("1")])
    world.calls([row("5")], "calls_2.csv")
    world.take()
    before = world.manifest()
    for content in ([], [row("1", cell="nowhere")]):
        world.calls(content)
        report = world.take()
        assert (report.files, report.skipped_files) == (0, 1)
        assert "the earlier one stays" in str(report.failed[0].text)

    assert world.manifest() == before


def test_two_contents_under_one_name_at_once_are_told(world, row) -> None:
    """One compressed, one not: nobody knows which is right, today and tomorrow."""
    world.map(events='same_name = "replace"')
    path = world.calls([row("1")])
    world.write("calls_1.csv.gz", gzip.compress(path.read_bytes().replace(b"a1", b"c1")))

    for files in (1, 0):
        report = world.take()
        assert (report.files, len(report.failed)) == (files, 1)
        assert "have one name" in str(report.failed[0].text)
    assert rows(world, "cell") == {JAN_5: [(0,)]}


def test_what_a_correction_takes_away_can_be_compared_afterwards(world, row) -> None:
    """Who asked before and who asks after differ by two people, and the store can say so."""
    world.map(events='same_name = "replace"')
    world.calls([row(str(number)) for number in range(9)])
    world.take()
    (before,) = world.manifest().partitions[0].pieces
    world.calls([row(str(number)) for number in range(1, 10)])
    world.take()
    manifest = world.manifest()
    then = expanded(manifest.splits, [before.digest])
    now = {piece.digest for piece in manifest.partitions[0].pieces}

    (taken,) = then - now
    assert len(then & now) == 1
    assert people_of(world, taken) == 1


def test_a_file_is_taken_back_whole(world, row) -> None:
    world.calls([row("1"), row("2", "2026-01-06 10:00:00")], "calls_1.csv")
    world.calls([row("3")], "calls_2.csv")
    world.take()

    looked = take_back(world, 1, dry_run=True)
    assert (looked.days, looked.done, len(world.events()[JAN_5])) == (2, False, 2)
    assert take_back(world, 1).done

    assert rows(world) == {JAN_5: [(2, 36_000)]}
    assert world.manifest().arrivals[0].standing is Standing.WITHDRAWN
    assert world.take().skipped_files == 2, "what was taken back stays out"
    assert_summed(world)


def test_a_corrected_file_is_taken_back_with_what_the_correction_left(world, row) -> None:
    world.map(events='same_name = "replace"')
    world.calls([row("1"), row("2")])
    world.take()
    world.calls([row("1"), row("3")])
    world.take()
    take_back(world, 2)

    assert world.manifest().partitions == ()
    with pytest.raises(NotFound, match="counts"):
        take_back(world, 2)


def test_duplicates_are_kept_unless_the_mapping_says_otherwise(world, row) -> None:
    world.calls([row(), row()])

    assert (world.take().kept, len(world.events()[JAN_5])) == (2, 2)


def test_rows_that_are_there_already_are_left_out_and_counted(world, row) -> None:
    """Within a file, between files, and against what is stored of the day; a row that differs in one field stays."""
    world.map(events='duplicates = "drop"')
    world.calls([row(), row(), row("2")], "calls_1.csv")
    world.calls([row("2"), row("3")], "calls_2.csv")
    first = world.take()
    world.calls([row(), row("3"), row("3", "2026-01-05 10:00:01"), row("3", "2026-01-06 10:00:00")], "calls_3.csv")
    second = world.take()

    assert (first.rows, first.kept, first.duplicates) == (5, 3, 2)
    assert (second.rows, second.kept, second.duplicates) == (4, 2, 2)
    assert [one.duplicates for commit in world.commits for one in commit.receipts] == [1, 1, 2]
    assert rows(world, "second") == {JAN_5: [(36_000,)] * 3 + [(36_001,)], JAN_6: [(36_000,)]}
    assert_summed(world)


def test_a_file_of_nothing_but_duplicates_changes_no_version(world, row) -> None:
    world.map(events='duplicates = "drop"')
    world.calls([row(), row("2")], "calls_1.csv")
    world.take()
    before, stored = versions(world), world.stored()
    world.calls([row("2")], "calls_2.csv")

    assert world.take().kept == 0
    assert versions(world) == before
    assert [path.split("/")[0] for path in world.stored() - stored] == ["doubles"], "the copy is kept aside"
    assert stored < world.stored()
    assert revisions(world) == {JAN_5: 1}


def test_late_files_are_counted_by_how_late_the_mapping_calls_late(world, row) -> None:
    world.map(events="late_after = 2")
    world.calls([row(at="2026-01-08 10:00:00")], "calls_1.csv")
    assert world.take().late_files == 0
    world.calls([row(at="2026-01-06 10:00:00")], "calls_2.csv")
    world.calls([row(at="2026-01-05 10:00:00"), row(at="2026-01-09 10:00:00")], "calls_3.csv")

    assert world.take().late_files == 1


def test_late_rows_make_a_numbered_revision_of_their_day_only(world, row) -> None:
    world.calls([row(), row(at="2026-01-06 10:00:00")], "calls_1.csv")
    world.take()
    world.calls([row("2")], "calls_2.csv")
    world.take()

    assert revisions(world) == {JAN_5: 2, JAN_6: 1}


@pytest.fixture
def scattered(world, row):
    """A day that rows came to in many files, one less than are merged."""
    for number in range(MOST_LATE):
        world.calls([row(str(number)), row("7", f"2026-01-05 11:00:0{number}")], f"calls_{number}.csv")
        world.take()
    return world


def test_many_late_files_become_one_and_the_version_says_the_same(scattered, row) -> None:
    """The version is that of what arrived, whatever files it lies in."""
    last = scattered.manifest().partitions[0]
    scattered.calls([row("9")], "calls_9.csv")
    scattered.take()
    now = scattered.manifest().partitions[0]

    assert (len(last.parts), len(now.parts)) == (MOST_LATE, 2)
    assert now.pieces[:-1] == last.pieces
    assert now.revision == MOST_LATE + 1
    assert len(scattered.events()[JAN_5]) == 2 * MOST_LATE + 1
    assert {number for number, _ in rows(scattered)[JAN_5]} == set(range(1, MOST_LATE + 2))
    assert {path for path in scattered.stored() if "parts" in path} == {
        part.path for part in (*last.parts, *now.parts)
    }, "what was merged at once is not left behind"
    assert_summed(scattered)


def test_whose_records_a_merged_piece_holds_is_still_known(scattered, row) -> None:
    """Otherwise nobody could compare a question asked before with one asked after."""
    scattered.calls([row("9")], "calls_9.csv")
    scattered.take()
    pieces = scattered.manifest().partitions[0].pieces

    assert [people_of(scattered, piece.digest) for piece in pieces[1:]] == [2] * 6 + [1, 1]


def test_a_file_among_merged_ones_is_corrected(scattered, row) -> None:
    """Pieces it has no row in keep their names."""
    scattered.calls([row("9")], "calls_9.csv")
    scattered.take()
    before = scattered.manifest().partitions[0]
    scattered.map(events='same_name = "replace"')
    scattered.calls([row("3"), row("3", "2026-01-05 12:00:00")], "calls_3.csv")
    scattered.take()
    now = scattered.manifest().partitions[0]

    assert len(scattered.events()[JAN_5]) == 2 * MOST_LATE + 1
    assert (43_200,) in rows(scattered, "second")[JAN_5]
    assert (39_603,) not in rows(scattered, "second")[JAN_5]
    changed = [old.digest != new.digest for old, new in zip(before.pieces, now.pieces, strict=False)]
    assert changed == [False] * 3 + [True] + [False] * 5
    assert_summed(scattered)


@pytest.mark.parametrize(("key", "value"), [
    ("same_name", '"always"'), ("duplicates", "true"), ("late_after", "-1"), ("late_after", '"two"'),
])  # fmt: skip
def test_a_word_the_mapping_does_not_know_is_told(world, key, value) -> None:
    world.map(events=f"{key} = {value}")

    with pytest.raises(BadMapping, match=key):
        world.take()
