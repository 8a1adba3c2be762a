"""People who were not there before."""

from statistics import median
from typing import ClassVar

from safeconduct.ingest.quality import LEAST_BEFORE, Day, Limits, QualityCheck, Unit, quality_check
from safeconduct.ingest.quality_figures import DayFigures, Number
from safeconduct.model.text import Text, say

MEANS = say("Far more people than usual were not seen before: numbers may be written or made into pseudonyms in "
            "another way now, so that nobody is recognised.")  # fmt: skip
ADVICE = say("Compare how numbers are written in the files with days before; do not read movements across this day.")


class _Newcomers(QualityCheck):
    """People with a place who had none in the days before, as a share of all with a place."""

    unit: ClassVar[Unit] = Unit.SHARE
    judged_in: ClassVar[Unit] = Unit.SHARE
    told: ClassVar[bool] = True
    counted: ClassVar[str]

    def value(self, day: Day) -> Number | None:
        """The share; `None` where a day of those before is not there."""
        new, people = day.figures.count(self.counted), day.figures.count("people_with_a_place")
        return None if new is None or not people else new / people


@quality_check
class NewSinceDay(_Newcomers):
    """Share of people who had no place the day before: MSISDN churn from day to day."""

    name: ClassVar[str] = "new_since_day"
    title: ClassVar[Text] = say("People not seen the day before")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    limits: ClassVar[Limits] = Limits(notice_above=0.8, warning_above=0.95)
    counted: ClassVar[str] = "new_since_day"


@quality_check
class NewSinceWeek(_Newcomers):
    """Share of people who had no place in any of the seven days before: MSISDN churn from week to week."""

    name: ClassVar[str] = "new_since_week"
    title: ClassVar[Text] = say("People not seen the week before")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    limits: ClassVar[Limits] = Limits(notice_above=0.5, warning_above=0.8)
    counted: ClassVar[str] = "new_since_week"


@quality_check
class NewBeyondUsual(QualityCheck):
    """By how much more of the people than usual had no place in any of the seven days before.

    Where a part of the numbers is written in another way, such as those of one exchange, most people are still known:
    the share of unknown ones by itself stays within its limits, and is far above its usual.
    """

    name: ClassVar[str] = "new_beyond_usual"
    title: ClassVar[Text] = say("More unknown people than usual")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.SHARE
    judged_in: ClassVar[Unit] = Unit.SHARE
    limits: ClassVar[Limits] = Limits(notice_above=0.1, warning_above=0.2)
    told: ClassVar[bool] = True

    def value(self, day: Day) -> Number | None:
        """The share less the usual share; `None` where fewer than three days before have one."""
        own, usual = _share(day.figures), [one for each in day.before if (one := _share(each)) is not None]
        return None if own is None or len(usual) < LEAST_BEFORE else own - median(usual)


def _share(figures: DayFigures) -> float | None:
    """People not seen in the week before, as a share of all with a place."""
    new, people = figures.count("new_since_week"), figures.count("people_with_a_place")
    return None if new is None or not people else new / people
