"""A draft comes back as it was kept, and only as it was kept."""

import os
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeconduct.keys.provider import FileKeys
from safeconduct.model.editions import Content
from safeconduct.model.errors import BadInput, NotFound, StoreFull, Tampered
from safeconduct.model.table import Table
from safeconduct.store import chests
from safeconduct.store.drafts import Drafts, digest_of_table, in_one_form

KEYS = FileKeys(False, bytes(32))
TABLE = Table(
    pa.table(
        {
            'od"d.name, ünï': pa.array([1, None, -(2**62)]),
            "height": pa.array([1.5, None, float("inf")]),
            "name": pa.array(["MARKER", None, ""]),
            "there": pa.array([True, None, False]),
            "born": pa.array([date(1990, 2, 28), None, date(1, 1, 1)]),
            "seen": pa.array([datetime(2026, 1, 1, 12), None, None], pa.timestamp("us")),  # noqa: DTZ001 - no zone in files
        }
    )
)


@pytest.fixture
def drafts(tmp_path) -> Drafts:
    return Drafts(folder=tmp_path / "drafts", keys=KEYS)


def test_every_kind_of_column_comes_back(drafts) -> None:
    assert drafts.open(drafts.keep(TABLE)).arrow.equals(TABLE.arrow)


def test_an_empty_table_comes_back(drafts) -> None:
    empty = Table(TABLE.arrow.slice(0, 0))

    assert drafts.open(drafts.keep(empty)).arrow.equals(empty.arrow)


def test_some_columns_come_in_the_order_asked(drafts) -> None:
    content = drafts.keep(TABLE)

    assert drafts.open(content, columns=["name", 'od"d.name, ünï']).columns == ("name", 'od"d.name, ünï')
    with pytest.raises(BadInput, match="absent"):
        drafts.open(content, columns=["absent"])


def test_widths_and_encodings_make_no_difference(drafts) -> None:
    one = pa.table({"a": pa.array([1, 2], pa.int8()), "b": pa.array(["x", "y"]).dictionary_encode()})
    other = pa.table({"a": pa.array([1, 2]), "b": pa.array(["x", "y"], pa.large_string())})

    assert drafts.keep(Table(one)).digest == drafts.keep(Table(other)).digest


def test_a_column_of_another_kind_is_named(drafts) -> None:
    with pytest.raises(BadInput, match="places"):
        drafts.keep(Table(pa.table({"places": pa.array([[1], [2]])})))


values = st.lists(
    st.tuples(st.none() | st.integers(-(2**63), 2**63 - 1), st.none() | st.text(), st.none() | st.booleans())
)


@settings(max_examples=80, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(rows=values, cuts=st.lists(st.integers(0, 20), max_size=3))
def test_how_a_table_is_cut_makes_no_difference(rows, cuts) -> None:
    schema = pa.schema([("number", pa.int64()), ("text", pa.string()), ("there", pa.bool_())])
    columns = [list(column) for column in zip(*rows, strict=True)] if rows else [[], [], []]
    whole = pa.table(columns, schema=schema)
    edges = [0, *sorted(min(cut, len(whole)) for cut in cuts), len(whole)]
    cut = pa.concat_tables([whole.slice(a, b - a) for a, b in pairwise(edges)])

    assert digest_of_table(in_one_form(cut)) == digest_of_table(in_one_form(whole))


@pytest.mark.parametrize("other", [
    {"a": [1, 2], "b": ["x", None]}, {"a": [2, 1], "b": ["x", ""]}, {"b": ["x", ""], "a": [1, 2]},
    {"a": [1, 2], "c": ["x", ""]}, {"a": [1.0, 2.0], "b": ["x", ""]}, {"a": [1, 2], "b": ["", "x"]},
    {"a": [1], "b": ["x"]},
])  # fmt: skip
def test_any_other_value_order_or_name_has_another_digest(other) -> None:
    assert digest_of_table(pa.table(other)) != digest_of_table(pa.table({"a": [1, 2], "b": ["x", ""]}))


def test_nothing_shows_on_disk(drafts, tmp_path) -> None:
    content = drafts.keep(TABLE)
    on_disk = b"".join(path.read_bytes() for path in (tmp_path / "drafts").iterdir())

    assert b"MARKER" not in on_disk
    assert b"height" not in on_disk
    assert "height" not in repr(content)


def test_a_draft_is_what_its_digest_says(drafts) -> None:
    content = drafts.keep(TABLE)

    with pytest.raises(Tampered):
        drafts.open(Content(draft=content.draft, digest="0" * 64))


def test_a_spoilt_draft_does_not_open(drafts, tmp_path) -> None:
    content = drafts.keep(TABLE)
    path = next((tmp_path / "drafts").glob("*.chest"))
    path.chmod(0o600)
    path.write_bytes(path.read_bytes()[:-1] + b"x")

    with pytest.raises(Tampered):
        drafts.open(content)


@pytest.mark.parametrize("draft", ["", "../x", "0" * 32])
def test_an_absent_draft_and_an_odd_handle_are_alike(drafts, draft) -> None:
    with pytest.raises(NotFound):
        drafts.open(Content(draft=draft, digest=""))


def test_a_deleted_draft_is_gone(drafts, tmp_path) -> None:
    content = drafts.keep(TABLE)
    drafts.delete(content)

    assert not drafts.exists(content)
    assert list((tmp_path / "drafts").iterdir()) == []


def test_a_full_disk_leaves_nothing(drafts, tmp_path, monkeypatch) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "no space")

    monkeypatch.setattr(chests, "all_written", full)
    with pytest.raises(StoreFull):
        drafts.keep(TABLE)
    assert list(Path(tmp_path / "drafts").glob("*")) == []


@pytest.mark.parametrize("writes", [1, 2, 3])
def test_a_disk_that_fills_up_on_the_way_is_told_in_words(drafts, monkeypatch, tmp_path, writes) -> None:
    """Parquet is written through another library, which must not hide what happened."""
    kept = chests.all_written

    def full(file, content) -> None:
        nonlocal writes
        writes -= 1
        if writes < 0:
            raise OSError(28, "no space")
        kept(file, content)

    monkeypatch.setattr(chests, "all_written", full)
    large = Table(pa.table({"text": pa.array([os.urandom(40).hex() for _ in range(120_000)])}))
    with pytest.raises(StoreFull):
        drafts.keep(large)
    assert list(Path(tmp_path / "drafts").glob("*")) == []
