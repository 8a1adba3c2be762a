"""What is read in bulk is what is read one by one; whatever is not, is left alone."""

from datetime import UTC, datetime

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.ingest.digits import by_length, whole_numbers
from safeconduct.ingest.met import LEAST, NONE, Met
from safeconduct.ingest.people import normalised, numbers_of
from safeconduct.ingest.rows import _stamp
from safeconduct.ingest.shapes import shape_of, stamps_in_bulk

FORMATS = [
    "%Y-%m-%d %H:%M:%S",
    "%d/%m/%Y %H:%M",
    "%Y%m%d%H%M%S",
    "%Y-%m-%d",
    "%H:%M:%S %d.%m.%Y",
    "epoch_s",
    "epoch_ms",
]
STAMPS = st.datetimes(datetime(1970, 1, 1), datetime(2210, 1, 1))  # noqa: DTZ001 - a clock on a wall
ODD = st.sampled_from(["", " ", "2026-02-30 00:00:00", "2026-1-5 1:2:3", "2026-01-01 24:00:00", "2026-01-01 10:00:60",
                       "2026-13-01 00:00:00", "2026-00-10 00:00:00", "٢٠٢٦-01-01 00:00:00", "-1", "1.5", "9" * 20,
                       "2026-01-01T10:00:00", "2026-01-01 10:00:00 ", "é"])  # fmt: skip
NUMBERS = st.from_regex(r"(\+|00|)[0-9]{0,20}", fullmatch=True) | st.text(max_size=8)


@pytest.fixture(scope="module")
def connection():
    found = duckdb.connect()
    yield found
    found.close()


def written(stamp: datetime, time_format: str) -> str:
    if time_format.startswith("epoch"):
        return str(int(stamp.replace(tzinfo=UTC).timestamp()) * (1000 if time_format == "epoch_ms" else 1))
    return stamp.strftime(time_format)


@settings(max_examples=60, deadline=None)
@given(time_format=st.sampled_from(FORMATS), rows=st.lists(STAMPS | ODD, max_size=12))
def test_a_time_read_in_bulk_is_the_time_that_is_read_one_by_one(connection, time_format, rows) -> None:
    """For every format, and for spellings that are almost right."""
    texts = [row if isinstance(row, str) else written(row, time_format) for row in rows]

    stamps, known = stamps_in_bulk(pa.array(texts, pa.string()), time_format)

    for text, stamp in zip(np.array(texts, object)[known], stamps[known], strict=True):
        assert connection.execute(f"SELECT {_stamp(time_format)} FROM (SELECT ? AS text)", [text]).fetchone() == (
            stamp,
        )


def test_ordinary_times_are_read_in_bulk() -> None:
    """Otherwise nothing would be gained, and nobody would notice."""
    for time_format in FORMATS:
        days = [datetime(2026, 2, day, 10, 30) for day in (1, 9, 28)]  # noqa: DTZ001 - a clock on a wall
        texts = pa.array([written(day, time_format) for day in days])
        assert stamps_in_bulk(texts, time_format)[1].all(), time_format


@pytest.mark.parametrize(
    "time_format", ["%d %b %Y", "%Y-%m-%dT%H:%M:%S%z", "%H:%M", "%Y-%Y-%m-%d", "%Y-%m-%d%", " %Y-%m-%d"]
)
def test_a_format_without_one_shape_is_left_to_the_other_reader(time_format) -> None:
    assert shape_of(time_format) is None


@settings(max_examples=60, deadline=None)
@given(st.lists(NUMBERS, max_size=12))
def test_two_texts_have_one_number_where_they_are_one_number_when_normalised(texts) -> None:
    keys = numbers_of(pa.array(texts, pa.string())).tolist()

    for text, key in zip(texts, keys, strict=True):
        assert key == 0 or str(key) == "1" + normalised(text)


def test_numbers_as_operators_write_them_are_read_in_bulk() -> None:
    texts = ["+258841234567", "00258841234567", "258841234567", "0841234567", "643010123456789", "1"]

    assert (numbers_of(pa.array(texts)) > 0).all()
    assert len(set(numbers_of(pa.array(texts)).tolist())) == 4


@settings(max_examples=60, deadline=None)
@given(st.lists(st.text(max_size=40), max_size=12), st.integers(0, 12))
def test_every_short_text_is_given_once_with_its_own_bytes(texts, start) -> None:
    """Also of a column that begins in the middle of another."""
    column = pa.array(texts, pa.string()).slice(min(start, len(texts)))
    found = {row: bytes(letters[:, at]) for rows, letters in by_length(column) for at, row in enumerate(rows.tolist())}

    assert all(found.get(row, text) == text for row, text in enumerate(text.encode() for text in column.to_pylist()))
    assert all(row in found for row, text in enumerate(column.to_pylist()) if len(text.encode()) <= 32)


def test_a_whole_number_has_at_most_as_many_digits_as_are_asked_for() -> None:
    assert whole_numbers(pa.array(["123", "1234"]), most=3)[1].tolist() == [True, False]


def test_numbers_met_are_found_again_however_many_there_are() -> None:
    met, keys = Met(1 << 22), np.random.default_rng(1).permutation(np.arange(1, 60_001)) * 1_000_003
    for start in range(0, len(keys), 7_000):
        met.add(keys[start : start + 7_000], np.arange(start, min(start + 7_000, len(keys))))

    assert (met.of(keys) == np.arange(len(keys))).all()
    assert (met.of(keys + 1) == NONE).all()


def test_when_its_memory_is_full_it_forgets_and_is_never_wrong() -> None:
    met = Met(1)
    for start in range(1, 10 * LEAST, 1_000):
        met.add(np.arange(start, start + 1_000), np.arange(start, start + 1_000))
        found = met.of(np.arange(1, 10 * LEAST))
        assert ((found == NONE) | (found == np.arange(1, 10 * LEAST))).all()
        assert (met.of(np.arange(start, start + 1_000)) >= 0).all()
    assert len(met._keys) == LEAST


def test_a_crowd_larger_than_its_memory_is_kept_in_part() -> None:
    met = Met(1)
    met.add(np.arange(1, 3 * LEAST), np.arange(1, 3 * LEAST))

    assert 0 < (met.of(np.arange(1, 3 * LEAST)) != NONE).sum() <= LEAST // 2
    assert repr(met) == "Met()"
