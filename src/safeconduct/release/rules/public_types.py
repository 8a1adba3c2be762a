"""Types of events from a fixed list of sets only."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.areas import EventType, everything
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Alternative, Refusal
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.frame import frames
from safeconduct.query.operations import ALL_EVENTS
from safeconduct.query.question import Question
from safeconduct.query.spec import all_types
from safeconduct.release.base import Rule, output_rule, set_by

ALL = "all"


@output_rule
@dataclass(frozen=True, kw_only=True)
class PublicTypes(Rule):
    """Refuses sets of event types that are not one of a few fixed ones.

    Each choice of types is one more figure about the same people and the same fact, with noise of its own: with four
    types there are fifteen choices, and an attack that a machine finds adds them all up. Where people are is mostly
    asked of all types together, so that little is lost.

    Attributes:
        sets: Sets that may be asked, each as types joined by `+`, such as `calls+sms`; `all` is all
            that the data set can have.

    References:
        Cretu, Houssiau, Cully, de Montjoye (2022), QuerySnout, doi:10.1145/3548606.3560581.
    """

    name: ClassVar[str] = "public_types"
    title: ClassVar[Text] = Text("Fixed types of events")

    sets: tuple[str, ...] = (ALL,)

    def __post_init__(self) -> None:
        if not self.sets:
            raise BadInput("name at least one set of event types, such as 'all'", field="sets")
        for one in self.sets:
            types_of(one)

    def in_words(self) -> Text:
        """The sets, in a sentence."""
        if self.sets == (ALL,):
            return say("Figures are told of all types of events together only.")
        return say("Types of events are told in fixed sets only: {sets}.", sets=", ".join(self.sets))

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """Refuse other sets."""
        asked = {seen.events for frame in frames(question.query.plan()) for seen in frame.seen}
        named = {types_of(one) for one in self.sets if one != ALL}
        if all(one in named or (ALL in self.sets and one == everything(one)) for one in asked):
            return None
        instead = Alternative(says=say("Ask the same for all types of events."), spec=all_types(question.query).spec())
        return Refusal(
            reason="public_types.other_types",
            what=say("These types of events cannot be told by themselves."),
            rule=self.in_words(),
            agreement=set_by(policy),
            alternatives=(instead,) if ALL in self.sets else (),
        )


def types_of(words: str) -> frozenset[EventType]:
    """A set of types from its words.

    Raises:
        BadInput: It names a type there is not.

    Example:
        >>> sorted(types_of("sms+calls"))
        [<EventType.CALLS: 'calls'>, <EventType.SMS: 'sms'>]
    """
    if words == ALL:
        return ALL_EVENTS
    try:
        return frozenset(EventType(one) for one in words.split("+"))
    except ValueError:
        raise BadInput("a set of event types is written like calls+sms, or all", field="sets") from None
