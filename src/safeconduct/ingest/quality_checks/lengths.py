"""How long calls last."""

from typing import ClassVar

from safeconduct.ingest.quality import Counted, Limits, Shown, Unit, quality_check
from safeconduct.model.areas import EventType
from safeconduct.model.text import Text, say

MEANS = say("Calls far longer than usual: the unit may have changed, or lines stay open.")
ADVICE = say("Compare the unit in the mapping with the files.")


@quality_check
class MaxDuration(Shown):
    """Seconds of the longest call; one call, so that it is never told."""

    name: ClassVar[str] = "max_duration"
    title: ClassVar[Text] = say("Longest call")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.SECONDS
    judged_in: ClassVar[Unit] = Unit.SECONDS
    limits: ClassVar[Limits] = Limits(notice_above=86_400.0)
    types: ClassVar[frozenset[EventType]] = frozenset({EventType.CALLS})


@quality_check
class MedianDuration(Counted):
    """Seconds of the call in the middle; between two, halfway."""

    name: ClassVar[str] = "median_duration"
    title: ClassVar[Text] = say("Median call")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.SECONDS
    limits: ClassVar[Limits] = Limits(notice_below=0.5, notice_above=2.0, warning_below=0.1, warning_above=10.0)
    types: ClassVar[frozenset[EventType]] = frozenset({EventType.CALLS})
    told: ClassVar[bool] = True
