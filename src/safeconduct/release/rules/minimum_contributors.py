"""Not fewer people than a minimum behind any cell."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence
from safeconduct.model.text import Text, say
from safeconduct.release.base import TOO_FEW, Rule, output_rule

LEAST, MOST = 2, 1_000_000


@output_rule
@dataclass(frozen=True, kw_only=True)
class MinimumContributors(Rule):
    """Suppresses a cell with fewer people behind it than `minimum`.

    People are distinct people on the final join, never scaled to a population, never events. "15 or fewer are
    redacted", FlowKit's rule, is `minimum = 16`. A cell with nobody is suppressed like one with few, so that the two
    cannot be told apart. Alone it stops nobody who asks two questions that overlap.

    Attributes:
        minimum: People a cell must have to be told, 2 to 1,000,000; a cell with exactly as many is told.

    References:
        Hundepool et al. (2012), Statistical Disclosure Control, section 5.3, doi:10.1002/9781118348239.
    """

    name: ClassVar[str] = TOO_FEW
    title: ClassVar[Text] = Text("Enough people")
    protects: ClassVar[bool] = True

    minimum: int = 16

    def __post_init__(self) -> None:
        if not LEAST <= self.minimum <= MOST:
            raise BadInput(f"minimum goes from {LEAST} to {MOST}", field="minimum")

    def in_words(self) -> Text:
        """The minimum, in a sentence."""
        return say("A figure is told only if at least {minimum} people are behind it.", minimum=self.minimum)

    def wanted(self) -> frozenset[Evidence]:
        """The people behind each cell."""
        return frozenset({Evidence.PEOPLE})

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """Suppress cells with too few people."""
        del admission
        people = draft.evidence.column(Evidence.PEOPLE.value)
        few = [not isinstance(count, int) or count < self.minimum for count in people]
        return draft.marked(few, CellStatus.SUPPRESSED, self.name)

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """What a suppressed cell means."""
        del admission
        return (
            say(
                "A suppressed figure stands for fewer than {minimum} people, and may stand for nobody; it is not zero.",
                minimum=self.minimum,
            ),
        )
