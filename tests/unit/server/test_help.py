"""Every page has a help link to its own paragraph."""

import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
from fastapi.testclient import TestClient

from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.server.app import create_app
from safeconduct.server.helping import HELP, anchor
from safeconduct.server.page import PageSpec, pages

NEVER_SHOWN = {
    "/",
    "/sign-out",
    "/ask/cancel/{answer_id}",
    "/ask/result/{answer_id}/{file}",
    "/data/deposits/{deposit}/variables.xlsx",
    "/catalogue/{study}/metadata/{standard}",
    "/projects/licences/{licence}/deliveries/{delivery}",
}
"""Addresses that lead on or hand out a file."""
FEWEST_WORDS, MOST_WORDS = 10, 80
PAGES = [spec for spec in pages.all() if spec.path not in {HELP, *NEVER_SHOWN}]


def test_addresses_that_show_nothing_exist() -> None:
    """An exemption for a page that is gone would be given to the next one of that address."""
    assert {spec.path for spec in pages.all()} >= NEVER_SHOWN


@pytest.mark.parametrize("spec", PAGES, ids=lambda spec: anchor(spec.path))
def test_a_page_has_a_paragraph_of_whole_sentences(spec: PageSpec) -> None:
    """Not a title once more, and not a chapter."""
    said = str(spec.about)

    assert said.endswith((".", "?"))
    assert FEWEST_WORDS <= len(said.split()) <= MOST_WORDS


def test_no_two_pages_share_a_paragraph() -> None:
    assert len({str(spec.about) for spec in PAGES}) == len(PAGES)
    assert len({anchor(spec.path) for spec in PAGES}) == len(PAGES)


def test_a_paragraph_is_reached_by_the_address_of_its_page() -> None:
    assert anchor("/assurance/levels/{name}") == "assurance-levels-name"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A site with a steward and an analyst, and nothing else."""
    made = Site.create(tmp_path_factory.mktemp("help") / "site", name="help", training=True)
    for login, roles in {"amara": ("steward", "dpo", "auditor", "engineer", "checker"), "chloe": ("analyst",)}.items():
        first_person(made, login=login, name=login.title(), password="a long pass phrase", roles=roles)
    yield made
    made.ledger.close()


@pytest.fixture(scope="module")
def looks(site: Site) -> Iterator[Callable[..., str]]:
    """`looks(path, login="amara")`: a page as somebody sees it; as a stranger where nobody is named."""
    with TestClient(create_app(site), base_url="http://127.0.0.1") as client:

        def look(path: str, *, login: str = "") -> str:
            client.cookies = {"safeconduct": _cookie(site, login)} if login else {}
            return client.get(path).text

        yield look


def _cookie(site: Site, login: str) -> str:
    with site.ledger.write() as tx:
        return str(site.sessions.open(tx, site.accounts.by_login(login), datetime.now(UTC)))


@pytest.mark.parametrize("path", ["/today", "/ask", "/assurance/levels", "/assurance/what-if", "/assurance/mosaic",
                                  "/assurance/elsewhere", "/assurance/budget", "/assurance/levels/public"])  # fmt: skip
def test_the_link_on_a_page_leads_to_its_own_paragraph(looks: Callable[..., str], path: str) -> None:
    """Also where the address has a variable part."""
    spec = next(one for one in PAGES if one.path == path.replace("/levels/public", "/levels/{name}"))
    (link,) = re.findall(r'href="(/help#[^"]+)"', looks(path, login="amara"))
    told = looks(HELP, login="amara")

    assert link == f"{HELP}#{anchor(spec.path)}"
    assert f'id="{anchor(spec.path)}"' in told


def test_help_tells_of_the_pages_somebody_may_open(looks: Callable[..., str]) -> None:
    """A stranger reads of the catalogue, an analyst also of questions, a steward also of facts from elsewhere."""
    told = {login: set(re.findall(r'<h3 id="([^"]+)"', looks(HELP, login=login))) for login in ("", "chloe", "amara")}

    assert told[""] == {"catalogue", "catalogue-study", "catalogue-study-file-name-path", "sign-in", "register"}
    assert "ask" in told["chloe"] - told[""]
    assert "assurance-elsewhere" in told["amara"] - told["chloe"]


def test_help_is_light_enough_for_a_slow_line(looks: Callable[..., str]) -> None:
    assert len(looks(HELP, login="amara").encode()) < 100_000
