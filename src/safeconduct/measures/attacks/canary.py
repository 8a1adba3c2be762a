"""Whether noise hides one person: the game that bounds a declared ε from below."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

import numpy as np
from scipy.special import betaincinv
from scipy.stats import norm

from safeconduct.measures.codes import Real, Whole

EVEN = 0.5
DOUBT = 0.025
"""Of each of the two chances, so that both hold in 95 of 100 audits."""


@dataclass(frozen=True)
class Distinguished:
    """How often a test said that the person is there.

    Attributes:
        hits_with: Times it said so when they were.
        tries_with: Times they were.
        hits_without: Times it said so when they were not.
        tries_without: Times they were not.
    """

    hits_with: int
    tries_with: int
    hits_without: int
    tries_without: int


def distinguish(errors: Real, rng: np.random.Generator, *, people: int = 1) -> Distinguished:
    """Play it with noise that was seen: each try is judged as noise that hides a person, and as noise that hides none.

    The attacker knows all of a cell but whether one person is in it, and so sees noise, or noise and one more. Where
    the line is drawn is chosen on half of the tries, for the other half to be judged by: a line chosen on the same
    tries would find a difference in noise that has none. One try serves both sides: each of the two chances is bounded
    by itself, and both bounds hold together whatever the sides have in common.

    Args:
        errors: A row a try, a column each cell the person would be in: told less true. Rows must be independent.
        rng: Says which tries the line is chosen on.
        people: So many canaries are there together, or none: what X, and is seen with fewer tries.
    """
    seen = errors[rng.permutation(len(errors))].mean(axis=1)
    tuned = np.arange(len(seen)) % 2 == 0
    return _counted(seen[~tuned], _line(seen[tuned] + people, seen[tuned]), people)


def loss_at_least(found: Distinguished, people: int = 1) -> float:
    """The zero-concentrated loss ρ that Gaussian noise has at least for one person, given what was told apart.

    Noise that is Gaussian of a declared variance, and hides k people who shift it together, is told apart as well as
    two normal numbers whose means differ by k √(2ρ), and no test does better. So the distance between the two normal
    quantiles of what the test got right and wrong, each bounded by Clopper and Pearson, bounds ρ from below: wrong in 5
    of 100 audits at most. It says nothing of noise with another law; there `protect.zcdp.epsilon_lower_bound` holds.

    Args:
        found: How a game went whose line was chosen beforehand.
        people: Canaries in it.

    References:
        Nasr, Hayes, Steinke, Balle, Tramèr, Jagielski, Carlini and Terzis (2023), Tight Auditing of Differentially
        Private Machine Learning, arXiv:2302.07956.

    Example:
        >>> round(loss_at_least(Distinguished(5_000, 10_000, 1_587, 10_000)), 2)
        0.45
    """
    right = _at_least(found.hits_with, found.tries_with)
    wrong = _most_wrong(found)
    apart = float(norm.ppf(right) - norm.ppf(wrong)) if right and wrong < 1 else 0.0
    return max(apart, 0.0) ** 2 / (2 * people**2)


class Law(StrEnum):
    """What is taken for granted of the noise.

    Attributes:
        ANY: Nothing.
        GAUSSIAN: That it is Gaussian, of some variance.
    """

    ANY = "any"
    GAUSSIAN = "gaussian"


def audited(errors: Real, rng: np.random.Generator, *, groups: Sequence[int], law: Law) -> tuple[int, Distinguished]:
    """How many canaries together tell most, and the game played with them.

    Both the size of the group and the line are chosen on half of the tries, and only the other half is judged. A group
    of k is sound as a canary for one person: what ε hides one hides k with k ε, and what ρ hides one hides k with k² ρ.

    Args:
        errors: As for `distinguish`.
        rng: Cuts the tries.
        groups: Sizes to choose from, each at least 1.
        law: What the bound that follows takes for granted: where the line should lie depends on it.

    Returns:
        The size, and the game.
    """
    seen = errors[rng.permutation(len(errors))].mean(axis=1)
    tuned, judged = seen[::2], seen[1::2]
    lines = {size: _line_for(tuned, size, law) for size in groups}
    size = max(groups, key=lambda one: _worth(_counted(tuned, lines[one], one), one, law))
    return size, _counted(judged, lines[size], size)


def _line_for(tuned: Real, people: int, law: Law) -> float:
    match law:
        case Law.ANY:
            return _line(tuned + people, tuned)
        case Law.GAUSSIAN:
            return float(np.median(tuned)) + people / 2
        case _:
            assert_never(law)


def _worth(found: Distinguished, people: int, law: Law) -> float:
    """What a game shows for one person; only for choosing between games."""
    match law:
        case Law.ANY:
            right, wrong = _at_least(found.hits_with, found.tries_with), _most_wrong(found)
            back, forth = 1 - wrong, 1 - right
            return float(np.log(max(right / wrong, back / forth, DOUBT))) / people
        case Law.GAUSSIAN:
            return loss_at_least(found, people)
        case _:
            assert_never(law)


def _counted(seen: Real, line: float, people: int) -> Distinguished:
    """Each try as noise that hides so many people, and as noise that hides nobody."""
    hits = [int(np.count_nonzero(seen + shift >= line)) for shift in (people, 0)]
    return Distinguished(hits[0], len(seen), hits[1], len(seen))


def _most_wrong(found: Distinguished) -> float:
    return 1 - _at_least(found.tries_without - found.hits_without, found.tries_without)


def _at_least(hits: int, tries: int) -> float:
    """The chance that something has at least, by Clopper and Pearson (1934)."""
    return float(betaincinv(hits, tries - hits + 1, DOUBT)) if hits else 0.0


def _line(with_one: Real, without: Real) -> float:
    """The line that surely tells most: of being above or of being below it, the surer lower end of a log ratio."""
    lines = np.unique(np.concatenate([with_one, without]))
    below = [np.searchsorted(np.sort(side), lines, side="left") for side in (with_one, without)]
    above = [len(side) - one for side, one in zip((with_one, without), below, strict=True)]
    return float(lines[np.argmax(np.maximum(_sure(above[0], above[1]), _sure(below[1], below[0])))])


def _sure(more: Whole, fewer: Whole) -> Real:
    """The log ratio of two counts, less two standard errors."""
    one, other = more + EVEN, fewer + EVEN
    return np.asarray(np.log(one / other) - 2 * np.sqrt(1 / one + 1 / other), dtype=np.float64)
