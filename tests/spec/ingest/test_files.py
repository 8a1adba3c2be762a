"""Each content is taken in once; a file that cannot be read is left out and told."""

import gzip
from datetime import date

import pyarrow as pa
import pytest

from safeconduct.model.areas import EventType
from safeconduct.model.errors import BadInput, BadMapping, Unreadable, WrongState
from safeconduct.model.schema import EVENTS, ROLLUP
from safeconduct.store.records import add_keys, connect, read_parquet_sql
from safeconduct.store.sweeping import sweep
from safeconduct.store.versions import sole_writer

JAN_5 = date(2026, 1, 5)


def test_a_file_taken_in_before_is_skipped(world, row) -> None:
    world.calls([row(), row("2")])
    world.take()

    report = world.take()

    assert (report.files, report.skipped_files, report.rows) == (0, 1, 0)
    assert len(world.events()[JAN_5]) == 2
    assert len(world.commits) == 1


def test_one_content_is_taken_in_once_under_whatever_name_and_compression(world, row) -> None:
    """Also within one ingest."""
    path = world.calls([row()])
    world.write("calls_2.csv", path.read_bytes())
    world.write("calls_3.csv.gz", gzip.compress(path.read_bytes()))
    world.write("calls_4.csv.zst", pa.compress(path.read_bytes(), "zstd", asbytes=True))

    report = world.take()

    assert (report.files, report.skipped_files, report.kept) == (1, 3, 1)


@pytest.mark.parametrize("compress", [gzip.compress, lambda content: pa.compress(content, "zstd", asbytes=True)])
def test_compressed_files_are_read(world, row, compress) -> None:
    path = world.calls([row(str(number)) for number in range(300)])
    world.write("calls_1.csv.gz" if compress is gzip.compress else "calls_1.csv.zst", compress(path.read_bytes()))
    path.unlink()

    assert world.take().kept == 300


def test_late_rows_become_a_part_of_their_day_and_its_rollup_is_made_anew(world, row) -> None:
    """Other days keep their version."""
    world.calls([row(), row(at="2026-01-06 00:00:00")])
    world.take()
    world.calls([row(at="2026-01-05 23:00:00")], "calls_2.csv")
    world.take()

    first, second = (commit.manifest for commit in world.commits)
    assert [len(one.parts) for one in second.partitions] == [2, 1]
    assert world.rollups()[JAN_5] == [(0, 0, 2, 36_000, 82_800)]
    days = [JAN_5, date(2026, 1, 6)]
    before, after = first.versions(days, EventType), second.versions(days, EventType)
    assert before["calls/2026-01-05"] != after["calls/2026-01-05"]
    assert before["calls/2026-01-06"] == after["calls/2026-01-06"]


def cut(content: bytes) -> bytes:
    return content[: len(content) // 2]


def flipped(content: bytes) -> bytes:
    return content[:-6] + bytes([content[-6] ^ 1]) + content[-5:]


@pytest.mark.parametrize("damage", [cut, flipped, lambda _: b"MSISDN,TIME\n"], ids=["cut", "flipped", "not gzip"])
def test_a_damaged_file_is_left_out_whole_and_the_others_go_on(world, row, damage) -> None:
    """DuckDB's own reader takes half a gzip file without a word."""
    many = "\n".join(["MSISDN,TIME,CELL,DIRECTION,OTHER,IMSI,IMEI,DURATION", *(row(str(n)) for n in range(9999))])
    world.write("calls_1.csv.gz", damage(gzip.compress(many.encode())))
    world.calls([row("+777")], "calls_2.csv")

    report = world.take()

    assert (report.files, report.kept) == (1, 1)
    assert [(one.files, one.number) for one in report.failed] == [("calls_*.csv", 1)]
    assert "calls_*.csv is cut or damaged" in str(report.failed[0].text)
    assert world.people() == 1


def test_a_repaired_file_is_taken_in_next_time(world, row) -> None:
    whole = gzip.compress(b"MSISDN,TIME,CELL,DIRECTION,OTHER,IMSI,IMEI,DURATION\n" + row("9").encode() + b"\n")
    world.write("calls_1.csv.gz", whole[:-4])
    world.calls([row()], "calls_2.csv")
    world.take()
    world.write("calls_1.csv.gz", whole)

    report = world.take()

    assert (report.files, report.skipped_files, report.failed) == (1, 1, ())
    assert world.people() == 2


@pytest.mark.parametrize(
    ("content", "error", "message"),
    [
        (b"", Unreadable, "column names"),
        (b"\xff\xfe\x00", Unreadable, "column names"),
        (b"NUMBER,TIME\n1,2\n", BadMapping, "the column MSISDN"),
        (b"MSISDN,MSISDN,TIME,CELL,DIRECTION,OTHER,IMSI,IMEI,DURATION\n", BadMapping, "exactly once"),
    ],
    ids=["empty", "no text", "a missing column", "a column twice"],
)
def test_where_no_file_can_be_read_the_first_reason_is_the_error(world, content, error, message) -> None:
    """It names the pattern, not the file, and says what to do."""
    world.write("calls_258840000001.csv", content)

    with pytest.raises(error, match=message) as caught:
        world.take()

    assert "calls_*.csv" in str(caught.value)
    assert "25884" not in str(caught.value)
    assert world.stored() == set()


def test_a_file_with_no_rows_is_taken_in(world) -> None:
    """Its receipt says so, and it is not read again."""
    world.calls([])

    assert (world.take().files, world.take().skipped_files) == (1, 1)


def test_a_folder_without_matching_files_is_told(world) -> None:
    with pytest.raises(BadInput, match="no file matches"):
        world.take()


@pytest.mark.parametrize("pattern", ["/etc/*", "../*.csv"])
def test_a_pattern_stays_below_the_folder(world, pattern) -> None:
    text = (world.files / "mapping.toml").read_text().replace("calls_*.csv", pattern)
    world.write("mapping.toml", text)

    with pytest.raises(BadMapping, match="below the folder"):
        world.take()


def test_a_time_format_that_is_none_is_told(world, row) -> None:
    world.map(events='time_format = "%Q"')
    world.calls([row()])

    with pytest.raises(BadMapping, match="time_format"):
        world.take()


def test_the_zone_of_a_data_set_cannot_change(world, row) -> None:
    world.calls([row()])
    world.take()
    text = (world.files / "mapping.toml").read_text().replace("Africa/Maputo", "Europe/Lisbon")
    world.write("mapping.toml", text)

    with pytest.raises(BadMapping, match="zone"):
        world.take()


def test_a_second_ingest_waits_for_the_first(world, row) -> None:
    """And a sweep beside it removes nothing."""
    world.calls([row()])
    world.take()

    with sole_writer(world.folders.store, "phone"):
        assert sweep(world.folders.store, "phone", "") == 0
        with pytest.raises(WrongState, match="wait"):
            world.take()

    assert world.stored()


def test_stopping_commits_what_was_read_and_the_next_ingest_reads_the_rest(world, row) -> None:
    for number in range(3):
        world.calls([row(str(number))], f"calls_{number}.csv")
    asked = iter([False, True])

    first = world.take(cancelled=lambda: next(asked))
    second = world.take()

    assert (first.files, first.stopped) == (1, True)
    assert (second.files, second.skipped_files, second.stopped) == (2, 1, False)


def test_progress_counts_files(world, row) -> None:
    """Never rows."""
    for number in range(2):
        world.calls([row(str(number))], f"calls_{number}.csv")
    seen = []

    world.take(progress=lambda *step: seen.append(step))

    assert seen == [("files", 0, 2), ("files", 1, 2), ("files", 2, 2)]


def test_a_commit_that_fails_leaves_the_data_set_as_it_was(world, row) -> None:
    """The files stay, since the ledger may have named them; the next ingest sweeps them if it did not."""

    def fails(_done) -> None:
        raise WrongState("somebody was faster")

    world.calls([row()])
    with pytest.raises(WrongState, match="faster"):
        world.take(commit=fails)

    assert world.take().kept == 1
    assert world.stored() == world.manifest().files()


@pytest.mark.parametrize("delimiter", ["", ";;", "\\n", "'"])
def test_a_delimiter_is_one_character(world, row, delimiter) -> None:
    world.calls([row()])
    world.map(events=f'delimiter = "{delimiter}"')

    if delimiter == "'":
        with pytest.raises(BadMapping, match="the column MSISDN"):
            world.take()
    else:
        with pytest.raises(BadMapping, match="one character"):
            world.take()


def test_another_delimiter_is_read(world, row) -> None:
    world.map(events='delimiter = ";"')
    path = world.calls([row()])
    path.write_bytes(path.read_bytes().replace(b",", b";"))

    assert world.take().kept == 1


@pytest.mark.parametrize(("what", "declared"), [("events", EVENTS), ("rollups", ROLLUP)])
def test_what_rests_has_the_columns_that_are_declared(world, row, what, declared) -> None:
    """Names, kinds and order; whoever reads a file goes by them. Events have what the mapping keeps beside."""
    world.calls([row()])
    world.take()
    records = world.records()
    (part,) = getattr(records, what)([JAN_5], EventType)
    with connect(read=[records.folder], spill=world.folders.spill, memory_mb=64, threads=1) as connection:
        (name,) = add_keys(connection, [part])
        schema = connection.execute(f"SELECT * FROM {read_parquet_sql(part, name)}").to_arrow_table().schema

    rests = [(one.name, str(one.type).replace("double", "float64")) for one in schema]
    assert rests[: len(declared.fields)] == [(one.name, str(one.type)) for one in declared.fields]
