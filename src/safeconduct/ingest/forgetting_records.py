"""Households and records on the list of a survey, erased from every version that is kept."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.away import Away, Flags, household_columns, marked_records
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.microdata import RECORD, missing_column
from safeconduct.store.microdata import Microdata, MicrodataManifest
from safeconduct.store.objections import Domain, Objections
from safeconduct.store.table_writer import StoredFile
from safeconduct.store.tombstones import CodeFiles
from safeconduct.store.versions import Part, sole_writer


@dataclass(frozen=True, kw_only=True)
class RecordsSite:
    """What erasing records of a survey needs of a site.

    Attributes:
        store: The store's folder.
        dataset: Name of the data set.
        keys: The root of every secret.
        versions: Ids of the versions that are kept, the oldest first and the current one last.
        memory_mb: Most memory that one table's columns may take, megabytes.
    """

    store: Path
    dataset: str
    keys: KeyProvider
    versions: Sequence[str]
    memory_mb: int

    @property
    def microdata(self) -> Microdata:
        """Its versions."""
        return Microdata(folder=self.store, dataset=self.dataset, keys=self.keys)


@dataclass(frozen=True, kw_only=True)
class Rewritten:
    """Versions that replace others; nobody's until the ledger says so.

    Attributes:
        versions: The new id of every old version, the oldest first.
        digests: SHA-256 of the tables and code files that will be destroyed, and the old versions' ids.
    """

    versions: Mapping[str, str] = field(hash=False)
    digests: tuple[str, ...]


Commit = Callable[[Rewritten], None]


def forget_records(site: RecordsSite, *, commit: Commit) -> None:
    """Erase every household and record on the list; killed anywhere and run again, it ends the same.

    Every table and code file of every version is written anew, whoever is in it.

    Args:
        site: What erasing needs.
        commit: Writes one ledger transaction that makes the new versions those that are kept.

    Raises:
        WrongState: Files are being kept in this data set.
        BrokenPromise: A table does not fit into the memory.
    """
    with sole_writer(site.store, site.dataset):
        work = _Rewriting(site)
        made = [work.version(site.microdata.manifest(one)) for one in site.versions]
        versions = dict(zip(site.versions, (one.id for one in made), strict=True))
        commit(Rewritten(versions=versions, digests=tuple(sorted({*work.digests, *versions}))))
        site.microdata.destroy(keeping=[one.id for one in made])


class _Rewriting:
    """Versions written anew, each table once."""

    def __init__(self, site: RecordsSite) -> None:
        self._site, self._microdata = site, site.microdata
        self._objections = Objections(store=site.store, dataset=site.dataset, keys=site.keys)
        self._codes = CodeFiles(store=site.store, dataset=site.dataset, keys=site.keys)
        self._tables: dict[str, StoredFile] = {}
        self._parts: dict[str, Part] = {}
        self._ids: dict[str, str] = {}
        self.digests: set[str] = set()

    def version(self, manifest: MicrodataManifest) -> MicrodataManifest:
        """A version without what is on the list, kept durably."""
        gone = self._households(manifest)
        away = self._away(manifest, gone)
        files = tuple(self._table(one, away.of(one.file.name)) for one in manifest.files)
        self._overwrite(manifest, gone)
        self.digests |= {one.sha256 for one in manifest.files} | {one.sha256 for one in manifest.codes}
        made = self._microdata.keep(
            replace(
                manifest,
                files=files,
                codes=tuple(self._parts[one.path] for one in manifest.codes),
                previous=self._ids.get(manifest.previous, ""),
            )
        )
        self._ids[manifest.id] = made.id
        return made

    def _households(self, manifest: MicrodataManifest) -> list[int]:
        listed = self._objections.listed(Domain.HOUSEHOLD)

        def wanted(pseudonyms: bytes) -> list[bool]:
            return [one in listed for one in self._objections.marks(Domain.HOUSEHOLD, pseudonyms)]

        return self._codes.codes(manifest.codes, Domain.HOUSEHOLD, wanted) if listed else []

    def _away(self, manifest: MicrodataManifest, gone: Sequence[int]) -> Away:
        columns = household_columns(manifest.data_files, manifest.roles)

        def read(name: str, names: Sequence[str]) -> pa.Table:
            return self._microdata.table(manifest.stored(name)).read(names, memory_mb=self._site.memory_mb)

        def own(name: str) -> Flags:
            stored = manifest.stored(name)
            flags = np.zeros(stored.rows, np.bool_)
            if RECORD in stored.columns:
                flags |= marked_records(self._objections, name, read(name, [RECORD]).column(RECORD))
            for column in columns[name]:
                held = pc.is_in(read(name, [column]).column(column), value_set=pa.array(gone, pa.int64()))
                flags |= held.to_numpy()
            return flags

        return Away(files={one.name: one for one in manifest.data_files}, read=read, own=own)

    def _table(self, stored: StoredFile, away: Flags) -> StoredFile:
        """The table without these rows, under another key; the same table of two versions is written once."""
        if stored.chest not in self._tables:
            beside = [name for name in stored.file.names if missing_column(name) in stored.columns]
            with self._microdata.writing(stored.file, beside, record=RECORD in stored.columns) as writer:
                start = 0
                for group in self._microdata.table(stored).groups(writer.schema.names):
                    writer.add(group.filter(pa.array(~away[start : start + len(group)])))
                    start += len(group)
                self._tables[stored.chest] = writer.finish(by_position=stored.by_position)
        return replace(self._tables[stored.chest], file=stored.file)

    def _overwrite(self, manifest: MicrodataManifest, gone: Sequence[int]) -> None:
        if any(one.path not in self._parts for one in manifest.codes):
            self._parts |= self._codes.overwritten(manifest.codes, {Domain.HOUSEHOLD: gone})
