"""Numbers rounded."""

from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from typing import ClassVar, assert_never

import numpy as np
import pyarrow as pa

from safeconduct.measures.codes import Real, Whole, arrow_column
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Variable, VariableType
from safeconduct.model.text import Text, say
from safeconduct.protect.base import Method, Treated, Work, account, described, methods, secured
from safeconduct.protect.written import decimal, kept_as, plainly

MOST_BASE = 10**15


class Rounding(StrEnum):
    """Where a number between two multiples goes."""

    NEAREST = "nearest"
    RANDOM = "random"


@methods
@dataclass(frozen=True, kw_only=True)
class RoundTo(Method):
    """Rounds numbers to multiples of a base.

    To the nearest: a number half way goes to the even multiple, so that sums do not drift. At random: up with the
    chance that makes the mean of many right, so that totals stay unbiased; then the original is up to one base away.

    Attributes:
        base: What numbers become multiples of, such as 10 or 0.5; more than 0.
        how: `nearest` or `random`.
    """

    name: ClassVar[str] = "round_to"
    title: ClassVar[Text] = Text("Round numbers")
    says: ClassVar[Text] = Text("Exact amounts are known to neighbours, employers or tax offices.")

    base: str = "10"
    how: Rounding = Rounding.NEAREST

    def __post_init__(self) -> None:
        if not 0 < decimal(self.base, "base") <= MOST_BASE:
            raise BadInput("base must be more than 0", field="base")

    def in_words(self, columns: tuple[str, ...]) -> Text:
        """To what, and how."""
        told, base = ", ".join(columns), plainly(decimal(self.base, "base"))
        match self.how:
            case Rounding.NEAREST:
                return say("Values of {columns} are rounded to multiples of {base}.", columns=told, base=base)
            case Rounding.RANDOM:
                return say("Values of {columns} are rounded at random to multiples of {base}.", columns=told, base=base)
            case _:
                assert_never(self.how)

    def treat(self, work: Work) -> Treated:
        """Round each column."""
        table = work.table.having(**{name: self._rounded(work, work.file[name]) for name in work.columns})
        done = say("Rounded to multiples of {base}.", base=plainly(decimal(self.base, "base")))
        return Treated(
            table=table,
            file=described(work.file, work.columns, partial(secured, sentence=done)),
            account=account(work.table, table, work.columns),
        )

    def _rounded(self, work: Work, variable: Variable) -> pa.Array:
        base = decimal(self.base, "base")
        if variable.type not in {VariableType.INTEGER, VariableType.NUMBER}:
            raise BadInput(
                say("the column '{column}' holds no numbers that could be rounded", column=variable.name),
                field=variable.name,
            )
        column = kept_as(arrow_column(work.table, variable.name), variable)
        gaps = column.is_null().to_numpy()
        values = column.fill_null(0).to_numpy()
        if variable.type is VariableType.NUMBER:
            return pa.array(_numbers(values, base, self._up(work, len(values))), mask=gaps)
        if base != base.to_integral_value():
            raise BadInput(
                say("'{column}' holds whole numbers; choose a whole base", column=variable.name), field="base"
            )
        return pa.array(_whole(values, int(base), self._up(work, len(values))), mask=gaps)

    def _up(self, work: Work, rows: int) -> Real | None:
        return work.rng.random(rows) if self.how is Rounding.RANDOM else None


def _whole(values: Whole, base: int, draws: Real | None) -> Whole:
    below, rest = np.divmod(values, base)
    nearest = (2 * rest > base) | ((2 * rest == base) & (below % 2 == 1))
    up = nearest if draws is None else draws < rest / base
    return np.asarray((below + up) * base, dtype=np.int64)


def _numbers(values: Real, base: Decimal, draws: Real | None) -> Real:
    """Rounded once more to the base's own decimals, so that 3 × 0.1 is 0.3."""
    steps = values / float(base)
    whole = np.rint(steps) if draws is None else np.floor(steps) + (draws < steps - np.floor(steps))
    exponent = base.as_tuple().exponent
    return np.round(whole * float(base), max(0, -exponent) if isinstance(exponent, int) else 0)
