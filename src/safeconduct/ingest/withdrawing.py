"""Taking one file back whole: its rows leave every day they came to, in one commit."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace

import duckdb

from safeconduct.ingest.arrived import without
from safeconduct.ingest.batch import Batch
from safeconduct.ingest.receipts import Commit, IngestSite
from safeconduct.model.areas import EventType
from safeconduct.model.errors import NotFound, SafeconductError
from safeconduct.model.text import say
from safeconduct.store.arrivals import Arrival, Standing, line
from safeconduct.store.encrypted import connect
from safeconduct.store.parts import PartWriter, from_duckdb
from safeconduct.store.places import read_cells
from safeconduct.store.sweeping import remove_unreferenced
from safeconduct.store.versions import Manifest, folder_of, write_manifest, writing_on


@dataclass(frozen=True, kw_only=True)
class Withdrawn:
    """What taking a file back does; numbers for insiders.

    Attributes:
        arrival: Digest of the file's content.
        type: What its events are.
        days: How many days its rows may have come to; these are rewritten.
        done: Whether it was done, not only looked at.
    """

    arrival: str
    type: EventType
    days: int = field(repr=False)
    done: bool


def withdraw(
    digest: str, *, manifest: Manifest, opened: IngestSite, commit: Callable[[Commit], None], dry_run: bool = False
) -> Withdrawn:
    """Take every row of one file out of a data set, those that a later correction left too.

    Rows that earlier versions hold stay in their files until those versions are let go.

    Args:
        digest: SHA-256 of the file's decompressed content.
        manifest: The current version.
        opened: What an ingest needs of a site.
        commit: Writes one ledger transaction.
        dry_run: Only look.

    Raises:
        NotFound: No file of that content counts, or it came before arrivals were numbered.
        WrongState: Files are being taken in, or somebody else changed the data set.
        StoreFull: The disk is full; nothing has changed.
        Tampered: The store is not what its manifest says.
    """
    arrival = _counting(manifest, digest)
    gone = dict.fromkeys(line(manifest.arrivals, arrival.number), 0)
    days = sum(not gone.keys().isdisjoint(one.arrivals) for one in manifest.partitions)
    told = Withdrawn(arrival=digest, type=arrival.type, days=days, done=not dry_run)
    if dry_run:
        return told
    store = opened.folders.store
    with writing_on(store, manifest.dataset, read=manifest.id, named=opened.named):
        remove_unreferenced(store, manifest.dataset, manifest.id, since=opened.since)
        try:
            commit(Commit(manifest=_rewritten(manifest, arrival, gone, opened), receipts=()))
        except duckdb.Error as error:
            raise from_duckdb(error) from None
    return told


def _counting(manifest: Manifest, digest: str) -> Arrival:
    for one in manifest.arrivals:
        if one.digest == digest and one.standing is Standing.CURRENT:
            return one
    raise NotFound(
        say("no file of that content counts in this data set; files taken in by older versions cannot be taken back")
    )


def _rewritten(manifest: Manifest, arrival: Arrival, gone: dict[int, int], opened: IngestSite) -> Manifest:
    store, keys = opened.folders.store, opened.keys
    folder = folder_of(store, manifest.dataset)
    with connect(
        read=[folder], write=[folder], spill=opened.folders.spill, memory_mb=opened.memory_mb, threads=opened.threads
    ) as connection:
        writer = PartWriter(store=store, dataset=manifest.dataset, keys=keys, connection=connection)
        batch = Batch(connection, writer=writer, store=store, keys=keys, extras=(), memory_mb=opened.memory_mb)
        batch.place(read_cells(store, manifest.dataset, manifest.geography, keys))
        try:
            made = batch.written(manifest, gone)
            arrivals = without(manifest.arrivals, arrival.number)
            return write_manifest(
                store, replace(made, arrivals=arrivals, previous=manifest.id, at=opened.now.isoformat())
            )
        except SafeconductError:
            batch.discard()
            raise
