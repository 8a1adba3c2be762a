"""Bands of numbers or days: where they begin, what they are called, and which one a value is in."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.codes import Whole, arrow_column
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Category, Variable, VariableType
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.protect.written import day, decimal, kept_as, plainly

MOST_BANDS = 1000
EPOCH = date(1970, 1, 1)


class Spacing(StrEnum):
    """How suggested bands share a column out: equally wide, or with about equally many records each."""

    WIDTH = "width"
    RECORDS = "records"


@dataclass(frozen=True, kw_only=True)
class Bands:
    """Bands a column is cut into; each begins where it says and ends below the next.

    What is below the first is a band of its own, number 0; the last has no end.

    Attributes:
        starts: Where bands 1, 2, … begin, strictly increasing; days as ISO dates.
        type: What the column holds: whole numbers, numbers or days.
    """

    starts: tuple[str, ...]
    type: VariableType

    def edges(self) -> list[int] | list[float]:
        """The starts as the column's own numbers; days are counted from 1970.

        Raises:
            BadInput: One is no number or day, or they do not increase.
        """
        found = [self._edge(text) for text in self.starts]
        if any(one >= other for one, other in pairwise(found)):
            raise BadInput("the breaks must increase from one to the next", field="breaks")
        return [float(one) for one in found] if self.type is VariableType.NUMBER else [int(one) for one in found]

    def _edge(self, text: str) -> Decimal:
        if self.type is VariableType.DATE:
            return Decimal((day(text, "breaks") - EPOCH).days)
        number = decimal(text, "breaks")
        if self.type is VariableType.INTEGER and number != number.to_integral_value():
            raise BadInput("breaks of a column of whole numbers must be whole numbers", field="breaks")
        return number

    def labels(self) -> list[str]:
        """What bands 0, 1, 2, … are called.

        Example:
            >>> Bands(starts=("0", "5", "6", "80"), type=VariableType.INTEGER).labels()
            ['<0', '0-4', '5', '6-79', '80+']
        """
        starts = [self._called(text) for text in self.starts]
        inner = [self._span(one, other) for one, other in pairwise(starts)]
        return [f"<{starts[0]}", *inner, f"{starts[-1]}+"]

    def _called(self, text: str) -> str:
        return text if self.type is VariableType.DATE else plainly(decimal(text, "breaks"))

    def _span(self, start: str, end: str) -> str:
        if self.type is VariableType.NUMBER:
            return f"{start} to <{end}"
        if self.type is VariableType.DATE:
            return f"{start} to {date.fromisoformat(end) - timedelta(days=1)}"
        last = int(end) - 1
        if int(start) == last:
            return start
        return f"{start} to {last}" if int(start) < 0 else f"{start}-{last}"

    def of(self, table: Table, variable: Variable) -> Whole:
        """The number of the band each record's value is in, −1 where missing."""
        column = kept_as(arrow_column(table, variable.name), variable)
        if self.type is VariableType.DATE:
            column = column.cast(pa.int32()).cast(pa.int64())
        found = np.searchsorted(self.edges(), column.fill_null(0).to_numpy(), side="right")
        return np.where(column.is_null().to_numpy(), -1, found).astype(np.int64)


def bands_of(breaks: Sequence[str], variable: Variable) -> Bands:
    """Bands that begin at these breaks.

    Raises:
        BadInput: The column holds neither numbers nor days, or the breaks make no bands.
    """
    if variable.type not in {VariableType.INTEGER, VariableType.NUMBER, VariableType.DATE}:
        raise BadInput(
            say("'{column}' holds neither numbers nor days; put its values into groups", column=variable.name),
            field="breaks",
        )
    if len(breaks) > MOST_BANDS:
        raise BadInput(say("there may be at most {most} bands", most=MOST_BANDS), field="breaks")
    bands = Bands(starts=tuple(breaks), type=variable.type)
    bands.edges()
    return bands


def evenly(width: str, first: str, last: str) -> tuple[str, ...]:
    """Breaks from `first` on, each `width` further, the last one not above `last`.

    Raises:
        BadInput: One is no number, the width is not above 0, or they make no or too many bands.

    Example:
        >>> evenly("10", "0", "30")
        ('0', '10', '20', '30')
    """
    step, start, end = decimal(width, "width"), decimal(first, "first"), decimal(last, "last")
    if step <= 0:
        raise BadInput("width must be more than 0", field="width")
    if end < start:
        raise BadInput("last must not be below first", field="last")
    count = int((end - start) / step) + 1
    if count > MOST_BANDS:
        raise BadInput(say("there may be at most {most} bands; choose a larger width", most=MOST_BANDS), field="width")
    return tuple(plainly(start + step * place) for place in range(count))


def categories(bands: Bands, found: Whole, offset: int) -> tuple[Category, ...]:
    """A category a band, numbered from `offset`; the one below the first break only where something is in it."""
    labels = bands.labels()
    first = 0 if np.any(found == 0) else 1
    return tuple(Category(code=str(place + offset), labels={"": labels[place]}) for place in range(first, len(labels)))


def suggested_breaks(table: Table, variable: Variable, *, bands: int, by: Spacing = Spacing.RECORDS) -> tuple[str, ...]:
    """Breaks that share a column of numbers out, for a form to begin with; neither its smallest nor its largest value.

    Args:
        table: The records.
        variable: The column, whole numbers or numbers.
        bands: How many bands are wanted, 2 to 100; fewer come where many records have the same value.
        by: Equally wide, or with about equally many records each.

    Raises:
        BadInput: The column holds no numbers, or that many bands cannot be.
    """
    if variable.type not in {VariableType.INTEGER, VariableType.NUMBER}:
        raise BadInput(say("'{column}' holds no numbers", column=variable.name), field=variable.name)
    if not 2 <= bands <= 100:  # noqa: PLR2004 - as the documentation says
        raise BadInput("choose 2 to 100 bands", field="bands")
    values = kept_as(arrow_column(table, variable.name), variable).drop_null().cast(pa.float64(), safe=False).to_numpy()
    if not len(values):
        return ()
    shares = np.linspace(0, 1, bands + 1)[1:-1]
    low, high = values.min(), values.max()
    if variable.type is VariableType.NUMBER:
        inner = np.quantile(values, shares) if by is Spacing.RECORDS else low + shares * (high - low)
    else:
        inner = np.quantile(values, shares) if by is Spacing.RECORDS else low - 1 + shares * (high - low + 2)
        inner = np.rint(inner) + 1
    return tuple(plainly(Decimal(repr(float(one)))) for one in np.unique(inner) if low < one)


def values_of(found: Whole, offset: int) -> pa.Array:
    """The codes of the bands records are in, `None` where missing."""
    return pa.array(found + offset, mask=found < 0)


def labels_of(found: Whole, bands: Bands) -> pa.Array:
    """The names of the bands records are in, `None` where missing."""
    return pc.take(pa.array(bands.labels()), pa.array(found, mask=found < 0))
