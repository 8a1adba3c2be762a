"""Every engine gives the same draft for the same plan and rows: the reference judges the others."""

import random
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.engines.base import engine
from safeconduct.engines.relations import LoadedRelations, Rows
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadSpec, WrongState
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import LATER, Admission, Bound, CellStatus, Draft, Evidence, PublicFacts
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.model.policy import Policy
from safeconduct.query.operations import (
    AggregatePlan,
    CountEvents,
    CountMoves,
    CountPeople,
    DailyPlaces,
    Events,
    Join,
    ModalPlaces,
    PlaceMethod,
)
from safeconduct.query.reading import reads

POLICY = Policy(name="none", version=1, title="None", says="", does_not_resist=(), reviewers=0, rules=())
MARCH = date(2026, 3, 1)
A_DAY = 86_400
OTHERS = sorted(set(engine) - {"reference"})
BROUGHT = tuple(one for one in Evidence if one not in LATER)
# The order of communes is not the order of the districts they lie in, so that ties must be broken after mapping.
CELLS = {
    0: ("S", "z", "c1", "lo"), 1: ("S", "z", "c1", "hi"), 2: ("S", "y", "c2", "b"), 3: ("N", "x", "c3", "c"),
    4: ("N", "x", "c4", "d"), 5: ("N", "w", "c5", "a"), 6: None, 7: None,
}  # fmt: skip
LEVELS = (AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE, AreaLevel.SITE)
PLACED = {
    level: {cell: codes[at] for cell, codes in CELLS.items() if codes is not None} for at, level in enumerate(LEVELS)
}
GEOGRAPHY = Geography(
    "made",
    {
        level: tuple(Area(code=code, name=code, level=level) for code in sorted({*codes.values(), "nobody"}))
        for level, codes in PLACED.items()
    },
)

days = st.builds(
    lambda first, length: Days(MARCH + timedelta(first), MARCH + timedelta(first + length)),
    st.integers(0, 4), st.integers(0, 3),
)  # fmt: skip
hours = st.none() | st.builds(Hours, st.sampled_from([0, 8, 22]), st.sampled_from([5, 9, 24]))
SECONDS = (0, 5 * 3600 - 1, 5 * 3600, 8 * 3600, 9 * 3600, 22 * 3600 - 1, 22 * 3600, A_DAY - 1)
seconds = st.sampled_from(SECONDS)
events = st.tuples(
    st.sampled_from(EventType), st.integers(0, 6).map(lambda step: MARCH + timedelta(step)), st.integers(0, 4), seconds,
    st.integers(0, 7),
)  # fmt: skip
few_events = st.lists(events, max_size=30).map(tuple)


def crowd(seed: int) -> tuple:
    """Two hundred events of nine people: enough for ties, returns and crowds, which drawn lists seldom have."""
    draw = random.Random(seed)  # noqa: S311 - test rows, no secret
    return tuple(
        (
            draw.choice(list(EventType)), MARCH + timedelta(draw.randrange(7)), int(9 * draw.random() ** 2),
            draw.choice(SECONDS), draw.randrange(8),
        )
        for _ in range(200)
    )  # fmt: skip


many_events = few_events | st.integers(0, 1 << 30).map(crowd)
sources = st.builds(
    Events, days=days, areas=st.sampled_from(LEVELS), hours=hours,
    events=st.frozensets(st.sampled_from(EventType), min_size=1),
)  # fmt: skip
daily = st.builds(DailyPlaces, source=sources, method=st.sampled_from(PlaceMethod))


@st.composite
def modal(draw: st.DrawFn, level: AreaLevel | None = None) -> ModalPlaces:
    """One to three runs of days that do not overlap, each looked at in its own way, at one level."""
    level = level or draw(st.sampled_from(LEVELS))
    cuts = sorted(draw(st.sets(st.integers(0, 7), min_size=2, max_size=4)))
    runs = [Days(MARCH + timedelta(first), MARCH + timedelta(end - 1)) for first, end in pairwise(cuts)]
    return ModalPlaces(
        sources=tuple(
            replace(one, source=replace(one.source, days=run, areas=level)) for run in runs for one in [draw(daily)]
        )
    )


@st.composite
def one_place(draw: st.DrawFn, level: AreaLevel) -> DailyPlaces | ModalPlaces:
    """A plan that gives each person one place."""
    if draw(st.booleans()):
        return draw(modal(level))
    one = draw(daily)
    return replace(one, source=replace(one.source, days=Days.one(one.source.days.first), areas=level))


SORTS = ("people", "people of a day", "people mostly", "events", "moves")


@st.composite
def plans(draw: st.DrawFn, kind: str = "") -> AggregatePlan:
    """Anything that can be asked, or anything of one sort."""
    by = draw(st.sampled_from([("area",), ("day", "area")]))
    kind = kind or draw(st.sampled_from(SORTS))
    match kind:
        case "people":
            return CountPeople(source=draw(sources), by=by)
        case "people of a day":
            return CountPeople(source=draw(daily), by=by)
        case "people mostly":
            return CountPeople(source=draw(modal()), by=("area",))
        case "events":
            return CountEvents(source=draw(sources), by=by)
        case _:
            level = draw(st.sampled_from(LEVELS))
            ends = draw(one_place(level)), draw(one_place(level))
            return CountMoves(origin=ends[0], destination=ends[1], join=draw(st.sampled_from(Join)))


def rows(made: Sequence[tuple[EventType, date, int, int, int]]) -> Rows:
    """The made-up country with these events."""
    return Rows(geography=GEOGRAPHY, cells=PLACED, events=tuple(made))


def shape(plan: AggregatePlan) -> Output:
    """The output of a plan that no kind stands before."""
    reading = reads(plan)
    value = Value(name="value", measure=Measure.MAGNITUDE, unit="events")
    if isinstance(plan, CountMoves):
        keys = tuple(Key(name=name, level=reading.finest, nullable=True) for name in ("area_from", "area_to"))
        return Output(keys, (value,))
    area = Key(name="area", level=reading.finest)
    return Output((Key(name="day", days=reading.days), area) if "day" in plan.by else (area,), (value,))


def admitted(plan: AggregatePlan, wanted: frozenset[Evidence] = frozenset(BROUGHT)) -> Admission:
    """An admission of a plan."""
    facts = PublicFacts(zone="UTC", geography=GEOGRAPHY, present={})
    return Admission(
        spec={},
        spec_id="0" * 64,
        answer_id="0" * 64,
        output=shape(plan),
        policy=POLICY,
        facts=facts,
        wanted=wanted,
        bound=Bound(areas=2, most=3),
    )


def drafted(connection, name: str, plan: AggregatePlan, made, wanted=frozenset(BROUGHT)) -> Draft:
    """What an engine answers."""
    return engine[name]().answer(plan, admitted(plan, wanted), LoadedRelations(connection, rows(made)))


def counted(draft: Draft) -> dict[tuple, tuple]:
    """Value and evidence by cell."""
    keys = [draft.table.column(key.name) for key in draft.output.keys]
    brought = [one.value for one in BROUGHT if one.value in draft.evidence.columns]
    numbers = [draft.table.column("value"), *(draft.evidence.column(name) for name in brought)]
    return dict(zip(zip(*keys, strict=True), zip(*numbers, strict=True), strict=True))


@pytest.mark.parametrize("name", OTHERS)
@pytest.mark.parametrize("sort", SORTS)
@given(data=st.data(), made=many_events)
def test_engines_agree_with_the_reference_in_every_cell(connection, name, sort, data, made):
    """Keys, values and evidence, in the same order."""
    plan = data.draw(plans(sort))
    theirs, ours = (drafted(connection, one, plan, made) for one in (name, "reference"))

    assert theirs.table.arrow.equals(ours.table.arrow)
    assert theirs.evidence.arrow.equals(ours.evidence.arrow)
    assert replace(theirs.provenance, engine="reference") == ours.provenance


@pytest.mark.parametrize("name", OTHERS)
@given(plan=plans(), made=many_events)
def test_a_rollup_gives_what_the_events_give(connection, name, plan, made):
    """All 24 hours are the whole day: the same answer on the way through single events."""
    whole, but_hours = without_hours(plan), frozenset(BROUGHT) - {Evidence.OUTSIDE}
    answers = [drafted(connection, name, one, made, but_hours) for one in (whole, all_hours(whole))]

    assert counted(answers[0]) == counted(answers[1])


@pytest.mark.parametrize("name", engine)
@given(plan=plans(), made=many_events, data=st.data())
def test_the_order_of_rows_changes_nothing(connection, name, plan, made, data):
    """Rows have no order that means anything."""
    shuffled = data.draw(st.permutations(made))

    assert counted(drafted(connection, name, plan, made)) == counted(drafted(connection, name, plan, shuffled))


@pytest.mark.parametrize("name", engine)
@given(plan=plans(), made=many_events, more=st.lists(events, min_size=1, max_size=10))
def test_one_more_person_never_lowers_a_count(connection, name, plan, made, more):
    """What others did does not depend on who else was there."""
    newcomer = tuple((sort, day, 99, second, cell) for sort, day, _, second, cell in more)
    before, after = (counted(drafted(connection, name, plan, some)) for some in (made, made + newcomer))

    assert before.keys() <= after.keys()
    assert all(after[cell][0] >= value for cell, (value, *_) in before.items())
    assert all(after[cell][1] - people in {0, 1} for cell, (_, people, *_) in before.items())


@pytest.mark.parametrize("name", engine)
@given(plan=plans(), made=many_events)
def test_the_evidence_fits_the_values(connection, name, plan, made):
    """Somebody stands behind every cell; the two largest contributions are part of it; people count as one each."""
    for value, people, largest, second, total, *_ in counted(drafted(connection, name, plan, made)).values():
        assert people >= 1
        assert total == value
        assert largest + second <= value <= people * largest
        assert largest >= second
        assert (second > 0) == (people > 1)
        if not isinstance(plan, CountEvents):
            assert value == people


@pytest.mark.parametrize("name", engine)
@given(plan=plans())
def test_nothing_in_gives_nothing_out_in_the_same_shape(connection, name, plan):
    """The columns and their types are there, the rows are not."""
    draft = drafted(connection, name, plan, ())
    somebody = drafted(connection, name, plan, ((EventType.CALLS, MARCH, 0, 0, 0),))

    assert len(draft.table) == 0
    assert draft.table.arrow.schema.equals(somebody.table.arrow.schema)
    assert draft.evidence.arrow.schema.equals(somebody.evidence.arrow.schema)


@pytest.mark.parametrize("name", engine)
@given(plan=plans(), made=many_events, wanted=st.frozensets(st.sampled_from(BROUGHT)))
def test_only_the_evidence_asked_for_is_brought(connection, name, plan, made, wanted):
    """And it is the same whatever else is asked for."""
    draft = drafted(connection, name, plan, made, wanted)
    whole = drafted(connection, name, plan, made)

    assert set(draft.evidence.columns) == {one.value for one in wanted}
    assert draft.table.arrow.equals(whole.table.arrow)
    assert all(draft.evidence.column(one.value) == whole.evidence.column(one.value) for one in wanted)


@pytest.mark.parametrize("name", engine)
@given(plan=plans(), made=many_events)
def test_a_draft_says_where_it_comes_from_and_shows_nothing(connection, name, plan, made):
    """Every cell is a value until a rule says otherwise; a `repr` holds no number of the answer."""
    draft = drafted(connection, name, plan, made)
    asked = {(sort, day) for day in reads(plan).days for sort in reads(plan).events}

    assert draft.status == (CellStatus.VALUE,) * len(draft.table)
    assert draft.reasons == ("",) * len(draft.table)
    assert draft.provenance.engine == name
    assert set(draft.provenance.partitions) == {f"{one[0]}/{one[1]}" for one in made if (one[0], one[1]) in asked}
    assert repr(draft) == "Draft(None, 000000000000)"


@pytest.mark.parametrize("name", engine)
def test_another_geography_than_the_one_admitted_is_refused(connection, name):
    """A question decided on one map is not answered on another."""
    plan = CountPeople(source=Events(days=Days.one(MARCH), areas=AreaLevel.DISTRICT), by=("area",))
    admission = admitted(plan)
    moved = replace(admission, facts=replace(admission.facts, geography=Geography("other", GEOGRAPHY.areas)))

    with pytest.raises(WrongState, match="geography"):
        engine[name]().answer(plan, moved, LoadedRelations(connection, rows(())))


@pytest.mark.parametrize("name", engine)
@pytest.mark.parametrize("plan", [
    CountPeople(source=ModalPlaces(sources=(DailyPlaces(source=Events(days=Days.one(MARCH), areas=AreaLevel.SITE)),)),
                by=("day", "area")),
    CountMoves(origin=DailyPlaces(source=Events(days=Days(MARCH, MARCH + timedelta(1)), areas=AreaLevel.SITE)),
               destination=DailyPlaces(source=Events(days=Days.one(MARCH), areas=AreaLevel.SITE))),
], ids=["days of modal places", "movements between many places"])  # fmt: skip
def test_a_plan_that_makes_no_sense_is_refused(connection, name, plan):
    """By every engine, in words."""
    with pytest.raises(BadSpec):
        drafted(connection, name, plan, ())


@pytest.mark.parametrize("name", engine)
def test_a_plan_that_is_not_the_one_admitted_is_refused(connection, name):
    """The columns of the answer are those the gate agreed to."""
    source = Events(days=Days.one(MARCH), areas=AreaLevel.SITE)
    admission = admitted(CountPeople(source=source, by=("area",)))

    with pytest.raises(BadSpec, match="columns"):
        engine[name]().answer(
            CountPeople(source=source, by=("day", "area")), admission, LoadedRelations(connection, rows(()))
        )


def test_generated_plans_mostly_have_cells(connection):
    """A guard on the strategies: if examples were empty, the tests above would see nothing."""
    sizes = []

    @given(plan=plans(), made=st.lists(events, min_size=30, max_size=60).map(tuple))
    def look(plan, made):
        sizes.append(len(drafted(connection, "reference", plan, made).table))

    look()
    assert sum(size > 0 for size in sizes) > len(sizes) / 2


def without_hours(plan: AggregatePlan) -> AggregatePlan:
    """The same plan over whole days."""
    return with_hours(plan, None)


def all_hours(plan: AggregatePlan) -> AggregatePlan:
    """The same plan over every hour of the day, named."""
    return with_hours(plan, Hours(0, 24))


def with_hours(plan, hours):
    """A plan with these hours everywhere."""
    match plan:
        case Events():
            return replace(plan, hours=hours)
        case ModalPlaces():
            return ModalPlaces(sources=tuple(with_hours(source, hours) for source in plan.sources))
        case CountMoves():
            return replace(plan, origin=with_hours(plan.origin, hours), destination=with_hours(plan.destination, hours))
        case _:
            return replace(plan, source=with_hours(plan.source, hours))
