"""Any tables or views of a PostgreSQL database, by the columns the mapping declares."""

from collections.abc import Sequence
from typing import ClassVar

from safeconduct.ingest.postgres import PostgreSQL
from safeconduct.ingest.source import Offer, Source, source
from safeconduct.ingest.table_days import TableDay, days_of


@source
class TablesOfPostgreSQL(Source):
    """Every settled local day of the tables under `[events]`; cells and areas are files beside the mapping."""

    name: ClassVar[str] = "database"

    def __init__(self, offer: Offer, database: PostgreSQL) -> None:
        self.mapping, self._offer, self._database = offer.mapping, offer, database

    @classmethod
    def open(cls, offer: Offer) -> "TablesOfPostgreSQL":
        """Connect."""
        origin = offer.mapping.source
        return cls(offer, PostgreSQL(offer.reach.secret(origin.connection), origin))

    def pieces(self) -> Sequence[TableDay]:
        """The days."""
        return days_of(self._database, self.mapping, self._offer)

    def close(self) -> None:
        """Let go of the connection."""
        self._database.close()
