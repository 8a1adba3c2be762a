"""Tables of any database that has an ADBC driver, which hands rows over as Arrow."""

from collections.abc import Sequence
from typing import ClassVar

from safeconduct.ingest.drivers import DrivenByArrow, driver_module
from safeconduct.ingest.source import Offer, Source, source
from safeconduct.ingest.table_days import TableDay, days_of


@source
class TablesByArrow(Source):
    """Every settled local day of the tables under `[events]`, through the ADBC driver the mapping names.

    Cells and areas are files beside the mapping.
    """

    name: ClassVar[str] = "adbc"

    def __init__(self, offer: Offer, database: DrivenByArrow) -> None:
        self.mapping, self._offer, self._database = offer.mapping, offer, database

    @classmethod
    def open(cls, offer: Offer) -> "TablesByArrow":
        """Load the driver, if the settings allow it, and connect."""
        origin = offer.mapping.source
        module = driver_module(origin, offer.reach.drivers, part="dbapi")
        return cls(offer, DrivenByArrow(module, offer.reach.secret(origin.connection), origin))

    def pieces(self) -> Sequence[TableDay]:
        """The days."""
        return days_of(self._database, self.mapping, self._offer)

    def close(self) -> None:
        """Let go of the connection."""
        self._database.close()
