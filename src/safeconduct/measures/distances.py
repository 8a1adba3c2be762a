"""How far numbers were moved, and distributions apart."""

import numpy as np

from safeconduct.measures.codes import Real

PERCENT = 100.0
CLOSE = 0.05


def spread(values: Real) -> float:
    """Standard deviation of a sample; 0 where fewer than two values are known."""
    known = values[~np.isnan(values)]
    return float(known.std(ddof=1)) if len(known) > 1 else 0.0


def il1(before: Real, after: Real) -> float:
    """Sum of the changes in percent of what was there; a value of 0 counts as it is only where it did not change.

    Large where small numbers were moved, so it is told for comparison with other programs; `il1s` is the better one.
    A cell that is missing before or after, or that was 0, is left out.

    Example:
        >>> il1(np.array([10.0, 20.0]), np.array([11.0, 20.0]))
        10.0
    """
    with np.errstate(divide="ignore", invalid="ignore"):
        change = PERCENT * np.abs(before - after) / np.abs(before)
    return float(change[np.isfinite(change)].sum())


def il1s(before: Real, after: Real) -> Real:
    """Each change in units of √2 standard deviations of what was there; missing where either value is.

    A column that never varied has no unit: its changes count as missing.

    References:
        Mateo-Sanz, Sebé and Domingo-Ferrer (2004), Outlier protection in continuous microdata masking,
        doi:10.1007/978-3-540-25955-8_16.

    Example:
        >>> [round(float(one), 3) for one in il1s(np.array([0.0, 2.0]), np.array([0.0, 4.0]))]
        [0.0, 1.0]
    """
    unit = np.sqrt(2.0) * spread(before)
    return np.abs(before - after) / unit if unit > 0 else np.full(len(before), np.nan)


def still_close(before: Real, after: Real, *, k: float = CLOSE) -> float:
    """Share of records whose original lies within `k` standard deviations of the new value in every column, 0 to 1.

    Whoever holds the originals would find these records again by looking nearby.

    Args:
        before: Originals, a row a record, a column a variable.
        after: What became of them, in the same order.
        k: Half width of the interval in standard deviations of the new values.
    """
    if not len(before):
        return 0.0
    reach = k * np.array([spread(column) for column in after.T])
    return float(np.all(np.abs(before - after) <= reach, axis=1).mean())


def hellinger(before: Real, after: Real) -> float:
    """Distance of two distributions over the same categories: 0 the same, 1 nothing in common.

    Args:
        before: Counts or weights of each category; any scale.
        after: The same, of the other table.

    Example:
        >>> hellinger(np.array([1.0, 1.0]), np.array([3.0, 3.0])), hellinger(np.array([1.0, 0.0]), np.array([0.0, 1.0]))
        (0.0, 1.0)
    """
    if not before.sum() or not after.sum():
        return 0.0 if before.sum() == after.sum() else 1.0
    overlap = float(np.sqrt(before / before.sum() * (after / after.sum())).sum())
    return float(np.sqrt(max(1.0 - overlap, 0.0))) if overlap < 1 - np.finfo(float).eps * len(before) else 0.0
