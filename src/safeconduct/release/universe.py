"""Every cell an answer could have, and what public facts alone say of it."""

from collections.abc import Iterator, Mapping
from datetime import date
from itertools import product

from safeconduct.model.areas import EventType
from safeconduct.model.geography import Area
from safeconduct.model.outcomes import CellStatus, PublicFacts
from safeconduct.model.output import Key, Output

MOST_PAIRS = 250_000
Name = date | str | None
Cell = tuple[Name, ...]


def listed(output: Output, facts: PublicFacts) -> bool:
    """Whether a release lists every cell; false for movements between very many areas. Decided from geography only."""
    if not output.flows:
        return True
    size = 1
    for key in output.keys:
        size *= len(names(key, facts))
    return size <= MOST_PAIRS


def names(key: Key, facts: PublicFacts) -> tuple[Name, ...]:
    """Everything a key may be, in order; unknown comes last where it may be unknown."""
    if key.level is None:
        return key.days
    codes = tuple(area.code for area in facts.geography.at(key.level))
    return (*codes, None) if key.nullable else codes


def cells(output: Output, facts: PublicFacts) -> Iterator[Cell]:
    """Every cell, sorted by its keys. Nobody has both ends of a movement unknown, so that is no cell."""
    every = product(*(names(key, facts) for key in output.keys))
    return (cell for cell in every if any(name is not None for name in cell))


def known(output: Output, facts: PublicFacts, events: frozenset[EventType]) -> tuple[Mapping[Name, CellStatus], ...]:
    """What public facts say, a mapping a key: the names that mean `zero` or `not_observed` whatever the records say.

    `ZERO`: the area is known to hold nobody and no cell ever stood in it. `NOT_OBSERVED`: no cell ever stood in it,
    or no file of the event types asked for is there for the day.
    """
    present = frozenset(day for event in events for day in facts.present.get(event, frozenset()))
    return tuple(_known(key, facts, present) for key in output.keys)


def _known(key: Key, facts: PublicFacts, present: frozenset[date]) -> dict[Name, CellStatus]:
    if key.level is None:
        return {day: CellStatus.NOT_OBSERVED for day in key.days if day not in present}
    return {area.code: _unseen(area) for area in facts.geography.at(key.level) if not area.observed}


def _unseen(area: Area) -> CellStatus:
    return CellStatus.ZERO if area.uninhabited else CellStatus.NOT_OBSERVED


def status_of(cell: Cell, facts: tuple[Mapping[Name, CellStatus], ...]) -> CellStatus | None:
    """What public facts say of a cell, `None` where they say nothing. A known zero at one key is a zero throughout."""
    found = [told[name] for name, told in zip(cell, facts, strict=True) if name in told]
    if CellStatus.ZERO in found:
        return CellStatus.ZERO
    return CellStatus.NOT_OBSERVED if found else None
