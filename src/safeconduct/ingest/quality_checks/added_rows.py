"""How many events there are."""

from typing import ClassVar

from safeconduct.ingest.quality import Counted, Limits, Unit, quality_check
from safeconduct.model.areas import EventType
from safeconduct.model.text import Text, say

MEANS = say("Far fewer or more events than on such days before: files are missing, came twice, or something happened.")
ADVICE = say("Ask the operator whether the files are whole; if it was a real event, release the day and say so.")


@quality_check
class CountAddedRows(Counted):
    """Events of the day, FlowKit's `count_added_rows`: rows of the store."""

    name: ClassVar[str] = "count_added_rows"
    title: ClassVar[Text] = say("Events")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.EVENTS
    limits: ClassVar[Limits] = Limits(
        notice_below=0.7,
        notice_above=1.5,
        warning_below=0.5,
        warning_above=2.0,
        hold_below=0.25,
        hold_above=5.0,
        slack=0.05,
    )
    told: ClassVar[bool] = True


@quality_check
class CountAddedRowsOutgoing(Counted):
    """Events that went out."""

    name: ClassVar[str] = "count_added_rows_outgoing"
    title: ClassVar[Text] = say("Outgoing events")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.EVENTS
    limits: ClassVar[Limits] = Limits(notice_below=0.7, notice_above=1.5, warning_below=0.5, warning_above=2.0)
    types: ClassVar[frozenset[EventType]] = frozenset({EventType.CALLS, EventType.SMS})
    told: ClassVar[bool] = True
