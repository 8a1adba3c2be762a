"""However much a program logs, the library below the ledger logs no row of it."""

import logging
from datetime import UTC, datetime

from safeconduct.ledger.ledger import Ledger

MARK = "Qxzv7Marker"


def test_no_row_is_logged_where_everything_is(sqlite_url, caplog) -> None:
    logging.getLogger("sqlalchemy").setLevel(logging.DEBUG)
    with caplog.at_level(logging.DEBUG):
        ledger = Ledger.open(sqlite_url)
        with ledger.write() as tx:
            tx.put("thing", "one", {"mark": MARK}, at=datetime.now(UTC))
            tx.event(actor="system", verb="put", subject="one", body={}, at=datetime.now(UTC))
        assert ledger.fact("thing", "one").body["mark"] == MARK
        ledger.close()

    assert MARK not in caplog.text
