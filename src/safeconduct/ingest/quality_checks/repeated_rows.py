"""Events that stand there twice."""

from typing import ClassVar

from safeconduct.ingest.quality import Limits, ShareOfRows, Shown, Unit, quality_check
from safeconduct.model.text import Text, say

MEANS = say("Events that are alike in everything kept of them: a file came twice with another content around them.")
ADVICE = say("Ask the operator to send the day once more, whole; two calls in one second may also be real.")


@quality_check
class CountDuplicated(Shown):
    """Distinct events that are there more than once, by every column that is kept."""

    name: ClassVar[str] = "count_duplicated"
    title: ClassVar[Text] = say("Groups of equal events")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    unit: ClassVar[Unit] = Unit.GROUPS
    judged_in: ClassVar[Unit] = Unit.GROUPS
    limits: ClassVar[Limits] = Limits()


@quality_check
class CountDuplicates(ShareOfRows):
    """Events beyond the first of each group of equal ones."""

    name: ClassVar[str] = "count_duplicates"
    title: ClassVar[Text] = say("Repeated events")
    means: ClassVar[Text] = MEANS
    advice: ClassVar[Text] = ADVICE
    limits: ClassVar[Limits] = Limits(notice_above=0.02, warning_above=0.1)
    told: ClassVar[bool] = True
