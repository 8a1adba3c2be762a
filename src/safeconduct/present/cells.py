"""The cells of a release, as pictures and tables read them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import CellStatus, Provenance, Release
from safeconduct.model.output import Key, Output, Value

KeyValue = str | date | None


@dataclass(frozen=True, repr=False)
class Cell:
    """One row of a release.

    Attributes:
        keys: What the cell is about, by column: codes of areas, days; `None` for a place nobody knows.
        values: Its figures by column; all `None` unless the status is `VALUE` or `ZERO`.
        status: What may be said of it.
        reason: Name of the rule that took the figure away, `""` for a figure.
        margin: How far a figure may be from what was counted; 0 for an exact one, and where nobody said.
    """

    keys: Mapping[str, KeyValue] = field(hash=False)
    values: Mapping[str, float | None] = field(hash=False)
    status: CellStatus
    reason: str
    margin: int = 0


def released(thing: object) -> Release:
    """The same thing, if it is a release: the check at the edge of every block and picture.

    Raises:
        TypeError: It is anything else: nothing else may be shown.
    """
    if not isinstance(thing, Release):
        raise TypeError(f"only a Release can be shown, not a {type(thing).__name__}")
    return thing


def cells(release: Release) -> list[Cell]:
    """Every cell, in the release's order; a figure without the status for it does not come along."""
    output = released(release).output
    return [_cell(output, row) for row in release.table.rows()]


def _cell(output: Output, row: Mapping[str, object]) -> Cell:
    status = CellStatus(str(row["status"]))
    told = status in {CellStatus.VALUE, CellStatus.ZERO}
    return Cell(
        keys={key.name: _key(row[key.name]) for key in output.keys},
        values={value.name: _figure(row[value.name]) if told else None for value in output.values},
        status=status,
        reason=str(row.get("reason") or ""),
        margin=int(str(row.get("margin") or 0)) if told else 0,
    )


def _key(value: object) -> KeyValue:
    return value if value is None or isinstance(value, date) else str(value)


def _figure(value: object) -> float | None:
    return value if isinstance(value, int | float) else None


def area_keys(output: Output) -> tuple[Key, ...]:
    """The keys that are places."""
    return tuple(key for key in output.keys if key.level is not None)


def day_key(output: Output) -> Key | None:
    """The key that is a day, if there is one."""
    return next((key for key in output.keys if key.level is None), None)


def measured(output: Output) -> Value:
    """The figure a picture shows: the first one."""
    return output.values[0]


def on_day(found: Sequence[Cell], output: Output, day: date | None) -> list[Cell]:
    """The cells of one day; the first day where none is named; all of them where cells have no day.

    Raises:
        BadInput: The release has no such day.
    """
    key = day_key(output)
    if key is None or not found:
        return list(found)
    chosen = key.days[0] if day is None and key.days else day
    if chosen is None or (key.days and chosen not in key.days):
        raise BadInput("the answer has no such day", field="day")
    return [cell for cell in found if cell.keys[key.name] == chosen]


def days_read(provenance: Provenance) -> tuple[date, date] | None:
    """First and last day an answer read; `None` where it read no day."""
    days = sorted(name.rpartition("/")[2] for name in provenance.partitions)
    return (date.fromisoformat(days[0]), date.fromisoformat(days[-1])) if days else None
