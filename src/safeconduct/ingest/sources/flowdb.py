"""FlowKit's database: its tables of events, cells, sites and areas, known by name."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import ClassVar

from safeconduct.ingest.flowdb_ground import area_tables, flowdb_areas, flowdb_cells
from safeconduct.ingest.postgres import PostgreSQL
from safeconduct.ingest.source import Ground, Offer, Source, source
from safeconduct.ingest.table_days import TableDay, days_of
from safeconduct.model.areas import EventType
from safeconduct.model.event_files import NATIVE, EventFiles
from safeconduct.model.mapping import FileMapping

SCHEMA = "events"
FIELDS: Mapping[str, str] = {
    "person": "msisdn",
    "time": "datetime",
    "cell": "location_id",
    "direction": "outgoing",
    "counterpart": "msisdn_counterpart",
    "imsi": "imsi",
    "imei": "imei",
    "tac": "tac",
}
NEEDED = frozenset({"person", "time", "cell"})
AMOUNTS: Mapping[EventType, str] = {
    EventType.CALLS: "duration",
    EventType.MDS: "volume_total",
    EventType.TOPUPS: "recharge_amount",
}
MINUTE_S = 60


@source
class FlowDB(Source):
    """Every settled local day of `events.calls`, `sms`, `mds` and `topups`, whichever there are.

    Durations of calls are minutes there and become seconds. Identifiers of type `bytea` become hexadecimal digits in
    lower case. Stamps are moments; the day is the mapping's, not the server's.
    """

    name: ClassVar[str] = "flowdb"

    def __init__(self, offer: Offer, mapping: FileMapping, database: PostgreSQL) -> None:
        self.mapping, self._offer, self._database = mapping, offer, database

    @classmethod
    def open(cls, offer: Offer) -> "FlowDB":
        """Connect, and see which tables there are."""
        origin = offer.mapping.source
        database = PostgreSQL(offer.reach.secret(origin.connection), origin)
        try:
            database.begin()
            return cls(offer, _completed(offer.mapping, database), database)
        except BaseException:
            database.close()
            raise

    def pieces(self) -> Sequence[TableDay]:
        """The days."""
        return days_of(self._database, self.mapping, self._offer)

    def ground(self) -> Ground:
        """`infrastructure.cells` with their sites, and `geography.adminN`."""
        return Ground(
            cells=lambda: flowdb_cells(self._database), areas=lambda level: flowdb_areas(self._database, level)
        )

    def close(self) -> None:
        """Let go of the connection."""
        self._database.close()


def _completed(mapping: FileMapping, database: PostgreSQL) -> FileMapping:
    layouts = {sort: _layout(sort, database.columns((SCHEMA, sort.value))) for sort in EventType}
    return replace(
        mapping,
        boundaries={level: ".".join(table) for level, table in area_tables(database).items()},
        code="{level}pcod",
        name="{level}name",
        events={sort: layout for sort, layout in layouts.items() if layout is not None},
    )


def _layout(sort: EventType, known: Mapping[str, str]) -> EventFiles | None:
    if not known:
        return None
    wanted = {**FIELDS, **({"amount": AMOUNTS[sort]} if sort in AMOUNTS else {})}
    return EventFiles(
        files=f"{SCHEMA}.{sort}",
        table=(SCHEMA, sort.value),
        columns={ours: theirs for ours, theirs in wanted.items() if theirs in known or ours in NEEDED},
        outgoing=("true",),
        incoming=("false",),
        time_format=NATIVE,
        factors={"duration": MINUTE_S} if sort is EventType.CALLS else {},
    )
