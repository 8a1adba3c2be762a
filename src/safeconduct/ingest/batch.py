"""Coded rows of some files, on their way into the partitions of their local days."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa

from safeconduct.ingest.changing import Changes, DayRows
from safeconduct.ingest.clock import EPOCH_DAY, day_of
from safeconduct.ingest.same_rows import EXTRAS, SAME
from safeconduct.ingest.waiting import Source, Waiting
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.schema import EVENTS
from safeconduct.store.encrypted import check, unwrapped
from safeconduct.store.parts import PartWriter
from safeconduct.store.places import level_of_cells
from safeconduct.store.records import StoredPart, add_keys, read_parquet_sql
from safeconduct.store.seen import SeenPeople
from safeconduct.store.versions import Manifest, Part, Partition, folder_of

TYPES = tuple(EventType)
ARRIVED = (
    "CREATE TEMP TABLE arrived (file INTEGER, type UTINYINT, day INTEGER, person UINTEGER, second INTEGER, "
    "cell UINTEGER, outgoing BOOLEAN, amount DOUBLE, counterpart UINTEGER, imsi UINTEGER, imei UINTEGER, tac UINTEGER)"
)
"""Rows that wait. They go with their table: to delete a row takes eight bytes of memory that are not spilled."""


class Batch:
    """Rows waiting in DuckDB's memory; what does not fit there is spilled encrypted.

    Args:
        connection: Where they wait.
        writer: Writes encrypted files.
        store: The store's folder.
        keys: What opens parts that are there already.
        extras: Which of imsi, imei and tac the mapping keeps.
        memory_mb: Most memory of the whole ingest, megabytes.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        *,
        writer: PartWriter,
        store: Path,
        keys: KeyProvider,
        extras: Iterable[str],
        memory_mb: int,
    ) -> None:
        self._connection, self._writer, self._store, self._keys = connection, writer, store, keys
        self._columns = (*EVENTS.names, *(name for name in EXTRAS if name in set(extras)))
        self._written: list[Part] = []
        self.duplicates: Counter[int] = Counter()
        self._waiting = Waiting(connection, memory_mb)
        connection.execute(ARRIVED)
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
        """Let rows of a file wait; `file` is the number of its arrival.

        Raises:
            StoreFull: They do not fit into memory, and the disk they would spill to is full.
        """
        self._waiting.add(rows, Source(file, TYPES.index(sort)))

    def forget(self, file: int) -> None:
        """Take back every row of a file that turned out to be unreadable."""
        self._waiting.flush()
        self._connection.execute("CREATE TEMP TABLE others AS SELECT * FROM arrived WHERE file <> ?", [file])
        self._connection.execute("DROP TABLE arrived")
        self._connection.execute("ALTER TABLE others RENAME TO arrived")

    def written(
        self, manifest: Manifest, becomes: Mapping[int, int] | None = None, distinct: Iterable[EventType] = ()
    ) -> Manifest:
        """Write the waiting rows as parts, and the manifest that would hold them; the rows wait on.

        Args:
            manifest: The version there is.
            becomes: For every arrival whose rows must go, the arrival that corrects it; 0 where none does.
            distinct: Types of which rows that are there already are left out; `duplicates` counts them by arrival.

        Raises:
            StoreFull: The disk is full; call `discard`.
        """
        self._waiting.flush()
        gone, without = becomes or {}, frozenset(distinct)
        present = {(one.type, one.day): one for one in manifest.partitions}
        splits = list(manifest.splits)
        for sort, local in sorted(self._arriving() | _holding(manifest, gone)):
            old = present.pop((sort, local), None)
            rows = self._day_rows(manifest.dataset, sort, local)
            changes = Changes(becomes=gone, distinct=sort in without)
            made = self._changed(manifest.dataset, rows, old or _empty(sort, local), changes)
            splits += rows.splits
            if made.parts:
                present[sort, local] = made
        return replace(manifest, partitions=tuple(present.values()), splits=tuple(splits))

    def rolled_up(self, manifest: Manifest) -> Manifest:
        """The manifest with every rollup made anew, for when cells have moved."""
        made = [replace(one, rollup=self._summed(manifest.dataset, one)) for one in manifest.partitions]
        return replace(manifest, partitions=tuple(made))

    def clear(self) -> None:
        """Forget the rows that were waiting: a manifest that holds them is committed."""
        self._waiting.drop()
        self._connection.execute("DROP TABLE arrived")
        self._connection.execute(ARRIVED)
        self._written.clear()
        self.duplicates.clear()

    def discard(self) -> None:
        """Forget the rows and remove the files written for them: nothing was committed."""
        self._writer.discard(self._written)
        self.clear()

    def _arriving(self) -> set[tuple[EventType, date]]:
        found = self._connection.execute("SELECT DISTINCT type, day FROM arrived").fetchall()
        return {(TYPES[number], day_of(day)) for number, day in found}

    def _day_rows(self, dataset: str, sort: EventType, day: date) -> DayRows:
        rows = DayRows(
            self._connection,
            writer=self._writer,
            seen=SeenPeople(store=self._store, dataset=dataset, keys=self._keys),
            reading=lambda part: self._readable(dataset, sort, day, part),
            under=f"{sort}/{day}",
        )
        number = (day - EPOCH_DAY).days
        rows.wait(
            f"SELECT {', '.join(SAME)}, file::UINTEGER AS arrival FROM arrived "
            f"WHERE type = {TYPES.index(sort)} AND day = {number}"
        )
        return rows

    def _changed(self, dataset: str, rows: DayRows, old: Partition, changes: Changes) -> Partition:
        """A day as it will be; as it was where no row of it changes."""
        try:
            left = rows.changed(old, changes)
            parts = rows.merged((*left, *rows.added(self._columns)))
        finally:
            self._written += rows.written
        made = replace(old, parts=parts, doubles=rows.doubles)
        paths = {part.path for part in (*parts, *made.doubles)}
        self._writer.discard([part for part in rows.written if part.path not in paths])
        self.duplicates.update(rows.duplicates)
        rows.done()
        if not parts or parts == old.parts:
            return made
        return replace(made, rollup=self._summed(dataset, made), revision=old.revision + (made.version != old.version))

    def _summed(self, dataset: str, one: Partition) -> Part:
        under = f"rollups/{one.type}/{one.day}"
        return self._kept(self._writer.write(self._rollup(dataset, one.type, one.day, one.parts), under=under))

    def _readable(self, dataset: str, sort: EventType, day: date, part: Part) -> str:
        folder = folder_of(self._store, dataset)
        check(folder / part.path, part.sha256)
        key = unwrapped(self._keys, dataset, part, folder)
        opened = StoredPart(path=folder / part.path, key=key, type=sort, day=day)
        return read_parquet_sql(opened, add_keys(self._connection, [opened])[0])

    def _rollup(self, dataset: str, sort: EventType, day: date, parts: tuple[Part, ...]) -> str:
        sources = " UNION ALL ".join(
            f"SELECT person, second, cell FROM {self._readable(dataset, sort, day, part)}" for part in parts
        )
        return (
            "SELECT person, area, count(*)::UINTEGER AS events, min(second) AS first_second, "
            f"max(second) AS last_second FROM ({sources}) JOIN communes USING (cell) "
            "GROUP BY person, area ORDER BY person, area"
        )

    def _kept(self, part: Part) -> Part:
        self._written.append(part)
        return part


def _empty(sort: EventType, day: date) -> Partition:
    """A day that nothing came to yet."""
    nothing = Part(path="", sha256="", size=0, rows=0, wrapped_key="")
    return Partition(type=sort, day=day, parts=(), rollup=nothing, revision=0)


def _holding(manifest: Manifest, arrivals: Mapping[int, int]) -> set[tuple[EventType, date]]:
    """The days that hold rows of arrivals, or may."""
    return {(one.type, one.day) for one in manifest.partitions if not arrivals.keys().isdisjoint(one.arrivals)}
