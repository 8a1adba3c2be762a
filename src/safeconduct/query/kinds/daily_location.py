"""One place per person and day."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.text import Text
from safeconduct.query.base import PersonQuery, query_kind
from safeconduct.query.flowkit import FlowkitSpec
from safeconduct.query.operations import ALL_EVENTS, DailyPlaces, Events, PlaceMethod


@query_kind
@dataclass(frozen=True, kw_only=True)
class DailyLocation(PersonQuery):
    """The one place where a person was on a day.

    A person without a located event that day has no place, and is in no row. `last` is the place of the latest
    event of the day, often home; `most-common` the place with most events, often work. Of events in the same second
    the place with the smallest code wins, so that two runs agree.

    Attributes:
        days: Days to place people on, both ends included, in the data's local time; FlowKit's `date` is one day.
        areas: How coarse a place is.
        method: `last` or `most-common`.
        hours: Part of the day to look at; `null` is the whole day.
        events: Event types to look at.

    Output:
        Never released by itself. One row per (person, day) with a place, for `spatial_aggregate` and `flows`.

    References:
        Bengtsson et al. (2011), PLoS Medicine 8(8):e1001083, doi:10.1371/journal.pmed.1001083.

    Example:
        >>> from datetime import date
        >>> DailyLocation(days=Days.one(date(2026, 3, 1))).spec()["method"]
        'last'
    """

    name: ClassVar[str] = "daily_location"
    title: ClassVar[Text] = Text("Where people were each day")

    days: Days
    areas: AreaLevel = AreaLevel.DISTRICT
    method: PlaceMethod = PlaceMethod.LAST
    hours: Hours | None = None
    events: frozenset[EventType] = ALL_EVENTS

    def plan(self) -> DailyPlaces:
        """Place people by day."""
        source = Events(days=self.days, areas=self.areas, hours=self.hours, events=self.events)
        return DailyPlaces(source=source, method=self.method)

    @classmethod
    def from_flowkit(cls, tree: Mapping[str, object]) -> Self:
        """FlowKit's `daily_location` of one date."""
        spec = FlowkitSpec(tree)
        spec.only("date", "method")
        return cls(
            days=Days.one(spec.day("date")),
            areas=spec.level(),
            method=spec.method(),
            hours=spec.hours(),
            events=spec.events(),
        )
