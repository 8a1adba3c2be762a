"""What a mapping may say of text files, and what it may not."""

import tomllib

import pytest

from safeconduct.model.dialect import Encoding, Span, parts_of
from safeconduct.model.errors import BadMapping
from safeconduct.model.mapping import FileMapping

TREE = """
format = 1
dataset = "phone"
zone = "Africa/Maputo"
cells = {{ file = "cells.csv", columns = {{ cell = "c", lon = "x", lat = "y" }} }}
areas = {{ admin3 = "a.geojson" }}
[events.calls]
files = "calls_*"
{events}
"""
COLUMNS = 'columns = { time = "T", cell = "C" }'
NUMBERED = "header = false\ncolumn_count = 3\ncolumns = { person = 1, time = 2, cell = 3 }"


def layout(events):
    return next(iter(FileMapping.from_tree(tomllib.loads(TREE.format(events=events))).events.values()))


def test_a_mapping_that_says_nothing_new_means_what_it_did():
    """And is one that samples can be written by."""
    plain = layout(COLUMNS)

    assert (plain.format, plain.dialect.quote, plain.dialect.encoding, plain.plain) == ("", '"', Encoding.UTF_8, True)


@pytest.mark.parametrize(
    "said",
    ["comment = '#'", "format = 'parquet'", "decode = { cell = 'hex' }", "time_format = 'epoch_s'",
     "constants = { amount = 1 }", "encoding = 'utf-16'"],
)  # fmt: skip
def test_a_dialect_is_not_plain(said):
    assert not layout(f"{said}\n{COLUMNS}").plain


def test_columns_without_names_are_numbers():
    assert layout(NUMBERED).sources == ("1", "2", "3")


@pytest.mark.parametrize(
    ("column", "parts"),
    [
        ("CELL", (("CELL", True),)),
        ("{", (("{", True),)),
        ("{}", (("{}", True),)),
        ("{a}-{b}", (("a", True), ("-", False), ("b", True))),
        ("{{{a}}}", (("{", False), ("a", True), ("}", False))),
    ],
)
def test_a_column_is_a_name_or_put_together_of_some(column, parts):
    """Braces that hold nothing are part of a name."""
    assert parts_of(column) == parts


@pytest.mark.parametrize(
    ("tree", "span"), [({"start": 2, "length": 3}, (2, 4)), ({"start": 2, "end": 4}, (2, 4)), ([2, 4], (2, 4))]
)
def test_a_position_is_written_in_three_ways(tree, span):
    found = Span.from_tree(tree, "A")

    assert (found.start, found.end) == span


@pytest.mark.parametrize(
    "tree",
    [{"start": 0, "length": 3}, {"start": 2, "length": 0}, [3, 2], [1], "1-2", {"start": 1, "length": 2, "end": 2}],
)
def test_a_position_that_is_none_is_told_by_its_column(tree):
    with pytest.raises(BadMapping, match="position of A"):
        Span.from_tree(tree, "A")


@pytest.mark.parametrize(
    ("said", "message"),
    [
        (f"colour = 1\n{COLUMNS}", "does not know colour"),
        (f"header = 1\n{COLUMNS}", "header is true or false"),
        (f"header = false\n{COLUMNS}", "column_count"),
        (f"column_count = 3\n{COLUMNS}", "header = false"),
        (NUMBERED.replace("cell = 3", "cell = 4"), "numbers from 1 to column_count"),
        (f"skip_lines = -1\n{COLUMNS}", "whole number from 0"),
        (f"skip_end = 1000\n{COLUMNS}", "whole number from 0 to 100"),
        (f"skip_end = true\n{COLUMNS}", "whole number"),
        (f"quote = 'ab'\n{COLUMNS}", "one character"),
        (f"quote = ','\n{COLUMNS}", "two different characters"),
        (f"comment = 1\n{COLUMNS}", "comment is a text"),
        (f"encoding = 'ebcdic'\n{COLUMNS}", "utf-8, latin-1"),
        (f"null_words = [1]\n{COLUMNS}", "list of texts"),
        (f"positions = 1\n{COLUMNS}", "positions is a table"),
        (f"decode = {{ person = 'hex' }}\n{COLUMNS}", "tbcd, tbcd_address"),
        (f"decode = {{ time = 'hex' }}\n{COLUMNS}", "does not know time"),
        (f"constants = {{ person = '1' }}\n{COLUMNS}", "does not know person"),
        (f"constants = {{ cell = '1' }}\n{COLUMNS}", "both a column and a constant"),
        ("columns = { time = '{a}{', cell = 'C' }", "put together"),
        ("columns = { time = ['{a}'], cell = 'C' }", "without braces"),
    ],
)
def test_what_is_wrong_is_named(said, message):
    """In words for whoever wrote the mapping."""
    with pytest.raises(BadMapping, match=message) as error:
        layout(said)

    assert error.value.field
