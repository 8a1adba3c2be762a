"""Levels explained, a replay waited for, budgets and products, in a real browser; with screenshots."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, sync_playwright

pytestmark = [pytest.mark.browser, pytest.mark.slow]
FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SHOTS = Path(__file__).parents[2] / "build" / "screenshots"


@pytest.fixture(scope="module")
def running(chromium):
    with sync_playwright() as play:
        started = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield started
        started.close()


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(request, running, url):
    context = running.new_context(base_url=url, locale="en-GB", java_script_enabled=request.param)
    yield context.new_page()
    context.close()


def sign_in(page: Page, name: str) -> None:
    page.goto("/sign-in")
    page.get_by_role("button", name=name).click()


def shot(page: Page, name: str) -> None:
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def test_an_analyst_reads_what_a_level_does_to_a_table(page):
    """From the list to one level."""
    sign_in(page, "Chloé")
    page.goto("/assurance/levels")
    page.get_by_role("link", name="Every parameter, and an example").first.click()
    shot(page, "level")

    assert page.get_by_text("Made up: nobody is in this table.").count() == 1
    assert page.locator("table .status svg.swatch").count() >= 20


def test_a_steward_replays_questions_under_a_changed_level(page):
    """Chosen, changed, waited for, read."""
    sign_in(page, "Amara")
    page.goto("/assurance/what-if?policy=operational")
    shot(page, "what-if")
    page.locator("[name='set.minimum_contributors.minimum']").fill("40")
    page.get_by_role("button", name="Replay the questions").click()
    page.wait_for_selector("text=What an attacker would make of it", timeout=90_000)
    shot(page, "what-if-done")

    assert page.get_by_text("Changed: minimum_contributors.minimum=40.").count() == 1
    assert page.get_by_text("Only for data stewards").count() == 1


def test_the_auditor_sees_budgets(page):
    """Nothing is limited on the practice site, and the page says so."""
    sign_in(page, "Eva")
    page.goto("/assurance/budget")
    shot(page, "budget")

    assert page.get_by_role("heading", name="Budget", level=1).count() == 1


def test_the_analyst_sees_products(page):
    """No product is declared, and the page says who declares them."""
    sign_in(page, "Chlo")
    page.goto("/ask/products")
    shot(page, "products")

    assert page.get_by_text("No product is declared.").count() == 1
    assert page.get_by_text("The data steward declares them.").count() == 1
