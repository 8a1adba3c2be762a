"""Flaws of the boundaries a data set stands on: told by a verb, and drawn on a page with the same as a table."""

import tarfile
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from safeconduct.actions.boundary_findings import boundary_findings
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.migrating import migrate
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.model.areas import AreaLevel
from safeconduct.model.boundaries import BoundaryFinding, Done, Flaw
from safeconduct.server.app import create_app
from safeconduct.store.places import write_findings

MATERIAL = Path(__file__).parents[2] / "material" / "earlier_sites" / "one_key.tar.xz"
FLAWS = [
    BoundaryFinding(kind=Flaw.OVERLAP, level=AreaLevel.COMMUNE, code="B", neighbour="A", done=Done.KEPT,
                    changed_ppm=12_500),
    BoundaryFinding(kind=Flaw.DUPLICATE_POINTS, level=AreaLevel.COMMUNE, code="A", done=Done.MENDED),
]  # fmt: skip


@pytest.fixture
def room(tmp_path):
    """A site with a data set, whose boundaries were flawed."""
    with tarfile.open(MATERIAL) as archive:
        archive.extractall(tmp_path, filter="data")
    migrate(tmp_path / "site")
    site = Site.open(tmp_path / "site")
    with closing(site.ledger):
        write_findings(site.folders.store, "phone", site.manifest("phone").geography, FLAWS)
        yield Room(site, shell_caller(site, login="ana", now=datetime.now(UTC)))


def test_the_verb_tells_what_was_found_with_the_geography(room):
    told = boundary_findings(room, dataset="phone")

    assert told.geography == room.site.manifest("phone").geography
    assert told.findings == tuple(FLAWS)


def test_the_page_draws_them_and_says_the_same_in_a_table(room):
    """Those left to a person first; an overlap is of both areas."""
    site = room.site
    with site.ledger.write() as tx:
        cookie = str(site.sessions.open(tx, site.accounts.by_login("ana"), datetime.now(UTC)))
    with TestClient(create_app(site), base_url="http://127.0.0.1", cookies={"safeconduct": cookie}) as client:
        shown = client.get("/data/boundaries").text

    assert "<svg" in shown
    assert "2 flaws; those left to a person first" in shown
    assert shown.index("Two areas claim the same ground") < shown.index("Points are said twice")
    assert "1.25" in shown
    assert "A: left to a person" in shown
