"""Targets of whom everything is known but one fact: whether they did one sort of thing on one day."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safeconduct.attack.slices import slices_of
from safeconduct.attack.truth import Truth

Whole: TypeAlias = NDArray[np.int64]
NOBODY = -1


@dataclass(frozen=True, eq=False, repr=False)
class Hidden:
    """Targets, each a person on a day, and events that they made or did not make.

    Attributes:
        without: What each did that day besides, as if each were a person by themselves, numbered from 0.
        with_them: The same with the events in question.
        facts: 1 where they made them, 0 where somebody else did and they did not.
        day: Numbers of the days, from 0.
        kind: Which slice of events it is about, its place in the names of slices.
    """

    without: Truth
    with_them: Truth
    facts: Whole
    day: Whole
    kind: Whole


@dataclass(frozen=True, eq=False, repr=False)
class Days:
    """Everybody's events by day and person.

    Attributes:
        truth: Of what.
        rows: The events in order.
        start: Where the rows of each person and day begin, and where the last ends.
        person: Who, of each person and day.
        day: When, from 0.
        types: Slices they made events in, a column each: types of events, or parts of the day.
        area: Where they were last, as a number.
    """

    truth: Truth
    rows: pa.Table
    start: Whole
    person: Whole
    day: Whole
    types: NDArray[np.bool_]
    area: Whole

    @classmethod
    def of(cls, truth: Truth) -> "Days":
        """What a truth says of each person and day."""
        order = [("day", "ascending"), ("person", "ascending"), ("second", "ascending")]
        rows = truth.located().sort_by(order)
        day, person = _numbers(rows["day"].cast(pa.int32())), _numbers(rows["person"])
        changed = (np.diff(day) != 0) | (np.diff(person) != 0)
        start = np.concatenate([[0], np.flatnonzero(changed) + 1, [len(day)]]) if len(day) else np.zeros(1, np.int64)
        slices = slices_of(truth.types)
        kinds, areas = slices.of(rows), _coded(rows["admin3"])
        types = np.zeros((len(start) - 1, len(slices.names)), dtype=bool)
        types[np.repeat(np.arange(len(start) - 1), np.diff(start)), kinds] = True
        first = start[:-1]
        return cls(truth, rows, start, person[first], day[first] - day.min(initial=0), types, areas[start[1:] - 1])

    def drawn(self, most: int, rng: np.random.Generator) -> Hidden:
        """Targets in pairs: somebody who made events of a type, and somebody who made none.

        Both did the same types of things that day but for that, and were last in the same area, or were not seen at
        all but for that; so that only answers tell them apart. Of both the attacker wonders whether they made those
        events.

        Args:
            most: Targets at most.
            rng: Chooses.
        """
        pairs = self._pairs(most // 2, rng)
        makers, others, kind = np.array(pairs, dtype=np.int64).reshape(-1, 3).T
        owners, donors = np.concatenate([makers, others]), np.concatenate([makers, makers])
        both = np.concatenate([kind, kind])
        facts = np.repeat([1, 0], len(makers))
        kinds = slices_of(self.truth.types).of(self.rows)
        own = [self._events(one, kinds, kind=at, of_kind=False) for one, at in zip(owners, both, strict=True)]
        given = [self._events(one, kinds, kind=at, of_kind=True) for one, at in zip(donors, both, strict=True)]
        with_them = [np.concatenate(one) for one in zip(own, given, strict=True)]
        return Hidden(self._world(own), self._world(with_them), facts, self.day[donors], both)

    def _pairs(self, most: int, rng: np.random.Generator) -> list[tuple[int, int, int]]:
        """A maker, somebody who did the same but for that, `NOBODY` where that is nothing, and the type of event."""
        every = self.types.shape[1]
        bits = self.types @ (1 << np.arange(every))
        groups: dict[tuple[int, int, int], list[int]] = {}
        for at in rng.permutation(len(bits)).tolist():
            groups.setdefault((int(self.day[at]), int(self.area[at]), int(bits[at])), []).append(at)
        found: list[tuple[int, int, int]] = []
        for (day, area, types), makers in groups.items():
            for kind in range(every):
                rest = types ^ 1 << kind
                others = groups.get((day, area, rest), []) if rest else [NOBODY] * len(makers)
                if types & 1 << kind:
                    found += [(maker, other, kind) for maker, other in zip(makers, others, strict=False)]
        return [found[at] for at in rng.permutation(len(found))[:most]]

    def _events(self, at: int, kinds: Whole, *, kind: int, of_kind: bool) -> Whole:
        rows = np.empty(0, np.int64) if at == NOBODY else np.arange(self.start[at], self.start[at + 1])
        return np.asarray(rows[(kinds[rows] == kind) == of_kind], dtype=np.int64)

    def _world(self, rows: Sequence[Whole]) -> Truth:
        """The events of each target, numbered from 0."""
        sizes = [len(one) for one in rows]
        person = pa.array(np.repeat(np.arange(len(rows)), sizes).astype(np.int32))
        events = self.rows.take(np.concatenate([np.empty(0, np.int64), *rows]))
        at = events.schema.get_field_index("person")
        return Truth(events.set_column(at, "person", person), self.truth.parents)


def _numbers(column: pa.ChunkedArray) -> Whole:
    return np.asarray(column.to_numpy(), dtype=np.int64)


def _coded(column: pa.ChunkedArray) -> Whole:
    """Any numbers for words."""
    return _numbers(column.combine_chunks().dictionary_encode().indices)
