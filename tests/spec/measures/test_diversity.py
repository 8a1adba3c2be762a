"""What look-alikes give away because they say the same."""

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.measures.codes import arrow_column, classes, encode
from safeconduct.measures.diversity import diversity, multi
from safeconduct.model.table import Table

CELL = some.one_of(some.none(), some.integers(0, 2))
ROWS = some.lists(some.tuples(CELL, CELL, CELL), max_size=12)


def of(table, keys, name, c=2.0):
    """Diversity of a column, a record each."""
    whole = classes(table, keys)
    found = diversity(whole, encode(arrow_column(table, name))[0], c=c)
    return np.c_[found.distinct, found.entropy, found.recursive][whole.of]


def alike(one, other):
    """Two rows nobody can tell apart."""
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))


def test_one_sensitive_column_is_as_diverse_as_the_peer_says(golden):
    """ldiversity_testdata; the two Multi columns of the peer are 0 throughout and not compared."""
    wanted = np.array(golden.expected("ldiversity_testdata")["values"], dtype=float)

    assert of(golden.table("testdata"), golden.keys, "hhcivil") == pytest.approx(wanted[:, :3], rel=1e-9)


@pytest.mark.parametrize(("name", "at"), [("electcon", 0), ("relat", 3)])
def test_two_sensitive_columns_are_as_diverse_as_the_peer_says(golden, name, at):
    """ldiversity_testdata_2sens."""
    wanted = np.array(golden.expected("ldiversity_testdata_2sens")["values"], dtype=float)

    assert of(golden.table("testdata"), golden.keys[:4], name) == pytest.approx(wanted[:, at : at + 3], rel=1e-9)


def test_who_knows_the_other_sensitive_column_knows_this_one():
    """The peer's Multi columns are 0 throughout; here two columns that look diverse give each other away."""
    table = Table.of({"k": [1] * 4, "ill": ["a", "a", "b", "b"], "drug": ["x", "x", "y", "z"]})
    codes = [encode(arrow_column(table, name))[0] for name in ("ill", "drug")]
    entropy, recursive = multi(classes(table, ("k",)), codes)

    assert entropy.tolist() == pytest.approx([1, 1, 1, 1])
    assert recursive.tolist() == [1, 1, 1, 1]


def test_whoever_is_told_the_village_knows_the_illness():
    """Three neighbours who all have it, and three who do not."""
    table = Table.of({"village": ["A"] * 3 + ["B"] * 3, "ill": ["yes"] * 3 + ["yes", "no", "no"]})

    assert of(table, ("village",), "ill")[[0, 3], 0].tolist() == [1, 2]


@pytest.mark.parametrize(("c", "passed"), [(0.7, 0), (2.0, 1), (3.1, 2)])
def test_recursive_diversity_asks_how_far_the_commonest_leads(c, passed):
    """Six of one value, two of a second: 6 < c·8 holds from c = 0.75 on, 6 < c·2 from 3."""
    table = Table.of({"k": [1] * 8, "s": [1] * 6 + [2] * 2})

    assert of(table, ("k",), "s", c=c)[0, 2] == passed


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_wildcards_see_everybody_they_cannot_be_told_from(rows):
    """Distinct values among the look-alikes, pair by pair."""
    table = Table(pa.table({f"k{at}": pa.array([row[at] for row in rows], pa.int64()) for at in range(3)}))
    found = of(table, ("k0", "k1"), "k2")[:, 0].tolist()

    assert found == [len({other[2] for other in rows if alike(one[:2], other[:2])} - {None}) for one in rows]
