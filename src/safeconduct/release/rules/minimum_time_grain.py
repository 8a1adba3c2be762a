"""No period shorter than a grain."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.areas import TimeGrain
from safeconduct.model.days import Hours
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Alternative, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.base import Query
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import all_day
from safeconduct.release.base import Rule, output_rule, set_by

A_DAY = 24
SPEAKS_OF: Mapping[TimeGrain, Text] = {
    TimeGrain.MONTH: say("A figure speaks of at least a month, and of at least {hours} hours of every day."),
    TimeGrain.WEEK: say("A figure speaks of at least a week, and of at least {hours} hours of every day."),
    TimeGrain.DAY: say("A figure speaks of at least a day, and of at least {hours} hours of every day."),
    TimeGrain.HOUR: say("A figure speaks of at least an hour, and of at least {hours} hours of every day."),
}


@output_rule
@dataclass(frozen=True, kw_only=True)
class MinimumTimeGrain(Rule):
    """Refuses figures about periods that are too short, and windows of hours that are too narrow.

    Two windows that overlap can still be asked one after the other; the rule bounds one question, not a series.

    Attributes:
        shortest: The shortest period a figure may speak of: `month` (28 days), `week`, `day` or `hour`.
        least_hours: Hours of the day that a window must have at least, 1 to 24; 24 allows whole days only.
    """

    name: ClassVar[str] = "minimum_time_grain"
    title: ClassVar[Text] = Text("Long enough periods")

    shortest: TimeGrain = TimeGrain.DAY
    least_hours: int = 6

    def __post_init__(self) -> None:
        if not 1 <= self.least_hours <= A_DAY:
            raise BadInput(f"least_hours goes from 1 to {A_DAY}", field="least_hours")

    def in_words(self) -> Text:
        """Both bounds, in a sentence."""
        return Text(SPEAKS_OF[self.shortest].id, {"hours": self.least_hours})

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """Refuse periods that are too short, then windows that are too narrow."""
        whole = all_day(question.query)
        if self._too_short(whole):
            return self._refusal(policy, Alternative(says=say("Ask for longer periods.")))
        if any(length(hours) < self.least_hours for hours in reads(question.query.plan()).hours):
            return self._refusal(policy, Alternative(says=say("Ask the same for whole days."), spec=whole.spec()))
        return None

    def _too_short(self, whole: Query) -> bool:
        return self.shortest.coarser_than(reads(whole.plan()).grain)  # type: ignore[attr-defined]  # every kind plans

    def _refusal(self, policy: Policy, instead: Alternative) -> Refusal:
        return Refusal(
            reason="minimum_time_grain.too_short",
            what=say("Periods as short as this cannot be told."),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(instead,),
        )


def length(hours: Hours) -> int:
    """How many hours of the day a window has.

    Example:
        >>> length(Hours(22, 5)), length(Hours(6, 12))
        (7, 6)
    """
    return sum(hour in hours for hour in range(A_DAY))
