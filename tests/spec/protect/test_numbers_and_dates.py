"""Extremes cut off, numbers rounded, dates made coarser."""

from datetime import date, datetime
from fractions import Fraction

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, Design, Variable, VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.protect.base import build
from safeconduct.protect.written import ARROW


def treated(method, values, kind=VariableType.INTEGER, **parameters):
    """One column after a method."""
    table = Table(pa.table({"x": pa.array(values, ARROW[kind])}))
    return build(Step(method=method, columns=("x",), parameters=parameters)).apply(
        table,
        file=DataFile(name="t", variables=(Variable(name="x", type=kind),)),
        columns=("x",),
        design=Design(),
        rng=np.random.default_rng(7),
    )


def after(method, values, kind=VariableType.INTEGER, **parameters):
    """Its values."""
    return treated(method, values, kind, **parameters).table.column("x")


def test_incomes_are_cut_off_as_by_the_peer(golden):
    """topBotCoding_testdata_income: above 80 million becomes 90 million."""
    values = [float(one) for one in golden.table("testdata").column("income")]
    done = treated("top_bottom", values, VariableType.NUMBER, top=80_000_000, top_as=90_000_000)
    wanted, found = golden.expected("topBotCoding_testdata_income"), done.table.column("x")

    assert (found[:20], max(found)) == (wanted["head"], wanted["max"])
    assert sum(found) == pytest.approx(wanted["sum"], rel=1e-9)
    assert done.account.changed == {"x": wanted["n_changed"]}


def test_ages_are_cut_off_below_as_by_the_peer(golden):
    """topBotCoding_testdata_age_bottom: below 5 becomes 4; those who are 4 already did not change."""
    done = treated("top_bottom", golden.table("testdata").column("age"), bottom=5, bottom_as=4)
    wanted = golden.expected("topBotCoding_testdata_age_bottom")

    assert done.table.column("x") == wanted["values"]
    assert done.account.changed == {"x": wanted["n_changed"]}


def test_both_ends_are_cut_off_and_the_limits_stay():
    """At the limit, below and above."""
    assert after("top_bottom", [4, 5, 6, 79, 80, 81, None], top=80, bottom=5) == [5, 5, 6, 79, 80, 80, None]


def test_the_mean_of_those_beyond_keeps_the_mean_of_all():
    """Where there are enough to hide each other."""
    values = [1.0, 2.0, 100.0, 200.0, 300.0]
    found = after("top_bottom", values, VariableType.NUMBER, top=10, instead="mean")

    assert found == [1, 2, 200, 200, 200]


@pytest.mark.parametrize("beyond", [[100], [100, 200]])
def test_the_mean_of_one_or_two_is_refused(beyond):
    """It would tell them; the message does not."""
    with pytest.raises(BadInput, match="too few") as caught:
        after("top_bottom", [1, 2, *beyond], top=10, instead="mean")

    assert "100" not in str(caught.value)


def test_days_are_cut_off_too():
    """Nobody in the file was born before 1930."""
    values = [date(1921, 5, 1), date(1980, 1, 1)]

    assert after("top_bottom", values, VariableType.DATE, bottom="1930-01-01") == [date(1930, 1, 1), date(1980, 1, 1)]


@pytest.mark.parametrize(
    ("parameters", "field"),
    [
        ({}, "top"),
        ({"top": "5", "bottom": "9"}, "bottom"),
        ({"top": "x"}, "top"),
        ({"top": "1.5"}, "top"),
        ({"top": "nan"}, "top"),
        ({"bottom": "1", "top_as": "9"}, "top_as"),
        ({"top": "9", "instead": "median"}, "instead"),
    ],
)
def test_limits_that_make_no_sense_are_named(parameters, field):
    """Before anything is done."""
    with pytest.raises(BadInput) as caught:
        after("top_bottom", [1, 2], **parameters)

    assert caught.value.field == field


def test_numbers_go_to_the_nearest_multiple():
    """Half way to the even one, so that sums do not drift."""
    assert after("round_to", [4, 5, 15, 16, -5, -6, None], base=10) == [0, 0, 20, 20, 0, -10, None]


def test_decimals_come_out_as_they_are_written():
    """Three tenths are 0.3."""
    assert after("round_to", [0.31, 0.26, None], VariableType.NUMBER, base="0.1") == [0.3, 0.3, None]


def test_large_whole_numbers_are_exact():
    """Beyond what a floating-point number holds."""
    assert after("round_to", [2**60 + 1], base=2) == [2**60]


def test_random_rounding_is_right_on_average():
    """A quarter of the threes go up to four of four... or down: the mean stays three."""
    found = after("round_to", [3] * 4000, base=4, how="random")

    assert set(found) == {0, 4}
    assert sum(found) / len(found) == pytest.approx(3, abs=0.1)


@settings(max_examples=80, deadline=None)
@given(values=some.lists(some.integers(-(10**12), 10**12), max_size=20), base=some.integers(1, 1000))
def test_rounded_numbers_are_multiples_at_most_half_a_base_away(values, base):
    """And no other multiple is nearer."""
    found = after("round_to", values, base=base)

    assert all(now % base == 0 and abs(now - was) <= Fraction(base, 2) for was, now in zip(values, found, strict=True))


@pytest.mark.parametrize("parameters", [{"base": "0"}, {"base": "-5"}, {"base": "ten"}, {"base": "0.5"}])
def test_a_base_that_cannot_be_one_is_named(parameters):
    """Whole numbers need a whole base."""
    with pytest.raises(BadInput) as caught:
        after("round_to", [1], **parameters)

    assert caught.value.field == "base"


def test_dates_keep_their_year_alone():
    """First of January of it."""
    assert after("coarsen_date", [date(2024, 2, 29), None], VariableType.DATE) == [date(2024, 1, 1), None]


@pytest.mark.parametrize(
    ("to", "day"),
    [("quarter", date(2024, 4, 1)), ("month", date(2024, 5, 1)), ("week", date(2024, 5, 13))],
)
def test_dates_keep_what_is_asked_for(to, day):
    """Friday the 17th of May 2024 is in the second quarter and in the week of Monday the 13th."""
    assert after("coarsen_date", [date(2024, 5, 17)], VariableType.DATE, to=to) == [day]


def test_moments_keep_their_day():
    """At midnight."""
    found = after("coarsen_date", [datetime(2024, 5, 17, 13, 45)], VariableType.MOMENT, to="day")  # noqa: DTZ001 - microdata moments have no zone

    assert found == [datetime(2024, 5, 17)]  # noqa: DTZ001 - microdata moments have no zone


def test_a_day_is_no_coarser_than_a_day():
    """Said, instead of doing nothing."""
    with pytest.raises(BadInput, match="a week or longer"):
        after("coarsen_date", [date(2024, 5, 17)], VariableType.DATE, to="day")
