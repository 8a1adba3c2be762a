"""Days and hours of the local calendar."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadInput

MARCH_1 = date(2026, 3, 1)
SOME = settings(max_examples=100, derandomize=True, deadline=None)
days = st.dates(date(1990, 1, 1), date(2100, 1, 1))


@SOME
@given(first=days, length=st.integers(0, 400))
def test_both_ends_are_included(first, length):
    """Length, members and order agree."""
    run = Days(first, first + timedelta(length))
    every = list(run)

    assert len(run) == len(every) == length + 1
    assert (every[0], every[-1]) == (run.first, run.last)
    assert every == sorted(set(every))
    assert all(day in run for day in every)
    assert run.first - timedelta(1) not in run
    assert run.last + timedelta(1) not in run


def test_a_single_day_is_a_run_of_one():
    assert list(Days.one(MARCH_1)) == [MARCH_1]


def test_a_run_that_ends_before_it_begins_is_refused():
    with pytest.raises(BadInput, match="include both ends"):
        Days(MARCH_1, MARCH_1 - timedelta(1))


def test_runs_sort_by_their_first_day():
    early, late = Days(MARCH_1, MARCH_1 + timedelta(9)), Days.one(MARCH_1 + timedelta(1))

    assert sorted([late, early]) == [early, late]


@pytest.mark.parametrize(("start", "end", "within"), [
    (8, 10, {8, 9}),
    (22, 5, {22, 23, 0, 1, 2, 3, 4}),
    (20, 24, {20, 21, 22, 23}),
    (0, 24, set(range(24))),
    (23, 1, {23, 0}),
    (5, 4, set(range(24)) - {4}),
])  # fmt: skip
def test_the_end_hour_is_not_included_and_hours_wrap_midnight(start, end, within):
    assert {hour for hour in range(24) if hour in Hours(start, end)} == within


@pytest.mark.parametrize(("start", "end"), [(5, 5), (-1, 5), (24, 5), (0, 25), (3, 0), (3, -1)])
def test_hours_no_clock_shows_are_refused(start, end):
    with pytest.raises(BadInput, match="end hour is not included"):
        Hours(start, end)
