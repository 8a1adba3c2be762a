"""Two releases of the same output, compared; what is withheld on either side stays withheld in the change."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.model.output import Output
from safeconduct.present.cells import Cell, KeyValue, cells, day_key, measured, released

GRAVEST_FIRST = (CellStatus.REFUSED, CellStatus.SUPPRESSED, CellStatus.NOT_OBSERVED)


class ChangeIn(StrEnum):
    """How a change is told."""

    PERCENT = "percent"
    DIFFERENCE = "difference"


@dataclass(frozen=True, repr=False)
class Change:
    """One cell of the comparison.

    Attributes:
        keys: The places it is about.
        before: The released figure before, `None` where there is none.
        after: The released figure after, `None` where there is none.
        change: Percent or difference; `None` unless both figures were released or known to be zero.
        status: `VALUE` or `ZERO` only where both sides have a figure; else the graver status of the two.
        reason: Why there is no change to tell, `""` where there is.
    """

    keys: Mapping[str, KeyValue] = field(hash=False)
    before: float | None
    after: float | None
    change: float | None
    status: CellStatus
    reason: str


def percent_change(before: Release, after: Release) -> list[Change]:
    """How many percent more or fewer, cell by cell, in the order of `before`.

    A withheld figure on either side gives a withheld change, never 0 % and never −100 %.

    Raises:
        BadInput: The two do not answer the same kind of question at the same level, or have several days.
        TypeError: One of them is not a release.
    """
    return compare(before, after, told=ChangeIn.PERCENT)


def compare(before: Release, after: Release, *, told: ChangeIn) -> list[Change]:
    """The change of every cell that is in either release.

    Raises:
        BadInput: The two do not answer the same kind of question at the same level, or have several days.
        TypeError: One of them is not a release.
    """
    if _shape(released(before).output) != _shape(released(after).output):
        raise BadInput("the two answers are not of one shape; compare answers of one kind at one level of places")
    column = measured(before.output).name
    first, second = _by_place(before), _by_place(after)
    return [_change(first.get(place), second.get(place), column, told) for place in {**first, **second}]


def _shape(output: Output) -> tuple[Sequence[tuple[str, str]], Sequence[tuple[str, str]]]:
    keys = [(key.name, key.level) for key in output.keys if key.level is not None]
    return keys, [(value.name, value.unit) for value in output.values]


def _by_place(release: Release) -> dict[tuple[KeyValue, ...], Cell]:
    day = day_key(release.output)
    found = cells(release)
    if day is not None and len({cell.keys[day.name] for cell in found}) > 1:
        raise BadInput("an answer by day cannot be compared as a whole; compare answers over whole periods")
    names = [key.name for key in release.output.keys if key is not day]
    return {tuple(cell.keys[name] for name in names): _without(cell, day.name if day else "") for cell in found}


def _without(cell: Cell, key: str) -> Cell:
    return Cell(
        {name: value for name, value in cell.keys.items() if name != key}, cell.values, cell.status, cell.reason
    )


def _change(before: Cell | None, after: Cell | None, column: str, told: ChangeIn) -> Change:
    keys = next(cell.keys for cell in (before, after) if cell is not None)
    old, new = (cell.values[column] if cell else None for cell in (before, after))
    if before is None or after is None:
        return Change(keys, old, new, None, CellStatus.NOT_OBSERVED, "not_in_both")
    for status in GRAVEST_FIRST:
        for cell in (before, after):
            if cell.status is status:
                return Change(keys, old, new, None, status, cell.reason)
    return _told(keys, old, new, told)


def _told(keys: Mapping[str, KeyValue], old: float | None, new: float | None, told: ChangeIn) -> Change:
    if old is None or new is None:
        return Change(keys, old, new, None, CellStatus.NOT_OBSERVED, "not_in_both")
    if old == new == 0:
        return Change(keys, old, new, 0.0, CellStatus.ZERO, "")
    if told is ChangeIn.DIFFERENCE:
        return Change(keys, old, new, float(new - old), CellStatus.VALUE, "")
    if old == 0:
        return Change(keys, old, new, None, CellStatus.NOT_OBSERVED, "no_base")
    return Change(keys, old, new, 100 * (new - old) / old, CellStatus.VALUE, "")
