"""Leaving a pool: a share destroyed with everything made of it, keys first, with proof; and the pool's key likewise."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from safeconduct.actions.erasing import erased, replays
from safeconduct.actions.exchanging import owe
from safeconduct.actions.moving import move
from safeconduct.actions.pool_base import (
    HERE,
    POOL,
    SHARE,
    HeldShare,
    body_of,
    opened,
    paper,
    papers,
    pool_in,
    pool_papers,
    share_dataset,
    share_in,
    shares_of,
)
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site, dataset_of
from safeconduct.actions.working import begin, system_act, works
from safeconduct.govern.states.machine import BY_SYSTEM, Part
from safeconduct.ingest.arriving import discard
from safeconduct.ingest.pooled_digests import clusters
from safeconduct.ingest.pooled_kept import keep_named
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.erasures import Erasure
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BrokenPromise, NotFound, WrongState
from safeconduct.model.text import say
from safeconduct.store.pools import key_digests
from safeconduct.store.shredding import destroy_dataset, digests_of

KIND, KEY_KIND = "share", "pool_key"
WORKED_ON = frozenset({"queued", "running"})


def leave_out(act: Act, share: HeldShare) -> Callable[[], None]:
    """Take a share that nobody signed out of its pool, in the caller's transaction; call what comes back after it."""
    return _leave(act, share, "leave_out", BY_SYSTEM)


def withdraw(act: Act, share: HeldShare, parts: frozenset[Part]) -> Callable[[], None]:
    """Withdraw a share, in the caller's transaction; call what comes back after it."""
    return _leave(act, share, "withdraw", parts)


def _leave(act: Act, share: HeldShare, command: str, parts: frozenset[Part]) -> Callable[[], None]:
    """The move, the proof and the job that destroys are one transaction: whoever dies after it, it is done."""
    site = act.room.site
    told = erased(KIND, share.id, _proof(site, share))
    move(act, SHARE, share.id, command=command, parts=parts, body=body_of(share.emptied), told=told)
    files: dict[str, Json] = {"share": share.id, "uploads": list(share.uploads)}
    begin(act, f"destroy-share/{share.id}", files, verb="destroy_share")
    owe(act)
    return lambda: _gone(site, share, act.room.now)


def _gone(site: Site, share: HeldShare, now: datetime) -> None:
    """At once; where somebody writes the share just now, the work that waits for them does it."""
    with suppress(WrongState):
        destroy(site, share.id, share.uploads)
        untell(site, share.pool, now)
    drop_half_frozen(site, share.pool)


def _proof(site: Site, share: HeldShare) -> tuple[str, ...]:
    """Digests of the keys of everything that goes: records, papers, what is staged, files that wait to be read."""
    arrival = opened(site, share.id)
    places = [arrival.staging / arrival.staged_as, *(site.folders.intake / "uploads" / one for one in share.uploads)]
    staged = (one for place in places if place.exists() for one in key_digests(place))
    return (*digests_of(site.folders, share_dataset(share.id)), *staged)


def destroy(site: Site, share: str, uploads: tuple[str, ...] = ()) -> None:
    """Destroy the records, papers, staged tables and files of a share, keys first; again, and nothing changes."""
    for one in uploads:
        with suppress(NotFound):
            site.uploads.destroy(one)
    discard(opened(site, share))
    _destroy_dataset(site, share_dataset(share))


def _destroy_dataset(site: Site, dataset: str) -> None:
    if (site.folders.store / dataset).exists():
        destroy_dataset(site.folders, dataset)


def drop_half_frozen(site: Site, pool: str) -> None:
    """Destroy what a freeze that died wrote of the pool's data set, unless that freeze is done again just now.

    It holds records of every share that was signed then, of those that left since too.
    """
    held = pool_in(site.ledger.fact(POOL, pool))
    job = site.queue.get(f"freeze/{pool}/{held.asked}")
    if job is None or job.state not in WORKED_ON:
        drop_unnamed(site, held.pool.study)


def drop_unnamed(site: Site, study: str) -> None:
    """Destroy every version of a pool's data set that the ledger does not name; one that is being written stays."""
    fact, dataset = site.ledger.fact("microdata", study), dataset_of(study)
    arriving = fact is None and any(_study_of(one.body) == study for one in site.ledger.facts("deposit"))
    if arriving or (fact is not None and fact.state != "current") or not (site.folders.store / dataset).exists():
        return
    with suppress(WrongState):
        keep_named(site.arrival(study, POOL), site.kept_versions(study) if fact else ())


def _study_of(body: Mapping[str, Json]) -> Json:
    deposit = body.get("deposit")
    return deposit.get("study") if isinstance(deposit, Mapping) else None


def untell(site: Site, pool: str, now: datetime) -> None:
    """Forget that others' records may also have been held by a share that is gone."""
    there = [one for one, fact in shares_of(site, pool) if fact.state in HERE and one.flagged and one.digests]
    made = {one.id: {int(row): tuple(own) for row, own in paper(site, one.id, one.digests).items()} for one in there}
    held = {pair for cluster in clusters(made) for pair in cluster}
    for one in there:
        before = paper(site, one.id, one.flagged)
        after = [row for row in before if (one.id, row) in held]
        if after != before:
            _flag(site, one, after, now)


def _flag(site: Site, share: HeldShare, rows: list[int], now: datetime) -> None:
    """Write the shorter list, unless the share moved on meanwhile; a signature under the longer one stays true."""
    paper_of = papers(site, share.id)
    name = paper_of.put(list(rows))
    with site.ledger.write() as tx:
        act = Act(tx, Room.of_worker(site, now, verb="destroy_share"))
        fact = tx.fact(SHARE, share.id)
        held = share_in(fact)
        if fact is None or held.flagged != share.flagged or fact.state not in HERE:
            return
        after = replace(held, flagged=name)
        after = replace(after, signed=after.seen) if held.signed and held.signed == held.seen else after
        tx.put(SHARE, share.id, body_of(after), state=fact.state, at=now)
        act.record(share.id, {"forgot": "records that another share held"})
    paper_of.keep_only(after.papers)


def destroy_key(act: Act, pool: str) -> Callable[[], None]:
    """Destroy the key of the comparison, in the caller's transaction; call what comes back after it."""
    site = act.room.site
    told = erased(KEY_KIND, pool, digests_of(site.folders, dataset_of(f"{POOL}/{pool}")))
    act.record(pool, told, verb="destroy_pool_key")
    begin(act, f"destroy-key/{pool}", {"pool": pool}, verb="destroy_pool_key")
    return lambda: pool_papers(site, pool).destroy_key()


@works("destroy_share")
def _destroy_share(site: Site, job: Job, beat: Heartbeat) -> None:
    """Finish what the program that should have done it did not live to do."""
    share = str(job.body["share"])
    named = job.body["uploads"]
    try:
        destroy(site, share, tuple(map(str, named if isinstance(named, list) else ())))
    except WrongState:
        raise BrokenPromise(say("This share is being read just now; it is destroyed when that ends.")) from None
    fact = site.ledger.fact(SHARE, share)
    if fact is not None:
        untell(site, share_in(fact).pool, datetime.fromisoformat(fact.at))
        drop_half_frozen(site, share_in(fact).pool)
    beat.step(1, 1)
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        act.record(share, {"destroyed": "share"})
        site.queue.finish(tx, job, result_ref=share, now=act.room.now)


@works("destroy_pool_key")
def _destroy_pool_key(site: Site, job: Job, beat: Heartbeat) -> None:
    """The same for the pool's key."""
    pool = str(job.body["pool"])
    pool_papers(site, pool).destroy_key()
    beat.step(1, 1)
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        act.record(pool, {"destroyed": "comparison key"})
        site.queue.finish(tx, job, result_ref=pool, now=act.room.now)


@replays(KIND)
def _again_share(site: Site, erasure: Erasure, now: datetime) -> None:
    """A copy of the site from before: the share goes again, and its state says so."""
    fact = site.ledger.fact(SHARE, erasure.subject)
    if fact is None:
        return
    share = share_in(fact)
    if fact.state not in {"withdrawn", "frozen"}:
        with site.ledger.write() as tx:
            act = Act(tx, Room.of_worker(site, now, verb="destroy_share"))
            told = erased(KIND, share.id, erasure.digests)
            move(act, SHARE, share.id, command="leave_out", parts=BY_SYSTEM, body=body_of(share.emptied), told=told)
    destroy(site, share.id, share.uploads)
    untell(site, share.pool, now)


@replays(KEY_KIND)
def _again_key(site: Site, erasure: Erasure, now: datetime) -> None:
    """A copy of the site from before: the key goes again."""
    fact = site.ledger.fact(POOL, erasure.subject)
    if fact is None or not pool_papers(site, pool_in(fact).pool.id).has_key():
        return
    pool_papers(site, erasure.subject).destroy_key()
    with site.ledger.write() as tx:
        act = Act(tx, Room.of_worker(site, now, verb="destroy_pool_key"))
        act.record(erasure.subject, erased(KEY_KIND, erasure.subject, erasure.digests))
