"""What an attacker's guesses are worth, on distributions whose truth is known."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from scipy.stats import norm

from safeconduct.measures.attacks.guessing import accuracy, auc, bits, learned, share

GUESSES = 2000
TRIES = 150
MOST_MISSES = 18
"""Of 150 intervals of 95 %: 7.5 miss on average; more than 18 would be one in two thousand."""


@pytest.fixture
def rng():
    return np.random.default_rng(20261121)


def coins(rng, count=GUESSES):
    """Labels that nobody can know."""
    return rng.integers(0, 2, count)


def held(labels, rng, *, right):
    """Guesses that are right so often."""
    return np.where(rng.random(len(labels)) < right, labels, 1 - labels)


def test_wilsons_interval_is_the_one_in_the_books():
    """Newcombe (1998), Statistics in Medicine 17:857, table I: 81 of 263."""
    found = share(81, 263)

    assert (round(found.low, 4), round(found.high, 4)) == (0.2553, 0.3662)


@pytest.mark.parametrize(("hits", "end"), [(0, 0.0), (30, 1.0)])
def test_an_interval_reaches_the_end_where_all_or_none_were_right(hits, end):
    found = share(hits, 30)

    assert end in {found.low, found.high}


def test_nothing_tried_is_no_number_anybody_could_lean_on():
    found = accuracy(np.array([]), np.array([]))

    assert (found.low, found.high, found.n) == (0.0, 1.0, 0)


def test_who_guesses_a_coin_is_right_half_of_the_time(rng):
    found = accuracy(coins(rng), coins(rng))

    assert found.low <= 0.5 <= found.high


def test_a_feature_that_tells_nothing_is_learnt_nothing_from(rng):
    """Also where it takes so many values that each is seen few times."""
    found = [learned(rng.integers(0, 400, (600, 2)), coins(rng, 600), rng).value for _ in range(60)]

    assert np.mean(found) == pytest.approx(0.5, abs=0.01)


def test_unequal_labels_are_made_equal_first(rng):
    """Who always says the commoner one would be right nine times in ten."""
    found = learned(np.zeros(GUESSES), (rng.random(GUESSES) < 0.9).astype(int), rng)

    assert found.low <= 0.5 <= found.high


def test_a_silence_is_read_as_well_as_a_number(rng):
    """Denial-aware: only whether there was an answer tells the label."""
    labels = coins(rng)
    told = rng.integers(20, 29, GUESSES).tolist()
    seen = np.array([None if label else one for label, one in zip(labels, told, strict=True)], dtype=object)

    assert learned(seen, labels, rng).value == 1.0


def test_two_columns_that_tell_only_together_are_read_together(rng):
    """Exclusive or: neither alone tells anything."""
    one, labels = coins(rng), coins(rng)

    assert learned(np.column_stack([one, one ^ labels]), labels, rng).value > 0.99


def test_a_noisy_difference_is_read_as_well_as_can_be(rng):
    """One more or not under normal noise: the best guess is right in Φ(1 / 2σ)."""
    labels = coins(rng, 8000)

    found = learned(labels + rng.normal(0, 1, 8000), labels, rng)

    assert found.value == pytest.approx(norm.cdf(0.5), abs=0.02)


def test_words_numbers_and_nothing_stand_in_one_column(rng):
    seen = np.array(["suppressed", None, 3, 3.0, np.int64(7)] * 40, dtype=object)
    labels = np.array([0, 1, 0, 0, 1] * 40)

    assert learned(seen, labels, rng).value == 1.0


@pytest.mark.parametrize("apart", [0.0, 0.5, 2.0])
def test_the_interval_of_an_area_under_the_curve_holds_the_truth(rng, apart):
    """Normal scores: the area is Φ(d / √2)."""
    truth, misses = norm.cdf(apart / np.sqrt(2)), 0
    for _ in range(TRIES):
        labels = coins(rng, 300)
        found = auc(rng.normal(size=300) + apart * labels, labels)
        misses += not found.low <= truth <= found.high

    assert misses <= MOST_MISSES


def test_scores_that_never_overlap_still_have_an_interval():
    found = auc(np.array([1.0, 2.0, 3.0, 4.0]), np.array([0, 0, 1, 1]))

    assert found.value == 1.0
    assert found.low < 0.6


@settings(max_examples=60, deadline=None)
@given(some.lists(some.tuples(some.integers(0, 4), some.booleans()), max_size=25))
def test_an_area_is_the_share_of_pairs_in_the_right_order(cases):
    """Ties count half."""
    ones, zeros = ([score for score, label in cases if label == side] for side in (True, False))
    pairs = [(one > zero) + 0.5 * (one == zero) for one in ones for zero in zeros]

    found = auc(
        np.array([score for score, _ in cases], dtype=float), np.array([label for _, label in cases], dtype=int)
    )

    assert found.value == pytest.approx(np.mean(pairs) if pairs else 0.5)


@pytest.mark.parametrize("right", [0.6, 0.9])
def test_the_interval_of_bits_holds_the_truth(rng, right):
    """A guess right in p of all cases tells 1 + p log p + (1 − p) log (1 − p) bits."""
    truth, misses = 1 + right * np.log2(right) + (1 - right) * np.log2(1 - right), 0
    for _ in range(TRIES):
        labels = coins(rng, 1000)
        found = bits(held(labels, rng, right=right), labels)
        misses += not found.low <= truth <= found.high

    assert misses <= MOST_MISSES


def test_guesses_that_know_nothing_tell_no_bits(rng):
    """The raw estimate would be above 0 every time."""
    found = [bits(rng.integers(0, 8, 200), coins(rng, 200)) for _ in range(TRIES)]

    assert sum(one.low > 0 for one in found) <= MOST_MISSES
    assert np.median([one.value for one in found]) < 0.01


def test_a_guess_that_is_always_wrong_tells_everything(rng):
    labels = coins(rng)

    assert bits(1 - labels, labels).value > 0.99


def test_one_and_the_same_guess_tells_nothing(rng):
    assert bits(np.zeros(GUESSES), coins(rng)).high == 0.0
