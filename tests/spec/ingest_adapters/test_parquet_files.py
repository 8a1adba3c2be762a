"""Parquet columns of any type become exact texts; damaged files become our own errors."""

import io
import json
from datetime import date, time, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from safeconduct.model.errors import BadMapping, Unreadable

NAMED = 'columns = { person = "A", time = "T", cell = "C" }'
BIG = 258_840_000_001


def packed(**columns):
    sink = io.BytesIO()
    count = len(next(iter(columns.values())))
    full = {"A": pa.array(["1"] * count), "T": pa.array(["t"] * count), "C": pa.array(["c"] * count)} | columns
    pq.write_table(pa.table(full), sink, row_group_size=3, store_schema=True)
    return sink.getvalue()


def read(folder, **columns):
    return folder.read(NAMED, packed(**columns), "calls_1.parquet")


@pytest.mark.parametrize(
    ("column", "texts"),
    [
        (pa.array([BIG, None]), [str(BIG), ""]),
        (pa.array([2**64 - 1, 0], pa.uint64()), ["18446744073709551615", "0"]),
        (pa.array([-5, 7], pa.int8()), ["-5", "7"]),
        (pa.array([float(BIG), None, float("nan"), 0.1, 1e-7, -0.0]), [str(BIG), "", "", "0.1", "0.0000001", "0"]),
        (pa.array([0.1, 16_777_215.0], pa.float32()), ["0.1", "16777215"]),
        (pa.array([0.5, 2047.0], pa.float16()), ["0.5", "2047"]),
        (pa.array([float("inf")]), ["inf"]),
        (pa.array([Decimal("60.00"), Decimal("0.50"), None]), ["60", "0.5", ""]),
        (pa.array([Decimal("0.0000000001")], pa.decimal128(38, 10)), ["0.0000000001"]),
        (pa.array([Decimal(10) ** 37], pa.decimal256(60, 2)), [str(10**37)]),
        (pa.array(["é", "", None], pa.large_string()), ["é", "", ""]),
        (pa.array(["é", None], pa.string_view()), ["é", ""]),
        (pa.array([b"258", None]), ["258", ""]),
        (pa.array([b"258", b"259"], pa.binary(3)), ["258", "259"]),
        (pa.array(["x", "y", None, "x"]).dictionary_encode(), ["x", "y", "", "x"]),
        (pa.array([True, False, None]), ["true", "false", ""]),
        (pa.nulls(2), ["", ""]),
        (pa.array([date(2026, 1, 31), None]), ["2026-01-31", ""]),
        (pa.array([time(10, 0, 0, 999_999)]), ["10:00:00"]),
        (pa.array([timedelta(seconds=61, milliseconds=500)]), ["61.5"]),
        (pa.array([1_769_853_659_999], pa.timestamp("ms")), ["2026-01-31 10:00:59"]),
        (pa.array([1_769_853_600_000_000], pa.timestamp("us", "Africa/Harare")), ["2026-01-31 10:00:00+0000"]),
    ],
    ids=str,
)  # fmt: skip
def test_a_column_of_any_type_is_read_as_exact_text(folder, column, texts) -> None:
    """No digit is made up and none is lost; nothing is an empty text."""
    found = read(folder, A=column)

    assert ([row["person"] for row in found.rows], found.rejected) == (texts, [])


@pytest.mark.parametrize(
    ("column", "reason"),
    [
        (pa.array([2.0**53, 1.0]), "not_decoded"),
        (pa.array([2.0**24, 1.0], pa.float32()), "not_decoded"),
        (pa.array([b"\xff", b"1"]), "not_text"),
        (pa.array(["a\0b", "1"]), "not_text"),
        (pa.array([b"\xff", b"1"]).dictionary_encode(), "not_text"),
        (pa.array(["x" * 65_537, "1"]), "too_long"),
    ],
    ids=["a large fraction", "a large short fraction", "bytes", "a zero byte", "bytes in a dictionary", "long"],
)
def test_a_value_without_an_exact_text_takes_only_its_row(folder, column, reason) -> None:
    """Which goes to quarantine as JSON of the declared columns."""
    found = read(folder, A=column, C=pa.array(["c1", "c2"]))

    assert [row["cell"] for row in found.rows] == ["c2"]
    assert [(why, json.loads(row)["C"]) for why, row in found.rejected] == [(reason, "c1")]


@pytest.mark.parametrize("unit", ["s", "ms", "us", "ns"])
def test_stamps_are_told_in_whole_seconds_whatever_their_unit(folder, unit) -> None:
    """Fractions are cut off, also before 1970."""
    stamps = pa.array(np.array(["2026-01-05T10:00:01.9", "1969-12-31T23:59:59.1"], f"datetime64[{unit}]"))
    found = read(folder, T=stamps.cast(pa.timestamp(unit)))

    assert [row["time"] for row in found.rows] == ["1767607201", "-1"]
    assert found.time_formats == {"epoch_s"}


def test_a_time_column_that_is_text_is_left_to_the_mapping(folder) -> None:
    assert read(folder, T=pa.array(["05/01/2026"])).time_formats == {""}


def test_every_row_of_every_group_comes_once_and_in_order(folder, monkeypatch) -> None:
    """With batches that end within groups and groups that end within batches."""
    monkeypatch.setattr("safeconduct.ingest.adapters.parquet.ROWS", 4)
    found = read(folder, A=pa.array(range(1000)))

    assert [row["person"] for row in found.rows] == [str(one) for one in range(1000)]


@pytest.mark.parametrize(
    "column",
    [
        pa.array([[1], [2]]),
        pa.array([{"x": 1}, {"x": 2}]),
        pa.array([[("k", 1)], []], pa.map_(pa.string(), pa.int32())),
        pa.array([[1, 2], [3, 4]], pa.list_(pa.int32(), 2)),
    ],
    ids=["list", "structure", "map", "list of two"],
)
def test_a_nested_column_is_refused_by_name(folder, column) -> None:
    with pytest.raises(BadMapping, match=r"the column A .* lists or structures"):
        read(folder, A=column)


def test_columns_that_are_not_declared_are_not_read(folder) -> None:
    """Whatever is in them."""
    assert len(read(folder, A=pa.array([1, 2]), X=pa.array([[1], [2]])).rows) == 2


def test_a_missing_column_is_named(folder) -> None:
    with pytest.raises(BadMapping, match="the column CELL_ID exactly once"):
        folder.read(NAMED.replace('"C"', '"CELL_ID"'), packed(A=pa.array([1])), "calls_1.parquet")


@pytest.mark.parametrize(
    "damage",
    [
        lambda _: b"",
        lambda _: b"PAR1",
        lambda whole: whole[:-1],
        lambda whole: b"PARE" + whole[4:-4] + b"PARE",
        lambda whole: whole[: len(whole) // 2],
        lambda whole: whole[:4] + bytes(len(whole) - 200) + whole[-196:],
        lambda _: b"A,T,C\n1,t,c\n",
    ],
    ids=["nothing", "a magic word", "cut", "encrypted", "half", "zeroes", "CSV"],
)
def test_a_damaged_file_is_told_and_not_believed(folder, damage) -> None:
    whole = packed(A=pa.array(range(5000)))

    with pytest.raises(Unreadable, match="not Parquet, is cut, damaged or encrypted"):
        folder.read(NAMED, damage(whole), "calls_1.parquet")


def test_a_second_compression_is_refused(folder) -> None:
    with pytest.raises(Unreadable, match="unpack it"):
        folder.read(NAMED, packed(A=pa.array([1])), "calls_1.parquet.gz")


def test_words_for_nothing_are_nothing_in_parquet_too(folder) -> None:
    found = folder.read(f'null_words = ["0"]\n{NAMED}', packed(A=pa.array([0, 10])), "calls_1.parquet")

    assert [row["person"] for row in found.rows] == ["", "10"]


def test_a_template_reads_days_and_times_of_day(folder) -> None:
    events = NAMED.replace('"T"', '["D", "T"]')
    content = packed(A=pa.array([1]), D=pa.array([date(2026, 1, 31)]), T=pa.array([time(10, 0)]))

    assert folder.read(events, content, "calls_1.parquet").rows[0]["time"] == "2026-01-31 10:00:00"
