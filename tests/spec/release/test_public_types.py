"""Types of events from a fixed list of sets only."""

from datetime import date

import pytest

from safeconduct.model.areas import PHONED, EventType
from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput
from safeconduct.model.policy import RuleSpec
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.spec import read_question
from safeconduct.release.base import build
from safeconduct.release.rules.public_types import PublicTypes

DAYS = Days(date(2026, 1, 5), date(2026, 1, 6))
CALLS, BOTH = frozenset({EventType.CALLS}), frozenset({EventType.CALLS, EventType.SMS})
RULE = PublicTypes(sets=("all", "calls+sms"))


def asked(world, events):
    return world.question(UniqueSubscriberCounts(days=DAYS, events=events))


@pytest.mark.parametrize("events", [PHONED, BOTH])
def test_the_fixed_sets_may_be_asked(world, events):
    assert RULE.admit(asked(world, events), world.policy) is None


@pytest.mark.parametrize("events", [CALLS, PHONED - CALLS])
def test_other_sets_are_refused_and_all_types_offered(world, events):
    """What is offered instead passes."""
    refusal = RULE.admit(asked(world, events), world.policy)

    assert refusal.reason == "public_types.other_types"
    (instead,) = refusal.alternatives
    assert RULE.admit(world.question(read_question(instead.spec)), world.policy) is None


def test_each_end_of_a_movement_is_looked_at(world):
    """Types that are whole only together are not."""
    first = DailyLocation(days=Days.one(DAYS.first), events=CALLS)
    second = DailyLocation(days=Days.one(DAYS.last), events=PHONED - CALLS)
    refusal = PublicTypes().admit(world.question(Flows(origin=first, destination=second)), world.policy)

    (instead,) = refusal.alternatives
    assert PublicTypes().admit(world.question(read_question(instead.spec)), world.policy) is None


def test_nothing_is_offered_where_all_types_may_not_be_asked(world):
    assert PublicTypes(sets=("calls",)).admit(asked(world, BOTH), world.policy).alternatives == ()


@pytest.mark.parametrize("sets", [[], [""], ["calls+"], ["telegrams"], ["calls,sms"]])
def test_a_set_is_written_like_calls_and_sms(sets):
    with pytest.raises(BadInput):
        build(RuleSpec("public_types", {"sets": sets}))
