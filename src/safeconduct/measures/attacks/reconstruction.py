"""Hidden bits out of sums of some of them: reconstruction in the manner of Dinur and Nissim (2003)."""

from dataclasses import dataclass

import numpy as np
from scipy.optimize import linprog
from scipy.sparse import csr_array, eye_array, hstack, vstack

from safeconduct.measures.codes import Real, Whole

EVEN = 0.5
PRECISION = 4.0
"""One over the variance of an evenly spread bit."""
ROUNDS = 30
LEAST_SPREAD = 1e-3


@dataclass(frozen=True, eq=False, repr=False)
class Equations:
    """What released cells say of hidden bits: each row's sum of bits lies between `low` and `high`, give or take noise.

    Attributes:
        rows: A row a released cell, a column a hidden bit: what the cell counts more if the bit is 1.
        low: What was told, less everything the attacker knows of the cell already.
        high: The same; greater than `low` where only a range is known, such as of a withheld cell.
    """

    rows: csr_array
    low: Real
    high: Real

    @property
    def told(self) -> Whole:
        """Which rows have a value, not a range."""
        return np.flatnonzero(self.low == self.high)

    def some(self, rows: Whole) -> "Equations":
        """Only these rows."""
        return Equations(self.rows[rows], self.low[rows], self.high[rows])


def by_least_squares(equations: Equations) -> Real:
    """How likely each bit is 1: least squares, drawn to ½ as far as the noise demands.

    The attacker does not know how large the noise is: its variance is found together with the bits, so that the answer
    is the best linear one for exact counts and for noisy ones. Rows with a range are not used.

    References:
        Dinur and Nissim (2003), PODS, doi:10.1145/773153.773173; MacKay (1992), Neural Computation 4(3):415, for the
        variance, doi:10.1162/neco.1992.4.3.415.
    """
    known = equations.some(equations.told)
    dense = known.rows.T @ known.rows
    values, vectors = np.linalg.eigh(dense.toarray().astype(np.float64))
    missed = known.low - known.rows @ np.full(known.rows.shape[1], EVEN)
    pull = vectors.T @ (known.rows.T @ missed)
    variance = max(float(missed.var()), LEAST_SPREAD) if len(missed) else 1.0
    moved = np.zeros(len(values))
    for _ in range(ROUNDS):
        moved = vectors @ (pull / (values + PRECISION * variance))
        free = max(len(missed) - float((values / (values + PRECISION * variance)).sum()), 1.0)
        variance = max(float(((missed - known.rows @ moved) ** 2).sum()) / free, LEAST_SPREAD)
    return np.asarray(EVEN + moved, dtype=np.float64)


def by_linear_program(equations: Equations) -> Real:
    """How likely each bit is 1: the bits between 0 and 1 that miss the released numbers by least in sum.

    A few wildly wrong rows do not disturb it, and ranges count: this is what reads withheld cells.

    References:
        Dwork, McSherry and Talwar (2007), STOC, doi:10.1145/1250790.1250804.
    """
    cells, bits = equations.rows.shape
    if not cells:
        return np.full(bits, EVEN)
    slack = eye_array(cells, format="csr")
    found = linprog(
        np.concatenate([np.zeros(bits), np.ones(cells)]),
        A_ub=vstack([hstack([equations.rows, -slack]), hstack([-equations.rows, -slack])], format="csr"),
        b_ub=np.concatenate([equations.high, -equations.low]),
        bounds=[(0, 1)] * bits + [(0, None)] * cells,
        method="highs",
    )
    return np.full(bits, EVEN) if found.x is None else np.asarray(found.x[:bits], dtype=np.float64)


def fuller_half(scores: Real, rng: np.random.Generator) -> Whole:
    """Guesses of an attacker who knows that half of the bits are 1: those with the highest scores, ties by chance.

    Example:
        >>> fuller_half(np.array([0.9, 0.2, 0.6, 0.1]), np.random.default_rng(1)).tolist()
        [1, 0, 1, 0]
    """
    order = np.lexsort((rng.random(len(scores)), np.round(scores, 6)))
    guesses = np.zeros(len(scores), dtype=np.int64)
    guesses[order[len(scores) - len(scores) // 2 :]] = 1
    return guesses
