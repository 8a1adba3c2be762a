"""A site on PostgreSQL whose restore fails after its rows were put back: the database is empty again."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import func, select

from safeconduct.actions.backing_up import back_up, make_officer
from safeconduct.actions.restoring import Identity, restore
from safeconduct.actions.site import Site
from safeconduct.keys import officers
from safeconduct.ledger import tables
from safeconduct.ledger.ledger import Ledger
from safeconduct.model.errors import SafeconductError

pytestmark = pytest.mark.postgres
NOW = datetime(2026, 3, 1, tzinfo=UTC)
WORDS = "a long pass phrase"


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """Passphrases that cost little to try."""
    monkeypatch.setattr(officers, "SCRYPT", {"n": 1 << 10, "r": 8, "p": 1})


def rows(url):
    with closing(Ledger.open(url)) as ledger:
        return sum(ledger.rows(select(func.count().label("n")).select_from(one))[0]["n"]
                   for one in tables.metadata.sorted_tables)  # fmt: skip


def test_nothing_stays_in_the_database_and_the_next_restore_finds_it_empty(tmp_path, postgres):
    """The list of erasures is read last, and cannot be; the same backup is restored into the same database then."""
    paths = [tmp_path / "one", tmp_path / "two"]
    lines = tuple(make_officer(path, passphrase=WORDS) for path in paths)
    both = tuple(Identity(path=path, passphrase=WORDS) for path in paths)
    site = Site.create(tmp_path / "site", name="s", training=True, database=postgres.database())
    back_up(site, tmp_path / "backup", officers=lines, now=NOW)
    site.ledger.close()
    url = postgres.database()
    (tmp_path / "erasures").write_text('{"not": "signed"}\n', encoding="utf-8")
    with pytest.raises(SafeconductError):
        restore(tmp_path / "backup", tmp_path / "again", identities=both, now=NOW, database=url,
                erasures=tmp_path / "erasures")  # fmt: skip

    assert rows(url) == 0
    assert not (tmp_path / "again").exists()
    restore(tmp_path / "backup", tmp_path / "again", identities=both, now=NOW, database=url)
    assert rows(url) > 0


def test_a_database_that_was_not_empty_is_not_emptied(tmp_path, postgres):
    """It was refused; what it holds is somebody's."""
    paths = [tmp_path / "one", tmp_path / "two"]
    lines = tuple(make_officer(path, passphrase=WORDS) for path in paths)
    url = postgres.database()
    site = Site.create(tmp_path / "site", name="s", training=True, database=url)
    back_up(site, tmp_path / "backup", officers=lines, now=NOW)
    site.ledger.close()
    before = rows(url)
    with pytest.raises(SafeconductError, match="empty"):
        restore(tmp_path / "backup", tmp_path / "again", now=NOW, database=url,
                identities=tuple(Identity(path=path, passphrase=WORDS) for path in paths))  # fmt: skip

    assert rows(url) == before
