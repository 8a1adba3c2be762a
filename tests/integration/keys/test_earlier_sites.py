"""Sites that earlier versions made open with this one, once they are migrated: records, codes, keys, record of use.

Each archive holds a practice site made by the code of an earlier day and the files its records came from: two days,
twenty persons, two cells. `first` is of the first version that took files in; `one_key` of the last one before keys
could be exchanged.
"""

import json
import tarfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from threading import Event

import pytest
from click.testing import CliRunner

from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.migrating import migrate
from safeconduct.actions.rekeying import rotate_pseudonyms, state_of
from safeconduct.actions.room import Room
from safeconduct.actions.rotating import rotate
from safeconduct.actions.site import Site
from safeconduct.actions.verification import verify_ledger
from safeconduct.actions.working import work
from safeconduct.cli.operator import migrate as shell
from safeconduct.model.areas import EventType
from safeconduct.model.errors import WrongState
from safeconduct.store.records import add_keys, connect, read_parquet_sql

MATERIAL = Path(__file__).parents[2] / "material" / "earlier_sites"
SITES = sorted(path.name.partition(".")[0] for path in MATERIAL.glob("*.tar.xz"))
FIRST, LAST, NEXT = date(2026, 1, 5), date(2026, 1, 6), date(2026, 1, 7)
PERSONS = 20


@pytest.fixture(params=SITES)
def folder(request, tmp_path) -> Path:
    """A site as it was left, and the files it was made of."""
    with tarfile.open(MATERIAL / f"{request.param}.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    return tmp_path


@pytest.fixture
def site(folder) -> Iterator[Site]:
    migrate(folder / "site")
    opened = Site.open(folder / "site")
    with closing(opened.ledger):
        yield opened


def persons(site) -> dict[date, set[int]]:
    """Who was seen on each day, by code."""
    records = site.records(site.manifest("phone"))
    found: dict[date, set[int]] = {}
    with closing(connect(read=[records.folder], spill=site.folders.spill, memory_mb=256, threads=1)) as own:
        for part in records.events([FIRST, LAST, NEXT], EventType):
            statement = f"SELECT person FROM {read_parquet_sql(part, add_keys(own, [part])[0])}"
            found.setdefault(part.day, set()).update(person for (person,) in own.execute(statement).fetchall())
    return found


def take(site, folder):
    room = Room(site, shell_caller(site, login="ana", now=datetime.now(UTC)))
    return ingest(room, mapping=folder / "files" / "mapping.toml", folder=folder / "files")


def test_a_migration_says_what_it_does_and_a_site_before_it_does_not_open(folder):
    """Its database is of the first revision; files are read as they are."""
    told = json.loads(CliRunner().invoke(shell, ["--site", str(folder / "site"), "--dry-run", "--json"]).stdout)

    if told["changes"]:
        with pytest.raises(WrongState, match="safeconduct migrate"):
            Site.open(folder / "site")
    assert told["keys"] == "one key"
    assert told["format"] == told["format_to"] == 1


def test_every_record_and_every_code_is_there(site):
    """Twenty persons on each of two days, the same ones."""
    seen = persons(site)

    assert list(seen) == [FIRST, LAST]
    assert seen[FIRST] == seen[LAST]
    assert len(seen[FIRST]) == PERSONS
    assert site.manifest("phone").present()[EventType.CALLS] >= {FIRST, LAST}


def test_the_same_file_is_known_and_the_same_persons_keep_their_codes(site, folder):
    """A third day comes with this version: pseudonyms come from the key of then."""
    before = persons(site)[FIRST]
    text = (folder / "files" / "calls_1.csv").read_text(encoding="utf-8")
    head, *rows = text.splitlines()
    later = [row.replace("2026-01-05", "2026-01-07") for row in rows if "2026-01-05" in row]
    (folder / "files" / "calls_2.csv").write_text("\n".join([head, *later]) + "\n", encoding="utf-8")
    report = take(site, folder)

    assert (report.files, report.skipped_files, report.kept) == (1, 1, PERSONS)
    assert persons(site)[NEXT] == before


def test_its_pseudonyms_get_another_key_and_the_same_persons_keep_their_codes(site, folder):
    """No key of an epoch was there; what wraps the new one may still be the only key of the site."""
    before = persons(site)
    rotate_pseudonyms(Room(site, shell_caller(site, login="ana", now=datetime.now(UTC))), dataset="phone")
    work(site, worker="w", stop=Event(), until_empty=True)
    rotate(site, now=datetime.now(UTC))
    again = Site.open(folder / "site")

    assert state_of(again, "phone").epoch == 2
    assert persons(again) == before
    assert take(again, folder).skipped_files == 1


def test_its_keys_can_be_exchanged_and_its_record_of_use_verifies(site, folder):
    """One key becomes a ring; nothing that was derived from it changes."""
    before = persons(site)
    rotate(site, now=datetime.now(UTC))

    assert site.keys.ringed
    assert persons(Site.open(folder / "site")) == before
    site.ledger.export_log(folder / "log.jsonl", sign=site.sign_checkpoint, at=datetime.now(UTC))
    assert not verify_ledger(folder / "log.jsonl", key=site.signer.public, training=True)
