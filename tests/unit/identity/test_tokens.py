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
    connection = Connection(url="https://safeconduct.invalid", token=text)

    assert connection.user == "ana"
    connection.session.close()


@pytest.mark.parametrize(
    ("late", "works"),
    [(timedelta(0), True), (timedelta(days=7, seconds=-1), True), (timedelta(days=7), False)],
    ids=["at once", "to the end", "not after"],
)
def test_a_token_works_until_it_expires(tokens, create, now, late, works):
    record, text = create()
    moment = record.issued + late
    if works:
        assert tokens.read(text, moment)
    else:
        with pytest.raises(NotSignedIn, match="expired"):
            tokens.read(text, moment)


def test_a_token_does_not_work_before_it_was_made(tokens, create, now):
    _, text = create()
    with pytest.raises(NotSignedIn):
        tokens.read(text, now - timedelta(minutes=1))


def test_a_revoked_token_opens_nothing(ledger, tokens, create, now):
    record, text = create()
    for _ in range(2):
        with ledger.write() as tx:
            tokens.revoke(tx, record.jti, at=now)

    with pytest.raises(NotSignedIn, match="revoked"):
        tokens.read(text, now)
    assert [one.revoked for one in tokens.of(record.account)] == [True]
    with pytest.raises(NotFound), ledger.write() as tx:
        tokens.revoke(tx, "no such token", at=now)


def test_a_closed_accounts_tokens_open_nothing(ledger, accounts, tokens, create, now):
    record, text = create()
    with ledger.write() as tx:
        accounts.close(tx, record.account, now)
    with pytest.raises(NotSignedIn, match="revoked"):
        tokens.read(text, now)


def test_the_text_of_a_token_is_nowhere(ledger, tokens, create, tmp_path):
    record, text = create()
    kept = str([dict(row) for row in ledger.rows(tables.token.select())]) + repr(record) + repr(tokens)

    assert all(part not in kept for part in text.split("."))


@pytest.mark.parametrize("other", ["issuer", "audience"])
def test_a_token_for_another_site_is_told_so(ledger, keys, tokens, create, now, other):
    names = {"issuer": "site", "audience": "site"} | {other: "elsewhere"}
    _, text = create(by=Tokens(ledger, keys, **names))
    with pytest.raises(NotSignedIn, match="another site"):
        tokens.read(text, now)


def forge(claims, *, alg, key):
    return jwt.encode({"alg": alg, "typ": "JWT"}, claims, key, algorithms=[alg])


@pytest.mark.parametrize("how", ["text", "empty", "cut", "none", "hmac", "other key", "endless", "no expiry", "list"])
def test_what_this_site_did_not_sign_is_malformed(tokens, create, keys, now, how):
    _, text = create()
    claims, head = claims_of(text), base64.urlsafe_b64encode(b'{"alg":"none"}').decode().rstrip("=")
    own = RSAKey.import_key(keys.private_pem())
    forged = {
        "text": lambda: "not a token",
        "empty": lambda: "",
        "cut": lambda: text[:-20],
        "none": lambda: f"{head}.{text.split('.')[1]}.",
        "hmac": lambda: forge(claims, alg="HS256", key=OctKey.import_key(base64.b64encode(keys.public_pem()))),
        "other key": lambda: forge(claims, alg="RS256", key=RSAKey.generate_key(2048, private=True)),
        "endless": lambda: "x" * 100_000,
        "no expiry": lambda: forge({k: v for k, v in claims.items() if k != "exp"}, alg="RS256", key=own),
        "list": lambda: forge(claims | {"exp": "never"}, alg="RS256", key=own),
    }[how]()
    with pytest.raises(NotSignedIn, match="cannot be read") as caught:
        tokens.read(forged, now)

    assert not forged or forged not in str(caught.value)


def test_a_token_nobody_made_here_opens_nothing(tokens, create, keys, now):
    _, text = create()
    forged = forge(claims_of(text) | {"jti": "made up"}, alg="RS256", key=RSAKey.import_key(keys.private_pem()))
    with pytest.raises(NotSignedIn, match="another site"):
        tokens.read(forged, now)


@pytest.mark.parametrize("wrong", [{"days": 0}, {"name": " "}, {"name": "x" * 201}], ids=str)
def test_a_token_has_a_name_and_an_end(create, wrong):
    with pytest.raises(BadInput):
        create(**wrong)
