"""How good guesses are, with what chance could have done to them."""

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from safeconduct.measures.codes import Real, Whole

CONFIDENCE = 0.95
SIGMAS = NormalDist().inv_cdf(0.5 + CONFIDENCE / 2)
BINS = 32
EVEN = 0.5
PRIOR = 2.0
"""How many made-up cases of the simpler model a rare pattern is judged with."""

Anything = NDArray[np.generic]


@dataclass(frozen=True)
class Estimate:
    """A number measured on finitely many guesses.

    Attributes:
        value: The estimate. Where `n` is 0 it is what an attacker who learns nothing would get.
        low: Lower end of its 95 % confidence interval.
        high: Upper end.
        n: Guesses behind it.
    """

    value: float
    low: float
    high: float
    n: int


def share(hits: int, tries: int, *, without: float = 0.5) -> Estimate:
    """A share with Wilson's interval, which holds near 0 and 1 and for few tries too.

    Args:
        hits: Tries that succeeded.
        tries: All tries.
        without: What to report where nothing was tried.

    References:
        Wilson (1927), Journal of the American Statistical Association 22:209, doi:10.1080/01621459.1927.10502953.

    Example:
        >>> found = share(50, 100)
        >>> round(found.low, 3), round(found.high, 3)
        (0.404, 0.596)
    """
    if not tries:
        return Estimate(without, 0.0, 1.0, 0)
    part, widened = hits / tries, SIGMAS**2 / tries
    middle = (part + widened / 2) / (1 + widened)
    reach = SIGMAS * float(np.sqrt(part * (1 - part) / tries + widened / (4 * tries))) / (1 + widened)
    low = middle - reach if hits else 0.0
    high = middle + reach if hits < tries else 1.0
    return Estimate(part, low, high, tries)


def accuracy(guesses: Anything, labels: Anything) -> Estimate:
    """The share of guesses that are right, with Wilson's interval.

    Chance is 0.5 only where both labels are equally frequent: choose the targets so, or use `learned`.

    Example:
        >>> accuracy(np.array([1, 0, 1, 1]), np.array([1, 0, 0, 1])).value
        0.75
    """
    return share(int(np.count_nonzero(guesses == labels)), len(labels))


def learned(features: Anything, labels: Anything, rng: np.random.Generator) -> Estimate:
    """How often an attacker is right who has seen other cases with their answers.

    Both labels are made equally frequent by leaving some of the others out, so chance is 0.5. The attacker learns how
    often each pattern of features goes with each label on one half of the cases and guesses the other half, then the
    other way round. Nothing is assumed of the mechanism: a refusal or a status is a feature like a number, which makes
    this the attacker whom a denial tells something. Many different numbers of a column are cut into bins.

    Args:
        features: A case an entry, or a case a row; numbers, words and `None`.
        labels: 0 or 1 for each case.
        rng: Chooses the cases, the halves, and guesses between equals.

    Example:
        >>> seen = np.array([None, 1] * 50, dtype=object)
        >>> learned(seen, np.array([0, 1] * 50), np.random.default_rng(1)).value
        1.0
    """
    if not len(labels):
        return share(0, 0)
    cases = np.asarray(features)
    codes = np.column_stack([_coded(column) for column in cases.reshape(len(cases), -1).T])
    truth = np.asarray(labels).astype(np.int64)
    halves = _halves(truth, rng)
    hits = 0
    for known, asked in (halves, halves[::-1]):
        odds = _odds(codes[known], truth[known], codes[asked])
        guesses = np.where(np.isclose(odds, EVEN), rng.random(len(asked)) < EVEN, odds > EVEN)
        hits += int(np.count_nonzero(guesses == truth[asked]))
    return share(hits, len(halves[0]) + len(halves[1]))


def _halves(truth: Whole, rng: np.random.Generator) -> tuple[Whole, Whole]:
    """Two halves of the cases, each with as many of one label as of the other."""
    ones, zeros = (rng.permutation(np.flatnonzero(truth == label)) for label in (1, 0))
    some = min(len(ones), len(zeros)) // 2
    parts = tuple(np.concatenate([ones[at : at + some], zeros[at : at + some]]) for at in (0, some))
    return parts[0], parts[1]


def _coded(column: Anything) -> Whole:
    """Small whole numbers for what a column holds: a bin where it holds many numbers, else a code a value."""
    if column.dtype.kind in "biuf":
        return _binned(column.astype(np.float64))
    plain = [one.item() if isinstance(one, np.generic) else one for one in column]
    numbers = np.array([float(one) if isinstance(one, int | float) else np.nan for one in plain])
    words = np.array(["" if isinstance(one, int | float) else repr(one) for one in plain])
    codes = _binned(numbers)
    return codes + (int(codes.max(initial=0)) + 1) * np.unique(words, return_inverse=True)[1].astype(np.int64)


def _binned(numbers: Real) -> Whole:
    known = numbers[~np.isnan(numbers)]
    values = np.unique(known)
    if len(values) > BINS:
        values = np.unique(np.quantile(known, np.linspace(0, 1, BINS + 1)[1:-1]))
    return np.where(np.isnan(numbers), 0, 1 + np.searchsorted(values, numbers)).astype(np.int64)


def _odds(known: Whole, truth: Whole, asked: Whole) -> Real:
    """How likely label 1 is in each asked case: its pattern's share, drawn to what its columns say one by one."""
    simple = _one_by_one(known, truth, asked)
    patterns = np.unique(np.concatenate([known, asked]), axis=0, return_inverse=True)[1].ravel()
    here, there = patterns[: len(known)], patterns[len(known) :]
    size = int(patterns.max(initial=0)) + 1
    cases, ones = np.bincount(here, minlength=size)[there], np.bincount(here, weights=truth, minlength=size)[there]
    return np.asarray((ones + PRIOR * simple) / (cases + PRIOR), dtype=np.float64)


def _one_by_one(known: Whole, truth: Whole, asked: Whole) -> Real:
    """The same with columns taken for independent."""
    logit = np.zeros(len(asked))
    for place in range(known.shape[1]):
        size = int(max(known[:, place].max(initial=0), asked[:, place].max(initial=0))) + 1
        ones = np.bincount(known[truth == 1, place], minlength=size) + 0.5
        zeros = np.bincount(known[truth == 0, place], minlength=size) + 0.5
        logit += np.log(ones / zeros)[asked[:, place]]
    return np.asarray(1 / (1 + np.exp(-np.clip(logit, -30, 30))), dtype=np.float64)


def auc(scores: Real, labels: Anything) -> Estimate:
    """How often a case with label 1 scores above one with label 0, ties counting half: 0.5 is chance, 1 always.

    The interval is DeLong's on the logit scale; where the scores never overlap it has no width of its own, and Wilson's
    interval of as many tries as the rarer label has cases stands in. Cases are taken for independent.

    Args:
        scores: The higher, the surer the attacker is of label 1.
        labels: 0 or 1 for each case.

    References:
        DeLong, DeLong and Clarke-Pearson (1988), Biometrics 44(3):837, doi:10.2307/2531595.

    Example:
        >>> auc(np.array([0.1, 0.4, 0.35, 0.8]), np.array([0, 0, 1, 1])).value
        0.75
    """
    positive, negative = scores[np.asarray(labels) == 1], scores[np.asarray(labels) == 0]
    fewer = min(len(positive), len(negative))
    if not fewer:
        return Estimate(0.5, 0.0, 1.0, 0)
    above, below = _placements(positive, negative)
    value = float(above.mean())
    variance = _variance(above) + _variance(below)
    if value in {0.0, 1.0} or not variance:
        bound = share(round(value * fewer), fewer)
        return Estimate(value, bound.low, bound.high, len(labels))
    middle, reach = np.log(value / (1 - value)), SIGMAS * np.sqrt(variance) / (value * (1 - value))
    low, high = (float(1 / (1 + np.exp(-(middle + sign * reach)))) for sign in (-1, 1))
    return Estimate(value, low, high, len(labels))


def _placements(positive: Real, negative: Real) -> tuple[Real, Real]:
    """For each case, the share of the other label's cases it stands on the right side of."""
    ranks = _ranks(np.concatenate([positive, negative]))
    above = (ranks[: len(positive)] - _ranks(positive)) / len(negative)
    below = 1 - (ranks[len(positive) :] - _ranks(negative)) / len(positive)
    return above, below


def _ranks(values: Real) -> Real:
    """The place of each value among all, from 1; equal ones share the middle of their places."""
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    middle: Real = np.cumsum(count) - (count - 1) / 2
    return middle[which]


def _variance(values: Real) -> float:
    return float(values.var(ddof=1)) / len(values) if len(values) > 1 else 0.0


def bits(guesses: Anything, labels: Anything) -> Estimate:
    """Bits that a guess tells of the label, corrected for what chance tells of a small sample (Miller and Madow).

    0 is nothing, 1 all there is to know of an evenly spread yes or no. The interval joins two that are right at
    different ends: the likelihood ratio's non-central χ² near 0, and the delta method's.

    References:
        Miller (1955), Note on the bias of information estimates; Basharin (1959), doi:10.1137/1104033.

    Example:
        >>> round(bits(np.array([0, 1] * 100), np.array([0, 1] * 100)).value, 2)
        1.0
    """
    n = len(labels)
    if not n:
        return Estimate(0.0, 0.0, 1.0, 0)
    joint = _together(guesses, labels) / n
    apart = joint.sum(1, keepdims=True) * joint.sum(0, keepdims=True)
    there = joint > 0
    told = np.log2(joint[there] / apart[there])
    raw = float((joint[there] * told).sum())
    most, free = float(np.log2(min(joint.shape))), (joint.shape[0] - 1) * (joint.shape[1] - 1)
    excess = (int(there.sum()) - sum(joint.shape) + 1) / (2 * n * np.log(2))
    spread = SIGMAS * float(np.sqrt(max((joint[there] * told**2).sum() - raw**2, 0.0) / n))
    value = min(max(raw - float(excess), 0.0), most)
    low, high = _likely(raw, n, free) if free else (0.0, 0.0)
    return Estimate(value, max(min(low, value - spread), 0.0), min(max(high, value + spread), most), n)


def _together(guesses: Anything, labels: Anything) -> Real:
    """How often each guess met each label."""
    rows, columns = (np.unique(np.asarray(one).astype(str), return_inverse=True) for one in (guesses, labels))
    table = np.zeros((len(rows[0]), len(columns[0])))
    np.add.at(table, (rows[1].ravel(), columns[1].ravel()), 1)
    return table


def _likely(raw: float, n: int, free: int) -> tuple[float, float]:
    """Information, in bits, for which the measured one is neither surprisingly high nor low."""
    from scipy.special import chdtr, chdtrc  # noqa: PLC0415 - slow to load, and few ask

    scale = 2 * n * float(np.log(2))
    seen, tail = raw * scale, (1 - CONFIDENCE) / 2
    low = 0.0 if chdtrc(free, seen) > tail else _solved(seen, free, 1 - tail)
    high = 0.0 if chdtr(free, seen) < tail else _solved(seen, free, tail)
    return float(low / scale), float(high / scale)


def _solved(seen: float, free: int, part: float) -> float:
    """The non-centrality under which `seen` has that part of the distribution below it; by halving."""
    from scipy.special import chndtr  # noqa: PLC0415 - likewise

    low, high = 0.0, 2 * seen + 50 * free + 100
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if chndtr(seen, free, middle) > part else (low, middle)
    return (low + high) / 2
