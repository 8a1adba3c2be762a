"""People: logins, passwords, one-time codes, and names that can be forgotten."""

import json
import re
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pyotp
from argon2 import PasswordHasher
from sqlalchemy import select

from safeconduct.govern.roles import Role
from safeconduct.identity.passwords import Passwords
from safeconduct.identity.throttle import count, keys_of, succeeded
from safeconduct.keys.sealing import Sealer
from safeconduct.ledger import tables
from safeconduct.ledger.ledger import Ledger, Transaction
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import BadInput, NotFound, NotSignedIn, WrongState
from safeconduct.model.text import say

LOGIN = re.compile(r"[a-z0-9][a-z0-9.-]{1,62}[a-z0-9]")
CODE = re.compile(r"[0-9]{6}")
STEP_S = 30
"""Seconds a one-time code lasts."""
LONGEST_NAME = 200
KEY_BYTES = 32
NOT_KNOWN = say("login, password or code is wrong, or the code was used already; wait for the next code")


@dataclass(frozen=True, kw_only=True)
class Account:
    """A person who may sign in.

    Attributes:
        id: Opaque; the only name the record of use keeps.
        login: What they sign in with.
        name: Their name; "" once forgotten.
        roles: What they may be, sorted.
        totp: Whether an authenticator app is set up and was used once.
        open: Whether they may come in.
    """

    id: str
    login: str
    name: str = field(repr=False)
    roles: tuple[str, ...]
    totp: bool
    open: bool = True


class Accounts:
    """People of one site.

    Args:
        ledger: Where they are kept.
        sealer: Seals the seeds of one-time codes and the keys of names.
        hasher: argon2id; the library's defaults where left out.
    """

    def __init__(self, ledger: Ledger, sealer: Sealer, *, hasher: PasswordHasher | None = None) -> None:
        self._ledger = ledger
        self._sealer = sealer
        self._passwords = Passwords(hasher)

    def create(
        self, tx: Transaction, *, login: str, name: str, password: str, roles: Sequence[str], at: datetime
    ) -> Account:
        """Add a person; nobody signs in without a one-time code, so `enrol_totp` comes next.

        Args:
            tx: The transaction that also writes the event.
            login: 3 to 64 lower-case letters, digits, dots and dashes; never used twice.
            name: Their name; kept encrypted under a key of their own.
            password: At least 12 characters.
            roles: At least one.
            at: When.

        Raises:
            BadInput: One of these will not do; the message says why.
            WrongState: The login is taken.
        """
        _check(login, name, roles)
        if tx.rows(select(tables.account.c.id).where(tables.account.c.login == login)):
            raise WrongState(say("the login is taken; choose another"), field="login")
        account, key = f"u{secrets.token_hex(10)}", secrets.token_bytes(KEY_BYTES)
        columns: dict[str, Any] = {
            "id": account, "login": login, "name": Sealer(key).seal(name.encode(), about=_about_name(account)),
            "password": self._passwords.hash(password, login=login), "totp": None, "totp_confirmed": False,
            "roles": canonical(sorted(set(roles))), "state": "open", "made_at": at,
        }  # fmt: skip
        tx.change(tables.account.insert().values(columns))
        sealed = self._sealer.seal(key, about=_about_key(account))
        tx.change(tables.person_key.insert().values(account=account, sealed=sealed))
        return Account(id=account, login=login, name=name, roles=tuple(sorted(set(roles))), totp=False)

    def enrol_totp(self, tx: Transaction, id: str, *, issuer: str = "safeconduct") -> str:  # noqa: A002 - the word of the field
        """Make a new seed of one-time codes; the old one stops working.

        Returns:
            The address to scan into an authenticator app; shown once, kept sealed.

        Raises:
            NotFound: There is no such person.
        """
        seed = pyotp.random_base32()
        sealed = self._sealer.seal(seed.encode(), about=_about_seed(id))
        _change(tx, id, {"totp": sealed, "totp_confirmed": False})
        login = tx.rows(select(tables.account.c.login).where(tables.account.c.id == id))[0]["login"]
        return pyotp.TOTP(seed).provisioning_uri(name=login or id, issuer_name=issuer)

    def confirm_totp(self, tx: Transaction, id: str, code: str, at: datetime) -> None:  # noqa: A002 - the word of the field
        """Show that the authenticator app works; the first sign-in does the same.

        Raises:
            NotSignedIn: The code is wrong or was used.
        """
        found = tx.rows(select(tables.account).where(tables.account.c.id == id))
        if not found or not self._takes(tx, found[0], code, at):
            raise NotSignedIn(say("the code is wrong or was used already; wait for the next one"), field="code")

    def check(self, login: str, password: str, code: str, now: datetime, *, address: str = "") -> Account:
        """Who signs in. A wrong login, password and code are told alike and take as long.

        Args:
            login: As typed; capitals are forgiven.
            password: As typed.
            code: Six digits, spaces forgiven; each works once, half a minute early or late.
            now: When.
            address: Where from, "" if unknown; tries are counted for it too.

        Raises:
            NotSignedIn: Something is wrong; which, is not told.
            TooMany: Five tries failed; none is looked at for a quarter of an hour.
        """
        wanted = login.strip().casefold()
        keys = keys_of(login=wanted, address=address)
        with self._ledger.write() as tx:
            count(tx, keys, now)
        row = self._row(tables.account.c.login == wanted)
        kept = row["password"] if row and row["state"] == "open" else ""
        matches = self._passwords.matches(password, kept)
        with self._ledger.write() as tx:
            if row and matches and self._takes(tx, row, code, now):
                succeeded(tx, keys)
                self._freshen(tx, row, password)
                return self._account({**row, "totp_confirmed": True})
            subject = row["id"] if row else "unknown"
            tx.event(actor="door", verb="sign_in_failed", subject=subject, body={}, at=now)
        raise NotSignedIn(NOT_KNOWN)

    def _takes(self, tx: Transaction, row: Mapping[Any, Any], code: str, now: datetime) -> bool:
        """Whether a one-time code fits and was not used; it is used up by this."""
        digits, table = re.sub(r"\s", "", code), tables.totp_used
        if row["totp"] is None or not CODE.fullmatch(digits):
            return False
        totp = pyotp.TOTP(self._sealer.open(row["totp"], about=_about_seed(row["id"])).decode())
        here = int(now.timestamp()) // STEP_S
        fitting = [
            step for step in (here - 1, here, here + 1) if secrets.compare_digest(totp.generate_otp(step), digits)
        ]
        if not fitting:
            return False
        step, mine = fitting[0], table.c.account == row["id"]
        if tx.rows(select(table.c.step).where(mine, table.c.step >= step)):
            return False
        tx.change(table.delete().where(mine))
        tx.change(table.insert().values(account=row["id"], step=step))
        _change(tx, row["id"], {"totp_confirmed": True})
        return True

    def _freshen(self, tx: Transaction, row: Mapping[Any, Any], password: str) -> None:
        if self._passwords.is_outdated(row["password"]):
            _change(tx, row["id"], {"password": self._passwords.rehash(password)})

    def set_password(self, tx: Transaction, id: str, password: str) -> None:  # noqa: A002 - the word of the field
        """Change a password; open sessions end.

        Raises:
            BadInput: It will not do; the message says why.
            NotFound: There is no such person.
        """
        found = tx.rows(select(tables.account.c.login).where(tables.account.c.id == id))
        login = (found[0]["login"] or "") if found else ""
        _change(tx, id, {"password": self._passwords.hash(password, login=login)})
        tx.change(tables.session.delete().where(tables.session.c.account == id))

    def set_roles(self, tx: Transaction, id: str, roles: Sequence[str]) -> None:  # noqa: A002 - the word of the field
        """Change what a person may be, from their next click on.

        Raises:
            BadInput: There is no role, or a word that is none.
            NotFound: There is no such person.
        """
        _check_roles(roles)
        _change(tx, id, {"roles": canonical(sorted(set(roles)))})

    def close(self, tx: Transaction, id: str, at: datetime) -> None:  # noqa: A002 - the word of the field
        """Let a person in no more: sessions end and tokens are revoked.

        Raises:
            NotFound: There is no such person.
        """
        _change(tx, id, {"state": "closed"})
        token = tables.token
        tx.change(tables.session.delete().where(tables.session.c.account == id))
        tx.change(token.update().where(token.c.account == id, token.c.revoked_at.is_(None)).values(revoked_at=at))

    def forget(self, tx: Transaction, id: str, at: datetime) -> None:  # noqa: A002 - the word of the field
        """Close an account and destroy what links its id to a person; the record of use stays whole.

        The key of the name is deleted, so that copies of the sealed name in old backups name nobody either, as long
        as the key is not restored with them.

        Raises:
            NotFound: There is no such person.
        """
        self.close(tx, id, at)
        tx.change(tables.person_key.delete().where(tables.person_key.c.account == id))
        tx.change(tables.totp_used.delete().where(tables.totp_used.c.account == id))
        _change(tx, id, {"login": None, "name": b"", "password": "", "totp": None})

    def get(self, id: str) -> Account:  # noqa: A002 - the word of the field
        """A person by opaque id, closed ones too.

        Raises:
            NotFound: There is none.
        """
        row = self._row(tables.account.c.id == id)
        if row is None:
            raise NotFound(say("there is no such person"))
        return self._account(row)

    def by_login(self, login: str) -> Account | None:
        """A person who may come in, by login."""
        row = self._row((tables.account.c.login == login.strip().casefold()) & (tables.account.c.state == "open"))
        return None if row is None else self._account(row)

    def everybody(self) -> list[Account]:
        """Everybody who may come in, by login."""
        table = tables.account
        rows = self._ledger.rows(_with_keys().where(table.c.state == "open").order_by(table.c.login))
        return [self._account(row) for row in rows]

    def _row(self, condition: Any) -> Mapping[Any, Any] | None:
        found = self._ledger.rows(_with_keys().where(condition))
        return found[0] if found else None

    def _account(self, row: Mapping[Any, Any]) -> Account:
        return Account(
            id=row["id"], login=row["login"] or "", name=self._name(row), roles=_roles(row["roles"]),
            totp=row["totp_confirmed"], open=row["state"] == "open",
        )  # fmt: skip

    def _name(self, row: Mapping[Any, Any]) -> str:
        if row["sealed"] is None:
            return ""
        key = self._sealer.open(row["sealed"], about=_about_key(row["id"]))
        return Sealer(key).open(row["name"], about=_about_name(row["id"])).decode()


def _with_keys() -> Any:
    """Accounts, each with the sealed key of its name; none for the forgotten."""
    key = tables.person_key
    joined = tables.account.outerjoin(key, key.c.account == tables.account.c.id)
    return select(tables.account, key.c.sealed).select_from(joined)


def _change(tx: Transaction, id: str, values: Mapping[str, Any]) -> None:  # noqa: A002 - the word of the field
    if not tx.change(tables.account.update().where(tables.account.c.id == id).values(dict(values))):
        raise NotFound(say("there is no such person"))


def _roles(text: str) -> tuple[str, ...]:
    return tuple(json.loads(text))


def _check(login: str, name: str, roles: Sequence[str]) -> None:
    if not LOGIN.fullmatch(login):
        raise BadInput(say("a login has 3 to 64 lower-case letters, digits, dots and dashes"), field="login")
    if not 0 < len(name.strip()) <= LONGEST_NAME:
        raise BadInput(say("a name has 1 to {most} characters", most=LONGEST_NAME), field="name")
    _check_roles(roles)


def _check_roles(roles: Sequence[str]) -> None:
    known = sorted(role.value for role in Role)
    if not roles or any(role not in known for role in roles):
        raise BadInput(say("say one or more roles of {known}", known=", ".join(known)), field="roles")


def _about_name(account: str) -> str:
    return f"name of {account}"


def _about_key(account: str) -> str:
    return f"key of {account}"


def _about_seed(account: str) -> str:
    return f"seed of {account}"
