"""Comparing the shares of a pool: each organisation is told of its own records only, and sees its own share treated."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from hashlib import sha256

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.actions.messages import tell
from safeconduct.actions.moving import move
from safeconduct.actions.pool_base import (
    HERE,
    POOL,
    SHARE,
    HeldPool,
    HeldShare,
    body_of,
    contributors,
    papers,
    plain,
    plan_steps,
    pool_in,
    share_in,
    share_now,
    shares_of,
)
from safeconduct.actions.pool_leaving import untell
from safeconduct.actions.pool_together import Read, doubles, giving_way, read_shares, without
from safeconduct.actions.site import Site
from safeconduct.actions.working import system_act, works
from safeconduct.govern.pools import FEWEST
from safeconduct.govern.states.machine import BY_SYSTEM
from safeconduct.ingest.pooled_kept import Part, Together, together
from safeconduct.ingest.pooled_target import CASES, CONTRIBUTOR
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.measures.risk import records as risks
from safeconduct.model.canonical import digest
from safeconduct.model.errors import BadInput, WrongState
from safeconduct.model.microdata import RECORD, DataFile, Design
from safeconduct.model.microdata import plain as plain_table
from safeconduct.model.recipe import Step
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.model.trees import to_tree
from safeconduct.protect.plan import replay

STEPS = 3
COARSE = 5
"""Shares within the pool are told in steps of so many percent: they are made of others' records too."""


@dataclass(frozen=True, kw_only=True)
class SharePreview:
    """An organisation's own share as an edition of the pool would hold it; for its own eyes.

    Attributes:
        records: Own records that agreed to research.
        withheld: Own records that did not, and so enter nothing.
        alone_before: Own records that no other record of the own share is like, in percent.
        alone_in_pool: Own records that no record of the whole pool is like, before treatment; percent, in steps of 5.
        alone_after: The same after the treatment plan.
        risk_after: Mean chance that somebody who knows the keys of an own record finds it, after; percent, steps of 5.
        emptied: Own cells that the treatment empties, by column.
        removed: Columns that would not be there.
        left_out: Own records that the treatment takes out.
        without_plan: The pool had no treatment plan yet.
    """

    records: int
    withheld: int
    alone_before: int
    alone_in_pool: int
    alone_after: int
    risk_after: int
    emptied: Mapping[str, int] = field(default_factory=dict, hash=False)
    removed: tuple[str, ...] = ()
    left_out: int = 0
    without_plan: bool = False


@works("compare_shares")
def _compare(site: Site, job: Job, beat: Heartbeat) -> None:
    """Read every share once, find doubles, measure each within the pool; the event that says so was written before."""
    held = pool_in(site.ledger.fact(POOL, str(job.body["pool"])))
    shares = [one for one, fact in shares_of(site, held.pool.id) if fact.state in HERE and one.made]
    if len(shares) < FEWEST:
        _failed(site, job, say("Comparing takes the shares of {fewest} organisations.", fewest=FEWEST))
        return
    found = read_shares(site, shares, beat)
    beat.step(1, STEPS)
    same = doubles(site, found)
    try:
        previews = _previews(site, held, found, giving_way(site, found, same, held.pool.keep), beat)
    except BadInput as error:
        _failed(site, job, error.text)
        return
    beat.step(2, STEPS)
    told = {one.id: sorted(row for cluster in same for share, row in cluster if share == one.id) for one in shares}
    _written(site, job, held, [(one, told[one.id], previews[one.id]) for one in shares])


def _failed(site: Site, job: Job, why: Text) -> None:
    with site.ledger.write() as tx:
        site.queue.fail(tx, job, why, system_act(site, tx, job).room.now)


def _written(site: Site, job: Job, held: HeldPool, made: Sequence[tuple[HeldShare, list[int], SharePreview]]) -> None:
    """Tell each organisation of its own, in one transaction; a share that changed meanwhile is passed over."""
    named = [(one, *_papers(site, one, rows, preview)) for one, rows, preview in made]
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        pool = pool_in(tx.fact(POOL, held.pool.id))
        if pool.steps != held.steps:
            raise WrongState(say("The treatment plan changed while the shares were compared; compare them again."))
        counted = replace(pool, rounds=pool.rounds + 1)
        move(act, POOL, held.pool.id, command="compare", parts=BY_SYSTEM, body=body_of(counted),
             told={"round": counted.rounds})  # fmt: skip
        for one, flagged, preview in named:
            now, state = share_now(act, one.id)
            if state in HERE and now.version == one.version and now.made:
                after = replace(now, compared=now.version, flagged=flagged, preview=preview, signed="", signed_by="",
                                signed_as="")  # fmt: skip
                tell(act, contributors(site, one.organisation), say("Your share of a pool was compared; look at it."),
                     href=f"/data/pools/mine/{held.pool.id}")  # fmt: skip
                move(act, SHARE, one.id, command="compare", parts=BY_SYSTEM, body=body_of(after))
        site.queue.finish(tx, job, result_ref=held.pool.id, now=act.room.now)
    for one, _, _ in named:  # what was made for a share that changed or left meanwhile is nobody's
        papers(site, one.id).keep_only(share_in(site.ledger.fact(SHARE, one.id)).papers)
    untell(site, held.pool.id, act.room.now)


def _papers(site: Site, share: HeldShare, rows: list[int], preview: SharePreview) -> tuple[str, str]:
    kept = papers(site, share.id)
    return kept.put(list(rows)), kept.put(plain(preview))


def _previews(
    site: Site, held: HeldPool, found: Sequence[Read], left: Mapping[str, frozenset[int]], beat: Heartbeat
) -> dict[str, SharePreview]:
    """Every share within the pool, before and after the plan; of doubles the pool holds one."""
    parts = [
        Part(code=one.share.id, file=one.file, table=without(one, left[one.share.id]), roles=one.roles) for one in found
    ]
    whole = together(parts, leaves=held.pool.contributor_leaves)
    steps = with_contributor(plan_steps(site, held), leaves=held.pool.contributor_leaves)
    file, after = treated(site, whole, steps, seed=held.pool.id, stop=beat)
    sides = _Sides(whole=whole, file=file, after=after, planned=bool(held.steps))
    return {one.share.id: sides.of(one) for one in found}


def with_contributor(steps: Sequence[Step], *, leaves: bool) -> tuple[Step, ...]:
    """A plan that takes the contributor's code away first, unless the agreement lets it leave."""
    if leaves:
        return tuple(steps)
    why = "which organisation a record came from does not leave"
    return (Step(method="remove", file=CASES, columns=(CONTRIBUTOR,), parameters={}, why=why), *steps)


def treated(
    site: Site, whole: Together, steps: Sequence[Step], *, seed: str, stop: Heartbeat
) -> tuple[DataFile, Table]:  # fmt: skip
    """The pool after its treatment plan.

    Raises:
        BadInput: A step cannot be done; the message names the column.
    """
    design = Design.of(whole.roles[CASES])
    file, table = whole.file, whole.table
    for done in replay(table, file, steps, design=design, rng_of=_generator(site, steps, seed), cancelled=stop.stopped):
        file, table = done.file, done.table
    return file, table


def _generator(site: Site, steps: Sequence[Step], seed: str) -> Callable[[int], np.random.Generator]:
    """Where a preview's randomness comes from: a secret of the site, the pool and the step; inside the same again."""

    def of(place: int) -> np.random.Generator:
        secret = site.keys.derive("pool preview", seed, digest(to_tree(steps[place])), str(place))
        return np.random.Generator(np.random.PCG64(int.from_bytes(sha256(secret).digest(), "big")))

    return of


@dataclass(frozen=True, kw_only=True)
class _Sides:
    """The pool before and after its plan."""

    whole: Together
    file: DataFile
    after: Table
    planned: bool

    def of(self, one: Read) -> SharePreview:
        """What concerns one share of it."""
        own = set(self.whole.table.arrow.filter(_is(self.whole.table, one.share.id)).column(RECORD).to_pylist())
        before, after = _within(self.whole.table, own), _within(self.after, own)
        alone, _ = _alone(one.table, Design.of(one.roles[CASES]), np.ones(len(one.table), dtype=np.bool_))
        in_pool, _ = _alone(self.whole.table, self._design(self.whole.file), before)
        left, risk = _alone(self.after, self._design(self.file), after)
        return SharePreview(
            records=len(one.table), withheld=one.withheld, alone_before=round(alone),
            alone_in_pool=_coarse(in_pool), alone_after=_coarse(left), risk_after=_coarse(risk),
            emptied=self._emptied(before, after), removed=self._removed(), without_plan=not self.planned,
            left_out=max(0, int(before.sum() - after.sum())),
        )  # fmt: skip

    def _design(self, file: DataFile) -> Design:
        return Design.of({name: role for name, role in self.whole.roles[CASES].items() if name in file})

    def _removed(self) -> tuple[str, ...]:
        return tuple(name for name in self.whole.file.names if name not in self.file and name != CONTRIBUTOR)

    def _emptied(self, before: "Mask", after: "Mask") -> dict[str, int]:
        """Own cells that had a value and have none now."""
        found = {}
        for name in self.file.names:
            had = self.whole.table.arrow.column(name).filter(pa.array(before))
            has = self.after.arrow.column(name).filter(pa.array(after))
            if gone := has.null_count - had.null_count:
                found[name] = max(0, gone)
        return found


Mask = np.typing.NDArray[np.bool_]


def _is(table: Table, code: str) -> pa.ChunkedArray:
    return pc.equal(table.arrow.column(CONTRIBUTOR), code)


def _within(table: Table, rows: set[int]) -> Mask:
    wanted = pa.array(sorted(rows), pa.int64())
    return np.asarray(pc.is_in(table.arrow.column(RECORD), value_set=wanted).to_numpy(), dtype=np.bool_)


def _alone(table: Table, design: Design, mine: Mask) -> tuple[float, float]:
    """Of the marked records: the percentage nobody is like, and the mean risk in percent."""
    if not design.keys or not mine.any():
        return 0.0, 0.0
    found = risks(plain_table(table), design)
    counts = found.counts.sample[mine]
    return 100 * float(np.count_nonzero(counts <= 1)) / len(counts), 100 * float(found.risk[mine].mean())


def _coarse(percent: float) -> int:
    """A percentage upwards to the next step.

    Example:
        >>> _coarse(0), _coarse(0.2), _coarse(5), _coarse(97)
        (0, 5, 5, 100)
    """
    return COARSE * math.ceil(percent / COARSE)
