"""Destroying for good: a data set, a study or a project by two people; a person's name in the record of use by one."""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from sqlalchemy import select

from safeconduct.actions.editions import draft_of, editions_of
from safeconduct.actions.erasing import erased, replays
from safeconduct.actions.exchanging import owe
from safeconduct.actions.moving import move, start
from safeconduct.actions.room import Act, Caller, Room
from safeconduct.actions.site import Site, dataset_of
from safeconduct.actions.verb import action
from safeconduct.actions.working import begin, works
from safeconduct.govern.forms import given_reason
from safeconduct.govern.roles import Role
from safeconduct.govern.states.machine import BY_SYSTEM, Part
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger import tables
from safeconduct.ledger.entries import Fact
from safeconduct.ledger.erasures import Erasure
from safeconduct.model.errors import NotFound
from safeconduct.model.text import say
from safeconduct.store.shredding import destroy_dataset, digests_of

KIND = "destruction"
DESTROYED = "destroyed"
PARTS = {Role.DPO: Part.DPO, Role.STEWARD: Part.STEWARD}


class Doomed(StrEnum):
    """What can be destroyed."""

    DATASET = "dataset"
    STUDY = "study"
    PROJECT = "project"

    @property
    def fact(self) -> str:
        """The sort of fact that tells it is there."""
        return "microdata" if self is Doomed.STUDY else self.value


@dataclass(frozen=True, kw_only=True)
class Destruction:
    """Something that is to be destroyed, or was.

    Attributes:
        id: Its id.
        kind: What sort of thing.
        subject: Which one.
        reason: Why, as whoever proposed it said.
        state: proposed, confirmed, done or withdrawn.
    """

    id: str
    kind: Doomed
    subject: str
    reason: str
    state: str


@action(needs="govern")
def propose_destroying(room: Room, *, kind: Doomed, subject: str, reason: str) -> Destruction:
    """Propose to destroy a data set, the records of a study, or what a project's answers are remade from, for good.

    Nothing is destroyed until somebody else confirms it. What was released stays, as evidence; it cannot be computed
    again.

    Args:
        kind: dataset, study or project.
        subject: Name of the data set, id of the study or of the project.
        reason: Why; kept in the record of use.
    """
    why = given_reason(reason)
    fact = room.site.ledger.fact(kind.fact, subject)
    if fact is None or fact.state == DESTROYED:
        raise NotFound(say("there is nothing of that name to destroy"), field="subject")
    name = f"x{secrets.token_hex(8)}"
    told = {"kind": kind.value, "subject": subject, "reason": why, "by": room.caller.account}
    with room.write() as act:
        start(act, KIND, name, told, {"kind": kind.value, "subject": subject})
    return Destruction(id=name, kind=kind, subject=subject, reason=why, state="proposed")


@action(needs="stop")
def confirm_destroying(room: Room, *, destruction: str) -> Destruction:
    """Confirm what somebody else proposed: the keys are destroyed at once, then the files they opened.

    Nobody can undo it. Backups made before still hold the records, until their officers destroy them.

    Args:
        destruction: Its id.
    """
    fact = _fact(room.site, destruction)
    with room.write() as act:
        move(act, KIND, destruction, command="confirm", parts=_parts(room, fact))
        begin(act, f"destruction/{destruction}", {"destruction": destruction}, verb="destroy_records")
    _carry_out(room.site, destruction, room.now)
    return _told(_fact(room.site, destruction))


@action(needs="govern")
def withdraw_destroying(room: Room, *, destruction: str) -> Destruction:
    """Take back what was proposed and not confirmed yet.

    Args:
        destruction: Its id.
    """
    fact = _fact(room.site, destruction)
    with room.write() as act:
        move(act, KIND, destruction, command="withdraw", parts=_parts(room, fact))
    return _told(_fact(room.site, destruction))


@action(needs="promises", reads=True)
def destroyings(room: Room) -> list[Destruction]:
    """Everything that was proposed to be destroyed, the first one first."""
    return [_told(fact) for fact in room.site.ledger.facts(KIND)]


@action(needs="accounts")
def forget_person(room: Room, *, login: str) -> str:
    """Close an account and destroy the key of its name: what it did stays in the record of use, without a name.

    Args:
        login: What they sign in with.
    """
    account = room.site.accounts.by_login(login)
    if account is None:
        raise NotFound(say("There is no person of that login."))
    _forget(room, account.id)
    return account.id


def finish_destroying(room: Room) -> None:
    """Begin again what two people confirmed and nobody could finish, since files were being taken in all the time."""
    for fact in room.site.ledger.facts(KIND, state="confirmed"):
        with room.write() as act:
            begin(act, f"destruction/{fact.id}", {"destruction": fact.id}, verb="destroy_records")
            act.record(fact.id, {"again": True}, verb="destroy_records")


@works("destroy_records")
def _destroy(site: Site, job: Job, beat: Heartbeat) -> None:
    """Finish what the program that should have done it did not live to do."""
    destruction = str(job.body["destruction"])
    now = datetime.fromisoformat(_fact(site, destruction).at)
    _carry_out(site, destruction, now)
    beat.step(1, 1)
    with site.ledger.write() as tx:
        act = Act(tx, _system(site, now))
        act.record(destruction, {"finished": True}, verb="destroy_records")
        site.queue.finish(tx, job, result_ref=destruction, now=now)


def _carry_out(site: Site, destruction: str, now: datetime) -> None:
    """Destroy what was confirmed, and write it down; where that was done already, nothing happens."""
    fact = _fact(site, destruction)
    if fact.state == "confirmed":
        found = _told(fact)
        digests = _shred(site, found.kind, found.subject, now)
        with site.ledger.write() as tx:
            act = Act(tx, _system(site, now))
            move(act, KIND, destruction, command="finish", parts=BY_SYSTEM,
                 told={"kind": found.kind.value, "digests": list(digests)})  # fmt: skip
            owe(act)


def _shred(site: Site, kind: Doomed, subject: str, now: datetime) -> tuple[str, ...]:
    """Write down what will be destroyed, then destroy it; the digests of it."""
    digests, destroy = _plan(site, kind, subject, now)
    fact = site.ledger.fact(kind.fact, subject)
    if fact is not None and fact.state != DESTROYED:
        with site.ledger.write() as tx:
            tx.put(kind.fact, subject, fact.body, state=DESTROYED, at=now)
            told = erased(kind.value, subject, digests)
            Act(tx, _system(site, now)).record(subject, told, verb="destroy_records")
    destroy()
    return digests


def _plan(site: Site, kind: Doomed, subject: str, now: datetime) -> tuple[tuple[str, ...], Callable[[], None]]:
    match kind:
        case Doomed.DATASET:
            return digests_of(site.folders, subject), lambda: destroy_dataset(site.folders, subject)
        case Doomed.STUDY:
            return digests_of(site.folders, dataset_of(subject)), lambda: _destroy_study(site, subject)
        case Doomed.PROJECT:
            return _noises(site, subject), lambda: _destroy_project(site, subject, now)
        case _:
            assert_never(kind)


def _destroy_study(site: Site, study: str) -> None:
    """The original's records, and treated rows that never left."""
    for edition, _ in editions_of(site, study):
        for content in draft_of(site, edition).content.values():
            site.drafts.delete(content)
    destroy_dataset(site.folders, dataset_of(study))


def _noises(site: Site, project: str) -> tuple[str, ...]:
    table = tables.spend.c
    wanted = select(table.noise).where(table.project == project, table.noise.is_not(None))
    return tuple(sorted(hashlib.sha256(row["noise"]).hexdigest() for row in site.ledger.rows(wanted)))


def _destroy_project(site: Site, project: str, now: datetime) -> None:
    """The secrets its answers' noise was drawn from, its tokens and its agreements."""
    spend, token = tables.spend, tables.token
    with site.ledger.write() as tx:
        tx.change(spend.update().where(spend.c.project == project).values(noise=None))
        open_ = (token.c.project == project) & token.c.revoked_at.is_(None)
        tx.change(token.update().where(open_).values(revoked_at=now))
        for one in site.ledger.facts("agreement", state="current"):
            if one.body.get("project") == project:
                tx.put("agreement", one.id, one.body, state="ended", at=now)
                Act(tx, _system(site, now)).record(one.id, {"project": project}, verb="end_agreement")


def _forget(room: Room, account: str) -> None:
    with room.write() as act:
        room.site.accounts.forget(act.tx, account, room.now)
        act.record(account, erased("person", account))


@replays("person")
def _again_person(site: Site, erasure: Erasure, now: datetime) -> None:
    there = select(tables.account.c.id).where(tables.account.c.id == erasure.subject)
    if site.ledger.rows(there):
        _forget(Room(site, Caller(account="site"), now, verb="forget_person"), erasure.subject)


@replays("dataset")
def _again_dataset(site: Site, erasure: Erasure, now: datetime) -> None:
    _shred(site, Doomed.DATASET, erasure.subject, now)


@replays("study")
def _again_study(site: Site, erasure: Erasure, now: datetime) -> None:
    _shred(site, Doomed.STUDY, erasure.subject, now)


@replays("project")
def _again_project(site: Site, erasure: Erasure, now: datetime) -> None:
    _shred(site, Doomed.PROJECT, erasure.subject, now)


def _system(site: Site, now: datetime) -> Room:
    return Room.of_worker(site, now, verb="destroy_records")


def _parts(room: Room, fact: Fact) -> frozenset[Part]:
    """Whoever proposed it is its author alone, whatever roles they have."""
    if fact.body["by"] == room.caller.account:
        return frozenset({Part.AUTHOR})
    return frozenset(part for role, part in PARTS.items() if role in room.caller.roles)


def _fact(site: Site, destruction: str) -> Fact:
    fact = site.ledger.fact(KIND, destruction)
    if fact is None:
        raise NotFound(say("there is no such proposal"))
    return fact


def _told(fact: Fact) -> Destruction:
    return Destruction(
        id=fact.id,
        kind=Doomed(str(fact.body["kind"])),
        subject=str(fact.body["subject"]),
        reason=str(fact.body["reason"]),
        state=fact.state,
    )
