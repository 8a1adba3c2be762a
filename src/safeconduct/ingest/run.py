"""An ingest: every piece of a source once, each commit whole. A piece is a file, or a day of a database's table.

Files are taken in the order of their names. Each is read twice: once to see that it is whole and whether its content
was taken in before, once for its rows. Rows wait in memory and go to the store some million at a time; a commit names
the files it holds and the manifest with their rows, in one transaction of the ledger. Whatever happens between two
commits, running it again takes in what is missing and nothing else. A file that cannot be read is left out and told;
the others go on.
"""

import time
from collections import Counter
from collections.abc import Callable, Sequence
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from safeconduct.ingest.ahead import one_ahead
from safeconduct.ingest.arrived import Arrived
from safeconduct.ingest.batch import Batch
from safeconduct.ingest.cells import Cells
from safeconduct.ingest.geography import Registration, registered
from safeconduct.ingest.ground_held import declared, hold_ground
from safeconduct.ingest.leaving_out import COUNTERPART, LeavingOut
from safeconduct.ingest.not_taken import changed, refuse_another, tells_moments
from safeconduct.ingest.people import People
from safeconduct.ingest.points import Points
from safeconduct.ingest.receipts import Commit, Failure, IngestReport, IngestSite, Receipt
from safeconduct.ingest.rows import Coder, days_of
from safeconduct.ingest.same_rows import EXTRAS
from safeconduct.ingest.source import CONTENT, Offer, Piece, Source, opened_source
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadMapping, BrokenPromise, SafeconductError, Unreadable
from safeconduct.model.event_files import Duplicates
from safeconduct.model.mapping import FileMapping, Keep, Stamps
from safeconduct.model.sightings import Given
from safeconduct.model.text import say
from safeconduct.store.arrivals import Arrival
from safeconduct.store.codes import CodeTable
from safeconduct.store.encrypted import connect
from safeconduct.store.intake import Quarantine
from safeconduct.store.objections import Domain, Objections, code_table
from safeconduct.store.parts import PartWriter, from_duckdb
from safeconduct.store.places import read_boundaries, read_cells, read_geography
from safeconduct.store.sweeping import remove_unreferenced
from safeconduct.store.versions import Manifest, folder_of, write_manifest, writing_on

BATCH_ROWS = 4_000_000
ROWS_A_MB = 4_000
MET_SHARE = 32
DUCKDB_SHARE = 2, 3
DOMAINS = ("person", "imsi", "imei")


def ingest(
    mapping: FileMapping,
    folder: Path,
    *,
    opened: IngestSite,
    commit: Callable[[Commit], None],
    progress: Callable[[str, int, int], None] = lambda _step, _done, _all: None,
    cancelled: Callable[[], bool] = lambda: False,
) -> IngestReport:
    """Take in an operator's files, or what a database holds.

    Args:
        mapping: What the records are.
        folder: Where the files are.
        opened: What an ingest needs of a site.
        commit: Writes one ledger transaction; called once for some million rows.
        progress: Told the step, how many files are done, of how many.
        cancelled: Asked before every file.

    Raises:
        BadMapping: The mapping does not fit the files, or not the data set as it is.
        BadInput: The cells or boundaries cannot be used, or no file matches.
        BadSettings: The site's settings do not say how to reach a database, or do not allow its driver.
        Unreadable: Not one file could be read.
        StoreFull: The disk is full; what was committed before is whole.
        WrongState: Another ingest of this data set is running, or somebody else changed it.
        Tampered: The store is not what its manifest says.
    """
    key = opened.keys.derive(CONTENT, mapping.dataset)
    source = opened_source(Offer(mapping=mapping, folder=folder, reach=opened.reach, digest_key=key))
    store = opened.folders.store
    current = opened.manifest.id if opened.manifest else ""
    with closing(source), writing_on(store, mapping.dataset, read=current, named=opened.named):
        remove_unreferenced(store, mapping.dataset, current, since=opened.since)
        try:
            work = _Work(source, folder, opened, commit)
            return work.done(source.pieces(), progress, cancelled)
        except duckdb.Error as error:
            raise from_duckdb(error) from None
        except pa.ArrowException:
            raise BrokenPromise(say("the files could not be turned into records; run 'safeconduct doctor'")) from None


class _Work:
    """The state of one ingest."""

    def __init__(self, source: Source, folder: Path, opened: IngestSite, commit: Callable[[Commit], None]) -> None:
        self._started = time.monotonic()
        mapping = source.mapping
        self._mapping, self._opened, self._commit = mapping, opened, commit
        self._store, self._keys = opened.folders.store, opened.keys
        before = opened.manifest
        refuse_another(before, mapping)
        self._registration = self._registered(source, folder)
        geography = self._registration.id
        self._manifest = before or Manifest(
            id="", dataset=mapping.dataset, zone=mapping.zone, geography=geography, counted=mapping.counted
        )
        self._connection = self._connected()
        self._tables = {domain: self._table(domain) for domain in DOMAINS}
        self._batch = self._new_batch()
        self._coder = self._placed(geography)
        self._quarantine = Quarantine(folder=opened.folders.quarantine, dataset=mapping.dataset, keys=self._keys)
        self._quarantine.sweep()
        self._arrived = Arrived(self._manifest, keys=self._keys, folder=folder, known=opened.known)
        self._newest = {sort: max(days) for sort, days in self._manifest.present().items()}
        self._receipts: list[Receipt] = []
        self._taken: list[Receipt] = []
        self._failed: list[Failure] = []
        self._skipped = self._left = 0
        self._unmatched = source.unmatched()

    def _registered(self, source: Source, folder: Path) -> Registration:
        """The geography of the mapping's files, which must be the data set's, and the flaws of its boundaries."""
        mapping, before = source.mapping, self._opened.manifest
        previous, ground = before.geography if before else None, source.ground()
        made = registered(mapping, folder, store=self._store, keys=self._keys, previous=previous, ground=ground)
        said, new = declared(mapping, from_database=ground is not None), self._opened.new_geography
        hold_ground(made.id, previous, store=self._store, dataset=mapping.dataset, said=said, new=new)
        return made

    def done(
        self, files: Sequence[Piece], progress: Callable[[str, int, int], None], cancelled: Callable[[], bool]
    ) -> IngestReport:
        """Take every file in."""
        stopped = False
        for number, file in enumerate(files):
            progress("files", number, len(files))
            if stopped := cancelled():
                break
            self._file(file)
            if sum(receipt.kept for receipt in self._receipts) >= min(BATCH_ROWS, self._opened.memory_mb * ROWS_A_MB):
                self._committed()
        if self._receipts:
            self._committed()
        self._connection.close()
        progress("files", number if stopped else len(files), len(files))
        return self._report(stopped=stopped)

    def _file(self, file: Piece) -> None:
        number = 0
        try:
            if not file.ready():
                self._left += 1
                return
            before = file.mark()
            arrival = self._arrived.arrival(file, file.digest())
            if arrival is None:
                self._skipped += 1
                return
            number = arrival.number
            receipt = self._read(file, arrival)
            if before != file.mark():
                raise changed(file)
        except OSError:
            self._left_out(file, number, changed(file))
        except (Unreadable, BadMapping) as error:
            self._left_out(file, number, error)
        except SafeconductError:
            self._batch.discard()
            raise
        else:
            self._receipts.append(receipt)
            self._arrived.taken(receipt.arrival)

    def _read(self, file: Piece, arrival: Arrival) -> Receipt:
        kept, left_out, rejected, days = 0, 0, Counter[str](), set[date]()
        with self._quarantine.writing(arrival.digest) as quarantine:
            for chunk in one_ahead(file.chunks(), threads=self._opened.threads if file.ahead else 1):
                heard, away = self._leaving_out.heeded(chunk)
                left_out += away
                if chunk.moments and self._mapping.stamps is Stamps.LOCAL:
                    raise tells_moments(file)
                coded = self._coder.coded(heard, file.layout)
                self._batch.add(coded.table, file=arrival.number, sort=file.type)
                kept += coded.table.num_rows
                days.update(days_of(coded.table))
                for row in coded.rejected:
                    quarantine.add(row)
                    rejected[row.reason] += 1
            if arrival.replaces and not kept:
                raise _nothing_left(file)
        receipt = self._receipt(file, arrival, days, kept=kept, rejected=rejected)
        return replace(receipt, rows=receipt.rows + left_out, left_out=left_out)

    def _receipt(self, file: Piece, arrival: Arrival, days: set[date], *, kept: int, rejected: Counter[str]) -> Receipt:
        newest, first = self._newest.get(file.type, date.min), min(days, default=date.max)
        return Receipt(
            sha256=arrival.digest,
            type=file.type,
            arrival=arrival,
            late=first < newest and (newest - first).days > file.layout.late_after,
            corrects=next((one.digest for one in self._arrived.all if one.number == arrival.replaces), ""),
            rows=kept + rejected.total(),
            kept=kept,
            rejected=dict(sorted(rejected.items())),
            name=file.name,
            days=(first, max(days)) if days else (),
        )

    def _left_out(self, file: Piece, number: int, error: SafeconductError) -> None:
        self._batch.forget(number)
        self._failed.append(Failure(files=file.layout.files, number=file.number, text=error.text, label=file.label))
        self._error = error

    def _committed(self) -> None:
        """Write what waits and let the ledger name it; if that fails the files stay, since it may have been named."""
        try:
            distinct = [kind for kind, one in self._mapping.layouts if one.duplicates is Duplicates.DROP]
            made = self._batch.written(self._manifest, self._arrived.becomes, distinct)
            manifest = self._written(replace(made, arrivals=self._arrived.all))
        except SafeconductError:
            self._batch.discard()
            raise
        receipts = tuple(_without_duplicates(one, self._batch.duplicates[one.arrival.number]) for one in self._receipts)
        self._commit(Commit(manifest=manifest, receipts=receipts))
        self._manifest = manifest
        self._arrived.committed()
        self._taken += receipts
        self._batch.clear()
        self._receipts.clear()

    def _written(self, manifest: Manifest) -> Manifest:
        codes = [part for table in self._tables.values() if (part := table.save()) is not None]
        return write_manifest(
            self._store,
            replace(
                manifest,
                codes=(*manifest.codes, *codes),
                previous=self._manifest.id,
                at=self._opened.now.isoformat(),
            ),
        )

    def _report(self, *, stopped: bool) -> IngestReport:
        if self._failed and not self._taken and not self._skipped and not self._opened.reach.every_failure:
            raise self._error
        rejected, days = Counter[str](), [day for receipt in self._taken for day in receipt.days]
        for receipt in self._taken:
            rejected.update(receipt.rejected)
        return IngestReport(
            files=len(self._taken),
            skipped_files=self._skipped,
            rows=sum(receipt.rows for receipt in self._taken),
            kept=sum(receipt.kept for receipt in self._taken),
            rejected=dict(sorted(rejected.items())),
            seconds=time.monotonic() - self._started,
            failed=tuple(self._failed),
            stopped=stopped,
            boundaries=self._registration.findings,
            duplicates=sum(receipt.duplicates for receipt in self._taken),
            corrected_files=sum(bool(receipt.corrects) for receipt in self._taken),
            late_files=sum(receipt.late for receipt in self._taken),
            left=self._left,
            left_out=sum(receipt.left_out for receipt in self._taken),
            first_day=min(days, default=None),
            last_day=max(days, default=None),
            cells_outside=self._registration.outside,
            without_files=self._unmatched,
        )

    def _connected(self) -> duckdb.DuckDBPyConnection:
        part, whole = DUCKDB_SHARE
        folder = folder_of(self._store, self._mapping.dataset)
        return connect(
            read=[folder],
            write=[folder],
            spill=self._opened.folders.spill,
            memory_mb=self._opened.memory_mb * part // whole,
            threads=self._opened.threads,
        )

    def _table(self, domain: str) -> CodeTable:
        return code_table(
            store=self._store,
            dataset=self._mapping.dataset,
            domain=domain,
            keys=self._keys,
            parts=self._manifest.codes,
        )

    def _new_batch(self) -> Batch:
        kept = {name for name, keep in self._mapping.identifiers.items() if keep is Keep.PSEUDONYMISE} | {"tac"}
        fields = {name for _, layout in self._mapping.layouts for name in layout.columns}
        writer = PartWriter(
            store=self._store, dataset=self._mapping.dataset, keys=self._keys, connection=self._connection
        )
        return Batch(
            self._connection,
            writer=writer,
            store=self._store,
            keys=self._keys,
            extras=[name for name in EXTRAS if name in fields & kept],
            memory_mb=self._opened.memory_mb,
        )

    def _placed(self, geography: str) -> Coder:
        """Put the cells where the geography has them, and make every rollup anew where that changed."""
        cells = read_cells(self._store, self._mapping.dataset, geography, self._keys)
        self._batch.place(cells)
        if geography != self._manifest.geography:
            moved = self._batch.rolled_up(replace(self._manifest, geography=geography))
            moved = self._written(moved)
            self._commit(Commit(manifest=moved, receipts=()))
            self._manifest = moved
            self._batch.clear()
        areas = read_geography(self._store, self._mapping.dataset, geography)
        people = {
            domain: People(
                self._connection,
                table,
                keys=self._keys,
                dataset=self._mapping.dataset,
                domain=domain,
                met_bytes=(self._opened.memory_mb << 20) // MET_SHARE,
                counted=self._mapping.counted,
            )
            for domain, table in self._tables.items()
        }  # fmt: skip
        self._leaving_out = self._heeding(people["person"])
        return Coder(
            self._connection,
            people=people,
            cells=Cells(cells, areas, self._mapping),
            identifiers=self._mapping.identifiers,
            points=self._points(geography),
        )

    def _points(self, geography: str) -> Points | None:
        """What takes points in, where the files have some."""
        if self._mapping.given is not Given.POINT:
            return None
        return Points(read_boundaries(self._store, self._mapping.dataset, geography, AreaLevel.COMMUNE))

    def _heeding(self, people: People) -> LeavingOut:
        objections = Objections(store=self._store, dataset=self._mapping.dataset, keys=self._keys)
        return LeavingOut(
            objections=objections,
            listed=objections.listed(Domain.PERSON),
            keys=self._keys,
            dataset=self._mapping.dataset,
            people=people,
            counterparts=self._mapping.identifiers.get(COUNTERPART) is Keep.PSEUDONYMISE,
            counted=self._mapping.counted,
        )


def _without_duplicates(receipt: Receipt, duplicates: int) -> Receipt:
    return replace(receipt, kept=receipt.kept - duplicates, duplicates=duplicates)


def _nothing_left(file: Piece) -> Unreadable:
    return Unreadable(
        say(
            "a corrected file of {files} has no row that fits, so the earlier one stays; look at its columns, or take "
            "the earlier one back with 'safeconduct withdraw-arrival'",
            files=file.layout.files,
        )
    )
