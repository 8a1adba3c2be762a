"""What engines know: a closed set. Adding one makes the type checker list every engine that must learn it.

Person plans have one row per person and something; they only nest. Aggregate plans have one row per cell, carry the
contributors of each cell, and are the only ones that can be asked.
"""

from dataclasses import dataclass
from enum import StrEnum

from safeconduct.model.areas import PHONED, AreaLevel, EventType
from safeconduct.model.days import Days, Hours

ALL_EVENTS = PHONED
"""What a question is about where it does not say; of sightings, all sightings take its place."""


class PlaceMethod(StrEnum):
    """Which of a person's places in a day counts; the value is FlowKit's word."""

    LAST = "last"
    MOST_COMMON = "most-common"


class Join(StrEnum):
    """Who counts in a flow: people with a place at both ends, or at one end too."""

    INNER = "inner"
    LEFT = "left"
    RIGHT = "right"
    FULL = "full"


@dataclass(frozen=True, kw_only=True)
class Events:
    """Located events: rows of (person, day, second, area), one per event.

    Attributes:
        days: Local days read, both ends included.
        areas: The level places are told at.
        hours: Part of every day; `None` is the whole day.
        events: Event types read.
    """

    days: Days
    areas: AreaLevel
    hours: Hours | None = None
    events: frozenset[EventType] = ALL_EVENTS


@dataclass(frozen=True, kw_only=True)
class DailyPlaces:
    """One place per person and day: rows of (person, day, area).

    `LAST`: the place of the latest event; of events in the same second, the place with the smallest code.
    `MOST_COMMON`: the place with most events; ties go to the latest event among them, then to the smallest code.
    """

    source: Events
    method: PlaceMethod = PlaceMethod.LAST


@dataclass(frozen=True, kw_only=True)
class ModalPlaces:
    """The place in which a person had most of their daily places: rows of (person, area).

    Ties go to the place with the latest day, then to the smallest code.

    Attributes:
        sources: Daily places of runs of days that do not overlap, at one level.
    """

    sources: tuple[DailyPlaces, ...]


PersonPlan = Events | DailyPlaces | ModalPlaces


@dataclass(frozen=True, kw_only=True)
class CountPeople:
    """Distinct people by cell: rows of (by..., people).

    Attributes:
        source: Whom to count where.
        by: `("area",)`, or `("day", "area")` where the source has days.
    """

    source: PersonPlan
    by: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class CountMoves:
    """Distinct people by pair of places: rows of (area_from, area_to, people); staying is a pair too.

    Attributes:
        origin: Each person's first place; at most one row a person.
        destination: Each person's second place; at most one row a person.
        join: Whether people without one of the two places count, with that place unknown.
    """

    origin: DailyPlaces | ModalPlaces
    destination: DailyPlaces | ModalPlaces
    join: Join = Join.INNER


@dataclass(frozen=True, kw_only=True)
class CountEvents:
    """Events by cell: rows of (by..., events). One person may make most of them, so dominance applies.

    Attributes:
        source: Which events.
        by: `("area",)` or `("day", "area")`.
    """

    source: Events
    by: tuple[str, ...]


AggregatePlan = CountPeople | CountMoves | CountEvents
Plan = PersonPlan | AggregatePlan
