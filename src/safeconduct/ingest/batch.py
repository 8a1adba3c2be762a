"""Coded rows of some files, on their way into the partitions of their local days."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from safeconduct.ingest.clock import day_of
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.schema import EVENTS
from safeconduct.store.encrypted import check, unwrapped
from safeconduct.store.parts import PartWriter, from_duckdb
from safeconduct.store.places import level_of_cells
from safeconduct.store.records import StoredPart, add_keys, read_parquet_sql
from safeconduct.store.versions import Manifest, Part, Partition, folder_of

TYPES = tuple(EventType)
EXTRAS = ("imsi", "imei", "tac")


class Batch:
    """Rows waiting in DuckDB's memory; what does not fit there is spilled encrypted.

    Args:
        connection: Where they wait.
        writer: Writes encrypted files.
        store: The store's folder.
        keys: What opens parts that are there already.
        extras: Which of imsi, imei and tac the mapping keeps.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        writer: PartWriter,
        store: Path,
        keys: KeyProvider,
        extras: Iterable[str],
    ) -> None:
        self._connection, self._writer, self._store, self._keys = connection, writer, store, keys
        self._columns = ", ".join((*EVENTS.names, *(name for name in EXTRAS if name in set(extras))))
        self._written: list[Part] = []
        connection.execute(
            "CREATE TEMP TABLE arrived (file INTEGER, type UTINYINT, day INTEGER, person UINTEGER, second INTEGER, "
            "cell UINTEGER, outgoing BOOLEAN, amount DOUBLE, counterpart UINTEGER, imsi UINTEGER, imei UINTEGER, "
            "tac UINTEGER)"
        )
        connection.execute("CREATE TEMP TABLE communes (cell UINTEGER, area UINTEGER)")

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Batch()"

    def place(self, cells: pa.Table) -> None:
        """Say which commune every cell is in, for rollups made from here on."""
        self._connection.register("arriving", level_of_cells(cells, AreaLevel.COMMUNE))
        self._connection.execute("DELETE FROM communes")
        self._connection.execute("INSERT INTO communes SELECT cell, area FROM arriving")
        self._connection.unregister("arriving")

    def add(self, rows: pa.Table, *, file: int, sort: EventType) -> None:
        """Let rows of a file wait.

        Raises:
            StoreFull: They do not fit into memory, and the disk they would spill to is full.
        """
        self._connection.register("arriving", rows)
        try:
            self._connection.execute("INSERT INTO arrived SELECT ?, ?, * FROM arriving", [file, TYPES.index(sort)])
        except duckdb.Error as error:
            raise from_duckdb(error) from None
        finally:
            self._connection.unregister("arriving")

    def forget(self, file: int) -> None:
        """Take back every row of a file that turned out to be unreadable."""
        self._connection.execute("DELETE FROM arrived WHERE file = ?", [file])

    def written(self, manifest: Manifest) -> Manifest:
        """Write the waiting rows as parts, and the manifest that would hold them; the rows wait on.

        Raises:
            StoreFull: The disk is full; call `discard`.
        """
        present = {(one.type, one.day): one for one in manifest.partitions}
        statement = "SELECT DISTINCT type, day FROM arrived ORDER BY ALL"
        for number, day in self._connection.execute(statement).fetchall():
            sort, local = TYPES[number], day_of(day)
            part = self._part(number, day, sort)
            old = present[sort, local].parts if (sort, local) in present else ()
            present[sort, local] = self._partition(manifest.dataset, sort, local, (*old, part))
        return replace(manifest, partitions=tuple(present.values()))

    def rolled_up(self, manifest: Manifest) -> Manifest:
        """The manifest with every rollup made anew, for when cells have moved."""
        made = [self._partition(manifest.dataset, one.type, one.day, one.parts) for one in manifest.partitions]
        return replace(manifest, partitions=tuple(made))

    def clear(self) -> None:
        """Forget the rows that were waiting: a manifest that holds them is committed."""
        self._connection.execute("DELETE FROM arrived")
        self._written.clear()

    def discard(self) -> None:
        """Forget the rows and remove the files written for them: nothing was committed."""
        self._writer.discard(self._written)
        self.clear()

    def _part(self, number: int, day: int, sort: EventType) -> Part:
        select = (
            f"SELECT {self._columns} FROM arrived WHERE type = {number} AND day = {day} "
            "ORDER BY person, second, cell, outgoing, amount, counterpart"
        )
        return self._kept(self._writer.write(select, under=f"parts/{sort}/{day_of(day)}"))

    def _partition(self, dataset: str, sort: EventType, day: date, parts: tuple[Part, ...]) -> Partition:
        rollup = self._writer.write(self._rollup(dataset, sort, day, parts), under=f"rollups/{sort}/{day}")
        return Partition(type=sort, day=day, parts=parts, rollup=self._kept(rollup))

    def _rollup(self, dataset: str, sort: EventType, day: date, parts: tuple[Part, ...]) -> str:
        folder = folder_of(self._store, dataset)
        for part in parts:
            check(folder / part.path, part.sha256)
        opened = [
            StoredPart(path=folder / part.path, key=unwrapped(self._keys, dataset, part, folder), type=sort, day=day)
            for part in parts
        ]
        names = add_keys(self._connection, opened)
        sources = " UNION ALL ".join(
            f"SELECT person, second, cell FROM {read_parquet_sql(part, name)}"
            for part, name in zip(opened, names, strict=True)
        )
        return (
            "SELECT person, area, count(*)::UINTEGER AS events, min(second) AS first_second, "
            f"max(second) AS last_second FROM ({sources}) JOIN communes USING (cell) "
            "GROUP BY person, area ORDER BY person, area"
        )

    def _kept(self, part: Part) -> Part:
        self._written.append(part)
        return part
