"""Values that are none."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.conditions import days
from safeconduct.ingest.correcting import Corrected, Correction, corrected, correction, needs_columns
from safeconduct.ingest.described import Beside, Described, Flags, flags
from safeconduct.ingest.selections import unlabelled
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Category, Variable
from safeconduct.model.text import Text, say


@correction
@dataclass(frozen=True, kw_only=True)
class SetMissing(Correction):
    """Makes cells missing: those with certain codes, outside a range, or with a code the code list does not have.

    A code becomes a user-missing code: the cell is empty, the code stays known beside it and can be written back.
    What lies outside a range, or is in no code list, is a mistake and is not kept.

    Attributes:
        low: Smallest value that is kept, a number or a day written YYYY-MM-DD; `""` for no limit.
        high: Largest value that is kept, likewise.
        codes: Values that mean "no answer", such as `-99`.
        unlabelled: Also every value that is not in the variable's code list.
    """

    name: ClassVar[str] = "set_missing"
    title: ClassVar[Text] = say("Set values to missing")
    says: ClassVar[Text] = say("Empties cells with codes for no answer, or with values that cannot be.")

    low: str = ""
    high: str = ""
    codes: tuple[str, ...] = ()
    unlabelled: bool = False

    def __post_init__(self) -> None:
        """Check the limits.

        Raises:
            BadInput: A limit is neither a number nor a day, or nothing is asked for.
        """
        for field, text in (("low", self.low), ("high", self.high)):
            limit(text, field)
        if not (self.low or self.high or self.codes or self.unlabelled):
            raise BadInput(say("Say which values are missing: a range, codes, or those not in the code list."))

    def in_words(self, columns: Sequence[str]) -> Text:
        """Which cells are emptied."""
        names = ", ".join(columns)
        match bool(self.low), bool(self.high):
            case True, True:
                return say("Values of {columns} outside {low} to {high} are set to missing.", columns=names,
                           low=self.low, high=self.high)  # fmt: skip
            case True, False:
                return say("Values of {columns} below {low} are set to missing.", columns=names, low=self.low)
            case False, True:
                return say("Values of {columns} above {high} are set to missing.", columns=names, high=self.high)
            case _ if self.codes:
                codes = ", ".join(self.codes)
                return say("The codes {codes} of {columns} are set to missing.", columns=names, codes=codes)
            case _:
                return say("Values of {columns} that are not in the code list are set to missing.", columns=names)

    def apply(self, rows: Described, *, columns: Sequence[str], beside: Beside) -> Corrected:
        """Empty the cells."""
        del beside
        needs_columns(columns, self.name)
        changed = 0
        for column in columns:
            rows, count = self._empty(rows, column)
            changed += count
        return corrected(rows, changed)

    def _empty(self, rows: Described, column: str) -> tuple[Described, int]:
        variable = rows.variable(column)
        texts = rows.texts(column)
        coded = flags(pc.is_in(texts, value_set=pa.array(self.codes, pa.string()))) & rows.filled(column)
        wrong = self._outside(rows, column)
        if self.unlabelled:
            wrong |= unlabelled(rows, column)
        gone, here = coded | wrong, rows.cells(column)
        kept = pc.if_else(pa.array(gone), pa.scalar(None, here.type), here)
        codes = pc.if_else(pa.array(coded), texts, rows.codes(column))
        rows = rows.with_cells(column, kept, codes).with_variable(column, _with_codes(variable, self.codes))
        return rows, int(gone.sum())

    def _outside(self, rows: Described, column: str) -> Flags:
        if not (self.low or self.high):
            return np.zeros(len(rows), dtype=np.bool_)
        numbers = rows.numbers(column)
        with np.errstate(invalid="ignore"):
            return np.asarray((numbers < limit(self.low, "low")) | (numbers > limit(self.high, "high")))


def limit(text: str, field: str) -> float:
    """A limit as a number, a day as days since 1970; infinite where there is none.

    Raises:
        BadInput: It is neither a number nor a day.
    """
    if not text:
        return -np.inf if field == "low" else np.inf
    try:
        return days(date.fromisoformat(text)) if text[1:].count("-") > 1 else float(text)
    except ValueError:
        said = say("{field} must be a number, or a day written YYYY-MM-DD.", field=field)
        raise BadInput(said, field=field) from None


def _with_codes(variable: Variable, codes: Sequence[str]) -> Variable:
    """The description that calls these codes missing."""
    known = {one.code for one in variable.categories}
    return replace(
        variable,
        missing_codes=tuple(dict.fromkeys((*variable.missing_codes, *codes))),
        categories=(
            *(replace(one, missing=one.missing or one.code in codes) for one in variable.categories),
            *(Category(code=one, missing=True) for one in dict.fromkeys(codes) if known and one not in known),
        ),
    )
