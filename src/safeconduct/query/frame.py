"""The records a question is about, apart from what it asks of them: what two questions are compared by.

A difference between two answers singles somebody out only if the two are about almost, but not quite, the same records:
if those that one reads and the other does not are of few people. Days and event types say which records a question
reads; place and hour are what is asked of them and never belong here.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import assert_never

from safeconduct.model.areas import EventType
from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import BadSpec
from safeconduct.query.operations import (
    AggregatePlan,
    CountEvents,
    CountMoves,
    CountPeople,
    DailyPlaces,
    Events,
    ModalPlaces,
)
from safeconduct.query.reading import reads


@dataclass(frozen=True)
class Seen:
    """Records of these types on these days.

    Attributes:
        days: Local days.
        events: Event types.
    """

    days: frozenset[date]
    events: frozenset[EventType]


@dataclass(frozen=True)
class Frame:
    """Records that a part of an answer is about.

    Attributes:
        seen: Groups of them, sorted by what they are; an answer about movements reads two.
    """

    seen: tuple[Seen, ...]

    @cached_property
    def days(self) -> frozenset[date]:
        """Days it is about."""
        return frozenset(day for one in self.seen for day in one.days)

    @cached_property
    def id(self) -> str:
        """SHA-256 of what it is."""
        return digest(self.to_json())

    def to_json(self) -> dict[str, Json]:
        """What it is, as canonical JSON takes it."""
        return {"seen": [_tree(one) for one in self.seen]}

    @classmethod
    def from_json(cls, tree: Mapping[str, object]) -> "Frame":
        """A frame from what `to_json` made.

        Raises:
            BadSpec: It is none.
        """
        seen = tree.get("seen")
        try:
            return cls(tuple(map(_seen, seen if isinstance(seen, list | tuple) else [{}])))
        except (KeyError, TypeError, ValueError):
            raise BadSpec("this is no frame of a question") from None

    def partitions(self) -> list[str]:
        """Names of the partitions it reads, such as `calls/2026-01-05`, sorted, whether there are any or not."""
        return sorted({f"{kind}/{day.isoformat()}" for one in self.seen for kind in one.events for day in one.days})

    def meets(self, other: "Frame") -> bool:
        """Whether both are about a day; answers about different days tell different things of people."""
        return not self.days.isdisjoint(other.days)


def frames(plan: AggregatePlan) -> tuple[Frame, ...]:
    """The frames of an answer: one for each day where its rows have days, else one.

    Example:
        >>> from safeconduct.model.areas import AreaLevel
        >>> from safeconduct.model.days import Days
        >>> week = Events(days=Days(date(2026, 1, 1), date(2026, 1, 7)), areas=AreaLevel.DISTRICT)
        >>> [len(frames(CountPeople(source=week, by=by))) for by in (("day", "area"), ("area",))]
        [7, 1]
    """
    match plan:
        case CountPeople() | CountEvents():
            seen = _of(plan.source)
            return tuple(Frame((one,)) for one in (_by_day(seen) if "day" in plan.by else (seen,)))
        case CountMoves():
            return (_moving(plan),)
        case _:
            assert_never(plan)


def _of(source: Events | DailyPlaces | ModalPlaces) -> Seen:
    reading = reads(source)
    return Seen(frozenset(reading.days), reading.events)


def _by_day(seen: Seen) -> Iterable[Seen]:
    return (Seen(frozenset({day}), seen.events) for day in sorted(seen.days))


def _moving(plan: CountMoves) -> Frame:
    seen = sorted({_of(plan.origin), _of(plan.destination)}, key=lambda one: (sorted(one.days), sorted(one.events)))
    return Frame(tuple(seen))


def _tree(seen: Seen) -> dict[str, Json]:
    return {"days": [day.isoformat() for day in sorted(seen.days)], "events": sorted(map(str, seen.events))}


def _seen(tree: Mapping[str, list[str]]) -> Seen:
    return Seen(frozenset(map(date.fromisoformat, tree["days"])), frozenset(map(EventType, tree["events"])))
