"""Local days of a table: what its time column is compared with, however the times are told."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import Enum
from itertools import pairwise
from typing import assert_never
from zoneinfo import ZoneInfo

from safeconduct.model.errors import BadMapping, Unreadable
from safeconduct.model.event_files import EPOCHS, NATIVE, EventFiles
from safeconduct.model.mapping import FileMapping, Stamps
from safeconduct.model.text import say

HOUR = timedelta(hours=1)
MS = 1000
_SORTED = re.compile(r"%Y([-/.]?)%m\1%d([ T]?%H(:?)%M(\3%S(\.%f)?)?)?Z?")


class Told(Enum):
    """How the times of a column are told: as moments, as the clock on a wall, counted, or written."""

    ZONED = "zoned"
    PLAIN = "plain"
    SECONDS = "seconds"
    MILLISECONDS = "milliseconds"
    WRITTEN = "written"


@dataclass(frozen=True)
class Window:
    """A stretch of time on a column's own scale.

    Attributes:
        since: Its first moment.
        before: The first moment after it.
    """

    since: object
    before: object


@dataclass(frozen=True)
class Moments:
    """The scale of one time column.

    Attributes:
        told: How its times are told.
        zone: The zone of the local day.
        utc: Whether times without a zone are UTC rather than local.
        form: `strptime` format, where they are written.
    """

    told: Told
    zone: ZoneInfo
    utc: bool
    form: str = ""

    def at(self, local: datetime) -> object:
        """A moment of the wall clock, as the column tells it; a clock that skips or repeats it goes as before."""
        moment = local.replace(tzinfo=self.zone).astimezone(UTC)
        plain = moment.replace(tzinfo=None) if self.utc else local
        match self.told:
            case Told.ZONED:
                return moment
            case Told.PLAIN:
                return plain
            case Told.SECONDS:
                return int(moment.timestamp())
            case Told.MILLISECONDS:
                return int(moment.timestamp()) * MS
            case Told.WRITTEN:
                return plain.strftime(self.form)
            case _:
                assert_never(self.told)

    def day(self, first: date, last: date | None = None) -> Window:
        """A local day, or some days, both ends included."""
        end = (last or first) + timedelta(days=1)
        return Window(self.at(_midnight(first)), self.at(_midnight(end)))

    def hours(self, day: date) -> Iterator[Window]:
        """A local day in pieces of about an hour; whole where times are written without hours."""
        if self.told is Told.WRITTEN and "%H" not in self.form:
            yield self.day(day)
            return
        begin, end = _midnight(day), _midnight(day + timedelta(days=1))
        edges = [begin + HOUR * number for number in range(24)]
        bounds = sorted({self.at(edge) for edge in edges} | {self.at(end)}, key=_order)
        for since, before in pairwise(bounds):
            yield Window(since, before)

    def day_of(self, found: object) -> date:
        """The local day of a time the column holds.

        Raises:
            Unreadable: It is told in another way than the others.
        """
        try:
            return self._local(found).date()
        except (ValueError, TypeError, OverflowError, OSError):
            raise Unreadable(
                say("a time in the table is not told as the mapping's time_format says; correct one of the two")
            ) from None

    def _local(self, found: object) -> datetime:
        match self.told, found:
            case Told.ZONED | Told.PLAIN, datetime():
                stamp = found
            case Told.SECONDS, int() | float():
                stamp = datetime.fromtimestamp(found, UTC)
            case Told.MILLISECONDS, int() | float():
                stamp = datetime.fromtimestamp(found / MS, UTC)
            case Told.WRITTEN, str():
                stamp = datetime.strptime(found, self.form)  # noqa: DTZ007 - the mapping says which zone it is told in
            case _:
                raise TypeError
        if stamp.tzinfo is None and self.utc:
            stamp = stamp.replace(tzinfo=UTC)
        return stamp if stamp.tzinfo is None else stamp.astimezone(self.zone)


def moments_of(mapping: FileMapping, layout: EventFiles, example: object) -> Moments:
    """The scale of a layout's time column.

    Args:
        mapping: Says the zone, and whether times without one are UTC.
        layout: Says how times are told.
        example: A time of the column; decides where the column's own type tells.

    Raises:
        BadMapping: The mapping does not say how times are told, or in a way that does not sort.
    """
    zone, utc, form = ZoneInfo(mapping.zone), mapping.stamps is Stamps.UTC, layout.time_format
    if isinstance(example, datetime):
        return Moments(Told.PLAIN if example.tzinfo is None else Told.ZONED, zone, utc)
    if form in EPOCHS:
        return Moments(Told.SECONDS if form == EPOCHS[0] else Told.MILLISECONDS, zone, utc=True)
    if form == NATIVE or not _SORTED.fullmatch(form):
        raise BadMapping(
            say(
                "the times of {table} are of no type for times; say time_format = 'epoch_s', 'epoch_ms', or how they "
                "are written, from year to second, such as '%Y-%m-%d %H:%M:%S'",
                table=layout.files,
            ),
            field="time_format",
        )
    return Moments(Told.WRITTEN, zone, utc, form)


def _midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day)  # noqa: DTZ001 - the clock on a wall


def _order(bound: object) -> float | str:
    return bound if isinstance(bound, str) else bound.timestamp() if isinstance(bound, datetime) else float(str(bound))
