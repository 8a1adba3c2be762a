"""Cells of which some are sums of others, and what each sum alone says of its cells."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

MOST_ROUNDS = 64
"""Rounds of narrowing; where sums cross, more would creep on by ones, and exact methods follow anyway."""


@dataclass(frozen=True, kw_only=True)
class Sum:
    """One cell is the sum of others: a province of its districts, a margin of its row.

    Attributes:
        whole: The cell that is the sum.
        parts: The cells it is the sum of, each once.
    """

    whole: int
    parts: tuple[int, ...]

    @property
    def cells(self) -> tuple[int, ...]:
        """The whole, then the parts."""
        return (self.whole, *self.parts)


@dataclass(frozen=True, kw_only=True)
class Range:
    """What each cell may be, as far as is known by now; the two change while it is narrowed.

    Attributes:
        low: The least, by cell.
        high: The most, by cell; infinite where nothing bounds it.
    """

    low: dict[int, float]
    high: dict[int, float]

    def is_open(self, cell: int) -> bool:
        """Whether more than one number is left."""
        return self.low[cell] != self.high[cell]

    def tighten(self, cell: int, least: float, most: float) -> bool:
        """A cell is not outside these; whether that is news."""
        news = False
        if least > self.low[cell]:
            self.low[cell], news = least, True
        if most < self.high[cell]:
            self.high[cell], news = most, True
        return news


def narrow(sums: Sequence[Sum], known: Range) -> None:
    """Narrow what each cell may be until no sum says more; exact where sums hang together like a tree."""
    order = _parts_first(sums)
    for _ in range(MOST_ROUNDS):
        news = [_narrowed(one, known) for one in (*order, *reversed(order))]
        if not any(news):
            return


def _parts_first(sums: Sequence[Sum]) -> list[Sum]:
    """Sums of cells that are no sums themselves come first, then sums of those."""
    depth = {one.whole: 1 for one in sums}
    for _ in range(MOST_ROUNDS):
        deeper = {one.whole: 1 + max((depth.get(part, 0) for part in one.parts), default=0) for one in sums}
        if deeper == depth:
            break
        depth = deeper
    return sorted(sums, key=lambda one: depth[one.whole])


def _narrowed(one: Sum, known: Range) -> bool:
    """Narrow the cells of one sum; whether that is news."""
    low, high, parts = known.low, known.high, one.parts
    least = sum([low[part] for part in parts])
    endless = [part for part in parts if high[part] == math.inf]
    finite = sum([high[part] for part in parts if high[part] != math.inf])
    news = known.tighten(one.whole, least, math.inf if endless else finite)
    floor, room = low[one.whole], high[one.whole] - least
    if not endless:
        floor -= finite
        for part in parts:
            if floor + high[part] > low[part] or high[part] - low[part] > room:
                news |= known.tighten(part, floor + high[part], low[part] + room)
        return news
    for part in parts:
        others = finite if endless == [part] else math.inf
        news |= known.tighten(part, floor - others, low[part] + room)
    return news


def crossing(sums: Sequence[Sum], known: Range) -> Iterator[tuple[list[Sum], list[int]]]:
    """Where sums cross, so that narrowing is not exact: sums that hang together through open cells, and these."""
    for inside in hanging_together(sums, {cell for cell in known.low if known.is_open(cell)}):
        found = [[cell for cell in one.cells if known.is_open(cell)] for one in inside]
        cells = list(dict.fromkeys(cell for some in found for cell in some))
        if sum(map(len, found)) >= len(cells) + len(inside):
            yield inside, cells


def hanging_together(sums: Sequence[Sum], cells: set[int]) -> list[list[Sum]]:
    """Groups of sums that share some of these cells; sums with none of them are left out."""
    root = list(range(len(sums)))

    def top(at: int) -> int:
        while root[at] != at:
            root[at] = root[root[at]]
            at = root[at]
        return at

    first: dict[int, int] = {}
    touched = []
    for at, one in enumerate(sums):
        inside = [cell for cell in one.cells if cell in cells]
        touched.append(bool(inside))
        for cell in inside:
            root[top(at)] = top(first.setdefault(cell, at))
    groups: dict[int, list[Sum]] = {}
    for at, one in enumerate(sums):
        if touched[at]:
            groups.setdefault(top(at), []).append(one)
    return list(groups.values())


def constants(sums: Sequence[Sum], cells: Mapping[int, int], known: Range) -> list[float]:
    """What the open cells of each sum must come to: parts, less the whole where it is open."""
    return [
        (0 if one.whole in cells else known.low[one.whole])
        - sum(known.low[part] for part in one.parts if part not in cells)
        for one in sums
    ]
