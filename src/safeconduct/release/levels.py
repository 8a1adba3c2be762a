"""Protection levels as TOML files: read alike, whether their rules are for figures or for files."""

import tomllib
from collections.abc import Callable, Mapping
from importlib.resources import files
from pathlib import Path

from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say


def shipped_in(package: str, parse: Callable[[str], Policy]) -> dict[str, Policy]:
    """The protection levels that lie in a package, by name, sorted."""
    found = [one for one in files(package).iterdir() if one.name.endswith(".toml")]
    policies = [parse(one.read_text(encoding="utf-8")) for one in sorted(found, key=lambda one: one.name)]
    return {policy.name: policy for policy in policies}


def read_level(path: Path, parse: Callable[[str], Policy]) -> Policy:
    """A protection level from its TOML file.

    Raises:
        Unreadable: The file cannot be read.
        BadInput: It is no protection level; the message says what to change.
    """
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError):
        raise Unreadable(say("the protection level {file} cannot be read as UTF-8 text", file=path.name)) from None
    return parse(text)


def parse_level(text: str, *, reviewers: range, else_says: Text, rules_of: Callable[[Policy], object]) -> Policy:
    """A protection level from TOML, its rules tried.

    Args:
        text: The TOML.
        reviewers: How many reviewers it may ask for.
        else_says: What to say where it asks for more or fewer, or where its version is below 1.
        rules_of: Builds its rules, and says what is wrong with them.

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
    if policy.reviewers not in reviewers or policy.version < 1:
        raise BadInput(else_says, field="reviewers")
    rules_of(policy)
    return policy
