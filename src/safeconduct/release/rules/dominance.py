"""No sum that one or two people mostly make."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence, Refusal
from safeconduct.model.output import Measure, Output
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.question import Question
from safeconduct.release.base import Rule, output_rule, set_by

WHOLE = 100
BOTH = 2
ONE_MAKES = (
    "A sum is told only if no person makes {k} % of it or more, and nobody could work out the largest part to within "
    "{p} %."
)
TWO_MAKE = (
    "A sum is told only if no two people make {k} % of it or more, and nobody could work out the largest part to "
    "within {p} %."
)


@output_rule
@dataclass(frozen=True, kw_only=True)
class Dominance(Rule):
    """Suppresses a sum that one person mostly makes, or from which a second person could work out the first.

    Looks at magnitudes only, such as events; where the figure is a number of people everybody weighs the same, and
    the rule does nothing. The `(n, k)` part: unsafe if the `n` largest make `k` % of the sum or more. The `p` % part:
    unsafe if what is left without the two largest is less than `p` % of the largest, so that the second largest knows
    the largest to within `p` %. Its reason on a cell says that enough people are there.

    Attributes:
        n: How many of the largest are looked at, 1 or 2.
        k: Share of the sum they must not reach, percent, 1 to 100.
        p: How closely the largest must not be known, percent of it, 0 to 100; 0 leaves this part out.

    References:
        Hundepool et al. (2012), Statistical Disclosure Control, section 4.2.2, doi:10.1002/9781118348239.
    """

    name: ClassVar[str] = "dominance"
    title: ClassVar[Text] = Text("Nobody makes most of it")

    n: int = 1
    k: int = 75
    p: int = 10

    def __post_init__(self) -> None:
        for name, least, most in (("n", 1, BOTH), ("k", 1, WHOLE), ("p", 0, WHOLE)):
            if not least <= getattr(self, name) <= most:
                raise BadInput(f"{name} goes from {least} to {most}", field=name)

    def in_words(self) -> Text:
        """Both parts, in a sentence."""
        return Text(ONE_MAKES if self.n == 1 else TWO_MAKE, {"k": self.k, "p": self.p})

    def wanted(self) -> frozenset[Evidence]:
        """The two largest contributions."""
        return frozenset({Evidence.LARGEST, Evidence.SECOND})

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """One sum at a time: the largest contributors of one are not those of another."""
        if len(_sums(question.query.output())) <= 1:
            return None
        return Refusal(
            reason="dominance.several_sums",
            what=say("Several sums in one question cannot be checked."),
            rule=self.in_words(),
            agreement=set_by(policy),
        )

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Suppress dominated sums."""
        del admission
        sums = _sums(draft.output)
        if not sums:
            return draft
        largest, second = (draft.evidence.column(one.value) for one in (Evidence.LARGEST, Evidence.SECOND))
        rows = zip(draft.table.column(sums[0]), largest, second, strict=True)
        return draft.marked([self.dominated(*row) for row in rows], CellStatus.SUPPRESSED, self.name)

    def dominated(self, total: object, largest: object, second: object) -> bool:
        """Whether a sum is unsafe; unknown parts make it so.

        Example:
            >>> rule = Dominance(n=1, k=75, p=10)
            >>> rule.dominated(100, 75, 5), rule.dominated(100, 74, 10), rule.dominated(100, 50, 46)
            (True, False, True)
        """
        if not (isinstance(total, int | float) and isinstance(largest, int | float)):
            return True
        other = second if isinstance(second, int | float) else 0
        first_n = largest + (other if self.n == BOTH else 0)
        rest = total - largest - other
        return WHOLE * first_n >= self.k * total or WHOLE * rest < self.p * largest


def _sums(output: Output) -> list[str]:
    return [value.name for value in output.values if value.measure is Measure.MAGNITUDE]
