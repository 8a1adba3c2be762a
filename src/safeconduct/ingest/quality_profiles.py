"""How the shape of a day differs from that of days before it."""

from collections.abc import Callable, Hashable, Mapping, Sequence
from math import floor, log2
from statistics import median

from safeconduct.ingest.quality_figures import HOURS, DayFigures

LEAST_DAYS = 3
Shares = Mapping[Hashable, float]


def shares(counts: Mapping[Hashable, int]) -> Shares:
    """Counts as shares of their sum; nothing where there is none.

    Example:
        >>> shares({"a": 1, "b": 3})
        {'a': 0.25, 'b': 0.75}
    """
    total = sum(counts.values())
    return {name: count / total for name, count in counts.items()} if total else {}


def divergence(one: Shares, other: Shares) -> float:
    """Jensen-Shannon divergence in bits: 0 where they are the same, 1 where they share nothing.

    Unlike the population stability index it is defined where one of the two has a share of 0, and it is bounded.

    References:
        Lin (1991), IEEE Transactions on Information Theory 37(1):145-151, doi:10.1109/18.61115.

    Example:
        >>> divergence({"a": 1.0}, {"a": 1.0}), divergence({"a": 1.0}, {"b": 1.0})
        (0.0, 1.0)
    """
    total = 0.0
    for name in {**one, **other}:
        p, q = one.get(name, 0.0), other.get(name, 0.0)
        between = (p + q) / 2
        total += (p * log2(p / between) / 2 if p else 0.0) + (q * log2(q / between) / 2 if q else 0.0)
    return min(max(total, 0.0), 1.0)


def among(before: Sequence[DayFigures], shape: Callable[[Sequence[DayFigures]], Shares]) -> float:
    """How far such days differ among themselves: the median of each against the others together.

    That is mostly chance: the fewer events fall on each hour or cell, the farther apart equal days seem.

    Args:
        before: Three days or more.
        shape: `hours_of` or `cells_of`.
    """
    alone = ((one, [other for other in before if other is not one]) for one in before)
    return median(divergence(shape([one]), shape(others)) for one, others in alone)


def hours_of(figures: Sequence[DayFigures]) -> Shares:
    """Shares of the hours over all of these days together."""
    return shares({hour: sum(one.hours[hour] for one in figures) for hour in range(HOURS)})


def cells_of(figures: Sequence[DayFigures]) -> Shares:
    """Shares of the cells over all of these days together."""
    events: dict[Hashable, int] = {}
    for one in figures:
        for cell, (count, _) in one.cells.items():
            events[cell] = events.get(cell, 0) + count
    return shares(events)


def shifted(hours: Shares, by: float) -> Shares:
    """The same shares so many hours later, around the clock; each hour is taken to be even within itself.

    Example:
        >>> shifted({23: 1.0}, 2)
        {1: 1.0}
        >>> shifted({23: 1.0}, 0.25)
        {23: 0.75, 0: 0.25}
    """
    whole = floor(by)
    moved: dict[Hashable, float] = {}
    for hour, share in hours.items():
        for at, part in ((whole, 1 - by + whole), (whole + 1, by - whole)):
            if part:
                then = (int(str(hour)) + at) % HOURS
                moved[then] = moved.get(then, 0.0) + share * part
    return moved
