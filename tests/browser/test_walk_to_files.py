"""From an edition that waits to be checked to a file at home: each step by the account whose step it is."""

import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from importlib.resources import as_file, files
from pathlib import Path

import pyotp
import pytest
from playwright.sync_api import Page
from starlette.testclient import TestClient

from browsing import LONG_WAIT_MS, MOST_BYTES, serving, shot, sign_in, weigh
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.cli.demo import PEOPLE, afresh
from safeconduct.cli.publishing import STUDY, SURVEY, Walk
from safeconduct.server.app import create_app

pytestmark = [pytest.mark.browser, pytest.mark.slow]
EDITION = f"{STUDY}/1"


@dataclass(frozen=True)
class Served:
    """A practice site with a server of its own."""

    url: str
    walk: Walk


def prepared(folder: Path) -> Walk:
    """A practice site with an edition that was handed in for review."""
    afresh(folder)
    site = Site.create(folder / "site", name="practice", training=True)
    for login, name, roles in PEOPLE:
        first_person(site, login=login, name=name, password=secrets.token_urlsafe(18), roles=roles)
    walk = Walk(site, lambda *_: None)
    with as_file(files("safeconduct.cli") / "material" / SURVEY) as path:
        deposit = walk.deposit(path)
    walk.decide(deposit)
    walk.plan()
    walk.act("amara", "draft_edition", study=STUDY, access="licensed")
    walk.act("amara", "submit_edition", edition=EDITION)
    return walk


def published(folder: Path) -> Walk:
    """The same, checked, approved and in the catalogue."""
    walk = prepared(folder)
    walk.act("farid", "vote", edition=EDITION, verdict="approve")
    walk.act("dara", "approve_edition", edition=EDITION)
    walk.act("amara", "publish_edition", edition=EDITION)
    return walk


def served(walk: Walk, log: Path) -> Iterator[Served]:
    with serving(walk.site.folders.root, log) as url:
        yield Served(url, walk)


@pytest.fixture(scope="module")
def waiting(tmp_path_factory) -> Iterator[Served]:
    """A site with an edition that waits to be checked."""
    folder = tmp_path_factory.mktemp("waiting")
    yield from served(prepared(folder / "demo"), folder / "server.log")


@pytest.fixture(scope="module")
def shelf(tmp_path_factory) -> Iterator[Served]:
    """A site with an edition in its catalogue."""
    folder = tmp_path_factory.mktemp("shelf")
    yield from served(published(folder / "demo"), folder / "server.log")


def register(page: Page, login: str) -> None:
    """Make an account by the form, and sign in with the code of its key."""
    page.goto("/register")
    page.get_by_label("Your name").fill("Gita, researcher")
    page.get_by_label("Organisation you work for").fill("Practice University")
    page.get_by_label("University", exact=True).check()
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill("seven words are easy to keep")
    page.get_by_label("I read how my own data are used.").check()
    shot(page, "register")
    page.get_by_role("button", name="Make the account").click()
    key = page.get_by_label("Key", exact=True).input_value()
    shot(page, "register-key")
    page.get_by_role("main").get_by_role("link", name="Sign in").click()
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill("seven words are easy to keep")
    page.get_by_label("Code from your authenticator app").fill(pyotp.TOTP(key).now())
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.wait_for_url("**/today")


def test_a_checker_votes_by_keyboard_and_the_officer_lets_it_leave(waiting, comes):
    farid = sign_in(comes(waiting), "Farid")
    shot(farid, "today-checker")
    farid.get_by_role("link", name=f"Check the edition {EDITION}").click()
    shot(farid, "review")
    farid.locator("#verdict-approve").focus()
    farid.keyboard.press("Space")
    farid.keyboard.press("Tab")
    farid.keyboard.type("Every rule passed, and the bands are wide enough.")
    farid.keyboard.press("Tab")
    farid.keyboard.press("Enter")
    farid.wait_for_url("**done=voted")
    shot(farid, "review-voted")
    assert farid.get_by_role("button", name="Vote").count() == 0

    dara = sign_in(comes(waiting), "Dara")
    dara.goto("/reviews")
    shot(dara, "reviews")
    dara.get_by_role("link", name=f"{EDITION}: On request").click()
    shot(dara, "review-officer")
    dara.get_by_role("button", name="Let it leave").click()
    dara.wait_for_url("**done=approved")
    assert dara.get_by_text("May be published once any embargo is over.").count() == 1
    assert farid.complaints + dara.complaints == []


def test_a_checker_cannot_look_at_other_pages_than_theirs(waiting, comes):
    farid = sign_in(comes(waiting), "Farid")
    farid.goto("/basket")

    assert farid.get_by_text("Your role does not open this page").count() == 1


def test_anybody_searches_and_reads_without_an_account(shelf, comes):
    page = comes(shelf)
    page.goto("/catalogue")
    page.get_by_label("Search", exact=True).fill("salaries")
    page.get_by_role("button", name="Find").click()
    shot(page, "catalogue")
    page.get_by_role("link", name="Current Population Survey").click()
    shot(page, "catalogue-study")
    assert page.get_by_role("link", name="Make an account").count() == 1

    page.get_by_role("link", name="ethnicity", exact=True).click()
    shot(page, "catalogue-variable")
    assert page.locator("table.counts tbody tr").count() > 1
    with page.expect_download() as taken:
        page.goto(f"/catalogue/{STUDY}")
        page.get_by_text("This description for other catalogues").click()
        page.get_by_role("link", name="DDI").click()
    assert "<codeBook" in Path(taken.value.path()).read_text(encoding="utf-8")
    assert page.complaints == []


def test_variables_are_searched_and_the_search_is_narrowed(shelf, comes):
    page = comes(shelf)
    page.goto("/catalogue?in=variables&q=wage&from=1980&to=1990")
    shot(page, "catalogue-variables")
    assert page.get_by_role("link", name="wage", exact=True).count() == 1

    page.goto("/catalogue?from=88")
    assert page.get_by_text("four digits").count() == 1


def test_a_researcher_asks_is_granted_and_downloads(shelf, comes):
    gita = comes(shelf)
    register(gita, "gita")
    request = asked(gita)
    farid = sign_in(comes(shelf), "Farid")
    granted(farid, request)
    accepted(gita)

    names = zipfile.ZipFile(downloaded(gita)).namelist()
    assert any(name.endswith(".dta") for name in names)

    destroyed(gita)
    assert gita.complaints + farid.complaints == []


def asked(page: Page) -> str:
    """Find a variable, put it into the basket, and ask for it; the request's address."""
    page.goto("/catalogue?in=variables&q=wage")
    page.get_by_role("button", name="Put into the basket").first.click()
    page.wait_for_url("**done=basket")
    page.goto("/basket")
    shot(page, "basket")
    page.get_by_role("link", name="Ask for these").click()
    shot(page, "request-new")
    page.get_by_role("button", name="Begin the request").click()
    _organisation_and_work(page)
    _team_variables_and_use(page)
    return _handed_in(page)


def _organisation_and_work(page: Page) -> None:
    page.get_by_label("University", exact=True).check()
    page.get_by_label("I am employed there").check()
    page.get_by_label("Its postal address").fill("1 Example Street")
    page.get_by_label("Its telephone number").fill("+000 0000")
    page.get_by_label("Country in which").fill("usa")
    shot(page, "request-organisation")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/work")
    for name in ("question", "objectives", "methods", "outputs", "dissemination"):
        page.locator(f"#{name}").fill("How much more is earned with each year of schooling?")
    page.get_by_role("button", name="Save and continue").click()


def _team_variables_and_use(page: Page) -> None:
    page.wait_for_url("**/team")
    page.locator("[id='team.0.title']").fill("Researcher")
    shot(page, "request-team")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/variables")
    shot(page, "request-variables")
    page.get_by_label("No", exact=True).check()
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/use")
    page.get_by_label("Academic research").first.check()
    page.get_by_label("No", exact=True).check()
    shot(page, "request-use")
    page.get_by_role("button", name="Save and continue").click()
    page.wait_for_url("**/agreement")
    page.get_by_label("I read the agreement.").check()
    shot(page, "request-agreement")
    page.get_by_role("button", name="Save and continue").click()


def _handed_in(page: Page) -> str:
    """What is still missing is said, leads to its field, and then the request goes in."""
    shot(page, "request-missing")
    page.get_by_text("Still missing: 1").click()
    page.get_by_role("link", name="Say on which day your work ends.").click()
    assert page.locator("#completion[aria-invalid=true]").count() == 1
    page.locator("#completion").fill((datetime.now(UTC).date() + timedelta(days=200)).isoformat())
    page.get_by_role("button", name="Save and see the whole request").click()
    page.get_by_role("button", name="Hand it in").click()
    page.wait_for_url("**done=requested")
    shot(page, "request-sent")
    return page.url.partition("?")[0]


def granted(page: Page, request: str) -> None:
    """The committee reads the request and grants it."""
    page.goto("/projects/requests")
    shot(page, "requests-committee")
    page.goto(request)
    page.get_by_label("Grant it", exact=True).check()
    page.get_by_label("Your reasons").fill("Research, and a file that is safe enough.")
    shot(page, "request-committee")
    page.get_by_role("button", name="Vote").click()
    page.wait_for_url("**done=decided")


def accepted(page: Page) -> None:
    """From the message to the licence, whose terms are accepted."""
    page.goto("/today")
    shot(page, "today-researcher")
    page.goto("/today/messages")
    shot(page, "messages")
    page.get_by_role("button", name="Look at it").first.click()
    shot(page, "request-granted")
    page.get_by_role("link", name="To your licence and the files").click()
    shot(page, "licence-terms")
    page.get_by_label("I have read the terms").check()
    page.get_by_role("button", name="Accept").click()
    page.wait_for_url("**done=terms")
    shot(page, "licence")


def downloaded(page: Page) -> Path:
    """Where the file that was taken home lies."""
    page.get_by_role("button", name=".dta").click()
    page.wait_for_selector(".downloads a", timeout=LONG_WAIT_MS)
    shot(page, "licence-ready")
    with page.expect_download() as taken:
        page.locator(".downloads a").first.click()
    return Path(taken.value.path())


def destroyed(page: Page) -> None:
    """The end: every copy is gone."""
    page.reload()
    page.get_by_text("Confirm that the files are destroyed").click()
    page.get_by_role("button", name="I destroyed every copy").click()
    page.wait_for_url("**done=destroyed")


def test_a_registration_that_lacks_something_says_so_beside_the_field(shelf, comes):
    page = comes(shelf)
    page.goto("/register")
    page.get_by_label("Your name").fill("Hugo")
    page.get_by_label("Organisation you work for").fill("Practice University")
    page.get_by_label("University", exact=True).check()
    page.get_by_label("Login").fill("hugo")
    page.get_by_label("Password").fill("seven words are easy to keep")
    page.get_by_role("button", name="Make the account").click()

    assert page.get_by_text("Say that you read how your own data are used.").count() == 2
    assert page.locator("#organisation").input_value() == "Practice University"
    assert page.locator("#password").input_value() == ""


def test_whoever_is_not_signed_in_comes_back_to_what_they_wanted(shelf, comes):
    page = comes(shelf)
    page.goto(f"/projects/requests/new?study={STUDY}")
    page.get_by_role("button", name="Chloé").click()
    page.wait_for_url(f"**/projects/requests/new?study={STUDY}")

    assert page.get_by_role("button", name="Begin the request").count() == 1


def test_an_edition_that_was_taken_back_keeps_its_page_with_the_reason(tmp_path):
    walk = published(tmp_path / "demo")
    walk.act("amara", "retract_edition", edition=EDITION, reason="A column told more than it should.")
    with TestClient(create_app(walk.site)) as client:
        page = client.get(f"/catalogue/{STUDY}").text

    assert "A column told more than it should." in page
    assert "Variables of" not in page


def test_a_stranger_cannot_send_a_form_that_takes_an_account(tmp_path):
    walk = published(tmp_path / "demo")
    with TestClient(create_app(walk.site)) as client:
        sent = client.post(f"/catalogue/{STUDY}", data={"do": "get", "csrf": "-"})

    assert sent.status_code == 401


@pytest.mark.parametrize(
    ("who", "path"),
    [
        ("", "/catalogue?in=variables"),
        ("", f"/catalogue/{STUDY}"),
        ("", "/register"),
        ("Chloé", "/today"),
        ("Chloé", "/projects/requests"),
        ("Farid", "/reviews/decided"),
        ("Dara", f"/reviews/{EDITION}"),
    ],
)
def test_none_of_these_pages_is_heavier_than_a_hundred_kilobytes(shelf, comes, who, path):
    page = comes(shelf)
    if who:
        sign_in(page, who)

    assert 0 < weigh(page, path) <= MOST_BYTES


def test_the_catalogue_works_without_script_on_a_narrow_screen_in_french(browser, shelf):
    context = browser.new_context(
        base_url=shelf.url, java_script_enabled=False, viewport={"width": 360, "height": 700}, locale="fr-FR"
    )
    page = context.new_page()
    page.goto(f"/catalogue/{STUDY}")
    shot(page, "catalogue-study-narrow-fr")

    assert page.locator("h1").inner_text().startswith("Enquête sur la population active")
    assert page.evaluate("document.documentElement.scrollWidth") <= 360
    context.close()
