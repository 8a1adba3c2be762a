"""Protection levels for files of records: those that come with the package, and an owner's own, each a TOML file."""

from pathlib import Path

from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import file_rules_of
from safeconduct.release.levels import parse_level, read_level, shipped_in

REVIEWERS = range(1, 3)
WRONG = say("a file of records has 1 or 2 reviewers, and versions count up from 1")


def shipped_for_files() -> dict[str, Policy]:
    """The protection levels for files that come with the package, by name, sorted."""
    return shipped_in(__package__, parse_for_files)


def read_file_policy(path: Path) -> Policy:
    """A protection level for files from its TOML file.

    Raises:
        Unreadable: The file cannot be read.
        BadInput: It is no protection level; the message says what to change.
    """
    return read_level(path, parse_for_files)


def parse_for_files(text: str) -> Policy:
    """A protection level for files from TOML, its rules tried.

    Raises:
        BadInput: It is no protection level; the message says what to change.
    """
    return parse_level(text, reviewers=REVIEWERS, else_says=WRONG, rules_of=file_rules_of)


def in_words(policy: Policy) -> list[Text]:
    """What a protection level does, a sentence a rule, in its order, then how many people look."""
    looked = say("Two independent reviewers look at every edition.")
    if policy.reviewers == 1:
        looked = say("An independent reviewer looks at every edition.")
    return [*(rule.in_words() for rule in file_rules_of(policy)), looked]
