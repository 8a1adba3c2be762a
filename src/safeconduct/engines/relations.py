"""Where an engine's rows come from, apart from what it does with them."""

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date

import duckdb
import pyarrow as pa
from sqlglot import exp

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.geography import Geography
from safeconduct.protect.stream import RecordKeys, record_keys

EVENT_COLUMNS = ("day", "person", "second", "cell")
ROLLUP_COLUMNS = ("day", "person", "commune", "events", "second")


def column(name: str, table: str | None = None) -> exp.Column:
    """A column by name, quoted, so that no name is ever read as SQL."""
    return exp.column(exp.to_identifier(name, quoted=True), exp.to_identifier(table, quoted=True) if table else None)


def table(name: str) -> exp.Table:
    """A table by name, quoted."""
    return exp.Table(this=exp.to_identifier(name, quoted=True))


def number(value: int) -> exp.Expr:
    """A whole number, zero or more."""
    return exp.Literal.number(value)


def selected(rows: exp.Query, name: str, *values: exp.Expr) -> exp.Select:
    """These values of a query's rows; the query itself becomes a part, since copying a year of files takes long."""
    return exp.select(*values, copy=False).from_(rows.subquery(name, copy=False), copy=False)


class Relations(ABC):
    """Rows of one data set at one version, as relations of one DuckDB connection.

    Attributes:
        connection: Where the relations can be read; used by one thread at a time.
        dataset: Name of the data set.
        zone: The IANA zone of its local days.
        geography: Its areas; an area's number is its place in the level's sorted list.
    """

    connection: duckdb.DuckDBPyConnection
    dataset: str
    zone: str
    geography: Geography

    @abstractmethod
    def events(self, days: Collection[date], types: Collection[EventType]) -> exp.Select:
        """Rows of (day, person, second, cell), one per event; the day as its proleptic ordinal."""

    @abstractmethod
    def rollups(self, days: Collection[date], types: Collection[EventType]) -> exp.Select:
        """Rows of (day, person, commune, events, second), one per event type, day, person and commune.

        `second` is that of the latest event. Events on no commune are in none of them.
        """

    @abstractmethod
    def cell_areas(self, level: AreaLevel) -> exp.Table:
        """Rows of (cell, area) for the cells that have a place at this level."""

    @abstractmethod
    def commune_areas(self, level: AreaLevel) -> exp.Table:
        """Rows of (commune, area); not for sites."""

    @abstractmethod
    def record_keys(self) -> RecordKeys:
        """A number for every person, from a secret of the site and the data set.

        Raises:
            WrongState: No secret was given.
        """

    @abstractmethod
    def versions(self, days: Iterable[date], types: Iterable[EventType]) -> dict[str, str]:
        """Version of every day partition there is among these, by `TYPE/DAY`."""

    def fetch(self, query: exp.Query) -> list[tuple[object, ...]]:
        """Every row of a query."""
        return self.connection.execute(query.sql(dialect="duckdb")).fetchall()


@dataclass(frozen=True, kw_only=True)
class Rows:
    """A small data set held in memory, for tests and for trying out an engine.

    Attributes:
        geography: Its areas.
        cells: The area code of every cell, by level and cell number.
        events: (type, day, person, second, cell), one per event, in any order.
        dataset: Name of the data set.
        zone: The IANA zone of its local days.
    """

    geography: Geography
    cells: Mapping[AreaLevel, Mapping[int, str]]
    events: tuple[tuple[EventType, date, int, int, int], ...]
    dataset: str = "phone"
    zone: str = "UTC"

    def __repr__(self) -> str:
        """Its name."""
        return f"Rows({self.dataset})"

    def index(self, level: AreaLevel) -> dict[str, int]:
        """Number of each area of a level, by code."""
        return {area.code: number for number, area in enumerate(self.geography.at(level))}


class LoadedRelations(Relations):
    """Rows loaded into temporary tables of a connection, replacing what was loaded before.

    Args:
        connection: Any open connection, such as one in memory.
        rows: What to load.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, rows: Rows) -> None:
        self.connection = connection
        self.rows = rows
        self.dataset, self.zone, self.geography = rows.dataset, rows.zone, rows.geography
        self._load("events", ("type", *EVENT_COLUMNS), [
            (str(sort), day.toordinal(), person, second, cell) for sort, day, person, second, cell in rows.events
        ])  # fmt: skip
        self._load("rollups", ("type", *ROLLUP_COLUMNS), rolled_up(rows))

    def events(self, days: Collection[date], types: Collection[EventType]) -> exp.Select:
        """The events asked for."""
        return self._among("events", EVENT_COLUMNS, days, types)

    def rollups(self, days: Collection[date], types: Collection[EventType]) -> exp.Select:
        """The rollups asked for."""
        return self._among("rollups", ROLLUP_COLUMNS, days, types)

    def cell_areas(self, level: AreaLevel) -> exp.Table:
        """Places of cells."""
        index = self.rows.index(level)
        places = self.rows.cells.get(level, {})
        return self._load(f"cells {level}", ("cell", "area"), [(cell, index[code]) for cell, code in places.items()])

    def commune_areas(self, level: AreaLevel) -> exp.Table:
        """Places of communes, as the cells on them tell."""
        fine, coarse = self.rows.index(AreaLevel.COMMUNE), self.rows.index(level)
        communes, places = self.rows.cells.get(AreaLevel.COMMUNE, {}), self.rows.cells.get(level, {})
        pairs = {(fine[code], coarse[places[cell]]) for cell, code in communes.items() if cell in places}
        return self._load(f"communes {level}", ("commune", "area"), sorted(pairs))

    def record_keys(self) -> RecordKeys:
        """Keys from a secret that is none: these rows are nobody's."""
        return record_keys(bytes(32))

    def versions(self, days: Iterable[date], types: Iterable[EventType]) -> dict[str, str]:
        """One made-up version for every day and type with events."""
        asked, sorts = set(days), set(types)
        return {f"{row[0]}/{row[1]}": "loaded" for row in self.rows.events if row[0] in sorts and row[1] in asked}

    def _load(self, name: str, columns: tuple[str, ...], rows: Collection[tuple[object, ...]]) -> exp.Table:
        kinds = {one: pa.string() if one == "type" else pa.int64() for one in columns}
        arrow = pa.table({
            one: pa.array([row[at] for row in rows], type=kinds[one]) for at, one in enumerate(columns)
        })  # fmt: skip
        self.connection.register("arriving", arrow)
        target = table(name)
        body = exp.select(*map(column, columns)).from_(table("arriving"))
        statement = exp.Create(
            this=target, kind="TABLE", replace=True, expression=body,
            properties=exp.Properties(expressions=[exp.TemporaryProperty()]),
        )  # fmt: skip
        self.connection.execute(statement.sql(dialect="duckdb"))
        self.connection.unregister("arriving")
        return target

    def _among(
        self, name: str, columns: tuple[str, ...], days: Collection[date], types: Collection[EventType]
    ) -> exp.Select:
        return (
            exp.select(*map(column, columns))
            .from_(table(name))
            .where(column("day").isin(*(number(day.toordinal()) for day in days)))
            .where(column("type").isin(*(exp.Literal.string(str(sort)) for sort in types)))
        )


def rolled_up(rows: Rows) -> list[tuple[object, ...]]:
    """The (type, day, person, commune) rollup of events, as `ingest` makes it in its own way."""
    communes, index = rows.cells.get(AreaLevel.COMMUNE, {}), rows.index(AreaLevel.COMMUNE)
    found: dict[tuple[str, int, int, int], tuple[int, int]] = {}
    for sort, day, person, second, cell in rows.events:
        if cell in communes:
            key = (str(sort), day.toordinal(), person, index[communes[cell]])
            events, last = found.get(key, (0, -1))
            found[key] = (events + 1, max(last, second))
    return [(*key, *value) for key, value in found.items()]
