"""Stamps to local days and seconds.

Local stamps are the clock on the wall: both passes of the hour that repeats count, and a stamp in the hour that is
skipped is kept as written. UTC stamps are moved to the wall clock of the zone the cell stands in, so the two passes of
a repeated hour fall on one another there too.
"""

from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

DAY_S = 86_400
FIRST_YEAR, LAST_YEAR = 1980, 2200
EPOCH_DAY = date(1970, 1, 1)
Seconds = npt.NDArray[np.int64]


class Clock:
    """A zone's offsets from UTC, looked up for many stamps at once.

    Args:
        zone: IANA name; `""` leaves stamps as they are.
    """

    def __init__(self, zone: str) -> None:
        self._zone = ZoneInfo(zone) if zone else None
        steps = _steps(self._zone) if self._zone else [(0, 0)]
        self._from: Seconds = np.array([at for at, _ in steps], np.int64)
        self._offset: Seconds = np.array([offset for _, offset in steps], np.int64)

    def local(self, stamps: Seconds) -> Seconds:
        """Seconds of the wall clock since 1970, from seconds since 1970 in UTC."""
        if len(self._from) == 1:
            return np.add(stamps, self._offset[:1])
        at = np.maximum(np.searchsorted(self._from, stamps, side="right") - 1, 0)
        return stamps + self._offset[at]

    def midnight(self, day: date) -> int:
        """When a local day begins, on the stamps' own scale."""
        if self._zone is None:
            return (day - EPOCH_DAY).days * DAY_S
        return int(datetime(day.year, day.month, day.day, tzinfo=self._zone).timestamp())


def day_of(number: int) -> date:
    """A day from its number since 1970."""
    return EPOCH_DAY + timedelta(days=number)


def _steps(zone: ZoneInfo) -> Sequence[tuple[int, int]]:
    """Every change of the offset within the years that stamps may lie in, as (from second, offset).

    Looks once a day and then halves: no zone has changed its offset twice within a day since 1980.
    """
    begin = int(datetime(FIRST_YEAR - 1, 1, 1, tzinfo=UTC).timestamp())
    end = int(datetime(LAST_YEAR + 1, 1, 1, tzinfo=UTC).timestamp())
    steps = [(begin, _offset(zone, begin))]
    for at in range(begin, end, DAY_S):
        after = _offset(zone, at + DAY_S)
        if after != steps[-1][1]:
            steps.append((_change(zone, at, at + DAY_S), after))
    return steps


def _change(zone: ZoneInfo, early: int, late: int) -> int:
    before = _offset(zone, early)
    while late - early > 1:
        middle = (early + late) // 2
        early, late = (middle, late) if _offset(zone, middle) == before else (early, middle)
    return late


def _offset(zone: ZoneInfo, at: int) -> int:
    shift = datetime.fromtimestamp(at, zone).utcoffset()
    return int(shift.total_seconds()) if shift is not None else 0
