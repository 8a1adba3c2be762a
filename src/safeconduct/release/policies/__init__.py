"""Protection levels: those that come with the package, and an owner's own, each a TOML file."""

from pathlib import Path

from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.release.base import rules_of
from safeconduct.release.levels import parse_level, read_level, shipped_in

REVIEWERS = range(3)
WRONG = say("reviewers go from 0 to 2, and versions count up from 1")


def shipped() -> dict[str, Policy]:
    """The protection levels that come with the package, by name, sorted."""
    return shipped_in(__package__, parse)


def read_policy(path: Path) -> Policy:
    """A protection level from its TOML file.

    Raises:
        Unreadable: The file cannot be read.
        BadInput: It is no protection level; the message says what to change.
    """
    return read_level(path, parse)


def parse(text: str) -> Policy:
    """A protection level from TOML, its rules tried.

    Raises:
        BadInput: It is no protection level; the message says what to change.
    """
    return parse_level(text, reviewers=REVIEWERS, else_says=WRONG, rules_of=rules_of)


def in_words(policy: Policy) -> list[Text]:
    """What a protection level does, a sentence a rule, in its order, then how many people look."""
    looked = say("Two independent reviewers look at every new kind of question.") if policy.reviewers > 1 else None
    if policy.reviewers == 1:
        looked = say("An independent reviewer looks at every new kind of question.")
    return [rule.in_words() for rule in rules_of(policy)] + ([looked] if looked else [])
