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
Flags = npt.NDArray[np.bool_]


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
        self._only = _alone(columns[0], len(self._names))

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Cells()"

    def at(self, names: pa.ChunkedArray, stamps: Numbers) -> Placed:
        """Where events with these cells and stamps were.

        Args:
            names: Cell of each event, as in the file.
            stamps: Seconds since 1970 on the files' scale.
        """
        if not len(self._key):
            return Placed(np.full(len(names), NOWHERE, np.int64), stamps)
        encoded = names.combine_chunks().dictionary_encode()
        known = np.array([self._names.get(name.strip(), NOWHERE) for name in encoded.dictionary.to_pylist()], np.int64)
        name = known[encoded.indices.to_numpy()] if len(known) else np.empty(0, np.int64)
        version, served = self._serving(name, stamps)
        cell = np.where(served, self._code[version], NOWHERE)
        return Placed(cell, self._local(version, stamps))

    def _serving(self, name: Numbers, stamps: Numbers) -> tuple[Numbers, Flags]:
        """Which version of its cell each event would be on, and whether it was in service."""
        key = name * SPAN + stamps
        version = self._only[name]
        several = np.flatnonzero(version < 0)
        version[several] = np.maximum(np.searchsorted(self._key, key[several], side="right") - 1, 0)
        return version, (name >= 0) & (key >= self._key[version]) & (key < self._until[version])

    def _local(self, version: Numbers, stamps: Numbers) -> Numbers:
        if len(self._clocks) == 1:
            return self._clocks[0].local(stamps)
        local, clocks = stamps.copy(), self._clock[version]
        for number, clock in enumerate(self._clocks):
            here = clocks == number
            local[here] = clock.local(stamps[here])
        return local


def _alone(names: Numbers, several: int) -> Numbers:
    """The place of each name's version where it has one, -1 where it has several, for names sorted; and one -1 more."""
    only = np.full(several + 1, -1, np.int64)
    only[names] = np.arange(len(names))
    only[:-1][np.bincount(names, minlength=several) > 1] = -1
    return only


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
