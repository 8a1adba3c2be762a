"""Whatever is erased owes an exchange of keys; where a worker cannot pay it, officers are told until somebody did."""

import base64
import os
from datetime import UTC, datetime

import pytest

from safeconduct.actions import exchanging
from safeconduct.actions.exchanging import exchange_due, owe
from safeconduct.actions.guarantees import site_beyond
from safeconduct.actions.health import Grade
from safeconduct.actions.rotating import is_owed, rotate
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.keys.provider import Exchange
from safeconduct.keys.sources import NEXT_VARIABLE, ROOT_VARIABLE
from safeconduct.model.settings import KeySettings
from safeconduct.store.versions import sole_writer

FIRST, SECOND = (base64.b64encode(bytes([one]) * 32).decode() for one in (1, 2))


@pytest.fixture
def site(little, tmp_path):
    """A site with nothing in it but an officer and a document."""
    made = Site.create(tmp_path / "site", name="little", training=True)
    first_person(made, login="dara", name="Dara", password="a long pass phrase", roles=("dpo",))
    made.documents.put(["anything"])
    return little.Little(tmp_path)


def erased(here) -> None:
    """As every erasure ends."""
    with here.room("dpo").write() as act:
        owe(act)


def state(here) -> str:
    return here.site.ledger.fact("key_exchange", "site").state


def grade(here) -> Grade:
    return next(one.grade for one in site_beyond(here.site) if one.name == "erasures")


def told(here) -> list[str]:
    return [str(one.body["says"]) for one in here.site.ledger.facts("message")]


def test_a_worker_exchanges_them_and_what_was_copied_before_opens_no_more(site, little, tmp_path) -> None:
    before = little.wrapped_below(site.site.folders.documents)
    wrapping = site.site.keys.ring().current
    erased(site)
    assert (state(site), grade(site)) == ("owed", Grade.UNSAFE)
    site.work()

    assert (state(site), grade(site), told(site)) == ("done", Grade.GOOD, [])
    assert wrapping not in site.site.keys.ring().wrapping
    assert [site.site.keys.ring().unwrap(one, about="") for one in before] == [None]


def test_where_the_keys_cannot_be_written_officers_are_told_and_it_is_owed_until_done_by_hand(
    site, monkeypatch
) -> None:
    real = os.access
    monkeypatch.setattr(exchanging.os, "access", lambda path, how: "keys" not in str(path) and real(path, how))
    erased(site)
    site.work()

    assert (state(site), grade(site)) == ("owed", Grade.UNSAFE)
    assert ["rotate-keys" in one for one in told(site)] == [True]
    assert exchange_due(site.site, datetime.now(UTC))
    rotate(site.site, now=datetime.now(UTC))
    assert (state(site), grade(site)) == ("done", Grade.GOOD)
    assert not exchange_due(site.site, datetime.now(UTC))


def test_while_files_are_taken_in_it_is_tried_again_and_owed_until_then(site) -> None:
    (site.site.folders.store / "phone" / "manifests").mkdir(parents=True)
    erased(site)
    with sole_writer(site.site.folders.store, "phone"):
        exchanging_once(site)
        assert is_owed(site.site)
    exchange_due(site.site, datetime.now(UTC))
    site.work()

    assert state(site) == "done"


def exchanging_once(here) -> None:
    """One try of a worker, whose next one is due later."""
    job = here.site.queue.claim("w", datetime.now(UTC))
    with pytest.raises(exchanging.BrokenPromise, match="wait until that is done"):
        exchanging._exchange(here.site, job, None)


def test_killed_before_the_old_key_is_destroyed_it_is_owed_still(site, monkeypatch) -> None:
    erased(site)
    with monkeypatch.context() as patch:
        patch.setattr(Exchange, "end", lambda _: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            rotate(site.site, now=datetime.now(UTC))
    assert (state(site), len(site.site.keys.ring().wrapping)) == ("owed", 2)
    site.work()

    assert (state(site), len(site.site.keys.ring().wrapping)) == ("done", 1)


def test_what_is_erased_while_keys_are_exchanged_is_owed_still(site, monkeypatch) -> None:
    """Its keys may have been wrapped anew before they were destroyed."""
    erased(site)
    real = Exchange.end

    def meanwhile(exchange: Exchange) -> bool:
        erased(site)
        return real(exchange)

    with monkeypatch.context() as patch:
        patch.setattr(Exchange, "end", meanwhile)
        rotate(site.site, now=datetime.now(UTC))

    assert is_owed(site.site)


def test_an_outermost_key_from_elsewhere_has_to_be_exchanged_by_whoever_hands_it_over(
    little, tmp_path, monkeypatch
) -> None:
    monkeypatch.setenv(ROOT_VARIABLE, FIRST)
    made = Site.create(tmp_path / "site", name="handed", training=True, keys=KeySettings(provider="environment"))
    first_person(made, login="dara", name="Dara", password="a long pass phrase", roles=("dpo",))
    here = little.Little(tmp_path)
    erased(here)
    here.work()
    assert (state(here), grade(here)) == ("outermost", Grade.UNSAFE)
    assert ["hand over the next one" in one for one in told(here)] == [True]
    monkeypatch.setenv(NEXT_VARIABLE, SECOND)
    rotate(Site.open(tmp_path / "site"), now=datetime.now(UTC))

    assert (state(here), grade(here)) == ("done", Grade.GOOD)
