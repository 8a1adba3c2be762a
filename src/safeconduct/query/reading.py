"""What a plan reads, told without running it."""

from dataclasses import dataclass
from datetime import date
from typing import assert_never

from safeconduct.model.areas import AreaLevel, EventType, TimeGrain
from safeconduct.model.days import Hours
from safeconduct.query.operations import CountEvents, CountMoves, CountPeople, DailyPlaces, Events, ModalPlaces, Plan

A_WEEK, A_MONTH = 7, 28


@dataclass(frozen=True)
class Reading:
    """What a plan reads.

    Attributes:
        days: Every local day read, sorted, once.
        events: Event types read.
        finest: The finest level of place.
        hours: Parts of days it restricts itself to.
        grain: The shortest period that one row speaks of.
    """

    days: tuple[date, ...]
    events: frozenset[EventType]
    finest: AreaLevel
    hours: tuple[Hours, ...]
    grain: TimeGrain


def reads(plan: Plan) -> Reading:
    """What a plan reads; the sum over everything nested in it."""
    sources = tuple(_sources(plan))
    days = tuple(sorted({day for source in sources for day in source.days}))
    hours = tuple(source.hours for source in sources if source.hours is not None)
    return Reading(
        days=days,
        events=frozenset(kind for source in sources for kind in source.events),
        finest=max((source.areas for source in sources), key=list(AreaLevel).index),
        hours=hours,
        grain=TimeGrain.HOUR if hours else _grain(_shortest(plan)),
    )


def _sources(plan: Plan) -> tuple[Events, ...]:
    match plan:
        case Events():
            return (plan,)
        case DailyPlaces():
            return (plan.source,)
        case ModalPlaces():
            return tuple(source.source for source in plan.sources)
        case CountPeople() | CountEvents():
            return _sources(plan.source)
        case CountMoves():
            return (*_sources(plan.origin), *_sources(plan.destination))
        case _:
            assert_never(plan)


def _shortest(plan: Plan) -> int:
    """Days in the shortest period that a row of this plan speaks of."""
    match plan:
        case Events():
            return len(plan.days)
        case DailyPlaces():
            return 1
        case ModalPlaces():
            return sum(len(source.source.days) for source in plan.sources)
        case CountPeople() | CountEvents():
            return 1 if "day" in plan.by else _shortest(plan.source)
        case CountMoves():
            return min(_shortest(plan.origin), _shortest(plan.destination))
        case _:
            assert_never(plan)


def _grain(days: int) -> TimeGrain:
    if days < A_WEEK:
        return TimeGrain.DAY
    return TimeGrain.WEEK if days < A_MONTH else TimeGrain.MONTH
