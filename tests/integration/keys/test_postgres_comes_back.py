"""A PostgreSQL database is copied as rows of one moment and put into an empty one."""

from contextlib import closing
from datetime import UTC, datetime

import pytest
from sqlalchemy import select

from safeconduct.ledger import tables
from safeconduct.ledger.ledger import Ledger
from safeconduct.model.errors import Unreadable, WrongState

pytestmark = pytest.mark.postgres
NOW = datetime(2026, 3, 1, tzinfo=UTC)


def filled(ledger: Ledger) -> None:
    with ledger.write() as tx:
        tx.put("project", "p1", {"name": "Étude"}, at=NOW)
        tx.spend("a1", project="p1", dataset="phone", at=NOW, noise=bytes(range(256)))
        for number in range(1200):  # more than a page
            tx.event(actor="u1", verb="ask", subject=f"a{number}", body={"n": number}, at=NOW)


def everything(ledger: Ledger) -> dict:
    return {table.name: sorted(map(str, ledger.rows(select(table)))) for table in tables.metadata.sorted_tables}


@pytest.fixture
def copied(postgres_url, tmp_path):
    with closing(Ledger.open(postgres_url)) as ledger:
        filled(ledger)
        assert ledger.copy(tmp_path / "rows") is False
        yield everything(ledger), ledger.root(), (tmp_path / "rows").read_text(encoding="utf-8").splitlines()


def test_every_row_and_the_root_of_the_record_come_back(copied, postgres, postgres_template) -> None:
    before, root, lines = copied
    with closing(Ledger.open(postgres.database(postgres_template))) as ledger:
        ledger.fill(lines)

        assert everything(ledger) == before
        assert ledger.root() == root


def test_a_database_that_holds_something_is_left_alone(copied, postgres_url) -> None:
    with closing(Ledger.open(postgres_url)) as ledger, pytest.raises(WrongState, match="empty"):
        ledger.fill(copied[2])


def test_rows_of_another_version_are_refused_whole(copied, postgres, postgres_template) -> None:
    lines = [*copied[2], '["event", {"strange": 1}]']
    with closing(Ledger.open(postgres.database(postgres_template))) as ledger:
        with pytest.raises(Unreadable, match="another version"):
            ledger.fill(lines)

        assert ledger.size() == 0
