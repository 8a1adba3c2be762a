"""Places where a figure can harm everybody in it."""

from dataclasses import replace
from datetime import date, timedelta

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput
from safeconduct.model.geography import Area, Geography
from safeconduct.model.policy import RuleSpec
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.release.base import build
from safeconduct.release.rules.protected_zones import Instead, ProtectedZones, protected

DAY = date(2026, 1, 1)
CAMP = ProtectedZones(zones=("A",), floor=50, delay_days=14)


def drafted(world, cells, *, waited=365, reviewers=0, **evidence):
    """People by area over the first of January, asked some days later."""
    query = world.seen(days=Days(DAY, DAY))
    admission = replace(world.admission(query), policy=replace(world.policy, reviewers=reviewers))
    asked_on = None if waited is None else DAY + timedelta(waited)
    return world.draft(query, cells, **evidence), replace(admission, asked_on=asked_on)


@pytest.mark.parametrize(("people", "status"), [(49, "suppressed"), (50, "value"), (51, "value")])
def test_a_protected_area_has_a_floor_of_its_own(world, people, status):
    """At the floor and on both sides; other areas do not have it."""
    marked = CAMP.apply(*drafted(world, {("A",): people, ("B",): 20}))

    assert marked.status == (status, "value")


@pytest.mark.parametrize(("waited", "status"), [(13, "suppressed"), (14, "value"), (15, "value"), (None, "suppressed")])
def test_a_figure_waits_however_many_people_there_are(world, waited, status):
    """At the delay and on both sides; where nobody says what day it is it waits."""
    marked = CAMP.apply(*drafted(world, {("A",): 90_000, ("B",): 20}, waited=waited))

    assert marked.status == (status, "value")


def test_a_delay_of_nothing_needs_no_day(world):
    """There is nothing to wait for."""
    rule = replace(CAMP, delay_days=0)

    assert rule.apply(*drafted(world, {("A",): 50}, waited=None)).status == ("value",)


def test_each_day_waits_by_itself(world):
    """The older day is told, the newer is not yet."""
    query = world.daily(Days(DAY, date(2026, 1, 2)))
    draft = world.draft(query, {(DAY, "A"): 90, (date(2026, 1, 2), "A"): 90})
    admission = replace(world.admission(query), asked_on=date(2026, 1, 15))

    assert CAMP.apply(draft, admission).status == ("value", "suppressed")


def test_a_figure_of_several_days_waits_for_the_last(world):
    """A row without a day speaks of all of them."""
    query = world.seen(days=Days(DAY, date(2026, 1, 3)))
    draft, admission = world.draft(query, {("A",): 90}), world.admission(query)

    assert CAMP.apply(draft, replace(admission, asked_on=date(2026, 1, 16))).status == ("suppressed",)
    assert CAMP.apply(draft, replace(admission, asked_on=date(2026, 1, 17))).status == ("value",)


def test_an_area_may_be_told_as_part_of_a_larger_one_only(world):
    """Whatever its count and however long ago."""
    rule = replace(CAMP, what=Instead.COARSEN)

    assert rule.apply(*drafted(world, {("A",): 90_000, ("B",): 20}, waited=9_999)).status == ("suppressed", "value")


@pytest.mark.parametrize(("reviewers", "status"), [(0, "suppressed"), (1, "suppressed"), (2, "value")])
def test_an_area_may_need_two_reviewers(world, reviewers, status):
    """Where fewer look at every answer it is withheld."""
    rule = replace(CAMP, what=Instead.REVIEW)

    assert rule.apply(*drafted(world, {("A",): 900}, reviewers=reviewers)).status == (status,)


@pytest.mark.parametrize(("way", "status"), [
    (("A", "B"), "suppressed"), (("B", "A"), "suppressed"), (("A", "A"), "suppressed"), (("B", "C"), "value"),
])  # fmt: skip
def test_a_movement_counts_if_either_end_is_protected(world, way, status):
    """Who leaves a camp is as telling as who arrives."""
    first, second = (DailyLocation(days=Days.one(DAY + timedelta(step))) for step in (0, 1))
    query = Flows(origin=first, destination=second)
    draft = world.draft(query, {way: 30})

    assert CAMP.apply(draft, replace(world.admission(query), asked_on=date(2027, 1, 1))).status == (status,)


def test_a_withheld_area_says_no_more_than_a_small_one(world, told):
    """Delayed, small and nobody at all are told alike."""
    rules = (RuleSpec("protected_zones", {"zones": ["A", "B"]}), *world.policy.rules)
    there = world.under(replace(world.policy, rules=rules))
    delayed, few, nobody = (
        told(there.release(there.seen(), cells))[("A",)] for cells in ({("A",): 900}, {("A",): 3}, {})
    )

    assert delayed == few == nobody


def test_people_are_told_that_some_areas_are_protected(world):
    """Where any are."""
    admission = world.admission(world.seen())

    assert len(CAMP.statement(admission)) == 1
    assert ProtectedZones().statement(admission) == ()


def country(*areas):
    """Areas given as code, level, parent and whether an antenna stands there."""
    levels = {
        level: tuple(Area(code=code, name=code, level=level, parent=parent, observed=seen)
                     for code, at, parent, seen in areas if at is level)
        for level in AreaLevel
    }  # fmt: skip
    return Geography("made", levels)


PROVINCE, DISTRICT, COMMUNE = AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE
PLACES = country(
    ("P", PROVINCE, "", True), ("Q", PROVINCE, "", True),
    ("A", DISTRICT, "P", True), ("B", DISTRICT, "P", True), ("C", DISTRICT, "Q", True),
    ("a1", COMMUNE, "A", True), ("a2", COMMUNE, "A", True), ("b1", COMMUNE, "B", True),
    ("c1", COMMUNE, "C", True), ("c2", COMMUNE, "C", False),
)  # fmt: skip


@pytest.mark.parametrize(("listed", "meant"), [
    ({"a1"}, {"a1"}),
    ({"A"}, {"A", "a1", "a2"}),
    ({"a1", "a2"}, {"a1", "a2", "A"}),
    ({"c1"}, {"c1", "c2", "C", "Q"}),
    ({"nowhere"}, set()),
])  # fmt: skip
def test_parts_of_a_listed_area_are_protected_and_areas_with_no_other_parts(listed, meant):
    """Else a figure of the part, or of the only larger area around it, would be the listed one's."""
    assert {code for _, code in protected(PLACES, frozenset(listed))} == meant


def test_a_level_writes_its_areas_as_a_list():
    """As TOML has it."""
    assert build(RuleSpec("protected_zones", {"zones": ["A"], "floor": 50, "what": "delay"})) == CAMP


@pytest.mark.parametrize("wrong", [{"floor": 1}, {"floor": 0}, {"delay_days": -1}, {"delay_days": 9_999}])
def test_parameters_out_of_range_are_named(wrong):
    """The message names the parameter."""
    with pytest.raises(BadInput, match=f"{next(iter(wrong))} goes from"):
        ProtectedZones(**wrong)
