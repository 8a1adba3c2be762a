"""Places where a figure can harm everybody in it."""

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.canonical import canonical
from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import Pending, Release
from safeconduct.model.policy import RuleSpec
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.release.base import build, outside, rules_of
from safeconduct.release.gate import admit, decide, to_tree
from safeconduct.release.rules.protected_zones import Instead, ProtectedZones, protected

DAY = date(2026, 1, 1)
SALT = "sixteen letters or more"
CAMP = ProtectedZones(zones=("A",), salt=SALT, floor=50, delay_days=14)


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


@pytest.mark.parametrize("how", [{"what": "coarsen"}, {"floor": 0}], ids=["coarser", "no floor"])
def test_beside_a_guarantee_a_listed_area_is_withheld_without_a_look_at_its_people(world, how):
    """Whatever their number; a floor would look at it, and no budget paid for that."""
    rule = build(RuleSpec("protected_zones", {"zones": ["A"], "salt": SALT, **how}))
    names = [("differential_privacy", {}), ("protected_zones", how), ("presentation", {})]
    level = replace(world.policy, rules=tuple(RuleSpec(*one) for one in names))

    assert [one.name for one in rules_of(level)] == [name for name, _ in names]
    assert rule.wanted() == frozenset()
    assert rule.apply(*drafted(world, {("A",): 90_000, ("B",): 20}, waited=13)).status == ("suppressed", "value")


def test_without_a_floor_a_figure_waits_and_no_more(world):
    """However few people there are, another rule sees to that."""
    rule = replace(CAMP, floor=0)

    assert rule.apply(*drafted(world, {("A",): 3, ("B",): 20}, waited=14)).status == ("value", "value")
    assert "{floor}" not in rule.in_words().id


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
    rules = (RuleSpec("protected_zones", {"zones": ["A", "B"], "salt": SALT}), *world.policy.rules)
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
    written = {"zones": ["A"], "salt": SALT, "floor": 50, "what": "delay"}

    assert build(RuleSpec("protected_zones", written)) == CAMP


@pytest.mark.parametrize("wrong", [{"floor": 1}, {"floor": -1}, {"delay_days": -1}, {"delay_days": 9_999}])
def test_parameters_out_of_range_are_named(wrong):
    """The message names the parameter."""
    with pytest.raises(BadInput, match=f"{next(iter(wrong))} goes from"):
        ProtectedZones(**wrong)


def zoned(world, **parameters):
    """The world under a level that protects district A, or what is given."""
    given = {"zones": ["A"], "salt": SALT, **parameters}
    rules = (RuleSpec("protected_zones", given), *world.policy.rules)
    return world.under(replace(world.policy, rules=rules))


def asked(world, query, waited):
    """The admission of a question asked so many days after the first of January."""
    question = replace(world.question(query), asked_on=None if waited is None else DAY + timedelta(waited))
    return admit(question, world.policy)


THREE, NOW = Days(DAY, date(2026, 1, 3)), datetime(2026, 2, 1, tzinfo=UTC)


def test_asked_again_after_a_delay_it_is_another_answer(world):
    """The day before the last delay ends, and the day it ends."""
    there = zoned(world)
    before, after = (asked(there, there.seen(days=THREE), waited).answer_id for waited in (15, 16))

    assert before != after


@pytest.mark.parametrize("days", [(0, 1, 15), (16, 17, 400), (None, 0)], ids=["before", "after", "nobody said"])
def test_on_the_same_side_of_a_delay_it_is_the_same_answer(world, days):
    """Asked every day it is one answer, so that nothing is averaged and nobody looks twice."""
    there = zoned(world)

    assert len({asked(there, there.seen(days=THREE), waited).answer_id for waited in days}) == 1


def test_an_answer_by_days_is_another_one_each_time_a_day_has_waited(world):
    """Days 1 to 3 are told from the fifteenth, sixteenth and seventeenth on."""
    there = zoned(world)
    waits = [asked(there, there.daily(THREE), waited).waits for waited in (13, 14, 15, 16)]

    assert [[day.day for day in one] for one in waits] == [[1, 2, 3], [2, 3], [3], []]
    assert len({asked(there, there.daily(THREE), waited).answer_id for waited in (13, 14, 15, 16)}) == 4


def test_an_answer_that_waits_for_nothing_has_the_identity_it_always_had(world):
    """Kept answers are found again: without a delay that runs, under any level, nothing is added."""
    there = zoned(world)
    question = there.question(there.seen(days=THREE))

    assert asked(there, there.seen(days=THREE), 16).answer_id == question.answer_id(there.policy.id)


@pytest.mark.parametrize("parameters", [{"what": "coarsen"}, {"delay_days": 0}, {"zones": ["nowhere"]}],
                         ids=["never told", "no delay", "no such area"])  # fmt: skip
def test_where_no_figure_is_told_later_nothing_waits(world, parameters):
    """There is one answer, whenever it is asked."""
    there = zoned(world, **parameters)

    assert asked(there, there.seen(days=THREE), 0).waits == ()


def test_an_answer_that_cannot_name_a_listed_area_does_not_wait(world):
    """Provinces, where a district is listed that is not all of one."""
    rule, facts = CAMP, replace(world.facts, geography=PLACES)
    there = replace(world, facts=facts)
    level = {name: there.question(there.seen(areas)) for name, areas in (("P", PROVINCE), ("A", DISTRICT))}

    assert rule.waits(level["P"]) == ()
    assert rule.waits(level["A"]) != ()


def test_what_was_asked_before_a_delay_is_not_told_as_what_was_asked_after_it(world):
    """A draft is held to the identity of its own admission."""
    there = zoned(world)
    query = there.seen(days=THREE)
    before, after = (asked(there, query, waited) for waited in (0, 99))
    draft = there.draft(query, {("A",): 90, ("B",): 90})
    mixed = replace(after, answer_id=before.answer_id)

    with pytest.raises(Unsafe):
        decide(draft, mixed, approvals=0, training=True, now=NOW)


def test_the_list_does_not_leave_with_a_release(world):
    """Nor the salt: a digest of both stands in their place, and the other parameters are told."""
    there = zoned(world, zones=["C", "zone-nobody-sees"], floor=77)
    query = there.seen(days=THREE)
    release = decide(there.draft(query, {("B",): 90}), asked(there, query, 99), approvals=0, training=True, now=NOW)
    assert isinstance(release, Release)
    tree = to_tree(release)
    rule = tree["policy"]["rule"][0]

    assert "zone-nobody-sees" not in canonical(tree)
    assert SALT not in canonical(tree)
    assert (rule["name"], rule["floor"]) == ("protected_zones", 77)
    assert set(rule) == {"name", "floor", "private"}


def test_another_list_or_another_salt_is_another_digest():
    """Whoever has both can show which list was in force; nobody can try lists without the salt."""
    lists = [(("A",), SALT), (("B",), SALT), (("A",), SALT + "x")]
    digests = {
        outside(RuleSpec("protected_zones", {"zones": list(zones), "salt": salt}))["private"] for zones, salt in lists
    }

    assert len(digests) == len(lists)


@pytest.mark.parametrize("salt", ["", "fifteen letters"])
def test_a_list_needs_a_salt_that_nobody_guesses(salt):
    """A level without a list needs none."""
    with pytest.raises(BadInput, match="salt"):
        ProtectedZones(zones=("A",), salt=salt)

    assert ProtectedZones().salt == ""


def test_neither_list_nor_salt_is_shown_when_a_rule_is_printed():
    """As in a log."""
    shown = repr(replace(CAMP, zones=("zone-nobody-sees",)))

    assert "zone-nobody-sees" not in shown
    assert SALT not in shown


@pytest.mark.parametrize(("parameters", "waited", "needed"), [
    ({"what": "review"}, 99, 2), ({"what": "review"}, 0, 0), ({"what": "review", "zones": ["nowhere"]}, 99, 0),
    ({"what": "delay"}, 99, 0), ({"what": "coarsen"}, 99, 0),
], ids=["could be told", "waits anyway", "no such area", "only delayed", "never told"])  # fmt: skip
def test_a_level_without_reviewers_asks_for_two_where_a_listed_area_could_be_told(world, parameters, waited, needed):
    """Seen from the question, the list and the day; never from who was there."""
    there = zoned(world, **parameters)
    admission = asked(there, there.seen(days=THREE), waited)

    assert (admission.policy.reviewers, admission.reviewers, admission.needed) == (0, needed, needed)


@pytest.mark.parametrize(("approvals", "outcome"), [(0, Pending), (1, Pending), (2, Release)])
def test_it_is_told_once_the_reviewers_a_rule_asks_for_said_yes(world, approvals, outcome):
    """Below, and at two."""
    there = zoned(world, what="review")
    query = there.seen(days=THREE)
    admission = asked(there, query, 99)
    decision = decide(there.draft(query, {("A",): 90}), admission, approvals=approvals, training=True, now=NOW)

    assert isinstance(decision, outcome)
    if isinstance(decision, Pending):
        assert decision.missing == 2 - approvals


def test_a_level_with_more_reviewers_than_a_rule_asks_for_keeps_its_own(world):
    """The larger of the two."""
    there = zoned(world)
    two = there.under(replace(there.policy, reviewers=2))

    assert asked(two, two.seen(days=THREE), 99).needed == 2
