"""What a day's events can be cut into by questions: what an attacker wonders whether somebody did."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations
from typing import TypedDict

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safeconduct.attack.specs import ALL
from safeconduct.model.areas import SIGHTED, EventType

Span = tuple[int, int]
AN_HOUR, A_DAY = 3600, 24


class Cut(TypedDict):
    """The part of a question that says which events it is about."""

    events: tuple[str, ...]
    hours: Span | None


@dataclass(frozen=True)
class Slices:
    """Events of a day in parts, each of which can be asked about by itself and left out.

    Phone records are cut by type of event. Sightings have one type, so nothing can be cut there by type: they are cut
    into the day and the night, which every level of protection lets pass. An event is in exactly one slice.

    Attributes:
        names: The slices, in an order that never changes.
        word: What they are, for people.
        types: Every type of events that the data set has.
        hours: When each slice is, for slices of the day; empty for types. They make up the day, and are two.

    Example:
        >>> PARTS.cut(frozenset({"night"}))
        {'events': ('sightings',), 'hours': (18, 6)}
    """

    names: tuple[str, ...]
    word: str
    types: tuple[str, ...]
    hours: Mapping[str, Span] = field(default_factory=dict, hash=False)

    @property
    def whole(self) -> frozenset[str]:
        """All of them."""
        return frozenset(self.names)

    @property
    def sets(self) -> list[frozenset[str]]:
        """Every set of them that can be asked about, the larger first."""
        return [frozenset(some) for size in range(len(self.names), 0, -1) for some in combinations(self.names, size)]

    @property
    def single(self) -> list[frozenset[str]]:
        """Each by itself."""
        return [frozenset({name}) for name in self.names]

    @property
    def without(self) -> list[frozenset[str]]:
        """All but one, in the order of the one that is left out."""
        return [self.whole - {name} for name in self.names]

    def cut(self, some: Iterable[str]) -> Cut:
        """What a question about some of them says; types are sorted, as questions write them."""
        chosen = frozenset(some)
        if not self.hours:
            return Cut(events=tuple(sorted(chosen)), hours=None)
        hours = None if chosen == self.whole else self.hours[min(chosen)]
        return Cut(events=self.types, hours=hours)

    def of(self, rows: pa.Table) -> NDArray[np.int64]:
        """Which slice each located event is in, as its place in `names`."""
        if self.hours:
            return self._by_hour(rows["second"].to_numpy() // AN_HOUR)
        encoded = rows["type"].combine_chunks().dictionary_encode()
        codes = np.array([*(self.names.index(word) for word in encoded.dictionary.to_pylist()), 0], np.int64)
        return np.asarray(codes[encoded.indices.to_numpy().astype(np.int64)])

    def _by_hour(self, hour: NDArray[np.int64]) -> NDArray[np.int64]:
        at = np.zeros(A_DAY, np.int64)
        for place, name in enumerate(self.names):
            at[_hours(*self.hours[name])] = place
        return at[hour]


def _hours(start: int, end: int) -> Sequence[int]:
    """Hours of a window that may go past midnight."""
    return [hour % A_DAY for hour in range(start, end if start < end else end + A_DAY)]


TYPES = Slices(ALL, "event types", ALL)
PARTS = Slices(
    ("day", "night"), "parts of the day", tuple(map(str, sorted(SIGHTED))), {"day": (6, 18), "night": (18, 6)}
)


def slices_of(types: Iterable[str]) -> Slices:
    """How events of a data set that has these types can be cut.

    Example:
        >>> slices_of(["sightings"]).word
        'parts of the day'
    """
    return PARTS if frozenset(map(EventType, types)) == SIGHTED else TYPES
