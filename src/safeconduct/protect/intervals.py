"""What an attacker knows of each withheld cell: the smallest and largest whole number it may be.

The attacker knows every told cell to within the noise, that some cells are sums of others, and that no cell is below 0.
Each sum narrows its cells in turn; where sums hang together like a tree, that is exact. Where they cross, as in a table
with both margins, narrowing only says what is impossible, and `networks` and `polytopes` find what is possible.
"""

import math
from collections.abc import Mapping, Sequence
from types import MappingProxyType

from safeconduct.protect.networks import ALL, network
from safeconduct.protect.polytopes import Polytope
from safeconduct.protect.sums import Range, Sum, crossing, narrow

Interval = tuple[int, int | None]
"""Smallest and largest; the largest is `None` where nothing bounds it."""

NO_LIMITS: Mapping[int, int | None] = MappingProxyType({})


def bounds(
    sums: Sequence[Sum],
    told: Mapping[int, int],
    *,
    noise: int = 0,
    most: Mapping[int, int | None] = NO_LIMITS,
    enough: Mapping[int, int] = ALL,
) -> dict[int, Interval]:
    """Smallest and largest value of every cell that is not told, as far as the sums give it away.

    Exact for trees, and for tables of two ways with margins. Where cells stand in more sums than that, or there are
    more than 2,000 sums, and very many cells are open, an interval may come out too narrow, never too wide.

    Args:
        sums: Which cells are sums of which. A cell that is in none is known by nothing.
        told: What is told, by cell.
        noise: How far a told figure may be from the true one, 0 or more.
        most: What a cell cannot be more than, where that is known.
        enough: Of these cells it is enough to know whether they can be as large as this: the largest value may come
            out smaller than it is, but not below this.

    Example:
        >>> bounds([Sum(whole=0, parts=(1, 2, 3))], {0: 100, 1: 60})
        {2: (0, 40), 3: (0, 40)}
        >>> bounds([Sum(whole=0, parts=(1, 2))], {0: 100, 1: 60}, noise=5)
        {2: (30, 50)}
    """
    known = at_first(sums, told, noise=noise, most=most)
    narrow(sums, known)
    for inside, cells in crossing(sums, known):
        flow = network(inside, cells, known)
        found = Polytope(inside, cells, known).ends() if flow is None else flow.ends(told, enough)
        for cell, (least, largest) in found.items():
            known.low[cell], known.high[cell] = least, largest
    return {cell: (int(least), _whole(known.high[cell])) for cell, least in known.low.items() if cell not in told}


def at_first(
    sums: Sequence[Sum], told: Mapping[int, int], *, noise: int = 0, most: Mapping[int, int | None] = NO_LIMITS
) -> Range:
    """What is known of each cell before any sum is looked at."""
    known = Range(low={}, high={})
    for cell in dict.fromkeys([*(cell for one in sums for cell in one.cells), *most]):
        limit = most.get(cell)
        known.low[cell] = max(0, told[cell] - noise) if cell in told else 0
        known.high[cell] = told[cell] + noise if cell in told else (math.inf if limit is None else limit)
    return known


def _whole(value: float) -> int | None:
    return None if math.isinf(value) else int(value)
