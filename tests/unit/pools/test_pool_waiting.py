"""What waits in a pool, for whom and since when."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from safeconduct.actions.pool_base import HeldPool, HeldShare
from safeconduct.actions.pool_waiting import (
    COMPARE,
    FREEZE,
    LOOK,
    PLAN,
    SEND,
    SIGN,
    waits_for_contributor,
    waits_for_host,
)
from safeconduct.govern.deposits import Basis
from safeconduct.govern.pools import Pool, PoolStandard
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import digest

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
POOL = Pool(
    id="p1", title="Coast", study="S", purpose="x", standard=PoolStandard.HTCDS, freeze_on=date(2026, 3, 9),
    host="House", basis=Basis.PUBLIC_INTEREST, agreement="A", agreement_from=date(2026, 1, 1),
    agreement_until=date(2027, 1, 1),
)  # fmt: skip
HELD = HeldPool(pool=POOL, steps="plan")


def fact(state, day=1):
    return Fact(kind="contribution", id="p1-1", version=1, state=state, body={}, at=f"2026-03-0{day}T08:00:00+00:00")


def share(**more):
    return HeldShare(id="p1-1", pool="p1", organisation="Haven", **more)


def made(**more):
    """A share that was read and brought into the form of the pool."""
    return share(staged="s", made_of=digest(["s", ""]), version="v", **more)


@pytest.mark.parametrize(("state", "own", "what"), [
    ("invited", share(), SEND), ("invited", share(uploads=("u",)), None), ("contributed", made(), None),
    ("contributed", made(preview="p"), LOOK), ("previewed", made(preview="p"), SIGN), ("signed_off", made(), None),
    ("withdrawn", share(), None), ("frozen", share(), None),
])  # fmt: skip
def test_an_organisation_is_told_what_to_do_and_since_when(state, own, what):
    """And nothing while its files are read, or while it waits for the host."""
    found = waits_for_contributor(HELD, own, fact(state, 4))

    assert (found.what if found else None) == what
    assert found is None or found.since == datetime(2026, 3, 4, 8, tzinfo=UTC)
    assert waits_for_contributor(replace(HELD, pool=replace(POOL, state="frozen")), own, fact(state)) is None


def here(*states, **more):
    return [(made(**more), fact(state, day)) for day, state in enumerate(states, start=1)]


@pytest.mark.parametrize(("held", "shares", "what", "day"), [
    (HELD, here("contributed", "contributed"), None, 0),
    (HELD, here("contributed", "contributed", "contributed"), COMPARE, 3),
    (replace(HELD, steps=""), here("contributed", "contributed", "contributed"), PLAN, 3),
    (HELD, here("contributed", "contributed", "previewed", compared="v"), None, 0),
    (replace(HELD, rounds=3), here("contributed", "contributed", "contributed"), None, 0),
    (HELD, here("signed_off", "signed_off", "contributed", compared="v"), None, 0),
    (HELD, here("signed_off", "signed_off", "signed_off", compared="v"), FREEZE, 9),
    (replace(HELD, pool=replace(POOL, freeze_on=date(2026, 3, 11))),
     here("signed_off", "signed_off", "signed_off", compared="v"), None, 0),
    (replace(HELD, pool=replace(POOL, state="closed")), here("signed_off", "signed_off", "signed_off"), None, 0),
])  # fmt: skip
def test_the_host_is_told_what_leads_furthest_and_since_when_it_can_be_done(held, shares, what, day):
    """Comparing takes three shares, freezing three signatures and the day."""
    found = waits_for_host(held, shares, now=NOW)

    assert (found.what if found else None) == what
    assert found is None or found.since.day == day
