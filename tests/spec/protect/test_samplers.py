"""Noise of differential privacy: each law beside its definition, and beside another program's."""

import ast
import inspect
from collections.abc import Callable
from decimal import Decimal, localcontext
from fractions import Fraction
from itertools import count as counting

import numpy as np
import opendp.prelude as dp
import pytest
from scipy import stats

from safeconduct.model.errors import BadInput, SafeconductError, Unsafe
from safeconduct.protect import samplers
from safeconduct.protect.samplers import (
    NARROWEST,
    WHOLE,
    discrete_gaussian,
    discrete_laplace,
    gaussian_ladder,
    laplace_ladder,
)
from safeconduct.protect.stream import Stream, fresh

SECRET = bytes(range(32))
DRAWS = 200_000
UNLUCKY = 1e-4
"""Secrets are fixed, so that a test passes always or never; right noise would fail one of ten thousand secrets."""

HARDLY_EVER = 1e-9
"""Another program's draws are new each time; right noise fails once in a billion runs."""

VARIANCES = [Fraction(1, 16), Fraction(1, 4), Fraction(1), Fraction(7, 3), Fraction(25), Fraction(40_000)]
SCALES = [Fraction(1, 8), Fraction(1, 3), Fraction(1), Fraction(10), Fraction(50)]


def exact(weight: Callable[[int], Decimal]) -> dict[int, Decimal]:
    """Chances of −n to n, by definition: every weight its share of all, until 10⁻⁶⁰ is left."""
    with localcontext() as context:
        context.prec = 90
        falling = [Decimal(1)]
        for x in counting(1):
            falling.append(weight(x))
            if falling[-1] < Decimal("1e-60"):
                break
        total = falling[0] + 2 * sum(falling[1:])
        return {sign * x: one / total for x, one in enumerate(falling) for sign in (1, -1)}


def gaussian(sigma2: Fraction) -> dict[int, Decimal]:
    """exp(−x² / 2σ²)."""
    return exact(lambda x: (-Decimal(x * x * sigma2.denominator) / Decimal(2 * sigma2.numerator)).exp())


def laplace(scale: Fraction) -> dict[int, Decimal]:
    """exp(−|x| / scale)."""
    return exact(lambda x: (-Decimal(x * scale.denominator) / Decimal(scale.numerator)).exp())


def p_value(drawn: np.ndarray, law: dict[int, Decimal]) -> float:
    """χ² of draws against a law; neighbours are put together until thirty are expected."""
    seen, expected, left = [0.0], [0.0], len(drawn)
    counts = dict(zip(*np.unique(drawn, return_counts=True), strict=True))
    assert set(counts) <= set(law)
    for x in sorted(law):
        if expected[-1] >= 30 and left >= 30:
            seen.append(0.0)
            expected.append(0.0)
        share = float(law[x]) * len(drawn)
        seen[-1], expected[-1], left = seen[-1] + counts.get(x, 0), expected[-1] + share, left - share
    scaled = np.array(expected) * (sum(seen) / sum(expected))
    return float(stats.chisquare(seen, scaled).pvalue) if len(seen) > 1 else 1.0


def distance(ladder: samplers.Ladder, law: dict[int, Decimal]) -> Decimal:
    """Total variation between a ladder and a law."""
    with localcontext() as context:
        context.prec = 90
        upper = [*map(ladder.up_to, range(2 * ladder.reach)), WHOLE]
        chances = {
            rung - ladder.reach: Decimal(one - before) / Decimal(WHOLE)
            for rung, (before, one) in enumerate(zip([0, *upper], upper, strict=False))
        }
        return sum(abs(law[x] - chances.get(x, Decimal(0))) for x in law) / 2


@pytest.mark.parametrize("sigma2", VARIANCES, ids=str)
def test_gaussian_draws_follow_the_law(sigma2):
    """χ² of 200,000 draws against exp(−x² / 2σ²)."""
    assert p_value(discrete_gaussian(sigma2, DRAWS, Stream(SECRET, "test")), gaussian(sigma2)) > UNLUCKY


@pytest.mark.parametrize("scale", SCALES, ids=str)
def test_laplace_draws_follow_the_law(scale):
    """χ² of 200,000 draws against exp(−|x| / scale)."""
    assert p_value(discrete_laplace(scale, DRAWS, Stream(SECRET, "test")), laplace(scale)) > UNLUCKY


def test_the_check_of_laws_sees_a_wrong_one():
    """The control: a variance that is two parts in a hundred off."""
    drawn = discrete_gaussian(Fraction(25), DRAWS, Stream(SECRET, "test"))

    assert p_value(drawn, gaussian(Fraction(51, 2))) < UNLUCKY


@pytest.mark.parametrize("sigma2", [NARROWEST, *VARIANCES], ids=str)
def test_a_gaussian_ladder_is_the_law_to_2_to_the_minus_96(sigma2):
    """Total variation, tails included."""
    assert distance(gaussian_ladder(sigma2), gaussian(sigma2)) < Decimal(2) ** -96


@pytest.mark.parametrize("scale", [NARROWEST, *SCALES], ids=str)
def test_a_laplace_ladder_is_the_law_to_2_to_the_minus_96(scale):
    """Total variation, tails included."""
    assert distance(laplace_ladder(scale), laplace(scale)) < Decimal(2) ** -96


@pytest.mark.parametrize(
    "ladder",
    [gaussian_ladder(Fraction(2**20)), laplace_ladder(Fraction(300)), gaussian_ladder(Fraction(1, 64))],
    ids=["wide gaussian", "wide laplace", "narrow gaussian"],
)
def test_a_ladder_is_the_same_up_as_down(ladder):
    """Each chance of x is that of −x, to the last of 128 bits: noise has mean 0 exactly."""
    rungs = list(map(ladder.up_to, range(2 * ladder.reach)))

    assert [one + other for one, other in zip(rungs, reversed(rungs), strict=True)] == [WHOLE] * len(rungs)


@pytest.mark.parametrize("sigma2", VARIANCES[2:], ids=str)
def test_gaussian_noise_has_mean_0_and_the_variance_asked_for(sigma2):
    """Within four standard errors; from 1 on the variance is σ² to a millionth."""
    drawn = discrete_gaussian(sigma2, DRAWS, Stream(SECRET, "moments")).astype(float)
    error = float(sigma2 / DRAWS) ** 0.5

    assert abs(drawn.mean()) < 4 * error
    assert drawn.var() == pytest.approx(float(sigma2), rel=4 * (2 / DRAWS) ** 0.5)


class Told:
    """A source that says what it is told to."""

    def __init__(self, *words: int) -> None:
        self.left = list(words)

    def words(self, count):
        told, self.left = self.left[:count], self.left[count:]
        return np.array(told, dtype=np.uint64)


@pytest.mark.parametrize("rung", [0, 1, 7, 64, 65, 100, 127, 128, 129])
def test_where_64_bits_stand_on_a_rung_64_more_decide(rung):
    """Just below, on, and just above every kind of rung, tails that share their first 64 bits among them."""
    ladder = gaussian_ladder(Fraction(25))
    high, low = divmod(ladder.up_to(rung), 1 << 64)
    around = [one for one in (low - 1, low, low + 1) if 0 <= one < 1 << 64]
    drawn = [int(ladder.draw(1, Told(high, more))[0]) + ladder.reach for more in around]
    rungs = list(map(ladder.up_to, range(2 * ladder.reach)))

    assert drawn == [sum(one <= (high << 64 | more) for one in rungs) for more in around]


def test_only_draws_on_a_rung_take_more_words():
    """Three draws, the second on a rung: four words are taken, and the others stay as they were."""
    ladder = gaussian_ladder(Fraction(25))
    rung = ladder.up_to(60)
    source = Told(1 << 63, rung >> 64, 1 << 62, rung & (1 << 64) - 1, 5)

    assert (ladder.draw(3, source).tolist(), source.left) == ([0, 61 - ladder.reach, -3], [5])


def test_no_words_give_no_noise():
    """Empty in, empty out."""
    assert discrete_gaussian(Fraction(4), 0, fresh()).tolist() == []


@pytest.mark.parametrize(
    ("draw", "parameter", "error"),
    [
        (discrete_gaussian, Fraction(1, 65), Unsafe),
        (discrete_gaussian, Fraction(0), Unsafe),
        (discrete_gaussian, Fraction(-4), Unsafe),
        (discrete_gaussian, Fraction(2**30 + 1), BadInput),
        (discrete_laplace, Fraction(1, 65), Unsafe),
        (discrete_laplace, Fraction(4097), BadInput),
    ],
)
def test_noise_that_is_none_or_nothing_else_is_not_drawn(draw, parameter, error):
    """Too narrow weakens protection; too wide is a mistake."""
    with pytest.raises(SafeconductError) as caught:
        draw(parameter, 1, fresh())

    assert type(caught.value) is error


def test_there_is_no_floating_point_in_the_samplers():
    """No float, no quotient but of fractions and decimals, which `_exponential` and the two ladders make."""
    tree = ast.parse(inspect.getsource(samplers))
    floats = [one.lineno for one in ast.walk(tree) if isinstance(one, ast.Constant) and isinstance(one.value, float)]
    named = [
        one.lineno for one in ast.walk(tree) if isinstance(one, ast.Name | ast.Attribute) and "float" in str(vars(one))
    ]
    divided = [
        ast.unparse(one.left) for one in ast.walk(tree) if isinstance(one, ast.BinOp) and isinstance(one.op, ast.Div)
    ]

    assert (floats, named) == ([], [])
    assert all("Fraction(" in one or "Decimal(" in one for one in divided)


def two_samples(ours: np.ndarray, theirs: np.ndarray) -> float:
    """χ² of two samples of the same size; values seen fewer than thirty times are put together."""
    values, place = np.unique(np.concatenate([ours, theirs]), return_inverse=True)
    both = np.array([np.bincount(part, minlength=len(values)) for part in (place[: len(ours)], place[len(ours) :])])
    many = both.sum(axis=0) >= 30
    held = np.column_stack([both[:, many], both[:, ~many].sum(axis=1)]) if not many.all() else both
    return float(stats.chi2_contingency(held[:, held.sum(axis=0) > 0]).pvalue)


def theirs(make, distance_of, scale: float, count: int) -> np.ndarray:
    """Draws of OpenDP."""
    dp.enable_features("contrib")
    return np.array(make(dp.vector_domain(dp.atom_domain(T=dp.i64)), distance_of, scale=scale)([0] * count))


@pytest.mark.parametrize("scale", [0.5, 2.5, 20.0])
def test_gaussian_noise_is_that_of_opendp(scale):
    """χ² of 30,000 draws each; OpenDP's scale is σ."""
    drawn = theirs(dp.m.make_gaussian, dp.l2_distance(T=float), scale, 30_000)

    assert two_samples(discrete_gaussian(Fraction(scale) ** 2, 30_000, Stream(SECRET, "peer")), drawn) > HARDLY_EVER


@pytest.mark.parametrize("scale", [0.5, 2.5, 20.0])
def test_laplace_noise_is_that_of_opendp(scale):
    """χ² of 30,000 draws each."""
    drawn = theirs(dp.m.make_laplace, dp.l1_distance(T=dp.i64), scale, 30_000)

    assert two_samples(discrete_laplace(Fraction(scale), 30_000, Stream(SECRET, "peer")), drawn) > HARDLY_EVER


def test_the_comparison_of_samples_sees_another_law():
    """The control: Laplace against Gaussian noise of the same variance."""
    ours = discrete_gaussian(Fraction(25), 30_000, Stream(SECRET, "peer"))
    others = discrete_laplace(Fraction(7, 2), 30_000, Stream(SECRET, "other"))

    assert two_samples(ours, others) < HARDLY_EVER
