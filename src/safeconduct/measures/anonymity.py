"""How many records have too few others that could be the one that is looked for."""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

import numpy as np

from safeconduct.measures.codes import Real

USUAL = (2, 3, 5)
"""Fewest look-alikes that are usually told of."""


def below(counts: Real, levels: Iterable[int]) -> Mapping[int, int]:
    """How many records have fewer than each number of records, or of people, alike; a level is "at least".

    Args:
        counts: For each record how many are alike, itself included.
        levels: Smallest numbers that would do, such as 2, 3 and 5.

    Example:
        >>> dict(below(np.array([1.0, 2.0, 2.0, 7.0]), (2, 3)))
        {2: 1, 3: 3}
    """
    return MappingProxyType({level: int(np.count_nonzero(counts < level)) for level in sorted(set(levels))})


def uniques(counts: Real) -> int:
    """How many records nobody else in the file is like."""
    return int(np.count_nonzero(counts <= 1))
