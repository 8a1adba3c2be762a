"""What numbers stay possible where figures are tied to each other: narrowing first, then linear programs.

A tie is a row of cells with signs and what it may come to. Rows that hang together like a tree are settled by narrowing
alone; where they cross, HiGHS looks for the smallest and largest number of a cell, in whole numbers where few cells
hang together. `protect.intervals` does the same for one table of sums; this takes any rows, since figures of people
who may be counted in several cells are no sums. Measures and protections do not import each other's solvers: what
checks a protection must not share its mistakes.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from safeconduct.measures.codes import Real, Whole
from safeconduct.model.errors import Cancelled
from safeconduct.model.text import say

if TYPE_CHECKING:
    from scipy.optimize import OptimizeResult
    from scipy.sparse import csr_array

Flags = NDArray[np.bool_]
MOST_ROUNDS = 200
MOST_IN_WHOLE_NUMBERS = 300
"""Cells that hang together up to which whole numbers are asked of the solver; beyond, fractions are let pass."""
MOST_PROGRAMS = 1_500
SECONDS = 2.0
GAINED, AT_LEAST_PUSHED = 4, 3
"""Pushing many cells at once goes on while it settles more than so many, and is tried so often at least."""
NEAR = 1e-6
INFEASIBLE = 2


class ContradictionError(Exception):
    """Facts cannot all be true; never leaves the room."""


@dataclass(frozen=True, eq=False, repr=False)
class Rows:
    """Ties between cells, one entry a cell of a row.

    Attributes:
        row: Which row an entry is of, from 0, in order.
        cell: Which cell.
        sign: 1 or −1.
        least: What each row comes to at least.
        most: And at most; infinite where nothing bounds it.
    """

    row: Whole
    cell: Whole
    sign: Real
    least: Real
    most: Real

    @classmethod
    def of(cls, rows: Sequence[tuple[Sequence[tuple[int, int]], float, float]]) -> "Rows":
        """Rows from their entries (cell and sign), least and most."""
        entries = [(at, cell, sign) for at, (parts, _, _) in enumerate(rows) for cell, sign in parts]
        at, cells, signs = zip(*entries, strict=True) if entries else ((), (), ())
        ends = np.array([(least, most) for _, least, most in rows], dtype=np.float64).reshape(-1, 2)
        return cls(
            np.array(at, dtype=np.int64), np.array(cells, dtype=np.int64), np.array(signs, dtype=np.float64),
            ends[:, 0], ends[:, 1],
        )  # fmt: skip

    def kept(self, mask: Flags) -> "Rows":
        """Only these rows, renumbered."""
        entries, places = mask[self.row], np.cumsum(mask) - 1
        return Rows(places[self.row[entries]], self.cell[entries], self.sign[entries],
                    self.least[mask], self.most[mask])  # fmt: skip


@dataclass(frozen=True, eq=False, repr=False)
class Box:
    """What each cell may be.

    Attributes:
        low: The least.
        high: The most.
        sure: No more can be found out: both can be reached.
    """

    low: Real
    high: Real
    sure: Flags


def narrowed(rows: Rows, cells: int) -> Box:
    """What each cell may be as far as every row alone says, taken in turn until none says more.

    Raises:
        ContradictionError: The rows cannot all hold.
    """
    low, high = np.zeros(cells), np.full(cells, np.inf)
    news = True
    for _ in range(MOST_ROUNDS):
        before = low.copy(), high.copy()
        _tighten(rows, low, high)
        if (low > high).any():
            raise ContradictionError
        news = not (np.array_equal(before[0], low) and np.array_equal(before[1], high))
        if not news:
            break
    return Box(low, high, np.full(cells, not news))


def _tighten(rows: Rows, low: Real, high: Real) -> None:
    """One round over all rows, in place."""
    up = rows.sign > 0
    least = np.where(up, low[rows.cell], -high[rows.cell])
    most = np.where(up, high[rows.cell], -low[rows.cell])
    others_least = _others(rows, least, -np.inf)
    others_most = _others(rows, most, np.inf)
    ceiling, floor = rows.most[rows.row] - others_least, rows.least[rows.row] - others_most
    np.minimum.at(high, rows.cell, np.where(up, ceiling, -floor))
    np.maximum.at(low, rows.cell, np.where(up, floor, -ceiling))


def _others(rows: Rows, values: Real, endless: float) -> Real:
    """What the other entries of each entry's row come to; `endless` where one of them has no end."""
    count = len(rows.least)
    open_ended = np.isinf(values)
    finite = np.where(open_ended, 0.0, values)
    sums = np.bincount(rows.row, weights=finite, minlength=count)
    ends = np.bincount(rows.row, weights=open_ended, minlength=count)
    left = ends[rows.row] - open_ended
    return np.where(left > 0, endless, sums[rows.row] - finite)


@dataclass(frozen=True, eq=False, repr=False)
class _Part:
    """Open cells that hang together through rows that cross.

    Attributes:
        cells: Which cells.
        sums: A row a tie, a column a cell.
        least: What each row comes to at least, without the cells that are settled.
        most: And at most.
    """

    cells: Whole
    sums: "csr_array"
    least: Real
    most: Real


def _parts(rows: Rows, box: Box) -> Iterator[_Part]:
    """The parts that narrowing does not settle."""
    from scipy.sparse import coo_array, csr_array  # noqa: PLC0415 - slow to load, and most commands never solve anything
    from scipy.sparse.csgraph import connected_components  # noqa: PLC0415 - likewise

    free = box.low < box.high
    inside = free[rows.cell]
    count, cells = len(rows.least), len(box.low)
    settled = np.bincount(rows.row[~inside], weights=(rows.sign * box.low[rows.cell])[~inside], minlength=count)
    width = np.bincount(rows.row[inside], minlength=count)
    several = inside & (width > 1)[rows.row]
    at, where = rows.row[several], rows.cell[several]
    links = coo_array((np.ones(len(at)), (at, count + where)), shape=(count + cells, count + cells))
    _, group = connected_components(links, directed=False)
    entries = np.bincount(group[at], minlength=1)
    touched, used = np.unique(at), np.unique(where)
    vertices = np.bincount(group[touched], minlength=len(entries)) + np.bincount(
        group[count + used], minlength=len(entries)
    )
    crossing = np.flatnonzero(entries >= np.maximum(vertices, 1)) if len(at) else ()
    whole = csr_array(coo_array((rows.sign[several], (at, where)), shape=(count, cells)))
    by_group = {int(one): (touched[group[touched] == one], used[group[count + used] == one]) for one in crossing}
    for ties, open_cells in by_group.values():
        comes = settled[ties]
        yield _Part(open_cells, whole[ties][:, open_cells], rows.least[ties] - comes, rows.most[ties] - comes)


@dataclass(eq=False, repr=False)
class Solver:
    """Finds what stays possible of cells; what it found of a part once it remembers.

    Attributes:
        cells: How many cells there are.
        minimum: As many numbers as must stay possible: beyond, nobody looks further.
        stopped: Whether somebody asked to stop.
        proven: Whether every answer so far is the last word; else some cells may be narrower than told.
    """

    cells: int
    minimum: int
    stopped: Callable[[], bool] = bool
    proven: bool = True
    _known: dict[bytes, tuple[Real, Real]] = field(default_factory=dict)
    _programs: int = 0

    def box(self, rows: Rows, wanted: Flags) -> Box:
        """What each wanted cell may be; exact wherever fewer than `minimum` numbers are possible.

        Raises:
            ContradictionError: The rows cannot all hold.
            Cancelled: Somebody asked to stop.
        """
        box, self._programs = narrowed(rows, self.cells), 0
        self.proven = self.proven and bool(box.sure.all())
        for part in _parts(rows, box):
            low, high = self._solved(part, box, wanted)
            box.low[part.cells], box.high[part.cells] = low, high
        return box

    def _solved(self, part: _Part, box: Box, wanted: Flags) -> tuple[Real, Real]:
        asked = wanted[part.cells]
        low, high = box.low[part.cells], box.high[part.cells]
        shape = (part.cells, part.sums.indices, part.sums.indptr, part.sums.data, part.least, part.most, low, high)
        key = b"".join(np.ascontiguousarray(one).tobytes() for one in (*shape, asked))
        if key not in self._known:
            self._known[key] = self._searched(_Search(part, low.copy(), high.copy()), asked)
        return self._known[key]

    def _searched(self, search: "_Search", asked: Flags) -> tuple[Real, Real]:
        """Solve until every asked cell is settled or has `minimum` numbers for certain."""
        self._at_once(search, asked)
        finite = np.isfinite(search.high)
        for at in np.flatnonzero(asked):
            for way in (1.0, -1.0):
                if search.room()[at] >= self.minimum or (way < 0 and not finite[at]):
                    break
                costs = np.zeros(len(asked))
                costs[at] = way
                self._run(search, costs)
        return search.low, search.high

    def _at_once(self, search: "_Search", asked: Flags) -> None:
        """Push all unsettled cells at once, each its own way, for as long as that settles several at a time."""
        rng = np.random.default_rng(len(asked))
        pushed, left = 0, len(asked)
        while pushed < AT_LEAST_PUSHED or left > GAINED + int(self._open(search, asked).sum()):
            left = int(self._open(search, asked).sum())
            if left < GAINED:
                return
            costs = np.where(self._open(search, asked), rng.choice([-1.0, 1.0], len(asked)), 0.0)
            self._run(search, np.where(np.isfinite(search.high), costs, np.maximum(costs, 0.0)))
            pushed += 1

    def _open(self, search: "_Search", asked: Flags) -> Flags:
        return asked & (search.room() < self.minimum)

    def _run(self, search: "_Search", costs: Real) -> None:
        if self.stopped():
            raise Cancelled(say("It was stopped; nothing was changed."))
        self._programs += 1
        if self._programs > MOST_PROGRAMS:
            self.proven = False
            return
        self.proven = search.run(costs) and self.proven


@dataclass(eq=False, repr=False)
class _Search:
    """One part being solved: what is ruled out, and what was seen to be possible."""

    part: _Part
    low: Real
    high: Real

    def __post_init__(self) -> None:
        self.seen_low, self.seen_high = np.full(len(self.low), np.inf), np.full(len(self.low), -np.inf)

    def room(self) -> Real:
        """How many whole numbers of each cell were seen to be possible, between the smallest and the largest."""
        seen = np.floor(self.seen_high + NEAR) - np.ceil(self.seen_low - NEAR) + 1
        return np.where(np.isinf(self.high), np.inf, np.where(np.isfinite(seen), np.maximum(seen, 0), 0.0))

    def run(self, costs: Real) -> bool:
        """The cheapest solution; what it costs is ruled out for a single cell. Whether it is the last word."""
        from scipy.optimize import Bounds, LinearConstraint, milp  # noqa: PLC0415 - slow to load, and most commands never solve anything

        few = len(self.low) <= MOST_IN_WHOLE_NUMBERS
        found: OptimizeResult[Any] = milp(
            costs, integrality=np.full(len(costs), int(few)), bounds=Bounds(self.low, self.high),
            constraints=LinearConstraint(self.part.sums, self.part.least, self.part.most),
            options={"time_limit": SECONDS},
        )  # fmt: skip
        if found.status == INFEASIBLE:
            raise ContradictionError
        if found.x is not None:
            self.seen_low, self.seen_high = np.minimum(self.seen_low, found.x), np.maximum(self.seen_high, found.x)
        bound = found.mip_dual_bound if few else found.fun
        if np.count_nonzero(costs) == 1 and bound is not None and np.isfinite(bound):
            self._rule_out(int(np.flatnonzero(costs)[0]), float(costs.sum()), float(bound))
        return bool(found.status == 0)

    def _rule_out(self, at: int, way: float, bound: float) -> None:
        if way > 0:
            self.low[at] = max(self.low[at], np.ceil(bound - NEAR))
        else:
            self.high[at] = min(self.high[at], np.floor(-bound + NEAR))
