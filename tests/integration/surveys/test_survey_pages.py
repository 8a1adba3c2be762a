"""The pages on which a steward connects and pulls a survey, sees flaws of boundaries, and how the site is."""

import re

import pytest
from fastapi.testclient import TestClient

from safeconduct.actions.site import Site
from safeconduct.server.app import create_app

MARKER, TOKEN, UID = "Zanele Marker-Dlamini", "a1b2c3-token-marker", "aB3dEfGh9jKl"
FORM = {"server": "Field", "form": UID, "study": "NEEDS-2026", "title": "Needs", "collected_by": "Us",
        "basis": "public interest", "owner": "own organisation", "every_hours": "6"}  # fmt: skip


@pytest.fixture
def office(empty, played, tmp_path):
    """A site whose settings name the server."""
    (tmp_path / "token").write_text(TOKEN, encoding="ascii")
    (tmp_path / "token").chmod(0o400)
    with (empty.root / "safeconduct.toml").open("a", encoding="utf-8") as file:
        file.write(f'\n[[servers]]\nname = "Field"\nkind = "kobo"\nurl = "{played.url}"\n')
        file.write(f'credential = "file:{tmp_path / "token"}"\n')
    return empty


@pytest.fixture
def pages(office):
    session = office.cookie("amara")
    with TestClient(create_app(Site.open(office.root)), base_url="http://127.0.0.1") as client:
        client.cookies.set("safeconduct", session["cookie"])
        client.csrf = session["csrf"]
        yield client


def send(pages, **values):
    return pages.post("/data/servers", data={"csrf": pages.csrf, **values}, follow_redirects=True)


def test_a_survey_is_connected_pulled_paused_and_disconnected(pages, office):
    """Every step by a form, without script; what was wrong is told beside its control."""
    wrong = send(pages, **{**FORM, "form": "../me"})
    assert wrong.status_code == 422
    assert "copy it from the form" in wrong.text
    assert "Not pulled yet" in send(pages, **FORM).text
    id_ = office.act("amara", "surveys_connected")[0].id
    assert "Being pulled" in send(pages, pull=id_).text
    office.work()
    shown = pages.get("/data/servers").text
    assert "A deposit was made" in shown
    assert not [one for one in (MARKER, TOKEN) if one in shown]
    assert "Paused" in send(pages, pause=id_).text
    assert "No survey is pulled" in send(pages, disconnect=id_).text


def test_how_the_site_is_stands_on_a_page(pages):
    """What the doctor finds, the worst first."""
    shown = pages.get("/assurance/health").text

    assert "The record of use is whole." in shown
    assert "Place of the outermost key" in shown
    assert re.search(r"Unsafe|Nothing is unsafe or missing|Look at it", shown)


def test_without_flaws_the_page_of_boundaries_says_so(pages):
    assert "Nothing was wrong with the boundaries" in pages.get("/data/boundaries").text
