"""People, sessions and tokens on the other database: the same code, asked once more."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from argon2 import PasswordHasher

from safeconduct.identity.accounts import Accounts
from safeconduct.identity.sessions import Sessions
from safeconduct.identity.tokens import Tokens
from safeconduct.keys.provider import FileKeys
from safeconduct.keys.sealing import Sealer
from safeconduct.keys.tokens import TokenKeys
from safeconduct.model.errors import NotSignedIn, TooMany

NOW = datetime(2026, 3, 1, 8, 0, 10, tzinfo=UTC)
PASSWORD = "five blue horses"


@pytest.fixture
def accounts(either):
    hasher = PasswordHasher(time_cost=1, memory_cost=8, parallelism=1)
    return Accounts(either, Sealer(bytes(32)), hasher=hasher)


@pytest.fixture
def ana(either, accounts):
    with either.write() as tx:
        account = accounts.create(tx, login="ana", name="Ana Sitoe", password=PASSWORD, roles=["analyst"], at=NOW)
        return account, pyotp.parse_uri(accounts.enrol_totp(tx, account.id)).at(NOW)


def test_somebody_signs_in_clicks_and_signs_out(either, accounts, ana):
    account = accounts.check("ana", PASSWORD, ana[1], NOW, address="192.0.2.1")
    sessions = Sessions(either, 30)
    with either.write() as tx:
        cookie = sessions.open(tx, account, NOW)
    assert sessions.who(cookie, NOW + timedelta(minutes=20)).account == ana[0].id
    with either.write() as tx:
        sessions.close(tx, cookie)

    assert sessions.who(cookie, NOW) is None
    with pytest.raises(NotSignedIn):
        accounts.check("ana", PASSWORD, ana[1], NOW)


def test_guessing_is_slowed_down(accounts, ana):
    for _ in range(5):
        with pytest.raises(NotSignedIn):
            accounts.check("ana", "wrong " * 3, "", NOW)
    with pytest.raises(TooMany):
        accounts.check("ana", PASSWORD, ana[1], NOW)


def test_a_token_is_made_read_and_revoked(either, ana, tmp_path):
    folder = tmp_path / "keys"
    keys = TokenKeys.create(FileKeys.create(folder, training=False), folder)
    tokens = Tokens(either, keys, issuer="site", audience="site")
    with either.write() as tx:
        record, text = tokens.create(tx, account=ana[0], name="t", project="p1", scopes=["run"], days=1, at=NOW)
    assert tokens.read(text, NOW).account_id == ana[0].id
    with either.write() as tx:
        tokens.revoke(tx, record.jti, at=NOW)

    with pytest.raises(NotSignedIn, match="revoked"):
        tokens.read(text, NOW)


def test_a_forgotten_person_leaves_an_id(either, accounts, ana):
    with either.write() as tx:
        accounts.forget(tx, ana[0].id, NOW)

    assert (accounts.get(ana[0].id).name, accounts.get(ana[0].id).login) == ("", "")
