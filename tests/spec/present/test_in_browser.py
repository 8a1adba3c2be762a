"""The gallery in a real browser: nothing hangs out of the page, in any script, on a small telephone too."""

import os
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, sync_playwright

from safeconduct.present import assets
from safeconduct.present.gallery import Examples, gallery
from safeconduct.present.words import Words

pytestmark = pytest.mark.browser
OUTSIDE = """() => [...document.querySelectorAll('body *')].filter(one => {
  const box = one.getBoundingClientRect();
  return box.width && !one.closest('.table, pre, svg') && (box.right > innerWidth + 1 || box.left < -1);
}).map(one => one.tagName + '.' + one.className)"""
TOO_SMALL = """() => [...document.querySelectorAll('main :is(button, .button, select, input:not([type=hidden]))')]
  .filter(one => { const box = one.getBoundingClientRect(); return box.width && Math.min(box.width, box.height) < 20; })
  .map(one => one.outerHTML)"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=["--no-sandbox", "--disable-gpu"])
        yield opened
        opened.close()


def saved(folder: Path, language: str, examples: Examples) -> str:
    """The gallery as a file beside its style sheet."""
    shutil.copytree(assets.STATIC, folder / "static")
    html = gallery(Words(language), examples).replace('"/static/', '"static/')
    (folder / "gallery.html").write_text(html, "utf-8")
    return (folder / "gallery.html").as_uri()


@pytest.mark.parametrize("width", [360, 1280])
@pytest.mark.parametrize("language", ["en", "fr", "ar"])
def test_nothing_hangs_out_of_the_page(
    browser: Browser, tmp_path: Path, examples: Examples, language: str, width: int
) -> None:
    page = browser.new_page(viewport={"width": width, "height": 800})
    page.goto(saved(tmp_path, language, examples))
    assert page.evaluate("document.dir") == Words(language).direction
    assert page.evaluate("document.documentElement.scrollWidth - innerWidth") == 0
    assert page.evaluate(OUTSIDE) == []
    assert page.evaluate(TOO_SMALL) == []
    page.close()


def test_the_keyboard_reaches_the_content_first_and_sees_where_it_is(
    browser: Browser, tmp_path: Path, examples: Examples
) -> None:
    page = browser.new_page(viewport={"width": 1280, "height": 800})
    page.goto(saved(tmp_path, "en", examples))
    page.keyboard.press("Tab")
    skip = page.locator(".skip")
    assert skip.evaluate("one => one === document.activeElement && getComputedStyle(one).clipPath === 'none'")
    assert skip.evaluate("one => getComputedStyle(one).outlineStyle") == "solid"
    page.keyboard.press("Enter")
    assert page.evaluate("document.activeElement.id") == "main"
    page.close()


def test_a_page_prints_without_its_menus(browser: Browser, tmp_path: Path, examples: Examples) -> None:
    page = browser.new_page()
    page.emulate_media(media="print")
    page.goto(saved(tmp_path, "en", examples))
    assert not page.locator(".menu").is_visible()
    assert not page.locator(".search").is_visible()
    assert page.locator(".printed").is_visible()
    assert page.pdf(format="A4")[:5] == b"%PDF-"
    page.close()
