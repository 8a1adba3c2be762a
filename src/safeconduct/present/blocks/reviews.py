"""Reviewing: what is looked at beside the vote, who has voted, and what may be seen of it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from markupsafe import Markup

from safeconduct.model.text import Text, say
from safeconduct.present.assets import Script
from safeconduct.present.blocks.scripts import script
from safeconduct.present.blocks.texts import Link
from safeconduct.present.filling import fill
from safeconduct.present.words import Words


class Verdict(StrEnum):
    """What a checker says of something; the words of `govern.reviews`."""

    APPROVE = "approve"
    CHANGES = "changes"
    REJECT = "reject"


def verdict_name(verdict: Verdict) -> Text:
    """A verdict in words."""
    match verdict:
        case Verdict.APPROVE:
            return say("It may leave")
        case Verdict.CHANGES:
            return say("Something must change first")
        case Verdict.REJECT:
            return say("It must not leave")
        case _:
            assert_never(verdict)


@dataclass(frozen=True, kw_only=True)
class CheckLine:
    """What one rule found, as a checker sees it first.

    Attributes:
        says: What was found, in words.
        passed: Whether it is as it must be.
        advice: What to do where it is not.
    """

    says: Text | str
    passed: bool
    advice: Text | str = ""


@dataclass(frozen=True, kw_only=True)
class VoteLine:
    """A vote as this reader may see it.

    Attributes:
        who: Who voted, as this reader may know them.
        verdict: What they said.
        says: Their reason.
        at: When.
    """

    who: Text | str
    verdict: Verdict
    says: str
    at: datetime


def review_compare(words: Words, evidence: Sequence[Markup], vote: Sequence[Markup]) -> Markup:
    """Evidence first, the vote beside it where there is room and below it where there is not."""
    return fill("review_compare", words, evidence=evidence, vote=vote)


def check_list(words: Words, checks: Sequence[CheckLine]) -> Markup:
    """What the rules found; what did not pass stands first, in words and with a sign."""
    return fill("check_list", words, checks=sorted(checks, key=lambda one: one.passed))


def vote_form(
    words: Words, *, action: str, csrf: str, draft: str, chosen: Verdict | None = None, says: str = ""
) -> Markup:
    """The vote: one of three, with a reason; bound to what was looked at.

    Args:
        words: The language.
        action: Where `draft`, `verdict` and `says` go.
        csrf: The session's token.
        draft: Digest of what is looked at; a vote on anything else does not count.
        chosen: What was chosen, when the form comes back.
        says: The reason so far.
    """
    named = [(one.value, verdict_name(one), one is chosen) for one in Verdict]
    return fill("vote_form", words, action=action, csrf=csrf, draft=draft, verdicts=named, says=says)


def votes_shown(words: Words, votes: Sequence[VoteLine], *, given: int, needed: int, blind: bool) -> Markup:
    """The votes, or, while votes are blind, only how many are in: nobody votes after another's mouth.

    Args:
        words: The language.
        votes: Votes this reader may see; while blind that is their own at most.
        given: How many have voted.
        needed: How many must.
        blind: Whether votes are hidden until all are in.
    """
    told = [(one, words.say(verdict_name(one.verdict)), words.moment(one.at)) for one in votes]
    return fill("votes_shown", words, votes=told, given=given, needed=needed, blind=blind)


def review_keys(words: Words, *, previous: Link | None, following: Link | None) -> Markup:
    """Links to the things before and after this one, with a key for each; the keys can be switched off."""
    return fill("review_keys", words, previous=previous, following=following) + script(Script.KEYS)
