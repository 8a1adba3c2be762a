"""Days in the data's local time."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from safeconduct.model.errors import BadInput


@dataclass(frozen=True, order=True)
class Days:
    """A run of local calendar days, **both ends included**.

    Attributes:
        first: The first day.
        last: The last day, not before the first; equal for a single day.

    Raises:
        BadInput: `last` is before `first`.

    Example:
        >>> len(Days(date(2026, 3, 1), date(2026, 3, 14)))
        14
    """

    first: date
    last: date

    def __post_init__(self) -> None:
        if self.last < self.first:
            raise BadInput("the last day is before the first; days include both ends", field="days")

    def __len__(self) -> int:
        """How many days."""
        return (self.last - self.first).days + 1

    def __iter__(self) -> Iterator[date]:
        """Every day, in order."""
        return (self.first + timedelta(days=step) for step in range(len(self)))

    def __contains__(self, day: date) -> bool:
        """Whether a day lies within."""
        return self.first <= day <= self.last

    @classmethod
    def one(cls, day: date) -> "Days":
        """A single day."""
        return cls(day, day)


@dataclass(frozen=True)
class Hours:
    """Part of every local day: `start <= hour < end`, wrapping midnight when `start > end`.

    A wrapped range stays within one calendar day: `Hours(22, 5)` on 3 March means 00:00-05:00 and 22:00-24:00
    of 3 March, not one night.

    Attributes:
        start: First hour, 0 to 23.
        end: Hour before which it ends, 1 to 24; different from `start`.

    Example:
        >>> 23 in Hours(22, 5), 4 in Hours(22, 5), 5 in Hours(22, 5)
        (True, True, False)
    """

    start: int
    end: int

    def __post_init__(self) -> None:
        if not (0 <= self.start <= 23 and 1 <= self.end <= 24) or self.start == self.end:  # noqa: PLR2004 - a clock
            raise BadInput("hours go from 0..23 to 1..24 and differ; the end hour is not included", field="hours")

    def __contains__(self, hour: int) -> bool:
        """Whether an hour of the day, 0 to 23, lies within."""
        if self.start < self.end:
            return self.start <= hour < self.end
        return hour >= self.start or hour < self.end


def runs(days: Sequence[date]) -> str:
    """Days in order as ISO 8601 dates, with neighbours as one interval.

    Example:
        >>> runs([date(2026, 1, 3), date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)])
        '2026-01-03, 2026-01-05/2026-01-07'
    """
    found: list[list[date]] = []
    for day in days:
        if found and day - found[-1][-1] == timedelta(days=1):
            found[-1].append(day)
        else:
            found.append([day])
    return ", ".join(run[0].isoformat() + (f"/{run[-1].isoformat()}" if len(run) > 1 else "") for run in found)
