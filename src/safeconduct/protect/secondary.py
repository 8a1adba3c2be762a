"""Which further cells to withhold, so that those withheld cannot be worked out from sums, at the least loss.

A table is done piece by piece, a piece being cells that sums tie together. Every sum that gives a cell away asks for
one of its told cells, and those that answer most for the fewest people go first; in trees without noise that is the
optimum. Small pieces in which sums cross are solved to the optimum (`optimal`). Nothing here stops by the clock, so
that the same table loses the same cells on any machine.
"""

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from safeconduct.protect.intervals import Interval, at_first, bounds
from safeconduct.protect.optimal import SMALL, cheapest
from safeconduct.protect.protection import Protection
from safeconduct.protect.sums import Range, Sum, crossing, hanging_together, narrow

MOST_TRIED = 24
"""Cells that are tried to be told after all, where a piece was not solved to the optimum."""

MOST_CELLS_TRIED = 2_000
"""Cells of a piece in which that is worth the time."""


def choose(
    sums: Sequence[Sum], values: Mapping[int, int], *, withheld: Collection[int], may: Collection[int], goal: Protection
) -> frozenset[int]:
    """Told cells to withhold too: the fewest people in all, then the fewest cells, then by number of the cell.

    Afterwards nothing is `broken` that withholding more of `may` would mend. What nothing mends, such as a part whose
    whole is told and has no other part, is left as it is, and is never chosen.

    Args:
        sums: Which cells are sums of which.
        values: What was counted, by cell; told is a cell that is not withheld.
        withheld: Cells that are withheld already.
        may: Told cells that can be withheld; others are told by somebody else.
        goal: What must stay possible.
    """
    hidden = set(withheld)
    if not broken(sums, values, withheld=hidden, goal=goal):
        return frozenset()
    beyond = frozenset(broken(sums, values, withheld={*hidden, *may}, goal=goal))
    free = sorted(set(may) - beyond - hidden)
    chosen = set[int]()
    for piece in hanging_together(sums, {*hidden, *free}):
        cells = {cell for one in piece for cell in one.cells}
        mine = tuple(cell for cell in free if cell in cells)
        chosen |= Piece(
            sums=piece, values=values, withheld=frozenset(cells & hidden), free=mine, beyond=beyond, goal=goal
        ).done()
    return frozenset(chosen)


def broken(
    sums: Sequence[Sum], values: Mapping[int, int], *, withheld: Collection[int], goal: Protection
) -> dict[int, Interval]:
    """Withheld cells that the sums narrow too much, with what is left of them, at least as wide as shown."""
    told = {cell: value for cell, value in values.items() if cell not in withheld}
    found = bounds(sums, told, noise=goal.noise, enough=goal.enough(values))
    return {cell: left for cell, left in found.items() if not goal.holds(values[cell], left)}


@dataclass(frozen=True, kw_only=True, eq=False)
class Piece:
    """Cells that hang together, some of which may be withheld.

    Attributes:
        sums: Sums that tie them together.
        values: What was counted.
        withheld: Withheld already.
        free: Cells that may be withheld, in the order in which ties are broken.
        beyond: Cells that nothing protects.
        goal: What must stay possible.
    """

    sums: Sequence[Sum]
    values: Mapping[int, int]
    withheld: frozenset[int]
    free: tuple[int, ...]
    beyond: frozenset[int]
    goal: Protection

    def done(self) -> frozenset[int]:
        """The cells to withhold."""
        found = self._covered()
        if not found or not self._crosses():
            return found
        if len(self._cells()) <= SMALL:
            best = cheapest(
                self.sums, self.values, hidden=self.withheld, free=self.free, spared=self.beyond, goal=self.goal
            )
            if best is not None and not self._broken(best):
                return best
        return self._spared(found)

    def _cells(self) -> frozenset[int]:
        return frozenset(cell for one in self.sums for cell in one.cells)

    def _crosses(self) -> bool:
        known = at_first(self.sums, {})
        return any(True for _ in crossing(self.sums, known))

    def _told(self, chosen: Iterable[int]) -> dict[int, int]:
        hidden = self.withheld.union(chosen)
        return {cell: self.values[cell] for cell in self._cells() if cell not in hidden}

    def _broken(self, chosen: Iterable[int], *, exactly: bool = True) -> list[int]:
        """Cells that are not protected; not exactly: those of which single sums, one after the other, show it."""
        told, goal = self._told(chosen), self.goal
        if exactly:
            left = bounds(self.sums, told, noise=goal.noise, enough=goal.enough(self.values))
        else:
            known = at_first(self.sums, told, noise=goal.noise)
            narrow(self.sums, known)
            left = {cell: _interval(known, cell) for cell in known.low if cell not in told}
        return [
            cell for cell, one in left.items() if cell not in self.beyond and not goal.holds(self.values[cell], one)
        ]

    def _covered(self) -> frozenset[int]:
        """Cells to withhold, by covering what asks for one until nothing does."""
        chosen: frozenset[int] = frozenset()
        for exactly in (False, True):
            while found := self._broken(chosen, exactly=exactly):
                more = self._cover(set(self._requests(found, chosen)))
                if not more:
                    return frozenset(self.free)
                chosen |= more
        return chosen

    def _cover(self, requests: set[frozenset[int]]) -> frozenset[int]:
        """One cell for each request: first the one that answers most for the fewest people."""
        waiting, chosen = sorted(requests, key=sorted), set[int]()
        while waiting:
            asked: dict[int, int] = {}
            for one in waiting:
                for cell in one:
                    asked[cell] = asked.get(cell, 0) + 1
            best = min(asked, key=lambda cell: (Fraction(self.values[cell], asked[cell]), cell))
            chosen.add(best)
            waiting = [one for one in waiting if best not in one]
        return frozenset(chosen)

    def _requests(self, found: Iterable[int], chosen: frozenset[int]) -> Iterator[frozenset[int]]:
        """For each broken cell told cells of which one would help."""
        hidden, free = self.withheld | chosen, frozenset(self.free) - chosen
        within: dict[int, list[Sum]] = {}
        for one in self.sums:
            for cell in one.cells:
                within.setdefault(cell, []).append(one)
        given_away: dict[Sum, frozenset[int]] = {}
        for cell in found:
            sums = [one for one in within[cell] if not free.isdisjoint(one.cells)]
            for one in sums:
                if one not in given_away:
                    given_away[one] = self._given_away(one, hidden)
            near = [free.intersection(one.cells) for one in sums if cell in given_away[one]]
            around = [] if near else [_around(cell, within, hidden, free)]
            yield from (request for request in (*near, *around) if request)

    def _given_away(self, one: Sum, hidden: frozenset[int]) -> frozenset[int]:
        """Cells that a sum alone narrows too much."""
        told = {cell: self.values[cell] for cell in one.cells if cell not in hidden}
        left = bounds([one], told, noise=self.goal.noise)
        return frozenset(cell for cell, some in left.items() if not self.goal.holds(self.values[cell], some))

    def _spared(self, chosen: frozenset[int]) -> frozenset[int]:
        """The same without cells that turn out not to be needed, the largest first."""
        if len(self._cells()) > MOST_CELLS_TRIED:
            return chosen
        for cell in sorted(chosen, key=lambda cell: (-self.values[cell], cell))[:MOST_TRIED]:
            if not self._broken(chosen - {cell}):
                chosen -= {cell}
        return chosen


def _interval(known: Range, cell: int) -> Interval:
    most = known.high[cell]
    return int(known.low[cell]), None if most == float("inf") else int(most)


def _around(
    cell: int, within: Mapping[int, Sequence[Sum]], hidden: frozenset[int], free: frozenset[int]
) -> frozenset[int]:
    """Told cells of every sum that withheld cells tie to this one."""
    seen, waiting = {cell}, [cell]
    while waiting:
        for one in within.get(waiting.pop(), ()):
            new = [other for other in one.cells if other in hidden and other not in seen]
            seen.update(new)
            waiting += new
    return free.intersection(other for cell in seen for one in within.get(cell, ()) for other in one.cells)
