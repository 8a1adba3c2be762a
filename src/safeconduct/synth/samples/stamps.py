"""Time stamps as an operator writes them, made a minute at a time."""

import re
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safeconduct.model.mapping import FileMapping, Stamps

Whole = NDArray[np.int64]
QUARTER = 900
SECONDS = "\x01"
# What these directives stand for in the C locale, in which Python and DuckDB read them.
SHORT = {"%c": "%a %b %d %H:%M:%S %Y", "%X": "%H:%M:%S", "%x": "%m/%d/%y", "%f": "000000"}


def written(seconds: Whole, *, day: date, offsets: Whole, form: str, zone: tzinfo) -> pa.Array:
    """Local seconds of a day, less each row's offset from what is written, as texts in a `strftime` form."""
    stamps, row = np.unique(seconds - offsets, return_inverse=True)
    minutes = {int(one): _minute(day, int(one), form, zone) for one in np.unique(stamps // 60)}
    texts = [f"{stamp % 60:02d}".join(minutes[stamp // 60]) for stamp in stamps.tolist()]
    return pa.array(texts, pa.string()).take(pa.array(row))


def _minute(day: date, minute: int, form: str, zone: tzinfo) -> list[str]:
    """The text of a minute, cut where its seconds stand."""
    stamp = datetime(day.year, day.month, day.day, tzinfo=zone) + timedelta(minutes=minute)
    parts = re.findall(r"%.|[^%]+|%", form)
    longer = re.findall(r"%.|[^%]+|%", "".join(SHORT.get(part, part) for part in parts))
    return stamp.strftime("".join(SECONDS if part == "%S" else part for part in longer)).split(SECONDS)


def offsets_of(layout: FileMapping, day: date, zones: tuple[str, ...]) -> Whole:
    """Seconds that local time is ahead of what is written, by zone and quarter of an hour of the day."""
    quarters = 86_400 // QUARTER
    if layout.stamps is Stamps.LOCAL:
        return np.zeros((len(zones), quarters), np.int64)
    start = datetime(day.year, day.month, day.day, tzinfo=UTC)
    return np.array(
        [[_ahead(start + timedelta(seconds=QUARTER * one), zone) for one in range(quarters)] for zone in zones]
    )


def _ahead(wall: datetime, zone: str) -> int:
    ahead = wall.replace(tzinfo=ZoneInfo(zone)).utcoffset()
    return int(ahead.total_seconds()) if ahead else 0
