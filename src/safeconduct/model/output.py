"""The shape of an answer, known before it is computed."""

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from safeconduct.model.areas import AreaLevel


class Measure(StrEnum):
    """What a value column counts, adds up or works out.

    `PEOPLE`: the people behind the cell. `MAGNITUDE`: what they add up to.
    `QUANTILE`: a number that a share of them lies below. `EXTREME`: the smallest or largest number of one of them.
    `COEFFICIENT`: an estimated parameter of a regression. `SHARE`: which part of a whole they are.
    `BIN`: the people whose number lies in one bin of a histogram. `RECORDS`: made-up records.
    """

    PEOPLE = "people"
    MAGNITUDE = "magnitude"
    QUANTILE = "quantile"
    EXTREME = "extreme"
    COEFFICIENT = "coefficient"
    SHARE = "share"
    BIN = "bin"
    RECORDS = "records"


@dataclass(frozen=True, kw_only=True)
class Key:
    """A column that names a cell: either an area or a day.

    Attributes:
        name: Column name.
        level: How coarse the area is; `None` for a day.
        days: The days asked for, in order; empty for an area.
        nullable: Whether the key may be unknown (one end of an outer-joined flow).
    """

    name: str
    level: AreaLevel | None = None
    days: tuple[date, ...] = ()
    nullable: bool = False


@dataclass(frozen=True, kw_only=True)
class Value:
    """A column that is computed.

    Attributes:
        name: Column name.
        measure: `PEOPLE` if the value is the number of contributors itself, else `MAGNITUDE`.
        unit: The unit, such as "people" or "events".
    """

    name: str
    measure: Measure
    unit: str


@dataclass(frozen=True)
class Output:
    """Keys first, then values; one row is one cell, and the keys of a row are unique."""

    keys: tuple[Key, ...]
    values: tuple[Value, ...]

    @property
    def names(self) -> tuple[str, ...]:
        """Column names, in order."""
        return (*(key.name for key in self.keys), *(value.name for value in self.values))

    @property
    def flows(self) -> bool:
        """Whether a cell is a pair of places."""
        return sum(key.level is not None for key in self.keys) > 1
