"""What an organisation does with its own share of a pool: bring it, correct it, look, sign off, withdraw."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Annotated

from safeconduct.actions.messages import tell
from safeconduct.actions.moving import move, table
from safeconduct.actions.pool_base import (
    HERE,
    POOL,
    SHARE,
    HeldShare,
    body_of,
    contributors,
    my_share_in,
    paper,
    papers,
    plain,
    pool_in,
    share_now,
    shares_of,
    steps_in,
)
from safeconduct.actions.pool_comparing import SharePreview
from safeconduct.actions.pool_waiting import waits_for_contributor
from safeconduct.actions.pools import summaries_of
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.transfers import SENT
from safeconduct.actions.uploading import received, use
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, task_of
from safeconduct.govern.organisations import same_organisation
from safeconduct.govern.pools import Fate, Pool, consent_problem, parts_in_share
from safeconduct.govern.states.machine import Part, commands
from safeconduct.ingest.correcting import build
from safeconduct.ingest.pooled_report import ShareReport, conflicts
from safeconduct.model.errors import BadInput, NotFound, WrongState
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree

LONGEST_OFFICE = 200


@dataclass(frozen=True, kw_only=True)
class ShareLine:
    """A pool the caller's organisation was invited to.

    Attributes:
        pool: Its id.
        title: What people call it.
        state: Where the own share is.
        freeze_on: Until when it can be withdrawn.
        waits: What the organisation has to do now, `None` while it waits for others.
        since: Since when that waits, UTC.
    """

    pool: str
    title: str
    state: str
    freeze_on: date
    waits: Text | None = None
    since: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class ShareView:
    """An organisation's own share, and what was agreed about the pool; nothing of the others but, if agreed, names.

    Attributes:
        pool: What was agreed.
        organisation: The own organisation.
        others: Names of the other organisations, where the agreement lets members know them.
        state: Where the own share is.
        since: Since when, UTC.
        can: What the caller may do to it now, commands of the table `contribution`.
        notes: What reading the files had to tell.
        work: How far reading is.
        ready: The share is in the pool's form as it is now.
        differs: Own fields that do not fit what others brought; not whose, not how.
        steps: The own corrections.
        says: What each does, in a sentence.
        compared: The shares were compared since the own share was made as it is now.
        undecided: Own records that others may hold too and of which nobody said what becomes of them.
        seen: What a signature is bound to; `""` while there is nothing to sign.
        signed_as: The office in which somebody signed.
        signed_by: Opaque id of who signed.
    """

    pool: Pool
    organisation: str
    others: tuple[str, ...]
    state: str
    since: datetime
    can: tuple[str, ...]
    notes: tuple[Text, ...]
    work: Task | None
    ready: bool
    differs: tuple[str, ...]
    steps: tuple[Step, ...]
    says: tuple[Text, ...]
    compared: bool
    undecided: int
    seen: str
    signed_as: str
    signed_by: str


@dataclass(frozen=True, kw_only=True)
class DuplicateLine:
    """An own record that another contributor may hold too; whom and how many is nobody's to know.

    Attributes:
        row: Its place in the own file, from 1, the header not counted.
        fate: `keep` or `mark`, `""` while nobody said.
    """

    row: int
    fate: str


@action(needs="contribute", reads=True)
def my_pools(room: Room) -> list[ShareLine]:
    """Pools your organisation was invited to, the latest first."""
    found = []
    for fact in reversed(room.site.ledger.facts(POOL)):
        try:
            share, mine = my_share_in(room, fact.id)
        except NotFound:
            continue
        held, pool = pool_in(fact), pool_in(fact).pool
        todo = waits_for_contributor(held, share, mine)
        found.append(ShareLine(pool=pool.id, title=pool.title, state=mine.state, freeze_on=pool.freeze_on,
                               waits=todo.what if todo else None, since=todo.since if todo else None))  # fmt: skip
    return found


@action(needs="contribute", reads=True)
def my_share(room: Room, *, pool: str) -> ShareView:
    """Your organisation's share of a pool: where it is, what to do next; nothing of the others.

    Args:
        pool: Id of the pool.
    """
    share, fact = my_share_in(room, pool)
    held = pool_in(room.site.ledger.fact(POOL, pool))
    steps = steps_in(paper(room.site, share.id, share.steps))
    return ShareView(
        pool=held.pool,
        organisation=share.organisation,
        others=_others(room, held.pool, share),
        state=fact.state,
        since=datetime.fromisoformat(fact.at),
        can=commands(table(SHARE), fact.state, parts_of_mine(room, share)) if held.pool.state == "open" else (),
        notes=share.notes,
        work=task_of(room, _key(share)),
        ready=share.made,
        differs=_differs(room, share, fact.state),
        steps=steps,
        says=tuple(build(one).in_words(one.columns) for one in steps),
        compared=share.made and share.compared == share.version,
        undecided=sum(not one.fate for one in _lines(room, share)),
        seen=share.seen if share.preview else "",
        signed_as=share.signed_as,
        signed_by=share.signed_by,
    )


def _others(room: Room, pool: Pool, share: HeldShare) -> tuple[str, ...]:
    """Names of the other members, where that was agreed; of everybody invited, whether they contribute or not."""
    if not pool.members_known:
        return ()
    names = {one.organisation for one, _ in shares_of(room.site, pool.id)}
    return tuple(sorted(one for one in names if not same_organisation(one, share.organisation)))


def _differs(room: Room, share: HeldShare, state: str) -> tuple[str, ...]:
    if state not in HERE:
        return ()
    found = conflicts(summaries_of(room, shares_of(room.site, share.pool)))
    return tuple(dict.fromkeys(one.field for one in found if share.id in one.shares))


def parts_of_mine(room: Room, share: HeldShare) -> frozenset[Part]:
    """What the caller is to their organisation's share."""
    return parts_in_share(person_of(room), share.organisation)


def _key(share: HeldShare) -> str:
    return f"share/{share.id}/{share.reading}"


def mine_now(act: Act, pool: str) -> tuple[HeldShare, Pool]:
    """The own share, in a pool that is still open, as the transaction sees both.

    Raises:
        NotFound: There is none.
        WrongState: The pool was frozen or closed.
    """
    share, _ = my_share_in(act.room, pool)
    held = pool_in(act.tx.fact(POOL, pool))
    if held.pool.state != "open":
        raise WrongState(
            say("This pool is frozen or closed. What people ask about their records is a rights request to the host.")
        )
    return share_now(act, share.id)[0], held.pool


def _not_busy(room: Room, share: HeldShare) -> None:
    """Hold a share to one reading at a time.

    Raises:
        WrongState: It is being read.
    """
    work = task_of(room, _key(share))
    if work is not None and work.waits:
        raise WrongState(say("Your files are being read; wait until that is done."))


@action(needs="contribute")
def contribute(
    room: Room,
    *,
    pool: str,
    uploads: Annotated[tuple[str, ...], SENT],
    hints: Mapping[str, str] = {},
    consent_conditioned: bool | None = None,
    consent_understood: bool | None = None,
) -> Task:
    """Bring your organisation's case files into a pool; files sent again take the place of those before.

    They are read in the background and brought into the pool's form. Names, telephones and numbers never enter the
    pool; digests of them are made for the comparison, under a key that no contributor has.

    Args:
        pool: Id of the pool.
        uploads: Files sent before; a shell takes paths.
        hints: How to read the files where they do not say: `encoding`, `delimiter`, `sheet`.
        consent_conditioned: Whether help or service depended on consent, where consent is the basis.
        consent_understood: Whether people understood what they agreed to, where consent is the basis.
    """
    my_share_in(room, pool)
    lines = received(room, uploads)
    if not lines:
        raise BadInput(say("Send at least one file."), field="uploads")
    with room.write() as act:
        share, agreed = mine_now(act, pool)
        _not_busy(room, share)
        wrong = consent_problem(agreed.basis, conditioned=consent_conditioned, understood=consent_understood)
        if wrong is not None:
            raise BadInput(wrong.says, field=wrong.field)
        use(act, (line.id for line in lines), by=room.caller.account)
        after = replace(
            share, uploads=(*share.uploads, *(line.id for line in lines)), hints=dict(hints),
            reading=share.reading + 1, contributed=share.contributed or room.now.isoformat(), notes=(),
            signed="", signed_by="", signed_as="",
        )  # fmt: skip
        move(act, SHARE, share.id, command="send", parts=parts_of_mine(room, share), body=body_of(after))
        body = {"share": share.id, "read": [line.id for line in lines]}
        return begin(act, _key(after), body, verb="read_share")


@action(needs="contribute", reads=True)
def share_report(room: Room, *, pool: str) -> ShareReport:
    """What bringing your own share into the pool's form does: columns and codes that fit, and what is lost.

    Codes outside a list are shown as they stand in your own cells; that you looked is recorded.

    Args:
        pool: Id of the pool.
    """
    share, _ = my_share_in(room, pool)
    if not share.report:
        raise NotFound(say("Your files were not read yet."))
    with room.write() as act:
        act.record(share.id, {"report": share.report})
    return from_tree(ShareReport, paper(room.site, share.id, share.report))


@action(needs="contribute", repeatable=True)
def correct_share(room: Room, *, pool: str, steps: tuple[Mapping[str, object], ...]) -> Task:
    """Write the corrections of your own share, every step in order; leaving a step out undoes it.

    Args:
        pool: Id of the pool.
        steps: `method`, `columns`, `file`, `parameters` and `why` of each step.
    """
    written = tuple(from_tree(Step, one, where="step") for one in steps)
    for one in written:
        build(one)
    with room.write() as act:
        share, _ = mine_now(act, pool)
        _not_busy(room, share)
        name = papers(room.site, share.id).put([plain(one) for one in written])
        after = replace(share, steps=name, reading=share.reading + 1, notes=(), signed="", signed_by="", signed_as="")
        told = {"steps": [one.method for one in written]}
        move(act, SHARE, share.id, command="correct", parts=parts_of_mine(room, share), body=body_of(after), told=told)
        return begin(act, _key(after), {"share": share.id, "read": []}, verb="read_share")


@action(needs="contribute", reads=True)
def share_duplicates(room: Room, *, pool: str) -> list[DuplicateLine]:
    """Own records that another contributor may hold too, as the last comparison found; that you looked is recorded.

    Args:
        pool: Id of the pool.
    """
    share, _ = my_share_in(room, pool)
    with room.write() as act:
        act.record(share.id, {"flagged": share.flagged})
    return _lines(room, share)


def _lines(room: Room, share: HeldShare) -> list[DuplicateLine]:
    flagged = paper(room.site, share.id, share.flagged) or []
    fates = paper(room.site, share.id, share.fates) or {}
    return [DuplicateLine(row=row + 1, fate=str(fates.get(str(row), ""))) for row in flagged]


@action(needs="contribute", repeatable=True)
def decide_duplicates(room: Room, *, pool: str, fate: Fate, rows: tuple[int, ...] = ()) -> list[DuplicateLine]:
    """Say what becomes of own records that another contributor may hold too.

    A record that is marked gives way to the other; where both are kept or both are marked, the pool's rule decides.
    The pool always holds one.

    Args:
        pool: Id of the pool.
        fate: keep or mark.
        rows: Places of the records in your own file, from 1; all that were told where left out.
    """
    with room.write() as act:
        share, _ = mine_now(act, pool)
        flagged = {line.row for line in _lines(room, share)}
        if unknown := set(rows) - flagged:
            raise BadInput(say("{count} of these rows were not told to be held by others.", count=len(unknown)),
                           field="rows")  # fmt: skip
        fates = dict(paper(room.site, share.id, share.fates) or {})
        fates |= {str(row - 1): fate.value for row in (rows or flagged)}
        after = replace(share, fates=papers(room.site, share.id).put(fates))
        move(act, SHARE, share.id, command="answer", parts=parts_of_mine(room, share), body=body_of(after))
    return _lines(room, after)


@action(needs="contribute", repeatable=True)
def preview_share(room: Room, *, pool: str) -> SharePreview:
    """What your own share would look like after the pool's treatment plan; that you looked is recorded.

    Args:
        pool: Id of the pool.
    """
    with room.write() as act:
        share, _ = mine_now(act, pool)
        if not share.preview or not share.made or share.compared != share.version:
            raise WrongState(say("There is no preview yet; the hosting steward compares the shares first."))
        move(act, SHARE, share.id, command="preview", parts=parts_of_mine(room, share), told={"preview": share.seen})
    return from_tree(SharePreview, paper(room.site, share.id, share.preview))


@action(needs="contribute")
def sign_off_share(room: Room, *, pool: str, seen: str, office: str) -> ShareView:
    """Sign your organisation's share off, as yourself: it enters the pool at the freeze as you saw it.

    Any correction, comparison or change of the treatment plan takes the signature away.

    Args:
        pool: Id of the pool.
        seen: What you saw, as `my_share` tells it; a signature under something else does not count.
        office: The office you sign in, such as director.
    """
    if not 0 < len(office.strip()) <= LONGEST_OFFICE:
        raise BadInput(say("Say in which office you sign."), field="office")
    with room.write() as act:
        share, _ = mine_now(act, pool)
        if seen != share.seen or not share.made:
            raise WrongState(say("Something changed since you looked; look at the preview again, then sign."))
        left = sum(not one.fate for one in _lines(room, share))
        if left:
            raise WrongState(say("Say first what becomes of {count} records that others may hold.", count=left))
        after = replace(share, signed=seen, signed_by=room.caller.account, signed_as=office.strip())
        signed = say("Your organisation's share of a pool was signed off.")
        tell(act, contributors(room.site, share.organisation), signed, href=f"/data/pools/mine/{pool}")
        move(act, SHARE, share.id, command="sign_off", parts=parts_of_mine(room, share), body=body_of(after),
             told={"seen": seen})  # fmt: skip
    return my_share(room, pool=pool)
