"""Pools as the hosting steward sees them: opened, planned, compared, closed; reports about shares, never a row."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from safeconduct.actions.messages import tell
from safeconduct.actions.moving import move, start, table
from safeconduct.actions.pool_base import (
    ALIVE,
    HERE,
    POOL,
    SHARE,
    HeldPool,
    HeldShare,
    body_of,
    contributors,
    hosted,
    paper,
    plan_steps,
    pool_in,
    pool_papers,
    shares_of,
)
from safeconduct.actions.pool_leaving import destroy_key, drop_half_frozen, leave_out
from safeconduct.actions.pool_waiting import waits_for_host
from safeconduct.actions.profiles import organisation_of, person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.studies import study_exists
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, task_of
from safeconduct.govern.deposits import Basis
from safeconduct.govern.pools import (
    FEWEST,
    MOST_COMPARISONS,
    DuplicateRule,
    MatchKey,
    Pool,
    PoolStandard,
    invited_problems,
    parts_in_pool,
    problems,
)
from safeconduct.govern.states.machine import BY_SYSTEM, commands
from safeconduct.ingest.pooled_report import FieldSummary, conflicts
from safeconduct.ledger.entries import Fact
from safeconduct.model.errors import BadInput, WrongState
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.protect.base import build


@dataclass(frozen=True, kw_only=True)
class PoolLine:
    """A pool in a list.

    Attributes:
        id: Its id.
        title: What people call it.
        study: The study its records will belong to.
        state: Where it is.
        freeze_on: The first day it may be frozen.
        waits: What the host has to do now, `None` while it waits for others.
        since: Since when that waits, UTC.
    """

    id: str
    title: str
    study: str
    state: str
    freeze_on: date
    waits: Text | None = None
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class MemberLine:
    """An invited organisation as the host sees it: where it stands, never how much it holds.

    Attributes:
        organisation: Its name.
        state: Where its share is.
        since: Since when, UTC.
    """

    organisation: str
    state: str
    since: datetime


@dataclass(frozen=True, kw_only=True)
class FieldLine:
    """How one field of one share fits; no cell and no count.

    Attributes:
        organisation: Whose share.
        field: The field of the standard.
        strange_codes: Some of its codes are outside the list and become nothing.
        grain: How fine it tells its values, `""` where that means nothing.
    """

    organisation: str
    field: str
    strange_codes: bool
    grain: str


@dataclass(frozen=True, kw_only=True)
class ConflictLine:
    """Where shares do not fit each other.

    Attributes:
        field: The field of the standard.
        says: What differs.
        organisations: Between whom.
    """

    field: str
    says: Text
    organisations: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class PoolView:
    """A pool as its hosting steward sees it.

    Attributes:
        pool: What was agreed.
        since: Since when it is where it is, UTC.
        can: What the caller may do to it now, commands of the table `pool`.
        members: The organisations invited.
        fields: How the fields of the shares fit.
        conflicts: Where shares do not fit each other.
        steps: Its treatment plan.
        says: What each step does, in a sentence.
        comparisons_left: How often the shares may still be compared.
        work: How far comparing or freezing is.
    """

    pool: Pool
    since: datetime
    can: tuple[str, ...]
    members: tuple[MemberLine, ...]
    fields: tuple[FieldLine, ...]
    conflicts: tuple[ConflictLine, ...]
    steps: tuple[Step, ...]
    says: tuple[Text, ...]
    comparisons_left: int
    work: Task | None


@action(needs="pool")
def open_pool(  # noqa: PLR0913 - a pool is agreed on in this much, each by name
    room: Room,
    *,
    title: str,
    study: str,
    purpose: str,
    standard: PoolStandard,
    freeze_on: date,
    organisations: tuple[str, ...],
    basis: Basis,
    agreement: str,
    agreement_from: date,
    agreement_until: date,
    members_known: bool = False,
    contributor_leaves: bool = False,
    keep: DuplicateRule = DuplicateRule.FIRST,
    match_by: tuple[MatchKey, ...] = tuple(MatchKey),
    phonetic: bool = False,
    offline_column: str = "",
) -> PoolView:
    """Open a pool: organisations contribute case files, each sees its own share, one data set comes of it.

    Args:
        title: What people call it.
        study: Id of the study the pooled records will belong to; it has no records yet.
        purpose: What the pool is for; every contributor reads it.
        standard: htcds, ic_tip or ctdc: what every share is brought into.
        freeze_on: The first day the pool may be frozen; until then everybody may withdraw.
        organisations: At least three organisations to invite, as their accounts name them.
        basis: The legal basis the pooled records are held on.
        agreement: Reference of the agreement between the organisations.
        agreement_from: First day it is in force.
        agreement_until: Its last day.
        members_known: Contributors may read the names of the other organisations.
        contributor_leaves: The coded column of contributors may leave in files, since the agreement says so.
        keep: Which of several records of one person the pool holds.
        match_by: By what records of one person are found.
        phonetic: Compare names as they sound.
        offline_column: The column that holds digests partners made offline.
    """
    said = Pool(
        id=f"p{secrets.token_hex(8)}", title=title.strip(), study=study.strip(), purpose=purpose.strip(),
        standard=standard, freeze_on=freeze_on, host=organisation_of(room.site, room.caller.account),
        basis=basis, agreement=agreement.strip(), agreement_from=agreement_from, agreement_until=agreement_until,
        members_known=members_known, contributor_leaves=contributor_leaves, keep=keep, match_by=match_by,
        phonetic=phonetic, offline_column=offline_column.strip(),
    )  # fmt: skip
    _check(room, said, organisations)
    pool_papers(room.site, said.id).make_key()
    with room.write() as act:
        start(act, POOL, said.id, body_of(HeldPool(pool=said)), {"study": said.study, "standard": standard.value})
        study_exists(act, said.study)
        for one in organisations:
            _invite(act, said, one)
    return pool_state(room, pool=said.id)


def _check(room: Room, said: Pool, organisations: tuple[str, ...]) -> None:
    if found := problems(said, organisations, today=room.now.date()):
        raise BadInput(found[0].says, field=found[0].field)
    taken = any(pool_in(one).pool.study == said.study and one.state in {"open", "frozen"}
                for one in room.site.ledger.facts(POOL))  # fmt: skip
    if taken or room.site.ledger.fact("microdata", said.study) is not None:
        raise BadInput(say("This study has records or a pool already; choose another id."), field="study")


def _invite(act: Act, pool: Pool, organisation: str) -> None:
    """A share of its own for an organisation; its people are told."""
    name = " ".join(organisation.split())
    share = HeldShare(id=f"{pool.id}-{secrets.token_hex(6)}", pool=pool.id, organisation=name)
    tell(act, contributors(act.room.site, name), say("Your organisation is invited to a pool of case files."),
         href=f"/data/pools/mine/{pool.id}")  # fmt: skip
    start(act, SHARE, share.id, body_of(share), {"pool": pool.id})


@action(needs="pool")
def invite_to_pool(room: Room, *, pool: str, organisations: tuple[str, ...]) -> PoolView:
    """Invite more organisations to an open pool, or one again that withdrew; it begins with nothing.

    Args:
        pool: Id of the pool.
        organisations: Their names, as their accounts have them.
    """
    with room.write() as act:
        held, _, parts = hosted(room, pool, act)
        alive = [one.organisation for one, fact in shares_of(room.site, pool) if fact.state in ALIVE]
        for problem in invited_problems(alive, organisations):
            raise BadInput(problem.says, field=problem.field)
        move(act, POOL, pool, command="invite", parts=parts)
        for one in organisations:
            _invite(act, held.pool, one)
    return pool_state(room, pool=pool)


@action(needs="pool", reads=True)
def pools(room: Room) -> list[PoolLine]:
    """Every pool your organisation hosts, the latest first."""
    found = [pool_in(fact) for fact in reversed(room.site.ledger.facts(POOL))]
    return [_line(room, one) for one in found if parts_in_pool(person_of(room), one.pool)]


def _line(room: Room, held: HeldPool) -> PoolLine:
    pool, todo = held.pool, waits_for_host(held, shares_of(room.site, held.pool.id), now=room.now)
    return PoolLine(id=pool.id, title=pool.title, study=pool.study, state=pool.state, freeze_on=pool.freeze_on,
                    waits=todo.what if todo else None, since=todo.since if todo else None)  # fmt: skip


@action(needs="pool", reads=True)
def pool_state(room: Room, *, pool: str) -> PoolView:
    """A pool: who is where, how shares fit the standard and each other; no row, no code of a cell, no count.

    Args:
        pool: Its id.
    """
    held, fact, parts = hosted(room, pool)
    shares = shares_of(room.site, pool)
    summaries = summaries_of(room, shares)
    names = {one.id: one.organisation for one, _ in shares}
    steps = plan_steps(room.site, held)
    return PoolView(
        pool=held.pool,
        since=datetime.fromisoformat(fact.at),
        can=commands(table(POOL), fact.state, parts),
        members=tuple(_member(one, each) for one, each in shares),
        fields=tuple(_field(names[share], one) for share, found in summaries.items() for one in found),
        conflicts=tuple(
            ConflictLine(field=one.field, says=one.says, organisations=tuple(names[share] for share in one.shares))
            for one in conflicts(summaries)
        ),
        steps=steps,
        says=tuple(build(one).in_words(one.columns) for one in steps),
        comparisons_left=MOST_COMPARISONS - held.rounds,
        work=task_of(room, f"freeze/{pool}/{held.asked}") or task_of(room, f"compare/{pool}/{held.rounds + 1}"),
    )


def _member(one: HeldShare, fact: Fact) -> MemberLine:
    return MemberLine(organisation=one.organisation, state=fact.state, since=datetime.fromisoformat(fact.at))


def _field(organisation: str, one: FieldSummary) -> FieldLine:
    grain = one.grain.value if one.grain else ""
    return FieldLine(organisation=organisation, field=one.field, strange_codes=one.strange_codes, grain=grain)


def summaries_of(room: Room, shares: list[tuple[HeldShare, Fact]]) -> Mapping[str, tuple[FieldSummary, ...]]:
    """What may be told beyond each organisation of its share, by share; shares that were read only."""
    found = {}
    for one, fact in shares:
        if fact.state in HERE and one.report:
            tree = paper(room.site, one.id, one.report)["summary"]
            found[one.id] = tuple(from_tree(FieldSummary, each) for each in tree)
    return found


@action(needs="pool", repeatable=True)
def plan_pool(room: Room, *, pool: str, steps: tuple[Mapping[str, object], ...]) -> PoolView:
    """Write the treatment plan of a pool: what is done to every record before anything of it leaves.

    Whoever signed off has to look again: what they signed was another plan.

    Args:
        pool: Id of the pool.
        steps: `method`, `columns`, `parameters` and `why` of each step; there is one table, `cases`.
    """
    written = tuple(replace(from_tree(Step, one, where="step"), file="cases") for one in steps)
    for one in written:
        build(one)
    with room.write() as act:
        held, _, parts = hosted(room, pool, act)
        document = room.site.documents.put([to_tree(one) for one in written])
        after = replace(held, steps=document, authors=tuple(sorted({*held.authors, room.caller.account})))
        told = {"steps": [one.method for one in written], "document": document}
        move(act, POOL, pool, command="plan", parts=parts, body=body_of(after), told=told)
        for share, fact in shares_of(room.site, pool):
            if fact.state in HERE:
                body = body_of(replace(share, preview="", signed="", signed_by="", signed_as=""))
                move(act, SHARE, share.id, command="change", parts=BY_SYSTEM, body=body)
    return pool_state(room, pool=pool)


@action(needs="pool", repeatable=True)
def close_pool(room: Room, *, pool: str) -> PoolView:
    """Close a pool without a publication; every share in it is destroyed, keys first.

    Once a pool is frozen its records are those of its study: two people destroy them first.

    Args:
        pool: Id of the pool.
    """
    with room.write() as act:
        held, _, parts = hosted(room, pool, act)
        kept = act.tx.fact("microdata", held.pool.study)
        if held.pool.state == "frozen" and kept is not None and kept.state == "current":
            raise WrongState(say("The pooled records are kept; have two people destroy the study's records first."))
        move(act, POOL, pool, command="close", parts=parts)
        left = [leave_out(act, one) for one, fact in shares_of(room.site, pool) if fact.state in ALIVE]
        left += [destroy_key(act, pool), lambda: drop_half_frozen(room.site, pool)]
    for destroy in left:
        destroy()
    return pool_state(room, pool=pool)


@action(needs="pool")
def compare_shares(room: Room, *, pool: str) -> Task:
    """Compare the shares of a pool: records that more than one may hold, and what each share would look like in it.

    Each organisation is told of its own records only. It takes three shares, and it can be done three times: whoever
    makes people up and contributes them learns by it who else holds them.

    Args:
        pool: Id of the pool.
    """
    with room.write() as act:
        held, _, parts = hosted(room, pool, act)
        if held.rounds >= MOST_COMPARISONS:
            raise WrongState(say("The shares were compared {most} times; that is as often as it is done.",
                                 most=MOST_COMPARISONS))  # fmt: skip
        ready = [one for one, fact in shares_of(room.site, pool) if fact.state in HERE and one.made]
        if len(ready) < FEWEST:
            raise WrongState(say("Comparing takes the shares of {fewest} organisations.", fewest=FEWEST))
        nth = held.rounds + 1
        move(act, POOL, pool, command="compare", parts=parts, told={"asked": nth})
        return begin(act, f"compare/{pool}/{nth}", {"pool": pool})
