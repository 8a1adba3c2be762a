"""An operator sets up a real site from the shell, and everybody signs in with password and code."""

import json
import re
import subprocess
import sys
from pathlib import Path

import pyotp
import pytest
from fastapi.testclient import TestClient

from safeconduct.actions.site import Site
from safeconduct.desk.sample import sample_cdr
from safeconduct.server.app import create_app
from shelled import program

pytestmark = pytest.mark.slow
PASS = "a long pass phrase"
SPEC = {"kind": "unique_subscriber_counts", "days": {"first": "2026-01-05", "last": "2026-01-06"}, "areas": "admin2"}


class Shell:
    """The command `safeconduct` on one site."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def run(self, *words: str, ends: int = 0) -> dict:
        ran = program(*words, "--json")
        assert ran.returncode == ends, ran.stderr
        return json.loads(ran.stdout) if ran.stdout else {}

    def act(self, verb: str, login: str, *words: str, ends: int = 0) -> dict:
        return self.run(verb, "--site", str(self.root), "--as", login, *words, ends=ends)


@pytest.fixture(scope="module")
def shell(tmp_path_factory) -> Shell:
    folder = tmp_path_factory.mktemp("real")
    made = Shell(folder / "site")
    made.secrets = {}
    first = made.run("init", "--site", str(made.root), "--name", "telco", "--login", "amara", "--password", PASS)
    made.secrets["amara"] = first["authenticator"]
    person = made.act("add-person", "amara", "--login", "chloe", "--name", "Chloe", "--password", PASS,
                      "--roles", "analyst")  # fmt: skip
    made.secrets["chloe"] = person["secret"]
    project = made.act("open-project", "amara", "--name", "Storm", "--purpose", "Plan shelter", "--until", "2036-01-01")
    made.act("agree", "amara", "--project", project["id"], "--title", "Storm", "--dataset", "phone",
             "--members", "chloe", "--days", "2026-01-01..2026-12-31", "--until", "2036-01-01")  # fmt: skip
    sample_cdr({"people": 1200, "days": 2}, folder=folder / "files")
    made.act("ingest", "amara", "--mapping", str(folder / "files" / "mapping.toml"), "--folder", str(folder / "files"),
             ends=6)  # fmt: skip
    return made


def code(shell: Shell, login: str) -> str:
    return pyotp.parse_uri(shell.secrets[login]).now()


def test_a_question_from_the_shell_leaves_signed_and_verifies_as_real(shell):
    answer = shell.act("ask", "chloe", "--spec", json.dumps(SPEC))
    exported = shell.act("export", "chloe", "--answer-id", answer["answer_id"])
    manifest = exported["manifest_path"]
    key = json.loads(Path(manifest).read_text(encoding="utf-8"))
    public = (shell.root / "keys" / "signing.pub").read_text(encoding="ascii").strip()

    assert key["training"] is False
    assert shell.run("verify", manifest)["ok"] is True
    assert shell.run("verify", manifest, "--key", public)["ok"] is True
    assert shell.run("verify", manifest, "--key", "0" * 64, ends=1)["ok"] is False


def test_what_was_taken_in_is_not_taken_in_again(shell):
    files = shell.root.parent / "files"
    again = shell.act("ingest", "amara", "--mapping", str(files / "mapping.toml"), "--folder", str(files))

    assert again["files"] == 0
    assert again["skipped_files"] == 8


def test_an_answer_in_words_is_a_table_a_person_can_read(shell):
    command = [sys.executable, "-m", "safeconduct", "ask", "--site", str(shell.root), "--as", "chloe"]
    ran = subprocess.run([*command, "--spec", json.dumps(SPEC)], capture_output=True, text=True, check=True)

    assert ran.stdout.startswith("area")
    assert "A day starts at midnight" in ran.stdout


def test_doctor_finds_nothing_unsafe_once_everybody_set_up_their_app(shell):
    with TestClient(create_app(Site.open(shell.root)), base_url="http://127.0.0.1") as browser:
        for login in ("amara", "chloe"):
            form = {"login": login, "password": PASS, "code": code(shell, login), "csrf": "-"}
            page = browser.post("/sign-in", data=form)
            assert page.url.path == "/today", page.text
            csrf = re.search(r'name="csrf" value="([^"]+)"', page.text)[1]
            browser.post("/sign-out", data={"csrf": csrf})
    found = shell.run("doctor", "--site", str(shell.root))

    assert [one for one in found["findings"] if one["grade"] in {"unsafe", "missing"}] == []


def test_nobody_signs_in_by_a_click(shell):
    with TestClient(create_app(Site.open(shell.root)), base_url="http://127.0.0.1") as browser:
        page = browser.post("/sign-in", data={"persona": "chloe", "csrf": "-"})

    assert page.status_code == 403
    assert "Choose a role" not in page.text


def test_a_second_init_changes_nothing(shell):
    words = ["init", "--site", str(shell.root), "--login", "eve", "--password", PASS]

    shell.run(*words, ends=1)
