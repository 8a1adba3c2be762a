"""A few people, with passwords that are cheap to check."""

from datetime import UTC, datetime

import pyotp
import pytest
from argon2 import PasswordHasher

from safeconduct.identity.accounts import Accounts
from safeconduct.keys.sealing import Sealer

PASSWORD = "five blue horses"


@pytest.fixture
def now():
    return datetime(2026, 3, 1, 8, 0, 10, tzinfo=UTC)


@pytest.fixture
def sealer():
    return Sealer(bytes(range(32)))


@pytest.fixture
def accounts(ledger, sealer):
    return Accounts(ledger, sealer, hasher=PasswordHasher(time_cost=1, memory_cost=8, parallelism=1))


@pytest.fixture
def add(ledger, accounts, now):
    """Add a person; their account and what their authenticator app shows at a moment."""

    def added(login="ana", roles=("analyst",), password=PASSWORD):
        with ledger.write() as tx:
            account = accounts.create(tx, login=login, name=f"{login} Sitoe", password=password, roles=roles, at=now)
            uri = accounts.enrol_totp(tx, account.id)
        return account, pyotp.parse_uri(uri).at

    return added
