"""What is learnt about somebody whose record cannot be told from others, because the others say the same."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from safeconduct.measures.codes import Classes, Real, Whole, grouped
from safeconduct.measures.frequencies import Match, matches

LEADING = 2.0


@dataclass(frozen=True, eq=False, repr=False)
class Diversity:
    """How many values of a sensitive column the look-alikes of a record have; a number a class.

    Attributes:
        distinct: Different values, 0 where none is known.
        entropy: As many equally frequent values would be as hard to guess; 1 to `distinct`, 0 where none is known.
        recursive: Largest `l` for which the most frequent value is less than `c` times as frequent as the `l`-th and
            all rarer ones together; 0 where there is none.
    """

    distinct: Whole
    entropy: Real
    recursive: Whole


@dataclass(frozen=True, eq=False, repr=False)
class Counted:
    """How often each value occurs in each class, for those that do.

    Attributes:
        group: The class.
        value: Code of the value.
        count: How often, more than 0.
    """

    group: Whole
    value: Whole
    count: Whole


def diversity(
    whole: Classes, values: Whole, *, c: float = LEADING, cancelled: threading.Event | None = None
) -> Diversity:
    """Diversity of a sensitive column in each class and everything that class cannot be told from.

    Args:
        whole: Classes by the keys; a missing key is a wildcard, as in `frequencies`.
        values: Code of each record's sensitive value, −1 where missing: such records say nothing and are left out.
        c: How much more frequent the most frequent value may be than the rest, for `recursive`.
        cancelled: Set by another thread to stop.

    Raises:
        Cancelled: It was set.

    References:
        Machanavajjhala et al. (2007), l-Diversity, doi:10.1145/1217299.1217302.
    """
    own = _count(whole.of[values >= 0], values[values >= 0])
    return _diversity(_with_alike(whole, own, cancelled), len(whole), c)


def multi(whole: Classes, sensitive: Sequence[Whole], *, c: float = LEADING) -> tuple[Real, Whole]:
    """Smallest entropy and recursive diversity of any sensitive column once all others are known too.

    Whoever knows the other sensitive values besides the keys must still not be able to tell one. A missing value of
    a key or of another column counts as a value of its own here.

    Returns:
        Entropy and recursive diversity of each record; 0 where none is known.
    """
    entropy = np.full(len(whole.of), np.inf)
    recursive = np.full(len(whole.of), np.iinfo(np.int64).max)
    for place, values in enumerate(sensitive):
        others = [one for at, one in enumerate(sensitive) if at != place]
        sizes = [len(whole), *(int(one.max(initial=-1)) + 1 for one in others)]
        groups, count = grouped([whole.of, *others], sizes, len(whole.of))
        found = _diversity(_count(groups[values >= 0], values[values >= 0]), count, c)
        entropy = np.minimum(entropy, found.entropy[groups])
        recursive = np.minimum(recursive, found.recursive[groups])
    return entropy, recursive


def _count(group: Whole, value: Whole, count: Whole | None = None) -> Counted:
    sizes = [int(group.max(initial=-1)) + 1, int(value.max(initial=-1)) + 1]
    pairs, found = grouped([group, value], sizes, len(group))
    counts = np.bincount(pairs, weights=count, minlength=found).astype(np.int64)
    first = np.zeros(found, dtype=np.int64)
    first[pairs] = np.arange(len(pairs))
    order = np.argsort(group[first], kind="stable")
    return Counted(group[first][order], value[first][order], counts[order])


def _with_alike(whole: Classes, own: Counted, cancelled: threading.Event | None) -> Counted:
    """Counts of each class with those of every class it cannot be told from."""
    parts = [own, *(_seen(match, own, len(whole)) for match in matches(whole, cancelled=cancelled))]
    if len(parts) == 1:
        return own
    group, value, count = (
        np.concatenate(one) for one in zip(*((p.group, p.value, p.count) for p in parts), strict=True)
    )
    return _count(group, value, count)


def _seen(match: Match, own: Counted, size: int) -> Counted:
    """What the classes of one missing pattern see in those of another."""
    group_of = np.full(size, -1, dtype=np.int64)
    group_of[match.theirs] = match.their_group
    wanted = np.flatnonzero(np.isin(group_of[own.group], match.my_group) & (group_of[own.group] >= 0))
    theirs = _count(group_of[own.group[wanted]], own.value[wanted], own.count[wanted])
    start = np.searchsorted(theirs.group, match.my_group, side="left")
    length = np.searchsorted(theirs.group, match.my_group, side="right") - start
    places = np.repeat(start - np.cumsum(length) + length, length) + np.arange(int(length.sum()))
    return Counted(np.repeat(match.mine, length), theirs.value[places], theirs.count[places])


def _diversity(counted: Counted, classes: int, c: float) -> Diversity:
    distinct = np.bincount(counted.group, minlength=classes)
    total = np.bincount(counted.group, weights=counted.count, minlength=classes)
    share = counted.count / total[counted.group]
    spread = np.bincount(counted.group, weights=-share * np.log(share), minlength=classes)
    return Diversity(
        distinct=distinct,
        entropy=np.where(distinct > 0, np.exp(spread), 0.0),
        recursive=_recursive(counted, distinct, c),
    )


def _recursive(counted: Counted, distinct: Whole, c: float) -> Whole:
    """Counts of a class from the most frequent on; what is left from each place on shrinks, so passing is a count."""
    order = np.lexsort((-counted.count, counted.group))
    count, group = counted.count[order], counted.group[order]
    start = np.concatenate([[0], np.cumsum(distinct)[:-1]])
    before = np.cumsum(count) - count
    total = np.bincount(group, weights=count, minlength=len(distinct))
    rest = total[group] - (before - before[start[group]])
    passed = count[start[group]] < c * rest
    return np.bincount(group, weights=passed, minlength=len(distinct)).astype(np.int64)
