"""Taking out as few values as possible until nobody stands alone: local suppression to k-anonymity.

Rows that are alike are one class. For each class with too few look-alikes the cheapest set of columns is found without
which enough original rows agree, in one counting pass a set. Then classes are done hardest first: those that are wild
after it make others common, and a class that others have made common keeps its values. Suppressing only ever makes
more records alike, so that what was reached once stays.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from heapq import heappop, heappush

import numpy as np

from safeconduct.measures.codes import MISSING, Classes, Real, Whole, grouped, of_codes
from safeconduct.measures.frequencies import across, alike, by_pattern, common_groups
from safeconduct.model.errors import BadInput
from safeconduct.model.text import say

MOST_SETS = 4096
"""Sets of columns tried for each class; beyond, columns are dropped one after the other, cheapest first."""

MOST_CELLS = 40_000_000
"""Cells of merged rows that are kept for making further ones from, eight bytes each."""


@dataclass(frozen=True, kw_only=True)
class Goal:
    """What must hold afterwards.

    Attributes:
        k: Fewest records that must be alike.
        places: Columns they must be alike in, as rows of the codes.
    """

    k: int
    places: tuple[int, ...]


@dataclass(frozen=True, kw_only=True, eq=False)
class Rules:
    """How it is to be reached.

    Attributes:
        costs: What taking out one value of each column costs, more than 0; `None` for a column that must stay.
        every: Treat every record that has too few look-alikes, also where treating others would have been enough.
    """

    costs: tuple[int | None, ...]
    every: bool = False


def suppress(
    codes: Whole,
    sizes: tuple[int, ...],
    goals: tuple[Goal, ...],
    rules: Rules,
) -> Whole:
    """Which values to take out, as bits of columns, for each record.

    Goals are reached one after the other; a later one never undoes an earlier one.

    Args:
        codes: A row a column, an entry a record, −1 where missing: a wildcard.
        sizes: How many values each column has.
        goals: What must hold afterwards, all at once.
        rules: What may be taken out, at what cost.

    Raises:
        BadInput: A goal cannot be reached, since there are too few records or columns that must stay tell them apart.
    """
    now, taken = codes.copy(), np.zeros(codes.shape[1], dtype=np.int64)
    for goal in goals:
        part = now[list(goal.places)]
        whole = of_codes(tuple(map(str, goal.places)), part, tuple(sizes[place] for place in goal.places))
        costs = {at: cost for at, place in enumerate(goal.places) if (cost := rules.costs[place]) is not None}
        bits = _Search(whole, goal.k, costs).done(every=rules.every)[whole.of]
        for at, place in enumerate(goal.places):
            gone = (bits >> at & 1).astype(bool)
            now[place][gone] = MISSING
            taken |= gone.astype(np.int64) << place
    return taken


def by_cost(costs: Mapping[int, int]) -> Iterator[int]:
    """Every set of columns that is not empty, as bits, the cheapest first.

    Example:
        >>> list(by_cost({0: 3, 1: 1}))
        [2, 1, 3]
    """
    order = sorted(costs, key=lambda place: (costs[place], place))
    price = [costs[place] for place in order]
    waiting = [(price[0], 0, 1)] if order else []
    while waiting:
        cost, last, chosen = heappop(waiting)
        yield sum(1 << order[at] for at in range(last + 1) if chosen >> at & 1)
        if last + 1 < len(order):
            heappush(waiting, (cost + price[last + 1], last + 1, chosen | 1 << last + 1))
            heappush(waiting, (cost - price[last] + price[last + 1], last + 1, (chosen ^ 1 << last) | 1 << last + 1))


class _Search:
    """One goal on one table of classes."""

    def __init__(self, whole: Classes, k: int, costs: Mapping[int, int]) -> None:
        self.whole, self.k, self.costs = whole, k, costs
        self.counts = whole.counts.astype(np.float64)
        self.gaps = bool(whole.patterns.any())
        self.room = MOST_CELLS
        self.crowds: dict[int, tuple[Whole, Real]] = {0: (whole.codes, self.counts)}

    def done(self, *, every: bool) -> Whole:
        """Columns to take out of each class, as bits."""
        alike_now = alike(self.whole, self.counts)
        lone = np.flatnonzero(alike_now < self.k)
        taken = np.zeros(len(self.whole), dtype=np.int64)
        if not len(lone):
            return taken
        chosen = self.cheapest(lone)
        if every:
            taken[lone] = chosen
        else:
            self.rescue(lone, chosen, alike_now[lone], taken)
        return taken

    def cheapest(self, lone: Whole) -> Whole:
        """For each of these classes the cheapest set of columns without which enough original rows agree."""
        chosen = np.zeros(len(lone), dtype=np.int64)
        waiting = np.arange(len(lone))
        patterns = self.whole.patterns[lone]
        for bits in self.sets():
            for pattern, part in by_pattern(patterns[waiting]):
                if not pattern & bits:
                    found = waiting[part]
                    enough = self.seen(self.whole.codes[:, lone[found]], bits | pattern) >= self.k
                    chosen[found[enough]] = bits
            waiting = waiting[chosen[waiting] == 0]
            if not len(waiting):
                return chosen
        says = say(
            "nothing more can be taken out to make {k} records alike; ask for fewer, let more columns be suppressed, "
            "or group them first",
            k=self.k,
        )
        raise BadInput(says, field="k")

    def sets(self) -> Iterator[int]:
        """Sets of columns to try: all by cost, and at the end ever more columns so that some set is enough."""
        for number, bits in enumerate(by_cost(self.costs)):
            if number >= MOST_SETS:
                break
            yield bits
        bits = 0
        for place in sorted(self.costs, key=lambda one: self.costs[one]):
            bits |= 1 << place
            yield bits

    def seen(self, lookers: Whole, missing: int) -> Real:
        """How many original rows agree with each looker in what is not missing; rows with gaps there do not."""
        codes, counts = self.crowd(missing)
        mine, theirs, bound = common_groups(lookers, codes, self.whole.sizes, missing)
        return np.bincount(theirs, weights=counts, minlength=bound).astype(np.float64, copy=False)[mine]

    def crowd(self, missing: int) -> tuple[Whole, Real]:
        """Original rows that agree in what is not missing merged, as far as there is room; made from merged ones."""
        if missing not in self.crowds:
            known = (crowd for less, crowd in self.crowds.items() if not less & ~missing)
            codes, counts = min(known, key=lambda one: len(one[1]))
            if self.room < codes.size:
                return codes, counts
            self.crowds[missing] = _merged(codes, counts, self.whole.sizes, missing)
            self.room -= self.crowds[missing][0].size
        return self.crowds[missing]

    def rescue(self, lone: Whole, chosen: Whole, alike_now: Real, taken: Whole) -> None:
        """Take out what is chosen, hardest first, of classes that others have not made common meanwhile."""
        order = sorted(set(chosen.tolist()), key=lambda bits: (-self.price(bits), bits))
        waiting = np.ones(len(lone), dtype=bool)
        for bits in order:
            mine = np.flatnonzero(waiting & (chosen == bits))
            waiting[mine] = False
            mine = mine[alike_now[mine] < self.k]
            mine = mine[self.needed(lone[mine], bits, self.k - alike_now[mine])]
            taken[lone[mine]] = bits
            others = np.flatnonzero(waiting & (alike_now < self.k))
            alike_now[others] += self.gain(lone[others], lone[mine], bits)

    def price(self, bits: int) -> int:
        """What a set of columns costs."""
        return sum(cost for place, cost in self.costs.items() if bits >> place & 1)

    def needed(self, places: Whole, bits: int, need: Real) -> Whole:
        """Which of these classes must be treated, if those that need most are treated first and help the rest.

        Classes that agree in all but the columns taken out help each other: each treated one is alike to all others.
        """
        after = _without(self.whole.codes[:, places], bits)
        group, _ = grouped(list(after), self.whole.sizes, len(places))
        order = np.lexsort((-need, group))
        counts = self.counts[places][order]
        before = np.cumsum(counts) - counts
        first = np.searchsorted(group[order], group[order], side="left")
        return order[need[order] > before - before[first]]

    def gain(self, lookers: Whole, treated: Whole, bits: int) -> Real:
        """How many more look-alikes some classes have since others were treated."""
        if not len(lookers) or not len(treated):
            return np.zeros(len(lookers))
        mine, theirs = self.whole.codes[:, lookers], self.whole.codes[:, treated]
        counts = self.counts[treated]
        now = across(mine, _without(theirs, bits), counts, self.whole.sizes)
        return now - across(mine, theirs, counts, self.whole.sizes) if self.gaps else now


def _without(codes: Whole, bits: int) -> Whole:
    after = codes.copy()
    after[[place for place in range(len(codes)) if bits >> place & 1]] = MISSING
    return after


def _merged(codes: Whole, counts: Real, sizes: tuple[int, ...], missing: int) -> tuple[Whole, Real]:
    less = _without(codes, missing)
    whole = of_codes((), less, sizes)
    return whole.codes, np.bincount(whole.of, weights=counts, minlength=len(whole)).astype(np.float64)
