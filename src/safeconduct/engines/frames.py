"""Whether two questions are about almost the same people: compared by who was seen, never by what was answered."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property, reduce
from pathlib import Path

import numpy as np

from safeconduct.engines.guard import guarded
from safeconduct.engines.relations import column, selected
from safeconduct.engines.stored import StoredRelations, opened
from safeconduct.model.areas import EventType
from safeconduct.model.canonical import digest
from safeconduct.query.frame import Frame, Seen
from safeconduct.store.records import Records
from safeconduct.store.seen import Bits, SeenPeople, bits_of

MOST_BYTES = 1 << 27
MOST_PAIRS = 1_000_000
NOBODY: Bits = np.empty(0, np.uint64)


@dataclass(frozen=True)
class Asked:
    """A frame on the data it was asked of.

    Attributes:
        frame: Who it is about.
        versions: Version of every partition it reads, by `TYPE/DAY`.
    """

    frame: Frame
    versions: Mapping[str, str] = field(hash=False)

    @cached_property
    def id(self) -> str:
        """SHA-256 of both."""
        return digest({"frame": self.frame.to_json(), "versions": dict(self.versions)})


class Remembered:
    """What was read and compared before in this process, for one data set; bounded, and forgotten whole when full."""

    def __init__(self) -> None:
        self.bits: dict[str, Bits] = {}
        self.pairs: dict[tuple[str, str, int], bool] = {}
        self.asked: list[Asked] = []
        self._bytes = 0

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Remembered()"

    def keep(self, name: str, bits: Bits) -> Bits:
        """Keep the bits of a partition or a frame."""
        if self._bytes + bits.nbytes > MOST_BYTES:
            self.bits.clear()
            self._bytes = 0
        self.bits[name] = bits
        self._bytes += bits.nbytes
        return bits


@dataclass(frozen=True, kw_only=True, repr=False)
class Comparing:
    """Compares frames of one data set at the version in force.

    Attributes:
        records: That version.
        seen: Where the bits are kept.
        spill: Folder for encrypted spill.
        memory_mb: Most memory, megabytes.
        threads: Threads to use.
        known: What was read and compared before.
    """

    records: Records
    seen: SeenPeople
    spill: Path
    memory_mb: int
    threads: int
    known: Remembered = field(default_factory=Remembered)

    def lacking(self, frames: Iterable[Asked]) -> dict[str, str]:
        """Version of every partition whose records must be read before these frames can be compared, by name."""
        versions = {name: version for asked in frames for name, version in asked.versions.items()}
        return {name: version for name, version in versions.items() if self._bits(version) is None}

    def prepare(self, lacking: Mapping[str, str]) -> None:
        """Read who was seen in these partitions; those that are not of the version in force are left out.

        Raises:
            BrokenPromise: The records could not be read.
        """
        there = {name: version for name, version in lacking.items() if self._now(name) == version}
        if not there:
            return
        with opened(self.records, spill=self.spill, memory_mb=self.memory_mb, threads=self.threads) as relations:  # noqa: SIM117 - the guard needs the connection
            with guarded(relations.connection):
                for name, version in there.items():
                    self.seen.put(version, self.known.keep(version, _read(relations, name)))

    def close(self, mine: Sequence[Asked], others: Sequence[Asked], *, minimum: int) -> list[Asked]:
        """Those of `others` that speak of almost the same people as one of mine: 1 to `minimum - 1` people differ.

        Frames without a day in common are not compared. Where the bits of an older version are gone, those in force
        stand for them.
        """
        return [other for other in others if any(self._meet_closely(one, other, minimum) for one in mine)]

    def _meet_closely(self, one: Asked, other: Asked, minimum: int) -> bool:
        if not one.frame.meets(other.frame):
            return False
        first, second = sorted((one.id, other.id))
        key = (first, second, minimum)
        if key not in self.known.pairs:
            if len(self.known.pairs) >= MOST_PAIRS:
                self.known.pairs.clear()
            self.known.pairs[key] = 0 < _apart(self.people(one), self.people(other)) < minimum
        return self.known.pairs[key]

    def people(self, asked: Asked) -> Bits:
        """Who a frame is about."""
        if asked.id in self.known.bits:
            return self.known.bits[asked.id]
        groups = [self._group(one, asked.versions) for one in asked.frame.seen]
        return self.known.keep(asked.id, reduce(_both if asked.frame.all_of else _either, groups))

    def _group(self, seen: Seen, versions: Mapping[str, str]) -> Bits:
        names = (f"{kind}/{day.isoformat()}" for day in sorted(seen.days) for kind in sorted(seen.events))
        return reduce(_either, (self._there(name, versions[name]) for name in names if name in versions), NOBODY)

    def _there(self, name: str, version: str) -> Bits:
        found = self._bits(version)
        found = self._bits(self._now(name)) if found is None else found
        return NOBODY if found is None else found

    def _now(self, name: str) -> str:
        kind, _, day = name.partition("/")
        return self.records.versions([date.fromisoformat(day)], [EventType(kind)]).get(name, "")

    def _bits(self, version: str) -> Bits | None:
        if version in self.known.bits:
            return self.known.bits[version]
        found = self.seen.get(version) if version else None
        return None if found is None else self.known.keep(version, found)


def _read(relations: StoredRelations, name: str) -> Bits:
    """Who is in a partition at all."""
    kind, _, day = name.partition("/")
    rows = relations.rollups([date.fromisoformat(day)], [EventType(kind)])
    query = selected(rows, "rows", column("person")).distinct()
    found = relations.connection.execute(query.sql(dialect="duckdb")).fetchnumpy()
    return bits_of(np.asarray(found["person"], dtype=np.int64))


def _alike(first: Bits, second: Bits) -> tuple[Bits, Bits]:
    """Both, as long as the longer one."""
    length = max(len(first), len(second))
    return np.pad(first, (0, length - len(first))), np.pad(second, (0, length - len(second)))


def _either(first: Bits, second: Bits) -> Bits:
    one, other = _alike(first, second)
    return one | other


def _both(first: Bits, second: Bits) -> Bits:
    one, other = _alike(first, second)
    return one & other


def _apart(first: Bits, second: Bits) -> int:
    """How many people are in one of two groups only."""
    one, other = _alike(first, second)
    return int(np.bitwise_count(one ^ other).sum())
