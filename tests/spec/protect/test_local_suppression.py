"""As few values as possible are taken out, and then nobody stands alone."""

import time
from itertools import combinations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.measures.risk import records
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, Design, Variable, VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.protect.base import build

CELL = some.one_of(some.none(), some.integers(0, 3))
ROWS = some.lists(some.tuples(CELL, CELL, CELL), min_size=3, max_size=25)


def described(table):
    """A file for a table of whole numbers."""
    return DataFile(name="t", variables=tuple(Variable(name=one, type=VariableType.INTEGER) for one in table.columns))


def suppressed(table, keys, **parameters):
    """The table after local suppression."""
    method = build(Step(method="local_suppression", columns=(), parameters=parameters))
    file = described(table)
    return method.apply(table, file=file, columns=(), design=Design(keys=keys), rng=np.random.default_rng(0))


def fewest(table, keys):
    """Look-alikes of the record that has fewest."""
    return records(table, Design(keys=keys)).counts.sample.min(initial=np.inf)


def cells(treated):
    """How many values were taken out."""
    return sum(treated.account.suppressed.values())


def table_of(rows):
    """Three keys and one column more."""
    columns = {f"k{at}": pa.array([row[at] for row in rows], pa.int64()) for at in range(3)}
    return Table(pa.table({**columns, "other": pa.array(range(len(rows)), pa.int64())}))


def order_of(importance, keys):
    """Columns by importance, from the peer's ranks where 1 is kept first."""
    return [name for _, name in sorted(zip(importance, keys, strict=True))]


@pytest.mark.parametrize(
    ("case", "name", "k"),
    [
        ("localSuppression_testdata_k3", "testdata", 3),
        ("localSuppression_testdata_k5", "testdata", 5),
        ("localSuppression_testdata2_k2", "testdata2", 2),
        ("localSuppression_testdata2_k3", "testdata2", 3),
    ],
)
def test_fewer_values_are_taken_out_than_by_the_peer(golden, case, name, k):
    """At the same k, confirmed by counting."""
    treated = suppressed(golden.table(name), golden.keys, k=k)

    assert fewest(treated.table, golden.keys) >= k
    assert cells(treated) <= golden.expected(case)["total_new"]


def test_the_textbook_example_needs_no_more_than_the_peer_takes(golden):
    """localSuppression_francdat_k2."""
    treated = suppressed(golden.table("francdat"), golden.four, k=2)

    assert fewest(treated.table, golden.four) >= 2
    assert cells(treated) <= golden.expected("localSuppression_francdat_k2")["total_new"]


@pytest.mark.parametrize(
    ("case", "name", "four", "importance"),
    [
        ("localSuppression_francdat_k3_imp", "francdat", True, (1, 2, 3, 4)),
        ("localSuppression_testdata_k3_importance", "testdata", False, (1, 5, 6, 7, 4, 3, 2)),
    ],
)
def test_wishes_what_to_keep_cost_no_more_than_with_the_peer(golden, case, name, four, importance):
    """The same order of importance."""
    keys = golden.four if four else golden.keys
    treated = suppressed(golden.table(name), keys, k=3, importance=order_of(importance, keys))

    assert fewest(treated.table, keys) >= 3
    assert cells(treated) <= golden.expected(case)["total_new"]


def test_missing_values_of_the_original_are_wildcards_too(golden):
    """localSuppression_testdata_na_k3: gaps that were there are not counted again."""
    treated = suppressed(golden.testdata_with_gaps(), golden.keys, k=3)

    assert fewest(treated.table, golden.keys) >= 3
    assert cells(treated) <= golden.expected("localSuppression_testdata_na_k3")["total_new"]


def test_all_combinations_hold_together_and_still_cost_less_than_with_the_peer(golden):
    """localSuppression_testdata2_combs: 10 alike in any five keys, 20 in any four, 30 in any three, all at once."""
    treated = suppressed(golden.table("testdata2"), golden.keys, k=1, sizes={"5": 10, "4": 20, "3": 30})

    for size, k in ((5, 10), (4, 20), (3, 30)):
        assert all(fewest(treated.table, keys) >= k for keys in combinations(golden.keys, size))
    assert cells(treated) <= sum(golden.expected("localSuppression_testdata2_combs")["supps"].values())


def test_strata_are_done_each_by_itself_and_cost_no_more_than_with_the_peer(golden):
    """localSuppression_testdata2_strata: two alike within each of five age groups."""
    table = golden.table("testdata2")
    ages = np.array(table.column("age"), dtype=float)
    inner = np.linspace(ages.min(), ages.max(), 6)[1:-1]
    table = table.having(group=np.searchsorted(inner, ages, side="left"))
    treated = suppressed(table, golden.keys, k=2, strata=["group"])
    wanted = golden.expected("localSuppression_testdata2_strata")["by_stratum"]

    for group in range(5):
        part = Table(treated.table.arrow.filter(pa.array(np.searchsorted(inner, ages, side="left") == group)))
        assert fewest(part, golden.keys) >= 2
    assert cells(treated) <= sum(wanted[key][wanted["_row"].index("Total")] for key in golden.keys)


@settings(max_examples=150, deadline=None)
@given(rows=ROWS, k=some.integers(2, 3), every=some.booleans())
def test_every_record_has_enough_look_alikes_afterwards(rows, k, every):
    """Whatever was there, and whatever was missing."""
    treated = suppressed(table_of(rows), ("k0", "k1", "k2"), k=k, every=every)

    assert fewest(treated.table, ("k0", "k1", "k2")) >= k


@settings(max_examples=80, deadline=None)
@given(rows=ROWS)
def test_values_are_taken_out_and_never_changed(rows):
    """Of the keys alone."""
    before = table_of(rows)
    after = suppressed(before, ("k0", "k1", "k2"), k=3).table

    for name in before.columns:
        pairs = zip(before.column(name), after.column(name), strict=True)
        assert all(now in {was, None} if name != "other" else now == was for was, now in pairs)


@settings(max_examples=60, deadline=None)
@given(rows=ROWS, more=ROWS)
def test_several_goals_hold_at_once(rows, more):
    """A later goal never undoes an earlier one."""
    table = table_of([*rows, *more])
    subsets = [{"columns": ["k0", "k1"], "k": 4}, {"columns": ["k2"], "k": 5}]
    treated = suppressed(table, ("k0", "k1", "k2"), k=2, subsets=subsets)

    assert fewest(treated.table, ("k0", "k1", "k2")) >= 2
    assert fewest(treated.table, ("k0", "k1")) >= 4
    assert fewest(treated.table, ("k2",)) >= 5


@settings(max_examples=40, deadline=None)
@given(rows=ROWS)
def test_once_done_nothing_is_left_to_do(rows):
    """Applied twice is applied once."""
    once = suppressed(table_of(rows), ("k0", "k1", "k2"), k=3)

    assert cells(suppressed(once.table, ("k0", "k1", "k2"), k=3)) == 0


def test_a_table_where_nobody_stands_alone_is_left_as_it_is():
    """No value is taken out for nothing."""
    table = table_of([(1, 1, 1)] * 3 + [(2, 2, 2)] * 3)

    assert suppressed(table, ("k0", "k1", "k2"), k=3).table.arrow.equals(table.arrow)


def test_treating_everybody_takes_out_more():
    """So that a value that stays tells nothing of others."""
    rng = np.random.default_rng(1)
    table = table_of(rng.integers(0, 6, (200, 3)).tolist())
    keys = ("k0", "k1", "k2")

    assert cells(suppressed(table, keys, k=3, every=True)) > cells(suppressed(table, keys, k=3))


def test_a_column_that_must_stay_keeps_its_values():
    """Others pay for it."""
    rng = np.random.default_rng(1)
    table = table_of(rng.integers(0, 6, (200, 3)).tolist())
    treated = suppressed(table, ("k0", "k1", "k2"), k=3, keep=["k1"])

    assert "k1" not in treated.account.suppressed
    assert fewest(treated.table, ("k0", "k1", "k2")) >= 3


def test_a_dear_column_loses_fewer_values():
    """Weights say what a value is worth."""
    rng = np.random.default_rng(1)
    table = table_of(rng.integers(0, 6, (300, 3)).tolist())
    plain = suppressed(table, ("k0", "k1", "k2"), k=3).account.suppressed
    dear = suppressed(table, ("k0", "k1", "k2"), k=3, weights={"k0": 3}).account.suppressed

    assert dear.get("k0", 0) < plain["k0"] / 2


def test_a_goal_that_cannot_be_reached_is_refused_in_words():
    """Two records are never three, and a column that must stay tells its values apart."""
    with pytest.raises(BadInput, match="nothing more can be taken out"):
        suppressed(table_of([(1, 1, 1), (2, 2, 2)]), ("k0", "k1", "k2"), k=3)
    with pytest.raises(BadInput, match="nothing more can be taken out"):
        suppressed(table_of([(at, 1, 1) for at in range(5)]), ("k0", "k1", "k2"), k=2, keep=["k0"])


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({"k": 0}, "k"),
        ({"k": 1}, "k"),
        ({"weights": {"k0": "0"}}, "weights"),
        ({"weights": {"k0": "much"}}, "weights"),
        ({"sizes": {"x": 3}}, "sizes"),
        ({"importance": ["village"]}, "village"),
        ({"strata": ["k0"]}, "strata"),
        ({"strata": ["village"]}, "village"),
        ({"ks": 3}, "ks"),
    ],
)
def test_a_wish_that_makes_no_sense_names_its_parameter(parameters, field):
    """Before anything is done."""
    with pytest.raises(BadInput) as caught:
        suppressed(table_of([(1, 1, 1)] * 5), ("k0", "k1", "k2"), **parameters)

    assert caught.value.field == field


def test_many_columns_are_searched_within_bounds():
    """Twenty columns have a million combinations; not all of them are tried."""
    rng = np.random.default_rng(3)
    table = Table.of({f"c{at}": rng.integers(0, 8, 60).tolist() for at in range(20)})
    treated = suppressed(table, table.columns, k=2)

    assert fewest(treated.table, table.columns) >= 2


def test_ten_thousand_records_take_well_under_a_second():
    """Where the peer takes half a minute."""
    rng = np.random.default_rng(0)
    sizes = (20, 2, 2, 18, 6, 8)
    table = Table.of(
        {f"c{at}": np.minimum(rng.geometric(min(3 / size, 0.7), 10_000), size) for at, size in enumerate(sizes)}
    )
    begun = time.process_time()
    treated = suppressed(table, table.columns, k=3)

    assert time.process_time() - begun < 1
    assert fewest(treated.table, table.columns) >= 3
