"""Whether areas add up, told from a release alone."""

from dataclasses import replace
from datetime import UTC, date, datetime

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.location_event_counts import LocationEventCounts
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.operations import PlaceMethod
from safeconduct.release.coherence import coherence
from safeconduct.release.gate import decide

DAY = Days.one(date(2026, 1, 1))


def said(release) -> list[str]:
    return [str(one) for one in coherence(release)]


def of_daily(world, cells, **how):
    return world.release(SpatialAggregate(locations=DailyLocation(days=DAY, areas=AreaLevel.COMMUNE, **how)), cells)


EVERY = {(DAY.first, "a1"): 20, (DAY.first, "a2"): 30, (DAY.first, "b1"): 40}


def test_places_of_a_day_add_up_exactly_where_nothing_is_withheld_or_blurred(world):
    """The last place of a day lies in the same district whatever is asked."""
    assert said(of_daily(world, EVERY)) == [
        "These areas add up exactly to the larger areas they lie in, asked for in the same way."
    ]


def test_with_noise_they_add_up_within_the_margins(world):
    """The largest margin is told."""
    release = of_daily(world, EVERY)
    blurred = replace(release, table=release.table.having(margin=[4, 4, 6]))

    (one,) = said(blurred)
    assert "but for the noise" in one
    assert "6 at most" in one


def test_a_withheld_area_is_why_not(world):
    """What is told adds up to less."""
    first, second = said(of_daily(world, {**EVERY, (DAY.first, "b1"): 3}))

    assert first == "These areas do not add up to the larger areas they lie in."
    assert "withheld" in second


def test_an_area_that_was_not_observed_is_why_not(world):
    """District C never had an antenna."""
    says = said(world.release(world.seen(), {("A",): 20, ("B",): 30}))

    assert any("not observed" in one for one in says)


def test_somebody_seen_in_two_areas_is_why_not(world):
    """People of a day by area are more than the people of the day."""
    says = said(world.release(world.seen(AreaLevel.COMMUNE, DAY), {(one,): 20 for one in ("a1", "a2", "b1")}))

    assert any("counts twice" in one for one in says)


def test_the_place_most_often_visited_differs_from_level_to_level(world):
    """By the month, and by the day where most events count."""
    modal = SpatialAggregate(locations=ModalLocation(days=(DAY,), areas=AreaLevel.COMMUNE))
    by_place = {(one,): 20 for one in ("a1", "a2", "b1")}

    assert any("mostly were" in one for one in said(world.release(modal, by_place)))
    assert any("most events" in one for one in said(of_daily(world, EVERY, method=PlaceMethod.MOST_COMMON)))


def test_events_add_up(world):
    """An event has one place."""
    query = LocationEventCounts(days=DAY, areas=AreaLevel.COMMUNE)
    cells = {(DAY.first, one): 90 for one in ("a1", "a2", "b1")}
    draft = {"largest": [9, 9, 9], "second_largest": [8, 8, 8]}
    decision = world.draft(query, cells, **draft)

    made = decide(decision, world.admission(query), approvals=0, training=True, now=datetime(2026, 2, 1, tzinfo=UTC))
    assert said(made)[0].startswith("These areas add up exactly")


def test_movements_between_last_places_add_up_and_between_usual_ones_do_not(world):
    """As their ends do."""
    day = DailyLocation(days=DAY, areas=AreaLevel.COMMUNE)
    modal = ModalLocation(days=(DAY,), areas=AreaLevel.COMMUNE)
    pairs = {(one, other): 20 for one in ("a1", "a2", "b1") for other in ("a1", "a2", "b1")}

    assert said(world.release(Flows(origin=day, destination=day), pairs))[0].startswith("These areas add up exactly")
    assert "mostly were" in said(world.release(Flows(origin=modal, destination=day), pairs))[1]


def test_of_the_whole_country_nothing_is_said(world):
    """There is no larger area."""
    release = world.release(world.seen(AreaLevel.PROVINCE, DAY), {("P",): 20})
    key = replace(release.output.keys[0], level=AreaLevel.COUNTRY)

    assert coherence(replace(release, output=replace(release.output, keys=(key,)))) == ()
