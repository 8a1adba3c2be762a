"""Cookies: random, hashed, short-lived."""

from datetime import timedelta

import pytest

from safeconduct.identity.sessions import Sessions
from safeconduct.ledger import tables


@pytest.fixture
def sessions(ledger):
    return Sessions(ledger, 30)


@pytest.fixture
def account(add):
    return add()[0]


@pytest.fixture
def cookie(ledger, sessions, account, now):
    with ledger.write() as tx:
        return sessions.open(tx, account, now)


def minutes(number):
    return timedelta(minutes=number)


def test_a_cookie_belongs_to_who_opened_it(sessions, cookie, account, now):
    assert sessions.who(cookie, now).account == account.id
    assert sessions.who(cookie + "x", now) is None
    assert sessions.who("", now) is None


def test_the_cookie_is_nowhere_in_the_database(ledger, sessions, cookie, now):
    kept = str([dict(row) for row in ledger.rows(tables.session.select())])

    assert len(cookie) == 43
    assert cookie not in kept
    assert sessions.who(cookie, now).csrf not in kept


def test_a_session_ends_when_nobody_clicks(sessions, cookie, now):
    assert sessions.who(cookie, now + minutes(29))
    assert sessions.who(cookie, now + minutes(58))
    assert sessions.who(cookie, now + minutes(88)) is None


def test_a_session_ends_after_twelve_hours_however_busy(sessions, cookie, now):
    for number in range(0, 12 * 60, 20):
        assert sessions.who(cookie, now + minutes(number))

    assert sessions.who(cookie, now + minutes(12 * 60)) is None


def test_every_session_has_a_csrf_token_of_its_own(ledger, sessions, account, cookie, now):
    with ledger.write() as tx:
        other = sessions.open(tx, account, now)

    assert sessions.who(cookie, now).csrf == sessions.who(cookie, now).csrf
    assert sessions.who(cookie, now).csrf != sessions.who(other, now).csrf
    assert sessions.who(cookie, now).csrf not in repr(sessions.who(cookie, now))


def test_a_closed_session_is_over_at_once(ledger, sessions, account, cookie, now):
    with ledger.write() as tx:
        other = sessions.open(tx, account, now)
        sessions.close(tx, cookie)
    assert sessions.who(cookie, now) is None
    assert sessions.who(other, now)

    with ledger.write() as tx:
        assert sessions.close_all(tx, account.id) == 1
    assert sessions.who(other, now) is None


def test_language_and_project_are_remembered(ledger, sessions, cookie, now):
    with ledger.write() as tx:
        sessions.choose(tx, cookie, language="fr")
        sessions.choose(tx, cookie, project="p1")

    assert (sessions.who(cookie, now).language, sessions.who(cookie, now).project) == ("fr", "p1")


def test_ended_sessions_are_swept_out(ledger, sessions, account, cookie, now):
    with ledger.write() as tx:
        sessions.open(tx, account, now + minutes(31))

    assert len(ledger.rows(tables.session.select())) == 1
