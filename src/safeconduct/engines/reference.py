"""The engine that judges the others: plain Python over rows, slow and obviously right.

It works on area codes where others work on numbers, on events where others use rollups, and shares no step with them.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from datetime import date
from typing import ClassVar, NamedTuple, assert_never

from sqlglot import exp

from safeconduct.engines.base import Engine, engine
from safeconduct.engines.drafts import Cell, Name
from safeconduct.engines.relations import Relations, column
from safeconduct.model.areas import AreaLevel
from safeconduct.model.outcomes import Admission, Evidence
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
        return [
            Cell(keys, sum(people.values()), _evidence(people, admission.wanted))
            for keys, people in _contributions(plan, relations).items()
        ]


def _evidence(people: Counter[int], wanted: Collection[Evidence]) -> tuple[int, ...]:
    largest, second, *_ = [*sorted(people.values(), reverse=True), 0, 0]
    found = {Evidence.PEOPLE: len(people), Evidence.LARGEST: largest, Evidence.SECOND: second}
    return tuple(number for one, number in found.items() if one in wanted)


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
