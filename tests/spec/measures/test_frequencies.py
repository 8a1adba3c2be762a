"""How many could be the one that is looked for: the peer's numbers, and the definition counted by hand."""

from itertools import product

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.measures.codes import classes
from safeconduct.measures.frequencies import frequencies
from safeconduct.model.errors import BadInput
from safeconduct.model.table import Table

CELL = some.one_of(some.none(), some.integers(0, 2))
ROWS = some.lists(some.tuples(CELL, CELL, CELL), max_size=14)


def table_of(rows, width=3):
    """A table of small whole numbers, typed also where it is empty."""
    return Table(pa.table({f"k{at}": pa.array([row[at] for row in rows], pa.int64()) for at in range(width)}))


def counted(table, keys, weight="", alpha=1.0):
    """Counts of each record."""
    whole = classes(table, keys)
    weights = whole.total(np.array(table.column(weight), dtype=float)) if weight else None
    return frequencies(whole, weights, alpha=alpha).of(whole.of)


def alike(one, other):
    """Two rows nobody can tell apart: what both have is equal."""
    return all(a is None or b is None or a == b for a, b in zip(one, other, strict=True))


def test_the_textbook_example_is_counted_as_in_the_book(golden):
    """freqCalc_francdat."""
    found, wanted = counted(golden.table("francdat"), golden.four, "w"), golden.expected("freqCalc_francdat")

    assert found.sample.tolist() == wanted["fk"]
    assert found.population.tolist() == pytest.approx(wanted["Fk"], abs=1e-9)


@pytest.mark.parametrize("alpha", ["0", "0.5", "1"])
def test_missing_values_in_the_textbook_example_count_as_the_peer_counts_them(golden, alpha):
    """freqCalc_francdat_na: a wildcard with weight alpha."""
    found = counted(golden.francdat_with_gaps(), golden.four, "w", float(alpha))
    wanted = golden.expected(f"freqCalc_francdat_na_alpha{alpha}")

    assert found.sample.tolist() == pytest.approx(wanted["fk"], abs=1e-9)
    assert found.population.tolist() == pytest.approx(wanted["Fk"], abs=1e-9)


def test_a_survey_is_counted_as_the_peer_counts_it(golden):
    """freqCalc_testdata, with the number of sample uniques and pairs."""
    found = counted(golden.table("testdata"), golden.keys, "sampling_weight")
    wanted = golden.expected("freqCalc_testdata")

    assert found.sample.tolist() == wanted["fk"]
    assert found.population.tolist() == pytest.approx(wanted["Fk"])
    assert (int((found.sample == 1).sum()), int((found.sample == 2).sum())) == (wanted["n1"], wanted["n2"])


@pytest.mark.parametrize("alpha", ["0", "0.5", "1"])
def test_missing_values_in_a_survey_count_as_the_peer_counts_them(golden, alpha):
    """freqCalc_testdata_na: several missing patterns at once."""
    found = counted(golden.testdata_with_gaps(), golden.keys, "sampling_weight", float(alpha))
    wanted = golden.expected(f"freqCalc_testdata_na_alpha{alpha}")

    assert found.sample.tolist() == pytest.approx(wanted["fk"], abs=1e-6)
    assert found.population.tolist() == pytest.approx(wanted["Fk"], abs=1e-6)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS)
def test_every_record_counts_whom_it_cannot_be_told_from(rows):
    """The definition, pair by pair, whatever is missing."""
    found = counted(table_of(rows), ("k0", "k1", "k2"))

    assert found.sample.tolist() == [sum(alike(one, other) for other in rows) for one in rows]


def test_without_keys_everybody_is_alike():
    """Nothing is known, so that nobody can be told apart."""
    assert counted(table_of([(1, 2, 3)] * 4), ()).sample.tolist() == [4, 4, 4, 4]


def test_a_sum_of_weights_below_the_records_is_taken_for_the_records():
    """Weights that were scaled to add up to the sample do not make a population."""
    table = table_of([(1, 1, 1)] * 4).having(w=[0.5] * 4)

    assert counted(table, ("k0",), "w").population.tolist() == [4, 4, 4, 4]


def test_minus_zero_is_zero_and_no_number_is_missing():
    """What looks the same on paper is the same, and NaN could be anything."""
    table = Table.of({"k": [0.0, -0.0, float("nan"), 1.0]})

    assert counted(table, ("k",)).sample.tolist() == [3, 3, 4, 2]


def test_dictionaries_count_like_plain_columns():
    """However a file kept its texts."""
    plain = Table.of({"k": ["a", "b", "a", None]})
    coded = Table(pa.table({"k": plain.arrow.column("k").dictionary_encode()}))

    assert counted(coded, ("k",)).sample.tolist() == counted(plain, ("k",)).sample.tolist()


def test_many_wide_columns_do_not_overflow():
    """Twelve columns of a thousand values make more combinations than a number holds."""
    rows = [[(at * place) % 1000 for place in range(1, 13)] for at in range(1000)] * 2
    table = table_of(rows, width=12)

    assert set(counted(table, table.columns).sample.tolist()) == {2.0}


def test_every_pattern_of_missing_values_is_met():
    """All eight patterns of three keys beside each other."""
    rows = [tuple(None if gap else 1 for gap in gaps) for gaps in product([False, True], repeat=3)]

    assert set(counted(table_of(rows), ("k0", "k1", "k2")).sample.tolist()) == {8.0}


def test_a_key_that_is_not_there_is_named():
    """So that it can be mended."""
    with pytest.raises(BadInput, match="'village'") as caught:
        counted(table_of([(1, 1, 1)]), ("village",))

    assert caught.value.field == "village"
