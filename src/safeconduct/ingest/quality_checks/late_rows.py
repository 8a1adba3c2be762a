"""Events that came after the first files of their day."""

from typing import ClassVar

from safeconduct.ingest.quality import Limits, ShareOfRows, quality_check
from safeconduct.model.text import Text, say


@quality_check
class LateRows(ShareOfRows):
    """Events that were taken in after the first files of the day, as a share of the day."""

    name: ClassVar[str] = "late_rows"
    title: ClassVar[Text] = say("Late events")
    means: ClassVar[Text] = say("Much of the day came later: what was told of it before was told of less.")
    advice: ClassVar[Text] = say(
        "Wait longer before figures of a day are told, or ask the operator to send days whole."
    )
    limits: ClassVar[Limits] = Limits(notice_above=0.1)
