"""Protection levels as values: which rules, with which parameters."""

from collections.abc import Iterable, Mapping
from dataclasses import MISSING, Field, dataclass, field
from typing import Any

from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import BadInput


@dataclass(frozen=True)
class RuleSpec:
    """A rule's name and its parameters, in the order the policy applies it."""

    name: str
    parameters: Mapping[str, Json] = field(hash=False)

    def check(self, known: Iterable[Field[Any]]) -> None:
        """Hold the names of the parameters to those the rule has; their values are not looked at.

        Raises:
            BadInput: One is unknown, or one without a default is missing; the message names it.
        """
        held = {one.name: one for one in known}
        if unknown := sorted(set(self.parameters) - set(held)):
            told = f"it knows {', '.join(held)}" if held else "it has none"
            raise BadInput(f"the rule {self.name!r} has no parameter {unknown[0][:60]!r}; {told}", field=unknown[0])
        needed = [name for name, one in held.items() if one.default is MISSING and one.default_factory is MISSING]
        if missing := [name for name in needed if name not in self.parameters]:
            raise BadInput(f"the rule {self.name!r} needs {missing[0]!r}", field=missing[0])


@dataclass(frozen=True, kw_only=True)
class Policy:
    """A protection level: the rules a draft must pass, in order.

    Attributes:
        name: Such as `operational`.
        version: Counts up from 1.
        title: What people call it.
        says: What it protects against, in words.
        does_not_resist: The attacks it does not yet stop, in words; shown wherever the policy is chosen.
        reviewers: Independent reviewers a draft needs, 0 to 2.
        rules: What is applied, in order.
    """

    name: str
    version: int
    title: str
    says: str
    does_not_resist: tuple[str, ...]
    reviewers: int
    rules: tuple[RuleSpec, ...]

    @property
    def id(self) -> str:
        """SHA-256 of the policy's canonical JSON: the same rules and words, the same id."""
        return digest(self.to_json())

    def to_json(self) -> dict[str, Json]:
        """The policy as canonical JSON takes it."""
        return {
            "name": self.name,
            "version": self.version,
            "title": self.title,
            "says": self.says,
            "does_not_resist": list(self.does_not_resist),
            "reviewers": self.reviewers,
            "rule": [{"name": rule.name, **rule.parameters} for rule in self.rules],
        }

    @classmethod
    def from_json(cls, tree: Mapping[str, object]) -> "Policy":
        """A policy from its TOML or JSON tree.

        Raises:
            BadInput: A part is missing, unknown or of the wrong kind.
        """
        known = {"name", "version", "title", "says", "does_not_resist", "reviewers", "rule"}
        if wrong := sorted(known ^ set(tree)):
            raise BadInput(f"a policy has exactly {', '.join(sorted(known))}; look at {', '.join(wrong)}")
        rules, limits = tree["rule"], tree["does_not_resist"]
        if not isinstance(rules, list | tuple) or not isinstance(limits, list | tuple):
            raise BadInput("write rules as [[rule]] tables and does_not_resist as a list of sentences")
        return cls(
            name=str(tree["name"]),
            version=int(str(tree["version"])),
            title=str(tree["title"]),
            says=str(tree["says"]),
            does_not_resist=tuple(str(limit) for limit in limits),
            reviewers=int(str(tree["reviewers"])),
            rules=tuple(_rule(rule) for rule in rules),
        )


def _rule(tree: object) -> RuleSpec:
    if not isinstance(tree, Mapping) or "name" not in tree:
        raise BadInput("each [[rule]] has a name")
    return RuleSpec(str(tree["name"]), {key: value for key, value in tree.items() if key != "name"})
