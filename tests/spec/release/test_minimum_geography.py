"""Areas that are too small are refused from the question, with a question that would pass."""

from datetime import date

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days, Hours
from safeconduct.model.outcomes import Admission, Refusal
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.spec import read_question
from safeconduct.release.gate import admit
from safeconduct.release.rules.minimum_geography import MinimumGeography


@pytest.mark.parametrize(
    ("finest", "asked", "passes"),
    [
        (AreaLevel.DISTRICT, AreaLevel.PROVINCE, True),
        (AreaLevel.DISTRICT, AreaLevel.DISTRICT, True),
        (AreaLevel.DISTRICT, AreaLevel.COMMUNE, False),
        (AreaLevel.COMMUNE, AreaLevel.SITE, False),
        (AreaLevel.SITE, AreaLevel.SITE, True),
    ],
)
def test_the_finest_level_itself_is_let_in(world, finest, asked, passes):
    """At the floor and on both sides of it."""
    refusal = MinimumGeography(finest=finest).admit(world.question(world.seen(asked)), world.policy)

    assert (refusal is None) is passes


@pytest.mark.parametrize("name", ["operational", "threshold_only"])
def test_positions_of_towers_are_refused_by_every_shipped_level(world, name):
    """Even the level that only compares."""
    from safeconduct.release.policies import shipped  # noqa: PLC0415 - only this test compares levels

    answer = admit(world.question(world.seen(AreaLevel.SITE)), shipped()[name])

    assert isinstance(answer, Refusal)
    assert answer.reason == "minimum_geography.too_fine"


def test_the_card_offers_the_same_question_for_larger_areas(world):
    """Ready to ask, and it passes."""
    answer = admit(world.question(world.seen(AreaLevel.SITE)), world.policy)
    assert isinstance(answer, Refusal)

    spec = answer.alternatives[0].spec

    assert spec == world.seen(AreaLevel.COMMUNE).spec()
    assert isinstance(admit(world.question(read_question(spec)), world.policy), Admission)


def test_a_level_that_is_nested_is_seen_too(world):
    """Places at both ends of a movement count."""
    day = Days.one(date(2026, 1, 2))
    place = DailyLocation(days=day, areas=AreaLevel.SITE)

    answer = admit(world.question(Flows(origin=place, destination=place)), world.policy)

    assert isinstance(answer, Refusal)
    assert answer.alternatives[0].spec["origin"]["areas"] == "admin3"


def test_what_fails_two_rules_is_offered_as_a_question_that_passes_both(world):
    """Not one that would be refused by the next rule."""
    query = UniqueSubscriberCounts(days=Days.one(date(2026, 1, 2)), areas=AreaLevel.SITE, hours=Hours(8, 9))

    answer = admit(world.question(query), world.policy)

    assert isinstance(answer, Refusal)
    specs = [one.spec for one in answer.alternatives if one.spec]
    assert specs
    assert all(isinstance(admit(world.question(read_question(spec)), world.policy), Admission) for spec in specs)
