"""Rows in random order."""

from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa

from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.protect.base import Account, Method, Treated, Work, methods


@methods
@dataclass(frozen=True, kw_only=True)
class SortRows(Method):
    """Puts the rows into random order, so that a record's place in the file tells nothing.

    Files are often in the order of arrival, of interviewers or of villages. Best done last: what comes after is
    compared with the original row by row only if the rows carry codes.
    """

    name: ClassVar[str] = "sort_rows"
    title: ClassVar[Text] = Text("Put rows into random order")
    says: ClassVar[Text] = Text("The order of the rows follows places, days or interviewers.")
    asks: ClassVar[bool] = False

    def in_words(self, columns: tuple[str, ...]) -> Text:
        """All rows, whatever the columns."""
        del columns
        return say("The rows are put into random order.")

    def treat(self, work: Work) -> Treated:
        """Every row with all its cells, companions too."""
        order = pa.array(work.rng.permutation(len(work.table)))
        return Treated(table=Table(work.table.arrow.take(order)), file=work.file, account=Account())
