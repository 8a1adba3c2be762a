"""What data about people may be used for: a closed list, what is never allowed, and the matcher.

A purpose is let in because it *is* on the list, never because it is a kind of something on it. In the W3C Data Privacy
Vocabulary the protection of national security is a kind of public benefit; a study opened "for public benefit" would
open to border control whoever asks. There is no "other".
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from types import MappingProxyType
from typing import Literal, assert_never

from safeconduct.govern.organisations import COMMERCIAL, UNSURE, OrganisationKind
from safeconduct.model.text import Text, say

DPV = "https://w3id.org/dpv#"


@dataclass(frozen=True, kw_only=True)
class Purpose:
    """One purpose.

    Attributes:
        code: Such as `DisplacementEstimation`; kept with requests, so it never changes.
        title: What people choose it by.
        says: What it takes in and what it does not.
        same_as: A term of another vocabulary that means exactly this, `""` for none.
        made_up_only: It is served with made-up records alone.
    """

    code: str
    title: Text
    says: Text
    same_as: str = ""
    made_up_only: bool = False


ALLOWED = (
    Purpose(code="HumanitarianNeedsAssessment", title=say("Assess humanitarian needs"),
            says=say("To find out what help groups of people need, where and how much; not to choose persons.")),
    Purpose(code="DisplacementEstimation", title=say("Estimate displacement"),
            says=say("To estimate how many people moved, from where, to where and when.")),
    Purpose(code="ServicePlanning", title=say("Plan services"),
            says=say("To plan shelter, schools, health care, water and the like for groups of people.")),
    Purpose(code="DisasterResponse", title=say("Respond to a disaster"),
            says=say("To direct help during and after a flood, an earthquake, a drought or the like.")),
    Purpose(code="EpidemicResponse", title=say("Respond to an epidemic"),
            says=say("To understand and stop the spread of a disease; not to trace persons.")),
    Purpose(code="OfficialStatistics", title=say("Make official statistics"), same_as=f"{DPV}ProvideOfficialStatistics",
            says=say("To make and publish the statistics of a country or of an international body.")),
    Purpose(code="AcademicResearch", title=say("Academic research"), same_as=f"{DPV}AcademicResearch",
            says=say("Research at a university or research centre whose results are published.")),
    Purpose(code="CounterTraffickingResearch", title=say("Research against human trafficking"),
            says=say("To understand trafficking in persons so that it can be prevented; not to investigate cases.")),
    Purpose(code="VictimServicePlanning", title=say("Plan services for victims"),
            says=say("To plan protection and support for victims of trafficking as a group.")),
    Purpose(code="MethodDevelopment", title=say("Develop methods"),
            says=say("To develop and test ways to sample, estimate, link or protect data.")),
    Purpose(code="Teaching", title=say("Teach"), made_up_only=True,
            says=say("To teach with made-up records; real ones are not given out for teaching.")),
)  # fmt: skip
"""Every purpose something can be asked for."""

PROHIBITED = (
    Purpose(code="ImmigrationEnforcement", title=say("Enforce immigration rules"),
            says=say("To find, detain, return or turn away people because of their status.")),
    Purpose(code="LawEnforcementTargeting", title=say("Target people for law enforcement"),
            says=say("To find or watch persons or groups for the police, prosecutors or secret services.")),
    Purpose(code="IndividualEligibilityDecision", title=say("Decide about single persons"),
            says=say("To decide whether a person gets help, status, work, housing or any other service.")),
    Purpose(code="CreditOrInsurancePricing", title=say("Price credit or insurance"),
            says=say("To set what persons or groups pay for credit or insurance, or whether they get it.")),
    Purpose(code="PoliticalTargeting", title=say("Target people for politics"),
            says=say("To choose whom a campaign speaks to, or keeps from voting.")),
    Purpose(code="ReIdentification", title=say("Recognise people"),
            says=say("To find out who somebody in the data is, except in a test agreed with the owner.")),
    Purpose(code="MilitaryTargeting", title=say("Target people or places for the military"),
            says=say("To choose, find or follow people or places for an armed force or group.")),
    Purpose(code="CommercialResale", title=say("Sell the data or what they say"),
            says=say("To sell, rent or trade the data or products that contain them.")),
)  # fmt: skip
"""Never, unless the owner and the data protection officer both struck it out for one study."""

PURPOSES: Mapping[str, Purpose] = MappingProxyType({one.code: one for one in (*ALLOWED, *PROHIBITED)})
"""Every purpose by code."""

_LEAVES = {name: one.code for one in ALLOWED for name in (one.code, one.same_as) if name}
_LISTED = frozenset(one.code for one in ALLOWED)
_NEVER = frozenset(one.code for one in PROHIBITED)


class Answer(StrEnum):
    """What a condition says of a request; what the program cannot know, a person looks at."""

    YES = "yes"
    NO = "no"
    ASK = "needs a person"


class Condition(StrEnum):
    """What a study may ask of every request."""

    NON_COMMERCIAL = "non-commercial use"
    NOT_FOR_PROFIT = "organisations not for profit"
    ETHICS = "approval of an ethics board"
    TIME_LIMIT = "only until a day"
    COUNTRIES = "only in some countries"
    COLLABORATION = "together with the producers"
    RETURN = "results come back"
    PUBLISH = "results are published"

    @property
    def term(self) -> str:
        """The same in the Data Use Ontology."""
        return DUO[self]


DUO: Mapping[Condition, str] = MappingProxyType({
    Condition.NON_COMMERCIAL: "DUO:0000046",
    Condition.NOT_FOR_PROFIT: "DUO:0000045",
    Condition.ETHICS: "DUO:0000021",
    Condition.TIME_LIMIT: "DUO:0000025",
    Condition.COUNTRIES: "DUO:0000022",
    Condition.COLLABORATION: "DUO:0000020",
    Condition.RETURN: "DUO:0000029",
    Condition.PUBLISH: "DUO:0000019",
})  # fmt: skip
"""The term of the Data Use Ontology for each condition."""


@dataclass(frozen=True, kw_only=True)
class StruckOut:
    """A prohibition that two people took away for one study; one of them alone takes nothing away.

    Attributes:
        purpose: Code of the prohibited purpose.
        owner: Opaque id of the owner's steward who did.
        officer: Opaque id of the data protection officer who did; somebody else.
        why: Their reason; shown in the register.
    """

    purpose: str
    owner: str
    officer: str
    why: str

    @property
    def holds(self) -> bool:
        """Whether two different people gave a reason."""
        return bool(self.owner and self.officer and self.why.strip()) and self.owner != self.officer


@dataclass(frozen=True, kw_only=True)
class UseRules:
    """What a study may be used for.

    Attributes:
        allowed: Codes of the purposes it is open for; every allowed one by default. A code that is not on the list
            of allowed purposes opens nothing.
        prohibited: Codes it prohibits beside those that are always prohibited; they win over `allowed`.
        struck_out: Prohibitions taken away for it.
        conditions: What it asks of every request.
        until: Last day of use where it has a time limit.
        countries: Codes of countries it may be used in, ISO 3166-1 alpha-3, where it says so.
    """

    allowed: frozenset[str] = frozenset(one.code for one in ALLOWED)
    prohibited: frozenset[str] = frozenset()
    struck_out: tuple[StruckOut, ...] = ()
    conditions: frozenset[Condition] = frozenset()
    until: date | None = None
    countries: frozenset[str] = frozenset()

    @property
    def never(self) -> frozenset[str]:
        """Codes of everything it prohibits."""
        return (_NEVER - self._struck) | self.prohibited

    @property
    def open(self) -> frozenset[str]:
        """Codes it can be asked for: what it is open for and what was struck out for it, less what it prohibits."""
        return (self.allowed & _LISTED | self._struck & _NEVER) - self.never

    @property
    def _struck(self) -> frozenset[str]:
        return frozenset(one.purpose for one in self.struck_out if one.holds)


@dataclass(frozen=True, kw_only=True)
class Wish:
    """What somebody wants to use a study for.

    Attributes:
        purpose: Code of the purpose.
        downstream: Codes of what else it may be used for afterwards, by whomever.
        kind: What sort of organisation asks.
        commercial: Whether anybody earns with it, `None` where nobody said.
        ethics: Reference of an ethics board's approval, `""` for none.
        completion: Last day of use, `None` where nobody said.
        country: Where it is used, ISO 3166-1 alpha-3, `""` where nobody said.
        made_up: It asks for made-up records alone.
    """

    purpose: str
    downstream: tuple[str, ...] = ()
    kind: OrganisationKind
    commercial: bool | None = None
    ethics: str = ""
    completion: date | None = None
    country: str = ""
    made_up: bool = False


@dataclass(frozen=True, kw_only=True)
class Checked:
    """What one rule of the matcher says.

    Attributes:
        rule: Stable id, such as `purpose.prohibited`.
        answer: What it says.
        says: The same in words, for the applicant.
    """

    rule: str
    answer: Answer
    says: Text


class Outcome(StrEnum):
    """What a match comes to. There is no approval among them: people approve."""

    REFUSED = "refused"
    FOR_REVIEW = "for review"


@dataclass(frozen=True, kw_only=True)
class Match:
    """What the matcher says of a wish; kept with the request and shown to whoever asked.

    Attributes:
        outcome: Refused, or for people to look at.
        checks: Every rule that was looked at, in order.
    """

    outcome: Outcome
    checks: tuple[Checked, ...]

    @property
    def reasons(self) -> tuple[Checked, ...]:
        """What it was refused for."""
        return tuple(one for one in self.checks if one.answer is Answer.NO)

    @property
    def open(self) -> tuple[Checked, ...]:
        """What a person must look at."""
        return tuple(one for one in self.checks if one.answer is Answer.ASK)


def leaf(code: str) -> str:
    """The allowed purpose a code or a term means exactly, `""` for none; what it is a kind of never counts.

    Example:
        >>> leaf("https://w3id.org/dpv#ProvideOfficialStatistics"), leaf("https://w3id.org/dpv#PublicBenefit")
        ('OfficialStatistics', '')
    """
    return _LEAVES.get(code, "")


def matches(wish: Wish, rules: UseRules) -> Match:
    """Whether a wish may go to the people who decide, or is refused before they see it."""
    checks = (*_prohibited(wish, rules), *_listed(wish, rules), *_conditions(wish, rules))
    refused = any(one.answer is Answer.NO for one in checks)
    return Match(outcome=Outcome.REFUSED if refused else Outcome.FOR_REVIEW, checks=checks)


def _wanted(wish: Wish) -> tuple[str, ...]:
    return tuple(dict.fromkeys((wish.purpose, *wish.downstream)))


def _prohibited(wish: Wish, rules: UseRules) -> Iterator[Checked]:
    hit = [code for code in _wanted(wish) if code in rules.never or leaf(code) in rules.never]
    says = say("The use asked for is prohibited for this study.") if hit else say("No prohibited use is asked for.")
    yield Checked(rule="purpose.prohibited", answer=_as_answer(not hit), says=says)


def _listed(wish: Wish, rules: UseRules) -> Iterator[Checked]:
    codes = [leaf(code) or code for code in _wanted(wish)]
    ok = all(code in rules.open for code in codes)
    listed = say("The purpose is one the study is open for.")
    no = say("The purpose is not one the study is open for, and nothing else counts as one.")
    yield Checked(rule="purpose.not_listed", answer=_as_answer(ok), says=listed if ok else no)
    if any(PURPOSES[code].made_up_only for code in codes if code in _LISTED):
        says = say("This purpose is served with made-up records only.")
        yield Checked(rule="purpose.made_up_only", answer=_as_answer(wish.made_up), says=says)


def _conditions(wish: Wish, rules: UseRules) -> Iterator[Checked]:
    for one in Condition:
        if one in rules.conditions:
            answer, says = _condition(one, wish, rules)
            yield Checked(rule=f"condition.{one.name.lower()}", answer=answer, says=says)


def _condition(one: Condition, wish: Wish, rules: UseRules) -> tuple[Answer, Text]:
    match one:
        case Condition.NON_COMMERCIAL:
            answer = Answer.ASK if wish.commercial is None else _as_answer(not wish.commercial)
            return answer, say("Nobody may earn money with this study.")
        case Condition.NOT_FOR_PROFIT:
            answer = Answer.ASK if wish.kind in UNSURE else _as_answer(wish.kind not in COMMERCIAL)
            return answer, say("Only organisations that do not exist to earn money may use this study.")
        case Condition.ETHICS:
            answer = Answer.ASK if wish.ethics.strip() else Answer.NO
            return answer, say("Use of this study needs the approval of an ethics board; a person looks at it.")
        case Condition.TIME_LIMIT:
            return _in_time(wish, rules), say("This study may be used for a limited time only.")
        case Condition.COUNTRIES:
            answer = _as_answer(wish.country in rules.countries) if wish.country else Answer.ASK
            return answer, say("This study may be used in some countries only.")
        case _:
            return _promised(one)


def _promised(
    one: Literal[Condition.COLLABORATION, Condition.RETURN, Condition.PUBLISH],
) -> tuple[Answer, Text]:
    """What a request can only promise, so that a person judges the promise."""
    match one:
        case Condition.COLLABORATION:
            return Answer.ASK, say("This study is used together with those who made it.")
        case Condition.RETURN:
            return Answer.ASK, say("Results made from this study are sent back to its owner.")
        case Condition.PUBLISH:
            return Answer.ASK, say("Results made from this study are published.")
        case _:
            assert_never(one)


def _in_time(wish: Wish, rules: UseRules) -> Answer:
    if rules.until is None or wish.completion is None:
        return Answer.ASK
    return _as_answer(wish.completion <= rules.until)


def _as_answer(ok: bool) -> Answer:  # noqa: FBT001 - turns one into the other
    return Answer.YES if ok else Answer.NO
