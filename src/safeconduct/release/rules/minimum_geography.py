"""No area smaller than a level."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.advice import ASK_FOR
from safeconduct.model.areas import AreaLevel
from safeconduct.model.outcomes import Alternative, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import coarsened
from safeconduct.release.base import Rule, output_rule, set_by

TOLD_AS: Mapping[AreaLevel, Text] = {
    AreaLevel.COUNTRY: say("Only the whole country is told, no area in it."),
    AreaLevel.PROVINCE: say("Places are told as provinces or larger areas."),
    AreaLevel.DISTRICT: say("Places are told as districts or larger areas."),
    AreaLevel.COMMUNE: say("Places are told as communes or larger areas."),
    AreaLevel.SITE: say("Places are told as single sites or larger areas."),
}
TOO_SMALL: Mapping[AreaLevel, Text] = {
    AreaLevel.COUNTRY: say("The whole country is too small to be told."),
    AreaLevel.PROVINCE: say("Provinces are too small to be told."),
    AreaLevel.DISTRICT: say("Districts are too small to be told."),
    AreaLevel.COMMUNE: say("Communes are too small to be told."),
    AreaLevel.SITE: say("Single sites are too small to be told."),
}


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
        return TOLD_AS[self.finest]

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """Refuse areas that are too small."""
        asked = reads(question.query.plan()).finest
        if not self.finest.coarser_than(asked):
            return None
        return Refusal(
            reason="minimum_geography.too_fine",
            what=TOO_SMALL[asked],
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(
                Alternative(
                    says=ASK_FOR[self.finest],
                    spec=coarsened(question.query, self.finest).spec(),
                ),
            ),
        )
