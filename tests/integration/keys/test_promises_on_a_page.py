"""Whoever checks a site sees whether erasures, deadlines and backups are as they were promised, and nobody's record."""

import tarfile
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from safeconduct.actions.doors import shell_caller
from safeconduct.actions.forgetting import KIND, WAITS, opt_out
from safeconduct.actions.migrating import migrate
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.shredding import Doomed, propose_destroying
from safeconduct.actions.site import Site
from safeconduct.actions.verb import verbs
from safeconduct.server.app import create_app

MATERIAL = Path(__file__).parents[2] / "material" / "earlier_sites" / "one_key.tar.xz"
NUMBER = "258840000001"


@pytest.fixture
def site(tmp_path_factory):
    """A site where somebody asked to be erased a moment ago, and a data set is proposed to be destroyed."""
    root = tmp_path_factory.mktemp("promises")
    with tarfile.open(MATERIAL) as archive:
        archive.extractall(root, filter="data")
    migrate(root / "site")
    opened = Site.open(root / "site")
    for login, role in (("dara", "dpo"), ("eva", "auditor"), ("chloe", "analyst")):
        first_person(opened, login=login, name=login, password="a long pass phrase", roles=(role,))
    now = datetime.now(UTC)
    with closing(opened.ledger):
        opt_out(Room(opened, shell_caller(opened, login="dara", now=now)), dataset="phone", identifiers=(NUMBER,))
        propose_destroying(Room(opened, shell_caller(opened, login="ana", now=now)), kind=Doomed.DATASET,
                           subject="phone", reason="the agreement ended")  # fmt: skip
        yield opened


def page(site, login):
    with site.ledger.write() as tx:
        cookie = str(site.sessions.open(tx, site.accounts.by_login(login), datetime.now(UTC)))
    with TestClient(create_app(site), base_url="http://127.0.0.1", cookies={"safeconduct": cookie}) as client:
        return client.get("/assurance/promises")


def test_an_auditor_sees_deadlines_rules_and_what_is_to_be_destroyed(site):
    shown = page(site, "eva").text

    assert "No erasure is late" in shown
    assert "In time" in shown
    assert "Rejected rows" in shown
    assert "the agreement ended" in shown
    assert "verify --ledger" in shown
    assert NUMBER not in shown


def test_an_erasure_past_its_day_stands_at_the_top(site):
    """Nobody ran the workers for two months."""
    with site.ledger.write() as tx:
        body = dict(tx.fact(KIND, "phone").body)
        since = datetime.now(UTC) - WAITS - timedelta(days=30)
        tx.put(KIND, "phone", {**body, "since": since.isoformat()}, at=datetime.now(UTC))
        tx.event(actor="test", verb="wait", subject="phone", body={}, at=datetime.now(UTC))
    shown = page(site, "eva").text

    assert "Erasures are late: 1." in shown
    assert "Late: erase them now" in shown


def test_whoever_sees_promises_changes_nothing():
    """An auditor may see them, and audits alone."""
    needing = [one for one in verbs.values() if one.needs == "promises"]
    assert {one.name for one in needing} == {"forgettings", "old_backups", "retention_rules", "destroyings"}
    assert all(one.reads for one in needing)


def test_an_analyst_does_not_see_it(site):
    assert page(site, "chloe").status_code == 403
