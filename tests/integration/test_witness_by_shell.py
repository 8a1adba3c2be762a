"""A witness on a machine of its own watches a site's record of use, from the shell."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from shelled import program

pytestmark = pytest.mark.slow


def shell(*words: object, ends: int = 0) -> dict:
    """What a command prints."""
    ran = program(*words)
    assert ran.returncode == ends, ran.stderr
    return json.loads(ran.stdout) if ran.stdout.startswith("{") else {}


@pytest.fixture
def root(practice, tmp_path) -> Path:
    """A copy of the practice site."""
    return Path(shutil.copytree(practice.root, tmp_path / "site"))


def witnessed(root: Path, folder: Path, *, first: int = 0, ends: int = 0) -> dict:
    """One round: the site shows, the witness signs, the site keeps it."""
    shown = shell("show-checkpoint", "--site", root, "--as", "eva", "--first", first, "--json")
    path = folder.with_suffix(".json")
    path.write_text(json.dumps(shown))
    signed = shell("witness", "sign", "--folder", folder, "--shown", path, ends=ends)
    if signed:
        shell("keep-cosignature", "--site", root, "--as", "eva", "--cosignature", json.dumps(signed), "--json")
    return signed


def test_a_witness_signs_what_grew_and_a_reader_believes_it(root, tmp_path):
    """Started, added, shown twice; the export verifies with the witness's key and what it saw."""
    owner = (root / "keys" / "signing.pub").read_text().strip()
    folder = tmp_path / "ngo"
    made = shell("witness", "start", "--folder", folder, "--name", "ngo.example", "--owner-key", owner, "--training",
                 "--json")  # fmt: skip
    shell("add-witness", "--site", root, "--as", "amara", "--name", "ngo.example", "--key", made["key"], "--json")
    first = witnessed(root, folder)
    second = witnessed(root, folder, first=first["size"])
    shell("export-ledger", "--site", root, tmp_path / "log.jsonl", "--quorum", 1)

    assert second["size"] > first["size"]
    known = ["--witness", f"ngo.example={made['key']}", "--quorum", "1", "--seen", folder]
    told = shell("verify", tmp_path / "log.jsonl", "--ledger", "--training", "--key", owner, *known, "--json")
    assert told == {"ok": True, "findings": []}
    other = ["--witness", f"ngo.example={'ab' * 32}", "--quorum", "1"]
    assert shell("verify", tmp_path / "log.jsonl", "--ledger", "--training", *other, "--json", ends=1)["findings"]


def test_a_record_that_was_rolled_back_is_not_signed_again(root, tmp_path):
    """Restored from a copy of before: the witness remembers more."""
    owner = (root / "keys" / "signing.pub").read_text().strip()
    folder, before = tmp_path / "ngo", tmp_path / "before"
    made = shell("witness", "start", "--folder", folder, "--name", "ngo.example", "--owner-key", owner, "--training",
                 "--json")  # fmt: skip
    shell("add-witness", "--site", root, "--as", "amara", "--name", "ngo.example", "--key", made["key"], "--json")
    copied(root, before)
    first = witnessed(root, folder)
    second = witnessed(root, folder, first=first["size"])

    assert witnessed(before, folder, first=second["size"], ends=1) == {}


def copied(root: Path, before: Path) -> None:
    """A copy as a backup makes it."""
    shutil.copytree(root, before, ignore=shutil.ignore_patterns("meta.sqlite*"))
    with sqlite3.connect(root / "meta.sqlite") as now, sqlite3.connect(before / "meta.sqlite") as then:
        now.backup(then)
    now.close()
    then.close()


def test_a_signature_of_somebody_unknown_is_not_kept(root, tmp_path):
    """The site keeps those of witnesses it added, by name and key."""
    owner = (root / "keys" / "signing.pub").read_text().strip()
    folder = tmp_path / "ngo"
    shell("witness", "start", "--folder", folder, "--name", "ngo.example", "--owner-key", owner, "--training", "--json")
    shown = shell("show-checkpoint", "--site", root, "--as", "eva", "--json")
    (tmp_path / "shown.json").write_text(json.dumps(shown))
    signed = shell("witness", "sign", "--folder", folder, "--shown", tmp_path / "shown.json")

    command = ("keep-cosignature", "--site", root, "--as", "eva", "--cosignature", json.dumps(signed), "--json")
    assert shell(*command, ends=1) == {}
