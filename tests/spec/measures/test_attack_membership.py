"""Members of a group told from strangers by a table of counts."""

import numpy as np
import pytest
from scipy.sparse import csr_array

from safeconduct.measures.attacks.membership import Knowledge, Mechanism, Traces, membership, observed

DAYS, AREAS, PEOPLE = 7, 20, 1200
EXACT = Mechanism(0, np.zeros(0))


@pytest.fixture(scope="module")
def traces():
    """People who are mostly at home."""
    rng = np.random.default_rng(3)
    home = rng.integers(0, AREAS, PEOPLE)
    found = np.zeros((PEOPLE, DAYS, AREAS))
    for day in range(DAYS):
        there = np.where(rng.random(PEOPLE) < 0.7, home, rng.integers(0, AREAS, PEOPLE))
        found[np.arange(PEOPLE), day, there] = rng.random(PEOPLE) < 0.8
    return Traces(csr_array(found.reshape(PEOPLE, -1)), AREAS)


def best(traces, size, mechanism):
    """The best of the three attackers."""
    played = membership(traces, size, mechanism, guesses=1000, rng=np.random.default_rng(5))
    return max(one.value for one in played.values())


def test_a_small_group_counted_exactly_gives_its_members_away(traces):
    assert best(traces, 30, EXACT) > 0.9


def test_a_large_group_hides_its_members_better(traces):
    assert best(traces, 400, EXACT) < best(traces, 30, EXACT)


def test_a_group_below_the_minimum_everywhere_gives_nobody_away(traces):
    assert best(traces, 30, Mechanism(16, np.zeros(1))) == pytest.approx(0.5, abs=0.06)


def test_noise_larger_than_the_counts_gives_nobody_away(traces):
    noise = np.rint(np.random.default_rng(1).normal(0, 80, 3000))

    assert best(traces, 30, Mechanism(0, noise)) == pytest.approx(0.5, abs=0.06)


def test_who_knows_nothing_but_the_table_still_tells_members(traces):
    """Zero auxiliary knowledge: Guan et al. (2024)."""
    played = membership(traces, 30, EXACT, guesses=1000, rng=np.random.default_rng(5))

    assert played[Knowledge.NOTHING].low > 0.6


def test_everybody_in_the_group_leaves_no_stranger_to_tell(traces):
    played = membership(traces, PEOPLE, EXACT, guesses=100, rng=np.random.default_rng(5))

    assert {one.n for one in played.values()} == {0}


def test_a_mechanism_is_read_off_a_table_whose_truth_is_known():
    found = observed(np.array([np.nan, 16.0, 21.0, 0.0]), np.array([9.0, 16.0, 20.0, 0.0]))

    assert (found.minimum, found.errors.tolist()) == (16, [0.0, 1.0, 0.0])


def test_a_table_without_silence_has_no_minimum():
    assert observed(np.array([3.0, 0.0]), np.array([3.0, 0.0])).minimum == 0
