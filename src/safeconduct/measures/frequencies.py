"""How many records, and how many people of the population, could be the one that is looked for."""

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from safeconduct.measures.codes import DENSE, Classes, Real, Whole, missing_bits, numbered, packed, stop_if


@dataclass(frozen=True, eq=False, repr=False)
class Match:
    """Classes of one missing pattern beside those of another; two are alike where their groups are equal.

    Attributes:
        mine: Classes that look.
        theirs: Classes that are looked at.
        my_group: Group of each of `mine`.
        their_group: Group of each of `theirs`.
        groups: A bound no group reaches.
        complete: Nothing is missing in `theirs`.
    """

    mine: Whole
    theirs: Whole
    my_group: Whole
    their_group: Whole
    groups: int
    complete: bool


def matches(whole: Classes, *, cancelled: threading.Event | None = None) -> Iterator[Match]:
    """Every pair of different missing patterns, both ways; classes of one pattern are alike only if they are the same.

    Work grows with the pairs of patterns that occur, and with the classes in each; never with pairs of records.
    """
    blocks = by_pattern(whole.patterns)
    for at, (one, first) in enumerate(blocks):
        stop_if(cancelled)
        for other, second in blocks[at + 1 :]:
            mine, theirs, groups = _groups(whole, one | other, first, second)
            yield Match(first, second, mine, theirs, groups, complete=other == 0)
            yield Match(second, first, theirs, mine, groups, complete=one == 0)


def by_pattern(patterns: Whole) -> list[tuple[int, Whole]]:
    """Places of each missing pattern that occurs."""
    order = np.argsort(patterns, kind="stable")
    found, starts = np.unique(patterns[order], return_index=True)
    parts = np.split(order, starts)[1:]
    return [(int(pattern), part) for pattern, part in zip(found, parts, strict=True)]


def _groups(whole: Classes, missing: int, first: Whole, second: Whole) -> tuple[Whole, Whole, int]:
    """Groups by what neither pattern misses."""
    return common_groups(whole.codes[:, first], whole.codes[:, second], whole.sizes, missing)


def common_groups(first: Whole, second: Whole, sizes: Sequence[int], missing: int) -> tuple[Whole, Whole, int]:
    """Numbers that are equal where two classes agree, and a bound none reaches.

    Args:
        first: Codes, a row a column, an entry a class.
        second: The same, of other classes.
        sizes: How many values each column has.
        missing: Columns not looked at, as bits.
    """
    kept = [place for place in range(len(sizes)) if not missing >> place & 1]
    columns = [np.concatenate([first[place], second[place]]) for place in kept]
    rows = first.shape[1] + second.shape[1]
    groups, bound = packed(columns, [sizes[place] for place in kept], rows)
    if bound > max(DENSE, 4 * rows):
        groups, bound = numbered(groups)
    return groups[: first.shape[1]], groups[first.shape[1] :], bound


def across(lookers: Whole, crowd: Whole, weights: Real, sizes: Sequence[int]) -> Real:
    """For each looker the weight of everybody in a crowd it cannot be told from; missing values are wildcards.

    Args:
        lookers: Codes, a row a column, an entry a looker, −1 where missing.
        crowd: The same, of those who are looked at.
        weights: What each of the crowd counts.
        sizes: How many values each column has.
    """
    total = np.zeros(lookers.shape[1])
    theirs = by_pattern(missing_bits(crowd))
    for one, mine in by_pattern(missing_bits(lookers)):
        for other, part in theirs:
            group, their_group, bound = common_groups(lookers[:, mine], crowd[:, part], sizes, one | other)
            total[mine] += np.bincount(their_group, weights=weights[part], minlength=bound)[group]
    return total


def alike(whole: Classes, weights: Real, *, alpha: float = 1.0, cancelled: threading.Event | None = None) -> Real:
    """For each class the sum of weights over all classes it cannot be told from.

    Args:
        whole: The classes.
        weights: What each class weighs, its records or the people they stand for; or several rows of such weights.
        alpha: What a class with missing values counts for one that misses other values: 1 as much as any, which is
            the usual reading; 0 nothing, as if missing were a value of its own.
        cancelled: Set by another thread to stop.

    Raises:
        Cancelled: It was set.
    """
    total = np.atleast_2d(weights).astype(np.float64)
    several = total.copy()
    for match in matches(whole, cancelled=cancelled):
        counted = 1.0 if match.complete else alpha
        for sums, one in zip(total, several, strict=True):
            seen = np.bincount(match.their_group, weights=one[match.theirs], minlength=match.groups)
            sums[match.mine] += counted * seen[match.my_group]
    return total.reshape(weights.shape)


@dataclass(frozen=True, eq=False, repr=False)
class Frequencies:
    """Counts a class or a record.

    Attributes:
        sample: Records of the file that agree in the keys, itself included; 1 or more.
        population: People they stand for, the sum of their weights; never fewer than `sample`.
    """

    sample: Real
    population: Real

    def of(self, places: Whole) -> "Frequencies":
        """The same numbers for other places, such as records instead of classes."""
        return Frequencies(self.sample[places], self.population[places])


def frequencies(
    whole: Classes, weights: Real | None = None, *, alpha: float = 1.0, cancelled: threading.Event | None = None
) -> Frequencies:
    """Sample and population count of each class.

    A file cannot hold more people than there are: where weights say so, because they were scaled to add up to the
    number of records, the records count.

    Args:
        whole: The classes.
        weights: Sum of the weights of each class, `None` where the file is the whole population.
        alpha: See `alike`.
        cancelled: Set by another thread to stop.

    Raises:
        Cancelled: It was set.
    """
    records = whole.counts.astype(np.float64)
    if weights is None:
        sample = alike(whole, records, alpha=alpha, cancelled=cancelled)
        return Frequencies(sample, sample)
    sample, people = alike(whole, np.array([records, weights]), alpha=alpha, cancelled=cancelled)
    return Frequencies(sample, np.maximum(people, sample))
