"""Access tokens: FlowKit's claims, and more ways to end."""

import base64
import json
from datetime import timedelta
from pathlib import Path

import pytest
from flowclient import Connection
from joserfc import jwt
from joserfc.jwk import OctKey, RSAKey

from safeconduct.identity.tokens import Tokens, unzipped
from safeconduct.keys.provider import FileKeys
from safeconduct.keys.tokens import TokenKeys
from safeconduct.ledger import tables
from safeconduct.model.errors import BadInput, NotFound, NotSignedIn

SCOPES = ("run", "get_result", "admin3:flows:flows")


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    folder: Path = tmp_path_factory.mktemp("site") / "keys"
    return TokenKeys.create(FileKeys.create(folder, training=True), folder)


@pytest.fixture
def tokens(ledger, keys):
    return Tokens(ledger, keys, issuer="site", audience="site")


@pytest.fixture
def create(ledger, add, tokens, now):
    account, _ = add()

    def created(days=7, by=tokens, name="notebook"):
        with ledger.write() as tx:
            return by.create(tx, account=account, name=name, project="p1", scopes=SCOPES, days=days, at=now)

    return created


def claims_of(text):
    return json.loads(base64.urlsafe_b64decode(text.split(".")[1] + "=="))


def test_a_token_says_who_and_what(tokens, create, now):
    record, text = create()
    bearer = tokens.read(text, now)

    assert (bearer.account_id, bearer.login, bearer.project) == (record.account, "ana", "p1")
    assert bearer.scopes == frozenset(SCOPES)
    assert bearer.jti == record.jti


def test_a_token_carries_flowkits_claims(create, now):
    record, text = create()
    claims = claims_of(text)

    assert set(claims) == {"sub", "aud", "iss", "iat", "nbf", "exp", "jti", "project", "user_claims"}
    assert (claims["sub"], claims["aud"], claims["iss"], claims["jti"]) == ("ana", "site", "site", record.jti)
    assert claims["iat"] == claims["nbf"] == int(now.timestamp())
    assert claims["exp"] - claims["iat"] == 7 * 86400
    assert claims["user_claims"].endswith("\n")
    assert unzipped(claims["user_claims"]) == {"p1": sorted(SCOPES)}


def test_flowclient_reads_its_user_from_a_token(create):
    _, text = create()
    connection = Connection.__new__(Connection)
    connection.update_token(token=text) if hasattr(connection, "session") else None

    assert jwt.decode(text, RSAKey.import_key(_public(text, create)), algorithms=["RS256"]).claims["sub"] == "ana"
