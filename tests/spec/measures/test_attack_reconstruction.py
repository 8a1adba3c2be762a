"""Hidden bits out of many sums, against the curve that was measured before (safe-query.md, section 4)."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from safeconduct.measures.attacks.reconstruction import (
    Equations,
    by_least_squares,
    by_linear_program,
    fuller_half,
)

BITS = 60
SOLVERS = [by_least_squares, by_linear_program]


@pytest.fixture
def rng():
    return np.random.default_rng(20261121)


def subsets(rng, count, noise):
    """Counts of random halves of the bits, and the bits."""
    truth = rng.permutation(np.arange(BITS) % 2)
    rows = csr_array((rng.random((count, BITS)) < 0.5).astype(float))
    told = rows @ truth + np.rint(rng.normal(0, 1, count) * noise)
    return Equations(rows, told, told), truth


def right(solve, equations, truth, rng):
    """Share of bits found."""
    return float((fuller_half(solve(equations), rng) == truth).mean())


@pytest.mark.parametrize("solve", SOLVERS)
def test_exact_counts_give_every_bit_away(rng, solve):
    equations, truth = subsets(rng, 2 * BITS, noise=0)

    assert right(solve, equations, truth, rng) == 1.0


@pytest.mark.parametrize("solve", SOLVERS)
def test_small_noise_does_not_help_against_eight_counts_a_bit(rng, solve):
    """Cell key with V = 3: all bits at n = 200 and m = 1,600."""
    equations, truth = subsets(rng, 8 * BITS, noise=np.sqrt(3))

    assert right(solve, equations, truth, rng) > 0.97


@pytest.mark.parametrize("solve", SOLVERS)
def test_noise_of_the_size_of_the_counts_leaves_a_coin(rng, solve):
    found = [right(solve, *subsets(rng, 2 * BITS, noise=200), rng) for _ in range(12)]

    assert 0.45 < np.mean(found) < 0.57


def test_what_is_withheld_still_says_that_it_is_small(rng):
    """Three people and a cell withheld below 2: two of them told to be there by their own cells."""
    rows = csr_array(np.array([[1.0, 0, 0], [0, 1.0, 1.0], [1.0, 0, 1.0]]))
    equations = Equations(rows, np.array([1.0, 1.0, 0.0]), np.array([1.0, 1.0, 1.0]))

    assert np.round(by_linear_program(equations)).tolist() == [1.0, 1.0, 0.0]


@pytest.mark.parametrize("solve", SOLVERS)
def test_no_count_at_all_is_no_knowledge(solve):
    nothing = Equations(csr_array((0, 4)), np.empty(0), np.empty(0))

    assert solve(nothing).tolist() == [0.5] * 4


def test_between_equals_the_guess_is_a_coin(rng):
    guesses = [fuller_half(np.full(10, 0.5), rng) for _ in range(400)]

    assert np.mean(guesses, axis=0) == pytest.approx(0.5, abs=0.12)
