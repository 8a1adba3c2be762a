"""The records at rest, as relations."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import duckdb
import pyarrow as pa
from sqlglot import exp

from safeconduct.engines.guard import in_our_words
from safeconduct.engines.relations import EVENT_COLUMNS, ROLLUP_COLUMNS, Relations, column, number, selected, table
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.errors import WrongState
from safeconduct.model.text import say
from safeconduct.protect.stream import RecordKeys, record_keys
from safeconduct.store.records import Records, StoredPart, add_keys, connect

KEPT_AS = {"commune": "area", "second": "last_second"}  # what the rollup's columns are called at rest


@contextmanager
def opened(
    records: Records, *, spill: Path, memory_mb: int, threads: int, secret: bytes = b""
) -> Iterator["StoredRelations"]:
    """Relations over the files of a data set; the keys of those used go when it closes.

    Args:
        records: One version of a data set.
        spill: Folder for encrypted spill.
        memory_mb: Most memory, megabytes.
        threads: Threads to use.
        secret: What record keys come from; needed where they are asked for.

    Raises:
        BrokenPromise: DuckDB did not start.
    """
    try:
        connection = connect(read=[records.folder], spill=spill, memory_mb=memory_mb, threads=threads)
    except duckdb.Error as error:
        raise in_our_words(error) from None
    try:
        yield StoredRelations(connection, records, secret)
    finally:
        connection.close()


class StoredRelations(Relations):
    """Encrypted parts as one relation: a union of files, since each has its own key.

    Args:
        connection: One that may read the parts.
        records: The version of the data set.
        secret: What record keys come from.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, records: Records, secret: bytes = b"") -> None:
        self.connection = connection
        self.records = records
        self._secret = secret
        self.dataset, self.zone, self.geography = records.dataset, records.zone, records.geography
        self._registered: set[str] = set()

    def events(self, days: Collection[date], types: Collection[EventType]) -> exp.Select:
        """The event files of these days and types."""
        return self._union(self.records.events(days, types), EVENT_COLUMNS, {})

    def part(self, part: StoredPart) -> exp.Select:
        """The rows of one event file."""
        return self._union([part], EVENT_COLUMNS, {})

    def rollups(self, days: Collection[date], types: Collection[EventType]) -> exp.Select:
        """The rollup files of these days and types."""
        return self._union(self.records.rollups(days, types), ROLLUP_COLUMNS, KEPT_AS)

    def cell_areas(self, level: AreaLevel) -> exp.Table:
        """Where cells are."""
        return self._places(f"cells {level}", self.records.cell_areas(level))

    def commune_areas(self, level: AreaLevel) -> exp.Table:
        """Where communes belong."""
        return self._places(f"communes {level}", self.records.commune_areas(level))

    def record_keys(self) -> RecordKeys:
        """A key for every code there is.

        Raises:
            WrongState: No secret was given.
        """
        if not self._secret:
            raise WrongState(say("this question needs the site's secret; ask it through the site"))
        return record_keys(self._secret)

    def versions(self, days: Iterable[date], types: Iterable[EventType]) -> dict[str, str]:
        """What the manifest says."""
        return self.records.versions(days, types)

    def _union(self, parts: Sequence[StoredPart], columns: Sequence[str], kept_as: dict[str, str]) -> exp.Select:
        if not parts:
            nothing = [exp.cast(exp.null(), "bigint").as_(name, quoted=True) for name in columns]
            return exp.select(*nothing).where(exp.false())
        names = add_keys(self.connection, parts)
        wanted = [column(kept_as.get(name, name)).as_(name, quoted=True) for name in columns if name != "day"]
        first, *others = [
            exp.select(number(part.day.toordinal()).as_("day", quoted=True), *wanted).from_(_file(part, name))
            for part, name in zip(parts, names, strict=True)
        ]
        union: exp.Query = first
        for one in others:
            union = union.union(one, distinct=False, copy=False)
        return selected(union, "parts", *map(column, columns))

    def _places(self, name: str, arrow: pa.Table) -> exp.Table:
        if name not in self._registered:
            self.connection.register(name, arrow)
            self._registered.add(name)
        return table(name)


def _file(part: StoredPart, key: str) -> exp.Table:
    """`read_parquet('PATH', encryption_config = {'footer_key': 'NAME'})`."""
    footer = exp.PropertyEQ(this=exp.Literal.string("footer_key"), expression=exp.Literal.string(key))
    option = exp.EQ(this=exp.to_identifier("encryption_config"), expression=exp.Struct(expressions=[footer]))
    return exp.Table(this=exp.Anonymous(this="read_parquet", expressions=[exp.Literal.string(str(part.path)), option]))
