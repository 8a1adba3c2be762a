"""Exact intervals where every cell stands in at most two sums: trees, tables with both margins, margins that are trees.

Such a table is a network: a sum is a node, a cell is a pipe from one sum to the other, and its value is what flows
through it. What a cell can become is a question of how much can flow back around it: a maximum flow. Most cells are
settled at once, since what can flow from here to a hub and from the hub to there can flow from here to there.

References:
    Cox (1995), Network models for complementary cell suppression, doi:10.1080/01621459.1995.10476642.
"""

from collections import defaultdict
from collections.abc import Container, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safeconduct.protect.polytopes import Polytope
from safeconduct.protect.sums import Range, Sum

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Whole = NDArray[np.int64]
WIDEST = 2**28
"""More than this through one pipe is left to linear programming, which counts further."""

HUBS = 4
"""Nodes tried as hubs, those with most flow."""

MOST_NODES = 2_000
ALL: Mapping[int, int] = MappingProxyType({})


def network(sums: Sequence[Sum], cells: Sequence[int], known: Range) -> "Flow | None":
    """The network of these sums and open cells, or `None` where they are none."""
    places = _places(sums, cells)
    sides = _sides(len(sums), places)
    if sides is None or len(sums) > MOST_NODES or len(cells) < 1:
        return None
    table = Polytope(sums, cells, known)
    here = table.two_points()
    widest = max([here.sum(), *table.high[np.isfinite(table.high)]])
    return Flow(_pipes(places, sides, len(sums)), here, table) if widest < WIDEST else None


def _places(sums: Sequence[Sum], cells: Sequence[int]) -> list[list[tuple[int, int]]]:
    """For each cell the sums it stands in: 1 as a part, −1 as the whole."""
    at = {cell: place for place, cell in enumerate(cells)}
    places: list[list[tuple[int, int]]] = [[] for _ in cells]
    for number, one in enumerate(sums):
        for cell, sign in ((one.whole, -1), *((part, 1) for part in one.parts)):
            if cell in at:
                places[at[cell]].append((number, sign))
    return places


def _sides(count: int, places: Sequence[Sequence[tuple[int, int]]]) -> list[int] | None:
    """A sign for each sum so that every cell flows out of one and into another; `None` where there is none."""
    beside: dict[int, list[tuple[int, int]]] = defaultdict(list)
    for place in places:
        if len(place) > 2:  # noqa: PLR2004 - a pipe has two ends
            return None
        if len(place) == 2:  # noqa: PLR2004 - a pipe has two ends
            (one, sign), (other, its) = place
            beside[one].append((other, -sign * its))
            beside[other].append((one, -sign * its))
    sides = [0] * count
    for start in range(count):
        if not sides[start] and not _painted(start, sides, beside):
            return None
    return sides


def _painted(start: int, sides: list[int], beside: Mapping[int, Sequence[tuple[int, int]]]) -> bool:
    sides[start] = 1
    waiting = [start]
    while waiting:
        now = waiting.pop()
        for other, same in beside.get(now, ()):
            if not sides[other]:
                sides[other] = sides[now] * same
                waiting.append(other)
            elif sides[other] != sides[now] * same:
                return False
    return True


def _pipes(places: Sequence[Sequence[tuple[int, int]]], sides: Sequence[int], ground: int) -> tuple[Whole, Whole]:
    """Where each pipe begins and ends; a cell that stands in one sum only has its other end in the ground."""
    begins, ends = [], []
    for place in places:
        out = [number for number, sign in place if sign * sides[number] > 0]
        into = [number for number, sign in place if sign * sides[number] < 0]
        begins.append(out[0] if out else ground)
        ends.append(into[0] if into else ground)
    return np.array(begins, dtype=np.int64), np.array(ends, dtype=np.int64)


class Flow:
    """What can flow, from one solution on.

    Attributes:
        begins: Node each pipe begins at.
        ends_at: Node each pipe ends at.
        here: A solution, by pipe.
        goal: How far it is of interest whether each pipe's flow can rise.
    """

    def __init__(self, pipes: tuple[Whole, Whole], here: Whole, table: Polytope) -> None:
        self.begins, self.ends_at = pipes
        self.here, self.cells = here, table.cells
        self.low, high = table.low.astype(np.int64), table.high
        self.seen_low, self.seen_high = table.seen()
        self.bounded = np.isfinite(high)
        self.limit = int(here.sum() + high[self.bounded].sum()) + 1
        self.high = np.where(self.bounded, high, here + min(self.limit, WIDEST)).astype(np.int64)
        self.goal = self.high
        self.nodes = int(max(self.begins.max(), self.ends_at.max())) + 1

    def ends(self, told: Container[int] = (), enough: Mapping[int, int] = ALL) -> dict[int, tuple[float, float]]:
        """Smallest and largest value of every cell; infinite where nothing bounds it.

        Args:
            told: Cells left out, since nobody wants to know.
            enough: Cells of which it is enough to know whether they can be as large as this.
        """
        wanted = np.array([cell not in told for cell in self.cells])
        goals = np.array([enough.get(cell, WIDEST) for cell in self.cells])
        self.goal = np.minimum(self.high, np.maximum(goals, self.here))
        room = self._room()
        graph = _graph(room, self.nodes)
        low, high = self.low.copy(), self.goal.copy()
        for at in np.flatnonzero(wanted & (self.seen_low > self.low)):
            low[at] = self.here[at] - self._back(graph, int(at), rising=False)
        for at in np.flatnonzero(~self._settled(room, wanted)):
            high[at] = self.here[at] + self._back(graph, int(at), rising=True)
        free = ~self.bounded & (high >= self.high)
        return {
            self.cells[at]: (float(low[at]), float("inf") if free[at] else float(high[at]))
            for at in np.flatnonzero(wanted).tolist()
        }

    def _room(self) -> NDArray[np.int64]:
        """How much more can flow between two nodes: along pipes that have room, back along those that flow."""
        room = np.zeros((self.nodes, self.nodes), dtype=np.int64)
        np.add.at(room, (self.begins, self.ends_at), self.high - self.here)
        np.add.at(room, (self.ends_at, self.begins), self.here - self.low)
        return np.minimum(room, WIDEST)

    def _settled(self, room: Whole, wanted: NDArray[np.bool_]) -> NDArray[np.bool_]:
        """Cells that can rise to what is not excluded: enough flows from their end to a hub, on, and to their start.

        What flows back through the cell itself counts too, so that enough is its whole range.
        """
        need, settled = np.minimum(self.goal - self.low, WIDEST), (self.goal <= self.seen_high) | ~wanted
        graph = _graph(room, self.nodes)
        for first in self._busiest(self.ends_at):
            out = _two_steps(room, first)
            for last in self._busiest(self.begins):
                settled |= self._through(graph, (first, last), out, _two_steps(room.T, last)) >= need
        left = np.flatnonzero(~settled)
        if len(left) > self.nodes // HUBS:
            settled |= self._by_one_hub(graph, left) >= need
        return settled

    def _by_one_hub(self, graph: "csr_array", left: Whole) -> Whole:
        """What can flow by the busiest hubs, to the last person, for cells that short ways did not settle."""
        first, last = self._busiest(self.ends_at)[0], self._busiest(self.begins)[0]
        out, into = np.zeros(self.nodes, dtype=np.int64), np.zeros(self.nodes, dtype=np.int64)
        for node in np.unique(self.ends_at[left]):
            out[node] = _most(graph, int(node), first, self.nodes)
        for node in np.unique(self.begins[left]):
            into[node] = _most(graph, last, int(node), self.nodes)
        return self._through(graph, (first, last), out, into)

    def _through(self, graph: "csr_array", hubs: tuple[int, int], out: Whole, into: Whole) -> Whole:
        """What can flow for certain from the end of each cell to its start, by these hubs."""
        between = _most(graph, *hubs, self.nodes)
        return np.minimum(np.minimum(out[self.ends_at], into[self.begins]), between)

    def _busiest(self, side: Whole) -> list[int]:
        """Nodes that most flows into, or out of."""
        through = np.bincount(side, weights=self.here, minlength=self.nodes)
        return [int(node) for node in np.argsort(-through, kind="stable")[:HUBS]]

    def _back(self, graph: "csr_array", at: int, *, rising: bool) -> int:
        """How much can flow around a cell, not through it, against it (it rises) or along it (it falls)."""
        begin, end = int(self.begins[at]), int(self.ends_at[at])
        most = int(self.goal[at] - self.here[at] if rising else self.here[at] - self.low[at])
        if begin == end:
            return most
        own = {(begin, end): self.high[at] - self.here[at], (end, begin): self.here[at] - self.low[at]}
        before = {pipe: graph[pipe] for pipe in own}
        for pipe, room in own.items():
            _set(graph, pipe, max(0, int(before[pipe] - room)))
        source, sink = (end, begin) if rising else (begin, end)
        found = _most(graph, source, sink, self.nodes, most)
        for pipe, room in before.items():
            _set(graph, pipe, int(room))
        return found


def _two_steps(room: NDArray[np.int64], hub: int) -> Whole:
    """What can flow from each node to a hub directly and by one node between; endless from the hub itself."""
    found: Whole = room[:, hub] + np.minimum(room, room[:, hub][None, :]).sum(axis=1)
    found[hub] = WIDEST
    return found


def _graph(room: NDArray[np.int64], nodes: int) -> "csr_array":
    """The network with one node more, from which a pipe as wide as is asked leads to any node."""
    from scipy.sparse import coo_array, csr_array  # noqa: PLC0415 - slow to load, and most commands never solve anything

    begins, ends = np.nonzero(room | room.T)
    every = np.arange(nodes)
    rows = np.concatenate([begins, np.full(nodes, nodes), every])
    columns = np.concatenate([ends, every, np.full(nodes, nodes)])
    data = np.concatenate([room[begins, ends], np.zeros(2 * nodes, dtype=np.int64)]).astype(np.int32)
    graph = csr_array(coo_array((data, (rows, columns)), shape=(nodes + 1, nodes + 1)))
    graph.sort_indices()
    return graph


def _set(graph: "csr_array", pipe: tuple[int, int], room: int) -> None:
    first, last = graph.indptr[pipe[0]], graph.indptr[pipe[0] + 1]
    at = first + int(np.searchsorted(graph.indices[first:last], pipe[1]))
    if at < last and graph.indices[at] == pipe[1]:
        graph.data[at] = room


def _most(graph: "csr_array", source: int, sink: int, extra: int, most: int = WIDEST) -> int:
    """The most that can flow from one node to another, up to `most`."""
    from scipy.sparse.csgraph import maximum_flow  # noqa: PLC0415 - slow to load, and most commands never solve anything

    if source == sink:
        return most
    _set(graph, (extra, source), min(most, WIDEST))
    found = int(maximum_flow(graph, extra, sink).flow_value)
    _set(graph, (extra, source), 0)
    return found
