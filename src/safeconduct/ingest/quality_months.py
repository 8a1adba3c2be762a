"""Months of which too many days are missing; told from the days that are there, which everybody may know."""

from collections.abc import Collection, Iterator, Mapping
from datetime import date, timedelta
from itertools import groupby

from safeconduct.model.areas import EventType
from safeconduct.model.quality import QualityFinding, Severity, Source
from safeconduct.model.text import Text, say

FEWEST_DAYS, LONGEST_GAP = 0.6, 6
FEW_DAYS: Text = say("Fewer than 60% of the days of the month are there")
LONG_GAP: Text = say("More than six days in a row are missing in the month")
A_DAY = timedelta(days=1)
MONTH_LIMITS: Mapping[str, tuple[float | None, float | None, Text]] = {
    "days_in_month": (FEWEST_DAYS, None, say("share of its days")),
    "gap_in_month": (None, LONGEST_GAP, say("days in a row")),
}
"""From where on a month is flagged: below, above, and in what."""


def of_months(present: Mapping[EventType, Collection[date]]) -> Iterator[QualityFinding]:
    """A finding for every day there is of a month that lacks many, by type.

    A month is judged from the first day the data set has of the type to the last: it may have begun in the middle.

    Args:
        present: Days there are, by type.
    """
    for sort, days in sorted(present.items()):
        there = sorted(days)
        span = [there[0] + A_DAY * step for step in range((there[-1] - there[0]).days + 1)] if there else []
        for _, month in groupby(span, key=lambda day: (day.year, day.month)):
            yield from _of_month(sort, [(day, day in days) for day in month])


def _of_month(sort: EventType, month: list[tuple[date, bool]]) -> Iterator[QualityFinding]:
    there = [day for day, found in month if found]
    gap = max((len(list(run)) for found, run in groupby(month, key=lambda one: one[1]) if not found), default=0)
    for wrong, check, title in (
        (len(there) < FEWEST_DAYS * len(month), "days_in_month", FEW_DAYS),
        (gap > LONGEST_GAP, "gap_in_month", LONG_GAP),
    ):
        if wrong:
            for day in there:
                source = Source(type=sort, day=day)
                yield QualityFinding(source=source, check=check, severity=Severity.WARNING, title=title.id)
