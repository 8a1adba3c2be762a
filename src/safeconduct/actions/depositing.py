"""Deposits: files brought in with what was said of them, read in the background, until their records are kept."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Annotated

from safeconduct.actions.deposits_held import Held, body_of, held_in, held_now, held_of, roles_of, undecided
from safeconduct.actions.messages import tell
from safeconduct.actions.moving import move, start
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Act, Caller, Door, Room
from safeconduct.actions.site import Site
from safeconduct.actions.studies import keep_files, read_files, study_exists
from safeconduct.actions.transfers import SENT
from safeconduct.actions.uploading import USED, received
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, task_of, works
from safeconduct.govern.deposits import Basis, Deposit, Owner, may_deposit, parts_in_deposit, problems
from safeconduct.govern.may import No
from safeconduct.govern.states.machine import BY_SYSTEM
from safeconduct.ingest.arriving import Staged, discard, stage
from safeconduct.ingest.proposing import propose
from safeconduct.ingest.survey import Arrived, Contents, read
from safeconduct.ingest.waves import WaveDifference, inherit
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotPermitted, Unreadable, WrongState
from safeconduct.model.microdata import DataFile, Roles
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_tree

STEPS = 3


@dataclass(frozen=True, kw_only=True)
class DepositLine:
    """A deposit in a list.

    Attributes:
        id: Its id.
        study: Id of the study it belongs to.
        title: What people call it.
        state: Where it is.
        at: Since when, UTC.
        mine: Whether the caller brought it.
    """

    id: str
    study: str
    title: str
    state: str
    at: datetime
    mine: bool


@dataclass(frozen=True, kw_only=True)
class DepositView:
    """A deposit as its stewards see it.

    Attributes:
        deposit: What its depositor said.
        state: Where it is.
        since: Since when, UTC.
        format: Name of the format.
        tables: Name, and how many variables, of each table.
        undecided: How many variables have no role yet.
        notes: What reading the files had to tell.
        differences: How many differences to the last wave there are.
        work: How far the reading or keeping is.
    """

    deposit: Deposit
    state: str
    since: datetime
    format: str
    tables: Mapping[str, int] = field(hash=False)
    undecided: int
    notes: tuple[Text, ...]
    differences: int
    work: Task | None


@action(needs="deposit")
def deposit(  # noqa: PLR0913 - a deposit says this much, each by name
    room: Room,
    *,
    uploads: Annotated[tuple[str, ...], SENT],
    study: str,
    title: str,
    collected_by: str,
    basis: Basis,
    owner: Owner = Owner.OWN,
    partner: str = "",
    agreement: str = "",
    agreement_from: date | None = None,
    agreement_until: date | None = None,
    conditions: str = "",
    embargo_until: date | None = None,
    consent_conditioned: bool | None = None,
    consent_understood: bool | None = None,
    wave_of: str = "",
    hints: Mapping[str, str] = {},
) -> Task:
    """Bring files in: one data set, on a legal basis, with the conditions under which it may be used.

    Files that belong together, such as households and members, or data and their dictionary, are one deposit. They
    are read in the background; nothing of them is ever written in clear.

    Args:
        uploads: Files sent before; a shell takes paths.
        study: Id of the study, letters, digits, `-`, `_` and dots.
        title: What people call the deposit.
        collected_by: Who collected the records.
        basis: The legal basis the records are held on.
        owner: Whose records they are.
        partner: Name of the partner organisation, for a partner's.
        agreement: Reference of the agreement with the partner.
        agreement_from: First day it is in force.
        agreement_until: Its last day.
        conditions: What the owner asks of every use.
        embargo_until: First day something may be published.
        consent_conditioned: Whether help or service depended on consent, where consent is the basis.
        consent_understood: Whether people understood what they agreed to, where consent is the basis.
        wave_of: Id of the study whose last wave this follows; its roles, labels and plan are proposed again.
        hints: How to read the files where they do not say: `encoding`, `delimiter`, `sheet`, `household`, `key`.
    """
    said = Deposit(
        id=f"d{secrets.token_hex(6)}", study=study.strip(), title=title.strip(), depositor=room.caller.account,
        owner=owner, partner=partner, basis=basis, agreement=agreement, agreement_from=agreement_from,
        agreement_until=agreement_until, conditions=conditions, embargo_until=embargo_until,
        consent_conditioned=consent_conditioned, consent_understood=consent_understood, collected_by=collected_by,
    )  # fmt: skip
    may_bring(room, said, wave_of)
    lines = received(room, uploads)
    held = Held(deposit=said, uploads=tuple(line.id for line in lines), hints=dict(hints), wave_of=wave_of)
    with room.write() as act:
        return bring(act, held)


def bring(act: Act, held: Held) -> Task:
    """Begin a deposit of uploads that are here whole, and the reading of its files."""
    said = held.deposit
    for upload in held.uploads:
        act.tx.put("upload", upload, {"by": said.depositor}, state=USED, at=act.room.now)
    begun: dict[str, Json] = {"study": said.study, "basis": said.basis.value if said.basis else "",
                              "owner": said.owner.value}  # fmt: skip
    start(act, "deposit", said.id, body_of(held), begun)
    move(act, "deposit", said.id, command="finish", parts=BY_SYSTEM)
    study_exists(act, said.study)
    return begin(act, f"read/{said.id}", {"deposit": said.id}, verb="read_deposit")


def may_bring(room: Room, said: Deposit, wave_of: str) -> None:
    """Hold a deposit to what must be said of it, and its depositor to what they may.

    Raises:
        BadInput: Something is missing, or does not fit.
        NotPermitted: They may not bring it.
    """
    found = problems(said, today=room.now.date())
    if found:
        raise BadInput(found[0].says, field=found[0].field)
    answer = may_deposit(person_of(room, said.depositor), said, today=room.now.date())
    if isinstance(answer, No):
        raise NotPermitted(answer.what)
    if wave_of and room.site.ledger.fact("microdata", wave_of) is None:
        raise BadInput(say("There are no records of that study to go on from."), field="wave_of")


@works("read_deposit")
def _read(site: Site, job: Job, beat: Heartbeat) -> None:
    """Read the files, keep them encrypted, and propose what each variable is."""
    id_ = str(job.body["deposit"])
    held = held_in(site, id_)
    try:
        contents = read([_arrived(site, one) for one in held.uploads], hints=held.hints)
        beat.step(1, STEPS)
        opened = site.arrival(held.deposit.study, id_)
        staged = stage(contents, opened=opened, cancelled=beat.stopped.is_set)
    except (BadInput, Unreadable) as error:
        _failed(site, job, error.text)
        return
    beat.step(2, STEPS)
    try:
        _read_so(site, job, contents, _with_contents(site, held, contents, staged))
    except WrongState:
        discard(opened)  # withdrawn meanwhile: nothing of it stays
        raise


def _read_so(site: Site, job: Job, contents: Contents, after: Held) -> None:
    """Write down what was read."""
    id_ = after.deposit.id
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        told: dict[str, Json] = {"format": contents.format, "tables": len(contents.tables)}
        move(act, "deposit", id_, command="read", parts=BY_SYSTEM, body=body_of(after), told=told)
        tell(act, [after.deposit.depositor], say("A deposit of yours was read."), href=f"/data/deposits/{id_}")
        act.record(id_, {"told": "depositor"})
        site.queue.finish(tx, job, result_ref=id_, now=act.room.now)


def _arrived(site: Site, upload: str) -> Arrived:
    about = site.uploads.upload(upload)
    return Arrived(name=about.name, size=about.offset, open=lambda: site.uploads.open(upload))


def _failed(site: Site, job: Job, why: Text) -> None:
    """The files cannot be read so; the depositor reads why, and may try another way."""
    id_ = str(job.body["deposit"])
    held = held_in(site, id_)
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        body = body_of(replace(held, notes=(why,)))
        move(act, "deposit", id_, command="fail", parts=BY_SYSTEM, body=body, told={"why": why.id})
        tell(act, [held.deposit.depositor], say("A deposit of yours cannot be read."), href=f"/data/deposits/{id_}")
        act.record(id_, {"told": "depositor"})
        site.queue.fail(tx, job, why, act.room.now)


def _with_contents(site: Site, held: Held, contents: Contents, staged: Staged) -> Held:
    """The deposit with what was found in its files: descriptions, proposals, and what the last wave brings."""
    files = tuple(one.file for one in contents.tables)
    proposals = [
        one
        for file in files
        for one in propose(file, staged.sample(file.name), rows=staged.rows(file.name), beside=files)
    ]
    described, roles, differences = inherited(site, held.wave_of, files)
    if contents.study is not None:
        with site.ledger.write() as tx:
            caller = Caller(account=held.deposit.depositor, door=Door.WORKER)
            study_exists(Act(tx, Room(site, caller, verb="describe")), held.deposit.study, described=contents.study)
    return replace(
        held,
        staged=staged.manifest.id,
        format=contents.format,
        files=keep_files(site, described),
        proposals=site.documents.put([to_tree(one) for one in proposals]),
        differences=site.documents.put([to_tree(one) for one in differences]) if differences else "",
        roles=site.documents.put(to_tree(roles)) if roles else "",
        notes=contents.notes,
    )


def inherited(
    site: Site, wave_of: str, files: tuple[DataFile, ...]
) -> tuple[tuple[DataFile, ...], Roles, tuple[WaveDifference, ...]]:
    """What the last wave brings to the next: roles and labels, and every difference; nothing where there is none."""
    if not wave_of:
        return files, {}, ()
    last = site.microdata(wave_of)
    found = inherit(last.data_files, last.roles, files)
    return found.files, found.roles, found.differences


@action(needs="curate", reads=True)
def deposits(room: Room) -> list[DepositLine]:
    """Every deposit, the latest first."""
    found = []
    for fact in reversed(room.site.ledger.facts("deposit")):
        held, state = held_of(fact)
        one, mine = held.deposit, held.deposit.depositor == room.caller.account
        found.append(DepositLine(id=one.id, study=one.study, title=one.title, state=state,
                                 at=datetime.fromisoformat(fact.at), mine=mine))  # fmt: skip
    return found


@action(needs="curate", reads=True)
def deposit_state(room: Room, *, deposit: str) -> DepositView:
    """A deposit: what was said of it, where it is, what reading its files had to tell.

    Args:
        deposit: Its id.
    """
    fact = room.site.ledger.fact("deposit", deposit)
    held, state = held_of(fact)
    files = read_files(room.site, held.files) if held.files else ()
    differences = room.site.documents.get(held.differences) if held.differences else []
    return DepositView(
        deposit=held.deposit,
        state=state,
        since=datetime.fromisoformat(fact.at) if fact else room.now,
        format=held.format,
        tables={one.name: len(one.variables) for one in files},
        undecided=undecided(files, roles_of(room.site, held)),
        notes=held.notes,
        differences=len(differences) if isinstance(differences, list) else 0,
        work=task_of(room, f"keep/{deposit}") or _reading(room, deposit),
    )


def _reading(room: Room, deposit: str) -> Task | None:
    """How far the latest reading of a deposit's files is."""
    times = range(len(room.site.ledger.history("deposit", deposit)), 0, -1)
    again = (task_of(room, f"read/{deposit}/{nth}") for nth in times)
    return next((one for one in again if one is not None), task_of(room, f"read/{deposit}"))


@action(needs="curate", reads=True)
def wave_differences(room: Room, *, deposit: str) -> list[WaveDifference]:
    """How a deposit differs from the last wave of the same survey, variable by variable.

    Args:
        deposit: Its id.
    """
    held = held_in(room.site, deposit)
    tree = room.site.documents.get(held.differences) if held.differences else []
    return [from_tree(WaveDifference, one) for one in tree] if isinstance(tree, list) else []


@action(needs="deposit", repeatable=True)
def read_again(room: Room, *, deposit: str, hints: Mapping[str, str]) -> Task:
    """Read a deposit's files again in another way, such as with another encoding.

    Args:
        deposit: Its id.
        hints: `encoding`, `delimiter`, `sheet`, `household`.
    """
    with room.write() as act:
        held, _ = held_now(act, deposit)
        parts = parts_in_deposit(person_of(room), held.deposit)
        after = replace(held, hints=dict(hints), roles="", corrections="")
        move(act, "deposit", deposit, command="retry", parts=parts, body=body_of(after))
        return begin(act, f"read/{deposit}/{len(room.site.ledger.history('deposit', deposit))}", {"deposit": deposit},
                     verb="read_deposit")  # fmt: skip


@action(needs="deposit", repeatable=True)
def withdraw_deposit(room: Room, *, deposit: str) -> DepositView:
    """Withdraw a deposit whose records are not kept yet; its files are destroyed, their keys first.

    Args:
        deposit: Its id.
    """
    with room.write() as act:
        held, _ = held_now(act, deposit)
        move(act, "deposit", deposit, command="withdraw", parts=parts_in_deposit(person_of(room), held.deposit))
        begin(act, f"destroy/{deposit}", {"deposit": deposit}, verb="destroy_arrivals")
    destroy_arrivals(room.site, held)
    return deposit_state(room, deposit=deposit)


def destroy_arrivals(site: Site, held: Held) -> None:
    """Destroy what arrived: the uploads and the staged tables, keys first."""
    for upload in held.uploads:
        site.uploads.destroy(upload)
    discard(site.arrival(held.deposit.study, held.deposit.id))


def forget_descriptions(site: Site, held: Held) -> None:
    """Destroy what was known of columns that were not kept: a label of a direct identifier may be somebody's name."""
    named = {held.files, held.proposals, held.differences} - {""}
    others = [held_of(fact)[0] for fact in site.ledger.facts("deposit")]
    still = {document for one in others for document in (one.files, one.proposals, one.differences)}
    for document in named - still:
        site.documents.delete(document)
