"""Extreme values cut off."""

from dataclasses import dataclass
from enum import StrEnum
from functools import partial
from itertools import pairwise
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.codes import arrow_column
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Variable, VariableType
from safeconduct.model.text import Text, say
from safeconduct.protect.base import Method, Treated, Work, account, described, methods, secured
from safeconduct.protect.written import kept_as, limit

FEWEST = 3
"""Values a mean must be made of: the mean of one is that one, and of two each knows the other."""


class Instead(StrEnum):
    """What stands for a value beyond a limit."""

    LIMIT = "limit"
    MEAN = "mean"


@methods
@dataclass(frozen=True, kw_only=True)
class TopBottom(Method):
    """Replaces values above a top limit and below a bottom limit; the limits themselves stay.

    The very old, the very rich and the largest household are known in their village. With `mean`, all values beyond a
    limit become their mean, so that the column's mean stays what it was; there must be three or more of them. Days are
    taken as well as numbers, to the limit only.

    Attributes:
        top: Largest value told, such as 80; empty for none.
        bottom: Smallest value told; empty for none.
        instead: `limit`, or `mean` of the values beyond.
        top_as: What stands for values above the top, where it is neither of these; empty otherwise.
        bottom_as: What stands for values below the bottom, likewise.
    """

    name: ClassVar[str] = "top_bottom"
    title: ClassVar[Text] = Text("Cut off extreme values")
    says: ClassVar[Text] = Text("A few very high or very low values would be recognised.")

    top: str = ""
    bottom: str = ""
    instead: Instead = Instead.LIMIT
    top_as: str = ""
    bottom_as: str = ""

    def __post_init__(self) -> None:
        if not (self.top or self.bottom):
            raise BadInput("say a top or a bottom limit", field="top")
        for name, value in (("top", self.top_as), ("bottom", self.bottom_as)):
            if value and not getattr(self, name):
                raise BadInput(say("{name}_as needs the limit '{name}'", name=name), field=f"{name}_as")

    def in_words(self, columns: tuple[str, ...]) -> Text:
        """The limits."""
        told = ", ".join(columns)
        if self.top and self.bottom:
            return say(
                "Values of {columns} above {top} and below {bottom} are cut off.",
                columns=told,
                top=self.top,
                bottom=self.bottom,
            )
        if self.top:
            return say("Values of {columns} above {top} are cut off.", columns=told, top=self.top)
        return say("Values of {columns} below {bottom} are cut off.", columns=told, bottom=self.bottom)

    def treat(self, work: Work) -> Treated:
        """Replace what is beyond, column by column."""
        columns, file = {}, work.file
        for name in work.columns:
            variable = work.file[name]
            before = kept_as(arrow_column(work.table, name), variable)
            columns[name] = self._cut(before, variable)
            for sentence in self._told():
                file = described(file, {name}, partial(secured, sentence=sentence))
        table = work.table.having(**columns)
        return Treated(table=table, file=file, account=account(work.table, table, work.columns))

    def _cut(self, column: pa.ChunkedArray, variable: Variable) -> pa.ChunkedArray:
        limits = [limit(text, name, variable) for name, text in (("bottom", self.bottom), ("top", self.top)) if text]
        if any(pc.greater(low, high).as_py() for low, high in pairwise(limits)):
            raise BadInput("the bottom limit must not be above the top limit", field="bottom")
        after = column
        if self.top:
            beyond = pc.fill_null(pc.greater(column, limits[-1]), fill_value=False)
            after = pc.if_else(beyond, self._instead(column.filter(beyond), variable, "top"), after)
        if self.bottom:
            beyond = pc.fill_null(pc.less(column, limits[0]), fill_value=False)
            after = pc.if_else(beyond, self._instead(column.filter(beyond), variable, "bottom"), after)
        return after

    def _instead(self, beyond: pa.ChunkedArray, variable: Variable, side: str) -> pa.Scalar:
        if given := getattr(self, f"{side}_as"):
            return limit(given, f"{side}_as", variable)
        if self.instead is Instead.LIMIT or not len(beyond):
            return limit(getattr(self, side), side, variable)
        return _mean(beyond, variable, side)

    def _told(self) -> list[Text]:
        """What may be published: the limits, which every reader of the file would see anyway."""
        told = []
        if self.top:
            told.append(say("Values above {top} were replaced.", top=self.top))
        if self.bottom:
            told.append(say("Values below {bottom} were replaced.", bottom=self.bottom))
        return told


def _mean(beyond: pa.ChunkedArray, variable: Variable, side: str) -> pa.Scalar:
    if variable.type is VariableType.DATE:
        raise BadInput(
            say("days have no mean; replace those of '{column}' by the limit", column=variable.name), field="instead"
        )
    if len(beyond) < FEWEST:
        says = say(
            "too few values of '{column}' are beyond the {side} limit for a mean that hides them; choose a nearer "
            "limit, or replace them by the limit",
            column=variable.name,
            side=side,
        )
        raise BadInput(says, field=side)
    mean = pc.mean(beyond).as_py()
    return pa.scalar(round(mean) if variable.type is VariableType.INTEGER else mean, beyond.type)
