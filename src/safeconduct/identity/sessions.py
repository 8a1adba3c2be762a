"""Who is signed in to the pages: a random cookie whose hash is kept, so that a stolen database opens no session."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from sqlalchemy import select

from safeconduct.identity.accounts import Account
from safeconduct.ledger import tables
from safeconduct.ledger.ledger import Ledger, Transaction

COOKIE_BYTES = 32
LONGEST = timedelta(hours=12)
"""After so long everybody signs in again, however busy."""
NOTED_EVERY = timedelta(seconds=30)
"""How exactly the last click is kept; a click seldom needs to write."""


@dataclass(frozen=True, kw_only=True)
class Session:
    """Somebody signed in.

    Attributes:
        account: Opaque id.
        csrf: What every form of theirs must carry; derived from the cookie, kept nowhere.
        language: The language they chose, `""` for none.
        project: The project they work in, `""` for none.
    """

    account: str
    csrf: str = field(repr=False)
    language: str
    project: str


class Sessions:
    """Sessions of one site.

    Args:
        ledger: Where they are kept.
        minutes: Minutes without a click after which one signs in again.
    """

    def __init__(self, ledger: Ledger, minutes: int) -> None:
        self._ledger = ledger
        self._idle = timedelta(minutes=minutes)

    def open(self, tx: Transaction, account: Account, now: datetime) -> str:
        """Begin a session; ended ones are swept out.

        Returns:
            The value of the cookie: 256 random bits. It is kept nowhere.
        """
        table = tables.session
        tx.change(table.delete().where((table.c.seen_at <= now - self._idle) | (table.c.opened_at <= now - LONGEST)))
        cookie = secrets.token_urlsafe(COOKIE_BYTES)
        columns = {"hash": _hash(cookie), "account": account.id, "language": "", "project": ""}
        tx.change(table.insert().values(columns | {"opened_at": now, "seen_at": now}))
        return cookie

    def who(self, cookie: str, now: datetime) -> Session | None:
        """Who a cookie belongs to, and note the click; `None` if nobody, too long ago, or let in no more."""
        table, account = tables.session, tables.account
        found = self._ledger.rows(
            select(table)
            .join(account, account.c.id == table.c.account)
            .where(table.c.hash == _hash(cookie), account.c.state == "open")
        )
        if not found or found[0]["seen_at"] <= now - self._idle or found[0]["opened_at"] <= now - LONGEST:
            return None
        if found[0]["seen_at"] <= now - NOTED_EVERY:
            with self._ledger.write() as tx:
                tx.change(table.update().where(table.c.hash == _hash(cookie)).values(seen_at=now))
        row = found[0]
        return Session(account=row["account"], csrf=_csrf(cookie), language=row["language"], project=row["project"])

    def choose(self, tx: Transaction, cookie: str, *, language: str | None = None, project: str | None = None) -> None:
        """Remember the language or the project somebody chose."""
        chosen = {"language": language, "project": project}
        values = {name: value for name, value in chosen.items() if value is not None}
        if values:
            tx.change(tables.session.update().where(tables.session.c.hash == _hash(cookie)).values(values))

    def close(self, tx: Transaction, cookie: str) -> None:
        """End a session at once."""
        tx.change(tables.session.delete().where(tables.session.c.hash == _hash(cookie)))

    def close_all(self, tx: Transaction, account: str) -> int:
        """End every session of a person; how many there were."""
        return tx.change(tables.session.delete().where(tables.session.c.account == account))


def _hash(cookie: str) -> str:
    return hashlib.sha256(cookie.encode("utf-8", "replace")).hexdigest()


def _csrf(cookie: str) -> str:
    return hmac.new(cookie.encode("utf-8", "replace"), b"csrf", hashlib.sha256).hexdigest()
