"""What a migration would change is told; a newer version's site is refused in words; killed, it changed nothing."""

import hashlib
import json
import sqlite3
import subprocess
import sys
from contextlib import closing

import pytest
from alembic import command
from click.testing import CliRunner

from safeconduct.actions.migrating import migrate, would_migrate
from safeconduct.actions.site import Site
from safeconduct.cli.operator import migrate as shell
from safeconduct.ledger import database
from safeconduct.model.errors import BadSettings, WrongState

KILLED = """
import os, signal, sys
from sqlalchemy import event
from safeconduct.ledger import database
engine, at = database.open_engine(sys.argv[1]), [int(sys.argv[2])]
def counted(*_):
    at[0] -= 1
    if at[0] == 0:
        os.kill(os.getpid(), signal.SIGKILL)
event.listen(engine, "before_cursor_execute", counted)
database.upgrade(engine)
print(at[0])
"""


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A site with the tables of the first release."""
    root = tmp_path_factory.mktemp("old") / "site"
    Site.create(root, name="old", training=True).ledger.close()
    (root / "meta.sqlite").unlink()
    engine = database.open_engine(f"sqlite:///{root}/meta.sqlite")
    with database.writing(engine) as connection:
        config = database.configured()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
    engine.dispose()
    return root


@pytest.fixture
def old(made, tmp_path):
    subprocess.run(["cp", "-r", str(made), str(tmp_path / "site")], check=True)
    return tmp_path / "site"


def everything(root):
    """Every file of a site, but for what SQLite keeps beside its own while it is open."""
    files = [path for path in root.rglob("*") if path.is_file() and not path.name.endswith(("-wal", "-shm"))]
    return {str(path): hashlib.sha256(path.read_bytes()).hexdigest() for path in files}


def test_a_dry_run_says_what_would_change_and_changes_nothing(old):
    before = everything(old)
    told = CliRunner().invoke(shell, ["--site", str(old), "--dry-run", "--json"])

    assert told.exit_code == 0
    assert json.loads(told.stdout) == {
        "format": 1, "format_to": 1, "database": "0001", "database_to": database.newest(), "keys": "ring",
        "changes": True, "levels": [],
    }  # fmt: skip
    assert everything(old) == before


def test_a_migration_is_done_once(old):
    assert migrate(old).changes
    assert not migrate(old).changes
    assert would_migrate(old).database == database.newest()


@pytest.mark.parametrize("nth", [1, 4, 8])
def test_a_migration_that_is_killed_has_changed_nothing_and_is_run_again(old, nth):
    """Killed before one of its statements; what SQLite keeps beside the file is undone by whoever opens it next."""
    url = f"sqlite:///{old}/meta.sqlite"
    ran = subprocess.run([sys.executable, "-c", KILLED, url, str(nth)], capture_output=True, check=False)

    assert ran.returncode == -9, ran.stderr
    assert would_migrate(old).database == "0001"
    assert migrate(old).changes


def test_a_database_of_a_newer_version_is_refused_in_words_and_left_alone(old):
    with closing(sqlite3.connect(old / "meta.sqlite")) as own, own:
        own.execute("UPDATE alembic_version SET version_num = '9999'")
    before = everything(old)
    for doing in (migrate, would_migrate, Site.open):
        with pytest.raises(WrongState, match="newer version"):
            doing(old)

    assert everything(old) == before


def test_a_site_of_a_newer_format_is_refused_in_words(old):
    text = (old / "safeconduct.toml").read_text(encoding="utf-8")
    (old / "safeconduct.toml").write_text(text.replace("format = 1", "format = 2"), encoding="utf-8")
    with pytest.raises(BadSettings, match="newer version"):
        migrate(old)


def test_a_database_that_is_gone_is_not_made_anew(old):
    """An empty record of use in its place would look like a site where nothing ever happened."""
    (old / "meta.sqlite").unlink()
    for doing in (migrate, would_migrate, Site.open):
        with pytest.raises(BadSettings, match="backup"):
            doing(old)

    assert not (old / "meta.sqlite").exists()
