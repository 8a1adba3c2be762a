"""The game behind a lower bound on ε, with noise whose ε is known."""

import numpy as np
import pytest

from safeconduct.measures.attacks.canary import Law, audited, distinguish, loss_at_least
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


def test_half_of_the_tries_are_judged_and_each_of_them_with_the_person_and_without():
    found = distinguish(np.zeros((100, 3)), np.random.default_rng(1))

    assert (found.tries_with, found.tries_without) == (50, 50)


def loss(errors, seed=2):
    """The loss that is shown of one person, and how many canaries showed it."""
    size, found = audited(errors, np.random.default_rng(seed), groups=(1, 2, 4, 8, 16), law=Law.GAUSSIAN)
    return loss_at_least(found, size), size


@pytest.mark.parametrize("sigma", [1.0, 3.0, 12.0])
def test_the_loss_shown_never_exceeds_that_of_gaussian_noise(sigma):
    """ρ = 1 / 2σ²; of 20 audits at 95 % one may exceed it, more than three would be one in sixty."""
    rng = np.random.default_rng(7)
    found = [loss(rng.normal(0, sigma, (TRIES, 1)), seed)[0] for seed in range(20)]

    assert sum(one > 1 / (2 * sigma**2) for one in found) <= 3


@pytest.mark.parametrize("sigma", [1.0, 3.0, 12.0])
def test_canaries_together_show_most_of_the_loss(sigma):
    """One person alone in noise of twelve would need some hundred thousand tries."""
    rng = np.random.default_rng(8)
    found = [loss(rng.normal(0, sigma, (TRIES, 1)), seed)[0] for seed in range(5)]

    assert np.median(found) > 0.8 / (2 * sigma**2)


def test_wide_noise_needs_more_canaries_than_narrow_noise():
    rng = np.random.default_rng(3)

    assert loss(rng.normal(0, 12, (TRIES, 1)))[1] > loss(rng.normal(0, 1, (TRIES, 1)))[1]


def test_noise_half_as_wide_as_declared_is_caught():
    """An audit that could not fail would be none."""
    narrow = np.random.default_rng(4).normal(0, 1.5, (TRIES, 1))

    assert loss(narrow)[0] > 1 / (2 * 3.0**2)


def test_a_group_without_any_law_never_shows_more_than_its_share():
    """Noise of ε = 0.5 a person hides eight with 4: shared out, the bound stays below."""
    rng = np.random.default_rng(6)
    found = []
    for seed in range(20):
        size, game = audited(geometric(0.5, rng), np.random.default_rng(seed), groups=(1, 4, 8), law=Law.ANY)
        shown = epsilon_lower_bound(game.hits_with, game.tries_with, game.hits_without, game.tries_without, 0.0, 95)
        found.append(shown / size)

    assert sum(one > 0.5 for one in found) <= 3
    assert np.median(found) > 0.3
