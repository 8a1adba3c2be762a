"""What an output rule is, and where rules are found."""

from abc import ABC, abstractmethod
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import date
from functools import cache
from typing import ClassVar, get_type_hints

from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Admission, Bound, Cost, Draft, Evidence, History, Refusal
from safeconduct.model.policy import Policy, RuleSpec
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.text import Text, say
from safeconduct.query.question import Question
from safeconduct.query.spec import decode

TOO_FEW = "minimum_contributors"
"""Reason of a cell without enough people, whether few or nobody: one word, so that nobody cannot be told from few."""

LAST = "presentation"
"""The rule every protection level ends with: it lists the cells that were asked for, found or not."""


@dataclass(frozen=True, kw_only=True)
class Rule(Plugin, ABC):
    """One protection: a frozen dataclass whose fields are its parameters, whole numbers and words only.

    `admit` sees the question, public facts and past questions, never an answer. `apply` marks cells; it never gives a
    cell back its value, never raises the number of people behind a cell, and is the same applied twice: a rule that
    changes values computes the new one from evidence, not from the value.

    Attributes:
        title: What people call it.
        protects: It withholds or blurs what few people are behind; a level needs one rule that does.
        blurs: It changes values; others only mark cells.
        guarantees: What all its answers reveal together is bounded, whatever somebody knows besides.
        beside: It withholds figures of enough people too, with the reason of those of too few.
        private: Parameters that never leave; a release names them by one digest.
    """

    title: ClassVar[Text]
    protects: ClassVar[bool] = False
    blurs: ClassVar[bool] = False
    guarantees: ClassVar[bool] = False
    beside: ClassVar[bool] = False
    private: ClassVar[frozenset[str]] = frozenset()

    @abstractmethod
    def in_words(self) -> Text:
        """What it does with these parameters, in a sentence."""

    def wanted(self) -> frozenset[Evidence]:
        """Evidence it will look at."""
        return frozenset()

    def admit(self, question: Question, policy: Policy) -> Refusal | None:
        """A refusal, where the question alone shows that its answer could not be given safely."""
        del question, policy
        return None

    def least_people(self) -> int:
        """People a figure must be of to be told; 0 where the rule counts nobody."""
        return 0

    def farthest(self) -> tuple[int, int] | None:
        """How far noise mostly and at most moves a number of people; `None` where there is none, or no bound."""
        return None

    def together(self) -> tuple[int, int] | None:
        """Fewest people that answers may show together, and to within how many; `None` where files wait for no look."""
        return None

    def compare(self) -> int:
        """People whose records only one of two questions reads must be so many; 0 where the rule compares nothing."""
        return 0

    def audit(self, question: Question, policy: Policy, history: History) -> Refusal | None:
        """A refusal, where what was asked before shows that this answer could not be given safely beside it."""
        del question, policy, history
        return None

    def waits(self, question: Question) -> tuple[date, ...]:
        """Days of which figures are withheld only because they are too recent on the day it is asked."""
        del question
        return ()

    def reviewers(self, question: Question) -> int:
        """Independent people who must look at this very answer because of what it names, 0 to 2."""
        del question
        return 0

    def bound(self, question: Question) -> Bound | None:
        """How much of the answer one person may make up."""
        del question
        return None

    def costs(self, question: Question) -> tuple[Cost, ...]:
        """What the answer takes from which budgets."""
        del question
        return ()

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """A draft in which every cell that must not be told is marked."""
        del admission
        return draft

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """What a reader of the release must know because of this rule."""
        del admission
        return ()


output_rule: Registry[Rule] = Registry("output rule", "safeconduct.release.rules")


def build(spec: RuleSpec) -> Rule:
    """A rule with the parameters of a protection level.

    Raises:
        UnknownName: There is no such rule; the message offers the closest.
        BadInput: A parameter is unknown, missing, of the wrong kind or out of range; the message names it.
    """
    sort = output_rule[spec.name]
    spec.check(fields(sort))
    return sort(**_parameters(sort, spec.parameters))


@cache
def _hints(sort: type[Rule]) -> dict[str, object]:
    return get_type_hints(sort)


def _parameters(sort: type[Rule], given: Mapping[str, object]) -> dict[str, object]:
    hints = _hints(sort)
    return {name: decode(hints[name], value, name) for name, value in given.items()}


def outside(spec: RuleSpec) -> dict[str, Json]:
    """A rule as a release names it: its parameters, the private ones as one digest.

    Raises:
        UnknownName: There is no such rule.
    """
    private = output_rule[spec.name].private
    kept = {name: value for name, value in spec.parameters.items() if name in private}
    told = {name: value for name, value in spec.parameters.items() if name not in private}
    return {"name": spec.name, **told, **({"private": digest(kept)} if kept else {})}


def rules_of(policy: Policy) -> tuple[Rule, ...]:
    """The rules of a protection level, in its order.

    Raises:
        BadInput: A rule cannot be built, the level counts nobody, it does not end with `presentation`, or it promises a
            guarantee and looks at records beside it.
    """
    rules = tuple(build(spec) for spec in policy.rules)
    names = [rule.name for rule in rules]
    if not any(rule.protects for rule in rules):
        raise BadInput(f"the protection level {policy.name!r} needs the rule {TOO_FEW!r}", field="rule")
    if names.count(LAST) != 1 or names[-1] != LAST:
        raise BadInput(f"the protection level {policy.name!r} must end with the rule {LAST!r}, once", field="rule")
    if looking := [rule.name for rule in rules if _looks_beside_guarantee(rule, rules)]:
        raise BadInput(_looks(policy.name, looking[0]), field="rule")
    return rules


def _looks_beside_guarantee(rule: Rule, rules: Iterable[Rule]) -> bool:
    """Whether what a rule withholds would tell of records what no noise covers and no budget paid for."""
    return any(one.guarantees for one in rules) and bool(rule.wanted() - {Evidence.BOUNDED})


def _looks(level: str, rule: str) -> str:
    return (
        f"the rule {rule!r} looks at the true counts, so the protection level {level!r} could not keep its guarantee; "
        "leave it out, or set it so that it looks at none"
    )


def set_by(policy: Policy) -> Text:
    """Which protection level a refusal comes from, in words."""
    return say("Set by the protection level '{title}', version {version}.", title=policy.title, version=policy.version)
