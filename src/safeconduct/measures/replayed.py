"""What protection costs and what it leaves to an attacker, over questions whose true answers are known inside."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeconduct.measures.attacks.guessing import Estimate, learned
from safeconduct.measures.codes import Real, Whole

LARGE = 100
MOST_CASES = 200_000
UNASKED = -1


@dataclass(frozen=True)
class Errors:
    """How far told figures are from what was counted.

    Attributes:
        median: Median of |told − true| / true over told figures of at least 1; 0 is exact, `None` where none is told.
        median_large: The same over figures above 100.
        wape: Sum of |told − true| over all figures, withheld ones read as 0, by the sum of what is true; 0 to 1 and
            above, `None` where nothing was there to count.
    """

    median: float | None
    median_large: float | None
    wape: float | None


def errors(true: Whole, told: Real) -> Errors:
    """How far told figures are from what was counted.

    Args:
        true: What was counted, a figure an entry.
        told: What was told; not a number where nothing was.

    Example:
        >>> errors(np.array([200, 10]), np.array([202.0, np.nan]))
        Errors(median=0.01, median_large=0.01, wape=0.05714285714285714)
    """
    shown = ~np.isnan(told)
    off = np.abs(np.where(shown, told, 0) - true)
    total = int(true.sum())
    return Errors(
        median=_median(off, true, shown & (true > 0)),
        median_large=_median(off, true, shown & (true > LARGE)),
        wape=float(off.sum() / total) if total else None,
    )


def _median(off: Real, true: Whole, which: NDArray[np.bool_]) -> float | None:
    return float(np.median(off[which] / true[which])) if which.any() else None


@dataclass(frozen=True)
class Answers:
    """Answers of one shape, a question a row and a cell a column.

    Attributes:
        true: What was counted; -1 where a question does not have the cell.
        told: What was told; not a number where nothing was.
        shown: The cells an attacker would go for: what is told of them here, or under the level this is compared with.
        meets: Which questions speak of a day in common, by row and row. The larger question stands first.
    """

    true: Whole
    told: Real
    shown: NDArray[np.bool_]
    meets: NDArray[np.bool_]


def differencing(groups: list[Answers], rng: np.random.Generator) -> Estimate:
    """How often somebody who takes one answer from another sees whether they differ by one person; 0.5 is a coin.

    Every cell that two questions about the same days have in common and that both tell, under this level or under the
    one it is compared with, is a case, where the larger question has one person more, or as many. Of both sorts as many
    are taken, and as many of each size, so that neither the size of a cell nor how frequent a sort is tells anything.
    The attacker sees the difference of what was told, and what was withheld, and has seen other cases with their
    answers.

    Args:
        groups: Answers that can be compared with each other.
        rng: Chooses cases; not for protecting anybody.
    """
    found = [case for group in groups for case in _cases(group)]
    if not found:
        return learned(np.empty((0, 2)), np.empty(0), rng)
    features = np.concatenate([one[0] for one in found])[:MOST_CASES]
    labels = np.concatenate([one[1] for one in found])[:MOST_CASES]
    sizes = np.concatenate([one[2] for one in found])[:MOST_CASES]
    kept = _balanced(labels, sizes, rng)
    return learned(features[kept], labels[kept], rng)


def _cases(group: Answers) -> Iterator[tuple[Real, Whole, Whole]]:
    """For each pair: what an attacker sees, whether one person is the difference, and how large the cells are."""
    left = MOST_CASES
    for one, other in zip(*np.nonzero(np.triu(group.meets, 1)), strict=True):
        if left <= 0:
            return
        more, less = group.true[one], group.true[other]
        apart = more - less
        both = group.shown[one] & group.shown[other]
        chosen = both & (less != UNASKED) & (more > 0) & ((apart == 0) | (apart == 1))
        first, second = group.told[one][chosen], group.told[other][chosen]
        seen = np.isnan(first) * 2.0 + np.isnan(second)
        left -= int(chosen.sum())
        yield np.column_stack([first - second, seen]), apart[chosen], np.log2(more[chosen]).astype(np.int64)


def _balanced(labels: Whole, sizes: Whole, rng: np.random.Generator) -> Whole:
    """Cases of which, in every band of sizes, as many have one label as the other."""
    kept: list[Whole] = [np.empty(0, dtype=np.int64)]
    for size in np.unique(sizes):
        ones, zeros = (rng.permutation(np.flatnonzero((sizes == size) & (labels == label))) for label in (1, 0))
        some = min(len(ones), len(zeros))
        kept += [ones[:some], zeros[:some]]
    return np.concatenate(kept)
