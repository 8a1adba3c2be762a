"""Intervals by linear programming, where cells stand in any number of sums."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from safeconduct.model.errors import Unsafe
from safeconduct.model.text import say
from safeconduct.protect.sums import Range, Sum, constants

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult
    from scipy.sparse import csr_array

Real = NDArray[np.float64]
Whole = NDArray[np.int64]
MOST_PROGRAMS = 4_000
"""Programs solved for one table; beyond, what was found possible so far is told."""

NEAR = 1e-6
"""How near a solution of floating-point numbers is to the whole number it stands for."""


def matrix(sums: Sequence[Sum], cells: Sequence[int]) -> "csr_array":
    """A row a sum, a column a cell: 1 for a part, −1 for the whole."""
    from scipy.sparse import coo_array, csr_array  # noqa: PLC0415 - slow to load, and most commands never solve anything

    at = {cell: place for place, cell in enumerate(cells)}
    found = [
        (row, at[cell], sign)
        for row, one in enumerate(sums)
        for cell, sign in ((one.whole, -1), *((part, 1) for part in one.parts))
        if cell in at
    ]
    rows, columns, signs = zip(*found, strict=True)
    return csr_array(coo_array((np.array(signs, dtype=float), (rows, columns)), shape=(len(sums), len(cells))))


class Polytope:
    """Everything that open cells may be together.

    Attributes:
        cells: The open cells.
    """

    def __init__(self, sums: Sequence[Sum], cells: Sequence[int], known: Range) -> None:
        at = {cell: place for place, cell in enumerate(cells)}
        self.cells = cells
        self.sums, self.comes_to = matrix(sums, cells), np.array(constants(sums, at, known), dtype=float)
        self.low = np.array([known.low[cell] for cell in cells], dtype=float)
        self.high = np.array([known.high[cell] for cell in cells], dtype=float)
        self.seen_low, self.seen_high = np.full(len(cells), np.inf), np.full(len(cells), -np.inf)

    def solved(self, costs: Real) -> "OptimizeResult[Any]":
        """The cheapest solution; endless cells stay where they are.

        Raises:
            Unsafe: There is none: the figures contradict each other.
        """
        from scipy.optimize import linprog  # noqa: PLC0415 - slow to load, and most commands never solve anything

        limits = list(zip(self.low.tolist(), self.high.tolist(), strict=True))
        found: OptimizeResult[Any] = linprog(  # type: ignore[call-overload]  # scipy takes sparse matrices too
            costs, A_eq=self.sums, b_eq=self.comes_to, bounds=limits, method="highs"
        )
        if found.status == 2:  # noqa: PLR2004 - what scipy says of programs without a solution
            raise Unsafe(say("figures that are sums of others do not add up; nothing is released"))
        if found.x is not None:
            self.seen_low = np.minimum(self.seen_low, found.x)
            self.seen_high = np.maximum(self.seen_high, found.x)
        return found

    def two_points(self) -> Whole:
        """One solution in whole numbers; another was seen that is as far from it as can be.

        Only for networks, whose corners are whole numbers.

        Raises:
            Unsafe: There is none: the figures contradict each other.
        """
        here: Real = np.rint(self.solved(np.zeros(len(self.cells))).x)
        self.solved(np.where(here > self.low, 1.0, 0.0))
        return np.asarray(here, dtype=np.int64)

    def seen(self) -> tuple[Whole, Whole]:
        """Smallest and largest value of each cell in any solution seen."""
        return np.ceil(self.seen_low - NEAR).astype(np.int64), np.floor(self.seen_high + NEAR).astype(np.int64)

    def ends(self) -> dict[int, tuple[float, float]]:
        """Smallest and largest value of every cell; a solution for one cell often settles others."""
        self.solved(np.zeros(len(self.cells)))
        for at in range(min(len(self.cells), MOST_PROGRAMS // 2)):
            if self.seen_low[at] > self.low[at] + NEAR:
                self._reach(at, 1)
            if self.seen_high[at] < self.high[at] - NEAR:
                self._reach(at, -1)
        least, most = np.ceil(self.seen_low - NEAR), np.floor(self.seen_high + NEAR)
        return {cell: (float(least[at]), float(most[at])) for at, cell in enumerate(self.cells)}

    def _reach(self, at: int, way: int) -> None:
        """Find the smallest (1) or largest (−1) value of a cell."""
        costs = np.zeros(len(self.cells))
        costs[at] = way
        found = self.solved(costs)
        if found.x is None:  # nothing bounds it
            self.seen_high[at] = np.inf
        elif way > 0:
            self.low[at] = max(self.low[at], np.ceil(found.x[at] - NEAR))
        else:
            self.high[at] = min(self.high[at], np.floor(found.x[at] + NEAR))
