"""Pools: what organisations agree on before they contribute, and who is what to a pool and to a share of it."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import assert_never

from safeconduct.govern.deposits import CONDITIONED, NOT_UNDERSTOOD, Basis
from safeconduct.govern.forms import LONGEST_LINE, LONGEST_TEXT, Problem, missing, too_long
from safeconduct.govern.organisations import same_organisation
from safeconduct.govern.roles import Person, Role
from safeconduct.govern.states.machine import Part
from safeconduct.model.text import say

FEWEST = 3
"""Organisations whose shares must be there: of two, each would know the other's by leaving its own out."""
MOST = 100
MOST_COMPARISONS = 3
"""How often shares are compared: whoever makes people up learns by each who else holds them."""


class PoolStandard(StrEnum):
    """What every share is brought into."""

    HTCDS = "htcds"
    IC_TIP = "ic_tip"
    CTDC = "ctdc"


class MatchKey(StrEnum):
    """What tells that two records may be of one person."""

    NAME_AND_BIRTH = "name and date of birth"
    PHONE = "telephone"
    IDENTITY = "identity number"
    EMAIL = "e-mail"
    OFFLINE = "digest made offline"


class DuplicateRule(StrEnum):
    """Which of several records of one person the pool holds, where their holders do not settle it."""

    FIRST = "the organisation that contributed first"
    FULLEST = "the record with the most answers"


class Fate(StrEnum):
    """What a contributor says of a record of its own that another may hold too."""

    KEEP = "keep"
    MARK = "mark"


@dataclass(frozen=True, kw_only=True)
class Pool:
    """What was agreed before anybody contributed.

    Attributes:
        id: Opaque and stable.
        title: What people call it.
        study: The study its data set will belong to.
        purpose: What it is for, in words every contributor reads.
        standard: What every share is brought into.
        freeze_on: The first day it may be frozen; until then everybody may withdraw.
        host: The hosting organisation.
        basis: The legal basis the pooled records are held on.
        agreement: Reference of the agreement between host and contributors.
        agreement_from: First day it is in force.
        agreement_until: Its last day.
        members_known: Contributors may read the names of the other organisations; never more of them.
        contributor_leaves: The coded column that says which share a record came from may leave in files.
        keep: Which of several records of one person stays.
        match_by: What tells that two records may be of one person.
        phonetic: Names are compared as they sound.
        offline_column: The column that holds digests partners made offline, `""` for none.
        state: Where it is, a state of the table `pool`.
    """

    id: str
    title: str
    study: str
    purpose: str
    standard: PoolStandard
    freeze_on: date
    host: str
    basis: Basis
    agreement: str
    agreement_from: date
    agreement_until: date
    members_known: bool = False
    contributor_leaves: bool = False
    keep: DuplicateRule = DuplicateRule.FIRST
    match_by: tuple[MatchKey, ...] = tuple(MatchKey)
    phonetic: bool = False
    offline_column: str = ""
    state: str = "open"


def problems(pool: Pool, organisations: Sequence[str], *, today: date) -> tuple[Problem, ...]:
    """What is wrong with a pool that is to be opened, field by field; nothing where it can be."""
    return tuple(_problems(pool, organisations, today))


def _problems(pool: Pool, organisations: Sequence[str], today: date) -> Iterator[Problem]:
    yield from missing("title", pool.title, say("Give the pool a title."))
    yield from missing("study", pool.study, say("Say which study the pooled records will belong to."))
    yield from missing("purpose", pool.purpose, say("Say what the pool is for; every contributor reads it."))
    yield from missing("agreement", pool.agreement, say("Name the agreement between the organisations."))
    yield from too_long("title", pool.title, LONGEST_LINE)
    yield from too_long("agreement", pool.agreement, LONGEST_LINE)
    yield from too_long("purpose", pool.purpose, LONGEST_TEXT)
    if pool.freeze_on <= today:
        yield Problem(field="freeze_on", says=say("The freeze must be later than today: contributors need time."))
    if not pool.agreement_from <= today <= pool.agreement_until:
        yield Problem(field="agreement_until", says=say("The agreement must be in force today and at the freeze."))
    if pool.agreement_until < pool.freeze_on:
        yield Problem(field="freeze_on", says=say("The agreement ends before the freeze; choose an earlier day."))
    if not pool.match_by:
        yield Problem(field="match_by", says=say("Say by what records of one person are found."))
    if MatchKey.OFFLINE in pool.match_by and pool.match_by == (MatchKey.OFFLINE,) and not pool.offline_column:
        yield Problem(field="offline_column", says=say("Name the column that holds the digests made offline."))
    yield from invited_problems((), organisations, fewest=FEWEST)


def invited_problems(before: Sequence[str], new: Sequence[str], *, fewest: int = 1) -> Iterator[Problem]:
    """What is wrong with organisations to be invited: too few, too many, none named, or one twice."""
    named = [*before, *new]
    if len(new) < fewest or len(named) > MOST or not all(one.strip() for one in new):
        said = say("Name {fewest} to {most} organisations, each in a line of its own.", fewest=fewest, most=MOST)
        yield Problem(field="organisations", says=said)
    elif any(same_organisation(one, other) for at, one in enumerate(named) for other in named[:at]):
        yield Problem(field="organisations", says=say("An organisation is named twice."))


def consent_problem(basis: Basis, *, conditioned: bool | None, understood: bool | None) -> Problem | None:
    """What stands against a share held on consent, `None` where nothing does or the basis is another."""
    if basis is not Basis.CONSENT:
        return None
    if conditioned is None:
        return Problem(field="consent_conditioned", says=say("Say whether help or service depended on the consent."))
    if understood is None:
        return Problem(field="consent_understood", says=say("Say whether people understood what they agreed to."))
    if conditioned:
        return Problem(field="consent_conditioned", says=CONDITIONED)
    return None if understood else Problem(field="consent_understood", says=NOT_UNDERSTOOD)


def parts_in_pool(person: Person, pool: Pool) -> frozenset[Part]:
    """What somebody is to a pool: a steward of the hosting organisation, or nobody."""
    hosts = Role.STEWARD in person.roles and same_organisation(person.organisation, pool.host)
    return frozenset({Part.STEWARD}) if hosts else frozenset()


def parts_in_share(person: Person, organisation: str) -> frozenset[Part]:
    """What somebody is to an organisation's share: of that organisation and a contributor, or nobody.

    Example:
        >>> parts_in_share(Person(account="a", roles=frozenset({"steward"}), organisation="Haven"), "Haven")
        frozenset()
    """
    own = Role.CONTRIBUTOR in person.roles and same_organisation(person.organisation, organisation)
    return frozenset({Part.CONTRIBUTOR}) if own else frozenset()


@dataclass(frozen=True, kw_only=True)
class Candidate:
    """A record that may be of the same person as others; it says nothing of the person.

    Attributes:
        share: Id of the share.
        record: Its number in the share.
        place: When its organisation contributed, as a place in the order, from 0.
        filled: How many answers it has.
        fate: What its organisation said, `None` for nothing yet.
    """

    share: str
    record: int
    place: int
    filled: int
    fate: Fate | None = None


def chosen(candidates: Sequence[Candidate], rule: DuplicateRule) -> Candidate:
    """Which of several records of one person the pool holds: one its holder keeps, else by the rule; always one.

    Example:
        >>> first = Candidate(share="a", record=0, place=0, filled=3, fate=Fate.MARK)
        >>> second = Candidate(share="b", record=7, place=1, filled=9, fate=Fate.KEEP)
        >>> chosen([first, second], DuplicateRule.FIRST).share
        'b'
    """
    held = [one for one in candidates if one.fate is Fate.KEEP]
    open_ = [one for one in candidates if one.fate is not Fate.MARK]
    return min(held or open_ or candidates, key=lambda one: _order(one, rule))


def _order(one: Candidate, rule: DuplicateRule) -> tuple[int, int, int]:
    match rule:
        case DuplicateRule.FIRST:
            return (one.place, one.record, 0)
        case DuplicateRule.FULLEST:
            return (-one.filled, one.place, one.record)
        case _:
            assert_never(rule)
