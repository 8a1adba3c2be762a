"""Where something stands: the steps of a piece of work, its state, and the moves it made."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import assert_never

from markupsafe import Markup

from safeconduct.model.text import Text, say
from safeconduct.present.filling import fill
from safeconduct.present.words import Words


class StepState(StrEnum):
    """How far a step is. `BLOCKED` waits for something that must be said in words."""

    DONE = "done"
    NOW = "now"
    LATER = "later"
    BLOCKED = "blocked"


@dataclass(frozen=True, kw_only=True)
class StepLine:
    """One step of a piece of work.

    Attributes:
        title: Its name, one or two words.
        state: How far it is.
        href: Where it is done, `""` where it cannot be opened yet.
        says: What it waits for, or what it found; `""` for the state's own word.
    """

    title: Text | str
    state: StepState
    href: str = ""
    says: Text | str = ""


def step_state(state: StepState) -> Text:
    """A step's state in words: a colour or a tick alone would not be read out."""
    match state:
        case StepState.DONE:
            return say("Done")
        case StepState.NOW:
            return say("You are here")
        case StepState.LATER:
            return say("Later")
        case StepState.BLOCKED:
            return say("Waiting")
        case _:
            assert_never(state)


def stepper(words: Words, steps: Sequence[StepLine], *, label: Text | str = "") -> Markup:
    """The steps of a piece of work as a numbered list; the one a reader is at is marked, in words too.

    Args:
        words: The language.
        steps: Every step, in order.
        label: What the steps are of, `""` for "Steps".
    """
    lines = [(one, one.says or step_state(one.state)) for one in steps]
    return fill("stepper", words, steps=lines, label=label or say("Steps"))


def state_line(
    words: Words,
    state: Text | str,
    *,
    owner: Text | str,
    since: date,
    usual_days: int | None = None,
    final: bool = False,
) -> Markup:
    """What state something is in, with whom it lies, since when, and how long that usually takes.

    Args:
        words: The language.
        state: The state, in a word or two.
        owner: Whose turn it is.
        since: The day it came into this state.
        usual_days: Days it usually stays, `None` where nobody can say yet.
        final: Nothing follows, so that there is nobody to wait for.
    """
    return fill("state_line", words, state=state, owner=owner, since=since, usual_days=usual_days, final=final)


@dataclass(frozen=True, kw_only=True)
class MoveLine:
    """One move something made from a state to the next.

    Attributes:
        says: What was done.
        who: Who did it, as this reader may know them.
        at: When, with a zone.
        why: The reason given, `""` for none.
    """

    says: Text | str
    who: Text | str
    at: datetime
    why: str = ""


def timeline(words: Words, moves: Sequence[MoveLine], *, zone: str = "UTC") -> Markup:
    """Moves in the order they are given; each with its moment, for people and for programs."""
    told = [(one, words.moment(one.at, zone=zone), one.at.isoformat()) for one in moves]
    return fill("timeline", words, moves=told)
