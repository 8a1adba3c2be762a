"""What a figure counts, apart from where: so that figures of different questions can be laid side by side."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import assert_never

from safeconduct.model.areas import AreaLevel, EventType, everything
from safeconduct.model.canonical import digest
from safeconduct.query.base import AggregateQuery, encode
from safeconduct.query.operations import (
    ALL_EVENTS,
    CountEvents,
    CountMoves,
    CountPeople,
    DailyPlaces,
    Events,
    ModalPlaces,
    PlaceMethod,
)
from safeconduct.query.reading import reads

WHOLE_DAY = frozenset(range(24))


class Counting(StrEnum):
    """How figures of one sort hang together.

    `SEEN`: people, who may be seen in several areas and on several days. `EVENTS`: events, which add up in every way.
    `NESTED`: people with one place each that lies in their place at every coarser level. `APART`: people with one place
    at each level by itself. `MOVES`: people by pair of nested places. `MOVES_APART`: by pair of places of a level.
    """

    SEEN = "seen"
    EVENTS = "events"
    NESTED = "nested"
    APART = "apart"
    MOVES = "moves"
    MOVES_APART = "moves apart"


@dataclass(frozen=True, order=True)
class Slice:
    """Whom or what a figure counts, in any area.

    Attributes:
        counting: How figures of this sort hang together.
        what: What tells it from others of the sort; `""` where days, hours and events say everything.
        days: Local days.
        hours: Hours of each day.
        events: Event types.
    """

    counting: Counting
    what: str
    days: tuple[date, ...]
    hours: tuple[int, ...]
    events: tuple[str, ...]

    @property
    def plain(self) -> bool:
        """Whole days, whatever was recorded."""
        return self.hours == tuple(sorted(WHOLE_DAY)) and self.every_type

    @property
    def every_type(self) -> bool:
        """All that the data set can have, whatever it is."""
        return self.events == tuple(sorted(everything(map(EventType, self.events))))

    def within(self, other: "Slice") -> bool:
        """Whether it is a part of another, cut along days, hours or events alone."""
        if (self.counting, self.what) != (other.counting, other.what) or self == other:
            return False
        mine, theirs = self.sides, other.sides
        return sum(one != two for one, two in zip(mine, theirs, strict=True)) == 1 and all(
            one <= two for one, two in zip(mine, theirs, strict=True)
        )

    @cached_property
    def sides(self) -> tuple[frozenset[object], ...]:
        """Days, hours and events as sets."""
        return frozenset(self.days), frozenset(self.hours), frozenset(self.events)

    def rest(self, part: "Slice") -> "Slice":
        """What is left of it without a part of it."""
        left = [one - two if one != two else one for one, two in zip(self.sides, part.sides, strict=True)]
        days, hours, events = (tuple(sorted(one)) for one in left)  # type: ignore[type-var]  # dates, numbers, words
        return replace(self, days=days, hours=hours, events=events)  # type: ignore[arg-type]  # of their own sorts


def slice_of(
    counting: Counting, days: Iterable[date], *, what: str = "", source: Events | None = None,
    every: Iterable[EventType] = ALL_EVENTS,
) -> Slice:  # fmt: skip
    """A slice; whole days, and all event types that go with `every`, where no source says otherwise."""
    hours = WHOLE_DAY if source is None or source.hours is None else {h for h in WHOLE_DAY if h in source.hours}
    events: frozenset[EventType] = everything(every) if source is None else source.events
    return Slice(counting, what, tuple(sorted(days)), tuple(sorted(hours)), tuple(sorted(events)))


def slices(query: AggregateQuery) -> Mapping[date | None, Slice]:
    """The slice of each day of an answer whose rows have days, else the one of all, under `None`."""
    plan = query.plan()
    match plan:
        case CountEvents():
            return dict(_by_day(Counting.EVENTS, plan.source, by_day="day" in plan.by))
        case CountPeople():
            return dict(_people(plan))
        case CountMoves():
            ends = (plan.origin, plan.destination)
            nested = all(_nests(one) for one in ends)
            what = digest({"from": _place(ends[0]), "to": _place(ends[1]), "join": plan.join.value})
            days = {day for one in ends for source in _events(one) for day in source.days}
            return {
                None: slice_of(
                    Counting.MOVES if nested else Counting.MOVES_APART, days, what=what, every=reads(plan).events
                )
            }
        case _:
            assert_never(plan)


def _by_day(counting: Counting, source: Events, *, by_day: bool, what: str = "") -> Iterator[tuple[date | None, Slice]]:
    if not by_day:
        yield None, slice_of(counting, source.days, what=what, source=source)
        return
    for day in source.days:
        yield day, slice_of(counting, [day], what=what, source=source)


def _people(plan: CountPeople) -> Iterator[tuple[date | None, Slice]]:
    match plan.source:
        case Events():
            yield from _by_day(Counting.SEEN, plan.source, by_day="day" in plan.by)
        case DailyPlaces():
            counting = Counting.NESTED if _nests(plan.source) else Counting.APART
            yield from _by_day(counting, plan.source.source, by_day=True, what=plan.source.method.value)
        case ModalPlaces():
            days = {day for source in _events(plan.source) for day in source.days}
            yield None, slice_of(Counting.APART, days, what=digest(_place(plan.source)), every=reads(plan).events)
        case _:
            assert_never(plan.source)


def _nests(place: DailyPlaces | ModalPlaces) -> bool:
    """The place of the last event lies in its place at every coarser level; the commonest need not."""
    return isinstance(place, DailyPlaces) and place.method is PlaceMethod.LAST


def _events(place: DailyPlaces | ModalPlaces) -> tuple[Events, ...]:
    return (place.source,) if isinstance(place, DailyPlaces) else tuple(one.source for one in place.sources)


def _place(place: DailyPlaces | ModalPlaces) -> list[object]:
    """How people are given a place, whatever its level."""
    days = [place] if isinstance(place, DailyPlaces) else list(place.sources)
    return [[encode(replace(one.source, areas=AreaLevel.COUNTRY)), one.method.value] for one in days]
