"""PostgreSQL, read through psycopg: one snapshot at a time, read-only, in bounded memory."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress

import psycopg
import pyarrow as pa
from psycopg import errors

from safeconduct.ingest.database import ROWS, Database, Rows
from safeconduct.ingest.statements import Statement, Statements, time_of
from safeconduct.model.errors import BadMapping, BadSettings, Unreadable
from safeconduct.model.event_files import EventFiles
from safeconduct.model.origin import Origin
from safeconduct.model.text import say

CONNECT_S = 10
MS = 1000
CURSOR = "safeconduct_rows"
STAMPS = frozenset({"timestamp", "timestamptz"})
SETTINGS = (
    b"SELECT set_config('statement_timeout', %s, true), set_config('TimeZone', 'UTC', true), "
    b"set_config('DateStyle', 'ISO', true), set_config('extra_float_digits', '1', true), "
    b"set_config('bytea_output', 'hex', true)"
)
COLUMNS = (
    b"SELECT a.attname, b.typname FROM pg_catalog.pg_attribute a "
    b"JOIN pg_catalog.pg_type t ON t.oid = a.atttypid "
    b"JOIN pg_catalog.pg_type b ON b.oid = CASE t.typtype WHEN 'd' THEN t.typbasetype ELSE t.oid END "
    b"WHERE a.attrelid = pg_catalog.to_regclass(%s) AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum"
)


class PostgreSQL(Database):
    """A connection; every transaction is `REPEATABLE READ, READ ONLY` with a limit on each statement's time.

    Bytes become hexadecimal digits, truth `true` and `false`, numbers their exact digits; a time column of a type for
    times becomes whole seconds since 1970.

    Args:
        secret: What libpq connects with: a URL or `key=value` words.
        origin: Says how long a statement may take.
    """

    streams = True

    def __init__(self, secret: str, origin: Origin) -> None:
        self._origin = origin
        self._sorts: dict[tuple[str, ...], Mapping[str, str]] = {}
        self.statements = Statements(style="format", column=self._column)
        try:
            self._connection = psycopg.connect(secret, connect_timeout=CONNECT_S, prepare_threshold=None)
        except psycopg.ProgrammingError:
            raise BadSettings(
                say("what connects to {name} is no PostgreSQL address; write it like {example}",
                    name=origin.connection, example="postgresql://reader@host/database"),
                field="sources",
            ) from None  # fmt: skip
        except psycopg.Error:
            raise Unreadable(
                say("the database {name} cannot be reached, or does not let us in; see that it runs and who signs in",
                    name=origin.connection)
            ) from None  # fmt: skip
        self._connection.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        self._connection.read_only = True

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "PostgreSQL()"

    def begin(self) -> None:
        """A snapshot of its own, once something is asked."""
        with self._told("the database"):
            self._connection.rollback()
            self._connection.execute(SETTINGS, [str(self._origin.patience_s * MS)])

    def one(self, layout: EventFiles, statement: Statement) -> tuple[object, ...]:
        """The only row."""
        self._check(layout)
        with self._told(layout.files):
            return self._connection.execute(statement.sql.encode(), statement.values).fetchone() or ()

    def rows(self, layout: EventFiles, statement: Statement) -> Iterator[Rows]:
        """Rows through a cursor that stays on the server."""
        self._check(layout)
        with self._told(layout.files), self._connection.cursor(CURSOR) as cursor:
            cursor.execute(statement.sql.encode(), statement.values)
            while found := cursor.fetchmany(ROWS):
                columns = zip(*found, strict=True)
                texts = [pa.array(["" if one is None else one for one in column], pa.string()) for column in columns]
                yield Rows(pa.table(dict(zip(layout.sources, texts, strict=True))))

    def query(self, what: str, statement: str) -> list[dict[str, object]]:
        """All rows of a short answer, by column.

        Args:
            what: The table it is about, for messages.
            statement: SQL made of quoted names.

        Raises:
            Unreadable: It does not answer, or not in time.
            BadMapping: The table or a column is not there, or may not be read.
        """
        with self._told(what), self._connection.cursor() as cursor:
            cursor.execute(statement.encode(), ())
            names = [one.name for one in cursor.description or ()]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    def columns(self, table: tuple[str, ...]) -> Mapping[str, str]:
        """Type by column of a table, none where there is no such table; asked once."""
        if table not in self._sorts:
            with self._told(".".join(table)):
                found = self._connection.execute(COLUMNS, [self.statements.table(table).replace("%%", "%")]).fetchall()
            self._sorts[table] = {str(name): str(sort) for name, sort in found}
        return self._sorts[table]

    def close(self) -> None:
        """Let go of the connection."""
        with suppress(psycopg.Error):
            self._connection.close()

    def _check(self, layout: EventFiles) -> None:
        known = self.columns(layout.table)
        if not known:
            raise BadMapping(
                say("the database has no table {table}, or not for who signs in", table=layout.files), field="table"
            )
        if missing := [name for name in layout.sources if name not in known]:
            raise BadMapping(
                say("the table {table} has no column {column}", table=layout.files, column=missing[0]), field="columns"
            )

    def _column(self, layout: EventFiles, name: str, quoted: str) -> str:
        sort = self.columns(layout.table)[name]
        if sort in STAMPS and name == time_of(layout):
            return f"floor(extract(epoch FROM {quoted}))::bigint::text"
        if sort == "bytea":
            return f"encode({quoted}, 'hex')"
        if factor := layout.factors.get(name):
            return f"({quoted} * {factor:d})::text"
        return f"{quoted}::text"

    @contextmanager
    def _told(self, table: str) -> Iterator[None]:
        """What the server says may quote a row, and stays with it."""
        try:
            yield
        except errors.InsufficientPrivilege:
            raise BadMapping(
                say("who signs in may not read {table}; grant SELECT on it", table=table), field="table"
            ) from None
        except (errors.UndefinedTable, errors.UndefinedColumn, errors.UndefinedFunction, errors.InvalidSchemaName):
            raise BadMapping(
                say("{table} does not have the columns, of the types, that the mapping says", table=table),
                field="columns",
            ) from None
        except errors.QueryCanceled:
            raise Unreadable(
                say("reading {table} took longer than patience_s allows; raise it, or give the time column an index",
                    table=table)
            ) from None  # fmt: skip
        except psycopg.Error:
            raise Unreadable(
                say("the database stopped answering while {table} was read; run it again", table=table)
            ) from None
