"""Plans as SQL trees, from a core of SQL that many databases share.

Only nodes are built: no text of a person is ever part of a statement. Groups are named, never numbered. The best row
of a group is found with `max` over one packed whole number instead of a database's own `arg_max`: the digits are the
criteria in their order, and the last one counts areas backwards, so that the smallest code wins a tie.
"""

from collections.abc import Sequence
from typing import assert_never

from sqlglot import exp

from safeconduct.engines.relations import Relations, column, number, selected
from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Hours
from safeconduct.model.outcomes import Evidence
from safeconduct.query.operations import (
    AggregatePlan,
    CountEvents,
    CountMoves,
    CountPeople,
    DailyPlaces,
    Events,
    Join,
    ModalPlaces,
    PersonPlan,
    PlaceMethod,
)
from safeconduct.query.reading import reads

SECONDS_A_DAY = 86_400
SECONDS_AN_HOUR = 3_600
ORDINALS = 1 << 22  # date.max.toordinal() is 3,652,059
SIDES = {Join.INNER: "inner", Join.LEFT: "left", Join.RIGHT: "right", Join.FULL: "full"}


def statement(plan: AggregatePlan, relations: Relations, evidence: Sequence[Evidence]) -> exp.Select:
    """The query of a plan: its keys with areas as numbers and days as ordinals, the value, then the evidence.

    Args:
        plan: What to compute.
        relations: Where the rows are.
        evidence: Columns to bring after the value, in this order.
    """
    match plan:
        case CountPeople():
            return _people(plan, relations, evidence)
        case CountMoves():
            return _moves(plan, relations, evidence)
        case CountEvents():
            return _events(plan, relations, evidence)
        case _:
            assert_never(plan)


def _people(plan: CountPeople, relations: Relations, evidence: Sequence[Evidence]) -> exp.Select:
    rows = _places(plan.source, relations)
    if not _once_a_cell(plan):
        rows = _grouped(rows, (*plan.by, "person"))
    return _grouped(rows, plan.by, *_counted(evidence))


def _once_a_cell(plan: CountPeople) -> bool:
    """Whether the source alone makes a person stand in a cell at most once."""
    match plan.source:
        case ModalPlaces():
            return True
        case DailyPlaces():
            return "day" in plan.by or len(plan.source.source.days) == 1
        case Events():
            return False
        case _:
            assert_never(plan.source)


def _moves(plan: CountMoves, relations: Relations, evidence: Sequence[Evidence]) -> exp.Select:
    origin, destination = (_places(end, relations) for end in (plan.origin, plan.destination))
    first = column("area", "origin").as_("area_from", quoted=True)
    second = column("area", "destination").as_("area_to", quoted=True)
    pairs = selected(origin, "origin", first, second).join(
        destination.subquery("destination", copy=False),
        on=exp.EQ(this=column("person", "origin"), expression=column("person", "destination")),
        join_type=SIDES[plan.join],
        copy=False,
    )
    return _grouped(pairs, ("area_from", "area_to"), *_counted(evidence))


def _events(plan: CountEvents, relations: Relations, evidence: Sequence[Evidence]) -> exp.Select:
    each = _grouped(_visits(plan.source, relations), (*plan.by, "person"), _total("events").as_("events", quoted=True))
    if Evidence.SECOND in evidence:
        order = exp.Order(expressions=[exp.Ordered(this=column("events"), desc=True)])
        place = exp.Window(this=exp.RowNumber(), partition_by=[column(name) for name in plan.by], order=order)
        each = selected(each, "each", *map(column, (*plan.by, "events")), place.as_("place", quoted=True))
    second = exp.Case().when(exp.EQ(this=column("place"), expression=number(2)), column("events")).else_(number(0))
    brought: dict[Evidence, exp.Expr] = {
        Evidence.PEOPLE: exp.Count(this=exp.Star()),
        Evidence.LARGEST: exp.Max(this=column("events")),
        Evidence.SECOND: exp.cast(exp.Sum(this=second), "bigint"),
    }
    return _grouped(each, plan.by, _total("events"), *(brought[one] for one in evidence))


def _counted(evidence: Sequence[Evidence]) -> list[exp.Expr]:
    """The number of people, and what each contributes to it: one."""
    people = exp.Count(this=exp.Star())
    two = exp.GT(this=people.copy(), expression=number(1))
    brought: dict[Evidence, exp.Expr] = {
        Evidence.PEOPLE: people,
        Evidence.LARGEST: number(1),
        Evidence.SECOND: exp.Case().when(two, number(1)).else_(number(0)),
    }
    return [people.copy(), *(brought[one].copy() for one in evidence)]


def _places(plan: PersonPlan, relations: Relations) -> exp.Select:
    """Rows of (person, area), with the day where there is one."""
    match plan:
        case Events():
            return _visits(plan, relations)
        case DailyPlaces():
            return _daily(plan, relations)
        case ModalPlaces():
            return _modal(plan, relations)
        case _:
            assert_never(plan)


def _visits(plan: Events, relations: Relations) -> exp.Select:
    """Rows of (day, person, area, events, second): any number a day, person and area; from rollups where exact."""
    days = tuple(plan.days)
    if plan.hours is None and plan.areas is not AreaLevel.SITE:
        rows, where, on = relations.rollups(days, plan.events), relations.commune_areas(plan.areas), "commune"
        events: exp.Expr = column("events", "row")
    else:
        rows, where, on = relations.events(days, plan.events), relations.cell_areas(plan.areas), "cell"
        events = number(1).as_("events", quoted=True)
    day, person, second = (column(name, "row") for name in ("day", "person", "second"))
    visits = selected(rows, "row", day, person, column("area", "place"), events, second).join(
        where.as_("place", table=True),
        on=exp.EQ(this=column(on, "row"), expression=column(on, "place")),
        copy=False,
    )
    return visits if plan.hours is None else visits.where(_within(plan.hours), copy=False)


def _within(hours: Hours) -> exp.Expr:
    second = column("second", "row")
    after = exp.GTE(this=second, expression=number(hours.start * SECONDS_AN_HOUR))
    before = exp.LT(this=second.copy(), expression=number(hours.end * SECONDS_AN_HOUR))
    return exp.and_(after, before) if hours.start < hours.end else exp.or_(after, before)


def _daily(plan: DailyPlaces, relations: Relations) -> exp.Select:
    visits = _visits(plan.source, relations)
    areas = len(relations.geography.at(plan.source.areas))
    match plan.method:
        case PlaceMethod.LAST:
            return _best(visits, ("day", "person"), column("second"), areas)
        case PlaceMethod.MOST_COMMON:
            latest = exp.Max(this=column("second")).as_("second", quoted=True)
            visits = _grouped(visits, ("day", "person", "area"), _total("events").as_("events", quoted=True), latest)
            return _best(visits, ("day", "person"), _packed("events", SECONDS_A_DAY, column("second")), areas)
        case _:
            assert_never(plan.method)


def _modal(plan: ModalPlaces, relations: Relations) -> exp.Select:
    every, *others = [_daily(source, relations) for source in plan.sources]
    rows = _all_of([every, *others])
    times = exp.Count(this=exp.Star()).as_("days", quoted=True)
    latest = exp.Max(this=column("day")).as_("day", quoted=True)
    rows = _grouped(rows, ("person", "area"), times, latest)
    areas = len(relations.geography.at(reads(plan).finest))
    return _best(rows, ("person",), _packed("days", ORDINALS, column("day")), areas)


def _all_of(selects: Sequence[exp.Select]) -> exp.Select:
    union: exp.Query = selects[0]
    for one in selects[1:]:
        union = union.union(one, distinct=False, copy=False)
    return selected(union, "every", *map(column, ("day", "person", "area")))


def _best(rows: exp.Select, by: tuple[str, ...], score: exp.Expr, areas: int) -> exp.Select:
    """For each group the area of the row with the highest score; of equals, the smallest area."""
    backwards = exp.Sub(this=number(max(areas, 1) - 1), expression=column("area"))
    packed = exp.Add(this=exp.Mul(this=_wide(score), expression=number(max(areas, 1))), expression=exp.paren(backwards))
    best = _grouped(rows, by, exp.Max(this=packed).as_("best", quoted=True))
    digit = exp.Mod(this=column("best"), expression=number(max(areas, 1)))
    area = exp.Sub(this=number(max(areas, 1) - 1), expression=exp.paren(digit)).as_("area", quoted=True)
    return selected(best, "best", *map(column, by), area)


def _packed(high: str, base: int, low: exp.Expr) -> exp.Expr:
    return exp.paren(exp.Add(this=exp.Mul(this=_wide(column(high)), expression=number(base)), expression=low))


def _wide(value: exp.Expr) -> exp.Expr:
    """64 bits: a database then fails on overflow, and never wraps around."""
    return exp.cast(value, "bigint")


def _total(name: str) -> exp.Expr:
    return _wide(exp.Sum(this=column(name)))


def _grouped(rows: exp.Select, by: Sequence[str], *values: exp.Expr) -> exp.Select:
    return selected(rows, "rows", *map(column, by), *values).group_by(*map(column, by), copy=False)
