"""What a mapping may say of its source."""

import pytest

from safeconduct.model.errors import BadMapping
from safeconduct.model.mapping import FileMapping
from safeconduct.model.origin import Complete, Origin

FLOWDB = {"format": 1, "dataset": "phone", "zone": "Africa/Maputo", "source": {"kind": "flowdb", "connection": "x"}}


@pytest.mark.parametrize(
    ("tree", "word"),
    [
        ({"kind": "database"}, "connection"),
        ({"kind": "database", "connection": "x", "password": "y"}, "password"),
        ({"kind": "database", "connection": "x", "driver": "sqlite3"}, "driver"),
        ({"kind": "dbapi", "connection": "x"}, "driver"),
        ({"kind": "flowdb", "connection": "x", "settle_hours": -1}, "settle_hours"),
        ({"kind": "flowdb", "connection": "x", "steady_s": True}, "steady_s"),
        ({"kind": "flowdb", "connection": "x", "first_day": "2026-01-01"}, "first_day"),
        ({"kind": "dbapi", "connection": "x", "driver": "d", "quote": "''"}, "quote"),
        ({"complete": "soon"}, "complete"),
        ({"settle_hours": 3}, "settle_hours"),
    ],
)
def test_what_does_not_fit_is_refused_by_name(tree, word):
    """A password in a mapping is a word that is not known."""
    with pytest.raises(BadMapping) as error:
        Origin.from_tree(tree)

    assert word in str(error.value)


def test_files_are_the_default():
    """And a folder is quiet unless said."""
    assert Origin.from_tree({}) == Origin()
    assert Origin.from_tree({"complete": "marker"}).complete is Complete.MARKER


def test_flowdb_needs_no_columns_and_takes_none():
    """It knows its own tables."""
    assert FileMapping.from_tree(FLOWDB).events == {}
    with pytest.raises(BadMapping):
        FileMapping.from_tree({**FLOWDB, "events": {}})


@pytest.mark.parametrize("table", [None, "", "a..b", ["a", ""], ["a\0"], 3])
def test_a_table_has_a_name(table):
    """Every part of it."""
    tree = {
        "format": 1, "dataset": "phone", "zone": "Africa/Maputo", "source": {"kind": "database", "connection": "x"},
        "cells": {"file": "c.csv", "columns": {"cell": "c", "lon": "x", "lat": "y"}}, "areas": {"admin3": "a.geojson"},
        "events": {"calls": {"table": table, "columns": {"time": "t", "cell": "c"}}},
    }  # fmt: skip
    with pytest.raises(BadMapping):
        FileMapping.from_tree(tree)
