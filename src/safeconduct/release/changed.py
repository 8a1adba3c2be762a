"""A protection level with other parameters, as somebody proposes it; it is not adopted by being written down."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import get_args, get_origin

from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput
from safeconduct.model.policy import Policy, RuleSpec
from safeconduct.model.text import say
from safeconduct.protect.base import parameters_of
from safeconduct.release.base import output_rule, rules_of


def changed(policy: Policy, changes: Sequence[str]) -> Policy:
    """The level with parameters changed, its rules tried.

    Args:
        policy: The level as it is.
        changes: Each `RULE.PARAMETER=VALUE`, such as `minimum_contributors.minimum=20`; parts of a list are parted by
            commas. A parameter changed twice is what the last one says.

    Raises:
        BadInput: A change cannot be read, names a rule the level does not have, or makes a level that cannot be used.

    Example:
        >>> from safeconduct.release.policies import shipped
        >>> changed(shipped()["threshold_only"], ["minimum_contributors.minimum=20"]).rules[1].parameters["minimum"]
        20
    """
    for one in changes:
        name, parameter, value = _parts(one)
        if name not in {rule.name for rule in policy.rules}:
            raise BadInput(
                say("the level '{level}' has no rule '{rule}'", level=policy.name, rule=name[:60]), field="changes"
            )
        read = _read(name, parameter, value)
        rules = tuple(_with(rule, parameter, read) if rule.name == name else rule for rule in policy.rules)
        policy = replace(policy, rules=rules)
    rules_of(policy)
    return policy


def _parts(change: str) -> tuple[str, str, str]:
    where, equals, value = change.partition("=")
    name, dot, parameter = where.strip().partition(".")
    if not (equals and dot and name and parameter):
        raise BadInput(
            say("write a change as RULE.PARAMETER=VALUE, such as minimum_contributors.minimum=20"), field="changes"
        )
    return name, parameter.strip(), value.strip()


def _with(rule: RuleSpec, parameter: str, value: Json) -> RuleSpec:
    parameters: Mapping[str, Json] = {**rule.parameters, parameter: value}
    return RuleSpec(rule.name, parameters)


def _read(name: str, parameter: str, value: str) -> Json:
    """A value as the level's file would write it."""
    found = {one.name: one.hint for one in parameters_of(output_rule[name])}  # type: ignore[arg-type]  # it reads fields and documentation alone
    if parameter not in found:
        raise BadInput(
            say("the rule '{rule}' has no parameter '{name}'", rule=name, name=parameter[:60]), field="changes"
        )
    hint = found[parameter]
    if get_origin(hint) is tuple:
        return [_one(get_args(hint)[0], part.strip(), parameter) for part in value.split(",") if part.strip()]
    return _one(hint, value, parameter)


def _one(hint: object, value: str, parameter: str) -> Json:
    if hint is not int:
        return value
    if not value.lstrip("-").isdecimal() or not value.isascii():
        raise BadInput(say("'{name}' is a whole number", name=parameter), field="changes")
    return int(value)
