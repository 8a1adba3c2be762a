"""Any database with a Python driver: DB-API 2 (PEP 249), and ADBC, which hands over Arrow."""

import importlib
import json
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import numpy as np
import pyarrow as pa

from safeconduct.ingest.arrow_text import EXACT, Flags, as_texts, has_text, stamps_as_seconds
from safeconduct.ingest.database import ROWS, Database, Rows
from safeconduct.ingest.reasons import Reason
from safeconduct.ingest.statements import PLACES, Statement, Statements, time_of
from safeconduct.model.errors import BadMapping, BadSettings, SafeconductError, Unreadable
from safeconduct.model.event_files import EventFiles
from safeconduct.model.origin import Origin
from safeconduct.model.text import say

WHOLE = EXACT[8]


class Driven(Database):
    """A database behind a driver that the site's settings allow.

    A driver may hold a whole answer in memory, so days are asked for by the hour. What it says stays with it. Two
    readings of a day are compared, since not every driver has snapshots.

    Args:
        module: The driver's module; it has `connect`.
        secret: What it connects with: JSON of keyword arguments, or one text.
        origin: What the mapping says of the source.
    """

    streams = False

    def __init__(self, module: Any, secret: str, origin: Origin) -> None:
        style = str(getattr(module, "paramstyle", "qmark"))
        if style not in PLACES:
            raise BadSettings(say("{driver} is no driver of DB-API 2", driver=origin.driver), field="drivers")
        self.statements = Statements(quote=origin.quote, style=style)
        self._name = origin.connection
        self._known: dict[tuple[str, ...], frozenset[str]] = {}
        with self._told():
            words = json.loads(secret) if secret.lstrip().startswith("{") else None
            self._connection = module.connect(secret) if words is None else module.connect(**words)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return f"{type(self).__name__}()"

    def begin(self) -> None:
        """End the transaction before, so that the next statement sees what is there now."""
        with self._told():
            self._connection.rollback()

    def one(self, layout: EventFiles, statement: Statement) -> tuple[object, ...]:
        """The only row."""
        with self._told(layout), self._cursor(statement) as cursor:
            return tuple(cursor.fetchone() or ())

    def rows(self, layout: EventFiles, statement: Statement) -> Iterator[Rows]:
        """Some thousand rows at a time."""
        with self._told(layout), self._cursor(statement) as cursor:
            while found := cursor.fetchmany(ROWS):
                yield _as_rows(found, layout)

    def close(self) -> None:
        """Let go of the connection."""
        with suppress(Exception):
            self._connection.close()

    @contextmanager
    def _cursor(self, statement: Statement) -> Iterator[Any]:
        cursor = self._connection.cursor()
        try:
            cursor.execute(statement.sql, statement.values)
            yield cursor
        finally:
            cursor.close()

    def _check(self, layout: EventFiles) -> None:
        """Look for the columns by name: SQLite takes a quoted name that it does not know for a text."""
        if layout.table not in self._known:
            nothing = Statement(f"SELECT * FROM {self.statements.table(layout.table)} WHERE 1 = 0")
            with self._cursor(nothing) as cursor:
                self._known[layout.table] = frozenset(str(one[0]) for one in cursor.description or ())
        if missing := [name for name in layout.sources if name not in self._known[layout.table]]:
            raise BadMapping(
                say("the table {table} has no column {column}", table=layout.files, column=missing[0]), field="columns"
            )

    @contextmanager
    def _told(self, layout: EventFiles | None = None) -> Iterator[None]:
        """A driver may raise anything, and its words may quote a row or a password."""
        try:
            if layout is not None:
                self._check(layout)
            yield
        except SafeconductError:
            raise
        except Exception:  # noqa: BLE001 - see above
            raise Unreadable(
                say("the database {name} does not answer as declared; see that it runs, who signs in, and that the "
                    "tables and columns of the mapping are there", name=self._name)
            ) from None  # fmt: skip


class DrivenByArrow(Driven):
    """A database behind an ADBC driver."""

    def rows(self, layout: EventFiles, statement: Statement) -> Iterator[Rows]:
        """Batches as the driver makes them."""
        with self._told(layout), self._cursor(statement) as cursor:
            for batch in cursor.fetch_record_batch():
                if batch.num_rows:
                    yield _as_texts(batch, layout)


def driver_module(origin: Origin, allowed: frozenset[str], *, part: str = "") -> Any:
    """The module of a driver.

    Args:
        origin: Names it.
        allowed: Those that the site's settings allow: to import a module is to run it.
        part: Module inside the driver that is needed, after a point.

    Raises:
        BadSettings: The settings do not allow it, or it is not installed.
    """
    if origin.driver not in allowed:
        raise BadSettings(
            say("safeconduct.toml does not allow the driver; add it there: drivers = [{driver}]",
                driver=json.dumps(origin.driver)),
            field="drivers",
        )  # fmt: skip
    try:
        return importlib.import_module(f"{origin.driver}.{part}" if part else origin.driver)
    except ImportError as error:
        missing = (error.name or origin.driver).partition(".")[0]
        package = missing.replace("_", "-")
        raise BadSettings(
            say("the driver {driver} needs the package {package}, which is not installed in {python}",
                driver=origin.driver, package=package, python=sys.executable),
            field="drivers",
        ) from None  # fmt: skip


def _as_rows(found: Sequence[Sequence[object]], layout: EventFiles) -> Rows:
    time, wrong = time_of(layout), np.zeros(len(found), bool)
    columns = {}
    for name, column in zip(layout.sources, zip(*found, strict=True), strict=True):
        words = [_second(one) if name == time and isinstance(one, datetime) else word_of(one) for one in column]
        wrong |= np.array([one is None for one in words], bool)
        columns[name] = pa.array([one or "" for one in words], pa.string())
    return Rows(pa.table(columns), {Reason.NOT_DECODED: wrong})


def word_of(value: object) -> str | None:  # noqa: C901, PLR0911 - one line a sort of value, all of them here
    r"""A value of a driver as text, exactly; `None` where it has no exact one.

    Bytes become hexadecimal digits, whole numbers have no point, truth is `true` or `false`.

    Example:
        >>> word_of(258841.0), word_of(b"\x0a"), word_of(True), word_of(None), word_of(1e300)
        ('258841', '0a', 'true', '', None)
    """
    match value:
        case None:
            return ""
        case str():
            return None if "\0" in value else value
        case bool():
            return str(value).lower()
        case int():
            return str(value)
        case float() | Decimal():
            return _number(value)
        case bytes() | bytearray() | memoryview():
            return bytes(value).hex()
        case datetime():
            return value.replace(microsecond=0, tzinfo=None).isoformat(" ") + ("+0000" if value.tzinfo else "")
        case date():
            return value.isoformat()
        case _:
            return None


def _number(value: float | Decimal) -> str | None:
    if isinstance(value, float):
        if not abs(value) < WHOLE:
            return None
        return str(int(value)) if value.is_integer() else format(Decimal(str(value)), "f")
    text = format(value, "f") if value.is_finite() else ""
    return (text.rstrip("0").rstrip(".") if "." in text else text) or None


def _second(stamp: datetime) -> str:
    """Whole seconds since 1970, of the wall clock where there is no zone."""
    moment = stamp if stamp.tzinfo else stamp.replace(tzinfo=UTC)
    return str(int(moment.timestamp() // 1))


def _as_texts(batch: pa.RecordBatch, layout: EventFiles) -> Rows:
    time, wrong = time_of(layout), dict[Reason, Flags]()
    columns = {}
    for at, name in enumerate(layout.sources):
        column = batch.column(at)
        if not has_text(column.type):
            raise BadMapping(
                say("the column {column} of {table} holds lists or structures; name a plain column",
                    column=name, table=layout.files),
                field="columns",
            )  # fmt: skip
        if name == time and pa.types.is_timestamp(column.type):
            columns[name] = stamps_as_seconds(column)
            continue
        texts = as_texts(_without_bytes(column))
        columns[name] = texts.column
        for reason, flags in texts.wrong.items():
            wrong[reason] = wrong.get(reason, np.zeros(len(flags), bool)) | flags
    return Rows(pa.table(columns), wrong)


def _without_bytes(column: pa.Array) -> pa.Array:
    """Bytes as hexadecimal digits, as other databases' are."""
    if not (pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type)):
        return column
    return pa.array([None if one is None else one.hex() for one in column.to_pylist()], pa.string())
