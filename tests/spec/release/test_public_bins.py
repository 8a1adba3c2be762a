"""Parts of the day from a fixed list only."""

from datetime import date

import pytest

from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadInput
from safeconduct.model.policy import RuleSpec
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.spec import read_question
from safeconduct.release.base import build
from safeconduct.release.rules.public_bins import PublicBins

DAYS = Days(date(2026, 1, 5), date(2026, 1, 6))
RULE = PublicBins(hours=("06-18", "18-06"))


def asked(world, hours):
    return world.question(UniqueSubscriberCounts(days=DAYS, hours=hours))


@pytest.mark.parametrize("hours", [None, Hours(6, 18), Hours(18, 6)])
def test_whole_days_and_the_windows_may_be_asked(world, hours):
    assert RULE.admit(asked(world, hours), world.policy) is None


@pytest.mark.parametrize("hours", [Hours(6, 17), Hours(7, 18), Hours(0, 6), Hours(6, 24)])
def test_windows_that_slide_are_refused_and_whole_days_offered(world, hours):
    """FlowKit lets [0, h] be asked for every h: the differences show single people."""
    refusal = RULE.admit(asked(world, hours), world.policy)

    assert refusal.reason == "public_bins.other_hours"
    (instead,) = refusal.alternatives
    assert RULE.admit(world.question(read_question(instead.spec)), world.policy) is None


def test_movements_between_parts_of_days_are_refused(world):
    """What a window leaves out of a movement cannot be looked at."""
    first, second = (DailyLocation(days=Days.one(day), hours=Hours(6, 18)) for day in DAYS)

    assert RULE.admit(world.question(Flows(origin=first, destination=second)), world.policy) is not None


@pytest.mark.parametrize("window", ["6-18", "06-6", "0618", "aa-bb", "25-06", "06-06"])
def test_a_window_is_written_like_06_18(window):
    with pytest.raises(BadInput):
        build(RuleSpec("public_bins", {"hours": [window]}))
