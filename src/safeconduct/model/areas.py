"""Places, from coarse to fine."""

from collections.abc import Iterable
from enum import StrEnum


class AreaLevel(StrEnum):
    """How coarse a place is; the value is the name on the wire, shared with FlowKit.

    The members stand from coarse to fine.

    Example:
        >>> AreaLevel.DISTRICT.coarser_than(AreaLevel.COMMUNE)
        True
    """

    COUNTRY = "admin0"
    PROVINCE = "admin1"
    DISTRICT = "admin2"
    COMMUNE = "admin3"
    SITE = "lon-lat"

    def coarser_than(self, other: "AreaLevel") -> bool:
        """Whether this level has larger places than the other; a level is not coarser than itself."""
        levels = list(AreaLevel)
        return levels.index(self) < levels.index(other)


class TimeGrain(StrEnum):
    """How long the shortest period is that a row may speak of, from coarse to fine."""

    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    HOUR = "hour"

    def coarser_than(self, other: "TimeGrain") -> bool:
        """Whether this grain has longer periods than the other."""
        grains = list(TimeGrain)
        return grains.index(self) < grains.index(other)


class EventType(StrEnum):
    """What a phone did, with names shared with FlowKit; or that somebody was seen somewhere, whatever the source.

    A data set has phones' types or sightings, never both; `everything` says which belong together.
    """

    CALLS = "calls"
    SMS = "sms"
    MDS = "mds"
    TOPUPS = "topups"
    SIGHTINGS = "sightings"


SIGHTED = frozenset({EventType.SIGHTINGS})
"""All that a data set of sightings has: one type, whatever its owner calls the files, so that nothing can be cut."""

PHONED = frozenset(EventType) - SIGHTED
"""All that phones do."""


def everything(types: Iterable[EventType]) -> frozenset[EventType]:
    """All types a data set can have that has these; none of them is a phone's where it knows sightings only.

    Example:
        >>> sorted(everything([EventType.SMS]))
        [<EventType.CALLS: 'calls'>, <EventType.MDS: 'mds'>, <EventType.SMS: 'sms'>, <EventType.TOPUPS: 'topups'>]
        >>> sorted(everything([EventType.SIGHTINGS]))
        [<EventType.SIGHTINGS: 'sightings'>]
    """
    return SIGHTED if frozenset(types) == SIGHTED else PHONED
