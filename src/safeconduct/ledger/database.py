"""How the metadata database is opened, locked, brought up to date, and kept from talking.

SQLite writers queue at the start of their transaction (`BEGIN IMMEDIATE`), PostgreSQL writers at one advisory lock:
on both, whoever writes has read what the writer before wrote, and waits for it ten seconds at most.
A commit is on the disk before it returns.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Connection, Engine, create_engine, event, func, make_url, select
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from safeconduct.model.errors import BadSettings, BrokenPromise, SafeconductError, StoreFull, TooMany, WrongState
from safeconduct.model.text import say

MIGRATIONS = "safeconduct.ledger:migrations"
WRITERS_LOCK = 0x5AFE_C0DE
"""Number of PostgreSQL's advisory lock that writers queue at."""
WRITES = "safeconduct_writes"
POSTGRES_OPTIONS = "-c lock_timeout=10000 -c synchronous_commit=on -c timezone=UTC"
FULL = {"SQLITE_FULL", "53100"}
BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_BUSY_SNAPSHOT", "55P03", "40001", "40P01"}
NO_TABLE = {"42P01", "42703"}


def open_engine(url: str) -> Engine:
    """An engine for a database URL; SQLite files are made with mode 0600.

    Args:
        url: `sqlite:////absolute/path` or `postgresql://…`; other databases are refused.

    Raises:
        BadSettings: The URL cannot be used; it is not repeated, as it may hold a password.
    """
    try:
        place = make_url(url)
    except ArgumentError:
        place = URL.create("none")
    match place.get_backend_name():
        case "sqlite" if place.database and place.database != ":memory:":
            return _sqlite(place)
        case "postgresql":
            return _postgresql(place)
        case _:
            raise BadSettings(say("database is a URL like sqlite:////srv/site/meta.sqlite or postgresql://host/name"))


def _sqlite(place: URL) -> Engine:
    path = Path(str(place.database))
    if not path.parent.is_dir():
        raise BadSettings(say("the folder of the metadata database is not there; make the site first"))
    path.touch(mode=0o600, exist_ok=True)
    engine = create_engine(place, hide_parameters=True, pool_size=5, max_overflow=59)
    event.listen(engine, "connect", _prepare)
    event.listen(engine, "begin", _begin)
    return engine


def _prepare(connection: Any, record: object) -> None:
    """Settings of one SQLite connection; the driver itself must not begin transactions."""
    del record
    connection.isolation_level = None
    connection.execute("PRAGMA busy_timeout=10000").close()
    if connection.execute("PRAGMA journal_mode").fetchone() != ("wal",):
        connection.execute("PRAGMA journal_mode=WAL").close()
    connection.execute("PRAGMA synchronous=FULL").close()
    connection.execute("PRAGMA foreign_keys=ON").close()


def _begin(connection: Connection) -> None:
    writes = connection.get_execution_options().get(WRITES)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _postgresql(place: URL) -> Engine:
    try:
        return create_engine(
            place.set(drivername="postgresql+psycopg"),
            hide_parameters=True,
            pool_pre_ping=True,
            pool_size=5,
            max_overflow=59,
            connect_args={"options": POSTGRES_OPTIONS},
        )
    except (ImportError, NoSuchModuleError):
        raise BadSettings(say("PostgreSQL needs its driver; install safeconduct[postgres]")) from None


@contextmanager
def writing(engine: Engine) -> Iterator[Connection]:
    """One transaction that writes; committed at the end, undone if anything is raised.

    Raises:
        TooMany: Other writers held the database too long; nothing was changed.
        BrokenPromise: The database did not do it; nothing was changed.
    """
    with guarded(), engine.execution_options(**{WRITES: True}).begin() as connection:
        if engine.dialect.name == "postgresql":
            connection.execute(select(func.pg_advisory_xact_lock(WRITERS_LOCK)))
        yield connection


@contextmanager
def reading(engine: Engine) -> Iterator[Connection]:
    """One transaction that only reads."""
    with guarded(), engine.connect() as connection:
        yield connection


@contextmanager
def guarded() -> Iterator[None]:
    """Turn the library's errors into ours: theirs quote statements and values."""
    try:
        yield
    except SQLAlchemyError as error:
        raise _ours(error) from None


def _ours(error: SQLAlchemyError) -> SafeconductError:
    cause = error.orig if isinstance(error, DBAPIError) else None
    code = getattr(cause, "sqlite_errorname", None) or getattr(cause, "sqlstate", None)
    if code in FULL:
        return StoreFull(say("the disk of the metadata database is full; nothing was changed; make room and try again"))
    if code in BUSY:
        return TooMany(say("the metadata database is busy; nothing was changed; try again"))
    if isinstance(error, IntegrityError):
        return WrongState(
            say("this is written down already, or names something that is not there; nothing was changed")
        )
    if code in NO_TABLE or (isinstance(cause, sqlite3.OperationalError) and "no such" in str(cause)):
        return WrongState(say("the metadata database is of another version; run 'safeconduct migrate'"))
    return BrokenPromise(
        say("the metadata database did not answer as it should; nothing was changed; run 'safeconduct doctor'")
    )


def upgrade(engine: Engine) -> None:
    """Bring the tables to this version; nothing happens where they are."""
    with writing(engine) as connection:
        config = _config()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def is_current(engine: Engine) -> bool:
    """Whether the tables are of this version."""
    with reading(engine) as connection:
        found = MigrationContext.configure(connection).get_current_revision()
    return found == ScriptDirectory.from_config(_config()).get_current_head()


def _config() -> Config:
    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.set_main_option("path_separator", "os")
    return config
