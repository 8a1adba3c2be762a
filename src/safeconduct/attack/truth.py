"""What a practice site was filled with: what guesses are judged by, and what an intruder may know beforehand."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TypeAlias, assert_never

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safeconduct.model.areas import AreaLevel, EventType, everything
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
from safeconduct.query.spec import fitted, read_question

Whole: TypeAlias = NDArray[np.int64]
Key: TypeAlias = tuple[str, ...]
AN_HOUR = 3600
EPOCH = np.datetime64("1970-01-01", "D")


@dataclass(frozen=True)
class Column:
    """A key of many rows.

    Attributes:
        names: What it may be.
        at: Which of them, by row.
    """

    names: tuple[str, ...] = field(repr=False)
    at: Whole = field(repr=False)

    def words(self, at: Whole) -> list[str]:
        """Some of it as text."""
        return [self.names[one] for one in at.tolist()]


@dataclass(frozen=True)
class Placed:
    """People in places: the same person at most once in the same place and day, unless rows are events.

    Attributes:
        person: Who.
        day: Days since 1970; 0 where the place is for many days.
        area: Index into `codes`.
        codes: Codes of the level, sorted.
    """

    person: Whole = field(repr=False)
    day: Whole = field(repr=False)
    area: Whole = field(repr=False)
    codes: tuple[str, ...] = field(repr=False)


@dataclass(frozen=True)
class Truth:
    """Located events of everybody, counted slowly and obviously.

    A person is whatever one code of the data set stands for: a device with two owners is one.

    Attributes:
        events: Rows of (person int32, day date32, second int32 of the local day, type string, admin3 string).
        parents: The code of the next coarser level that each code lies in.
    """

    events: pa.Table = field(repr=False)
    parents: Mapping[str, str] = field(repr=False)

    @property
    def people(self) -> int:
        """Different people."""
        return len(np.unique(self._sorted["person"]))

    @cached_property
    def types(self) -> frozenset[EventType]:
        """Every type of events that a data set with these can have."""
        return everything(map(EventType, self.events["type"].unique().to_pylist()))

    def located(self) -> pa.Table:
        """Rows of (person, day, second, type, admin3)."""
        return self.events

    def counted(self, spec: Mapping[str, object]) -> dict[Key, int]:
        """The true table of a question: what would be told without any protection; cells with nobody are absent."""
        people, columns = self._cells(self._plan(spec))
        if not len(people):
            return {}
        rows = _joined(*(column.at for column in columns))
        _, first, counts = np.unique(rows, return_index=True, return_counts=True)
        keys = zip(*(column.words(column.at[first]) for column in columns), strict=True)
        return dict(zip(keys, counts.tolist(), strict=True))

    def contributions(self, spec: Mapping[str, object]) -> list[tuple[int, Key]]:
        """Who is in which cell of a question; an event is a row of its own where events are counted."""
        people, columns = self._cells(self._plan(spec))
        keys = zip(*(column.words(column.at) for column in columns), strict=True)
        return list(zip(people.tolist(), keys, strict=True))

    def _plan(self, spec: Mapping[str, object]) -> AggregatePlan:
        """What is to be counted: of a question about everything, everything that the data set has."""
        return fitted(read_question(spec), self.types).plan()

    def _cells(self, plan: AggregatePlan) -> tuple[Whole, list[Column]]:
        match plan:
            case CountPeople():
                placed = _once(self._placed(plan.source), by_day="day" in plan.by)
            case CountEvents():
                placed = self._events(plan.source)
            case CountMoves():
                return _moves(self._placed(plan.origin), self._placed(plan.destination), plan.join)
            case _:
                assert_never(plan)
        told = {"day": _days(placed.day), "area": Column(placed.codes, placed.area)}
        return placed.person, [told[name] for name in plan.by]

    def _placed(self, plan: PersonPlan) -> Placed:
        match plan:
            case Events():
                return self._events(plan)
            case DailyPlaces():
                return _daily(self._events(plan.source), self._seconds(plan.source), plan.method)
            case ModalPlaces():
                return _modal([self._placed(one) for one in plan.sources])
            case _:
                assert_never(plan)

    def _events(self, plan: Events) -> Placed:
        rows = self._rows(plan)
        codes, of_commune = self._level(plan.areas)
        area = of_commune[self._sorted["admin3"][rows]]
        return Placed(self._sorted["person"][rows], self._sorted["day"][rows], area, codes)

    def _seconds(self, plan: Events) -> Whole:
        return np.asarray(self._sorted["second"][self._rows(plan)])

    def _rows(self, plan: Events) -> Whole:
        """Numbers of the rows a question reads, in order."""
        day = self._sorted["day"]
        first, last = (int((np.datetime64(one, "D") - EPOCH).astype(int)) for one in (plan.days.first, plan.days.last))
        begin, end = np.searchsorted(day, [first, last + 1])
        kinds = np.array([kind in plan.events for kind in EventType])
        hours = np.array([plan.hours is None or hour in plan.hours for hour in range(24)])
        keep = kinds[self._sorted["type"][begin:end]] & hours[self._sorted["second"][begin:end] // AN_HOUR]
        return np.asarray(np.flatnonzero(keep) + begin, np.int64)

    def _level(self, level: AreaLevel) -> tuple[tuple[str, ...], Whole]:
        """Codes of a level, and the index of the one that each commune lies in."""
        above = list(self._communes)
        for _ in range(list(AreaLevel).index(AreaLevel.COMMUNE) - list(AreaLevel).index(level)):
            above = [self.parents[code] for code in above]
        codes = tuple(sorted(set(above)))
        at = {code: index for index, code in enumerate(codes)}
        return codes, np.array([at[code] for code in above], np.int64)

    @cached_property
    def _communes(self) -> tuple[str, ...]:
        return tuple(sorted(set(self.events["admin3"].to_pylist())))

    @cached_property
    def _sorted(self) -> Mapping[str, Whole]:
        """The events as numbers, by day, then person, then second."""
        types = {str(kind): index for index, kind in enumerate(EventType)}
        communes = {code: index for index, code in enumerate(self._communes)}
        columns = {
            "person": self.events["person"].to_numpy().astype(np.int64),
            "day": self.events["day"].cast(pa.int32()).to_numpy().astype(np.int64),
            "second": self.events["second"].to_numpy().astype(np.int64),
            "type": _numbered(self.events["type"], types),
            "admin3": _numbered(self.events["admin3"], communes),
        }
        order = np.lexsort((columns["second"], columns["person"], columns["day"]))
        return {name: column[order] for name, column in columns.items()}


def _numbered(column: pa.ChunkedArray, numbers: Mapping[str, int]) -> Whole:
    encoded = column.combine_chunks().dictionary_encode()
    known = np.array([numbers[word] for word in encoded.dictionary.to_pylist()], np.int64)
    return known[encoded.indices.to_numpy()] if len(known) else np.empty(0, np.int64)


def _days(days: Whole) -> Column:
    known, at = np.unique(days, return_inverse=True)
    return Column(tuple(str(EPOCH + int(one)) for one in known), at.reshape(-1))


def _moves(origin: Placed, destination: Placed, join: Join) -> tuple[Whole, list[Column]]:
    """People with their two places; who counts depends on the join."""
    both = np.intersect1d(origin.person, destination.person)
    either = np.union1d(origin.person, destination.person)
    people = {Join.INNER: both, Join.LEFT: np.sort(origin.person), Join.RIGHT: np.sort(destination.person),
              Join.FULL: either}[join]  # fmt: skip
    return people, [Column((*end.codes, ""), _place_of(people, end)) for end in (origin, destination)]


def _place_of(people: Whole, placed: Placed) -> Whole:
    """Where each of some people is; the number after the last code where they are nowhere."""
    order = np.argsort(placed.person)
    person, area = placed.person[order], placed.area[order]
    at = np.minimum(np.searchsorted(person, people), max(len(person) - 1, 0))
    known = person[at] == people if len(person) else np.zeros(len(people), bool)
    return np.where(known, area[at] if len(person) else 0, len(placed.codes))


def _once(placed: Placed, *, by_day: bool) -> Placed:
    """Every person once a place, or once a place and day."""
    day = placed.day if by_day else np.zeros_like(placed.day)
    first = np.unique(_joined(placed.person, day, placed.area), return_index=True)[1]
    return Placed(placed.person[first], day[first], placed.area[first], placed.codes)


def _down(numbers: Whole) -> Whole:
    """The same numbers so that the largest comes first."""
    return np.asarray(numbers.max(initial=0) - numbers, np.int64)


def _joined(*columns: Whole) -> Whole:
    """One number for what stands in a row of several columns."""
    found = np.zeros(len(columns[0]), np.int64)
    for column in columns:
        found = found * (int(column.max(initial=0)) + 1) + column
    return found


def _first_of(groups: Sequence[Whole], then: Sequence[Whole]) -> Whole:
    """Numbers of the rows that come first in their group, when sorted by what counts then; nothing is below zero."""
    group = _joined(*groups)
    order = np.lexsort((_joined(*then), group))
    group = group[order]
    changed = np.concatenate([np.ones(min(1, len(group)), bool), group[1:] != group[:-1]])
    return np.asarray(order[changed], np.int64)


def _daily(events: Placed, second: Whole, method: PlaceMethod) -> Placed:
    """One place a person and day: the last, or the most common and of those the last; of ties the smallest code."""
    often = _often(events) if method is PlaceMethod.MOST_COMMON else np.zeros(len(second), np.int64)
    rows = _first_of((events.day, events.person), (_down(often), _down(second), events.area))
    return Placed(events.person[rows], events.day[rows], events.area[rows], events.codes)


def _often(events: Placed) -> Whole:
    """How many events a row's person has in its place on its day."""
    rows = _joined(events.person, events.day, events.area)
    _, group, times = np.unique(rows, return_inverse=True, return_counts=True)
    return times[group].astype(np.int64)


def _modal(runs: Sequence[Placed]) -> Placed:
    """The place of most days; of those the one with the latest day, then the smallest code."""
    person, day, area = (np.concatenate([getattr(one, name) for one in runs]) for name in ("person", "day", "area"))
    days = _often(Placed(person, np.zeros_like(day), area, runs[0].codes))
    rows = _first_of((person,), (_down(days), _down(day), area))
    return Placed(person[rows], np.zeros_like(rows), area[rows], runs[0].codes)
