"""Dates without their day."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.codes import arrow_column
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Variable, VariableType
from safeconduct.model.text import Text, say
from safeconduct.protect.base import Method, Treated, Work, account, described, methods, secured
from safeconduct.protect.written import kept_as


class Span(StrEnum):
    """How much of a date stays."""

    YEAR = "year"
    QUARTER = "quarter"
    MONTH = "month"
    WEEK = "week"
    DAY = "day"
    HOUR = "hour"


DONE = {
    Span.YEAR: Text("Only the year is right; the date is its first day."),
    Span.QUARTER: Text("Only the quarter is right; the date is its first day."),
    Span.MONTH: Text("Only the month is right; the date is its first day."),
    Span.WEEK: Text("Only the week is right; the date is its Monday."),
    Span.DAY: Text("Only the day is right; the time is midnight."),
    Span.HOUR: Text("Only the hour is right."),
}
KEPT = {
    Span.YEAR: say("Dates in {columns} keep their year only."),
    Span.QUARTER: say("Dates in {columns} keep their quarter only."),
    Span.MONTH: say("Dates in {columns} keep their month only."),
    Span.WEEK: say("Dates in {columns} keep their week only."),
    Span.DAY: say("Moments in {columns} keep their day only."),
    Span.HOUR: say("Moments in {columns} keep their hour only."),
}


@methods
@dataclass(frozen=True, kw_only=True)
class CoarsenDate(Method):
    """Replaces dates by the first day of their year, quarter, month or week, and moments also by their day or hour.

    A date of birth, of arrival or of registration is the best key there is: few people share one. Two dates that were
    in order may be equal afterwards, and the days between them are no longer known.

    Attributes:
        to: What stays right: `year`, `quarter`, `month`, `week`, `day` or `hour`; a week begins on Monday.
    """

    name: ClassVar[str] = "coarsen_date"
    title: ClassVar[Text] = Text("Make dates coarser")
    says: ClassVar[Text] = Text("The year or the month is enough, the day would single people out.")

    to: Span = Span.YEAR

    def in_words(self, columns: tuple[str, ...]) -> Text:
        """How much of the dates stays."""
        told = ", ".join(columns)
        return Text(KEPT[self.to].id, {"columns": told})

    def treat(self, work: Work) -> Treated:
        """Go down to where the span began."""
        table = work.table.having(**{name: self._floor(work, work.file[name]) for name in work.columns})
        return Treated(
            table=table,
            file=described(work.file, work.columns, partial(secured, sentence=DONE[self.to])),
            account=account(work.table, table, work.columns),
        )

    def _floor(self, work: Work, variable: Variable) -> pa.ChunkedArray:
        if variable.type not in {VariableType.DATE, VariableType.MOMENT}:
            raise BadInput(say("the column '{column}' holds no dates", column=variable.name), field=variable.name)
        if variable.type is VariableType.DATE and self.to in {Span.DAY, Span.HOUR}:
            raise BadInput(
                say("the column '{column}' holds days already; choose a week or longer", column=variable.name),
                field="to",
            )
        return pc.floor_temporal(kept_as(arrow_column(work.table, variable.name), variable), unit=self.to.value)
