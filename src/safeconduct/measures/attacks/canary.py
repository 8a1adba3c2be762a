"""Whether noise hides one person: the game that bounds a declared ε from below."""

from dataclasses import dataclass

import numpy as np

from safeconduct.measures.codes import Real, Whole

EVEN = 0.5


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


def distinguish(errors: Real, rng: np.random.Generator) -> Distinguished:
    """Play it with noise that was seen: in half of the tries the noise hides a person, in half it hides nobody.

    The attacker knows all of a cell but whether one person is in it, and so sees noise, or noise and one more. Where
    the line is drawn is chosen on half of the tries, for the other half to be judged by: a line chosen on the same
    tries would find a difference in noise that has none.

    Args:
        errors: A row a try, a column each cell the person would be in: told less true. Rows must be independent.
        rng: Says which tries have the person.
    """
    order = rng.permutation(len(errors))
    here = np.arange(len(errors)) % 2 == 0
    seen = errors[order].mean(axis=1) + here
    tuned = np.arange(len(errors)) // 2 % 2 == 0
    said = seen >= _line(seen[tuned], here[tuned])
    hits = [int(np.count_nonzero(said & ~tuned & side)) for side in (here, ~here)]
    tries = [int(np.count_nonzero(~tuned & side)) for side in (here, ~here)]
    return Distinguished(hits[0], tries[0], hits[1], tries[1])


def _line(seen: Real, here: Whole) -> float:
    """The line that surely tells most: of being above or of being below it, the surer lower end of a log ratio."""
    lines = np.unique(seen)
    above = [np.searchsorted(np.sort(seen[side]), lines, side="left") for side in (here, ~here)]
    with_one, without = (np.count_nonzero(side) - one for side, one in zip((here, ~here), above, strict=True))
    return float(lines[np.argmax(np.maximum(_sure(with_one, without), _sure(above[1], above[0])))])


def _sure(more: Whole, fewer: Whole) -> Real:
    """The log ratio of two counts, less two standard errors."""
    one, other = more + EVEN, fewer + EVEN
    return np.asarray(np.log(one / other) - 2 * np.sqrt(1 / one + 1 / other), dtype=np.float64)
