"""People by the place they have."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from safeconduct.model.errors import BadSpec
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.model.text import Text
from safeconduct.query.base import AggregateQuery, PersonQuery, Query, query_kind
from safeconduct.query.flowkit import FlowkitSpec
from safeconduct.query.operations import CountPeople, DailyPlaces
from safeconduct.query.reading import reads


@query_kind
@dataclass(frozen=True, kw_only=True)
class SpatialAggregate(AggregateQuery):
    """How many people have their place in each area.

    Every person counts once, so the areas add up to the people with a place. Of daily locations it counts by day and
    area; of modal locations by area.

    Attributes:
        without_flagged: Leave out days whose records look odd; they are told like days whose files are missing.
        locations: A question that gives each person one place: `daily_location` or `modal_location`.

    Output:
        One row per area, or per (day, area) of daily locations, with `people`: distinct subscribers, persons.

    References:
        Deville et al. (2014), PNAS 111(45):15888, doi:10.1073/pnas.1408439111.
    """

    name: ClassVar[str] = "spatial_aggregate"
    title: ClassVar[Text] = Text("People in each area")

    locations: Query

    def __post_init__(self) -> None:
        if not isinstance(self.locations, PersonQuery):
            raise BadSpec("locations is a question that gives each person a place", field="locations")

    def plan(self) -> CountPeople:
        """Count people by place."""
        return CountPeople(source=self._places.plan(), by=tuple(key.name for key in self.output().keys))

    def output(self) -> Output:
        """Day where there are days, area, people."""
        plan = self._places.plan()
        reading = reads(plan)
        area = Key(name="area", level=reading.finest)
        keys = (Key(name="day", days=reading.days), area) if isinstance(plan, DailyPlaces) else (area,)
        return Output(keys=keys, values=(Value(name="people", measure=Measure.PEOPLE, unit="people"),))

    @property
    def _places(self) -> PersonQuery:
        if not isinstance(self.locations, PersonQuery):  # pragma: no cover - __post_init__ saw to it
            raise BadSpec("locations is a question that gives each person a place", field="locations")
        return self.locations

    @classmethod
    def from_flowkit(cls, tree: Mapping[str, object]) -> Self:
        """FlowKit's `spatial_aggregate`."""
        spec = FlowkitSpec(tree)
        spec.only("locations")
        return cls(locations=spec.query("locations"))
