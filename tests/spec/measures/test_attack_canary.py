"""The game behind a lower bound on ε, with noise whose ε is known."""

import numpy as np
import pytest

from safeconduct.measures.attacks.canary import distinguish
from safeconduct.protect.zcdp import epsilon_lower_bound

TRIES = 4000


def bound(errors, seed=2):
    """The ε that is shown."""
    found = distinguish(errors, np.random.default_rng(seed))
    return epsilon_lower_bound(found.hits_with, found.tries_with, found.hits_without, found.tries_without, 0.0, 95)


def geometric(epsilon, rng):
    """Two-sided geometric noise: exactly ε for a count."""
    return np.diff(rng.geometric(1 - np.exp(-epsilon), (TRIES, 2)), axis=1).astype(float)


@pytest.mark.parametrize("epsilon", [0.2, 1.0, 2.0])
def test_the_bound_never_exceeds_the_epsilon_of_the_noise(epsilon):
    """Of 20 games at 95 % one may exceed it; more than three would be one in sixty."""
    rng = np.random.default_rng(7)

    assert sum(bound(geometric(epsilon, rng)) > epsilon for _ in range(20)) <= 3


def test_the_bound_comes_near_the_epsilon_of_the_noise():
    found = [bound(geometric(1.0, np.random.default_rng(seed)), seed) for seed in range(8)]

    assert np.median(found) > 0.6


def test_no_noise_is_found_out():
    assert bound(np.zeros((TRIES, 1))) > 5


def test_the_line_is_not_chosen_on_the_tries_it_is_judged_by():
    """Noise of many different values and no difference at all: a line chosen on the same tries would find one."""
    rng = np.random.default_rng(9)

    assert sum(bound(rng.normal(0, 1e6, (TRIES, 1)), seed) > 0 for seed in range(20)) <= 3


def test_half_of_the_tries_are_judged():
    found = distinguish(np.zeros((100, 3)), np.random.default_rng(1))

    assert (found.tries_with, found.tries_without) == (25, 25)
