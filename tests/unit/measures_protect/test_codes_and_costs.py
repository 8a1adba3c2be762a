"""The small parts counting and suppression stand on."""

from itertools import chain, combinations, islice

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.measures.codes import MOST_KEYS, arrow_column, classes, encode, grouped, missing_bits
from safeconduct.measures.frequencies import alike
from safeconduct.measures.telling import of_thousand, percent
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Variable, VariableType
from safeconduct.model.table import Table
from safeconduct.protect.suppression import by_cost
from safeconduct.protect.written import codes_of, decimal, kept_as, plainly


@settings(max_examples=60, deadline=None)
@given(costs=some.lists(some.integers(1, 5), min_size=1, max_size=6))
def test_every_set_of_columns_comes_once_and_the_cheapest_first(costs):
    """All of them, in order of what they cost."""
    found = list(by_cost(dict(enumerate(costs))))
    places = range(len(costs))
    every = chain.from_iterable(combinations(places, size) for size in range(1, len(costs) + 1))
    prices = [sum(cost for place, cost in enumerate(costs) if bits >> place & 1) for bits in found]

    assert sorted(found) == sorted(sum(1 << place for place in one) for one in every)
    assert prices == sorted(prices)


def test_no_columns_make_no_sets():
    """Where everything must stay."""
    assert list(by_cost({})) == []


def test_the_cheapest_sets_of_many_columns_come_without_listing_all():
    """Of sixty columns there are more sets than anybody can list."""
    assert len(list(islice(by_cost(dict.fromkeys(range(60), 1)), 100))) == 100


def test_codes_are_in_order_of_appearance_and_gaps_are_minus_one():
    """So that the same table always gives the same codes."""
    codes, values = encode(arrow_column(Table.of({"k": ["b", None, "a", "b"]}), "k"))

    assert codes.tolist() == [0, -1, 1, 0]
    assert values.to_pylist() == ["b", "a"]


def test_a_column_of_nothing_has_no_values():
    """Arrow calls its type null."""
    codes, values = encode(arrow_column(Table.of({"k": [None, None]}), "k"))

    assert codes.tolist() == [-1, -1]
    assert len(values) == 0


def test_columns_in_several_pieces_are_coded_as_one():
    """Batches of a file are not glued together for this."""
    column = pa.chunked_array([["a", "b"], [], ["b", "c"]])

    assert encode(arrow_column(Table(pa.table({"k": column})), "k"))[0].tolist() == [0, 1, 1, 2]


def test_no_columns_put_all_rows_into_one_group():
    """Nothing tells them apart."""
    groups, count = grouped([], [], 3)

    assert (groups.tolist(), count) == ([0, 0, 0], 1)


def test_gaps_are_bits():
    """The first and the third column."""
    assert missing_bits(np.array([[-1, 0], [0, 0], [-1, -1]])).tolist() == [5, 4]


def test_leaving_a_column_out_merges_its_classes():
    """And the counts add up."""
    whole = classes(Table.of({"a": [1, 1, 2], "b": [1, 2, 2]}), ("a", "b"))
    fewer = whole.without(1)

    assert fewer.names == ("a",)
    assert fewer.counts.tolist() == [2, 1]
    assert fewer.of.tolist() == [0, 0, 1]


def test_several_weights_are_added_up_in_one_go():
    """The same as one after the other."""
    whole = classes(Table.of({"a": [1, None, 2], "b": [1, 1, None]}), ("a", "b"))
    weights = np.array([[1.0, 2.0, 4.0], [1.0, 1.0, 1.0]])

    assert alike(whole, weights).tolist() == [alike(whole, one).tolist() for one in weights]


def test_more_keys_than_anybody_could_know_are_refused():
    """A pattern of missing values has to fit into one number."""
    table = Table.of({f"c{at}": [1] for at in range(MOST_KEYS + 1)})

    with pytest.raises(BadInput, match=f"at most {MOST_KEYS}"):
        classes(table, table.columns)


@pytest.mark.parametrize(
    ("share", "text"),
    [(0, "0"), (1e-9, "<0.1"), (0.0001, "0.1"), (0.0034, "3.4"), (0.00995, "10"), (0.5, "500"), (1, "1,000")],
)
def test_shares_are_told_as_people_of_a_thousand(share, text):
    """Coarser the larger they are; what is not nothing is not called nothing."""
    assert of_thousand(share) == text


def test_shares_are_told_in_percent():
    """With one figure after the point where it matters."""
    assert [percent(one) for one in (0.034, 0.34)] == ["3.4", "34"]


@pytest.mark.parametrize("text", ["", "x", "1,5", "inf", "nan", "1_000x"])
def test_what_is_no_number_is_refused_without_being_quoted(text):
    """The parameter is named instead."""
    with pytest.raises(BadInput, match="base must be a number") as caught:
        decimal(text, "base")

    assert caught.value.field == "base"


def test_numbers_are_written_plainly():
    """No exponent, no needless zeros, no bare point."""
    assert [plainly(decimal(one, "x")) for one in ("1e3", "0.10", "100", "-0.5", "5.0")] == [
        "1000", "0.1", "100", "-0.5", "5",
    ]  # fmt: skip


def test_values_are_written_as_categories_write_them():
    """Whole numbers without a point, whatever the column's type."""
    assert codes_of(pa.array([1, 20])) == ["1", "20"]
    assert codes_of(pa.array([1.0, 1.5, 1e20])) == ["1", "1.5", "100000000000000000000"]
    assert codes_of(pa.array(["M"])) == ["M"]


def test_a_column_that_is_not_what_it_is_described_as_is_named():
    """And nothing of what is in it."""
    with pytest.raises(BadInput, match="'age'") as caught:
        kept_as(pa.chunked_array([["forty"]]), Variable(name="age", type=VariableType.INTEGER))

    assert "forty" not in str(caught.value)
