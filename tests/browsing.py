"""Walks through the pages: a server of one's own, people who come with a browser, and what they see."""

import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest
from playwright.sync_api import Browser, Page, sync_playwright

FLAGS = ["--headless=new", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
SHOTS = Path(__file__).parents[1] / "build" / "screenshots"
MOST_BYTES = 100_000
LONG_WAIT_MS = 60_000
SCREEN = {"width": 1100, "height": 900}


@contextmanager
def serving(root: Path, log: Path) -> Iterator[str]:
    """A real server in front of a site, with its workers; its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "safeconduct", "serve", "--site", str(root), "--port", str(port)]
    with log.open("wb") as out:
        server = subprocess.Popen(command, stdout=out, stderr=subprocess.STDOUT)
        try:
            _wait(f"http://127.0.0.1:{port}")
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()
            server.wait(20)


def _wait(address: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            httpx2.get(address, timeout=2)
        except httpx2.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)


@pytest.fixture(scope="module")
def browser(chromium) -> Iterator[Browser]:
    """Chromium, without a window."""
    with sync_playwright() as play:
        running = play.chromium.launch(executable_path=chromium, args=FLAGS)
        yield running
        running.close()


@pytest.fixture
def comes(browser) -> Iterator[Callable[..., Page]]:
    """`comes(office)`: somebody new at a site, with a browser of their own; what it complains of is in `complaints`."""
    contexts = []

    def arrive(site, **how) -> Page:
        context = browser.new_context(base_url=site.url, **{"locale": "en-GB", "viewport": SCREEN, **how})
        contexts.append(context)
        page = context.new_page()
        page.complaints = []
        page.on("console", lambda one: page.complaints.append(one.text) if one.type == "error" else None)
        return page

    yield arrive
    for context in contexts:
        context.close()


def sign_in(page: Page, name: str) -> Page:
    """Sign in by a click, as practice sites let people."""
    page.goto("/sign-in")
    page.get_by_role("button", name=name).click()
    page.wait_for_url("**/today")
    return page


def shot(page: Page, name: str) -> None:
    """Keep how a page looks."""
    SHOTS.mkdir(parents=True, exist_ok=True)
    page.screenshot(path=SHOTS / f"{name}.png", full_page=True)


def weigh(page: Page, path: str) -> int:
    """Bytes that a page takes over the line, everything it asks for included."""
    sizes = []
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.loadingFinished", lambda event: sizes.append(event["encodedDataLength"]))
    page.goto(path)
    return int(sum(sizes))
