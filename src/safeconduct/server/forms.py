"""What pages with forms share: what was sent, what is wrong with it, and the word that follows a change."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeVar

from markupsafe import Markup

from safeconduct.model.errors import BadInput, NotFound, NotPermitted, Unreadable, WrongState
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Choice, Input, Option, in_language
from safeconduct.present.words import Words
from safeconduct.server.page import Goto, Visit

T = TypeVar("T")
Wrong = Sequence[tuple[str, Text | str]]
"""What is wrong, by the name of the control; `""` for the whole form."""

DONE: Mapping[str, Text] = {
    "saved": say("Saved."),
    "begun": say("Begun. This goes on by itself; you may leave the page."),
    "handed": say("Handed in for review."),
    "gone": say("Withdrawn. What arrived was destroyed."),
    "given_up": say("Given up. The rows made for it were destroyed."),
    "published": say("The catalogue shows it."),
    "taken_back": say("Taken back. Whoever had it is told."),
    "imported": say("The description was taken over."),
    "accepted": say("The spreadsheet was accepted."),
    "basket": say("Your basket was changed."),
    "requested": say("Handed in. The access committee looks at it."),
    "request_gone": say("The request was withdrawn."),
    "decided": say("Your vote was counted."),
    "revoked": say("The grant was taken away; downloads stopped."),
    "terms": say("You accepted the agreement. The files can be downloaded."),
    "destroyed": say("Thank you: that every copy was destroyed is recorded."),
    "voted": say("Your vote was counted."),
    "returned": say("It went back to its author."),
    "approved": say("It may be published now."),
    "refused": say("Its author is told why."),
    "invited": say("The checker was invited and is told."),
}


def done(visit: Visit) -> list[Markup]:
    """What was just done, where the address says so; nothing for a word nobody knows."""
    word = visit.query.get("done", "")
    return [blocks.notice(visit.words, DONE[word], tone="good")] if word in DONE else []


def after(address: str, word: str) -> Goto:
    """Go on after a change, to a page that says what was done."""
    return Goto(f"{address}{'&' if '?' in address else '?'}done={word}")


def attempt(change: Callable[[], T]) -> tuple[T | None, Wrong]:
    """What a change gave, or what is wrong with it; whatever else goes wrong is a page of its own."""
    try:
        return change(), ()
    except (BadInput, NotFound, NotPermitted, Unreadable, WrongState) as error:
        return None, [(error.field, error.text)]


def told(words: Words, said: Mapping[str, str]) -> str:
    """A text in the reader's language, else in any it was written in."""
    return in_language(said, words.language)[1]


@dataclass(frozen=True)
class Filled:
    """A form as it was filled in, with what is wrong beside each control.

    Attributes:
        words: The reader's language.
        values: What stands in each control.
        wrong: What is wrong.
    """

    words: Words
    values: Mapping[str, str]
    wrong: Wrong = field(default=())

    def error(self, name: str) -> Text | str:
        """What is wrong with a control, `""` where nothing is."""
        return next((text for where, text in self.wrong if where == name), "")

    def summary(self) -> Markup:
        """Everything that is wrong, first on the page."""
        return blocks.error_summary(self.words, self.wrong)

    def text(self, name: str, label: Text, **how: Any) -> Markup:
        """A control to type into; `how` is what else `Input` takes."""
        control = Input(name=name, label=label, value=self.values.get(name, ""), error=self.error(name), **how)
        return blocks.field(self.words, control)

    def pick(self, name: str, label: Text, options: Sequence[Option], **how: Any) -> Markup:
        """A control to choose from; `how` is what else `Choice` takes."""
        chosen = [value] if (value := self.values.get(name, "")) else []
        control = Choice(name=name, label=label, options=options, chosen=chosen, error=self.error(name), **how)
        return blocks.choice(self.words, control)


def days_of(form: Mapping[str, str], names: Sequence[str]) -> dict[str, str]:
    """Days of a form that were filled in; verbs take none where none was."""
    return {name: text for name in names if (text := form.get(name, "").strip())}


def yes_or_no(form: Mapping[str, str], names: Sequence[str]) -> dict[str, bool]:
    """Questions of a form that were answered."""
    return {name: form[name] == "yes" for name in names if form.get(name) in {"yes", "no"}}


YES_NO = (Option("yes", say("Yes")), Option("no", say("No")))
