"""When two rows of a day are the same, in the words of a statement: alike in every field that is kept."""

from collections.abc import Iterable

from safeconduct.model.schema import EVENTS

EXTRAS = ("imsi", "imei", "tac")
ARRIVAL = "arrival"
SAME = (*EVENTS.names, *EXTRAS)
ORDER = "person, second, cell, outgoing, amount, counterpart"


def listed(names: Iterable[str]) -> str:
    """Names, one after another.

    Example:
        >>> listed(["person", "second"])
        'person, second'
    """
    return ", ".join(names)


def same(first: str, second: str) -> str:
    """That a row of one relation is the same as one of another; unknown is the same as unknown."""
    return " AND ".join(f"{first}.{name} IS NOT DISTINCT FROM {second}.{name}" for name in SAME)


def among(name: str, numbers: Iterable[int]) -> str:
    """That a column has one of some numbers.

    Example:
        >>> among("arrival", [1, 2])
        'arrival IN (1, 2)'
    """
    return f"{name} IN ({listed(map(str, numbers))})"
