"""Noise for differential privacy: discrete Gaussian and discrete Laplace, made of whole numbers only.

Floating-point noise has holes that give away what it was added to (Mironov 2012, doi:10.1145/2382196.2382264). Here a
law is a ladder of exact cumulative weights in units of 2⁻¹²⁸, worked out in integers, and a draw is the rung that 128
random bits reach: 64 first, and 64 more where those stand exactly on a rung.

Every draw is within 2⁻⁹⁶ of the true law in total variation: what lies beyond the ladder and what rounding took away
is drawn as 0, together below 2⁻¹⁰⁷ even for the widest law allowed. Answers with a trillion cells in all therefore add
less than 2⁻⁵⁰ to the delta of a guarantee.
"""

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.protect.stream import Source, Words

Whole = NDArray[np.int64]

BITS = 128
"""Weights are whole numbers of 2^−BITS."""

FINE, DIGITS = 320, 140
"""Binary and decimal places weights are worked out with."""

NARROWEST = Fraction(1, 64)
"""Smallest variance, and smallest scale: below, noise would hardly ever be anything but 0."""

WIDEST_VARIANCE, WIDEST_SCALE = 2**30, 2**12
"""Largest variance and scale; both make a ladder of less than a million rungs, 14 MB."""

LOW = (1 << 64) - 1
WHOLE = 1 << BITS


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Ladder:
    """A law of whole numbers −reach to reach as cumulative weights.

    Attributes:
        reach: The largest number that is drawn.
        high: First 64 bits of the chance of a number up to −reach, up to −reach + 1, …, up to reach − 1.
        low: The next 64 bits.
    """

    reach: int
    high: Words
    low: Words

    def draw(self, count: int, stream: Source) -> Whole:
        """As many numbers, each on its own."""
        first = stream.words(count)
        found = np.searchsorted(self.high, first, side="right")
        on_a_rung = np.flatnonzero(self.high[found - 1] == first)
        for place, more in zip(on_a_rung, stream.words(len(on_a_rung)), strict=True):
            below = np.searchsorted(self.high, first[place], side="left")
            found[place] = below + np.searchsorted(self.low[below : found[place]], more, side="right")
        return found.astype(np.int64) - self.reach

    def up_to(self, rung: int) -> int:
        """The chance of a number up to `rung` − reach, in units of 2^−128; `rung` is 0 to 2 · reach − 1."""
        return int(self.high[rung]) << 64 | int(self.low[rung])

    def half_width(self, percent: int) -> int:
        """The smallest number that noise is at most away from 0 with at least this chance, 1 to 99 in a hundred.

        Raises:
            BadInput: Another number of percent.
        """
        if not 1 <= percent <= 99:  # noqa: PLR2004 - as the documentation says
            raise BadInput("a margin of error needs a confidence of 1 to 99 percent", field="percent")
        outside = (100 - percent) * WHOLE // 200
        return self.reach - bisect_right(range(self.reach), outside, key=self.up_to)


def discrete_gaussian(sigma2: Fraction, count: int, stream: Source) -> Whole:
    """Numbers x with chances proportional to exp(−x² / 2σ²), each on its own.

    Added to counts in which one person changes the sum of squares by at most Δ², it gives Δ² / 2σ² zero-concentrated
    differential privacy. Its variance is at most `sigma2`, and close to it from 1 on.

    Args:
        sigma2: The parameter σ², 1/64 to 2³⁰.
        count: How many.
        stream: Where chance comes from.

    Raises:
        Unsafe: `sigma2` is so small that there would be no noise.
        BadInput: It is wider than any count.

    References:
        Canonne, Kamath and Steinke (2020), The Discrete Gaussian for Differential Privacy, arXiv:2004.00010.

    Example:
        >>> from safeconduct.protect.stream import Stream
        >>> discrete_gaussian(Fraction(9), 5, Stream(bytes(32), "example")).shape
        (5,)
    """
    return gaussian_ladder(sigma2).draw(count, stream)


def discrete_laplace(scale: Fraction, count: int, stream: Source) -> Whole:
    """Numbers x with chances proportional to exp(−|x| / scale), each on its own.

    Added to counts in which one person changes the sum of absolute values by at most Δ, it gives Δ / scale pure
    differential privacy.

    Args:
        scale: The parameter, 1/64 to 4096.
        count: How many.
        stream: Where chance comes from.

    Raises:
        Unsafe: `scale` is so small that there would be no noise.
        BadInput: It is wider than any count.

    References:
        Ghosh, Roughgarden and Sundararajan (2009), Universally utility-maximizing privacy mechanisms,
        doi:10.1145/1536414.1536464.
    """
    return laplace_ladder(scale).draw(count, stream)


@lru_cache(maxsize=16)
def gaussian_ladder(sigma2: Fraction) -> Ladder:
    """The ladder of `discrete_gaussian`, kept for the next time; raises as it does."""
    _within(sigma2, WIDEST_VARIANCE)
    return _ladder(_falling(_exponential(Fraction(1, 2) / sigma2), _exponential(Fraction(1) / sigma2)))


@lru_cache(maxsize=16)
def laplace_ladder(scale: Fraction) -> Ladder:
    """The ladder of `discrete_laplace`, kept for the next time; raises as it does."""
    _within(scale, WIDEST_SCALE)
    return _ladder(_falling(_exponential(Fraction(1) / scale), 1 << FINE))


def _within(parameter: Fraction, widest: int) -> None:
    if parameter < NARROWEST:
        raise Unsafe("so little noise would protect nobody; let an answer take less of the budget")
    if parameter > widest:
        raise BadInput("so much noise would leave nothing of a count; let an answer take more of the budget")


def _exponential(power: Fraction) -> int:
    """exp(−power) in units of 2^−FINE, cut off; `Decimal.exp` is rounded correctly at every precision."""
    with localcontext(Context(prec=DIGITS, traps=[])):
        return int((-Decimal(power.numerator) / Decimal(power.denominator)).exp() * (1 << FINE))


def _falling(ratio: int, change: int) -> Iterator[int]:
    """Weights of 1, 2, 3, … beside a weight of 1 for 0, in units of 2^−FINE, as long as they are 2^−BITS.

    Each is the last times a ratio, which itself changes by a factor: exp(−(x + 1)²/2σ²) is exp(−x²/2σ²) times
    exp(−(2x + 1)/2σ²). Cutting off takes less than x² · 2^−FINE in all.
    """
    weight = 1 << FINE
    while (weight := weight * ratio >> FINE) >> FINE - BITS:
        yield weight
        ratio = ratio * change >> FINE


def _ladder(weights: Iterator[int]) -> Ladder:
    """A symmetric law: each weight its share of 2^BITS, cut off; what is over goes to 0."""
    falling = list(weights)
    total = (1 << FINE) + 2 * sum(falling)
    shares = [share for weight in falling if (share := (weight << BITS) // total)]
    below = list(accumulate(reversed(shares)))
    rungs = [*below, *(WHOLE - rung for rung in reversed(below))]
    return Ladder(
        reach=len(shares),
        high=np.array([rung >> 64 for rung in rungs], dtype=np.uint64),
        low=np.array([rung & LOW for rung in rungs], dtype=np.uint64),
    )
