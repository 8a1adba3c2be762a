"""Blocks for what happened to a question: refused, waiting, under way."""

from collections.abc import Callable

from markupsafe import Markup

from safeconduct.model.outcomes import Alternative, Pending, Refusal
from safeconduct.model.text import Text
from safeconduct.present.filling import fill
from safeconduct.present.words import Words


def refusal_card(
    words: Words, refusal: Refusal, *, link: Callable[[Alternative], str] | None = None, before: bool = False
) -> Markup:
    """A no that helps: what, which rule, set by which agreement, what would pass, whom to ask.

    Args:
        words: The language.
        refusal: The refusal; it is built from the question and public facts only.
        link: The address that asks an alternative; without it alternatives are only told.
        before: Whether the question was only explained and not asked yet.
    """
    alternatives = [(one.says, link(one) if link and one.spec is not None else "") for one in refusal.alternatives]
    return fill("refusal_card", words, refusal=refusal, alternatives=alternatives, before=before)


def pending_card(words: Words, pending: Pending) -> Markup:
    """Not released yet: how many independent reviewers must still speak."""
    return fill("pending_card", words, pending=pending)


def progress(words: Words, *, step: int, steps: int, says: Text | str) -> Markup:
    """How far something is, in steps, which never depend on how many people there are.

    Give `pages.Frame` a `refresh` beside it, so that the page looks again by itself.
    """
    return fill("progress", words, step=step, steps=max(steps, 1), says=says)
