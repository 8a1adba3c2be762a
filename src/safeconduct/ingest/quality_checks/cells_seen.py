"""How many cells there are, and whether they are on the map."""

from typing import ClassVar

from safeconduct.ingest.quality import Counted, Limits, ShareOfRows, Unit, quality_check
from safeconduct.model.text import Text, say

MEANS = say("Far fewer cells than on such days before: masts were silent, or the list of cells is out of date.")
ADVICE = say("Compare the list of cells with the operator's; look which communes are silent.")


@quality_check
class CountLocationIds(Counted):
    """Distinct cells with an event."""

    name: ClassVar[str] = "count_location_ids"
    title: ClassVar[Text] = say("Cells")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.CELLS
    limits: ClassVar[Limits] = Limits(notice_below=0.9, warning_below=0.75)
    told: ClassVar[bool] = True


@quality_check
class CountLocatableLocationIds(Counted):
    """Distinct cells with an event that have a place."""

    name: ClassVar[str] = "count_locatable_location_ids"
    title: ClassVar[Text] = say("Cells on the map")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.CELLS
    limits: ClassVar[Limits] = Limits(notice_below=0.9, warning_below=0.75)
    told: ClassVar[bool] = True


@quality_check
class CountLocatableEvents(ShareOfRows):
    """Events whose cell is in service that day and has a place."""

    name: ClassVar[str] = "count_locatable_events"
    title: ClassVar[Text] = say("Events on the map")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    limits: ClassVar[Limits] = Limits(notice_below=0.98, warning_below=0.9)
    told: ClassVar[bool] = True
