"""Slows down whoever guesses: five failures in a quarter of an hour, then a quarter of an hour of nothing."""

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta

from sqlalchemy import select

from safeconduct.ledger import tables
from safeconduct.ledger.ledger import Transaction
from safeconduct.model.errors import TooMany
from safeconduct.model.text import say

MOST = 5
PAUSE = timedelta(minutes=15)


def keys_of(*, login: str, address: str) -> tuple[str, ...]:
    """What tries are counted by: the login typed, whether it exists or not, and the address, where one is known."""
    named = [("login", login)] + ([("address", address)] if address else [])
    return tuple(hashlib.sha256(f"{sort}\0{value}".encode()).hexdigest() for sort, value in named)


def count(tx: Transaction, keys: Iterable[str], now: datetime) -> None:
    """Count a try before it is looked at, so that many at once cannot slip through.

    Raises:
        TooMany: Too many tries failed; nothing more is looked at for a while.
    """
    table = tables.throttle
    tx.change(table.delete().where(table.c.until <= now))
    for key in keys:
        found = tx.rows(select(table.c.failures).where(table.c.key == key))
        failures = found[0]["failures"] if found else 0
        if failures >= MOST:
            raise TooMany(say("too many tries; wait {minutes} minutes", minutes=int(PAUSE.total_seconds()) // 60))
        values = {"failures": failures + 1, "until": now + PAUSE}
        same = table.c.key == key
        tx.change(table.update().where(same).values(values) if found else table.insert().values(key=key, **values))


def succeeded(tx: Transaction, keys: Iterable[str]) -> None:
    """Take back a try that succeeded: the login starts anew, the address loses only this try.

    Otherwise whoever has an account could guess others' from the same address for ever.
    """
    table = tables.throttle
    login, *address = keys
    tx.change(table.delete().where(table.c.key == login))
    for key in address:
        tx.change(table.update().where(table.c.key == key).values(failures=table.c.failures - 1))
