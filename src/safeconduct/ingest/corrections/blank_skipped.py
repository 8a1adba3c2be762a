"""Answers to questions that were not asked."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.asked import Asked
from safeconduct.ingest.conditions import condition
from safeconduct.ingest.correcting import Corrected, Correction, corrected, correction, needs_columns
from safeconduct.ingest.described import Beside, Described
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say


@correction
@dataclass(frozen=True, kw_only=True)
class BlankSkipped(Correction):
    """Empties answers, codes for no answer too, in rows where the question was not to be asked.

    Attributes:
        condition: When the question is asked, in the form's own language; `""` for what the form says of each column.
    """

    name: ClassVar[str] = "blank_skipped"
    title: ClassVar[Text] = say("Empty answers to questions that were skipped")
    says: ClassVar[Text] = say("Empties answers in rows where the form's condition says the question is not asked.")

    condition: str = ""

    def __post_init__(self) -> None:
        """Check the condition.

        Raises:
            BadInput: It is not understood.
        """
        if self.condition:
            condition(self.condition)

    def in_words(self, columns: Sequence[str]) -> Text:
        """Which answers are emptied."""
        names = ", ".join(columns)
        if not self.condition:
            return say("Answers to {columns} are emptied where the form does not ask for them.", columns=names)
        return say("Answers to {columns} are emptied unless {condition}.", columns=names, condition=self.condition)

    def apply(self, rows: Described, *, columns: Sequence[str], beside: Beside) -> Corrected:
        """Empty the answers; conditions look at the rows as they were before."""
        del beside
        needs_columns(columns, self.name)
        before, changed = rows, 0
        for column in columns:
            skipped = ~Asked(rows=before, own=column).holds(condition(self._of(before, column)))
            skipped &= before.answered(column)
            cells = rows.cells(column)
            blank = pc.if_else(pa.array(skipped), pa.scalar(None, cells.type), cells)
            codes = pc.if_else(pa.array(skipped), pa.scalar(None, pa.string()), rows.codes(column))
            rows, changed = rows.with_cells(column, blank, codes), changed + int(skipped.sum())
        return corrected(rows, changed)

    def _of(self, rows: Described, column: str) -> str:
        said = self.condition or rows.variable(column).relevant
        if not said:
            raise BadInput(say("The form has no condition for {column}; write one.", column=column), field="condition")
        return said
