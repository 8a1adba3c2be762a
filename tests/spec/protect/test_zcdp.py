"""What differential privacy costs, what it means, and what an attacker shows of it."""

from fractions import Fraction
from math import exp, inf

import numpy as np
import opendp.prelude as dp
import pytest
from hypothesis import given
from hypothesis import strategies as some
from scipy import stats

from safeconduct.model.errors import BadInput
from safeconduct.protect.samplers import discrete_gaussian, discrete_laplace
from safeconduct.protect.stream import Stream
from safeconduct.protect.zcdp import (
    epsilon,
    epsilon_lower_bound,
    half_width,
    least_epsilon,
    rho_millionths,
    sigma2,
)

SECRET = bytes(range(32))
ROUNDS = 400_000

losses = some.integers(1, 20_000_000)
deltas = some.floats(1e-15, 0.1)


@pytest.mark.parametrize(
    ("rho", "sensitivity", "wanted"),
    [
        (500_000, 1, Fraction(1)),
        (100_000, 30, Fraction(150)),
        (60_000, 36, Fraction(300)),
        (3, 1, Fraction(500_000, 3)),
    ],
)
def test_noise_is_what_one_person_changes_squared_by_twice_the_loss(rho, sensitivity, wanted):
    """σ² = Δ² / 2ρ, exactly."""
    assert sigma2(rho, sensitivity) == wanted


@given(losses, some.integers(1, 10_000))
def test_the_loss_of_noise_is_the_loss_it_was_made_for(rho, sensitivity):
    """There and back, to the millionth."""
    assert rho_millionths(sigma2(rho, sensitivity), sensitivity) == rho


def test_a_loss_is_rounded_up():
    """σ² = 3 and Δ² = 1 cost a sixth: 166,667 millionths."""
    assert rho_millionths(Fraction(3), 1) == 166_667


@pytest.mark.parametrize(("rho", "told"), [(50_000, 1.71), (100_000, 2.45), (500_000, 5.76)])
def test_the_usual_epsilon_is_the_one_others_tell(rho, told):
    """At δ = 10⁻⁶."""
    assert round(epsilon(rho, 1e-6), 2) == told


@given(losses, deltas)
def test_the_least_epsilon_is_never_more_than_the_usual(rho, delta):
    """The search has the usual one to fall back on."""
    assert 0 <= least_epsilon(rho, delta) <= epsilon(rho, delta)


@given(losses, deltas)
def test_the_least_epsilon_is_not_less_than_gaussian_noise_has(rho, delta):
    """The exact delta of Gaussian noise with that loss (Balle and Wang 2018, theorem 8) is within the delta told."""
    told, shift = least_epsilon(rho, delta), (2 * rho / 1e6) ** 0.5
    exact = stats.norm.cdf(shift / 2 - told / shift) - exp(told + stats.norm.logcdf(-shift / 2 - told / shift))

    assert exact <= delta * (1 + 1e-6)


@pytest.mark.parametrize("rho", [10_000, 100_000, 500_000, 2_000_000])
@pytest.mark.parametrize("delta", [1e-9, 1e-6])
def test_the_least_epsilon_is_that_of_opendp(rho, delta):
    """OpenDP converts by the same bound."""
    dp.enable_features("contrib")
    noise = dp.m.make_gaussian(dp.atom_domain(T=dp.i64), dp.absolute_distance(T=float), float(sigma2(rho, 1)) ** 0.5)
    theirs = dp.c.make_zCDP_to_approxDP(noise).map(1.0).epsilon(delta)

    assert least_epsilon(rho, delta) == pytest.approx(theirs, rel=1e-3)


def test_no_loss_means_no_epsilon():
    """Neither way of telling."""
    assert (epsilon(0, 1e-6), least_epsilon(0, 1e-6)) == (0, 0)


@pytest.mark.parametrize(
    "variance", [Fraction(1, 4), Fraction(1), Fraction(25), Fraction(150), Fraction(40_000)], ids=str
)
@pytest.mark.parametrize("percent", [50, 90, 95, 99])
def test_a_margin_holds_as_often_as_it_says_and_no_smaller_one_does(variance, percent):
    """By definition: the chances of −h to h added up."""
    places = np.arange(-3000, 3001)
    weights = np.exp(-(places**2) / (2 * float(variance)))
    half = half_width(variance, percent)
    held = [weights[abs(places) <= width].sum() / weights.sum() for width in (half, half - 1)]

    assert held[0] >= percent / 100 > held[1]


@pytest.mark.parametrize("percent", [0, 100, -5])
def test_a_margin_needs_a_confidence_between_none_and_certainty(percent):
    """Nothing holds noise for certain."""
    with pytest.raises(BadInput):
        half_width(Fraction(1), percent)


@pytest.mark.parametrize(
    ("ask", "numbers"),
    [
        (sigma2, (0, 1)),
        (sigma2, (1, 0)),
        (rho_millionths, (Fraction(0), 1)),
        (rho_millionths, (Fraction(1), 0)),
        (epsilon, (-1, 1e-6)),
        (epsilon, (1, 0.0)),
        (least_epsilon, (1, 1.0)),
        (least_epsilon, (1, inf)),
        (epsilon_lower_bound, (11, 10, 0, 10, 0.0, 95)),
        (epsilon_lower_bound, (0, 0, 0, 10, 0.0, 95)),
        (epsilon_lower_bound, (5, 10, -1, 10, 0.0, 95)),
        (epsilon_lower_bound, (5, 10, 5, 10, 1.0, 95)),
        (epsilon_lower_bound, (5, 10, 5, 10, 0.0, 100)),
    ],
)
def test_numbers_out_of_range_are_refused(ask, numbers):
    """Before anything is computed."""
    with pytest.raises(BadInput):
        ask(*numbers)


def game(draw, threshold):
    """Guess whether a person is counted, count 1 against count 0: how often "with" was said, both ways."""
    present = draw(Stream(SECRET, "with")) + 1
    absent = draw(Stream(SECRET, "without"))
    return int((present > threshold).sum()), ROUNDS, int((absent > threshold).sum()), ROUNDS


@pytest.mark.parametrize("threshold", [0, 1, 2, 4, 8])
@pytest.mark.parametrize("rho", [10_000, 100_000, 500_000, 2_000_000])
def test_nobody_shows_gaussian_noise_to_tell_more_than_declared(rho, threshold):
    """The bound of 400,000 rounds at 99 percent is at most the least epsilon, at two deltas."""
    played = game(lambda source: discrete_gaussian(sigma2(rho, 1), ROUNDS, source), threshold)
    shown = [epsilon_lower_bound(*played, delta, 99) for delta in (1e-6, 1e-2)]

    assert all(one <= least_epsilon(rho, delta) for one, delta in zip(shown, (1e-6, 1e-2), strict=True))


@pytest.mark.parametrize("threshold", [0, 1, 2, 4])
@pytest.mark.parametrize("scale", [Fraction(1, 2), Fraction(1), Fraction(4)], ids=str)
def test_nobody_shows_laplace_noise_to_tell_more_than_declared(scale, threshold):
    """Pure: delta is 0 and epsilon one over the scale, which the attack nearly reaches."""
    played = game(lambda source: discrete_laplace(scale, ROUNDS, source), threshold)
    shown = epsilon_lower_bound(*played, 0.0, 99)

    assert shown <= float(1 / scale)
    assert shown > 0.8 * float(1 / scale) or threshold > 0


@pytest.mark.parametrize(("scale", "threshold"), [(Fraction(9, 10), 0), (Fraction(1, 2), 0), (Fraction(1, 2), 2)])
def test_too_little_noise_is_found_out(scale, threshold):
    """The control: declared with epsilon 1, made with less noise."""
    played = game(lambda source: discrete_laplace(scale, ROUNDS, source), threshold)

    assert epsilon_lower_bound(*played, 0.0, 99) > 1


def test_who_knows_everything_is_bounded_by_how_often_they_tried():
    """A thousand of a thousand and none of a thousand: the limits of Clopper and Pearson, (0.05/2)^(1/1000)."""
    most = 1 - 0.025 ** (1 / 1000)

    assert epsilon_lower_bound(1000, 1000, 0, 1000, 0.0, 95) == pytest.approx(np.log((1 - most) / most))


@given(some.integers(0, 200), some.integers(0, 200))
def test_guessing_the_other_way_round_shows_as_much(hits, other):
    """Who says "without" for "with" tells the same: rounds and words change places together."""
    there, back = (hits, 200, other, 200), (200 - other, 200, 200 - hits, 200)

    assert epsilon_lower_bound(*there, 1e-3, 95) == pytest.approx(epsilon_lower_bound(*back, 1e-3, 95))


def test_a_guess_no_better_than_a_coin_shows_nothing():
    """Neither right nor wrong more often."""
    assert epsilon_lower_bound(5000, 10_000, 5000, 10_000, 0.0, 95) == 0
