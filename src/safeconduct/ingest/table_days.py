"""Days of a database's tables: each taken in whole, once it is over and no longer changes."""

import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from safeconduct.ingest.adapter import Chunk
from safeconduct.ingest.clock import FIRST_YEAR
from safeconduct.ingest.database import ContentDigest, Database, chunk_of
from safeconduct.ingest.files import consistent
from safeconduct.ingest.moments import Moments, Window, moments_of
from safeconduct.ingest.source import Offer, Piece
from safeconduct.model.areas import EventType
from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.event_files import EventFiles
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import say


@dataclass(kw_only=True, repr=False, eq=False)
class TableDay(Piece):
    """A local day of one table.

    Its rows are read twice, for their digest and for themselves; if something else is read the second time, the day
    is left out.

    Attributes:
        day: Which one.
        seen: Number of rows and latest time at the first look.
        seen_at: When that was, on a clock that only goes forward.
    """

    type: EventType
    layout: EventFiles
    number: int
    day: date
    seen: tuple[object, ...]
    seen_at: float
    database: Database
    moments: Moments
    offer: Offer
    _digest: str = field(default="")

    @property
    def name(self) -> str:
        """Its type and day."""
        return f"{self.type}/{self.day}"

    def ready(self) -> bool:
        """Whether as many rows as at the first look are there, with the same latest time; waits as long as declared."""
        left = self.seen_at + self.offer.mapping.source.steady_s - time.monotonic()
        if left > 0 and self.offer.reach.stop.wait(left):
            return False
        self.database.begin()
        statement = self.database.statements.mark(self.layout, self.moments.day(self.day))
        return self.database.one(self.layout, statement) == self.seen

    def mark(self) -> object:
        """Nothing: what is read twice is compared."""
        return None

    def digest(self) -> str:
        """A digest of the day's rows in any order."""
        content = self._content()
        for window in self._windows():
            for rows in self.database.rows(self.layout, self.database.statements.rows(self.layout, window)):
                content.add(rows.table)
        self._digest = content.hexdigest()
        return self._digest

    def chunks(self) -> Iterator[Chunk]:
        """The day's rows."""
        content = self._content()
        for window in self._windows():
            for rows in self.database.rows(self.layout, self.database.statements.rows(self.layout, window)):
                content.add(rows.table)
                yield chunk_of(rows, self.layout, self.moments)
        if content.hexdigest() != self._digest:
            raise Unreadable(
                say("rows of {table} changed while they were being read; run it again", table=self.layout.files)
            )

    def _content(self) -> ContentDigest:
        return ContentDigest(self.offer.digest_key, self.name)

    def _windows(self) -> Iterator[Window]:
        return iter([self.moments.day(self.day)]) if self.database.streams else self.moments.hours(self.day)


def days_of(database: Database, mapping: FileMapping, offer: Offer) -> list[TableDay]:
    """The days a mapping's tables have that are over and were not taken in long ago, by type and day.

    Raises:
        BadMapping: A table or column is not there, may not be read, or its times cannot be compared.
        Unreadable: The database does not answer.
    """
    if not mapping.layouts:
        raise BadInput(say("there is no table of events; say which there are under [events]"), field="events")
    found: list[TableDay] = []
    for sort, layout in mapping.layouts:
        consistent(layout, mapping.stamps)
        database.begin()
        (example,) = database.one(layout, database.statements.example(layout))
        if example is not None:
            moments = moments_of(mapping, layout, example)
            found += [
                piece
                for piece in _days(database, sort, layout, moments, offer)
                if _is_recent(piece.day, offer) or not offer.reach.taken(piece.name)
            ]
    return found


def _days(
    database: Database, sort: EventType, layout: EventFiles, moments: Moments, offer: Offer
) -> Iterator[TableDay]:
    """Days with rows, going from one to the next that has any."""
    day, last = offer.mapping.source.first_day or date(FIRST_YEAR, 1, 1), _last_settled(offer)
    number = 0
    while day <= last:
        (least,) = database.one(layout, database.statements.least(layout, moments.day(day, last)))
        if least is None:
            return
        day, number = max(day, moments.day_of(least)), number + 1
        seen = database.one(layout, database.statements.mark(layout, moments.day(day)))
        yield TableDay(
            type=sort, layout=layout, number=number, day=day, seen=seen, seen_at=time.monotonic(), database=database,
            moments=moments, offer=offer,
        )  # fmt: skip
        day += timedelta(days=1)


def _last_settled(offer: Offer) -> date:
    """The last local day whose end is long enough ago."""
    zone = ZoneInfo(offer.mapping.zone)
    return (offer.reach.now - timedelta(hours=offer.mapping.source.settle_hours)).astimezone(zone).date() - timedelta(1)


def _is_recent(day: date, offer: Offer) -> bool:
    end = datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(offer.mapping.zone)) + timedelta(days=1)
    return end + timedelta(days=offer.mapping.source.again_days) >= offer.reach.now.astimezone(UTC)
