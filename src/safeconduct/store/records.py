"""Individual-level records, opened for a computation.

An event part has the columns of `model.schema.EVENTS` and is sorted by (person, second); `imsi`, `imei` and `tac`
follow where the mapping keeps them, and `arrival`, the number of the file a row came with; it is unknown in parts that
are older than these numbers. A rollup has those of `model.schema.ROLLUP`, sorted by (person, area). The day and
the type are not in the files: they are the partition's.
"""

import secrets
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from pathlib import Path

import duckdb
import pyarrow as pa

from safeconduct.keys.provider import KeyProvider
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.geography import Geography
from safeconduct.store.arrivals import expanded
from safeconduct.store.encrypted import add_key, check, connect, quoted, unwrapped
from safeconduct.store.places import level_of_cells, level_of_communes, read_cells, read_geography
from safeconduct.store.versions import Manifest, Part, folder_of

__all__ = ["Records", "StoredPart", "add_keys", "connect", "read_parquet_sql"]


@dataclass(frozen=True, kw_only=True)
class StoredPart:
    """An encrypted Parquet file and the key that opens it.

    Attributes:
        path: The file, its digest already checked.
        key: Its data key, 32 bytes; keep it no longer than the connection that reads the file.
        type: What the phones did.
        day: The local day.
        digest: Name of the piece of a day that the file is, `""` where it holds several.
    """

    path: Path
    key: bytes = field(repr=False)
    type: EventType
    day: date
    digest: str = ""


class Records:
    """The records of one version of a data set; whoever holds one may read them.

    Args:
        store: The store's folder.
        manifest: Which version.
        keys: What opens the files.
    """

    def __init__(self, *, store: Path, manifest: Manifest, keys: KeyProvider) -> None:
        self._store = store
        self._manifest = manifest
        self._keys = keys

    def __repr__(self) -> str:
        """Data set and version."""
        return f"Records({self.dataset!r}, {self._manifest.id[:12]!r})"

    @property
    def dataset(self) -> str:
        """Name of the data set."""
        return self._manifest.dataset

    @property
    def zone(self) -> str:
        """The IANA zone of its local days."""
        return self._manifest.zone

    @property
    def folder(self) -> Path:
        """Where the data set's files are: what a connection must be allowed to read."""
        return folder_of(self._store, self.dataset)

    @cached_property
    def geography(self) -> Geography:
        """The areas its rollups and cells are placed in."""
        return read_geography(self._store, self.dataset, self._manifest.geography)

    @property
    def people(self) -> int:
        """How many person codes were given out; never leaves the site."""
        return sum(part.rows for part in self._manifest.codes if part.path.startswith("codes/person/"))

    def events(self, days: Iterable[date], types: Iterable[EventType]) -> list[StoredPart]:
        """Event files of the days and types there are among these; several for a day with late rows.

        Raises:
            Tampered: A file is gone or is not what the manifest says.
        """
        return [self._open(one.type, one.day, part) for one in self._manifest.among(days, types) for part in one.parts]

    def rollups(self, days: Iterable[date], types: Iterable[EventType]) -> list[StoredPart]:
        """Rollup files, exactly one for every day and type there is among these.

        Raises:
            Tampered: A file is gone or is not what the manifest says.
        """
        return [self._open(one.type, one.day, one.rollup) for one in self._manifest.among(days, types)]

    def cell_areas(self, level: AreaLevel) -> pa.Table:
        """Rows of (cell, area), both uint32, for the cells that have a place at a level."""
        return level_of_cells(self._cells, level)

    def commune_areas(self, level: AreaLevel) -> pa.Table:
        """Rows of (commune, area), both uint32, to bring a rollup to a coarser level; none for sites."""
        return level_of_communes(self.geography, level)

    def versions(self, days: Iterable[date], types: Iterable[EventType]) -> dict[str, str]:
        """Version of every partition there is among these, by name such as `calls/2026-01-05`."""
        return self._manifest.versions(days, types)

    def part_digests(self) -> dict[str, tuple[str, ...]]:
        """Names of the pieces of every partition, by its name, in the order they came."""
        return {one.name: tuple(piece.digest for piece in one.pieces) for one in self._manifest.partitions}

    @property
    def split(self) -> frozenset[str]:
        """Names of pieces that rows were taken away from, in this version or before it."""
        return frozenset(one.piece for one in self._manifest.splits)

    def expanded(self, pieces: Iterable[str]) -> tuple[str, ...]:
        """Pieces of this version or of one before it, by the names of what they have become since, sorted."""
        return tuple(sorted(expanded(self._manifest.splits, pieces)))

    @cached_property
    def _cells(self) -> pa.Table:
        return read_cells(self._store, self.dataset, self._manifest.geography, self._keys)

    def _open(self, sort: EventType, day: date, part: Part) -> StoredPart:
        path = self.folder / part.path
        check(path, part.sha256)
        key = unwrapped(self._keys, self.dataset, part, self.folder)
        return StoredPart(path=path, key=key, type=sort, day=day, digest=_only(part))


def _only(part: Part) -> str:
    return part.pieces[0].digest if len(part.pieces) == 1 else ""


def add_keys(connection: duckdb.DuckDBPyConnection, parts: Sequence[StoredPart]) -> list[str]:
    """Hand the keys of parts to a connection; returns the names to read them by, in order.

    Names are random, so that two sets of keys on one connection never meet.
    """
    names = [f"k{secrets.token_hex(8)}" for _ in parts]
    for name, part in zip(names, parts, strict=True):
        add_key(connection, name, part.key)
    return names


def read_parquet_sql(part: StoredPart, key_name: str) -> str:
    """The table function that reads a part, to stand after `FROM`.

    Example:
        >>> part = StoredPart(path=Path("/s/a.parquet"), key=b"", type=EventType.SMS, day=date(2026, 1, 5))
        >>> read_parquet_sql(part, "k0")
        "read_parquet('/s/a.parquet', encryption_config = {footer_key: 'k0'})"
    """
    return f"read_parquet({quoted(str(part.path))}, encryption_config = {{footer_key: {quoted(key_name)}}})"
