"""The scripts in a real browser, under the real content policy, against a server that cuts, refuses and forgets."""

import hashlib
import json
import os
import re
import shutil
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from safeconduct.present import assets, blocks
from safeconduct.present.blocks import Link
from safeconduct.present.pages import Frame, page
from safeconduct.present.words import Words

pytestmark = pytest.mark.browser
CONTENT = bytes(range(256)) * 40_000  # 10.24 MB: three pieces
PIECE = 4 * 2**20


@dataclass
class Site:
    """What the server holds, and what it shall do wrong.

    `wrong` is asked at each piece with how many pieces came before; what it answers is done instead of taking it.
    """

    wrong: Callable[[int], str] = lambda _at: ""
    held: dict[str, bytearray] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    pieces: int = 0
    query: bool = False


class Handler(BaseHTTPRequestHandler):
    """The server's side of an upload, as `/uploads` speaks it, with the page in front."""

    site: Site
    protocol_version = "HTTP/1.1"

    def log_message(self, *_args: object) -> None:
        """Say nothing."""

    def reply(self, body: bytes, *, status: int = 200, media: str = "application/json") -> None:
        self.send_response(status)
        self.send_header("Content-Type", media)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Content-Security-Policy", assets.CONTENT_SECURITY_POLICY)
        self.end_headers()
        self.wfile.write(body)

    def tell(self, status: int = 200, **answer: object) -> None:
        self.reply(json.dumps(answer).encode(), status=status)

    def do_GET(self) -> None:
        path = urlsplit(self.path).path
        self.site.asked.append(f"GET {path}")
        if path.startswith("/static/"):
            media = "text/css" if path.endswith("css") else "text/javascript"
            self.reply((assets.STATIC / Path(path).name).read_bytes(), media=media)
        elif path.startswith("/uploads/"):
            held = self.site.held.get(path.rpartition("/")[2])
            self.tell(404) if held is None else self.tell(offset=len(held), size=len(CONTENT), state="open")
        else:
            self.reply(PAGES.get(path, "there").encode(), media="text/html; charset=utf-8")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["Content-Length"])).decode()
        form = parse_qs(body)
        parts = urlsplit(self.path).path.strip("/").split("/")
        if form.get("csrf") != ["t0ken"] or self.headers["X-CSRF"] != "t0ken":
            self.tell(403, detail="No token.")
        elif parts[-1] == "finish":
            self.site.finished.append(parts[1])
            done = f"/done?deposit={form['deposit'][0]}"
            self.tell(next=f"?upload={parts[1]}" if self.site.query else done)
        elif form["name"] == ["refused.csv"]:
            self.tell(422, detail="This kind of file cannot be read.")
        else:
            name = f"u{len(self.site.held)}"
            self.site.held[name], self.site.names[name] = bytearray(), form["name"][0]
            self.tell(id=name, offset=0)

    def do_PUT(self) -> None:
        address = urlsplit(self.path)
        held, offset = self.site.held[address.path.rpartition("/")[2]], int(parse_qs(address.query)["offset"][0])
        length, wrong = int(self.headers["Content-Length"]), self.site.wrong(self.site.pieces)
        self.site.pieces += 1
        if wrong == "cut":
            held.extend(self.rfile.read(length // 2))
            self.close_connection = True
            return
        piece = self.rfile.read(length)
        if wrong == "busy":
            self.tell(503)
        elif offset != len(held):
            self.tell(409, offset=len(held))
        else:
            held.extend(piece)
            self.tell(offset=len(held))


UPLOAD = blocks.upload_form(
    Words("en"),
    action="/plain",
    csrf="t0ken",
    upload_api="/uploads",
    max_hint="Any.",
    carried={"deposit": "d7", "next": "/deposits?new=1"},
)
KEYS = blocks.review_keys(Words("en"), previous=Link("A", "/a"), following=Link("B", "/b"))
PAGES = {
    "/": page(Words("en"), Frame(site="S"), title="Upload", body=[UPLOAD]),
    "/review": page(Words("en"), Frame(site="S"), title="Review", body=[
        KEYS, blocks.vote_form(Words("en"), action="/", csrf="t0ken", draft="d")]),
}  # fmt: skip


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        if os.environ.get("CI"):
            pytest.fail("Chromium is not installed")
        pytest.skip("Chromium is not installed")
    flags = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=program, args=flags)
        yield opened
        opened.close()


@pytest.fixture
def context(browser: Browser) -> Iterator[BrowserContext]:
    opened = browser.new_context()
    yield opened
    opened.close()


@pytest.fixture
def site() -> Iterator[Site]:
    held = Site()
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Own", (Handler,), {"site": held}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    held.names["url"] = f"http://127.0.0.1:{server.server_port}"
    yield held
    server.shutdown()
    thread.join()
    server.server_close()


@pytest.fixture
def upload(context: BrowserContext, site: Site) -> Page:
    opened = context.new_page()
    opened.goto(site.names["url"] + "/")
    return opened


def choose(opened: Page, folder: Path, *names: str, content: bytes = CONTENT) -> None:
    for name in names:
        if not (folder / name).exists():
            (folder / name).write_bytes(content)
    opened.set_input_files("#files", [folder / name for name in names])
    opened.click("text=Send")


def test_a_file_arrives_whole_and_the_browser_goes_on(upload: Page, site: Site, tmp_path: Path) -> None:
    expect(upload.get_by_text("send them again")).to_be_hidden()
    choose(upload, tmp_path, "a.csv")
    upload.wait_for_url("**/done?deposit=d7")
    assert hashlib.sha256(site.held["u0"]).digest() == hashlib.sha256(CONTENT).digest()
    assert site.pieces == 3


def test_after_a_cut_it_goes_on_where_the_site_stopped(upload: Page, site: Site, tmp_path: Path) -> None:
    site.wrong = lambda at: "cut" if at in {0, 2} else ""
    choose(upload, tmp_path, "a.csv")
    upload.wait_for_url("**/done?deposit=d7")
    assert bytes(site.held["u0"]) == CONTENT


def test_a_busy_site_is_waited_for_in_words(upload: Page, site: Site, tmp_path: Path) -> None:
    site.wrong = lambda at: "busy" if at else ""
    choose(upload, tmp_path, "a.csv")
    expect(upload.locator(".said")).to_contain_text("seconds; nothing is lost.")
    site.wrong = lambda _at: ""
    upload.wait_for_url("**/done?deposit=d7")
    assert bytes(site.held["u0"]) == CONTENT


def test_files_that_belong_together_are_sent_one_after_another(upload: Page, site: Site, tmp_path: Path) -> None:
    choose(upload, tmp_path, "households.csv", "members.csv", content=b"a,b\n1,2\n")
    upload.wait_for_url("**/done?deposit=d7")
    assert site.finished == ["u0", "u1"]
    assert [site.names["u0"], site.names["u1"]] == ["households.csv", "members.csv"]


def test_what_several_files_add_to_the_address_is_joined(upload: Page, site: Site, tmp_path: Path) -> None:
    """The site may answer with a query, such as `?upload=u0`; the next page is told all of them."""
    site.query = True
    choose(upload, tmp_path, "households.csv", "members.csv", content=b"a,b\n1,2\n")
    upload.wait_for_url("**/deposits?new=1&upload=u0&upload=u1")


def test_an_empty_file_arrives_too(upload: Page, site: Site, tmp_path: Path) -> None:
    choose(upload, tmp_path, "empty.csv", content=b"")
    upload.wait_for_url("**/done?deposit=d7")
    assert site.finished == ["u0"]


def test_what_was_paused_or_reloaded_is_told_and_goes_on(upload: Page, site: Site, tmp_path: Path) -> None:
    site.wrong = lambda at: "busy" if at else ""
    choose(upload, tmp_path, "a.csv")
    expect(upload.locator(".said")).to_contain_text("Trying again")
    upload.click("text=Pause")
    expect(upload.locator(".said")).to_have_text("Paused. Nothing is lost.")
    upload.reload()
    expect(upload.locator(".said")).to_contain_text("Not finished last time: a.csv.")
    site.wrong = lambda _at: ""
    choose(upload, tmp_path, "a.csv")
    upload.wait_for_url("**/done?deposit=d7")
    assert list(site.held) == ["u0"], "the upload was taken up, not begun anew"
    assert bytes(site.held["u0"]) == CONTENT


def test_pausing_stops_and_going_on_ends_well(upload: Page, site: Site, tmp_path: Path) -> None:
    site.wrong = lambda at: "busy" if at else ""
    choose(upload, tmp_path, "a.csv")
    expect(upload.locator(".said")).to_contain_text("Trying again")
    upload.click("text=Pause")
    site.wrong = lambda _at: ""
    upload.click("text=Go on")
    upload.wait_for_url("**/done?deposit=d7")
    assert bytes(site.held["u0"]) == CONTENT


def test_an_upload_the_site_forgot_begins_anew(upload: Page, site: Site, tmp_path: Path) -> None:
    site.wrong = lambda _at: "busy"
    choose(upload, tmp_path, "a.csv")
    expect(upload.locator(".said")).to_contain_text("Trying again")
    site.held.clear()
    site.held["other"] = bytearray()
    site.wrong = lambda _at: ""
    upload.reload()
    choose(upload, tmp_path, "a.csv")
    upload.wait_for_url("**/done?deposit=d7")
    assert bytes(site.held["u1"]) == CONTENT


def test_a_file_the_site_refuses_is_told_in_the_sites_words(upload: Page, tmp_path: Path) -> None:
    choose(upload, tmp_path, "refused.csv", content=b"x")
    expect(upload.get_by_role("alert")).to_have_text("This kind of file cannot be read.")
    expect(upload.get_by_role("button", name="Send")).to_be_enabled()


def test_what_arrived_before_a_refusal_is_not_sent_again(upload: Page, site: Site, tmp_path: Path) -> None:
    choose(upload, tmp_path, "a.csv", "refused.csv", content=b"x")
    expect(upload.get_by_role("alert")).not_to_be_empty()
    upload.click("text=Send")
    expect(upload.get_by_role("alert")).not_to_be_empty()
    assert list(site.held) == ["u0"]


def test_without_script_the_plain_form_is_there(browser: Browser, site: Site) -> None:
    context = browser.new_context(java_script_enabled=False)
    opened = context.new_page()
    opened.goto(site.names["url"] + "/")
    assert opened.locator("form.upload").get_attribute("enctype") == "multipart/form-data"
    expect(opened.get_by_text("send them again")).to_be_visible()
    expect(opened.get_by_text("Pause", exact=True)).to_be_hidden()
    context.close()


def test_keys_lead_on_but_not_while_writing_and_can_be_switched_off(context: BrowserContext, site: Site) -> None:
    opened = context.new_page()
    opened.goto(site.names["url"] + "/review")
    opened.fill("#says", "")
    opened.press("#says", "j")
    assert opened.input_value("#says") == "j"
    opened.click("summary:has-text('Keys')")
    turn = opened.get_by_role("button", name="Use these keys")
    turn.click()
    assert turn.get_attribute("aria-pressed") == "false"
    opened.press("body", "j")
    assert opened.url.endswith("/review")
    turn.click()
    opened.press("body", "j")
    opened.wait_for_url("**/b")


def test_the_script_is_small_and_says_nothing_of_its_own() -> None:
    script = (assets.STATIC / "upload.js").read_text("utf-8")
    assert len(script.encode()) <= 6_000
    assert len((assets.STATIC / "keys.js").read_bytes()) <= 2_000
    told = set(re.findall(r"(?:tell|fill)\('(\w+)'", script))
    assert {f"data-{name}=" in UPLOAD for name in told} == {True}
