"""No sum that a single person can push as far as they like."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, Alternative, Bound, CellStatus, Draft, Evidence, Refusal
from safeconduct.model.output import Measure
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.question import Question
from safeconduct.release.base import Rule, output_rule, set_by
from safeconduct.release.evidence import brought, measures

MOST = 1_000_000_000
EVERYWHERE = 1_000_000_000


@output_rule
@dataclass(frozen=True, kw_only=True)
class Winsorised(Rule):
    """Suppresses a sum unless every person's part was cut at a public bound; refuses smallest and largest values.

    The engine says so: the sum with every part cut is the sum itself. It does not cut what is told, so that a rule
    that adds noise may stand before or after it; a kind of question that is to be told under it cuts by itself, and
    an ordinary sum is told where nobody is over the bound. That a sum is withheld then says that somebody is: choose
    a bound that is common knowledge, not one just above the usual. A smallest or a largest value is the number of one
    person, whatever the bound, and is refused from the question.

    Attributes:
        most: Most that one person may add to a sum in one cell, in the sum's unit, 1 to 1,000,000,000.

    References:
        Tukey (1962), The future of data analysis, doi:10.1214/aoms/1177704711.
    """

    name: ClassVar[str] = "winsorised"
    title: ClassVar[Text] = Text("Nobody counts for more than a bound")

    most: int = 1_000

    def __post_init__(self) -> None:
        if not 1 <= self.most <= MOST:
            raise BadInput(f"most goes from 1 to {MOST}", field="most")

    def in_words(self) -> Text:
        """The bound, in a sentence."""
        return say(
            "A sum is told only if nobody counts for more than {most} in it; smallest and largest values are not told.",
            most=self.most,
        )

    def wanted(self) -> frozenset[Evidence]:
        """The sum, and the sum with every part cut."""
        return frozenset({Evidence.TOTAL, Evidence.BOUNDED})

    def bound(self, question: Question) -> Bound | None:
        """The bound for sums; how many areas a person counts in does not matter here."""
        sums = any(value.measure is Measure.MAGNITUDE for value in question.query.output().values)
        return Bound(areas=EVERYWHERE, most=self.most) if sums else None

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """Refuse smallest and largest values."""
        if all(value.measure is not Measure.EXTREME for value in question.query.output().values):
            return None
        return Refusal(
            reason="winsorised.extreme",
            what=say("A smallest or largest value is the number of one person and cannot be told."),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(Alternative(says=say("Ask for a sum, or for a quantile such as the median.")),),
        )

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Suppress sums in which somebody may count for more."""
        if not measures(draft) & {Measure.MAGNITUDE, Measure.EXTREME}:
            return draft
        bound = admission.bound
        cut = bound is not None and bound.most <= self.most and Measure.EXTREME not in measures(draft)
        sums = zip(brought(draft, Evidence.TOTAL), brought(draft, Evidence.BOUNDED), strict=True)
        over = [not cut or total is None or total != bounded for total, bounded in sums]
        return draft.marked(over, CellStatus.SUPPRESSED, self.name)

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """What a sum leaves out."""
        if all(value.measure is not Measure.MAGNITUDE for value in admission.output.values):
            return ()
        return (say("Nobody counts for more than {most} in a sum.", most=self.most),)
