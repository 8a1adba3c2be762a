"""What differential privacy costs and promises: zero-concentrated losses in whole millionths, and their audit.

Losses of answers about the same people add up, and are kept, added and compared as whole numbers only. Epsilon is a
way to tell people what a loss means; nothing is decided by it.
"""

from dataclasses import dataclass
from fractions import Fraction
from math import exp, inf, isfinite, log, log1p, sqrt

from safeconduct.model.errors import BadInput
from safeconduct.protect.samplers import gaussian_ladder

MILLION = 1_000_000


def sigma2(rho_millionths: int, squared_sensitivity: int) -> Fraction:
    """The parameter σ² of discrete Gaussian noise for a loss: Δ² / 2ρ.

    Args:
        rho_millionths: The loss ρ in millionths, at least 1.
        squared_sensitivity: Δ²: how much one person changes the sum of squares over all numbers at most; for counts in
            which everybody counts in at most C cells, C.

    Raises:
        BadInput: One of them is less than 1.

    References:
        Canonne, Kamath and Steinke (2020), The Discrete Gaussian for Differential Privacy, arXiv:2004.00010.

    Example:
        >>> sigma2(500_000, 9)
        Fraction(9, 1)
    """
    if rho_millionths < 1 or squared_sensitivity < 1:
        raise BadInput("a loss is at least a millionth, and what one person changes at least 1")
    return Fraction(squared_sensitivity * MILLION, 2 * rho_millionths)


def rho_millionths(variance: Fraction, squared_sensitivity: int) -> int:
    """The loss of discrete Gaussian noise with σ² = `variance`, in millionths, rounded up: `sigma2` turned round.

    Raises:
        BadInput: The variance is not more than 0, or the sensitivity less than 1.

    Example:
        >>> rho_millionths(Fraction(9), 9)
        500000
    """
    if variance <= 0 or squared_sensitivity < 1:
        raise BadInput("noise has a variance of more than 0, and what one person changes is at least 1")
    return -int(-squared_sensitivity * MILLION // (2 * variance))


def epsilon(rho_millionths: int, delta: float) -> float:
    """The epsilon a loss means at most, by the usual formula: ε = ρ + 2 √(ρ ln 1/δ).

    Simple, and what others publish, so that figures can be compared; `least_epsilon` is closer to the truth.

    Args:
        rho_millionths: The loss ρ in millionths, 0 or more.
        delta: The chance that epsilon does not hold, between 0 and 1; far below one over the number of people.

    Raises:
        BadInput: The loss is negative, or delta is not between 0 and 1.

    References:
        Bun and Steinke (2016), Concentrated Differential Privacy, arXiv:1605.02065, proposition 1.3.

    Example:
        >>> round(epsilon(100_000, 1e-6), 2)
        2.45
    """
    rho = _rho(rho_millionths, delta)
    return rho + 2 * sqrt(rho * log(1 / delta))


def least_epsilon(rho_millionths: int, delta: float) -> float:
    """The epsilon a loss means at most, by the best order of Rényi divergence; never more than `epsilon`.

    The smallest αρ + ln(1/αδ) / (α − 1) + ln(1 − 1/α) over orders α > 1. Every order is a valid bound, so that a
    search that stopped early would only tell too much.

    Args:
        rho_millionths: The loss ρ in millionths, 0 or more.
        delta: The chance that epsilon does not hold, between 0 and 1.

    Raises:
        BadInput: The loss is negative, or delta is not between 0 and 1.

    References:
        Canonne, Kamath and Steinke (2020), arXiv:2004.00010.

    Example:
        >>> round(least_epsilon(100_000, 1e-6), 2)
        2.14
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 - slow to import, and few ask

    rho = _rho(rho_millionths, delta)
    if not rho:
        return 0.0

    def by_order(exponent: float) -> float:
        beyond = exp(exponent)
        return (1 + beyond) * rho - (log(delta) + log1p(beyond)) / beyond + exponent - log1p(beyond)

    around = log(sqrt(log(1 / delta) / rho))
    found = minimize_scalar(by_order, bounds=(around - 10, around + 10), method="bounded", options={"xatol": 1e-9})
    return max(0.0, min(float(found.fun), epsilon(rho_millionths, delta)))


def half_width(variance: Fraction, percent: int) -> int:
    """The smallest number that discrete Gaussian noise is at most away from 0 with at least this chance.

    Args:
        variance: The parameter σ² of the noise.
        percent: The chance, 1 to 99 in a hundred.

    Raises:
        BadInput: Another number of percent, or noise that is not drawn.

    Example:
        >>> half_width(Fraction(25), 95)
        10
    """
    return gaussian_ladder(variance).half_width(percent)


@dataclass(frozen=True, kw_only=True)
class Tries:
    """How often something happened.

    Attributes:
        hits: How often it did.
        tries: How often it could have.
    """

    hits: int
    tries: int

    def __post_init__(self) -> None:
        if not 0 <= self.hits <= self.tries or not self.tries:
            raise BadInput("an audit needs at least one try, and no more hits than tries")

    def at_least(self, doubt: float) -> float:
        """The chance it has at least; wrong with a chance of at most `doubt` (Clopper and Pearson 1934)."""
        from scipy.special import betaincinv  # noqa: PLC0415 - slow to import, and few audit

        return float(betaincinv(self.hits, self.tries - self.hits + 1, doubt)) if self.hits else 0.0

    def at_most(self, doubt: float) -> float:
        """The chance it has at most; wrong with a chance of at most `doubt`."""
        return 1 - Tries(hits=self.tries - self.hits, tries=self.tries).at_least(doubt)


def epsilon_lower_bound(
    hits_with: int,
    tries_with: int,
    hits_without: int,
    tries_without: int,
    delta: float,
    confidence_percent: int,
) -> float:
    """The epsilon that somebody who guesses whether a person is in the data shows a mechanism to have at least.

    They play many rounds and say "with" or "without". Under (ε, δ)-differential privacy they are right about people
    who are there at most e^ε times as often as wrong about people who are not, plus δ, and the same the other way
    round; chances are bounded by Clopper and Pearson, each side at half the doubt. More than the epsilon declared means
    that the mechanism is broken, or that bad luck struck that had a chance of 100 − `confidence_percent` in a hundred.
    How they guess must be fixed before the rounds that count.

    Args:
        hits_with: How often they said "with" when the person was there.
        tries_with: How often the person was there.
        hits_without: How often they said "with" when the person was not.
        tries_without: How often the person was not.
        delta: The delta of the guarantee, at least 0 and below 1.
        confidence_percent: 1 to 99.

    Returns:
        0 where they did no better than the guarantee allows anyhow.

    Raises:
        BadInput: Hits are more than tries, nothing was tried, or delta or confidence are out of range.

    References:
        Jagielski, Ullman and Oprea (2020), Auditing Differentially Private Machine Learning, arXiv:2006.07709.
        Nasr et al. (2021), Adversary Instantiation, arXiv:2101.04535.

    Example:
        >>> round(epsilon_lower_bound(1000, 1000, 0, 1000, 0.0, 95), 2)
        5.6
    """
    if not 0 <= delta < 1 or not 1 <= confidence_percent <= 99:  # noqa: PLR2004 - as the documentation says
        raise BadInput("an audit needs a delta of 0 to below 1 and a confidence of 1 to 99 percent")
    doubt = (100 - confidence_percent) / 200
    right = Tries(hits=hits_with, tries=tries_with).at_least(doubt)
    wrong = Tries(hits=hits_without, tries=tries_without).at_most(doubt)
    return max(0.0, _shown(right, wrong, delta), _shown(1 - wrong, 1 - right, delta))


def _shown(often: float, seldom: float, delta: float) -> float:
    """The epsilon by which the first chance is at least e^ε times the second plus delta."""
    if often <= delta:
        return -inf
    return log((often - delta) / seldom) if seldom > 0 else inf


def _rho(rho_millionths: int, delta: float) -> float:
    if rho_millionths < 0 or not isfinite(delta) or not 0 < delta < 1:
        raise BadInput("a loss is 0 or more, and delta is between 0 and 1")
    return rho_millionths / MILLION
