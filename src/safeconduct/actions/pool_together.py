"""Shares of a pool laid side by side: read where records are read, without who did not agree and without doubles."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import cast

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.actions.pool_base import HeldShare, opened, paper
from safeconduct.actions.site import Site
from safeconduct.engines.tables import table as read_table
from safeconduct.govern.pools import Candidate, DuplicateRule, Fate, chosen
from safeconduct.ingest.pooled_digests import clusters
from safeconduct.ingest.pooled_kept import records_of
from safeconduct.ingest.pooled_target import CASES
from safeconduct.jobs.queue import Heartbeat
from safeconduct.model.microdata import RECORD, DataFile, Roles
from safeconduct.model.table import Table


@dataclass(frozen=True, kw_only=True)
class Read:
    """A share as it was read for one computation. Its `repr` shows no value.

    Attributes:
        share: Which.
        file: What is known of its columns.
        roles: What each is for.
        table: The records that agreed to research, record codes with them.
        withheld: How many did not.
    """

    share: HeldShare
    file: DataFile
    roles: Roles
    table: Table
    withheld: int

    @property
    def rows(self) -> list[int]:
        """Codes of the records that agreed, in order."""
        return cast("list[int]", self.table.arrow.column(RECORD).to_pylist())


def read_shares(site: Site, shares: Sequence[HeldShare], beat: Heartbeat) -> list[Read]:
    """The shares' records that agreed to research; whoever calls has written the event before."""
    return [_read(site, one, beat) for one in shares]


def _read(site: Site, share: HeldShare, beat: Heartbeat) -> Read:
    records = records_of(opened(site, share.id), share.version)
    file = next(one for one in records.files if one.name == CASES)
    found = read_table(records, CASES, file.names, memory_mb=site.settings.memory_mb, cancelled=beat.stopped)
    stored = records.part(CASES).stored
    return Read(share=share, file=file, roles=records.roles, table=found, withheld=stored.rows - len(found))


Doubles = tuple[tuple[tuple[str, int], ...], ...]


def doubles(site: Site, found: Sequence[Read]) -> Doubles:
    """Records of several shares that may be of one person, among those that agreed to research."""
    made = {}
    for one in found:
        held, here = paper(site, one.share.id, one.share.digests), frozenset(one.rows)
        made[one.share.id] = {int(row): tuple(own) for row, own in held.items() if int(row) in here}
    return clusters(made)


def giving_way(site: Site, found: Sequence[Read], same: Doubles, rule: DuplicateRule) -> Mapping[str, frozenset[int]]:
    """Which records of each share the pool does not hold, since it holds another of the same person."""
    candidates = _candidates(site, found, same)
    left: dict[str, set[int]] = {one.share.id: set() for one in found}
    for cluster in same:
        stays = chosen([candidates[one] for one in cluster], rule)
        for share, row in cluster:
            if (share, row) != (stays.share, stays.record):
                left[share].add(row)
    return {share: frozenset(rows) for share, rows in left.items()}


def _candidates(site: Site, found: Sequence[Read], same: Doubles) -> dict[tuple[str, int], Candidate]:
    wanted = frozenset(one for cluster in same for one in cluster)
    made: dict[tuple[str, int], Candidate] = {}
    order = sorted(found, key=lambda one: (one.share.contributed, one.share.id))
    for place, one in enumerate(order):
        fates = paper(site, one.share.id, one.share.fates) or {}
        filled = dict(zip(one.rows, _filled(one.table), strict=True))
        for row in (row for share, row in wanted if share == one.share.id):
            said = fates.get(str(row))
            made[one.share.id, row] = Candidate(share=one.share.id, record=row, place=place, filled=filled[row],
                                                fate=Fate(said) if said else None)  # fmt: skip
    return made


def _filled(table: Table) -> list[int]:
    """How many answers each record has."""
    counts = pa.chunked_array([pa.repeat(pa.scalar(0, pa.int64()), len(table))])
    for name in table.columns:
        counts = pc.add(counts, pc.is_valid(table.arrow.column(name)).cast(pa.int64()))
    return cast("list[int]", counts.to_pylist())


def without(one: Read, rows: frozenset[int]) -> Table:
    """The records of a share that stay."""
    if not rows:
        return one.table
    gone = pc.is_in(one.table.arrow.column(RECORD), value_set=pa.array(sorted(rows), pa.int64()))
    return Table(one.table.arrow.filter(pc.invert(gone)))
