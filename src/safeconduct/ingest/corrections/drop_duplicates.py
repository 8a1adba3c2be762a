"""Rows that are there twice."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

from safeconduct.ingest.correcting import Corrected, Correction, corrected, correction
from safeconduct.ingest.described import Beside, Described
from safeconduct.ingest.selections import repeated
from safeconduct.model.text import Text, say


@correction
@dataclass(frozen=True, kw_only=True)
class DropDuplicates(Correction):
    """Leaves out every row that is the same as an earlier one in the columns given, all columns where none is.

    The first of equal rows stays. With some columns only, rows that differ in the others are lost: use it for keys
    after a look at what differs. Rows that have nothing in all of the columns are not the same as each other.
    """

    name: ClassVar[str] = "drop_duplicates"
    title: ClassVar[Text] = say("Leave out repeated rows")
    says: ClassVar[Text] = say("Keeps the first of equal rows and leaves out the others.")

    def in_words(self, columns: Sequence[str]) -> Text:
        """Which rows are left out."""
        if not columns:
            return say("Rows that are the same in every column are kept once.")
        return say("Rows that are the same in {columns} are kept once.", columns=", ".join(columns))

    def apply(self, rows: Described, *, columns: Sequence[str], beside: Beside) -> Corrected:
        """Leave out later equals."""
        del beside
        again = repeated(rows, columns)
        return corrected(rows.rows(~again), int(again.sum()))
