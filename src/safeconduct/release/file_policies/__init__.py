"""Protection levels for files of records: those that come with the package, and an owner's own, each a TOML file."""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path

from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import file_rules_of

LEAST_REVIEWERS, MOST_REVIEWERS = 1, 2


def shipped_for_files() -> dict[str, Policy]:
    """The protection levels for files that come with the package, by name, sorted."""
    found = [one for one in files(__package__).iterdir() if one.name.endswith(".toml")]
    policies = [parse_for_files(one.read_text(encoding="utf-8")) for one in sorted(found, key=lambda one: one.name)]
    return {policy.name: policy for policy in policies}


def read_file_policy(path: Path) -> Policy:
    """A protection level for files from its TOML file.

    Raises:
        Unreadable: The file cannot be read.
        BadInput: It is no protection level; the message says what to change.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Unreadable(say("the protection level {file} cannot be read as UTF-8 text", file=path.name)) from None
    return parse_for_files(text)


def parse_for_files(text: str) -> Policy:
    """A protection level for files from TOML, its rules tried.

    Raises:
        BadInput: It is no protection level; the message says what to change.
    """
    try:
        tree: Mapping[str, object] = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise BadInput(say("a protection level is a TOML file: {problem}", problem=str(error))) from None
    for name in ("version", "reviewers"):
        if type(tree.get(name)) is not int:
            raise BadInput(say("a protection level has a whole number as its {name}", name=name), field=name)
    policy = Policy.from_json(tree)
    if not LEAST_REVIEWERS <= policy.reviewers <= MOST_REVIEWERS or policy.version < 1:
        raise BadInput(say("a file of records has 1 or 2 reviewers, and versions count up from 1"), field="reviewers")
    file_rules_of(policy)
    return policy


def in_words(policy: Policy) -> list[Text]:
    """What a protection level does, a sentence a rule, in its order, then how many people look."""
    looked = say("Two independent reviewers look at every edition.")
    if policy.reviewers == 1:
        looked = say("An independent reviewer looks at every edition.")
    return [*(rule.in_words() for rule in file_rules_of(policy)), looked]
