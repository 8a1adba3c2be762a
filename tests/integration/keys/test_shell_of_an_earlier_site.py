"""Taking files in by the shell: a dry run says what would come and changes nothing; commands end with their codes."""

import hashlib
import json
import tarfile
from pathlib import Path

import pytest
from click.testing import CliRunner

from safeconduct.actions.migrating import migrate
from safeconduct.cli import operator
from safeconduct.cli.derived import commands
from safeconduct.cli.outcome import Exit

MATERIAL = Path(__file__).parents[2] / "material" / "earlier_sites" / "one_key.tar.xz"


@pytest.fixture
def folder(tmp_path):
    with tarfile.open(MATERIAL) as archive:
        archive.extractall(tmp_path, filter="data")
    migrate(tmp_path / "site")
    return tmp_path


def everything(root):
    """Every file of a site, but for what SQLite keeps beside its own while it is open."""
    files = [path for path in root.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def ingest(folder, *words):
    command = next(one for one in commands() if one.name == "ingest")
    where = ["--site", folder / "site", "--as", "ana", "--mapping", folder / "files" / "mapping.toml",
             "--folder", folder / "files", "--json"]  # fmt: skip
    ran = CliRunner().invoke(command, [*map(str, where), *words])
    return Exit(ran.exit_code), json.loads(ran.stdout)


def test_a_dry_run_of_an_ingest_says_what_would_come_and_changes_nothing(folder):
    """A file that is known, one that is new, and a row in it that is none; the ingest itself ends the same."""
    (folder / "files" / "calls_2.csv").write_text(
        "MSISDN,TIME,CELL,OTHER,DURATION\n258840000001,2026-01-07 08:00:00,a1,258850000001,60\n"
        "258840000002,2026-01-07 08:00:00,nowhere,258850000001,60\n",
        encoding="utf-8",
    )
    before = everything(folder / "site")
    code, told = ingest(folder, "--dry-run")

    assert (code, told["files"], told["skipped_files"], told["rows"], told["kept"]) == (Exit.QUARANTINED, 1, 1, 2, 1)
    assert everything(folder / "site") == before
    code, told = ingest(folder)
    assert (code, told["files"], told["kept"]) == (Exit.QUARANTINED, 1, 1)


@pytest.mark.parametrize(("words", "code"), [([], Exit.DONE), (["--strict"], Exit.FAILED)], ids=["asked", "strict"])
def test_the_doctor_fails_only_where_it_is_told_to_be_strict(folder, words, code):
    """The site's folder can be written by others here."""
    (folder / "site").chmod(0o777)
    ran = CliRunner().invoke(operator.doctor, ["--site", str(folder / "site"), "--json", *words])

    assert Exit(ran.exit_code) is code
    assert {"name": "folder", "grade": "unsafe"}.items() <= next(
        one for one in json.loads(ran.stdout)["findings"] if one["name"] == "folder"
    ).items()
