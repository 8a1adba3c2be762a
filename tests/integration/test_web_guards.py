"""What stands before the pages: forms from elsewhere, guessing, and listening to others in plain."""

import httpx2
import pytest

from safeconduct.model.errors import Unsafe
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
