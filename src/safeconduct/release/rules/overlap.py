"""No two answers from almost the same records."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Alternative, History, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.question import Question
from safeconduct.release.base import Rule, output_rule, set_by

LEAST, MOST = 2, 1_000_000


@output_rule
@dataclass(frozen=True, kw_only=True)
class Overlap(Rule):
    """Refuses a question about almost, but not quite, the same records as an earlier one of the data set.

    Subtracting the two answers would single out the people whose records only one of them reads. It compares *frames*:
    the records that days and event types say a question reads, whatever it asks of them. Place and hour are what is
    asked and never decide, so that a refusal says nothing of where anybody was. The past is that of the data set,
    across all projects. A question asked before is free. A declared product is never refused: its windows were looked
    at together when it was declared. Three questions or more that only together single somebody out are not seen here;
    that is what `complementary_suppression`, `linear_span` and noise are for.

    Attributes:
        minimum: People whose records only one of two questions reads, if there is anybody: at least so many, 2 to
            1,000,000.

    References:
        Kenthapadi, Mishra, Nissim (2005), Simulatable auditing, doi:10.1145/1065167.1065183.
    """

    name: ClassVar[str] = "overlap"
    title: ClassVar[Text] = Text("No two questions about almost the same records")

    minimum: int = 16

    def __post_init__(self) -> None:
        if not LEAST <= self.minimum <= MOST:
            raise BadInput(f"minimum goes from {LEAST} to {MOST}", field="minimum")

    def in_words(self) -> Text:
        """The minimum, in a sentence."""
        return say(
            "A question is answered only if it reads the same records as each earlier one, or if the records that only "
            "one of the two reads are of at least {minimum} people.",
            minimum=self.minimum,
        )

    def compare(self) -> int:
        """The minimum."""
        return self.minimum

    def audit(self, question: Question, policy: Policy, history: History) -> Refusal | None:
        """Refuse what is too close to an earlier question, unless it was declared."""
        del question
        if not history.close or history.declared:
            return None
        return Refusal(
            reason="overlap.too_close",
            what=say("This question is about almost the same records as an earlier one."),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(
                Alternative(says=say("Ask for days and event types that were asked for before, or for quite others.")),
                Alternative(says=say("Have the steward declare a series of windows as a product; it is not refused.")),
            ),
        )
