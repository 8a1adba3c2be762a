"""What a question asks of people, apart from whose records it reads: the same, in whatever words it is said."""

from typing import assert_never

from safeconduct.model.canonical import Json
from safeconduct.query.operations import (
    AggregatePlan,
    CountEvents,
    CountMoves,
    CountPeople,
    DailyPlaces,
    Events,
    ModalPlaces,
    PersonPlan,
)


def asks(plan: AggregatePlan) -> Json:
    """What is asked: the sort of count, the level, the hours, the way of placing. Days and event types are no part.

    The mode over one day is that day's place. Whom else a join keeps changes nothing for those with both ends. Of
    movements the days of the two ends are a part, since the records read do not say which end reads which.

    Example:
        >>> from datetime import date
        >>> from safeconduct.model.areas import AreaLevel
        >>> from safeconduct.model.days import Days
        >>> day = DailyPlaces(source=Events(days=Days.one(date(2026, 1, 5)), areas=AreaLevel.DISTRICT))
        >>> asks(CountPeople(source=ModalPlaces(sources=(day,)), by=("area",)))
        ['people', 'placed', 'last', 'admin2', None]
    """
    match plan:
        case CountPeople():
            return ["people", *_places(plan.source)]
        case CountEvents():
            return ["events", *_places(plan.source)]
        case CountMoves():
            ends = (plan.origin, plan.destination)
            return ["moves", *([*_places(end), *_days(end)] for end in ends)]
        case _:
            assert_never(plan)


def _places(plan: PersonPlan) -> list[Json]:
    match plan:
        case Events():
            return ["seen", *_events(plan)]
        case DailyPlaces():
            return ["placed", plan.method.value, *_events(plan.source)]
        case ModalPlaces():
            first = plan.sources[0]
            one_day = len(plan.sources) == 1 and len(first.source.days) == 1
            return _places(first) if one_day else ["mostly", *_places(first)]
        case _:
            assert_never(plan)


def _events(plan: Events) -> list[Json]:
    hours = None if plan.hours is None else [plan.hours.start, plan.hours.end]
    return [plan.areas.value, hours]


def _days(plan: DailyPlaces | ModalPlaces) -> list[Json]:
    sources = plan.sources if isinstance(plan, ModalPlaces) else (plan,)
    return [[source.source.days.first.isoformat(), source.source.days.last.isoformat()] for source in sources]
