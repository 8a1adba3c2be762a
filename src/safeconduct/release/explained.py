"""Protection levels explained: every rule with every parameter, and what the level does to made-up tables."""

from dataclasses import dataclass
from enum import Enum
from inspect import cleandoc

from safeconduct.model.policy import Policy
from safeconduct.model.text import Text
from safeconduct.protect.base import parameters_of
from safeconduct.release.base import Rule, rules_of
from safeconduct.release.worked_example import Example, ExampleQuestion, examples, questions


@dataclass(frozen=True, kw_only=True)
class RuleParameter:
    """One parameter of a rule as a level sets it.

    Attributes:
        name: What the level's file calls it.
        value: What it is set to, as text.
        says: What it means, with its range, from the rule's documentation.
        default: What it is where a level does not say.
    """

    name: str
    value: str
    says: str
    default: str


@dataclass(frozen=True, kw_only=True)
class RuleExplained:
    """One rule of a level.

    Attributes:
        name: Its name in the level's file.
        title: What people call it.
        says: What it does with these parameters, in a sentence.
        about: How it works and what it does not do, from its documentation.
        parameters: Every parameter, also those the level leaves as they are.
    """

    name: str
    title: Text
    says: Text
    about: str
    parameters: tuple[RuleParameter, ...]


@dataclass(frozen=True, kw_only=True)
class LevelExplained:
    """A protection level with everything that can be said of it without looking at a record.

    Attributes:
        name: What agreements call it.
        version: Counts up from 1.
        title: What people call it.
        says: What it is for.
        reviewers: Independent people who look before a new kind of question is answered.
        rules: Its rules, in the order they are applied.
        does_not_resist: Attacks it does not stop.
        examples: What it does to made-up tables.
        questions: What it says to questions.
    """

    name: str
    version: int
    title: str
    says: str
    reviewers: int
    rules: tuple[RuleExplained, ...]
    does_not_resist: tuple[str, ...]
    examples: tuple[Example, ...]
    questions: tuple[ExampleQuestion, ...]


def explained(policy: Policy) -> LevelExplained:
    """Explain a protection level; the examples run through its real rules.

    Raises:
        BadInput: The protection level cannot be used.
    """
    return LevelExplained(
        name=policy.name,
        version=policy.version,
        title=policy.title,
        says=policy.says,
        reviewers=policy.reviewers,
        rules=tuple(_rule(one) for one in rules_of(policy)),
        does_not_resist=policy.does_not_resist,
        examples=examples(policy),
        questions=questions(policy),
    )


def _rule(rule: Rule) -> RuleExplained:
    return RuleExplained(
        name=rule.name, title=rule.title, says=rule.in_words(), about=_about(rule), parameters=rule_parameters(rule)
    )


def rule_parameters(rule: Rule) -> tuple[RuleParameter, ...]:
    """Every parameter of a rule, with what it is set to."""
    return tuple(
        RuleParameter(
            name=one.name, value=written(getattr(rule, one.name)), says=plain(one.says), default=written(one.default)
        )
        for one in parameters_of(type(rule))  # type: ignore[arg-type]  # it reads fields and documentation alone
    )


def written(value: object) -> str:
    """A parameter's value as a person writes it; parts of a list are parted by commas.

    Example:
        >>> written(("06-18", "18-06")), written(16)
        ('06-18, 18-06', '16')
    """
    if isinstance(value, tuple | list | frozenset):
        return ", ".join(written(one) for one in value)
    return str(value.value if isinstance(value, Enum) else value)


def plain(documentation: str) -> str:
    """Documentation on one line, without marks for programmers."""
    return " ".join(documentation.replace("`", "").split())


def _about(rule: Rule) -> str:
    """What the documentation says before it comes to parameters."""
    paragraphs = cleandoc(type(rule).__doc__ or "").split("\n\n")
    told = [one for one in paragraphs if not one.startswith(("Attributes:", "References:", "Example:"))]
    return plain(" ".join(told))
