"""People left out and erased: the list of a data set, the batch that erases those on it, and how far it is.

An erasure reaches the store, and with it every answer, for so many people at once as a protection level needs to tell
two questions apart; after thirty days, or where somebody says at once, also for fewer.
"""

import secrets
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from safeconduct.actions.answers_again import look_anew
from safeconduct.actions.erasing import erased, replays
from safeconduct.actions.exchanging import owe
from safeconduct.actions.left_out import IN, OUT, list_of, mend_list, numbers_in
from safeconduct.actions.mosaic_tidying import forget_reports
from safeconduct.actions.room import Act, Caller, Door, Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.actions.working import begin, works
from safeconduct.ingest.forgetting import ForgetSite, Searched, forget_listed, found, searched
from safeconduct.ingest.leaving_out import marks_of
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.erasures import Erasure
from safeconduct.ledger.rewritten import PEOPLE, note
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotFound, WrongState
from safeconduct.model.sightings import Counted
from safeconduct.model.text import say
from safeconduct.release.gate import people_apart
from safeconduct.store.objections import Domain, Objections
from safeconduct.store.replacing import Replaced

KIND = "forgetting"
VERB = "erase_people"
WAITS = timedelta(days=30)
"""How long an erasure may wait for others, so that one month after it was asked for it is done."""
FEWEST = 16
NOBODY: Mapping[str, Json] = {"since": "", "batch": "", "forced": False}
MOST_AT_ONCE = 5_000


@dataclass(frozen=True, kw_only=True)
class Forgetting:
    """Where the erasures of a data set stand. Nothing in it depends on whether anybody is in the data set.

    Attributes:
        dataset: Name of the data set.
        waiting: How many people asked and wait to be erased.
        needed: How many of those who wait must be in the data set before they are erased together.
        due: The moment from which they are erased however few they are, UTC; `None` where nobody waits.
        task: What names the work that erases them, `""` where none was begun.
        searches: How many files it looks into.
        records: Whether the data set has records yet; where it has none, its name may be misspelt.
    """

    dataset: str
    waiting: int
    needed: int
    due: datetime | None
    task: str = ""
    searches: Searched | None = None
    records: bool = False


@action(needs="forget")
def opt_out(room: Room, *, dataset: str, identifiers: tuple[str, ...]) -> Forgetting:
    """Leave people out of a data set from now on, and erase what is there of them within thirty days.

    Their rows are left out of every file before anything else looks at them. The list keeps keyed marks only; nobody
    can read from it who is on it.

    Args:
        dataset: Name of the data set; it may be one that no file was taken into yet.
        identifiers: Their numbers as the operator writes them, 5,000 at most.
    """
    _change(room, OUT, dataset, identifiers)
    return state_of(room.site, dataset)


@action(needs="forget", local=True)
def opt_out_list(room: Room, *, dataset: str, listed: Path) -> Forgetting:
    """Leave out everybody in a text file of this machine, a number a line; destroy the file yourself afterwards.

    Args:
        dataset: Name of the data set.
        listed: The file, UTF-8, up to 64 MiB.
    """
    for some in numbers_in(listed, at_once=MOST_AT_ONCE):
        _change(room, OUT, dataset, some)
    return state_of(room.site, dataset)


@action(needs="forget")
def opt_in(room: Room, *, dataset: str, identifiers: tuple[str, ...]) -> Forgetting:
    """Take people off the list, so that rows that come from now on are taken in; what was erased stays erased.

    Who was not erased yet is not erased any more.

    Args:
        dataset: Name of the data set.
        identifiers: Their numbers as the operator writes them, 5,000 at most.
    """
    _change(room, IN, dataset, identifiers)
    return state_of(room.site, dataset)


@action(needs="forget")
def forget(
    room: Room, *, dataset: str, identifiers: tuple[str, ...] = (), at_once: bool = False, dry_run: bool = False
) -> Forgetting:
    """Erase everybody who is to be left out from every version of a data set, once enough of them are there.

    Files with their rows are written anew without them and the old files' keys are destroyed. What was released stays.
    What the command says does not depend on whether anybody is in the data set; how long it works, and later the
    list of erasures, may tell that somebody was.

    Args:
        dataset: Name of the data set.
        identifiers: People to leave out and erase, as in opt_out; those on the list already where left out.
        at_once: Do not wait for others. Somebody who compares answers from before and after may then learn more.
        dry_run: Say only what would be looked into.
    """
    room.site.manifest(dataset)
    if dry_run:
        return replace(state_of(room.site, dataset), searches=searched(opened_for(room.site, dataset)))
    if identifiers:
        _change(room, OUT, dataset, identifiers)
    state = state_of(room.site, dataset)
    if not (at_once or is_ready(state, room.now)):
        return state
    return replace(state, task=begin_batch(room, dataset, verb=VERB, forced=at_once or is_due(state, room.now)))


@action(needs="forget", reads=True)
def forgettings(room: Room) -> list[Forgetting]:
    """Where the erasures of every data set stand."""
    names = sorted({*room.site.datasets(), *(fact.id for fact in room.site.ledger.facts(KIND))})
    return [state_of(room.site, one) for one in names]


def forget_due(room: Room) -> list[str]:
    """Begin the erasures that enough people wait for, or that waited long enough, or were begun; the data sets."""
    states = [state_of(room.site, one) for one in room.site.datasets()]
    due = [one for one in states if one.task or is_ready(one, room.now)]
    for one in due:
        begin_batch(room, one.dataset, verb=VERB, forced=is_due(one, room.now))
    return [one.dataset for one in due]


def _change(room: Room, kind: str, dataset: str, identifiers: Sequence[str]) -> None:
    """Put people on the list or take them off; the record of use keeps marks, which name nobody."""
    if not 0 < len(identifiers) <= MOST_AT_ONCE:
        raise BadInput(say("give 1 to {most} numbers at a time", most=MOST_AT_ONCE), field="identifiers")
    objections = list_of(room.site, dataset)
    mend_list(room, dataset)
    ways = [marks_of(objections, room.site.keys, dataset, list(identifiers), counted=one)
            for one in _counted(room.site, dataset)]  # fmt: skip
    marks = [next(filter(None, found), b"") for found in zip(*ways, strict=True)]
    also = {mark for way in ways for mark in way if mark} - set(marks)
    if empty := [at for at, mark in enumerate(marks, start=1) if not mark]:
        raise BadInput(say("number {place} of the list names nobody; nothing was changed", place=empty[0]),
                       field="identifiers")  # fmt: skip
    with room.write() as act:
        change_list(act, objections, kind, f"{dataset}/{Domain.PERSON}", marks, also=also)


def change_list(
    act: Act, objections: Objections, kind: str, subject: str, marks: Sequence[bytes], *, also: Collection[bytes] = ()
) -> None:
    """Put marks on a list or take them off, and write down how many wait from now on.

    The list comes first: killed in between, somebody is on it whom nobody wrote down yet, and is put on it again.

    Args:
        act: The open transaction.
        objections: The list.
        kind: `opt_out` or `opt_in`.
        subject: Data set and sort of mark.
        marks: Whose.
        also: Marks of the same people by another spelling; they are not counted as waiting.
    """
    dataset, _, domain = subject.partition("/")
    change = objections.add if kind == OUT else objections.remove
    change(Domain.WAITING, marks)
    change(Domain(domain), [*marks, *also])
    body = _waiting(act, dataset)
    since = (body["since"] or act.room.now.isoformat()) if objections.listed(Domain.WAITING) else ""
    act.tx.put(KIND, dataset, {**body, "since": since}, at=act.room.now)
    told = tuple(sorted(mark.hex() for mark in (*marks, *also)))
    act.record(dataset, erased(kind, subject, told))


def _counted(site: Site, dataset: str) -> tuple[Counted, ...]:
    """What identifiers of a data set stand for; before the first file they may be telephone numbers or anything else.

    The two are spelt in different ways, and whoever objected early must be known by either.
    """
    try:
        return (site.manifest(dataset).counted,)
    except NotFound:
        return (Counted.SUBSCRIBER, Counted.PERSON)


def _waiting(act: Act, dataset: str) -> dict[str, Json]:
    fact = act.tx.fact(KIND, dataset)
    return dict(fact.body) if fact else dict(NOBODY)


def state_of(site: Site, dataset: str) -> Forgetting:
    """Where the erasures of a data set stand."""
    fact = site.ledger.fact(KIND, dataset)
    body = fact.body if fact else NOBODY
    since = str(body["since"])
    return Forgetting(
        dataset=dataset,
        waiting=len(list_of(site, dataset).listed(Domain.WAITING)),
        needed=batch_of(site),
        due=datetime.fromisoformat(since).astimezone(UTC) + WAITS if since else None,
        task=_key(dataset, str(body["batch"])) if body["batch"] else "",
        records=dataset in site.datasets(),
    )


def batch_of(site: Site) -> int:
    """How many people are erased together, persons: the most that any protection level tells questions apart by."""
    return max([FEWEST, *(people_apart(one) for one in site.policies.values())])


def is_ready(state: Forgetting, now: datetime) -> bool:
    """Whether enough people wait, or some have waited long enough."""
    return state.waiting >= state.needed or is_due(state, now)


def is_due(state: Forgetting, now: datetime) -> bool:
    """Whether those who wait are erased however few they are."""
    return state.due is not None and now >= state.due


def begin_batch(room: Room, dataset: str, *, verb: str, forced: bool) -> str:
    """Queue the erasure of those who wait; one that is under way goes on. What names the work.

    Args:
        room: Who, where and when.
        dataset: Name of the data set.
        verb: What does it.
        forced: However few of them are in the data set.
    """
    with room.write() as act:
        body = _waiting(act, dataset)
        batch = str(body["batch"]) or f"b{secrets.token_hex(8)}"
        act.tx.put(KIND, dataset, {**body, "batch": batch, "forced": forced or bool(body["forced"])}, at=room.now)
        act.record(dataset, {"batch": batch}, verb=verb)
        return begin(act, _key(dataset, batch), {"dataset": dataset, "batch": batch}, verb=verb).key


def _key(dataset: str, batch: str) -> str:
    return f"{VERB}/{dataset}/{batch}"


@works(VERB)
def _erase(site: Site, job: Job, beat: Heartbeat) -> None:
    """Erase a batch; killed anywhere and begun again, it ends the same. Where too few are there, they wait on."""
    dataset, now = str(job.body["dataset"]), datetime.now(UTC)
    waiting = list_of(site, dataset).listed(Domain.WAITING)
    if enough := _are_enough(site, dataset, now):
        erase_listed(site, dataset, now, beat)
    finish_batch(site, job, now, waiting if enough else None)


def _are_enough(site: Site, dataset: str, now: datetime) -> bool:
    """Whether there are enough to erase, or however few do; written down, as nobody finds them afterwards."""
    fact = site.ledger.fact(KIND, dataset)
    if fact is not None and fact.body["forced"]:
        return True
    enough = found(opened_for(site, dataset)) >= batch_of(site)
    if enough:
        with site.ledger.write() as tx:
            act = Act(tx, system_room(site, now))
            tx.put(KIND, dataset, {**_waiting(act, dataset), "forced": True}, at=now)
            act.record(dataset, {"decided": True})
    return enough


def finish_batch(site: Site, job: Job, now: datetime, done: Collection[bytes] | None) -> None:
    """Write down that those who waited are erased, and end the work; who came meanwhile waits on.

    Args:
        site: Where.
        job: The work.
        now: When, UTC.
        done: Marks of those who waited; `None` where too few of them were there and nothing was erased.
    """
    dataset = str(job.body["dataset"])
    objections = list_of(site, dataset)
    objections.remove(Domain.WAITING, done or ())
    with site.ledger.write() as tx:
        act = Act(tx, system_room(site, now))
        before = str(_waiting(act, dataset)["since"])
        since = (now.isoformat() if done else before) if objections.listed(Domain.WAITING) else ""
        tx.put(KIND, dataset, {"since": since, "batch": "", "forced": False}, at=now)
        act.record(dataset, {"batch": str(job.body["batch"]), "finished": True})
        if done is not None:
            owe(act)
        site.queue.finish(tx, job, result_ref=dataset, now=now)


def erase_listed(site: Site, dataset: str, now: datetime, beat: Heartbeat | None = None) -> None:
    """Erase everybody on the list of a data set from all that is kept of it.

    Raises:
        WrongState: Files are being taken in; it is done again later.
    """
    if dataset not in site.datasets():
        return
    mend_list(system_room(site, now), dataset)
    forget_reports(system_room(site, now), dataset)
    forget_listed(
        opened_for(site, dataset),
        commit=lambda done: commit_replaced(site, done, because=PEOPLE, subject=dataset, now=now),
        progress=beat.step if beat else lambda _done, _all: None,
    )
    look_anew(site, dataset, now)


def commit_replaced(site: Site, done: Replaced, *, because: str, subject: str, now: datetime, verb: str = VERB) -> None:
    """Make versions that hold less the data set's, in one transaction with the proof of what is destroyed.

    The event has one digest for all that is destroyed, so that it does not tell how much that was; the list it is the
    digest of is kept sealed.

    Raises:
        WrongState: Somebody changed the data set meanwhile; nothing is changed.
    """
    proof, dataset = site.documents.put(list(done.digests)), done.manifest.dataset
    with site.ledger.write() as tx:
        fact = tx.fact("dataset", dataset)
        if fact is None or fact.state != "current" or fact.body["manifest"] != done.before:
            raise WrongState(say("somebody else changed the data set at the same time; run it again, nothing is lost"))
        tx.put("dataset", dataset, {**fact.body, "manifest": done.manifest.id}, at=now)
        note(tx, dataset, done.versions, because=because, at=now)
        told = erased(because, subject, (proof,))
        Act(tx, system_room(site, now)).record(f"{dataset}@{done.manifest.id}", told, verb=verb)


def opened_for(site: Site, dataset: str) -> ForgetSite:
    """What erasing needs of a data set at the version in force.

    Raises:
        NotFound: There is no such data set.
    """
    return ForgetSite(
        folders=site.folders,
        keys=site.keys,
        manifest=site.manifest(dataset),
        named=lambda: site.named(dataset),
        memory_mb=site.settings.memory_mb,
        threads=site.settings.threads,
    )


def system_room(site: Site, now: datetime) -> Room:
    """The program at work, on nobody's behalf."""
    return Room(site, Caller(account="worker", door=Door.WORKER), now, verb=VERB)


@replays(OUT, of_then=True)
def _again_out(site: Site, erasure: Erasure, now: datetime) -> None:
    _again(site, OUT, erasure, now)


@replays(IN, of_then=True)
def _again_in(site: Site, erasure: Erasure, now: datetime) -> None:
    _again(site, IN, erasure, now)


@replays(PEOPLE, of_then=True)
def _again_people(site: Site, erasure: Erasure, now: datetime) -> None:
    erase_listed(site, erasure.subject, now)


def _again(site: Site, kind: str, erasure: Erasure, now: datetime) -> None:
    dataset = erasure.subject.partition("/")[0]
    fact = site.ledger.fact("dataset", dataset)
    if fact is not None and fact.state != "current":
        return
    marks = [bytes.fromhex(one) for one in erasure.digests]
    with site.ledger.write() as tx:
        change_list(Act(tx, system_room(site, now)), list_of(site, dataset), kind, erasure.subject, marks)
