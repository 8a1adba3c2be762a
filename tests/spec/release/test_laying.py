"""Releases laid side by side: what hangs together with what, and what their combination gives away."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from safeconduct.measures.mosaic import Mosaic, mosaic
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import Provenance, Release
from safeconduct.model.policy import Policy
from safeconduct.model.table import Table
from safeconduct.query.base import AggregateQuery
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.location_event_counts import LocationEventCounts
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.operations import PlaceMethod
from safeconduct.release.laying import Board, Outside, Telling, guaranteed, least_people
from safeconduct.release.policies import parse, shipped
from safeconduct.release.slices import Counting, slices

DAY, NEXT, SEVENTH = date(2026, 1, 1), date(2026, 1, 2), date(2026, 1, 7)
MINIMUM = 16
PLAIN = """
name = "plain"
version = 1
title = "Plain"
says = "A minimum and nothing else."
does_not_resist = ["Everything that a minimum does not stop."]
reviewers = 0

[[rule]]
name = "minimum_contributors"
minimum = 16

[[rule]]
name = "presentation"
"""
NOISY = PLAIN.replace('[[rule]]\nname = "presentation"', '[[rule]]\nname = "cell_key"\nreach = 8\nvariance = 300\n\n'
                      '[[rule]]\nname = "presentation"')  # fmt: skip


def country() -> Geography:
    """Province P of the districts A, B and C; A of the communes a1 and a2, B of b1, C of c1."""
    province, district, commune = AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE

    def area(code: str, level: AreaLevel, parent: str) -> Area:
        return Area(code=code, name=code, level=level, parent=parent)

    return Geography(
        id="geo",
        areas={
            province: (area("P", province, ""),),
            district: tuple(area(code, district, "P") for code in "ABC"),
            commune: tuple(area(code, commune, code[0].upper()) for code in ("a1", "a2", "b1", "c1")),
        },
    )


@dataclass(frozen=True)
class Told:
    """A question and what was told of it by cell; `None` is withheld."""

    query: AggregateQuery
    cells: dict[tuple[object, ...], int | None]
    policy: Policy
    margin: int = 0

    def release(self) -> Release:
        output = self.query.output()
        names, value = [key.name for key in output.keys], output.values[0].name
        columns: dict[str, object] = {name: [cell[at] for cell in self.cells] for at, name in enumerate(names)}
        told = list(self.cells.values())
        columns |= {
            value: pa.array(told, type=pa.int64()),
            "margin": pa.array([None if one is None else self.margin for one in told], type=pa.int64()),
            "status": ["suppressed" if one is None else "value" for one in told],
            "reason": ["minimum_contributors" if one is None else "" for one in told],
        }
        made = Provenance(dataset="phone", spec=self.query.spec(), spec_id="", partitions={}, geography="geo",
                          data_version="", code="", engine="", zone="UTC")  # fmt: skip
        return Release(
            answer_id="", output=output, table=Table.of(columns), provenance=made, policy={}, statement=(),
            training=True, decided_at=datetime(2026, 2, 1, tzinfo=UTC), digest="",
        )  # fmt: skip


def seen(level: AreaLevel, cells: dict[str, int | None], *, days: Days | None = None, text: str = PLAIN, **how) -> Told:
    query = UniqueSubscriberCounts(days=days or Days.one(DAY), areas=level, **how)
    return Told(query, {(area,): value for area, value in cells.items()}, parse(text))


def placed(level: AreaLevel, cells: dict[str, int | None], *, text: str = PLAIN) -> Told:
    query = SpatialAggregate(locations=DailyLocation(days=Days.one(DAY), areas=level))
    return Told(query, {(DAY, area): value for area, value in cells.items()}, parse(text))


def counted(level: AreaLevel, cells: dict[str, int | None], **how) -> Told:
    query = LocationEventCounts(days=Days.one(DAY), areas=level, **how)
    return Told(query, {(DAY, area): value for area, value in cells.items()}, parse(PLAIN))


def laid(*told: Told, outside: tuple[Outside, ...] = (), candidate: str = "") -> Mosaic:
    board = Board(country())
    for number, one in enumerate(told):
        board.release(one.release(), one.policy, source=f"answer {number}")
    for one in outside:
        board.outside(one, source="census", sort=one.telling.value)
    return mosaic(board.facts(), minimum=MINIMUM, candidate=candidate)


PROVINCE, DISTRICT, COMMUNE = AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE


def test_places_of_people_add_up_to_the_larger_area():
    """A withheld district is its province less the others."""
    found = laid(placed(PROVINCE, {"P": 107}), placed(DISTRICT, {"A": 60, "B": 40, "C": None}))

    assert [one.revealed for one in found.alone.values()] == [0, 0]
    assert (found.after.worked_out, found.beyond) == (1, 1)


def test_two_withheld_districts_hide_each_other():
    """Each may still be any number below the minimum."""
    found = laid(placed(PROVINCE, {"P": 75}), placed(DISTRICT, {"A": 60, "B": None, "C": None}))

    assert (found.after.guarded, found.after.revealed) == (2, 0)


def test_a_level_left_out_is_bridged():
    """Communes add up to the province though nobody asked for districts."""
    found = laid(placed(PROVINCE, {"P": 103}), placed(COMMUNE, {"a1": 30, "a2": 20, "b1": 50, "c1": None}))

    assert found.after.worked_out == 1


def test_noise_is_taken_to_reach_as_far_as_it_can():
    """Three figures that may each be off by eight leave more than sixteen numbers."""
    found = laid(placed(PROVINCE, {"P": 107}, text=NOISY), placed(DISTRICT, {"A": 60, "B": 40, "C": None}, text=NOISY))

    assert found.after.revealed == 0


def test_people_seen_do_not_add_up_over_areas():
    """A province of 107 and districts of 60 and 40 leave the third at least seven, and nothing more."""
    found = laid(seen(PROVINCE, {"P": 107}), seen(DISTRICT, {"A": 60, "B": 40, "C": None}))

    assert (found.after.revealed, found.after.smallest) == (1, 9)


def test_a_withheld_place_is_no_larger_than_its_commune_was_seen():
    """Whoever has their place in an area was seen there."""
    noisy = NOISY.replace("minimum = 16", "minimum = 16\nhomes = 2")
    found = laid(placed(DISTRICT, {"A": None}, text=noisy), seen(DISTRICT, {"A": None}))

    assert (found.after.guarded, found.after.revealed) == (2, 0)


def test_two_windows_show_who_was_seen_on_the_seventh_day_only():
    """Neither withholds anything; their difference is seven people."""
    found = laid(seen(DISTRICT, {"A": 207}, days=Days(DAY, SEVENTH)),
                 seen(DISTRICT, {"A": 200}, days=Days(DAY, date(2026, 1, 6))))  # fmt: skip

    assert (found.after.guarded, found.after.worked_out, found.beyond) == (1, 1, 1)


def test_hours_that_make_up_a_day_bound_the_day():
    """At most all of both parts, at least the larger."""
    day, night = Hours(6, 18), Hours(18, 6)
    found = laid(seen(DISTRICT, {"A": None}), seen(DISTRICT, {"A": None}, hours=day),
                 seen(DISTRICT, {"A": None}, hours=night))  # fmt: skip

    assert found.after.revealed == 0


def test_event_types_add_up():
    """All events less calls, texts and data are top-ups."""
    every = counted(DISTRICT, {"A": 500})
    parts = [counted(DISTRICT, {"A": value}, events=frozenset({kind}))
             for kind, value in ((EventType.CALLS, 300), (EventType.SMS, 150), (EventType.MDS, 48),
                                 (EventType.TOPUPS, None))]  # fmt: skip

    assert laid(every, *parts).after.worked_out == 1


def test_movements_add_up_on_both_sides():
    """A withheld pair of districts is the province's stayers less the other pairs."""
    ends = {level: DailyLocation(days=Days.one(DAY), areas=level) for level in (PROVINCE, DISTRICT)}
    later = {level: DailyLocation(days=Days.one(NEXT), areas=level) for level in (PROVINCE, DISTRICT)}
    pairs: dict[tuple[object, ...], int | None] = {(a, b): 20 for a in "ABC" for b in "ABC"}
    coarse = Told(Flows(origin=ends[PROVINCE], destination=later[PROVINCE]), {("P", "P"): 164}, parse(PLAIN))
    fine = Told(Flows(origin=ends[DISTRICT], destination=later[DISTRICT]), {**pairs, ("A", "C"): None}, parse(PLAIN))

    assert laid(coarse, fine).after.worked_out == 1


def outside(value: int, telling: Telling, *, area: str = "C", level: AreaLevel = DISTRICT, last: date = DAY) -> Outside:
    return Outside(area=area, level=level, first=DAY, last=last, value=value, telling=telling)


def test_a_census_of_one_district_reveals_another():
    """Nobody but three people lives in C, so that at least twelve of the fifteen are in B."""
    answers = placed(PROVINCE, {"P": 75}), placed(DISTRICT, {"A": 60, "B": None, "C": None})
    found = laid(*answers, outside=(outside(3, Telling.MOST, last=SEVENTH),))

    assert found.released.revealed == 0
    assert (found.after.revealed, found.after.smallest) == (2, 4)
    assert [(one.sort, one.most) for one in found.sorts] == [("at_most", 1)]


def test_a_registration_total_of_the_same_people_works_out_another():
    """Nine of the people counted were registered in C, so that six are in B."""
    answers = placed(PROVINCE, {"P": 75}), placed(DISTRICT, {"A": 60, "B": None, "C": None})

    assert laid(*answers, outside=(outside(9, Telling.PEOPLE),)).after.worked_out == 2


def test_a_fact_about_other_days_says_nothing():
    """A census of the days after bounds nobody on the day before."""
    answers = placed(PROVINCE, {"P": 75}), placed(DISTRICT, {"A": 60, "B": None, "C": None})
    later = replace(outside(3, Telling.MOST, last=SEVENTH), first=NEXT)

    assert laid(*answers, outside=(later,)).after.revealed == 0


def test_a_candidate_is_told_from_what_left_before():
    """The districts would give away what the province did not."""
    found = laid(placed(PROVINCE, {"P": 107}), placed(DISTRICT, {"A": 60, "B": 40, "C": None}), candidate="answer 1")

    assert (found.before.revealed, found.candidate) == (0, 1)


def test_figures_with_a_guarantee_are_no_facts():
    """Their budget says what they reveal, whatever else is known."""
    public = shipped()["public"]
    found = laid(replace(placed(PROVINCE, {"P": 107}), policy=public), placed(DISTRICT, {"A": 60, "B": 40, "C": None}))

    assert guaranteed(public)
    assert found.after.revealed == 0


def test_a_place_by_the_commonest_event_is_of_its_level_alone():
    """The district in which somebody mostly was need not hold the commune in which they mostly were."""
    plans = {method: SpatialAggregate(locations=DailyLocation(days=Days.one(DAY), method=method))
             for method in PlaceMethod}  # fmt: skip

    assert [next(iter(slices(one).values())).counting for one in plans.values()] == [Counting.NESTED, Counting.APART]


@pytest.mark.parametrize(("name", "least"), [("operational", 16), ("public", 16), ("threshold_only", 16)])
def test_as_many_numbers_must_stay_possible_as_people_are_asked_for(name, least):
    """By the rule that withholds."""
    assert least_people(shipped()[name]) == least
