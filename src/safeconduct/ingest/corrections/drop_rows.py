"""Rows that a check found."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar, assert_never

from safeconduct.ingest.correcting import Corrected, Correction, corrected, correction
from safeconduct.ingest.described import Beside, Described
from safeconduct.ingest.selections import Selection, selected
from safeconduct.model.text import Text, say


@correction
@dataclass(frozen=True, kw_only=True)
class DropRows(Correction):
    """Leaves out every row that a check finds; no row can be named one by one.

    Attributes:
        check: Name of the check.
    """

    name: ClassVar[str] = "drop_rows"
    title: ClassVar[Text] = say("Leave out rows that a check found")
    says: ClassVar[Text] = say("Leaves out all rows that a check finds, never a row that somebody picks.")

    check: Selection

    def in_words(self, columns: Sequence[str]) -> Text:
        """Which rows are left out."""
        match self.check:
            case Selection.WITHOUT_HOUSEHOLD:
                return say("Rows that belong to no household are left out.")
            case Selection.EMPTY_ROWS:
                return say("Rows without any answer are left out.")
            case Selection.WITHOUT_CONSENT:
                return say("Rows without a yes in {columns} are left out.", columns=", ".join(columns))
            case _:
                assert_never(self.check)

    def apply(self, rows: Described, *, columns: Sequence[str], beside: Beside) -> Corrected:
        """Leave out what the check finds."""
        found = selected(self.check, rows, columns=columns, beside=beside)
        return corrected(rows.rows(~found), int(found.sum()))
