"""Points on a map, in degrees."""

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]


def distances(points: Points, others: Points) -> NDArray[np.float64]:
    """Distance of each point to each other one, in the unit of the points and as if the earth were flat.

    Example:
        >>> distances(np.array([[0.0, 0.0]]), np.array([[3.0, 4.0], [0.0, 1.0]])).tolist()
        [[5.0, 1.0]]
    """
    gap = points[:, None] - others[None]
    return np.asarray(np.sqrt(np.square(gap).sum(axis=2)), dtype=np.float64)


def spread(points: Points, *, start: int, count: int) -> list[int]:
    """Indexes of points that lie far from each other: each next one is the farthest from those before."""
    chosen = [start]
    while len(chosen) < count:
        chosen.append(int(distances(points, points[chosen]).min(axis=1).argmax()))
    return chosen
