"""People left out and erased: the list of a data set, the batch that erases those on it, and how far it is.

An erasure reaches the store, and with it every answer, for so many people at once as a protection level needs to tell
two questions apart; after thirty days, or where somebody says at once, also for fewer.
"""

import secrets
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from safeconduct.actions.answers_again import look_anew
from safeconduct.actions.erasing import erased, replays
from safeconduct.actions.exchanging import owe
from safeconduct.actions.forgetting_list import KIND, NOBODY, change, change_list, lines_of, standing_of
from safeconduct.actions.left_out import IN, OUT, list_of, mend_list
from safeconduct.actions.mosaic_tidying import forget_reports
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, works
from safeconduct.ingest.forgetting import ForgetSite, Searched, forget_listed, found, searched
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.erasures import Erasure
from safeconduct.ledger.rewritten import PEOPLE, note
from safeconduct.model.errors import WrongState
from safeconduct.model.text import say
from safeconduct.release.gate import people_apart
from safeconduct.store.objections import Domain, Marks
from safeconduct.store.replacing import Replaced

VERB = "erase_people"
WAITS = timedelta(days=30)
"""How long an erasure may wait for others, so that one month after it was asked for it is done."""
FEWEST = 16


@dataclass(frozen=True, kw_only=True)
class Forgetting:
    """Where the erasures of a data set stand. Nothing in it depends on whether anybody is in the data set.

    Attributes:
        dataset: Name of the data set.
        waiting: How many people asked and were not due yet. Some of them may be erased already, with others.
        needed: How many of those who wait must be in the data set before they are erased together.
        due: The moment from which they are erased however few they are, UTC; `None` where nobody waits.
        task: What names the work that erases them, `""` where none was begun.
        searches: How many files it writes anew.
        records: Whether the data set has records yet; where it has none, its name may be misspelt.
        together: How many of those who wait were enough to be erased together before they are due. They were, if
            enough of them are in the data set, and that is told nobody; when they are due, they surely are.
        work: That work, where it was begun just now; a shell on the site's own machine does it before it ends.
    """

    dataset: str
    waiting: int
    needed: int
    due: datetime | None
    task: str = ""
    searches: Searched | None = None
    records: bool = False
    together: int = 0
    work: Task | None = None


@action(needs="forget")
def opt_out(room: Room, *, dataset: str, identifiers: tuple[str, ...]) -> Forgetting:
    """Leave people out of a data set from now on, and erase what is there of them within thirty days.

    Their rows are left out of every file before anything else looks at them. The list keeps keyed marks only; nobody
    can read from it who is on it.

    Args:
        dataset: Name of the data set; it may be one that no file was taken into yet.
        identifiers: Their numbers as the operator writes them, 5,000 at most.
    """
    change(room, OUT, dataset, identifiers)
    return state_of(room.site, dataset)


@action(needs="forget", local=True)
def opt_out_list(room: Room, *, dataset: str, listed: Path) -> Forgetting:
    """Leave out everybody in a text file of this machine, a number a line; destroy the file yourself afterwards.

    Args:
        dataset: Name of the data set.
        listed: The file, UTF-8, up to 64 MiB.
    """
    for some in lines_of(listed):
        change(room, OUT, dataset, some)
    return state_of(room.site, dataset)


@action(needs="forget")
def opt_in(room: Room, *, dataset: str, identifiers: tuple[str, ...]) -> Forgetting:
    """Take people off the list, so that rows that come from now on are taken in; what was erased stays erased.

    Who was not erased yet is not erased any more.

    Args:
        dataset: Name of the data set.
        identifiers: Their numbers as the operator writes them, 5,000 at most.
    """
    change(room, IN, dataset, identifiers)
    return state_of(room.site, dataset)


@action(needs="forget")
def forget(
    room: Room, *, dataset: str, identifiers: tuple[str, ...] = (), at_once: bool = False, dry_run: bool = False
) -> Forgetting:
    """Erase everybody who is to be left out from every version of a data set, once enough of them are there.

    Every file is written anew without them and the old files' keys are destroyed. What was released stays. Neither
    what the command says nor the record of use depends on whether anybody is in the data set.

    Args:
        dataset: Name of the data set.
        identifiers: People to leave out and erase, as in opt_out; those on the list already where left out.
        at_once: Do not wait for others. Somebody who compares answers from before and after may then learn more.
        dry_run: Say only what would be written anew.
    """
    room.site.manifest(dataset)
    if dry_run:
        return replace(state_of(room.site, dataset), searches=searched(opened_for(room.site, dataset)))
    if identifiers:
        change(room, OUT, dataset, identifiers)
    state = state_of(room.site, dataset)
    if not (at_once or is_ready(state, room.now)):
        return state
    work = begin_batch(room, dataset, verb=VERB, forced=is_due(state, room.now), at_once=at_once)
    return replace(state, task=work.key, work=work)


@action(needs="promises", reads=True)
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
        together=len(list_of(site, dataset).listed(Domain.TOGETHER)),
    )


def batch_of(site: Site) -> int:
    """How many people are erased together, persons: the most that any protection level tells questions apart by."""
    return max([FEWEST, *(people_apart(one) for one in site.policies.values())])


def is_ready(state: Forgetting, now: datetime) -> bool:
    """Whether enough people wait, or some have waited long enough."""
    return state.waiting - state.together >= state.needed or is_due(state, now)


def is_due(state: Forgetting, now: datetime) -> bool:
    """Whether those who wait are erased however few they are."""
    return state.due is not None and now >= state.due


def begin_batch(room: Room, dataset: str, *, verb: str, forced: bool, at_once: bool = False) -> Task:
    """Queue the erasure of those who wait; one that is under way goes on. The work.

    Args:
        room: Who, where and when.
        dataset: Name of the data set.
        verb: What does it.
        forced: However few of them are in the data set.
        at_once: Those too who are not due yet.
    """
    with room.write() as act:
        body = standing_of(act, dataset)
        batch = str(body["batch"]) or f"b{secrets.token_hex(8)}"
        at_once = at_once or bool(body.get("at_once"))
        how = {"forced": forced or at_once or bool(body["forced"]), "at_once": at_once}
        act.tx.put(KIND, dataset, {**body, **how, "batch": batch}, at=room.now)
        act.record(dataset, {"batch": batch}, verb=verb)
        return begin(act, _key(dataset, batch), {"dataset": dataset, "batch": batch}, verb=verb)


def _key(dataset: str, batch: str) -> str:
    return f"{VERB}/{dataset}/{batch}"


@works(VERB)
def _erase(site: Site, job: Job, beat: Heartbeat) -> None:
    """Erase a batch; killed anywhere and begun again, it ends the same.

    Where too few are there, everything is written anew all the same and they wait on. Until they are due, so do those
    who were erased: whoever reads the record of use, or sees how many wait, does not learn which it was.
    """
    dataset, now = str(job.body["dataset"]), datetime.now(UTC)
    batch = _batch(site, dataset)
    erase_listed(site, dataset, now, beat, alike=batch.alike)
    finish_batch(site, job, now, batch.done, together=batch.together)


@dataclass(frozen=True, kw_only=True)
class _Batch:
    """Who is erased now.

    Attributes:
        done: Marks of those who wait no more.
        together: Marks of those who wait on until they are due, erased or not.
        alike: Nobody is.
    """

    done: Marks = frozenset()
    together: Marks = frozenset()
    alike: bool = False


def _batch(site: Site, dataset: str) -> _Batch:
    objections, fact = list_of(site, dataset), site.ledger.fact(KIND, dataset)
    waiting, together = objections.listed(Domain.WAITING), objections.listed(Domain.TOGETHER)
    how = fact.body if fact else NOBODY
    if not how["forced"]:
        return _Batch(together=waiting, alike=_found(site, dataset) < batch_of(site))
    if together and not how.get("at_once"):
        return _Batch(done=together, alike=_found(site, dataset, among=together) == 0)
    return _Batch(done=waiting)


def _found(site: Site, dataset: str, among: Marks | None = None) -> int:
    return found(opened_for(site, dataset), among) if dataset in site.datasets() else 0


def finish_batch(site: Site, job: Job, now: datetime, done: Marks, *, together: Marks = frozenset()) -> None:
    """Write down that those who waited are erased, and end the work; who came meanwhile waits on.

    Args:
        site: Where.
        job: The work.
        now: When, UTC.
        done: Marks of those who wait no more.
        together: Marks of those who wait on until they are due, erased or not.
    """
    dataset = str(job.body["dataset"])
    objections = list_of(site, dataset)
    objections.add(Domain.TOGETHER, together & objections.listed(Domain.WAITING))
    for domain in (Domain.WAITING, Domain.TOGETHER):
        objections.remove(domain, done)
    with site.ledger.write() as tx:
        act = Act(tx, system_room(site, now))
        before = standing_of(act, dataset)
        waiting = objections.listed(Domain.WAITING)
        since = (before.get("later") or now.isoformat()) if done else before["since"]
        later = now.isoformat() if together and waiting - together else ""
        tx.put(KIND, dataset, {**NOBODY, "since": since if waiting else "", "later": later}, at=now)
        act.record(dataset, {"batch": str(job.body["batch"]), "finished": True})
        owe(act)
        site.queue.finish(tx, job, result_ref=dataset, now=now)


def erase_listed(
    site: Site, dataset: str, now: datetime, beat: Heartbeat | None = None, *, alike: bool = False
) -> None:
    """Erase everybody on the list of a data set from all that is kept of it.

    Args:
        site: Where.
        dataset: Name of the data set.
        now: When, UTC.
        beat: Told how far it is.
        alike: Erase nobody, and do everything else as if.

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
        alike=alike,
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
    return Room.of_worker(site, now, verb=VERB)


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
