"""When the day begins and ends."""

from typing import ClassVar

from safeconduct.ingest.quality import Day, Limits, QualityCheck, Shown, Unit, quality_check
from safeconduct.ingest.quality_figures import Number
from safeconduct.model.text import Text, say

AN_HOUR = 3600
CUT = say("The records of this day end or begin in the middle of it: the files were cut before they were whole.")
WAIT = say("Wait for the rest of the day's files and take them in; the day is let in again by itself.")


@quality_check
class EarliestTimestamp(Shown):
    """Seconds after midnight of the very first event; it may be one person's, so that it is never told."""

    name: ClassVar[str] = "earliest_timestamp"
    title: ClassVar[Text] = say("First event")
    means: ClassVar[Text] = CUT
    advice: ClassVar[Text] = WAIT
    unit: ClassVar[Unit] = Unit.SECONDS
    judged_in: ClassVar[Unit] = Unit.SECONDS
    limits: ClassVar[Limits] = Limits()


@quality_check
class LatestTimestamp(Shown):
    """Seconds after midnight of the very last event; it may be one person's, so that it is never told."""

    name: ClassVar[str] = "latest_timestamp"
    title: ClassVar[Text] = say("Last event")
    means: ClassVar[Text] = CUT
    advice: ClassVar[Text] = WAIT
    unit: ClassVar[Unit] = Unit.SECONDS
    judged_in: ClassVar[Unit] = Unit.SECONDS
    limits: ClassVar[Limits] = Limits()


@quality_check
class EndsEarly(QualityCheck):
    """Until when many people were still seen: the latest time after which only few of them were.

    FlowKit's `latest_timestamp` is one person's last call. This is the last time of the 16th person from the end, so
    that no single person can make a day end early or late.
    """

    name: ClassVar[str] = "ends_early"
    title: ClassVar[Text] = say("The day ends early")
    means: ClassVar[Text] = CUT
    advice: ClassVar[Text] = WAIT
    unit: ClassVar[Unit] = Unit.CLOCK
    judged_in: ClassVar[Unit] = Unit.CLOCK
    limits: ClassVar[Limits] = Limits(notice_below=22.0, warning_below=20.0, hold_below=18.0, slack=0.25)
    told: ClassVar[bool] = True

    def value(self, day: Day) -> Number | None:
        """Hours after midnight."""
        second = day.figures.count("last_by_many")
        return None if second is None else second / AN_HOUR


@quality_check
class BeginsLate(QualityCheck):
    """From when on many people were seen, as `ends_early` tells the end."""

    name: ClassVar[str] = "begins_late"
    title: ClassVar[Text] = say("The day begins late")
    means: ClassVar[Text] = CUT
    advice: ClassVar[Text] = WAIT
    unit: ClassVar[Unit] = Unit.CLOCK
    judged_in: ClassVar[Unit] = Unit.CLOCK
    limits: ClassVar[Limits] = Limits(notice_above=8.0, warning_above=10.0)
    told: ClassVar[bool] = True

    def value(self, day: Day) -> Number | None:
        """Hours after midnight."""
        second = day.figures.count("first_by_many")
        return None if second is None else second / AN_HOUR
