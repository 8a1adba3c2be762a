"""One place per person over many days."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar, Self

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.canonical import Json
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadSpec
from safeconduct.model.text import Text
from safeconduct.query.base import PersonQuery, encode, query_kind
from safeconduct.query.flowkit import FlowkitSpec
from safeconduct.query.operations import ALL_EVENTS, DailyPlaces, Events, ModalPlaces, PlaceMethod

OF_ONE_DAY = "daily_location"
"""The kind that is the same where there is one day only."""


@query_kind
@dataclass(frozen=True, kw_only=True)
class ModalLocation(PersonQuery):
    """The place that was most often a person's daily location.

    A stand-in for where people live, as far as phones show it. A person seen on one day only has that day's place.
    Ties go to the place with the latest day. FlowKit's list of daily locations must agree in all but the date, and
    name no date twice.

    Attributes:
        days: Runs of days, each with both ends included, that do not overlap; kept sorted, neighbours joined.
        areas: How coarse a place is.
        method: Which place counts for one day, `last` or `most-common`.
        hours: Part of each day to look at; `null` is the whole day.
        events: Event types to look at.

    Output:
        Never released by itself. One row per person with a place, for `spatial_aggregate` and `flows`.

    References:
        Wilson et al. (2016), PLoS Currents Disasters, doi:10.1371/currents.dis.d073fbece328e4c39087bc086d694b5c.
    """

    name: ClassVar[str] = "modal_location"
    title: ClassVar[Text] = Text("Where people mostly were")

    days: tuple[Days, ...]
    areas: AreaLevel = AreaLevel.DISTRICT
    method: PlaceMethod = PlaceMethod.LAST
    hours: Hours | None = None
    events: frozenset[EventType] = ALL_EVENTS

    def __post_init__(self) -> None:
        object.__setattr__(self, "days", joined(self.days))

    def plan(self) -> ModalPlaces:
        """Take the mode of daily places."""
        return ModalPlaces(
            sources=tuple(
                DailyPlaces(
                    source=Events(days=run, areas=self.areas, hours=self.hours, events=self.events), method=self.method
                )
                for run in self.days
            )
        )

    def plainest(self) -> dict[str, Json]:
        """The mode over one day is that day's place."""
        run, *more = self.days
        return self.spec() if more or len(run) > 1 else {**self.spec(), "kind": OF_ONE_DAY, "days": encode(run)}

    @classmethod
    def from_flowkit(cls, tree: Mapping[str, object]) -> Self:
        """FlowKit's list of daily locations."""
        spec = FlowkitSpec(tree)
        spec.only("locations")
        days = spec.specs("locations")
        for one in days:
            if one.word("query_kind") != "daily_location":
                raise BadSpec("locations holds daily_location questions", field="locations")
            one.only("date", "method")
        first = days[0]
        shared = (first.level(), first.method(), first.hours(), first.events())
        if any((one.level(), one.method(), one.hours(), one.events()) != shared for one in days):
            raise BadSpec("the daily locations must agree in all but the date", field="locations")
        return cls(
            days=tuple(Days.one(one.day("date")) for one in days),
            areas=first.level(),
            method=first.method(),
            hours=first.hours(),
            events=first.events(),
        )


def joined(runs: tuple[Days, ...]) -> tuple[Days, ...]:
    """Runs of days sorted, with neighbours joined.

    Raises:
        BadSpec: A day is named twice.
    """
    result: list[Days] = []
    for run in sorted(runs):
        if result and run.first <= result[-1].last:
            raise BadSpec("the same day is named twice", field="days")
        if result and (run.first - result[-1].last).days == 1:
            result[-1] = Days(result[-1].first, run.last)
        else:
            result.append(run)
    return tuple(result)
