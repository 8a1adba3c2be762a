"""The whole metadata database as it is at one moment, while others go on writing; and back."""

import base64
import binascii
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing
from datetime import datetime
from itertools import groupby, islice
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, func, select

from safeconduct.ledger import tables
from safeconduct.ledger.database import guarded, reading, writing
from safeconduct.model.errors import BrokenPromise, Unreadable, WrongState
from safeconduct.model.text import say

PAGE = 500
PAGES = 1024
"""Pages of SQLite's file that are copied before others may write again."""


def copy_file(engine: Engine, to: Path) -> None:
    """A copy of a SQLite database as of one moment, by its own means; half of a change is never in it.

    Raises:
        BrokenPromise: It cannot be copied, or the copy is not whole.
    """
    try:
        to.touch(mode=0o600)
        with closing(sqlite3.connect(str(engine.url.database))) as here, closing(sqlite3.connect(to)) as there:
            here.backup(there, pages=PAGES)
            there.execute("PRAGMA journal_mode=DELETE").close()
            found = there.execute("PRAGMA integrity_check").fetchall()
    except (sqlite3.Error, OSError):
        found = []
    if found != [("ok",)]:
        raise BrokenPromise(say("the metadata database cannot be copied whole; run 'safeconduct doctor'"))


def rows(engine: Engine) -> Iterator[str]:
    """Every row of every table as a JSON line, as of one moment, in an order in which they can be put back."""
    isolated = engine.execution_options(isolation_level="REPEATABLE READ")
    with guarded(), isolated.connect() as connection:
        for table in tables.metadata.sorted_tables:
            found = connection.execution_options(yield_per=PAGE).execute(select(table))
            for row in found.mappings():
                told = {name: _told(value) for name, value in row.items()}
                yield json.dumps([table.name, told])


def fill(engine: Engine, lines: Iterable[str]) -> None:
    """Put rows into a database whose tables are there and empty; all or nothing.

    Raises:
        WrongState: It is not empty.
        Unreadable: They are not rows of these tables.
    """
    with writing(engine) as connection:
        if _filled(connection):
            raise WrongState(say("the database to restore into holds something; name an empty one"))
        for name, found in groupby(map(_read, lines), key=lambda pair: pair[0]):
            while page := [row for _, row in islice(found, PAGE)]:
                connection.execute(tables.metadata.tables[name].insert(), page)


def filled(engine: Engine) -> bool:
    """Whether there is a row in any table."""
    with reading(engine) as connection:
        return _filled(connection)


def _filled(connection: Connection) -> bool:
    every = tables.metadata.sorted_tables
    return any(connection.execute(select(func.count()).select_from(one)).scalar_one() for one in every)


def clear(engine: Engine) -> None:
    """Take every row out again that `fill` put in; the tables stay."""
    with writing(engine) as connection:
        for table in reversed(tables.metadata.sorted_tables):
            connection.execute(table.delete())


def _told(value: object) -> object:
    match value:
        case bytes():
            return {"bytes": base64.b64encode(value).decode("ascii")}
        case datetime():
            return {"at": value.isoformat()}
        case _:
            return value


def _read(line: str) -> tuple[str, dict[str, Any]]:
    try:
        name, told = json.loads(line)
        columns = tables.metadata.tables[name].columns
        row = {str(column): _value(value) for column, value in told.items() if column in columns}
        whole = len(row) == len(columns)
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        whole = False
    if not whole:
        raise Unreadable(say("the copy of the metadata database is of another version; restore it with that version"))
    return name, row


def _value(told: object) -> object:
    if isinstance(told, Mapping):
        return base64.b64decode(told["bytes"]) if "bytes" in told else datetime.fromisoformat(told["at"])
    return told
