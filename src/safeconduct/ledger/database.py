"""How the metadata database is opened, locked, brought up to date, and kept from talking.

SQLite writers queue at the start of their transaction (`BEGIN IMMEDIATE`), PostgreSQL writers at one advisory lock:
on both, whoever writes has read what the writer before wrote, and waits for it ten seconds at most.
A commit is on the disk before it returns.
"""

import logging
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, column, create_engine, event, func, inspect, make_url, select, table
from sqlalchemy.engine import URL
from sqlalchemy.exc import ArgumentError, DBAPIError, IntegrityError, NoSuchModuleError, SQLAlchemyError

from safeconduct.ledger import migrations
from safeconduct.model.errors import BadSettings, BrokenPromise, SafeconductError, StoreFull, TooMany, WrongState
from safeconduct.model.text import say

if TYPE_CHECKING:
    from alembic.config import Config

MIGRATIONS = "safeconduct.ledger:migrations"
VERSION = table("alembic_version", column("version_num"))
WRITERS_LOCK = 0x5AFE_C0DE
"""Number of PostgreSQL's advisory lock that writers queue at."""
WRITES = "safeconduct_writes"
POSTGRES_OPTIONS = "-c lock_timeout=10000 -c synchronous_commit=on -c timezone=UTC"
FULL = {"SQLITE_FULL", "53100"}
BUSY = {"SQLITE_BUSY", "SQLITE_LOCKED", "SQLITE_BUSY_SNAPSHOT", "55P03", "40001", "40P01"}
NO_TABLE = {"42P01", "42703"}


def open_engine(url: str) -> Engine:
    """An engine for a database URL; SQLite files are made with mode 0600.

    Its library is kept from logging statements and rows, however much the program around it logs.

    Args:
        url: `sqlite:////absolute/path` or `postgresql://…`; other databases are refused.

    Raises:
        BadSettings: The URL cannot be used; it is not repeated, as it may hold a password.
    """
    try:
        place = make_url(url)
    except ArgumentError:
        place = URL.create("none")
    logging.getLogger("sqlalchemy").setLevel(logging.WARNING)
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
    """Bring the tables to this version; nothing happens where they are.

    Raises:
        WrongState: They are of a version newer than this one; nothing is changed.
    """
    from alembic import command  # noqa: PLC0415 - takes long to load, and hardly any process changes tables

    with writing(engine) as connection:
        _refuse_newer(_revision(connection))
        config = configured()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def configured() -> "Config":
    """Where migrations are, for Alembic."""
    from alembic.config import Config  # noqa: PLC0415 - likewise

    config = Config()
    config.set_main_option("script_location", MIGRATIONS)
    config.set_main_option("path_separator", "os")
    return config


def is_current(engine: Engine) -> bool:
    """Whether the tables are of this version.

    Raises:
        WrongState: They are of a newer one.
    """
    found = revision(engine)
    _refuse_newer(found)
    return found == newest()


def revision(engine: Engine) -> str:
    """The revision of the tables as they are, `""` where there are none."""
    with reading(engine) as connection:
        return _revision(connection)


def _revision(connection: Connection) -> str:
    if not inspect(connection).has_table(VERSION.name):
        return ""
    return max(connection.execute(select(VERSION)).scalars().all(), default="")


def _refuse_newer(found: str) -> None:
    if found and found not in revisions():
        raise WrongState(
            say("a newer version of safeconduct wrote this database; nothing was changed; install that version")
        )


def revisions() -> tuple[str, ...]:
    """Every revision that this version knows, in order."""
    names = (path.name for path in files(migrations).joinpath("versions").iterdir())
    return tuple(sorted(name.partition("_")[0] for name in names if name[:1].isdigit()))


def newest() -> str:
    """The revision of this version's tables: the number of the last migration."""
    return revisions()[-1]
