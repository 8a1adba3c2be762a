"""Periods that are too short and windows that are too narrow are refused from the question."""

from datetime import date

import pytest

from safeconduct.model.areas import TimeGrain
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, Refusal
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.spec import read_question
from safeconduct.release.gate import admit
from safeconduct.release.rules.minimum_time_grain import MinimumTimeGrain

DAY = Days.one(date(2026, 1, 2))


@pytest.mark.parametrize(
    ("hours", "passes"),
    [
        (Hours(6, 11), False),
        (Hours(6, 12), True),
        (Hours(6, 13), True),
        (Hours(22, 3), False),
        (Hours(22, 4), True),
        (Hours(0, 24), True),
        (None, True),
    ],
)
def test_a_window_has_at_least_six_hours(world, hours, passes):
    """At the least and on both sides; a window around midnight is as long as its two parts."""
    question = world.question(UniqueSubscriberCounts(days=DAY, hours=hours))

    assert (MinimumTimeGrain(least_hours=6).admit(question, world.policy) is None) is passes


@pytest.mark.parametrize(
    ("shortest", "days", "passes"),
    [
        (TimeGrain.DAY, 1, True),
        (TimeGrain.WEEK, 6, False),
        (TimeGrain.WEEK, 7, True),
        (TimeGrain.MONTH, 27, False),
        (TimeGrain.MONTH, 28, True),
    ],
)
def test_a_figure_speaks_of_a_period_that_is_long_enough(world, shortest, days, passes):
    """A week has seven days, a month 28."""
    query = world.seen(days=Days(date(2026, 1, 1), date(2026, 1, days)))

    refusal = MinimumTimeGrain(shortest=shortest).admit(world.question(query), world.policy)

    assert (refusal is None) is passes


def test_figures_by_day_are_about_a_day_however_many_days_are_asked(world):
    """Fourteen daily figures are no fortnight."""
    query = world.daily(Days(date(2026, 1, 1), date(2026, 1, 14)))

    assert MinimumTimeGrain(shortest=TimeGrain.WEEK).admit(world.question(query), world.policy)


def test_the_card_offers_whole_days(world):
    """Ready to ask, and it passes."""
    answer = admit(world.question(UniqueSubscriberCounts(days=DAY, hours=Hours(8, 9))), world.policy)

    assert isinstance(answer, Refusal)
    assert answer.reason == "minimum_time_grain.too_short"
    instead = read_question(answer.alternatives[0].spec)
    assert instead == UniqueSubscriberCounts(days=DAY)
    assert isinstance(admit(world.question(instead), world.policy), Admission)


@pytest.mark.parametrize("hours", [0, 25])
def test_hours_of_a_day_are_one_to_twenty_four(hours):
    """The message names the parameter."""
    with pytest.raises(BadInput, match="least_hours"):
        MinimumTimeGrain(least_hours=hours)
