"""Whether two questions read almost the same records: compared by whose records they are, never by what was answered.

A question reads parts: what came to one event type and day at once, late rows a part of their own. What one reads and
another does not is the parts of one of them only, and the people in these are those whom a difference of the answers
is about.
"""

import threading
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
from safeconduct.query.frame import Frame
from safeconduct.store.records import Records, StoredPart
from safeconduct.store.seen import Bits, SeenPeople, bits_of

MOST_BYTES = 1 << 27
MOST_PAIRS = 1_000_000
NOBODY: Bits = np.empty(0, np.uint64)
Parts = Mapping[str, tuple[str, ...]]
"""Digests of the parts of every partition, by `TYPE/DAY`."""


@dataclass(frozen=True)
class Asked:
    """A frame on the data it was asked of.

    Attributes:
        frame: Which records it is about.
        parts: The parts it read.
    """

    frame: Frame
    parts: Parts = field(hash=False)

    @cached_property
    def id(self) -> str:
        """SHA-256 of the parts: what reads the same is the same."""
        return digest(sorted(self.read))

    @cached_property
    def read(self) -> frozenset[str]:
        """Digests of all parts."""
        return frozenset(part for parts in self.parts.values() for part in parts)


class Remembered:
    """What was read and compared before in this process, for one data set; bounded, and forgotten whole when full."""

    def __init__(self) -> None:
        self.bits: dict[str, Bits] = {}
        self.people: dict[str, int] = {}
        self.pairs: dict[tuple[str, str, int], bool] = {}
        self.asked: list[Asked] = []
        self.declared: tuple[object, Sequence[Asked]] = (None, ())
        self.lock = threading.Lock()
        self._bytes = 0

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Remembered()"

    def keep(self, part: str, bits: Bits) -> Bits:
        """Keep the bits of a part."""
        if self._bytes + bits.nbytes > MOST_BYTES:
            self.bits.clear()
            self._bytes = 0
        self.bits[part] = bits
        self.people[part] = int(np.bitwise_count(bits).sum())
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

    def asked(self, frame: Frame) -> Asked:
        """A frame on the parts it would read now."""
        there = self._parts
        return Asked(frame, {name: there[name] for name in frame.partitions() if name in there})

    @cached_property
    def _parts(self) -> Parts:
        return self.records.part_digests()

    def lacking(self, frames: Iterable[Asked]) -> dict[str, str]:
        """Partition of every part that must be read before these frames can be compared, by the part's digest."""
        return {
            part: name
            for asked in map(self._as_they_are, frames)
            for name, parts in asked.parts.items()
            for part in parts
            if self._bits(part) is None
        }

    def prepare(self, lacking: Mapping[str, str]) -> None:
        """Read whose records are in these parts; those that are not of the version in force are left out.

        Raises:
            BrokenPromise: The records could not be read.
        """
        if not lacking:
            return
        with opened(self.records, spill=self.spill, memory_mb=self.memory_mb, threads=self.threads) as relations:  # noqa: SIM117 - the guard needs the connection
            with guarded(relations.connection):
                for name in sorted(set(lacking.values())):
                    for part in self._there(name):
                        if part.digest in lacking:
                            self._keep(part, _read(relations, part))

    def _keep(self, part: StoredPart, bits: Bits) -> None:
        """Keep whose records a file holds, unless an erasure destroyed it while it was read."""
        self.seen.put(part.digest, self.known.keep(part.digest, bits))
        if not part.path.exists():
            self.seen.destroy([part.digest])

    def _there(self, name: str) -> list[StoredPart]:
        kind, _, day = name.partition("/")
        return self.records.events([date.fromisoformat(day)], [EventType(kind)])

    def close(self, mine: Sequence[Asked], others: Sequence[Asked], *, minimum: int) -> list[Asked]:
        """Those of `others` that read almost the same as one of mine.

        What only one of the two reads is of at least one person and of fewer than `minimum`. Frames without a day in
        common are not compared. A part whose bits are not there may be of few people, and counts as if it were.
        """
        now = [self._as_they_are(one) for one in mine]
        return [
            other
            for other, then in ((one, self._as_they_are(one)) for one in others)
            if any(self._meet_closely(one, then, minimum) for one in now)
        ]

    def _as_they_are(self, asked: Asked) -> Asked:
        """A frame by what its parts have become: of a part that was corrected, what stayed and what was taken away."""
        if asked.read.isdisjoint(self._split):
            return asked
        return Asked(asked.frame, {name: self.records.expanded(found) for name, found in asked.parts.items()})

    @cached_property
    def _split(self) -> frozenset[str]:
        return self.records.split

    def _meet_closely(self, one: Asked, other: Asked, minimum: int) -> bool:
        if one.id == other.id or not one.frame.meets(other.frame):
            return False
        first, second = sorted((one.id, other.id))
        key = (first, second, minimum)
        if key not in self.known.pairs:
            if len(self.known.pairs) >= MOST_PAIRS:
                self.known.pairs.clear()
            self.known.pairs[key] = self._few(one.read ^ other.read, minimum)
        return self.known.pairs[key]

    def _few(self, parts: frozenset[str], minimum: int) -> bool:
        """Whether the records in these parts are of somebody, and of fewer than `minimum` people, or may be."""
        bits = [found for part in sorted(parts) if (found := self._bits(part)) is not None]
        if any(self.known.people[part] >= minimum for part in parts if part in self.known.people):
            return False
        return len(bits) < len(parts) or 0 < int(np.bitwise_count(reduce(_either, bits, NOBODY)).sum()) < minimum

    def _bits(self, part: str) -> Bits | None:
        if part in self.known.bits:
            return self.known.bits[part]
        found = self.seen.get(part)
        return None if found is None else self.known.keep(part, found)


def _read(relations: StoredRelations, part: StoredPart) -> Bits:
    """Whose records are in a part."""
    query = selected(relations.part(part), "rows", column("person")).distinct()
    found = relations.connection.execute(query.sql(dialect="duckdb")).fetchnumpy()
    return bits_of(np.asarray(found["person"], dtype=np.int64))


def _either(first: Bits, second: Bits) -> Bits:
    length = max(len(first), len(second))
    one, other = (np.pad(bits, (0, length - len(bits))) for bits in (first, second))
    return one | other
