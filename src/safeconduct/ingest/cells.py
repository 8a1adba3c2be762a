"""Which version of a cell an event is on: decided once, by the cell's name and the moment."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from safeconduct.ingest.clock import FIRST_YEAR, LAST_YEAR, Clock
from safeconduct.model.areas import AreaLevel
from safeconduct.model.geography import Geography
from safeconduct.model.mapping import FileMapping, Stamps

NOWHERE = -1
ALWAYS = 1 << 36
SPAN = ALWAYS << 2
Numbers = npt.NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class Placed:
    """Where events were, row by row.

    Attributes:
        cell: Dense code of the cell's version, `NOWHERE` where none was in service.
        local: Seconds of the cell's wall clock since 1970; means nothing where the cell is nowhere.
    """

    cell: Numbers
    local: Numbers

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Placed()"


class Cells:
    """The versions of every cell, ready for look-up on the scale that the files' stamps are told in.

    A version serves from its first local midnight to the midnight after its last day. Where versions of one cell would
    overlap on that scale (a cell that moved to a zone further east), the later one begins when the earlier ends, so
    that no event is on two.

    Args:
        cells: Columns as in `store.places.CELLS`; their validity does not overlap.
        geography: The areas they stand in.
        mapping: The zones, and whether stamps are local.
    """

    def __init__(self, cells: pa.Table, geography: Geography, mapping: FileMapping) -> None:
        utc = mapping.stamps is Stamps.UTC
        zones = sorted({mapping.zone, *mapping.zones.values()}) if utc else [""]
        self._clocks = [Clock(zone) for zone in zones]
        provinces = [area.code for area in geography.at(AreaLevel.PROVINCE)]
        self._names: dict[str, int] = {}
        found = []
        for row in cells.to_pylist():
            zone = _zone(row, provinces, mapping) if utc else ""
            name = self._names.setdefault(row["id"], len(self._names))
            clock = zones.index(zone)
            found.append((name, *_serves(row, self._clocks[clock]), row["code"], clock))
        found.sort()
        columns = np.array(found, np.int64).reshape(-1, 5).T
        self._key, self._until = columns[0] * SPAN + columns[1], columns[0] * SPAN + columns[2]
        self._key[1:] = np.maximum(self._key[1:], self._until[:-1])
        self._key = np.maximum.accumulate(self._key)
        self._code, self._clock = columns[3], columns[4]

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Cells()"

    def at(self, names: pa.ChunkedArray, stamps: Numbers) -> Placed:
        """Where events with these cells and stamps were.

        Args:
            names: Cell of each event, as in the file.
            stamps: Seconds since 1970 on the files' scale.
        """
        encoded = names.combine_chunks().dictionary_encode()
        known = np.array([self._names.get(name.strip(), NOWHERE) for name in encoded.dictionary.to_pylist()], np.int64)
        name = known[encoded.indices.to_numpy()] if len(known) else np.empty(0, np.int64)
        key = name * SPAN + stamps
        version = np.searchsorted(self._key, key, side="right") - 1
        served = (name >= 0) & (version >= 0)
        served[served] = key[served] < self._until[version[served]]
        cell, local = np.full(len(name), NOWHERE, np.int64), stamps.copy()
        cell[served] = self._code[version[served]]
        for number, clock in enumerate(self._clocks):
            here = np.flatnonzero(served)[self._clock[version[served]] == number]
            local[here] = clock.local(stamps[here])
        return Placed(cell, local)


def _zone(row: Mapping[str, int | None], provinces: list[str], mapping: FileMapping) -> str:
    province = row[f"area_{AreaLevel.PROVINCE}"]
    return mapping.zone if province is None else mapping.zones.get(provinces[province], mapping.zone)


def _serves(row: Mapping[str, date], clock: Clock) -> tuple[int, int]:
    """From when, until before when; a version without an end serves as long as stamps may last."""
    first, last = row["first"], row["last"]
    start = clock.midnight(first) if first.year >= FIRST_YEAR else 0
    if last.year >= LAST_YEAR:
        return start, ALWAYS
    return start, clock.midnight(last + timedelta(days=1)) if last.year >= FIRST_YEAR else start
