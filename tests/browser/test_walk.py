"""A person's walk through the pages, in a real browser; it takes the screenshots of the documents."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"
MOST_BYTES = 100_000


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[object]:
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def page(browser, url) -> Iterator[Page]:
    context = browser.new_context(base_url=url, locale="en-GB", viewport={"width": 1100, "height": 900})
    page = context.new_page()
    page.complaints = []
    page.on("console", lambda message: page.complaints.append(message.text) if message.type == "error" else None)
    yield page
    context.close()


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def sign_in(page: Page, name: str) -> None:
    page.goto("/")
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/today")


def asked(page: Page, first: str, last: str) -> str:
    """Ask for people by modal district, and wait for the answer; its address."""
    page.goto("/ask?kind=spatial_aggregate")
    page.get_by_label("First day").fill(first)
    page.get_by_label("Last day").fill(last)
    page.get_by_role("button", name="See what would be released").click()
    page.get_by_role("button", name="Run it").click()
    page.wait_for_selector("table", timeout=60_000)
    return page.url


def test_an_analyst_asks_sees_and_takes_an_answer(page):
    page.goto("/")
    shot(page, "sign-in")
    sign_in(page, "Chloé")
    shot(page, "today")

    page.goto("/ask")
    shot(page, "ask")
    page.goto("/ask?kind=spatial_aggregate")
    page.get_by_label("First day").fill("2026-01-05")
    page.get_by_label("Last day").fill("2026-01-18")
    page.get_by_label("Areas").select_option("admin3")
    page.get_by_role("button", name="See what would be released").click()
    shot(page, "check")
    page.get_by_role("button", name="Run it").click()
    page.wait_for_selector("svg", timeout=60_000)
    shot(page, "result")

    assert page.get_by_text("TRAINING").count() > 0
    assert page.locator("table tbody tr").count() > 20
    assert page.get_by_text("Withheld").count() > 0
    with page.expect_download() as taken:
        page.get_by_role("link", name="CSV").click()
    assert taken.value.suggested_filename.endswith(".csv")
    assert page.complaints == []


def test_the_change_between_two_answers_is_a_map_with_its_table(page):
    sign_in(page, "Chloé")
    asked(page, "2026-01-05", "2026-01-18")
    asked(page, "2026-01-19", "2026-02-01")
    page.get_by_role("button", name="Show the change").click()
    page.wait_for_selector("svg")
    shot(page, "change")

    assert page.locator("table tbody tr").count() > 5
    assert page.get_by_text("−100").count() == 0


def test_movements_are_drawn_beside_their_table(page):
    sign_in(page, "Chloé")
    page.goto("/ask?kind=flows")
    shot(page, "ask-flows")
    page.get_by_role("button", name="See what would be released").click()
    page.get_by_role("button", name="Run it").click()
    page.wait_for_selector("svg", timeout=60_000)
    shot(page, "flows")

    assert page.locator("table tbody tr").count() > 20


def test_a_refusal_says_what_would_pass_before_anything_is_run(page):
    sign_in(page, "Chloé")
    spec = '{"kind":"unique_subscriber_counts","days":{"first":"2026-01-05","last":"2026-01-05"},"areas":"lon-lat"}'
    page.goto(f"/ask/check?spec={spec}")
    shot(page, "refusal")

    page.get_by_role("link", name="Ask this instead").first.click()
    page.wait_for_load_state()
    assert page.get_by_role("button", name="Run it").count() + page.get_by_text("would not be released").count() > 0


def test_a_token_is_made_copied_once_and_revoked(page):
    sign_in(page, "Chloé")
    page.goto("/ask/connect")
    page.get_by_label("Name").fill("notebook")
    page.get_by_role("button", name="Make a token").click()
    shot(page, "connect")
    assert page.get_by_text("it is not shown again").count() == 1

    page.goto("/ask/connect")
    assert page.get_by_text("it is not shown again").count() == 0
    page.get_by_role("button", name="Revoke").first.click()
    assert page.get_by_text("stopped working").count() == 1


def test_the_auditor_sees_what_left_and_not_how_to_ask(page):
    sign_in(page, "Eva")
    page.goto("/assurance/left")
    shot(page, "what-left")
    assert page.get_by_role("link", name="Ask", exact=True).count() == 0

    page.goto("/ask")
    assert page.get_by_text("ask the data steward").count() > 0
    page.goto("/assurance/record")
    shot(page, "record")
    page.goto("/assurance/levels")
    shot(page, "levels")


def test_the_engineer_sees_which_days_there_are(page):
    sign_in(page, "Bilal")
    page.goto("/data")
    shot(page, "sources")

    assert page.locator("table tbody tr").count() == 4


def test_the_pages_speak_french(page):
    sign_in(page, "Chloé")
    page.goto("/today")
    page.get_by_role("link", name="Français").click()
    shot(page, "today-fr")

    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.get_by_role("link", name="Demander").count() + page.get_by_role("link", name="Interroger").count() > 0


@pytest.mark.parametrize("path", ["/today", "/ask", "/ask?kind=flows", "/ask/mine", "/ask/connect", "/projects"])
def test_no_page_is_heavier_than_a_hundred_kilobytes(page, path):
    sign_in(page, "Chloé")
    sizes = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path)

    assert 0 < sum(sizes) <= MOST_BYTES


def test_the_pages_work_without_script_on_a_narrow_screen(browser, url):
    context = browser.new_context(base_url=url, java_script_enabled=False, viewport={"width": 360, "height": 700})
    page = context.new_page()
    page.goto("/sign-in")
    page.get_by_role("button", name="Chloé").click()
    page.goto("/ask")
    shot(page, "ask-narrow")

    assert page.get_by_role("button", name="See what would be released").count() == 1
    context.close()
