"""Plans as SQL trees, from a core of SQL that many databases share.

Only nodes are built: no text of a person is ever part of a statement. Groups are named, never numbered. The best row
of a group is found with `max` over one packed whole number instead of a database's own `arg_max`: the digits are the
criteria in their order, and the last one counts areas backwards, so that the smallest code wins a tie.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import assert_never

from sqlglot import exp

from safeconduct.engines.relations import Relations, column, number, selected
from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days, Hours
from safeconduct.model.outcomes import Bound, Evidence
from safeconduct.protect.stream import PRIME, RecordKeys
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
HASH_PRIME = 4_294_967_291
OF_KEYS = frozenset({Evidence.CELL_KEY, Evidence.BOUNDED})
SIDES = {Join.INNER: "inner", Join.LEFT: "left", Join.RIGHT: "right", Join.FULL: "full"}


def statement(
    plan: AggregatePlan, relations: Relations, evidence: Sequence[Evidence], bound: Bound | None = None
) -> exp.Select:
    """The query of a plan: its keys with areas as numbers and days as ordinals, the value, then the evidence.

    Args:
        plan: What to compute.
        relations: Where the rows are.
        evidence: Columns to bring after the value, in this order.
        bound: How much of the answer one person may make up; needed for `Evidence.BOUNDED`.
    """
    by, wanted = _keys(plan), frozenset(evidence)
    rows = _with_evidence(contributions(plan, relations), by, plan, relations, wanted)
    if bound is not None and Evidence.BOUNDED in wanted:
        rows = _ranked(rows, by)
    if Evidence.SECOND in wanted and isinstance(plan, CountEvents):
        rows, made = _by_part(rows, by, bound, wanted), _made_of_parts()
    else:
        made = _made(plan, bound)
    value, brought = made[Evidence.TOTAL], [made[one].copy().as_(one.value, quoted=True) for one in evidence]
    within = [made[Evidence.PEOPLE].copy().as_("within", quoted=True)] if Evidence.OUTSIDE in wanted else []
    answer = _grouped(rows, by, value.as_("value", quoted=True), *brought, *within)
    return _with_outside(answer, by, plan, relations, evidence) if Evidence.OUTSIDE in wanted else answer


def _keys(plan: AggregatePlan) -> tuple[str, ...]:
    return ("area_from", "area_to") if isinstance(plan, CountMoves) else plan.by


def contributions(plan: AggregatePlan, relations: Relations) -> exp.Select:
    """Rows of (by..., person, part): what each person contributes to a cell, one row a cell and person."""
    match plan:
        case CountPeople():
            rows, by = _places(plan.source, relations), (*plan.by, "person")
            part = number(1).as_("part", quoted=True)
            return selected(rows, "rows", *map(column, by), part) if _once_a_cell(plan) else _grouped(rows, by, part)
        case CountMoves():
            return _moves(plan, relations)
        case CountEvents():
            visits = _visits(plan.source, relations)
            return _grouped(visits, (*plan.by, "person"), _total("events").as_("part", quoted=True))
        case _:
            assert_never(plan)


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


def _moves(plan: CountMoves, relations: Relations) -> exp.Select:
    origin, destination = (_places(end, relations) for end in (plan.origin, plan.destination))
    first, second = (column("person", end) for end in ("origin", "destination"))
    pairs = selected(
        origin,
        "origin",
        column("area", "origin").as_("area_from", quoted=True),
        column("area", "destination").as_("area_to", quoted=True),
        exp.Coalesce(this=first.copy(), expressions=[second.copy()]).as_("person", quoted=True),
        number(1).as_("part", quoted=True),
    )
    return pairs.join(
        destination.subquery("destination", copy=False),
        on=exp.EQ(this=first, expression=second),
        join_type=SIDES[plan.join],
        copy=False,
    )


def _with_evidence(
    rows: exp.Select, by: tuple[str, ...], plan: AggregatePlan, relations: Relations, wanted: frozenset[Evidence]
) -> exp.Select:
    """The contributions with what evidence is made of beside them: `key` and `home`."""
    known = [*by, "person", "part"]
    if wanted & OF_KEYS:
        made = _key(relations.record_keys()).as_("key", quoted=True)
        rows = selected(rows, "rows", *map(column, known), made)
        known.append("key")
    if Evidence.HOMES in wanted:
        homes = _modal(homes_of(plan), relations)
        homes = selected(homes, "homes", column("person"), column("area").as_("home", quoted=True))
        rows = _joined(rows, known, homes, "home")
    return rows


def _key(keys: RecordKeys) -> exp.Expr:
    """A person's record key, from their code."""
    first, *others = keys.coefficients
    person, made = _wide(column("person")), number(first)
    for one in others:
        product = exp.Mul(this=made, expression=person.copy())
        made = exp.Mod(this=exp.paren(exp.Add(this=product, expression=number(one))), expression=number(PRIME))
    return made


def _joined(rows: exp.Select, known: Sequence[str], others: exp.Select, name: str) -> exp.Select:
    mine = [column(one, "rows") for one in known]
    return selected(rows, "rows", *mine, column(name, "beside")).join(
        others.subquery("beside", copy=False),
        on=exp.EQ(this=column("person", "rows"), expression=column("person", "beside")),
        join_type="left",
        copy=False,
    )


def homes_of(plan: AggregatePlan) -> ModalPlaces:
    """Where the people of a plan mostly were: the commune of most of their daily places on the days it reads."""
    reading = reads(plan)
    source = Events(days=Days.one(reading.days[0]), areas=AreaLevel.COMMUNE, events=reading.events)
    return ModalPlaces(sources=tuple(DailyPlaces(source=replace(source, days=run)) for run in _runs(reading.days)))


def _runs(days: Sequence[date]) -> list[Days]:
    """Days in order as runs without gaps."""
    runs: list[Days] = []
    for day in days:
        if runs and (day - runs[-1].last).days == 1:
            runs[-1] = Days(runs[-1].first, day)
        else:
            runs.append(Days.one(day))
    return runs


def _ranked(rows: exp.Select, by: tuple[str, ...]) -> exp.Select:
    """The contributions with `rank`: which of a person's areas count first, by a keyed hash; a day by itself."""
    areas = [name for name in by if name != "day"]
    mixed: exp.Expr = number(0)
    for name in areas:
        odd = exp.paren(exp.Add(this=exp.Mul(this=number(2), expression=_known(name)), expression=number(1)))
        mixed = exp.Add(this=mixed, expression=exp.Mul(this=_wide(column("key")), expression=odd))
    hashed = exp.Mod(this=exp.paren(mixed), expression=number(HASH_PRIME))
    order = exp.Order(expressions=[exp.Ordered(this=one) for one in (hashed, *map(column, areas))])
    whose = [column("person"), *(column(name) for name in by if name == "day")]
    rank = exp.Window(this=exp.RowNumber(), partition_by=whose, order=order)
    every = exp.Column(this=exp.Star(), table=exp.to_identifier("rows", quoted=True))
    return selected(rows, "rows", every, rank.as_("rank", quoted=True))


def _known(name: str) -> exp.Expr:
    """An area's number; one end of a movement may be unknown."""
    return exp.Coalesce(this=column(name), expressions=[number(0)])


def _made(plan: AggregatePlan, bound: Bound | None) -> dict[Evidence, exp.Expr]:
    """How the value (`TOTAL`) and each evidence comes out of the contributions to a cell."""
    sums = isinstance(plan, CountEvents)
    people = exp.Count(this=exp.Star())
    one_more = exp.Case().when(exp.GT(this=people.copy(), expression=number(1)), number(1)).else_(number(0))
    return {
        Evidence.PEOPLE: people,
        Evidence.LARGEST: exp.Max(this=column("part")) if sums else number(1),
        Evidence.SECOND: one_more,
        Evidence.TOTAL: _total("part") if sums else people.copy(),
        Evidence.HOMES: exp.Count(this=exp.Distinct(expressions=[column("home")])),
        Evidence.OUTSIDE: number(0),
        Evidence.SITES: number(0),
        Evidence.CELL_KEY: exp.Mod(this=_total("key"), expression=number(PRIME)),
        Evidence.BOUNDED: _bounded(bound or Bound(areas=0, most=0)),
    }


def _by_part(rows: exp.Select, by: tuple[str, ...], bound: Bound | None, wanted: frozenset[Evidence]) -> exp.Select:
    """How many people contribute the same part to a cell, and the part's place: the largest stands first.

    There are few different parts, so that the second largest is found among a handful of rows and not among all people.
    """
    same = [*by, "part", *(["home"] if Evidence.HOMES in wanted else [])]
    made = [exp.Count(this=exp.Star()).as_("people", quoted=True)]
    if wanted & OF_KEYS:
        made.append(_total("key").as_("keys", quoted=True))
    if bound is not None and Evidence.BOUNDED in wanted:
        made.append(_bounded(bound).as_("kept", quoted=True))
    order = exp.Order(expressions=[exp.Ordered(this=column("part"), desc=True)])
    place = exp.Window(this=exp.RowNumber(), partition_by=[column(name) for name in by], order=order)
    every = exp.Column(this=exp.Star(), table=exp.to_identifier("parts", quoted=True))
    return selected(_grouped(rows, tuple(same), *made), "parts", every, place.as_("place", quoted=True))


def _made_of_parts() -> dict[Evidence, exp.Expr]:
    """How the value and each evidence comes out of the parts of a cell, each with how many people contribute it."""
    first = exp.and_(
        exp.EQ(this=column("place"), expression=number(1)), exp.GT(this=column("people"), expression=number(1))
    )
    next_one = exp.EQ(this=column("place"), expression=number(2))
    second = exp.Case().when(exp.or_(first, next_one), column("part")).else_(number(0))
    total = exp.Sum(this=exp.Mul(this=column("part"), expression=column("people")))
    return {
        Evidence.PEOPLE: _total("people"),
        Evidence.LARGEST: exp.Max(this=column("part")),
        Evidence.SECOND: exp.Max(this=second),
        Evidence.TOTAL: _wide(total),
        Evidence.HOMES: exp.Count(this=exp.Distinct(expressions=[column("home")])),
        Evidence.OUTSIDE: number(0),
        Evidence.SITES: number(0),
        Evidence.CELL_KEY: exp.Mod(this=_total("keys"), expression=number(PRIME)),
        Evidence.BOUNDED: _total("kept"),
    }


def _bounded(bound: Bound) -> exp.Expr:
    part = exp.Least(this=column("part"), expressions=[number(bound.most)])
    counts = exp.LTE(this=column("rank"), expression=number(bound.areas))
    return _wide(exp.Sum(this=exp.Case().when(counts, part).else_(number(0))))


def _with_outside(
    answer: exp.Select, by: tuple[str, ...], plan: AggregatePlan, relations: Relations, evidence: Sequence[Evidence]
) -> exp.Select:
    """The answer with the people its areas had on its days outside the hours asked for."""
    whole, names = around(plan), [*by, "value", *(one.value for one in evidence)]
    if whole is None:
        return selected(answer, "answer", *(column(name, "answer") for name in names))
    everybody = _grouped(contributions(whole, relations), by, exp.Count(this=exp.Star()).as_("everybody", quoted=True))
    outside = exp.Sub(this=column("everybody", "whole"), expression=column("within", "answer"))
    found = {Evidence.OUTSIDE.value: outside.as_(Evidence.OUTSIDE.value, quoted=True)}
    same = [exp.EQ(this=column(key, "answer"), expression=column(key, "whole")) for key in by]
    return selected(answer, "answer", *(found.get(name) or column(name, "answer") for name in names)).join(
        everybody.subquery("whole", copy=False), on=exp.and_(*same), copy=False
    )


def around(plan: AggregatePlan) -> CountPeople | None:
    """The people a cell of a question about hours would be compared with: everybody there on the whole day.

    `None` where the question is about whole days, or about movements.
    """
    reading = reads(plan)
    if not reading.hours or isinstance(plan, CountMoves):
        return None
    source = Events(days=Days.one(reading.days[0]), areas=reading.finest, events=reading.events)
    if len(runs := _runs(reading.days)) == 1:
        return CountPeople(source=replace(source, days=runs[0]), by=plan.by)
    return None


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
