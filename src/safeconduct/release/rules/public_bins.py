"""Parts of the day from a fixed list only."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.days import Hours
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Alternative, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.operations import CountMoves
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import all_day
from safeconduct.release.base import Rule, output_rule, set_by


@output_rule
@dataclass(frozen=True, kw_only=True)
class PublicBins(Rule):
    """Refuses hours that are not one of a few fixed windows, and movements between parts of days.

    Windows that anybody may choose can be slid along the day: two that differ by an hour show who was there in that
    hour. Fixed windows leave nothing to slide. What a window leaves out of a day is looked at by
    `minimum_contributors`.

    Attributes:
        hours: Windows that may be asked, as first hour and hour before which it ends, such as `06-18`; whole days may
            always be asked.

    References:
        Dwork, Roth (2014), section 1.1 (differencing), doi:10.1561/0400000042; "sliding" after O'Keefe and
        Chipperfield (2013), doi:10.1111/insr.12021.
    """

    name: ClassVar[str] = "public_bins"
    title: ClassVar[Text] = Text("Fixed parts of the day")

    hours: tuple[str, ...] = ("06-18", "18-06")

    def __post_init__(self) -> None:
        for window in self.hours:
            hours_of(window)

    def in_words(self) -> Text:
        """The windows, in a sentence."""
        return say("Parts of the day are told for fixed windows only: {windows}.", windows=", ".join(self.hours))

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """Refuse other windows."""
        plan = question.query.plan()
        asked = reads(plan).hours
        if not asked or not (isinstance(plan, CountMoves) or set(asked) - {hours_of(one) for one in self.hours}):
            return None
        return Refusal(
            reason="public_bins.other_hours",
            what=say("These hours cannot be told."),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(Alternative(says=say("Ask the same for whole days."), spec=all_day(question.query).spec()),),
        )


def hours_of(window: str) -> Hours:
    """A window as hours.

    Raises:
        BadInput: It is not written so.

    Example:
        >>> hours_of("18-06")
        Hours(start=18, end=6)
    """
    start, dash, end = window.partition("-")
    if not (dash and start.isdecimal() and end.isdecimal() and len(start) == len(end) == len("06")):
        raise BadInput("a window of hours is written like 06-18", field="hours")
    return Hours(int(start), int(end))
