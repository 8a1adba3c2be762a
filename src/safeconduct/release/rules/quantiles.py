"""No median of a handful, and no quantile out where few people are."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, Alternative, CellStatus, Draft, Evidence, Refusal
from safeconduct.model.output import Measure
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.question import Question
from safeconduct.release.base import Rule, output_rule, set_by
from safeconduct.release.evidence import brought, measures

LEAST, MOST = 2, 1_000_000
OF_ROWS = frozenset({Measure.QUANTILE, Measure.EXTREME})


@output_rule
@dataclass(frozen=True, kw_only=True)
class Quantiles(Rule):
    """Suppresses a quantile unless enough people lie below it and enough above it.

    A quantile is a number of one person, or lies between those of two; with many on both sides nobody knows of whom.
    People whose number is the quantile itself are on neither side: a median that most people share has few beyond it
    and is withheld, though it tells little. A smallest or largest value has nobody beyond it and is always withheld.

    Attributes:
        beyond: People who must lie on each side, 2 to 1,000,000; exactly as many are enough.

    References:
        Brandt et al. (2010), Guidelines for the checking of output based on microdata research (percentiles).
    """

    name: ClassVar[str] = "quantiles"
    title: ClassVar[Text] = Text("Enough people on both sides of a quantile")

    beyond: int = 10

    def __post_init__(self) -> None:
        if not LEAST <= self.beyond <= MOST:
            raise BadInput(f"beyond goes from {LEAST} to {MOST}", field="beyond")

    def in_words(self) -> Text:
        """How many on each side, in a sentence."""
        return say(
            "A quantile is told only if at least {beyond} people lie below it and at least {beyond} above it.",
            beyond=self.beyond,
        )

    def wanted(self) -> frozenset[Evidence]:
        """People on both sides."""
        return frozenset({Evidence.BELOW, Evidence.ABOVE})

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """One quantile a row: those on both sides of one are not those of another."""
        if sum(value.measure in OF_ROWS for value in question.query.output().values) <= 1:
            return None
        return Refusal(
            reason="quantiles.several",
            what=say("Several quantiles of a row cannot be checked."),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(Alternative(says=say("Ask for each quantile by itself.")),),
        )

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Suppress quantiles with too few people on a side."""
        del admission
        if not measures(draft) & OF_ROWS:
            return draft
        sides = zip(brought(draft, Evidence.BELOW), brought(draft, Evidence.ABOVE), strict=True)
        extreme = Measure.EXTREME in measures(draft)
        near = [extreme or any(side is None or side < self.beyond for side in pair) for pair in sides]
        return draft.marked(near, CellStatus.SUPPRESSED, self.name)
