"""What stands before the pages: forms from elsewhere, guessing, and listening to others in plain."""

from datetime import UTC, datetime

import httpx2
import pytest

from safeconduct.actions.agreements import my_agreements
from safeconduct.actions.doors import choose_project, shell_caller, sign_in_as, visitor
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.cli.demo import PEOPLE, _agreement
from safeconduct.desk.sample import sample_cdr
from safeconduct.model.errors import NotPermitted, Unsafe
from safeconduct.model.settings import Settings
from safeconduct.server.serve import check_address

pytestmark = pytest.mark.slow


@pytest.fixture
def signed_in(url):
    with httpx2.Client(base_url=url, follow_redirects=True) as client:
        client.post("/sign-in", data={"persona": "chloe", "csrf": "-"})
        yield client


def test_a_form_without_its_token_changes_nothing(signed_in, practice):
    answer = signed_in.post("/ask/connect", data={"name": "stolen", "days": "7"})

    assert answer.status_code == 403
    assert "stolen" not in signed_in.get("/ask/connect").text


def test_a_form_from_another_site_changes_nothing(signed_in):
    for headers in ({"Origin": "https://elsewhere.example"}, {"Sec-Fetch-Site": "cross-site"}):
        assert signed_in.post("/sign-out", data={"csrf": "x"}, headers=headers).status_code == 403
    assert signed_in.get("/today").status_code == 200


def test_pages_without_a_session_lead_to_signing_in(url):
    answer = httpx2.get(f"{url}/ask", follow_redirects=False)

    assert answer.status_code == 303
    assert answer.headers["location"].startswith("/sign-in")


def test_the_way_back_never_leads_to_another_site(url):
    for target in ("https://elsewhere.example", "//elsewhere.example", "/\\elsewhere.example"):
        answer = httpx2.get(f"{url}/language", params={"to": "fr", "back": target}, follow_redirects=False)

        assert answer.headers["location"] == "/"


def test_guessing_a_password_is_slowed_down(url):
    form = {"login": "nobody-here", "password": "a wrong password", "code": "000000", "csrf": "-"}
    codes = [httpx2.post(f"{url}/sign-in", data=form).status_code for _ in range(7)]
    last = httpx2.post(f"{url}/sign-in", data=form)

    assert set(codes) == {401}
    assert "minutes" in last.text


def test_the_session_cookie_is_out_of_reach_of_scripts_and_other_sites(url):
    answer = httpx2.post(f"{url}/sign-in", data={"persona": "eva", "csrf": "-"}, follow_redirects=False)
    cookie = answer.headers["set-cookie"].lower()

    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_signing_out_ends_the_session(url):
    with httpx2.Client(base_url=url) as client:
        client.post("/sign-in", data={"persona": "dara", "csrf": "-"})
        page = client.get("/today").text
        csrf = page.split('name="csrf" value="')[1].split('"')[0]
        client.post("/sign-out", data={"csrf": csrf})

        assert client.get("/today").status_code == 303


@pytest.mark.parametrize("host", ["0.0.0.0", "192.0.2.1", "::"])  # noqa: S104 - the very thing that is refused
def test_listening_to_others_in_plain_is_refused(host):
    with pytest.raises(Unsafe, match="TLS"):
        check_address(Settings(), host)


def test_loopback_tls_and_a_declared_proxy_are_fine():
    check_address(Settings(), "127.0.0.1")
    check_address(Settings(tls_certificate="c.pem", tls_key="k.pem"), "192.0.2.1")
    check_address(Settings(proxy="10.0.0.1"), "192.0.2.1")


def test_who_has_two_projects_chooses_one(tmp_path):
    """Answers belong to a project; in another one they are not there."""
    sample_cdr({"people": 300, "days": 2}, folder=tmp_path / "files")
    site = Site.create(tmp_path / "site", name="two", training=True)
    for login, name, roles in PEOPLE:
        first_person(site, login=login, name=name, password="a long pass phrase", roles=roles)
    room = Room(site, shell_caller(site, login="bilal", now=datetime.now(UTC)))
    ingest(room, mapping=tmp_path / "files" / "mapping.toml", folder=tmp_path / "files")
    _agreement(site, days=28)
    _agreement(site, days=28)
    cookie = sign_in_as(site, login="chloe", now=datetime.now(UTC))
    first = visitor(site, cookie=cookie, now=datetime.now(UTC)).caller
    other = next(one.project for one in my_agreements(Room(site, first)) if one.project != first.project)
    choose_project(site, cookie=cookie, project=other, now=datetime.now(UTC))

    assert visitor(site, cookie=cookie, now=datetime.now(UTC)).caller.project == other
    with pytest.raises(NotPermitted):
        choose_project(site, cookie=cookie, project="p999999", now=datetime.now(UTC))
