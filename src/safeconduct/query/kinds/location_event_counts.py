"""What phones did in an area."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadSpec
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.model.text import Text
from safeconduct.query.base import AggregateQuery, query_kind
from safeconduct.query.flowkit import FlowkitSpec
from safeconduct.query.operations import ALL_EVENTS, CountEvents, Events


@query_kind
@dataclass(frozen=True, kw_only=True)
class LocationEventCounts(AggregateQuery):
    """Events in each area on each day.

    Events, not people: one busy phone may make most of them, so a figure is withheld where few people are behind it and
    also where one person makes most of it. A call between two phones of the network is two events.

    Attributes:
        without_flagged: Leave out days whose records look odd; they are told like days whose files are missing.
        days: Days to look at, both ends included, in the data's local time.
        areas: How coarse a place is.
        hours: Part of each day to look at; `null` is the whole day.
        events: Event types to count.

    Output:
        One row per (day, area) with `events`: events with a place there that day, events.

    References:
        Bengtsson et al. (2011), PLoS Medicine 8(8):e1001083, doi:10.1371/journal.pmed.1001083.
    """

    name: ClassVar[str] = "location_event_counts"
    title: ClassVar[Text] = Text("What phones did in each area")

    days: Days
    areas: AreaLevel = AreaLevel.DISTRICT
    hours: Hours | None = None
    events: frozenset[EventType] = ALL_EVENTS

    def plan(self) -> CountEvents:
        """Count events by day and area."""
        source = Events(days=self.days, areas=self.areas, hours=self.hours, events=self.events)
        return CountEvents(source=source, by=("day", "area"))

    def output(self) -> Output:
        """Day, area and events."""
        return Output(
            keys=(Key(name="day", days=tuple(self.days)), Key(name="area", level=self.areas)),
            values=(Value(name="events", measure=Measure.MAGNITUDE, unit="events"),),
        )

    @classmethod
    def from_flowkit(cls, tree: Mapping[str, object]) -> Self:
        """FlowKit's `location_event_counts` by day, in both directions."""
        spec = FlowkitSpec(tree)
        spec.only("start_date", "end_date", "interval", "direction")
        if spec.word("interval", "day") != "day":
            raise BadSpec("interval: events are counted by day here; ask for 'day'", field="interval")
        if spec.word("direction", "both") != "both":
            raise BadSpec("direction: events of both directions are counted; ask for 'both'", field="direction")
        return cls(days=spec.days(), areas=spec.level(), hours=spec.hours(), events=spec.events())
