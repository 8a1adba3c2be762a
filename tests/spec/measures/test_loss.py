"""What a table lost."""

import numpy as np
import pytest

from safeconduct.measures.distances import hellinger, il1, il1s, still_close
from safeconduct.measures.loss import loss
from safeconduct.measures.telling import lines
from safeconduct.model.microdata import RECORD, Design
from safeconduct.model.table import Table

BEFORE = Table.of(
    {
        "age": [20, 30, 40, 50, 60, 70, 80, 90],
        "sex": ["f", "m"] * 4,
        "income": [10.0, 20.0, 30.0, 40.0, 50.0, 60.0, 70.0, 80.0],
    }
)
DESIGN = Design(keys=("age", "sex"))


def of(after, name, **more):
    """What one column lost."""
    return next(one for one in loss(BEFORE, after, DESIGN, **more).variables if one.name == name)


def test_the_peers_information_loss_is_found_again(golden):
    """dRisk_IL_Tarragona_scaled: IL1, IL1s and interval disclosure."""
    table, wanted = golden.table("Tarragona"), golden.expected("dRisk_IL_Tarragona_scaled")
    before = np.array([table.column(name) for name in table.columns[4:7]], dtype=float).T
    after = np.round(before * 1.05 + 10)
    pairs = list(zip(before.T, after.T, strict=True))

    assert sum(il1(*one) for one in pairs) == pytest.approx(wanted["IL1"], rel=1e-9)
    assert sum(il1s(*one).sum() for one in pairs) == pytest.approx(wanted["IL1s"], rel=1e-9)
    assert [still_close(before, after, k=k) for k in (0.01, 0.05, 0.1)] == pytest.approx(wanted["dRisk"], rel=1e-9)


def test_a_table_that_did_not_change_lost_nothing():
    """Every figure says so."""
    report = loss(BEFORE, BEFORE, DESIGN)

    assert (report.keys_suppressed, report.distance, report.kept, report.correlation_change) == (0, 0, 1, 0)
    assert {one.changed for one in report.variables} == {0}


def test_values_taken_out_are_counted():
    """One of sixteen cells of the keys."""
    after = BEFORE.having(age=[None, 30, 40, 50, 60, 70, 80, 90])

    assert loss(BEFORE, after, DESIGN).keys_suppressed == 1 / 16
    assert (of(after, "age").missing_after, of(after, "age").changed) == (1 / 8, 1 / 8)


def test_a_column_taken_out_is_all_its_cells():
    """Half the cells of the keys, and nothing of the column is kept."""
    report = loss(BEFORE, BEFORE.without("sex"), DESIGN)

    assert report.keys_suppressed == 0.5
    assert [one.removed for one in report.variables] == [False, True, False]
    assert report.kept == pytest.approx(2 / 3)


def test_bands_keep_some_of_what_was_known():
    """Two bands of eight ages: a third of the bits; distributions of other things are not compared."""
    after = BEFORE.having(age=["<55"] * 4 + ["55+"] * 4)

    assert of(after, "age").recoded
    assert of(after, "age").kept == pytest.approx(1 / 3)
    assert of(after, "age").distance is None


def test_bands_numbered_by_codes_are_not_taken_for_ages():
    """The plan says which columns were recoded; numbers alone do not."""
    after = BEFORE.having(age=[1] * 4 + [2] * 4)

    assert of(after, "age", recoded={"age"}).shift is None
    assert of(after, "age").shift > 1


def test_exchanged_values_keep_the_distribution_and_lose_the_records():
    """The mean stays, what is known about single records goes."""
    found = of(BEFORE.having(sex=["m", "f"] + ["f", "m"] * 3), "sex")

    assert found.distance == 0
    assert found.changed == 2 / 8
    assert found.kept < 1


def test_the_mean_moves_in_standard_deviations():
    """Whatever the unit of the column."""
    after = BEFORE.having(income=[value + 10 for value in BEFORE.column("income")])

    assert of(after, "income").shift == pytest.approx(10 / np.std(np.arange(1, 9) * 10, ddof=1))


def test_correlations_that_were_lost_are_seen():
    """Age and income went together perfectly."""
    after = BEFORE.having(income=[80.0, 10.0, 70.0, 20.0, 60.0, 30.0, 50.0, 40.0])

    assert loss(BEFORE, after, DESIGN).correlation_change > 0.9


def test_rows_are_paired_by_their_codes():
    """Another order is no loss where rows carry codes."""
    coded = BEFORE.having(**{RECORD: list(range(8))})
    turned = Table(coded.arrow.take(list(range(7, -1, -1))))

    assert {one.changed for one in loss(coded, turned, DESIGN).variables} == {0}


def test_rows_that_are_gone_are_told():
    """Without codes single cells are not compared then."""
    report = loss(BEFORE, Table(BEFORE.arrow.slice(0, 6)), DESIGN)

    assert {one.changed for one in report.variables} == {None}
    assert next(one for one in lines(report) if one.name == "rows").value == "2"


def test_empty_tables_lose_nothing():
    """Nothing was there."""
    empty = Table(BEFORE.arrow.slice(0, 0))

    assert loss(empty, empty, DESIGN).keys_suppressed == 0


def test_distributions_without_anything_in_common_are_one_apart():
    """And scales do not matter."""
    assert hellinger(np.array([2.0, 0.0]), np.array([0.0, 5.0])) == 1
    assert hellinger(np.array([2.0, 2.0]), np.array([5.0, 5.0])) == 0


def test_many_different_numbers_are_compared_in_bands():
    """Noise too small to leave its band loses nothing that bands can tell."""
    numbers = np.arange(1000.0)
    before = Table.of({"x": numbers.tolist()})
    found = loss(before, Table.of({"x": (numbers + 0.25).tolist()}), Design()).variables[0]

    assert found.changed == 1
    assert found.kept == pytest.approx(1, abs=0.01)
    assert found.distance < 0.01
