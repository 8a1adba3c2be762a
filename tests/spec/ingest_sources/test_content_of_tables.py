"""One content of a table has one digest, whatever the order of its rows."""

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.ingest.database import ContentDigest
from safeconduct.ingest.mapping import FileMapping
from safeconduct.ingest.moments import Window
from safeconduct.ingest.statements import Statements
from safeconduct.model.areas import EventType

KEY = bytes(32)
TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=5)
ROWS = st.lists(st.tuples(TEXT, TEXT), max_size=8)


def digest(rows, *, key: bytes = KEY, about: str = "calls/2026-01-05", batch: int = 3) -> str:
    content = ContentDigest(key, about)
    for at in range(0, len(rows), batch):
        columns = list(zip(*rows[at : at + batch], strict=True))
        content.add(pa.table({"a": pa.array(columns[0], pa.string()), "b": pa.array(columns[1], pa.string())}))
    return content.hexdigest()


@settings(deadline=None, max_examples=50)
@given(ROWS, st.randoms(), st.integers(1, 8))
def test_neither_order_nor_the_size_of_batches_matters(rows, draw, batch):
    """A table has no order."""
    other = draw.sample(rows, len(rows))

    assert digest(rows) == digest(other, batch=batch)


@settings(deadline=None, max_examples=50)
@given(ROWS, ROWS)
def test_other_rows_have_another_digest(rows, others):
    """Also where texts only moved between columns, or a row is there twice."""
    assert (digest(rows) == digest(others)) == (sorted(rows) == sorted(others))


def test_the_key_the_type_and_the_day_count():
    """Nobody without the key can try out a day; an empty day is not every empty day."""
    rows = [("258841", "a1")]

    assert len({digest(rows), digest(rows, key=bytes(31) + b"1"), digest(rows, about="sms/2026-01-05"),
                digest([]), digest([], about="sms/2026-01-05")}) == 5  # fmt: skip


def layout(table: str, column: str):
    tree = {
        "format": 1, "dataset": "phone", "zone": "Africa/Maputo",
        "source": {"kind": "database", "connection": "operator"},
        "cells": {"file": "c.csv", "columns": {"cell": "c", "lon": "x", "lat": "y"}}, "areas": {"admin3": "a.geojson"},
        "events": {"calls": {"table": [table], "columns": {"person": column, "time": "t", "cell": "c"}}},
    }  # fmt: skip
    return FileMapping.from_tree(tree).events[EventType.CALLS]


def test_names_stay_between_their_quotes():
    """Whatever is in them: quotes are doubled, and percent signs where they mark places."""
    window = Window(1, 2)
    plain = Statements().rows(layout('t"; DROP', 'a"b%'), window)
    marked = Statements(style="pyformat").rows(layout("t", "a%(since)s"), window)
    squared = Statements(quote="[").rows(layout("t]t", "a"), window)

    assert plain.sql == 'SELECT "a""b%", "t", "c" FROM "t""; DROP" WHERE "t" >= ? AND "t" < ?'
    assert marked.sql.startswith('SELECT "a%%(since)s", "t", "c" FROM "t"')
    assert marked.values == {"since": 1, "before": 2}
    assert squared.sql.startswith("SELECT [a], [t], [c] FROM [t]]t]")
    assert "2" not in repr(marked), "values are not shown"
