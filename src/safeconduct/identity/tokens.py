"""Access tokens: signed RS256, as FlowKit's clients know them, and revocable, as FlowKit's are not."""

import base64
import gzip
import json
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

from joserfc import jwt
from joserfc.errors import ExpiredTokenError, JoseError
from joserfc.jwk import RSAKey
from sqlalchemy import select

from safeconduct.identity.accounts import Account
from safeconduct.keys.tokens import TokenKeys
from safeconduct.ledger import tables
from safeconduct.ledger.ledger import Ledger, Transaction
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import BadInput, NotFound, NotSignedIn
from safeconduct.model.text import say

ALGORITHM = "RS256"
LONGEST_TEXT = 64 * 1024
LONGEST_NAME = 200
MALFORMED = say("the access token cannot be read; copy it again, whole, or create a new one")
EXPIRED = say("the access token has expired; create a new one")
REVOKED = say("the access token was revoked; create a new one")
ELSEWHERE = say("the access token is for another site; create one here")


@dataclass(frozen=True, kw_only=True)
class TokenRecord:
    """A token that was made, without its text.

    Attributes:
        jti: Its id, to revoke it by.
        account: Opaque id of its owner.
        name: What its owner calls it.
        project: The project it is for.
        scopes: What it narrows its owner to, sorted.
        issued: Since when, UTC.
        expires: Until when, UTC.
        revoked: Whether it was revoked.
    """

    jti: str
    account: str
    name: str
    project: str
    scopes: tuple[str, ...]
    issued: datetime
    expires: datetime
    revoked: bool


@dataclass(frozen=True, kw_only=True)
class Bearer:
    """Who holds a token that was checked.

    Attributes:
        account_id: Opaque id.
        login: What they sign in with.
        project: The project it is for.
        scopes: What it narrows them to; the agreement in force decides.
        jti: The token's id.
    """

    account_id: str
    login: str
    project: str
    scopes: frozenset[str]
    jti: str


class Tokens:
    """Access tokens of one site.

    Args:
        ledger: Where they are listed; their texts are nowhere.
        keys: What signs them.
        issuer: Who makes them.
        audience: Whom they are for.
    """

    def __init__(self, ledger: Ledger, keys: TokenKeys, *, issuer: str, audience: str) -> None:
        self._ledger = ledger
        self._keys = keys
        self._issuer = issuer
        self._audience = audience

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Tokens()"

    @cached_property
    def _public(self) -> RSAKey:
        return RSAKey.import_key(self._keys.public_pem())

    def create(  # noqa: PLR0913 - a token says this much, each by name
        self,
        tx: Transaction,
        *,
        account: Account,
        name: str,
        project: str,
        scopes: Sequence[str],
        days: int,
        at: datetime,
    ) -> tuple[TokenRecord, str]:
        """Make a token.

        Args:
            tx: The transaction that also writes the event.
            account: Its owner.
            name: What its owner calls it, 1 to 200 characters.
            project: The project it is for.
            scopes: What it narrows its owner to.
            days: Days it lives, at least 1.
            at: When.

        Returns:
            What is kept of it, and its text, shown once.

        Raises:
            BadInput: The name or the days will not do.
        """
        if not 0 < len(name.strip()) <= LONGEST_NAME or days < 1:
            raise BadInput(say("give the token a name and a life of at least one day"), field="name")
        issued = at.astimezone(UTC).replace(microsecond=0)
        record = TokenRecord(
            jti=str(uuid.uuid4()), account=account.id, name=name.strip(), project=project,
            scopes=tuple(sorted(set(scopes))), issued=issued, expires=issued + timedelta(days=days), revoked=False,
        )  # fmt: skip
        columns = {
            "jti": record.jti, "account": record.account, "name": record.name, "project": record.project,
            "scopes": canonical(record.scopes), "issued_at": issued, "expires_at": record.expires,
        }  # fmt: skip
        tx.change(tables.token.insert().values(columns))
        return record, self._signed(record, account.login)

    def _signed(self, record: TokenRecord, login: str) -> str:
        issued = int(record.issued.timestamp())
        claims = {
            "sub": login, "aud": self._audience, "iss": self._issuer, "iat": issued, "nbf": issued,
            "exp": int(record.expires.timestamp()), "jti": record.jti, "project": record.project,
            "user_claims": zipped({record.project or "safeconduct": list(record.scopes)}),
        }  # fmt: skip
        header = {"alg": ALGORITHM, "typ": "JWT"}
        return jwt.encode(header, claims, RSAKey.import_key(self._keys.private_pem()), algorithms=[ALGORITHM])

    def read(self, text: str, now: datetime) -> Bearer:
        """Who holds a token.

        Raises:
            NotSignedIn: It cannot be read, is for another site, has expired, or was revoked; each in its own words.
        """
        claims = self._claims(text, now)
        table, account = tables.token, tables.account
        found = self._ledger.rows(
            select(table, account.c.login, account.c.state)
            .join(account, account.c.id == table.c.account)
            .where(table.c.jti == str(claims.get("jti")))
        )
        if not found:
            raise NotSignedIn(ELSEWHERE)
        row = found[0]
        if row["revoked_at"] is not None or row["state"] != "open":
            raise NotSignedIn(REVOKED)
        if row["expires_at"] <= now:
            raise NotSignedIn(EXPIRED)
        return Bearer(
            account_id=row["account"], login=row["login"], project=row["project"],
            scopes=frozenset(json.loads(row["scopes"])), jti=row["jti"],
        )  # fmt: skip

    def _claims(self, text: str, now: datetime) -> Mapping[str, Any]:
        """The claims of a token that this site signed for itself and that holds now."""
        if len(text) > LONGEST_TEXT:
            raise NotSignedIn(MALFORMED)
        try:
            claims = jwt.decode(text, self._public, algorithms=[ALGORITHM]).claims
        except (JoseError, ValueError, TypeError, KeyError, RecursionError):
            raise NotSignedIn(MALFORMED) from None
        if (claims.get("aud"), claims.get("iss")) != (self._audience, self._issuer):
            raise NotSignedIn(ELSEWHERE)
        must: dict[str, Any] = {name: {"essential": True} for name in ("sub", "exp", "nbf", "iat", "jti")}
        try:
            jwt.JWTClaimsRegistry(now=int(now.timestamp()), **must).validate(claims)
        except ExpiredTokenError:
            raise NotSignedIn(EXPIRED) from None
        except JoseError:
            raise NotSignedIn(MALFORMED) from None
        return claims

    def revoke(self, tx: Transaction, jti: str, *, at: datetime) -> None:
        """Revoke a token; from the next request on it opens nothing. Doing it again changes nothing.

        Raises:
            NotFound: There is no such token.
        """
        table = tables.token
        if not tx.rows(select(table.c.jti).where(table.c.jti == jti)):
            raise NotFound(say("there is no such token"))
        tx.change(table.update().where(table.c.jti == jti, table.c.revoked_at.is_(None)).values(revoked_at=at))

    def of(self, account: str) -> list[TokenRecord]:
        """Every token of a person, the newest first."""
        table = tables.token
        wanted = select(table).where(table.c.account == account).order_by(table.c.issued_at.desc(), table.c.jti)
        return [
            TokenRecord(
                jti=row["jti"],
                account=row["account"],
                name=row["name"],
                project=row["project"],
                scopes=tuple(json.loads(row["scopes"])),
                issued=row["issued_at"],
                expires=row["expires_at"],
                revoked=row["revoked_at"] is not None,
            )
            for row in self._ledger.rows(wanted)
        ]


def zipped(claims: Mapping[str, Sequence[str]]) -> str:
    """Scopes by role, as FlowKit's tokens carry them: JSON, gzip, base64 in lines.

    Example:
        >>> unzipped(zipped({"p1": ["run"]}))
        {'p1': ['run']}
    """
    return base64.encodebytes(gzip.compress(json.dumps(claims).encode(), mtime=0)).decode()


def unzipped(text: str) -> dict[str, list[str]]:
    """Scopes by role from what `zipped` made."""
    found: dict[str, list[str]] = json.loads(gzip.decompress(base64.decodebytes(text.encode())))
    return found
