"""The engine that judges the others: plain Python over rows, slow and obviously right.

It works on area codes where others work on numbers, on events where others use rollups, and shares no step of a
computation with them.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable
from datetime import date
from typing import ClassVar, NamedTuple, assert_never

import numpy as np
from sqlglot import exp

from safeconduct.engines.base import Engine, engine
from safeconduct.engines.drafts import Cell, Name, in_order
from safeconduct.engines.portable import HASH_PRIME, OF_KEYS, around, homes_of
from safeconduct.engines.relations import Relations, column
from safeconduct.model.areas import AreaLevel
from safeconduct.model.outcomes import Admission, Bound, Evidence
from safeconduct.protect.stream import PRIME
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

SECONDS_AN_HOUR = 3_600
Contributions = dict[tuple[Name, ...], Counter[int]]


class Event(NamedTuple):
    """One located event."""

    day: date
    person: int
    second: int
    area: str


class Place(NamedTuple):
    """A place of a person; `day` is `None` where the place is for many days."""

    day: date | None
    person: int
    area: str


@engine
class Reference(Engine):
    """Computes in plain Python. For tests and small data: every row passes through memory."""

    name: ClassVar[str] = "reference"

    def cells(self, plan: AggregatePlan, admission: Admission, relations: Relations) -> list[Cell]:
        """What each person contributes to each cell, then the sum over people."""
        found = _contributions(plan, relations)
        beside = _beside(found, plan, admission, relations)
        return [
            Cell(keys, sum(people.values()), _evidence(keys, people, beside, in_order(admission.wanted)))
            for keys, people in found.items()
        ]


class Beside(NamedTuple):
    """What is known beside the contributions, where it is wanted."""

    keys: dict[int, int]
    homes: dict[int, str]
    everybody: Contributions
    bounded: Contributions


def _beside(found: Contributions, plan: AggregatePlan, admission: Admission, relations: Relations) -> Beside:
    wanted, whole = admission.wanted, around(plan)
    keys: dict[int, int] = {}
    if wanted & OF_KEYS:
        people = sorted({person for cell in found.values() for person in cell})
        made = relations.record_keys().of(np.array(people, dtype=np.int64))
        keys = dict(zip(people, made.tolist(), strict=True))
    homes = _modal(homes_of(plan), relations) if Evidence.HOMES in wanted else []
    areas = {key.name: relations.geography.at(key.level) for key in admission.output.keys if key.level is not None}
    numbers = {name: {area.code: number for number, area in enumerate(level)} for name, level in areas.items()}
    return Beside(
        keys=keys,
        homes={place.person: place.area for place in homes},
        everybody=_contributions(whole, relations) if whole and Evidence.OUTSIDE in wanted else {},
        bounded=_limited(found, plan, admission.bound, keys, numbers) if admission.bound and keys else {},
    )


def _limited(
    found: Contributions, plan: AggregatePlan, bound: Bound, keys: dict[int, int], numbers: dict[str, dict[str, int]]
) -> Contributions:
    """The contributions that count: of each person's areas, a day by itself, the first ones by the keyed hash."""
    names = ("area_from", "area_to") if isinstance(plan, CountMoves) else plan.by
    order: dict[tuple[int, Name], list[tuple[int, tuple[int, ...], tuple[Name, ...]]]] = defaultdict(list)
    for cell, people in found.items():
        at = [numbers[name].get(str(code), 0) for name, code in zip(names, cell, strict=True) if name != "day"]
        day = next((code for name, code in zip(names, cell, strict=True) if name == "day"), None)
        for person in people:
            hashed = sum(keys[person] * (2 * number + 1) for number in at) % HASH_PRIME
            order[person, day].append((hashed, tuple(at), cell))
    kept: Contributions = defaultdict(Counter)
    for (person, _), places in order.items():
        for _, _, cell in sorted(places, key=lambda place: place[:2])[: bound.areas]:
            kept[cell][person] = min(found[cell][person], bound.most)
    return kept


def _evidence(
    cell: tuple[Name, ...], people: Counter[int], beside: Beside, wanted: Iterable[Evidence]
) -> tuple[int, ...]:
    largest, second, *_ = [*sorted(people.values(), reverse=True), 0, 0]
    found = {
        Evidence.PEOPLE: len(people),
        Evidence.LARGEST: largest,
        Evidence.SECOND: second,
        Evidence.TOTAL: sum(people.values()),
        Evidence.HOMES: len({beside.homes[person] for person in people if person in beside.homes}),
        Evidence.SITES: 0,
        Evidence.OUTSIDE: max(len(beside.everybody.get(cell, ())) - len(people), 0),
        Evidence.CELL_KEY: sum(beside.keys.get(person, 0) for person in people) % PRIME,
        Evidence.BOUNDED: sum(beside.bounded.get(cell, Counter()).values()),
    }
    return tuple(found[one] for one in wanted)


def _contributions(plan: AggregatePlan, relations: Relations) -> Contributions:
    match plan:
        case CountPeople():
            return _people(plan, relations)
        case CountEvents():
            found: Contributions = defaultdict(Counter)
            for event in _events(plan.source, relations):
                found[_keys(event.day, event.area, plan.by)][event.person] += 1
            return found
        case CountMoves():
            return _moves(plan, relations)
        case _:
            assert_never(plan)


def _people(plan: CountPeople, relations: Relations) -> Contributions:
    found: Contributions = defaultdict(Counter)
    for place in _places(plan.source, relations):
        found[_keys(place.day, place.area, plan.by)][place.person] = 1
    return found


def _moves(plan: CountMoves, relations: Relations) -> Contributions:
    origin = {place.person: place.area for place in _places(plan.origin, relations)}
    destination = {place.person: place.area for place in _places(plan.destination, relations)}
    counted = {
        Join.INNER: origin.keys() & destination.keys(),
        Join.LEFT: set(origin),
        Join.RIGHT: set(destination),
        Join.FULL: origin.keys() | destination.keys(),
    }
    found: Contributions = defaultdict(Counter)
    for person in counted[plan.join]:
        found[origin.get(person), destination.get(person)][person] = 1
    return found


def _keys(day: date | None, area: str, by: Iterable[str]) -> tuple[Name, ...]:
    return tuple({"day": day, "area": area}[name] for name in by)


def _places(plan: PersonPlan, relations: Relations) -> list[Place]:
    match plan:
        case Events():
            return [Place(event.day, event.person, event.area) for event in _events(plan, relations)]
        case DailyPlaces():
            return _daily(plan, relations)
        case ModalPlaces():
            return _modal(plan, relations)
        case _:
            assert_never(plan)


def _daily(plan: DailyPlaces, relations: Relations) -> list[Place]:
    days: dict[tuple[date, int], list[Event]] = defaultdict(list)
    for event in _events(plan.source, relations):
        days[event.day, event.person].append(event)
    choose = {PlaceMethod.LAST: _last, PlaceMethod.MOST_COMMON: _most_common}[plan.method]
    return [Place(day, person, choose(events)) for (day, person), events in days.items()]


def _last(events: list[Event]) -> str:
    latest = max(event.second for event in events)
    return min(event.area for event in events if event.second == latest)


def _most_common(events: list[Event]) -> str:
    times = Counter(event.area for event in events)
    often = [event for event in events if times[event.area] == max(times.values())]
    return _last(often)


def _modal(plan: ModalPlaces, relations: Relations) -> list[Place]:
    people: dict[int, list[tuple[date, str]]] = defaultdict(list)
    for source in plan.sources:
        for place in _daily(source, relations):
            if place.day is not None:
                people[place.person].append((place.day, place.area))
    return [Place(None, person, _mode(days)) for person, days in people.items()]


def _mode(days: list[tuple[date, str]]) -> str:
    times = Counter(area for _, area in days)
    often = [(day, area) for day, area in days if times[area] == max(times.values())]
    latest = max(day for day, _ in often)
    return min(area for day, area in often if day == latest)


def _events(plan: Events, relations: Relations) -> list[Event]:
    places = _cells(plan.areas, relations)
    return [
        Event(date.fromordinal(day), person, second, places[cell])
        for day, person, second, cell in _whole(relations, relations.events(tuple(plan.days), plan.events))
        if cell in places and (plan.hours is None or second // SECONDS_AN_HOUR in plan.hours)
    ]


def _cells(level: AreaLevel, relations: Relations) -> dict[int, str]:
    areas = relations.geography.at(level)
    query = exp.select(column("cell"), column("area")).from_(relations.cell_areas(level))
    return {cell: areas[area].code for cell, area in _whole(relations, query)}


def _whole(relations: Relations, query: exp.Query) -> list[tuple[int, ...]]:
    return [tuple(int(str(value)) for value in row) for row in relations.fetch(query)]
