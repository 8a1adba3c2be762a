"""People seen in an area at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.model.text import Text
from safeconduct.query.base import AggregateQuery, query_kind
from safeconduct.query.flowkit import FlowkitSpec
from safeconduct.query.operations import ALL_EVENTS, CountPeople, Events


@query_kind
@dataclass(frozen=True, kw_only=True)
class UniqueSubscriberCounts(AggregateQuery):
    """Distinct people seen in each area over the whole time asked for.

    A person counts once in every area they were seen in, however many events they made there: the areas add up to
    more than the people.

    Attributes:
        without_flagged: Leave out days whose records look odd; they are told like days whose files are missing.
        days: Days to look at, both ends included, in the data's local time.
        areas: How coarse a place is.
        hours: Part of each day to look at; `null` is the whole day.
        events: Event types to look at.

    Output:
        One row per area with `people`: distinct subscribers with at least one event there, persons.

    References:
        Deville et al. (2014), PNAS 111(45):15888, doi:10.1073/pnas.1408439111.
    """

    name: ClassVar[str] = "unique_subscriber_counts"
    title: ClassVar[Text] = Text("People seen in each area")

    days: Days
    areas: AreaLevel = AreaLevel.DISTRICT
    hours: Hours | None = None
    events: frozenset[EventType] = ALL_EVENTS

    def plan(self) -> CountPeople:
        """Count people by area."""
        source = Events(days=self.days, areas=self.areas, hours=self.hours, events=self.events)
        return CountPeople(source=source, by=("area",))

    def output(self) -> Output:
        """Area and people."""
        return Output(
            keys=(Key(name="area", level=self.areas),),
            values=(Value(name="people", measure=Measure.PEOPLE, unit="people"),),
        )

    @classmethod
    def from_flowkit(cls, tree: Mapping[str, object]) -> Self:
        """FlowKit's `unique_subscriber_counts`."""
        spec = FlowkitSpec(tree)
        spec.only("start_date", "end_date")
        return cls(days=spec.days(), areas=spec.level(), hours=spec.hours(), events=spec.events())
