"""No few people that many figures show together."""

from dataclasses import dataclass
from math import sqrt
from typing import ClassVar

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Alternative, History, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.protect.spans import Span, Together
from safeconduct.query.question import Question
from safeconduct.release.base import Rule, output_rule, set_by

LEAST, MOST = 2, 1_000_000
MOST_TAU, MOST_VARIANCE = 1_000, 1_000_000
HUNDREDTHS = 100


@output_rule
@dataclass(frozen=True, kw_only=True)
class LinearSpan(Rule):
    """Has people look before files of an answer leave that shows few people, added to and subtracted from others.

    People whom all figures count alike are a class. A class of fewer than `minimum` people is told if it is a sum of
    multiples of told figures: three questions or more can do what no two of them can. With noise on every figure it
    is told if it can be worked out to within less than `tau`. What was told already is no reason to refuse another
    question. The rows are those of the figures that one audience holds, and their classes were counted from records,
    so its yes or no can itself tell something: nothing of what is found refuses an answer by itself. Everything told is
    looked at every night, and before the first file leaves that was answered since; checkers see what an answer adds;
    where few people are shown, files wait for the data protection officer's word, those of all answers about the same
    records alike. The rule says nothing where the history holds no rows. Single classes, pairs that can only be told
    together, and what is left of one figure without others are looked at; three classes and more are not.

    Attributes:
        minimum: People a class that can be worked out must have, 2 to 1,000,000.
        tau: Least standard deviation, in people, with which a smaller class may be worked out, 1 to 1,000.
        variance: Variance of the noise on every told figure, in hundredths, 0 to 1,000,000; 0 where there is none.

    References:
        Chin, Ozsoyoglu (1981), Statistical database design, doi:10.1145/319540.319558 (audit expert); Kleinberg,
        Papadimitriou, Raghavan (2003), Auditing Boolean attributes, doi:10.1016/S0022-0000(03)00036-2.
    """

    name: ClassVar[str] = "linear_span"
    title: ClassVar[Text] = Text("No few people from many figures")

    minimum: int = 16
    tau: int = 3
    variance: int = 0

    def __post_init__(self) -> None:
        for name, least, most in (("minimum", LEAST, MOST), ("tau", 1, MOST_TAU), ("variance", 0, MOST_VARIANCE)):
            if not least <= getattr(self, name) <= most:
                raise BadInput(f"{name} goes from {least} to {most}", field=name)

    def in_words(self) -> Text:
        """The minimum, in a sentence."""
        return say(
            "Every night, and before files leave, it is looked whether answers together show fewer than {minimum} "
            "people to within {tau}; if they do, files wait for the data protection officer's word.",
            minimum=self.minimum,
            tau=self.tau,
        )

    def together(self) -> tuple[int, int]:
        """The minimum, and within how many people."""
        return self.minimum, self.tau

    def audit(self, question: Question, policy: Policy, history: History) -> Refusal | None:
        """Refuse what would show few people together with what was told."""
        del question
        if not isinstance(history, Together) or not self.newly_told(history):
            return None
        return Refusal(
            reason="linear_span.shows_few",
            what=say("Together with earlier answers this one would show few people."),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(
                Alternative(says=say("Ask for larger areas or longer periods, or for what was told before.")),
            ),
        )

    def newly_told(self, history: Together) -> frozenset[tuple[int, ...]]:
        """Small classes, alone or two together, that what is asked would show and what was told does not.

        Example:
            >>> rule = LinearSpan(minimum=16, variance=0)
            >>> rule.newly_told(Together(people=(40, 3, 30), told=((0, 1), (1, 2)), asked=((0, 2),)))
            frozenset({(1,)})
        """
        before = Span(len(history.people)).with_rows(history.told)
        after = before.with_rows(history.asked)
        return self._shown(after, history.people) - self._shown(before, history.people)

    def _shown(self, span: Span, people: tuple[int, ...]) -> frozenset[tuple[int, ...]]:
        return span.shown(people, self.minimum, sigma=sqrt(self.variance / HUNDREDTHS), tau=self.tau)
