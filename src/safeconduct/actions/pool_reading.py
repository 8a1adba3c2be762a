"""Reading a share: staged, its files destroyed, corrected, brought into the pool's form; digests made under its key."""

from contextlib import suppress
from dataclasses import dataclass, replace

from safeconduct.actions.messages import tell
from safeconduct.actions.moving import move
from safeconduct.actions.pool_base import (
    ALIVE,
    POOL,
    SHARE,
    HeldShare,
    body_of,
    contributors,
    opened,
    paper,
    papers,
    plain,
    pool_in,
    pool_papers,
    share_in,
    share_now,
    steps_in,
)
from safeconduct.actions.pool_leaving import destroy
from safeconduct.actions.site import Site
from safeconduct.actions.working import begin, system_act, works
from safeconduct.govern.pools import Pool
from safeconduct.govern.states.machine import BY_SYSTEM
from safeconduct.ingest.arriving import reopen, stage
from safeconduct.ingest.pooled_digests import Matching, digests
from safeconduct.ingest.pooled_kept import Share, keep_only, keep_share, prepare
from safeconduct.ingest.survey import Arrived, read
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import BadInput, NotFound, Unreadable, WrongState
from safeconduct.model.text import Text, say

STEPS = 3


@dataclass(frozen=True, kw_only=True)
class _Read:
    """A share as reading left it."""

    share: HeldShare
    notes: tuple[Text, ...]


@works("read_share")
def _read_share(site: Site, job: Job, beat: Heartbeat) -> None:
    """Read what was sent, or what is staged, and bring it into the pool's form."""
    share = share_in(site.ledger.fact(SHARE, str(job.body["share"])))
    named = job.body["read"]
    try:
        staged = _staged(site, share, tuple(map(str, named if isinstance(named, list) else ())), beat)
        beat.step(1, STEPS)
        made = _made(site, staged, beat)
    except (BadInput, Unreadable) as error:
        _failed(site, job, share, error.text)
        return
    try:
        _written(site, job, share, made)
    except WrongState:
        _undone(site, share)
        raise
    _destroy_sent(site, share.uploads)
    keep_only(opened(site, share.id), made.share.version)
    papers(site, share.id).keep_only(made.share.papers)


def _staged(site: Site, share: HeldShare, uploads: tuple[str, ...], beat: Heartbeat) -> _Read:
    """The share with what was sent staged; where nothing new was sent, what is staged already."""
    if not uploads:
        return _Read(share=share, notes=())
    contents = read([_arrived(site, one) for one in uploads], hints=share.hints)
    staged = stage(contents, opened=opened(site, share.id), cancelled=beat.stopped.is_set)
    after = replace(share, uploads=(), staged=staged.manifest.id, steps="", fates="", flagged="", preview="")
    return _Read(share=after, notes=contents.notes)


def _arrived(site: Site, upload: str) -> Arrived:
    about = site.uploads.upload(upload)
    return Arrived(name=about.name, size=about.offset, open=lambda: site.uploads.open(upload))


def _made(site: Site, now: _Read, beat: Heartbeat) -> _Read:
    """The harmonised form, its report and its digests, kept; nothing names them yet."""
    share, pool = now.share, pool_in(site.ledger.fact(POOL, now.share.pool)).pool
    where = opened(site, share.id)
    made = prepare(reopen(share.staged, opened=where), steps_in(paper(site, share.id, share.steps)),
                   standard=pool.standard.value)  # fmt: skip
    beat.step(2, STEPS)
    kept = papers(site, share.id)
    after = replace(
        share,
        made_of=digest([share.staged, share.steps]),
        version=keep_share(where, made.made),
        report=kept.put(plain(made.made.report)),
        digests=kept.put(_digests(site, pool, made)),
    )
    return _Read(share=after, notes=(*now.notes, *_told(made)))


def _digests(site: Site, pool: Pool, made: Share) -> Json:
    matching = Matching(by=tuple(one.value for one in pool.match_by), phonetic=pool.phonetic,
                        offline_column=pool.offline_column)  # fmt: skip
    key = pool_papers(site, pool.id).key()
    return {str(row): list(own) for row, own in digests(made.rows, matching, key=key).items()}


def _told(made: Share) -> list[Text]:
    if not made.others:
        return []
    return [say("Only the table {table} is pooled; left behind: {others}.", table=made.rows.file.name,
                others=", ".join(made.others))]  # fmt: skip


def _written(site: Site, job: Job, before: HeldShare, made: _Read) -> None:
    """Name what was made in the ledger; where the share changed or left meanwhile, it is nobody's, and goes."""
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        held, state = share_now(act, before.id)
        if state not in {"invited", "contributed"} or held.reading != before.reading:
            raise WrongState(say("The share changed while it was read; it is read again as it is now."))
        after = replace(made.share, notes=made.notes)
        move(act, SHARE, before.id, command="read", parts=BY_SYSTEM, body=body_of(after))
        tell(act, contributors(site, before.organisation), say("Your organisation's files were read."),
             href=f"/data/pools/mine/{before.pool}")  # fmt: skip
        act.record(before.id, {"told": "contributors"})
        begin(act, f"destroy-sent/{before.id}/{before.reading}", {"uploads": list(before.uploads)}, verb="destroy_sent")
        site.queue.finish(tx, job, result_ref=before.id, now=act.room.now)


def _failed(site: Site, job: Job, share: HeldShare, why: Text) -> None:
    """It cannot be read so, or a correction cannot be made; the organisation reads why."""
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        held, state = share_now(act, share.id)
        if state in {"invited", "contributed"} and held.reading == share.reading:
            body = body_of(replace(held, uploads=(), notes=(why,)))
            move(act, SHARE, share.id, command="fail", parts=BY_SYSTEM, body=body, told={"why": why.id})
        site.queue.fail(tx, job, why, act.room.now)
    _destroy_sent(site, share.uploads)


def _undone(site: Site, share: HeldShare) -> None:
    """What was made of a share that left meanwhile goes as the rest of it went."""
    fact = site.ledger.fact(SHARE, share.id)
    if fact is None or fact.state not in ALIVE:
        destroy(site, share.id, share.uploads)


def _destroy_sent(site: Site, uploads: tuple[str, ...]) -> None:
    for one in uploads:
        with suppress(NotFound):
            site.uploads.destroy(one)


@works("destroy_sent")
def _destroyed(site: Site, job: Job, beat: Heartbeat) -> None:
    """Destroy files that were read, where the program that should have done it did not live to."""
    named = job.body["uploads"]
    _destroy_sent(site, tuple(map(str, named if isinstance(named, list) else ())))
    beat.step(1, 1)
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        act.record(job.key, {"destroyed": "files that were read"})
        site.queue.finish(tx, job, result_ref=job.key, now=act.room.now)
