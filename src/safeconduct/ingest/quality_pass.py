"""One pass over the records of some days: everything that quality checks look at is counted, each file opened once.

Rows of some days wait in DuckDB's memory, or in encrypted spill; what comes out is a few hundred numbers a day.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt

from safeconduct.ingest.quality_figures import HOURS, DayFigures, Number
from safeconduct.model.areas import AreaLevel
from safeconduct.model.quality import Source
from safeconduct.store.parts import from_duckdb
from safeconduct.store.records import Records, StoredPart, add_keys, read_parquet_sql
from safeconduct.store.versions import Manifest, Partition

MOST_ROWS, MOST_DAYS = 4_000_000, 128
A_WEEK = 7
KEPT = ("imsi", "imei")
Bits = npt.NDArray[np.bool_]
Rows = dict[int, tuple[Any, ...]]

ROWS = """
CREATE OR REPLACE TEMP TABLE quality_rows (part UINTEGER, person UINTEGER, second INTEGER, cell UINTEGER,
outgoing BOOLEAN, amount DOUBLE, counterpart UINTEGER, imsi UINTEGER, imei UINTEGER, tac UINTEGER, arrival UINTEGER)
"""
PEOPLE = """
CREATE OR REPLACE TEMP TABLE quality_people AS SELECT part, person, bool_or(outgoing) AS calls,
bool_or(NOT outgoing) AS called, min(second) AS earliest, max(second) AS latest FROM quality_rows GROUP BY part, person
"""
OF_ROWS = """
SELECT part, count(*), count(*) FILTER (outgoing), count(*) FILTER (counterpart IS NULL),
count(*) FILTER (amount IS NULL), count(*) FILTER (imei IS NULL), count(*) FILTER (imsi IS NULL),
count(*) FILTER (cell IS NULL), min(second), max(second), max(amount), median(amount), count(DISTINCT imei),
count(DISTINCT imsi) FROM quality_rows GROUP BY part
"""
OF_ROWS_NAMES = (
    "count_added_rows", "count_added_rows_outgoing", "count_null_counterparts", "count_null_durations",
    "count_null_imeis", "count_null_imsis", "count_null_location_ids", "earliest_timestamp", "latest_timestamp",
    "max_duration", "median_duration", "count_imeis", "count_imsis",
)  # fmt: skip
OF_PEOPLE = """
SELECT part, count(*), count(*) FILTER (calls), count(*) FILTER (called) FROM quality_people GROUP BY part
"""
OF_PEOPLE_NAMES = ("count_onnet_msisdns", "count_onnet_msisdns_outgoing", "count_onnet_msisdns_incoming")
MANY = """
SELECT part, max(latest) FILTER (last = $many), min(earliest) FILTER (first = $many) FROM (
SELECT *, row_number() OVER (PARTITION BY part ORDER BY latest DESC) AS last,
row_number() OVER (PARTITION BY part ORDER BY earliest) AS first FROM quality_people) GROUP BY part
"""
MANY_NAMES = ("last_by_many", "first_by_many")
MSISDNS = """
SELECT part, count(*) FROM (SELECT part, person FROM quality_people
UNION SELECT part, counterpart FROM quality_rows WHERE counterpart IS NOT NULL) GROUP BY part
"""
PER_IMEI = """
SELECT part, max(people) FROM (SELECT part, count(DISTINCT person) AS people FROM quality_rows
WHERE imei IS NOT NULL GROUP BY part, imei) GROUP BY part
"""
PER_IMSI = """
SELECT part, max(people) FROM (SELECT part, count(DISTINCT person) AS people FROM quality_rows
WHERE imsi IS NOT NULL GROUP BY part, imsi) GROUP BY part
"""
DUPLICATES = """
SELECT part, count(*), sum(alike - 1)::BIGINT FROM (SELECT part, count(*) AS alike FROM quality_rows GROUP BY part,
person, second, cell, outgoing, amount, counterpart, imsi, imei, tac HAVING count(*) > 1) GROUP BY part
"""
BY_HOUR = "SELECT part, second // 3600, count(*) FROM quality_rows GROUP BY ALL"
BY_CELL = """
SELECT part, cell, count(*), count(DISTINCT person) FROM quality_rows WHERE cell IS NOT NULL GROUP BY part, cell
"""


class QualityPass:
    """Counts days of one version of a data set.

    Args:
        connection: One that may read the records.
        records: The version.
        manifest: The same version, for how many rows came when.
        many: Of how many people the earliest and latest times are told that do not depend on one of them.
    """

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, records: Records, manifest: Manifest, *, many: int
    ) -> None:
        self._connection, self._records, self._manifest, self._many = connection, records, manifest, many
        self._there = {Source(type=one.type, day=one.day): one for one in manifest.partitions}
        self._seen: dict[Source, Bits] = {}
        placed = records.cell_areas(AreaLevel.SITE).column("cell").to_pylist()
        self._placed = frozenset(placed)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "QualityPass()"

    def figures(
        self, sources: Collection[Source], *, progress: Callable[[int, int], None] = lambda _done, _all: None
    ) -> Iterator[DayFigures]:
        """What is counted of each of these days, day by day; those that are not there are left out.

        Args:
            sources: Which days.
            progress: Told how many are done, of how many.

        Raises:
            Tampered: A file is not what the manifest says.
            StoreFull: The disk of the spill folder is full.
            BrokenPromise: The records could not be read.
        """
        wanted = sorted((self._there[one] for one in sources if one in self._there), key=lambda one: one.day)
        done = 0
        for some in _groups(wanted):
            try:
                yield from self._counted(some)
            except duckdb.Error as error:
                raise from_duckdb(error) from None
            done += len(some)
            progress(done, len(wanted))

    def _counted(self, some: Sequence[Partition]) -> Iterator[DayFigures]:
        self._connection.execute(ROWS)
        kept = [self._loaded(number, one) for number, one in enumerate(some)]
        self._connection.execute(PEOPLE)
        found = self._by_part(len(some))
        hours = self._profile(len(some))
        cells = self._cells(len(some))
        self._connection.execute("DROP TABLE quality_rows")
        self._connection.execute("DROP TABLE quality_people")
        for number, one in enumerate(some):
            source = Source(type=one.type, day=one.day)
            counts = {**found[number], **self._located(cells[number]), **self._churn(source), "late_rows": _late(one)}
            counts = {name: value if _applies(name, kept[number]) else None for name, value in counts.items()}
            yield DayFigures(
                source=source, version=one.version, counts=counts, hours=hours[number], cells=cells[number]
            )

    def _loaded(self, number: int, one: Partition) -> frozenset[str]:
        """Put the rows of a partition into the table; which of the columns it keeps that not every data set does."""
        parts = self._records.events([one.day], [one.type])
        kept: set[str] = set()
        for part, key in zip(parts, add_keys(self._connection, parts), strict=True):
            rows = f"SELECT {number} AS part, * FROM {read_parquet_sql(part, key)}"
            look = f"{rows} LIMIT 0"
            named = self._connection.execute(look).description
            kept |= {column[0] for column in named}
            insert = f"INSERT INTO quality_rows BY NAME {rows}"
            self._connection.execute(insert)
        return frozenset(kept)

    def _by_part(self, length: int) -> list[dict[str, Number | None]]:
        """Every number that one statement has for all of the days."""
        found: list[dict[str, Number | None]] = [{"count_duplicated": 0, "count_duplicates": 0} for _ in range(length)]
        asked: Sequence[tuple[str, Sequence[str], Mapping[str, int] | None]] = (
            (OF_ROWS, OF_ROWS_NAMES, None),
            (OF_PEOPLE, OF_PEOPLE_NAMES, None),
            (MANY, MANY_NAMES, {"many": self._many}),
            (MSISDNS, ("count_msisdns",), None),
            (PER_IMEI, ("max_msisdns_per_imei",), None),
            (PER_IMSI, ("max_msisdns_per_imsi",), None),
            (DUPLICATES, ("count_duplicated", "count_duplicates"), None),
        )
        for statement, names, values in asked:
            for part, *numbers in self._connection.execute(statement, values).fetchall():
                found[part].update(zip(names, numbers, strict=True))
        return found

    def _profile(self, length: int) -> list[tuple[int, ...]]:
        hours = np.zeros((length, HOURS), np.int64)
        for part, hour, events in self._connection.execute(BY_HOUR).fetchall():
            hours[part, hour] = events
        return [tuple(one) for one in hours.tolist()]

    def _cells(self, length: int) -> list[dict[int, tuple[int, int]]]:
        cells: list[dict[int, tuple[int, int]]] = [{} for _ in range(length)]
        for part, cell, events, people in self._connection.execute(BY_CELL).fetchall():
            cells[part][cell] = (events, people)
        return cells

    def _located(self, cells: Mapping[int, tuple[int, int]]) -> dict[str, Number | None]:
        located = [cells[cell] for cell in cells if cell in self._placed]
        return {
            "count_location_ids": len(cells),
            "count_locatable_location_ids": len(located),
            "count_locatable_events": sum(events for events, _ in located),
        }

    def _churn(self, source: Source) -> dict[str, Number | None]:
        """People with a place who had none the day before, and in the week before; `None` where that is not there."""
        today, before = self._people(source), [self._people(one) for one in _earlier(source)]
        week = [one for one in before if one is not None]
        if today is None:
            return {}
        return {
            "people_with_a_place": int(today.sum()),
            "new_since_day": None if before[0] is None else _unseen(today, [before[0]]),
            "new_since_week": _unseen(today, week) if len(week) == A_WEEK else None,
        }

    def _people(self, source: Source) -> Bits | None:
        """Who had a place, a flag a code; those of nine days are remembered for each type."""
        if source not in self._there:
            return None
        if source not in self._seen:
            self._seen[source] = self._read_people(self._records.rollups([source.day], [source.type])[0])
            old = source.day - timedelta(days=A_WEEK + 1)
            for one in [one for one in self._seen if one.type == source.type and one.day < old]:
                del self._seen[one]
        return self._seen[source]

    def _read_people(self, rollup: StoredPart) -> Bits:
        (key,) = add_keys(self._connection, [rollup])
        statement = f"SELECT DISTINCT person FROM {read_parquet_sql(rollup, key)}"
        codes = np.asarray(self._connection.execute(statement).fetchnumpy()["person"], np.int64)
        flags: Bits = np.zeros(codes.max(initial=-1) + 1, np.bool_)
        flags[codes] = True
        return flags


def _groups(partitions: Sequence[Partition]) -> Iterator[list[Partition]]:
    """Partitions in runs that are counted together: some million rows, or one partition."""
    group: list[Partition] = []
    rows = 0
    for one in partitions:
        own = sum(part.rows for part in one.parts)
        if group and (rows + own > MOST_ROWS or len(group) == MOST_DAYS):
            yield group
            group, rows = [], 0
        group.append(one)
        rows += own
    if group:
        yield group


def _earlier(source: Source) -> list[Source]:
    """The seven days before, the nearest first."""
    return [Source(type=source.type, day=source.day - timedelta(days=back)) for back in range(1, A_WEEK + 1)]


def _unseen(today: Bits, before: Sequence[Bits]) -> int:
    new = today.copy()
    for one in before:
        shared = min(len(new), len(one))
        new[:shared] &= ~one[:shared]
    return int(new.sum())


def _late(one: Partition) -> int:
    """Rows that came after the first files of the day."""
    return sum(part.rows for part in one.parts[1:])


def _applies(name: str, kept: frozenset[str]) -> bool:
    """Whether a number is about something that the data set keeps."""
    return not any(name.endswith((column, f"{column}s")) and column not in kept for column in KEPT)
