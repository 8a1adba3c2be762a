"""The cheapest cells to withhold in a small table, to the optimum: a whole-number program that grows by cuts.

The attacker's question, how far a cell can go up or down, is a linear program. Where the answer is too near, its dual
says which told cells hold the cell in place, and that becomes a condition for the next choice.

References:
    Fischetti, Salazar (2001), Solving the cell suppression problem, doi:10.1287/mnsc.47.7.1008.9805.
"""

from collections.abc import Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeconduct.model.errors import Unsafe
from safeconduct.model.text import say
from safeconduct.protect.polytopes import matrix
from safeconduct.protect.protection import Protection
from safeconduct.protect.sums import Sum

Real = NDArray[np.float64]
SMALL = 80
"""Cells of a table that is solved to the optimum."""

MOST_ROUNDS = 60
MOST_NODES = 2_000
NEAR = 1e-6


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """A table to be protected, cells by place.

    Attributes:
        sums: A row a sum, 1 for a part, −1 for the whole.
        values: What was counted.
        hidden: Withheld already.
        free: Places that may be withheld, in the order in which ties are broken.
        spared: Places of which nothing is asked.
        goal: What must stay possible.
    """

    sums: Real
    values: Real
    hidden: NDArray[np.bool_]
    free: NDArray[np.int64]
    spared: NDArray[np.bool_]
    goal: Protection


def cheapest(
    sums: Sequence[Sum],
    values: Mapping[int, int],
    *,
    hidden: AbstractSet[int],
    free: Sequence[int],
    spared: AbstractSet[int],
    goal: Protection,
) -> frozenset[int] | None:
    """The cheapest of `free` to withhold beside `hidden`; `None` where the search was given up.

    Args:
        sums: Which cells are sums of which.
        values: What was counted, by cell.
        hidden: Withheld already.
        free: Cells that may be withheld; ties are broken in this order.
        spared: Cells of which nothing is asked, since nothing protects them.
        goal: What must stay possible.
    """
    cells = list(dict.fromkeys(cell for one in sums for cell in one.cells))
    at = {cell: place for place, cell in enumerate(cells)}
    piece = Piece(
        sums=matrix(sums, cells).toarray(),
        values=np.array([values[cell] for cell in cells], dtype=float),
        hidden=np.array([cell in hidden for cell in cells]),
        free=np.array([at[cell] for cell in free], dtype=np.int64),
        spared=np.array([cell in spared for cell in cells]),
        goal=goal,
    )
    chosen = _solved(piece)
    return None if chosen is None else frozenset(cell for cell, one in zip(free, chosen, strict=True) if one)


def _solved(piece: Piece) -> NDArray[np.bool_] | None:
    count = len(piece.free)
    prices = piece.values[piece.free] * (count + 1) + 1 + np.arange(count) / (10 * count**2)
    rows: list[Real] = []
    least: list[float] = []
    for _ in range(MOST_ROUNDS):
        chosen = _choice(prices, rows, least)
        if chosen is None:
            return None
        cuts = list(_cuts(piece, chosen))
        if not cuts:
            return chosen
        rows += [row for row, _ in cuts]
        least += [bound for _, bound in cuts]
    return None


def _choice(prices: Real, rows: Sequence[Real], least: Sequence[float]) -> NDArray[np.bool_] | None:
    from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to load, and most commands never solve anything

    if not rows:
        return np.zeros(len(prices), dtype=bool)
    found = milp(
        prices,
        integrality=np.ones(len(prices), dtype=np.int64),
        bounds=Bounds(0, 1),
        constraints=LinearConstraint(np.stack(rows), np.array(least)),
        options={"node_limit": MOST_NODES, "mip_rel_gap": 0.0},
    )
    return np.rint(found.x).astype(bool) if found.success else None


def _cuts(piece: Piece, chosen: NDArray[np.bool_]) -> Iterator[tuple[Real, float]]:
    """Conditions that this choice does not meet."""
    attacker = _Attacker(piece, chosen)
    picked = dict(zip(piece.free.tolist(), range(len(piece.free)), strict=True))
    for cell in np.flatnonzero(attacker.hidden & ~piece.spared):
        for ways, need in attacker.asked(int(cell)):
            row, bound = attacker.cut(int(cell), ways, need)
            if row is not None and cell in picked:
                row[picked[int(cell)]] -= bound
                bound = 0.0
            if row is not None:
                yield row, bound


class _Attacker:
    """Somebody who knows all that is told under a choice, and how far cells can go from what was counted."""

    def __init__(self, piece: Piece, chosen: NDArray[np.bool_]) -> None:
        self.piece, values, noise = piece, piece.values, piece.goal.noise
        self.hidden = piece.hidden.copy()
        self.hidden[piece.free[chosen]] = True
        self.told_down, self.told_up = np.minimum(values, noise), np.full(len(values), float(noise))
        self.most = float(values.sum() + noise * len(values) + piece.goal.minimum)
        self.down = np.where(self.hidden, values, self.told_down)
        self.up = np.where(self.hidden, self.most, self.told_up)
        self.seen_up, self.seen_down = np.zeros(len(values)), np.zeros(len(values))

    def asked(self, cell: int) -> Iterator[tuple[tuple[int, ...], float]]:
        """Ways a cell must be able to go, and how far in all, where that was not seen yet."""
        value, minimum = self.piece.values[cell], self.piece.goal.minimum
        if value >= minimum:
            if self.seen_up[cell] + self.seen_down[cell] < minimum - 1 - NEAR:
                yield (1, -1), minimum - 1
            return
        if self.seen_up[cell] < minimum - 1 - value - NEAR:
            yield (1,), minimum - 1 - value
        if self.seen_down[cell] < value - NEAR:
            yield (-1,), value

    def cut(self, cell: int, ways: tuple[int, ...], need: float) -> tuple[Real | None, float]:
        """What a choice must meet for the cell to go as far as it needs; `None` where it can now."""
        rising, falling, reached = np.zeros(len(self.up)), np.zeros(len(self.up)), 0.0
        for way in ways:
            far, up, down = self._far(cell, way)
            reached, rising, falling = reached + far, rising + up, falling + down
        if reached >= need - NEAR:
            return None, 0.0
        piece = self.piece
        told = rising * np.where(piece.hidden, self.most, self.told_up)
        told += falling * np.where(piece.hidden, piece.values, self.told_down)
        bound = need - float(told.sum())
        gains = rising * (self.most - self.told_up) + falling * (piece.values - self.told_down)
        return np.minimum(gains[piece.free], bound), bound

    def _far(self, cell: int, way: int) -> tuple[float, Real, Real]:
        """How far a cell can go up (1) or down (−1), and what each limit above and below is worth to that."""
        from scipy.optimize import linprog  # noqa: PLC0415 - slow to load, and most commands never solve anything

        costs = np.zeros(len(self.up))
        costs[cell] = -way
        found = linprog(
            costs,
            A_eq=self.piece.sums,
            b_eq=np.zeros(len(self.piece.sums)),
            bounds=list(zip((-self.down).tolist(), self.up.tolist(), strict=True)),
            method="highs",
        )
        if found.x is None or found.fun is None:
            raise Unsafe(say("it cannot be checked what withheld figures could be; nothing is released"))
        self.seen_up = np.maximum(self.seen_up, found.x)
        self.seen_down = np.maximum(self.seen_down, -found.x)
        return -float(found.fun), np.maximum(-found.upper.marginals, 0), np.maximum(found.lower.marginals, 0)
