"""No phone number, IMSI, IMEI or pseudonym is found anywhere outside the store, after a full run."""

import csv
import subprocess
import tomllib
from pathlib import Path

import httpx2
import pytest

from safeconduct.ingest.people import EPOCH, normalised, pseudonyms
from shelled import program

pytestmark = pytest.mark.slow
IDENTIFIERS = ("person", "counterpart", "imsi", "imei")


@pytest.fixture(scope="module")
def identifiers(practice) -> set[bytes]:
    """Values that stand in the operator's files, from every file, enough to be found by a search."""
    mapping = tomllib.loads((practice.files / "mapping.toml").read_text(encoding="utf-8"))
    found: set[bytes] = set()
    for spec in mapping["events"].values():
        wanted = [spec["columns"].get(name) for name in IDENTIFIERS] + ["MSISDN"]
        for path in sorted(practice.files.glob(spec["files"]))[::7]:
            with path.open(encoding="utf-8", newline="") as file:
                for at, row in enumerate(csv.DictReader(file, delimiter=spec.get("delimiter", ","))):
                    if at % 50 == 0:
                        found |= {row[name].encode() for name in wanted if name and len(row.get(name) or "") >= 7}
    return found


@pytest.fixture(scope="module")
def made_up(practice, identifiers) -> set[bytes]:
    """The pseudonyms of those identifiers, as bytes and as text."""
    site = practice.site()
    key = site.keys.derive("pseudonym", "phone", EPOCH, "person")
    found = [pseudonyms(key, [normalised(one.decode())]) for one in sorted(identifiers)]
    return set(found) | {one.hex().encode() for one in found}


def test_no_pseudonym_in_any_file_of_the_site(everything, made_up):
    """Not even in the store, whose tables of codes are encrypted."""
    for path, content in everything.items():
        hits = sum(one in content for one in made_up)

        assert hits == 0, f"{hits} pseudonyms in {Path(path).name}"


@pytest.fixture
def everything(practice, tmp_path) -> dict[str, bytes]:
    """Every file of the site, read from a copy: opening a database that this process uses would drop its locks."""
    subprocess.run(["cp", "-r", str(practice.root), str(tmp_path / "copy")], check=True)
    return {str(path): path.read_bytes() for path in (tmp_path / "copy").rglob("*") if path.is_file()}


def test_the_search_would_find_one(practice, identifiers):
    """The control: the same search finds them in the operator's own files."""
    text = next(iter(sorted(practice.files.glob("calls*")))).read_bytes()

    assert len(identifiers) > 100
    assert any(one in text for one in identifiers)


def test_no_identifier_in_any_file_of_the_site(everything, identifiers):
    """Ledger, metadata database and its log, exports, spill, store and quarantine: none holds one in plain."""
    for path, content in everything.items():
        hits = sum(one in content for one in identifiers)

        assert hits == 0, f"{hits} identifiers in {Path(path).name}"


def test_no_identifier_in_what_the_programs_say(practice, identifiers):
    """A question, a doctor's look and a failed ingest say nothing of a person."""
    commands = [
        ["doctor", "--site", str(practice.root)],
        ["ask", "--site", str(practice.root), "--as", "chloe", "--json", "--spec",
         '{"kind": "unique_subscriber_counts", "days": {"first": "2026-01-05", "last": "2026-01-05"}}'],
        ["ingest", "--site", str(practice.root), "--as", "bilal", "--mapping",
         str(practice.files / "mapping.toml"), "--folder", str(practice.files), "--json"],
    ]  # fmt: skip
    for command in commands:
        ran = program(*command)

        said = (ran.stdout + ran.stderr).encode()
        assert not [one for one in identifiers if one in said]


def test_no_identifier_in_what_the_server_and_its_worker_log(practice, url, identifiers, made_up):
    """Questions, mistakes and refusals, over HTTP, computed by the worker; then the log is read."""
    headers = {"Authorization": f"Bearer {practice.token()}"}
    days = {"first": "2026-01-12", "last": "2026-01-13"}
    for body in (
        {"spec": {"kind": "unique_subscriber_counts", "days": days}},
        {"spec": {"kind": "unique_subscriber_counts", "days": days, "areas": "lon-lat"}},
        {"spec": {"kind": "nonsense"}},
    ):
        httpx2.post(f"{url}/api/1/ask", json=body, headers=headers)
    log = (practice.folder / "server.log").read_bytes()

    assert not [one for one in identifiers | made_up if one in log]
