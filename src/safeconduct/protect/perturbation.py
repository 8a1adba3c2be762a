"""Sticky noise: the cell-key method, whose noise follows from who is counted and from nothing else.

Everybody has a record key; a cell's key is the sum of the keys of its people, so that the same people always get the
same noise, however they were asked for. A table says for every count how likely each noise is: none for a count of
zero, never a count below zero, never one of those too small to be told, on average nothing, with a variance that is
chosen, and apart from that as little pattern as can be: the distribution of maximum entropy.

The table is solved in decimal arithmetic of fixed precision, so that it is the same on every machine: sticky noise
that changed with a processor or a library would be averaged away.

References:
    Fraser and Wooton (2005), A proposed method for confidentialising tabular output to protect against differencing.
    Marley and Leaver (2011), A method for confidentialising user-defined tables: statistical properties and a
    risk-utility analysis. Giessing (2016), Computational issues in the design of transition probabilities and
    disclosure risk estimation for additive noise.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Context, Decimal, localcontext
from fractions import Fraction
from functools import cached_property, lru_cache
from itertools import accumulate

import numpy as np
from numpy.typing import NDArray

from safeconduct.model.errors import BadInput

Whole = NDArray[np.int64]

PARTS = 1 << 32
"""Chances are whole numbers of 2⁻³²."""

WIDEST = 50
"""Most that noise may reach."""

DIGITS, CLOSE = 60, Decimal("1e-24")
"""Decimal places tables are solved with, and how near mean and variance must come before rounding to 2⁻³²."""

MULTIPLIERS = (0x6A09E667, 0xBB67AE85, 0x3C6EF373)
"""The first 32 bits of the fractions of √2, √3 and √5, the last made odd: nobody could choose them."""

Shares = dict[int, Decimal]
Row = tuple[int, ...]


@dataclass(frozen=True, kw_only=True)
class PerturbationTable:
    """How likely each noise is for each count. It is public; the record keys are the secret.

    Small counts cannot have every variance. A count of n ≤ `smallest` becomes 0 or at least `smallest` + 1, so that its
    variance is at least n · (`smallest` + 1 − n). One that can lose no more than m, since more would make it negative
    or one that never comes out, has a variance of at most m · `reach`. Beyond such a bound the variance is the bound.

    Attributes:
        reach: Noise is −reach to reach.
        variance_milli: Variance of the noise, in thousandths.
        smallest: Counts of 1 to so many never come out.
        rows: For each count 0, 1, …, `last`: the chance of each noise −reach, …, reach, in units of 2⁻³².

    Example:
        >>> made = table(reach=5, variance_milli=3000, smallest=2)
        >>> made.last, sum(made.rows[1]) == 2**32, made.noise(np.array([0]), np.array([77])).tolist()
        (8, True, [0])
    """

    reach: int
    variance_milli: int
    smallest: int
    rows: tuple[Row, ...] = field(repr=False)

    @property
    def last(self) -> int:
        """The smallest count that all noise is possible for; larger ones are treated like it."""
        return len(self.rows) - 1

    def noise(self, counts: Whole, keys: Whole) -> Whole:
        """What to add to each count; the same count and key always give the same.

        Args:
            counts: How many people, 0 or more.
            keys: Sum of their record keys, modulo 2³².

        Raises:
            BadInput: A count is negative or a key is not below 2³².
        """
        if counts.min(initial=0) < 0 or keys.min(initial=0) < 0 or keys.max(initial=0) >= PARTS:
            raise BadInput("sticky noise needs counts of 0 or more and keys of 0 to 2^32 - 1")
        row = np.minimum(counts, self.last).astype(np.int64)
        found = np.searchsorted(self._rungs, (row << 32) + mixed(keys).astype(np.int64), side="right")
        return found.astype(np.int64) - row * (2 * self.reach + 1) - self.reach

    def quantile(self, parts_per_hundred: int, *, at_least: int = 1) -> int:
        """The smallest number that noise is at most away from 0 with at least this chance, whatever the count.

        Args:
            parts_per_hundred: The chance, 1 to 100.
            at_least: Smallest count that is told; small counts have wider noise.

        Raises:
            BadInput: Another number of parts.
        """
        if not 1 <= parts_per_hundred <= 100:  # noqa: PLR2004 - as the documentation says
            raise BadInput("a margin of error needs a confidence of 1 to 100 percent", field="parts_per_hundred")
        rows = self.rows[min(at_least, self.last) :]
        return max(self._half_width(row, parts_per_hundred) for row in rows)

    def variance(self, count: int) -> Fraction:
        """The exact variance of the noise on a count; the mean is exactly 0."""
        row = self.rows[min(count, self.last)]
        return Fraction(sum(part * noise**2 for noise, part in enumerate(row, -self.reach)), PARTS)

    @cached_property
    def _rungs(self) -> Whole:
        """Cumulative chances of all rows one after the other, each beginning where the row before ends."""
        return np.array([row * PARTS + rung for row, parts in enumerate(self.rows) for rung in accumulate(parts)])

    def _half_width(self, row: Row, parts_per_hundred: int) -> int:
        around = accumulate(
            row[self.reach + away] + (row[self.reach - away] if away else 0) for away in range(self.reach + 1)
        )
        return next(away for away, inside in enumerate(around) if 100 * inside >= parts_per_hundred * PARTS)


@lru_cache(maxsize=16)
def table(reach: int, variance_milli: int, smallest: int) -> PerturbationTable:
    """The table of maximum entropy with these properties.

    Args:
        reach: Noise is at most so far from 0, `smallest` + 1 to 50.
        variance_milli: Variance of the noise in thousandths, more than 0 and less than 1000 · reach².
        smallest: Counts of 1 to so many never come out; 0 if all may.

    Raises:
        BadInput: There is no such table.
    """
    if not 0 <= smallest < reach <= WIDEST:
        raise BadInput(f"sticky noise must reach further than the smallest counts, and at most {WIDEST}", field="reach")
    if not 0 < variance_milli < 1000 * reach**2:
        says = "the variance of sticky noise must be more than 0 and less than the square of its reach"
        raise BadInput(says, field="variance_milli")
    nothing = {0: PARTS}
    last = smallest + reach + 1 if smallest else reach
    variance = Fraction(variance_milli, 1000)
    found = [nothing, *(_parts(_possible(count, reach, smallest), variance) for count in range(1, last + 1))]
    rows = tuple(tuple(parts.get(noise, 0) for noise in range(-reach, reach + 1)) for parts in found)
    return PerturbationTable(reach=reach, variance_milli=variance_milli, smallest=smallest, rows=rows)


def mixed(keys: Whole) -> NDArray[np.uint32]:
    """Keys below 2³², shuffled by a fixed and public permutation, so that keys near each other fall far apart.

    Sums of few keys are as evenly spread as keys are, and stay so. Without it, two cells that differ by a person whose
    key is small would have the same noise. Three rounds of exclusive or with itself shifted, and multiplication by an
    odd number; each step can be undone.

    Example:
        >>> mixed(np.array([0, 1, 2])).tolist()
        [0, 2075907640, 2456875785]
    """
    value = keys.astype(np.uint32)
    for shift, multiplier in zip((16, 15, 16), MULTIPLIERS, strict=True):
        value = (value ^ (value >> np.uint32(shift))) * np.uint32(multiplier)
    return value ^ (value >> np.uint32(15))


def _possible(count: int, reach: int, smallest: int) -> list[int]:
    """Noise that leads to no impossible count, in order."""
    return [noise for noise in range(-reach, reach + 1) if count + noise == 0 or count + noise > smallest]


def _parts(possible: Sequence[int], variance: Fraction) -> dict[int, int]:
    """Chances of these noises in units of 2⁻³², with mean 0 and this variance, or the nearest there is.

    With nothing between −a and b, (noise + a) · (noise − b) is never negative, so the variance is at least a · b; with
    nothing beyond −a and b it is never positive, so the variance is at most a · b.
    """
    below, above = max(one for one in possible if one <= 0), min(one for one in possible if one >= 0)
    if variance <= -below * above:
        return _two(below, above, above + 1)
    if variance >= -possible[0] * possible[-1]:
        return _two(possible[0], possible[-1], possible[-1] - 1)
    with localcontext(Context(prec=DIGITS, traps=[])):
        return _rounded(_flattest(possible, variance))


def _two(below: int, above: int, beside: int) -> dict[int, int]:
    """Two noises with mean 0; what does not divide goes to the one beside, so that the mean is exactly 0."""
    lower, rest = divmod(PARTS * above, above - below)
    lower += bool(rest) and beside > above
    moved = abs(below * lower + above * (PARTS - lower))
    return {below: lower, above: PARTS - lower - moved, beside: moved}


def _rounded(shares: Shares) -> dict[int, int]:
    """Shares as whole numbers with the exact sum and mean: two neighbours with much weight take what rounding left."""
    parts = {noise: int(share * PARTS + Decimal("0.5")) for noise, share in shares.items()}
    noise = max(
        (one for one in parts if one + 1 in parts), key=lambda one: (min(parts[one], parts[one + 1]), -abs(one))
    )
    missing = PARTS - sum(parts.values())
    second = -sum(one * part for one, part in parts.items()) - missing * noise
    parts[noise] += missing - second
    parts[noise + 1] += second
    return parts


def _flattest(possible: Sequence[int], variance: Fraction) -> Shares:
    """The distribution of maximum entropy with mean 0 and this variance: exp(slope · x + curve · x²), normed.

    Slope and curve are where the sum of exp(slope · x + curve · (x² − variance)) is smallest: Newton's method, each
    step halved until the sum falls.
    """
    wanted = Decimal(variance.numerator) / Decimal(variance.denominator)
    at = (Decimal(0), Decimal(0))
    weights = _weights(possible, wanted, at)
    while step := _newton(weights, wanted):
        for candidate in _halving(at, step):
            lighter = _weights(possible, wanted, candidate)
            if sum(lighter.values()) <= sum(weights.values()):
                break
        at, weights = candidate, lighter
    total = sum(weights.values())
    return {noise: weight / total for noise, weight in weights.items()}


def _weights(possible: Sequence[int], wanted: Decimal, at: tuple[Decimal, Decimal]) -> Shares:
    slope, curve = at
    return {noise: (slope * noise + curve * (noise**2 - wanted)).exp() for noise in possible}


def _newton(weights: Shares, wanted: Decimal) -> tuple[Decimal, Decimal] | None:
    """The step towards the smallest sum, `None` where it is reached."""
    total = sum(weights.values())
    one, two, three, four = (sum(x**k * weight for x, weight in weights.items()) / total for k in range(1, 5))
    if abs(one) < CLOSE and abs(two - wanted) < CLOSE:
        return None
    first, both, second = two - one * one, three - one * two, four - two * two
    scale = first * second - both * both
    gap = two - wanted
    return (both * gap - second * one) / scale, (both * one - first * gap) / scale


def _halving(at: tuple[Decimal, Decimal], step: tuple[Decimal, Decimal]) -> Iterator[tuple[Decimal, Decimal]]:
    slope, curve = step
    for halvings in range(DIGITS):
        yield at[0] + slope / 2**halvings, at[1] + curve / 2**halvings
