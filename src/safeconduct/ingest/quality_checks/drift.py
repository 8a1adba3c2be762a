"""Days of another shape than such days before."""

from typing import ClassVar

from safeconduct.ingest.quality import Day, Limits, QualityCheck, Unit, quality_check
from safeconduct.ingest.quality_figures import HOURS, Number
from safeconduct.ingest.quality_profiles import LEAST_DAYS, among, cells_of, divergence, hours_of, shifted
from safeconduct.model.text import Text, say

HALF = HOURS // 2
CLEARLY, AT_LEAST, BEYOND_CHANCE = 0.5, 0.006, 3


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

    A day counts as moved where its divergence from the usual is above 0.006 and above three times that of such days
    among themselves, and moving it takes away more than half of it. Positive: its clock is ahead.
    """

    name: ClassVar[str] = "clock_shift"
    title: ClassVar[Text] = say("The clock is off")
    means: ClassVar[Text] = say("The day looks like others once it is moved by some hours: the zone of the stamps "
                                "changed, or summer time was told in another way.")  # fmt: skip
    advice: ClassVar[Text] = say("Compare zone and stamps in the mapping with the files, and take the day in anew.")
    unit: ClassVar[Unit] = Unit.HOURS
    judged_in: ClassVar[Unit] = Unit.HOURS
    limits: ClassVar[Limits] = Limits(warning_below=-0.5, warning_above=0.5)
    told: ClassVar[bool] = True

    def value(self, day: Day) -> Number | None:
        """Hours, -11 to 12; `None` where there are fewer than three days to compare with."""
        if len(day.before) < LEAST_DAYS:
            return None
        own, usual = hours_of([day.figures]), hours_of(day.before)
        least = max(AT_LEAST, BEYOND_CHANCE * among(day.before, hours_of))
        if divergence(own, usual) <= least:
            return 0
        apart = {by: divergence(shifted(own, -by), usual) for by in range(1 - HALF, HALF + 1)}
        best = min(apart, key=lambda by: (apart[by], abs(by)))
        return best if apart[best] < apart[0] * CLEARLY else 0
