"""Tables whose cells are told at several levels by several questions, protected as one.

An answer about districts is read beside answers about provinces and about everybody, and an answer about movements
beside the people who left and the people who came. Whoever protects the finer answer cannot see the coarser ones, but
knows what they hold, sums, and how they are protected: by this same way, from the coarsest level down. So every answer
comes to the same coarser levels, whoever asks first.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass

from safeconduct.protect.protection import Protection
from safeconduct.protect.secondary import choose
from safeconduct.protect.sums import Sum

Chain = tuple[str | None, ...]
"""Names of a place at every level, from coarse to fine."""

Node = tuple[Chain, Chain]
"""Where from and where to, each told as far down as the level goes; `()` is anywhere."""

EVERYBODY: Node = ((), ())
MOST_TOGETHER = 400
"""Pairs of a level that are protected from margins and coarser movements together; more, from one after the other."""


@dataclass(frozen=True, kw_only=True)
class Figure:
    """One cell of the finest level.

    Attributes:
        value: What was counted.
        people: How many people are behind it.
        withheld: It is withheld already.
    """

    value: int
    people: int
    withheld: bool


NOBODY = Figure(value=0, people=0, withheld=True)
Figures = Mapping[Node, Figure]


def along(figures: Mapping[Chain, Figure], goal: Protection) -> frozenset[Chain]:
    """Places to withhold beside those withheld, where everybody and every coarser level are told by other answers.

    Args:
        figures: Every place that is not known to hold nobody, in the order in which ties are broken; chains are
            equally long.
        goal: What must stay possible of each.

    Example:
        >>> few, many = Figure(value=3, people=3, withheld=True), Figure(value=60, people=60, withheld=False)
        >>> sorted(along({("P", "a"): many, ("P", "b"): few, ("Q", "c"): many}, Protection(minimum=16)))
        [('P', 'a')]
    """
    table = _Levels(goal)
    every: Figures = {(chain, ()): figure for chain, figure in figures.items()}
    for at in range(1 + _depth(every)):
        table.margin(_level(every, at, goal.minimum), at)
    return frozenset(chain for chain in figures if (chain, ()) in table.chosen)


def across(figures: Figures, goal: Protection) -> frozenset[Node]:
    """Movements to withhold beside those withheld: coarser movements, and people by origin and destination, are told.

    Up to `MOST_TOGETHER` pairs of a level an attacker puts all of these together. Beyond, movements are protected from
    margins of every level together, and from coarser movements together, but not from both at once.

    Args:
        figures: Every pair that is not known to hold nobody, in the order in which ties are broken; chains are equally
            long.
        goal: What must stay possible of each.
    """
    table = _Levels(goal)
    leaving, coming = (_summed(figures, _margin_of(side), goal.minimum) for side in (0, 1))
    for at in range(1 + _depth(figures)):
        table.margin(_level(leaving, at, goal.minimum), at)
        if at:
            table.margin(_level(coming, at, goal.minimum), at)
            table.pairs(_level(figures, at, goal.minimum), at)
    return frozenset(node for node in figures if node in table.chosen)


class _Levels:
    """Every cell of every level, by node, and what is withheld of them by now.

    Attributes:
        chosen: Nodes that were withheld beside those withheld already.
    """

    def __init__(self, goal: Protection) -> None:
        self.goal = goal
        self.nodes: dict[Node, int] = {}
        self.values: dict[int, int] = {}
        self.hidden: set[int] = set()
        self.margins: list[Sum] = []
        self.blocks: list[Sum] = []
        self.crossings: list[Sum] = []
        self.chosen: set[Node] = set()

    def margin(self, level: Figures, at: int) -> None:
        """Protect one level of people by one end, or everybody."""
        self._add(level)
        if at:
            self.margins += self._tied(level, lambda node: _cut(node, at - 1))
            self._settle(level, self.margins)

    def pairs(self, level: Figures, at: int) -> None:
        """Protect the movements of one level; it has its margins."""
        self._add(level)
        own = [one for side in (0, 1) for one in self._tied(level, _margin_of(side))]
        self.crossings += own
        if at > 1:
            self.blocks += self._tied(level, lambda node: _cut(node, at - 1))
        if len(level) <= MOST_TOGETHER:
            self._settle(level, [*self.margins, *self.crossings, *self.blocks])
            return
        while self._settle(level, [*self.margins, *own]) | self._settle(level, self.blocks):
            pass

    def _add(self, level: Figures) -> None:
        for node, figure in level.items():
            at = self.nodes.setdefault(node, len(self.nodes))
            self.values[at] = figure.value
            if figure.withheld:
                self.hidden.add(at)

    def _tied(self, level: Figures, above: Callable[[Node], Node]) -> list[Sum]:
        """The cells of a level as parts of what is above them."""
        parts: dict[int, list[int]] = {}
        for node in level:
            parts.setdefault(self.nodes[above(node)], []).append(self.nodes[node])
        return [Sum(whole=whole, parts=tuple(some)) for whole, some in parts.items()]

    def _settle(self, level: Collection[Node], sums: Sequence[Sum]) -> bool:
        """Withhold what must be of a level; whether anything was."""
        told = {self.nodes[node]: node for node in level if self.nodes[node] not in self.hidden}
        here = {cell for one in sums for cell in one.cells}
        values = {cell: self.values[cell] for cell in here}
        more = choose(sums, values, withheld=self.hidden & here, may=told.keys() & here, goal=self.goal)
        self.hidden |= more
        self.chosen.update(told[cell] for cell in more)
        return bool(more)


def _margin_of(side: int) -> Callable[[Node], Node]:
    """The people of a movement by where they come from (0) or go to (1)."""
    return (lambda node: (node[0], ())) if side == 0 else (lambda node: ((), node[1]))


def _cut(node: Node, depth: int) -> Node:
    return node[0][:depth], node[1][:depth]


def _depth(figures: Figures) -> int:
    return max((len(chain) for node in figures for chain in node), default=0)


def _level(figures: Figures, at: int, minimum: int) -> Figures:
    """The figures of a level; those of the finest as they are."""
    return figures if at and at == _depth(figures) else _summed(figures, lambda node: _cut(node, at), minimum)


def _summed(figures: Figures, above: Callable[[Node], Node], minimum: int) -> dict[Node, Figure]:
    """Coarser cells: sums, withheld where their people are too few."""
    value: dict[Node, int] = {}
    people: dict[Node, int] = {}
    for node, figure in figures.items():
        name = above(node)
        value[name] = value.get(name, 0) + figure.value
        people[name] = people.get(name, 0) + figure.people
    return {name: Figure(value=value[name], people=people[name], withheld=people[name] < minimum) for name in value}
