"""Events that lack something: one check a column."""

from typing import ClassVar

from safeconduct.ingest.quality import Limits, ShareOfRows, quality_check
from safeconduct.model.areas import EventType
from safeconduct.model.text import Text, say

MEANS = say("Many events lack this; what is read from it is about fewer events than it seems.")
ADVICE = say("Compare the mapping with the files: a column may have moved or changed its name.")


@quality_check
class CountNullLocationIds(ShareOfRows):
    """Events without a cell; the store takes none in, so that anything but 0 is a fault."""

    name: ClassVar[str] = "count_null_location_ids"
    title: ClassVar[Text] = say("Events without a cell")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    limits: ClassVar[Limits] = Limits(warning_above=0.0)
    told: ClassVar[bool] = True


@quality_check
class CountNullImeis(ShareOfRows):
    """Events without the pseudonym of a device, where these are kept."""

    name: ClassVar[str] = "count_null_imeis"
    title: ClassVar[Text] = say("Events without a device")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    limits: ClassVar[Limits] = Limits(notice_above=0.2)
    told: ClassVar[bool] = True


@quality_check
class CountNullImsis(ShareOfRows):
    """Events without the pseudonym of a SIM card, where these are kept."""

    name: ClassVar[str] = "count_null_imsis"
    title: ClassVar[Text] = say("Events without a card")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    limits: ClassVar[Limits] = Limits(notice_above=0.2)
    told: ClassVar[bool] = True


@quality_check
class CountNullCounterparts(ShareOfRows):
    """Events whose other party is unknown; all of them where the mapping does not keep it."""

    name: ClassVar[str] = "count_null_counterparts"
    title: ClassVar[Text] = say("Events without another party")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    limits: ClassVar[Limits] = Limits()
    told: ClassVar[bool] = True
    types: ClassVar[frozenset[EventType]] = frozenset({EventType.CALLS, EventType.SMS})


@quality_check
class CountNullDurations(ShareOfRows):
    """Calls whose duration is unknown."""

    name: ClassVar[str] = "count_null_durations"
    title: ClassVar[Text] = say("Calls without a duration")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    limits: ClassVar[Limits] = Limits(notice_above=0.2)
    told: ClassVar[bool] = True
    types: ClassVar[frozenset[EventType]] = frozenset({EventType.CALLS})
