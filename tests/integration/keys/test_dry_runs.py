"""Commands of the site's engineer say what they would do, as one JSON object, and change nothing by it."""

import hashlib
import json

import pytest
from click.testing import CliRunner

from safeconduct.actions.backing_up import make_officer
from safeconduct.cli import keeping, operator
from safeconduct.keys import officers

WORDS = "a long pass phrase"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Passphrases that cost little to try."""
    monkeypatch.setattr(officers, "SCRYPT", {"n": 1 << 10, "r": 8, "p": 1})


def everything(root):
    """Every file of a site, but for what SQLite keeps beside its own while it is open, and empty locks."""
    files = [path for path in root.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files if path.stat().st_size}


def run(command, *words, ends=0):
    ran = CliRunner().invoke(command, [*map(str, words), "--json"])
    assert ran.exit_code == ends, ran.output
    return json.loads(ran.stdout) if ran.stdout.startswith("{") else {}


def test_none_of_them_changes_a_byte(folder, tmp_path):
    """Exchanging keys, backing up, migrating, and the doctor, who never changes anything."""
    site, before = folder / "site", everything(folder / "site")
    lines = [make_officer(tmp_path / name, passphrase=WORDS) for name in ("one", "two")]
    both = ("--officer", lines[0], "--officer", lines[1])
    told = {
        "rotate": run(keeping.rotate_keys, "--site", site, "--dry-run"),
        "backup": run(keeping.backup, "--site", site, tmp_path / "b", *both, "--dry-run"),
        "migrate": run(operator.migrate, "--site", site, "--dry-run"),
        "doctor": run(operator.doctor, "--site", site),
    }

    assert everything(site) == before
    assert not (tmp_path / "b").exists()
    assert told["backup"]["files"] > 10
    assert told["migrate"]["changes"] is False
    assert {one["name"] for one in told["doctor"]["findings"]} >= {"swap encryption", "key place", "record of use"}


def test_a_backup_can_be_read_to_its_end_without_restoring_it(folder, tmp_path):
    """By both officers; it says what is in it, and a folder that holds something is refused as it would be."""
    site = folder / "site"
    lines = [make_officer(tmp_path / name, passphrase=WORDS) for name in ("one", "two")]
    made = run(keeping.backup, "--site", site, tmp_path / "b", "--officer", lines[0], "--officer", lines[1])
    words = [word for name in ("one", "two") for word in ("--identity", tmp_path / name, "--passphrase", WORDS)]
    told = run(keeping.restore, "--site", tmp_path / "again", tmp_path / "b", *words, "--dry-run")

    assert (told["backup"], told["files"]) == (made["id"], made["files"])
    assert not (tmp_path / "again").exists()
    run(keeping.restore, "--site", site, tmp_path / "b", *words, "--dry-run", ends=1)


def test_a_dry_run_refuses_what_the_run_itself_would(folder, tmp_path):
    """One officer alone, and a changed backup."""
    line = make_officer(tmp_path / "one", passphrase=WORDS)
    run(keeping.backup, "--site", folder / "site", tmp_path / "b", "--officer", line, "--dry-run", ends=1)
