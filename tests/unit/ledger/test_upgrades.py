"""A site of the first release opens with this one, and nothing of it is lost."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory

from safeconduct.ledger import database, tables
from safeconduct.ledger.ledger import Ledger
from safeconduct.model.errors import WrongState
from safeconduct.model.outcomes import Budget, Cost

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
COST = Cost(budget=Budget.DATASET, period="", rho=1, limit=1)


@pytest.fixture(params=["sqlite", pytest.param("postgresql", marks=pytest.mark.postgres)])
def old_url(request, tmp_path):
    """A database as the first release made it, with two answers paid for, one of them given."""
    is_lite = request.param == "sqlite"
    url = f"sqlite:///{tmp_path}/old.sqlite" if is_lite else request.getfixturevalue("postgres").database()
    engine = database.open_engine(url)
    with database.writing(engine) as connection:
        config = database.configured()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        for answer in ("a1", "a2"):
            connection.exec_driver_sql(
                f"INSERT INTO spend (answer_id, project, dataset, at)"
                f" VALUES ('{answer}', 'p1', 'phone', '2026-03-01T08:00:00.000000Z')"
            )
        connection.execute(
            tables.answer.insert().values(
                answer_id="a1", spec_id="s1", project="p1", tree='{"cells":[1]}', decided_at=NOW
            )
        )
    engine.dispose()
    return url


@pytest.fixture
def old(old_url):
    with closing(Ledger.open(old_url)) as opened:
        yield opened


def test_an_old_site_says_that_it_must_be_migrated(old):
    assert not old.is_current()
    with pytest.raises(WrongState, match="safeconduct migrate"):
        old.noise("a1")


def test_an_old_site_has_the_tables_of_this_release_after_its_upgrade(old):
    old.upgrade()

    assert old.is_current()
    with old._engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_what_was_paid_for_before_stays_paid_for_and_free(old):
    old.upgrade()
    with old.write() as tx:
        again = [tx.spend(one, project="p2", dataset="phone", at=NOW, costs=[COST]) for one in ("a1", "a2", "a3")]

    assert again == [False, False, True]
    assert [dict(one.costs) for one in old.spends("phone")] == [{}, {}, {(Budget.DATASET, ""): 1}]
    assert (old.noise("a1"), old.answer("a1").tree) == (b"", {"cells": [1]})


def test_upgrading_again_changes_nothing(old):
    old.upgrade()
    before = old.spends("phone")
    old.upgrade()

    assert old.spends("phone") == before


def test_an_upgrade_that_fails_leaves_the_old_tables(tmp_path):
    """Half an upgrade would be worse than none: something of the next release's name stands in its way."""
    url, file = f"sqlite:///{tmp_path}/old.sqlite", tmp_path / "old.sqlite"
    engine = database.open_engine(url)
    with database.writing(engine) as connection:
        config = database.configured()
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.exec_driver_sql("CREATE TABLE frame (own TEXT)")
    engine.dispose()
    with closing(Ledger.open(url)) as ledger, pytest.raises(Exception, match=r"nothing was changed|another version"):
        ledger.upgrade()
    with closing(sqlite3.connect(file)) as own:
        columns = [row[1] for row in own.execute("PRAGMA table_info(spend)")]
        names = {row[0] for row in own.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}

    assert columns == ["answer_id", "project", "dataset", "at"]
    assert "cost" not in names


def test_the_newest_revision_is_the_one_the_migrations_end_with():
    """Its number is read from names of files, since loading the library of migrations takes a second."""
    assert database.newest() == ScriptDirectory.from_config(database.configured()).get_current_head()
