"""Days of another shape than such days before."""

from collections.abc import Mapping
from typing import ClassVar

from safeconduct.ingest.quality import Day, Limits, QualityCheck, Unit, quality_check
from safeconduct.ingest.quality_figures import HOURS, Number
from safeconduct.ingest.quality_profiles import (
    LEAST_DAYS,
    Shares,
    among,
    cells_of,
    divergence,
    hours_of,
    shifted,
)
from safeconduct.model.text import Text, say

HALF = HOURS // 2
BEYOND_CHANCE = 3
AT_LEAST, CLEARLY = 0.006, 0.5
STEPS, LEAST_STEPS = 12, 3
"""Steps of an hour, five minutes each, and how many of them make a clock that is off."""
AT_LEAST_IN_STEPS, CLEARLY_IN_STEPS = 0.002, 0.4
MORNING = frozenset(range(2, 14))
"""Parts of an hour must explain the morning and the evening: people who stay up later one night move one of them."""


@quality_check
class HourDrift(QualityCheck):
    """How far the hours of the day differ from such days before, as Jensen-Shannon divergence."""

    name: ClassVar[str] = "hour_drift"
    title: ClassVar[Text] = say("Another course of the day than usual")
    means: ClassVar[Text] = say("Events fell at other hours than on such days before: hours are missing, or it was an "
                                "unusual day.")  # fmt: skip
    advice: ClassVar[Text] = say("Look at the hours; ask the operator whether clocks or exchanges were changed.")
    unit: ClassVar[Unit] = Unit.DIVERGENCE
    judged_in: ClassVar[Unit] = Unit.DIVERGENCE
    limits: ClassVar[Limits] = Limits(notice_above=0.03, warning_above=0.1)
    told: ClassVar[bool] = True

    def value(self, day: Day) -> Number | None:
        """The divergence; `None` where there are fewer than three days to compare with."""
        if len(day.before) < LEAST_DAYS:
            return None
        return divergence(hours_of([day.figures]), hours_of(day.before))


@quality_check
class CellDrift(QualityCheck):
    """How far the cells of the day differ from such days before, beyond how far those differ among themselves.

    As Jensen-Shannon divergence. Where few events fall on each cell, equal days differ much by chance alone; without
    those days' own differences taken off, two in three good days of small data sets were flagged.
    """

    name: ClassVar[str] = "cell_drift"
    title: ClassVar[Text] = say("Other places than usual")
    means: ClassVar[Text] = say("Events are spread over cells in another way than on such days before: masts failed, "
                                "cells were renamed, or people moved.")  # fmt: skip
    advice: ClassVar[Text] = say("Compare the list of cells with the operator's before movements are read from it.")
    unit: ClassVar[Unit] = Unit.DIVERGENCE
    judged_in: ClassVar[Unit] = Unit.DIVERGENCE
    limits: ClassVar[Limits] = Limits(notice_above=0.1, warning_above=0.25)
    told: ClassVar[bool] = True

    def value(self, day: Day) -> Number | None:
        """The divergence; `None` where there are fewer than three days to compare with."""
        if len(day.before) < LEAST_DAYS:
            return None
        return max(divergence(cells_of([day.figures]), cells_of(day.before)) - among(day.before, cells_of), 0.0)


@quality_check
class ClockShift(QualityCheck):
    """By how many hours the day must be moved to look like such days before; 0 where moving it helps little.

    A day counts as moved where its divergence from the usual is above three times that of such days among themselves,
    and either above 0.006 and more than half of it goes by moving the day by whole hours, or above 0.002 and more than
    three fifths of it go by moving it by steps of five minutes, fifteen or more, and some of it in the morning and in
    the evening. For that each hour is taken to be even within itself. Positive: its clock is ahead.
    """

    name: ClassVar[str] = "clock_shift"
    title: ClassVar[Text] = say("The clock is off")
    means: ClassVar[Text] = say("The day looks like others once it is moved by some hours: the zone of the stamps "
                                "changed, or summer time was told in another way.")  # fmt: skip
    advice: ClassVar[Text] = say("Compare zone and stamps in the mapping with the files, and take the day in anew.")
    unit: ClassVar[Unit] = Unit.HOURS
    judged_in: ClassVar[Unit] = Unit.HOURS
    limits: ClassVar[Limits] = Limits(warning_below=-0.3, warning_above=0.3)
    told: ClassVar[bool] = True

    def value(self, day: Day) -> Number | None:
        """Hours, -12 to 13; `None` where there are fewer than three days to compare with."""
        if len(day.before) < LEAST_DAYS:
            return None
        own, usual = hours_of([day.figures]), hours_of(day.before)
        odd = divergence(own, usual)
        if odd <= max(min(AT_LEAST, AT_LEAST_IN_STEPS), BEYOND_CHANCE * among(day.before, hours_of)):
            return 0
        apart = {by * STEPS: divergence(own, shifted(usual, by)) for by in range(1 - HALF, HALF + 1)}
        whole = _best(apart)
        apart |= {by: divergence(own, shifted(usual, by / STEPS)) for by in range(whole - STEPS + 1, whole + STEPS)}
        best = _best(apart)
        by_hours = odd > AT_LEAST and apart[whole] < odd * CLEARLY
        by_steps = (
            odd > AT_LEAST_IN_STEPS
            and apart[best] < odd * CLEARLY_IN_STEPS
            and abs(best) >= LEAST_STEPS
            and _all_day(own, usual, best / STEPS)
        )
        return round(best / STEPS, 2) if by_hours or by_steps else 0


def _all_day(own: Shares, usual: Shares, by: float) -> bool:
    """Whether moving the usual day brings both its morning and its evening nearer."""
    moved = shifted(usual, by)
    return all(
        divergence(_within(own, part), _within(moved, part)) < divergence(_within(own, part), _within(usual, part))
        for part in (MORNING, frozenset(range(HOURS)) - MORNING)
    )


def _within(hours: Shares, part: frozenset[int]) -> Shares:
    return {hour: share for hour, share in hours.items() if hour in part}


def _best(apart: Mapping[int, float]) -> int:
    """The step at which a day differs least, the nearest of several."""
    return min(apart, key=lambda by: (apart[by], abs(by)))
