"""Class limits: whole, round numbers, so that a legend tells no exact smallest or largest figure."""

from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise
from math import floor, log10

from safeconduct.present.words import Words

CLASSES = 5
CHANGE_LIMITS = (-50.0, -20.0, -5.0, 5.0, 20.0, 50.0)


def class_limits(values: Sequence[float], *, classes: int = CLASSES) -> tuple[float, ...]:
    """Round numbers that part the figures into classes of about equal size; at most `classes - 1` of them.

    Pass one set of limits to every map that is to be compared: the maps of a series, before and after.

    Example:
        >>> class_limits([18, 25, 40, 130, 260, 390, 800, 1500, 4200, 9000])
        (40.0, 300.0, 800.0, 4000.0)
    """
    ordered = sorted(values)
    if len(set(ordered)) < classes:
        return tuple(float(value) for value in sorted(set(ordered))[1:])
    at = (len(ordered) * part / classes for part in range(1, classes))
    quantiles = (ordered[min(int(one), len(ordered) - 1)] for one in at)
    return tuple(sorted({rounded(one) for one in quantiles if one > ordered[0]}))


def rounded(value: float) -> float:
    """A number with one significant digit.

    Example:
        >>> rounded(347), rounded(0)
        (300.0, 0.0)
    """
    if value == 0:
        return 0.0
    return float(round(value, -floor(log10(abs(value)))))


def class_of(value: float, limits: Sequence[float]) -> int:
    """The class of a figure, from 0; a figure at a limit belongs to the class above it."""
    return bisect_right(limits, value)


def class_names(words: Words, limits: Sequence[float]) -> list[str]:
    """What each class holds, in words, from the lowest."""
    if not limits:
        return [words.say("any figure")]
    shown = [words.number(limit) for limit in limits]
    middle = [words.say("{low} to under {high}", low=low, high=high) for low, high in pairwise(shown)]
    return [words.say("under {high}", high=shown[0]), *middle, words.say("{low} and more", low=shown[-1])]


def change_names(words: Words, limits: Sequence[float], *, percent: bool) -> list[str]:
    """What each class of a change holds, from the strongest fall to the strongest rise."""
    shown = [words.change(limit, percent=percent) for limit in limits]
    middle = [words.say("{low} to {high}", low=low, high=high) for low, high in pairwise(shown)]
    return [words.say("below {low}", low=shown[0]), *middle, words.say("{low} and above", low=shown[-1])]
