"""Freezing a pool: the shares that were signed off become one data set of a study; everything else of them goes."""

import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from safeconduct.actions.deposits_held import Held
from safeconduct.actions.deposits_held import body_of as deposit_body
from safeconduct.actions.messages import tell
from safeconduct.actions.moving import move, start
from safeconduct.actions.pool_base import (
    ALIVE,
    POOL,
    SHARE,
    HeldPool,
    HeldShare,
    body_of,
    contributors,
    hosted,
    plan_steps,
    pool_in,
    share_now,
    shares_of,
)
from safeconduct.actions.pool_comparing import with_contributor
from safeconduct.actions.pool_leaving import destroy, destroy_key, leave_out
from safeconduct.actions.pool_together import Read, doubles, giving_way, read_shares, without
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site, dataset_of
from safeconduct.actions.studies import keep_files, put_study
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, works
from safeconduct.govern.deposits import Basis, Deposit, Owner
from safeconduct.govern.pools import FEWEST
from safeconduct.govern.states.machine import BY_SYSTEM, Part
from safeconduct.ingest.pooled_kept import Part as Given
from safeconduct.ingest.pooled_kept import Together, keep_pool, together
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.model.canonical import Json
from safeconduct.model.errors import WrongState
from safeconduct.model.text import say
from safeconduct.model.trees import to_tree
from safeconduct.store.shredding import destroy_dataset

STEPS = 3
CHANGED = say("A share changed while the pool was being frozen; nothing was kept. Look at the pool, and freeze again.")


@action(needs="pool")
def freeze_pool(room: Room, *, pool: str) -> Task:
    """Freeze a pool: shares that were signed off become one data set of its study, every other share is destroyed.

    From then on nobody withdraws: people ask by the rights process. The key of the comparison is destroyed. The
    records then go the usual way: measured, treated or made up, checked, published.

    Args:
        pool: Id of the pool.
    """
    with room.write() as act:
        held, _, _ = hosted(room, pool, act)
        if held.pool.state != "open" or room.now.date() < held.pool.freeze_on:
            raise WrongState(say("This pool may be frozen from {day} on, once.", day=held.pool.freeze_on.isoformat()))
        signed = [one for one, fact in shares_of(room.site, pool) if fact.state == "signed_off"]
        if len(signed) < FEWEST:
            raise WrongState(say("A pool takes the signed shares of {fewest} organisations.", fewest=FEWEST))
        after = replace(held, asked=held.asked + 1)
        act.tx.put(POOL, pool, body_of(after), state=held.pool.state, at=room.now)
        act.record(pool, {"asked": after.asked})
        return begin(act, f"freeze/{pool}/{after.asked}", {"pool": pool, "by": room.caller.account})


@dataclass(frozen=True, kw_only=True)
class _Frozen:
    """What is about to be written down. Its `repr` shows no value."""

    held: HeldPool
    shares: tuple[HeldShare, ...]
    whole: Together
    version: str
    deposit: str
    by: str


@works("freeze_pool")
def _freeze(site: Site, job: Job, beat: Heartbeat) -> None:
    """Read the signed shares, write the data set, then name it and let go of everything else, in one transaction."""
    held = pool_in(site.ledger.fact(POOL, str(job.body["pool"])))
    signed = [one for one, fact in shares_of(site, held.pool.id) if fact.state == "signed_off" and one.made]
    if held.pool.state != "open" or len(signed) < FEWEST:
        _given_up(site, job, held)
        return
    shares = _coded(signed)
    found = read_shares(site, shares, beat)
    beat.step(1, STEPS)
    left = giving_way(site, found, doubles(site, found), held.pool.keep)
    whole = together([_given(one, left[one.share.id]) for one in found], leaves=held.pool.contributor_leaves,
                     mixed=True)  # fmt: skip
    deposit = f"d{secrets.token_hex(6)}"
    version = keep_pool(site.arrival(held.pool.study, deposit), whole.file, whole.table, whole.roles)
    beat.step(2, STEPS)
    made = _Frozen(held=held, shares=shares, whole=whole, version=version, deposit=deposit, by=str(job.body["by"]))
    for go in _written(site, job, made):
        go()


def _coded(shares: Sequence[HeldShare]) -> tuple[HeldShare, ...]:
    """Shares with a number each, in an order that says nothing."""
    numbers = [str(at + 1) for at in range(len(shares))]
    secrets.SystemRandom().shuffle(numbers)
    return tuple(replace(one, code=code) for one, code in zip(shares, numbers, strict=True))


def _given(one: Read, left: frozenset[int]) -> Given:
    return Given(code=one.share.code, file=one.file, table=without(one, left), roles=one.roles)


def _given_up(site: Site, job: Job, held: HeldPool) -> None:
    """Nothing is kept; where another try froze the pool, this one is done."""
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        if held.pool.state == "frozen":
            act.record(held.pool.id, {"frozen": "before"})
            site.queue.finish(tx, job, result_ref=held.pool.study, now=act.room.now)
        else:
            site.queue.fail(tx, job, CHANGED, act.room.now)


def _written(site: Site, job: Job, made: _Frozen) -> list[Callable[[], None]]:
    """Name the data set in the ledger; what has to be destroyed after it, each thing."""
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        if _changed(act, made):
            site.queue.fail(tx, job, CHANGED, act.room.now)
            return [lambda: destroy_dataset(site.folders, dataset_of(made.held.pool.study))]
        _deposited(act, made)
        body = body_of(replace(made.held, frozen_by=made.by))
        move(act, POOL, made.held.pool.id, command="freeze", parts=BY_SYSTEM, body=body,
             told={"manifest": made.version, "by": made.by})  # fmt: skip
        go = [_frozen(act, one) for one in made.shares]
        go += [_left_out(act, one.id) for one in _others(site, made)]
        go.append(destroy_key(act, made.held.pool.id))
        site.queue.finish(tx, job, result_ref=made.held.pool.study, now=act.room.now)
    return go


def _others(site: Site, made: _Frozen) -> list[HeldShare]:
    kept = {one.id for one in made.shares}
    return [one for one, fact in shares_of(site, made.held.pool.id) if one.id not in kept and fact.state in ALIVE]


def _left_out(act: Act, share: str) -> Callable[[], None]:
    """What nobody signed in time; a share that left meanwhile has gone by itself."""
    held, state = share_now(act, share)
    return leave_out(act, held) if state in ALIVE else lambda: None


def _changed(act: Act, made: _Frozen) -> bool:
    """Whether the pool or a share that was read is not what it was, or the study got records from elsewhere."""
    pool, study = act.tx.fact(POOL, made.held.pool.id), made.held.pool.study
    if pool is None or pool.state != "open" or act.tx.fact("microdata", study) is not None:
        return True
    for one in made.shares:
        now, state = share_now(act, one.id)
        if state != "signed_off" or replace(now, code=one.code) != one:
            return True
    return False


def _deposited(act: Act, made: _Frozen) -> None:
    """The records as a deposit of partners that is kept, on the pool's ground, with the pool's plan to go on from."""
    site, pool = act.room.site, made.held.pool
    files = keep_files(site, (made.whole.file,))
    held = Held(deposit=_deposit(made), uploads=(), format=pool.standard.value, files=files,
                roles=site.documents.put(to_tree(made.whole.roles)))  # fmt: skip
    start(act, "deposit", made.deposit, deposit_body(held), {"study": pool.study, "pool": pool.id})
    for command, parts in (("finish", BY_SYSTEM), ("read", BY_SYSTEM), ("decide", frozenset({Part.STEWARD})),
                           ("keep", BY_SYSTEM)):  # fmt: skip
        move(act, "deposit", made.deposit, command=command, parts=parts, told={"pool": pool.id})
    act.tx.put("microdata", pool.study, {"manifest": made.version, "deposit": made.deposit}, at=act.room.now)
    put_study(act, pool.study, files=files)
    steps = with_contributor(plan_steps(site, made.held), leaves=pool.contributor_leaves)
    authors: list[Json] = [*made.held.authors] or [made.by]
    act.tx.put("plan", pool.study, {"steps": site.documents.put([to_tree(one) for one in steps]), "authors": authors},
               at=act.room.now)  # fmt: skip
    act.record(pool.study, {"pool": pool.id, "manifest": made.version})


def _deposit(made: _Frozen) -> Deposit:
    pool, on_consent = made.held.pool, made.held.pool.basis is Basis.CONSENT
    return Deposit(
        id=made.deposit, study=pool.study, title=pool.title, depositor=made.by, owner=Owner.PARTNER,
        partner=pool.title, basis=pool.basis, agreement=pool.agreement, agreement_from=pool.agreement_from,
        agreement_until=pool.agreement_until, conditions=pool.purpose,
        consent_conditioned=False if on_consent else None, consent_understood=True if on_consent else None,
        collected_by=say("Contributors of a pool").id,
    )  # fmt: skip


def _frozen(act: Act, share: HeldShare) -> Callable[[], None]:
    """The share is part of the pool; its own copy, digests and reports are needless."""
    site, id_ = act.room.site, share.id
    tell(act, contributors(site, share.organisation), say("A pool your organisation contributed to was frozen."),
         href=f"/data/pools/mine/{share.pool}")  # fmt: skip
    move(act, SHARE, id_, command="freeze", parts=BY_SYSTEM, body=body_of(share.emptied))
    begin(act, f"destroy-share/{id_}", {"share": id_, "uploads": []}, verb="destroy_share")
    return lambda: destroy(site, id_)


def pool_published(act: Act, study: str) -> None:
    """Write down that an edition made from a frozen pool was published; nothing where the study is of none."""
    for fact in act.room.site.ledger.facts(POOL, state="frozen"):
        if pool_in(fact).pool.study == study:
            move(act, POOL, fact.id, command="publish", parts=BY_SYSTEM, told={"study": study})
