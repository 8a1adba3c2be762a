"""Tables of any database that has a Python driver of DB-API 2 (PEP 249)."""

from collections.abc import Sequence
from typing import ClassVar

from safeconduct.ingest.drivers import Driven, driver_module
from safeconduct.ingest.source import Offer, Source, source
from safeconduct.ingest.table_days import TableDay, days_of


@source
class TablesByDriver(Source):
    """Every settled local day of the tables under `[events]`, through the driver the mapping names.

    Cells and areas are files beside the mapping.
    """

    name: ClassVar[str] = "dbapi"

    def __init__(self, offer: Offer, database: Driven) -> None:
        self.mapping, self._offer, self._database = offer.mapping, offer, database

    @classmethod
    def open(cls, offer: Offer) -> "TablesByDriver":
        """Load the driver, if the settings allow it, and connect."""
        origin = offer.mapping.source
        module = driver_module(origin, offer.reach.drivers)
        return cls(offer, Driven(module, offer.reach.secret(origin.connection), origin))

    def pieces(self) -> Sequence[TableDay]:
        """The days."""
        return days_of(self._database, self.mapping, self._offer)

    def close(self) -> None:
        """Let go of the connection."""
        self._database.close()
