"""No area smaller than a level."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.areas import AreaLevel
from safeconduct.model.outcomes import Alternative, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import coarsened
from safeconduct.release.base import Rule, output_rule, set_by


@output_rule
@dataclass(frozen=True, kw_only=True)
class MinimumGeography(Rule):
    """Refuses a question about areas smaller than a level, wherever in the question they stand.

    It looks at the level only: an area of an allowed level may still hold few people, which is what
    `minimum_contributors` is for.

    Attributes:
        finest: The finest level that may be asked, from `admin0` (largest) to `lon-lat` (a tower's site).
    """

    name: ClassVar[str] = "minimum_geography"
    title: ClassVar[Text] = Text("Large enough areas")

    finest: AreaLevel = AreaLevel.COMMUNE

    def in_words(self) -> Text:
        """The finest level, in a sentence."""
        return say("Places are told as {level} or larger areas.", level=self.finest.value)

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """Refuse areas that are too small."""
        asked = reads(question.query.plan()).finest
        if not self.finest.coarser_than(asked):
            return None
        return Refusal(
            reason="minimum_geography.too_fine",
            what=say("Areas as small as {level} cannot be told.", level=asked.value),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(
                Alternative(
                    says=say("Ask the same for {level} areas.", level=self.finest.value),
                    spec=coarsened(question.query, self.finest).spec(),
                ),
            ),
        )
