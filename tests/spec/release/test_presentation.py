"""Every cell says what it is, from public facts where records say nothing."""

from dataclasses import replace
from datetime import date

import pytest

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days
from safeconduct.model.errors import Unsafe
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import Release
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.operations import Join
from safeconduct.release import universe
from safeconduct.release.gate import decide

DAY, NEXT = date(2026, 1, 2), date(2026, 1, 3)


def moves(join: Join = Join.INNER) -> Flows:
    return Flows(origin=DailyLocation(days=Days.one(DAY)), destination=DailyLocation(days=Days.one(NEXT)), join=join)


def test_every_area_is_there_and_says_what_it_is(world, told):
    """A told, B withheld, C without an antenna, D a lake."""
    cells = told(world.release(world.seen(), {("A",): 20}))

    assert cells == {
        ("A",): (20, "value", ""),
        ("B",): (None, "suppressed", "minimum_contributors"),
        ("C",): (None, "not_observed", "presentation"),
        ("D",): (0, "zero", "presentation"),
    }


def test_every_day_asked_for_is_there_and_a_day_without_files_was_not_observed(world, told):
    """The thirteenth has no files at all; on the fifth one of two event types is there."""
    days = Days(date(2026, 1, 12), date(2026, 1, 14))
    cells = told(world.release(world.daily(days), {(date(2026, 1, 12), "A"): 20, (date(2026, 1, 14), "A"): 30}))

    assert len(cells) == 3 * 4
    assert cells[(date(2026, 1, 13), "A")] == (None, "not_observed", "presentation")
    assert cells[(date(2026, 1, 13), "D")] == (0, "zero", "presentation")
    assert cells[(date(2026, 1, 12), "B")] == (None, "suppressed", "minimum_contributors")


def test_a_day_is_there_if_one_event_type_asked_for_is(world, told):
    """And not if only others are."""
    fifth = Days.one(date(2026, 1, 5))
    whole = world.daily(Days(date(2026, 1, 4), date(2026, 1, 5)))
    places = DailyLocation(days=Days(date(2026, 1, 4), date(2026, 1, 5)), events=frozenset({EventType.SMS}))
    sms = replace(whole, locations=places)

    assert told(world.release(whole, {(fifth.first, "A"): 20}))[(fifth.first, "A")][1] == "value"
    assert told(world.release(sms, {}))[(fifth.first, "A")][1] == "not_observed"


def test_an_uninhabited_area_with_an_antenna_is_no_known_zero(world, told):
    """Fishermen on the lake are a secret like everybody."""
    areas = (Area(code="L", name="Lake", level=AreaLevel.DISTRICT, uninhabited=True, observed=True),)
    there = replace(world, facts=replace(world.facts, geography=Geography("geo", {AreaLevel.DISTRICT: areas})))

    assert told(there.release(there.seen(), {}))[("L",)][1] == "suppressed"


def test_all_pairs_of_areas_are_there(world, told):
    """A pair with a lake is a known zero, one with an unseen area was not observed."""
    cells = told(world.release(moves(), {("A", "B"): 20, ("B", "B"): 2}))

    assert len(cells) == 16
    assert cells[("A", "B")] == (20, "value", "")
    assert cells[("B", "B")] == cells[("B", "A")] == (None, "suppressed", "minimum_contributors")
    assert cells[("A", "C")][1] == "not_observed"
    assert cells[("A", "D")] == cells[("C", "D")] == (0, "zero", "presentation")


def test_an_end_may_be_unknown_only_where_the_join_says_so(world, told):
    """Nobody has both ends unknown."""
    assert (None, "A") not in told(world.release(moves(), {}))
    full = told(world.release(moves(Join.FULL), {(None, "A"): 20}))

    assert full[(None, "A")] == (20, "value", "")
    assert full[("A", None)][1] == "suppressed"
    assert (None, None) not in full


def test_with_very_many_pairs_only_what_is_told_is_listed_and_the_release_says_so(world, told, monkeypatch):
    """How many is decided from the geography, whatever the data."""
    monkeypatch.setattr(universe, "MOST_PAIRS", 15)
    none = world.release(moves(), {})
    some = world.release(moves(), {("B", "A"): 16, ("A", "B"): 20, ("B", "B"): 15})

    assert told(none) == {}
    assert list(told(some)) == [("A", "B"), ("B", "A")]
    for release in (none, some):
        assert [text for text in map(str, release.statement) if "not listed are withheld or had nobody" in text]


def test_rows_stand_in_an_order_that_says_nothing(world, told):
    """Sorted by key, however the engine brought them."""
    there = told(world.release(world.seen(), {("B",): 30, ("A",): 20}))

    assert list(there) == [("A",), ("B",), ("C",), ("D",)]


@pytest.mark.parametrize("cells", [{("Z",): 20}, {("A",): 20, (None,): 20}])
def test_a_cell_that_was_not_asked_for_is_never_released(world, cells):
    """Whoever brought it made a mistake, and the message has no code in it."""
    query = world.seen()
    with pytest.raises(Unsafe, match="not asked for") as error:
        decide(world.draft(query, cells), world.admission(query), approvals=0, training=False, now=None)

    assert "Z" not in str(error.value)


def test_public_facts_go_before_what_was_found(world, told):
    """Figures of a place where no antenna ever stood are a mistake; they are not told."""
    release = world.release(world.seen(), {("C",): 500})

    assert isinstance(release, Release)
    assert told(release)[("C",)] == (None, "not_observed", "presentation")
