"""Members told from strangers by a table of counts alone."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from safeconduct.measures.attacks.blind import Published, blind_membership
from safeconduct.measures.attacks.membership import Mechanism, Traces

DAYS, AREAS, PEOPLE = 7, 20, 1200
EXACT = Mechanism(0, np.zeros(0))


@pytest.fixture(scope="module")
def traces():
    """People who are mostly at home, and seen on four of five days."""
    rng = np.random.default_rng(3)
    home = rng.integers(0, AREAS, PEOPLE)
    found = np.zeros((PEOPLE, DAYS, AREAS))
    for day in range(DAYS):
        there = np.where(rng.random(PEOPLE) < 0.7, home, rng.integers(0, AREAS, PEOPLE))
        found[np.arange(PEOPLE), day, there] = rng.random(PEOPLE) < 0.8
    return Traces(csr_array(found.reshape(PEOPLE, -1)), AREAS)


def played(traces, size, mechanism, published, guesses=600):
    return blind_membership(traces, size, mechanism, published, guesses=guesses, rng=np.random.default_rng(5))


def test_a_small_group_counted_exactly_gives_its_members_away(traces):
    assert played(traces, 30, EXACT, Published(0, 0.0)).low > 0.65


def test_a_large_group_hides_its_members_better(traces):
    exact = Published(0, 0.0)

    assert played(traces, 400, EXACT, exact).value < played(traces, 30, EXACT, exact).value


def test_a_group_below_the_minimum_everywhere_gives_nobody_away(traces):
    found = played(traces, 30, Mechanism(16, np.zeros(1)), Published(16, 0.0))

    assert found.value == pytest.approx(0.5, abs=0.06)


def test_noise_larger_than_the_counts_gives_nobody_away(traces):
    noise = np.rint(np.random.default_rng(1).normal(0, 80, 3000))

    assert played(traces, 30, Mechanism(0, noise), Published(0, 80.0)).value == pytest.approx(0.5, abs=0.06)


def test_an_attacker_who_is_told_no_margin_is_not_helped_by_that(traces):
    """The noise is there whether they know of it or not."""
    noise = np.rint(np.random.default_rng(1).normal(0, 80, 3000))

    assert played(traces, 30, Mechanism(0, noise), Published(0, 0.0)).value == pytest.approx(0.5, abs=0.06)


def test_everybody_in_the_group_leaves_no_stranger_to_tell(traces):
    assert played(traces, PEOPLE, EXACT, Published(0, 0.0)).n == 0
