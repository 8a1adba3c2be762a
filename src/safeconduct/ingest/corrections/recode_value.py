"""One code for another."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.correcting import Corrected, Correction, corrected, correction, needs_columns
from safeconduct.ingest.described import Beside, Described, flags
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Variable
from safeconduct.model.text import Text, say


@correction
@dataclass(frozen=True, kw_only=True)
class RecodeValue(Correction):
    """Replaces codes by others, all at once: with `1` to `2` and `2` to `1` the two are exchanged.

    A value that is not in the map stays. The column keeps its type, so a number can only become a number. A category
    whose code is replaced goes from the code list unless its code is used for another; user-missing codes stay.

    Attributes:
        codes: The new code by the old one, as text.
    """

    name: ClassVar[str] = "recode_value"
    title: ClassVar[Text] = say("Replace codes by others")
    says: ClassVar[Text] = say("Replaces codes, such as two spellings of the same answer, by the right ones.")

    codes: Mapping[str, str] = field(hash=False)

    def __post_init__(self) -> None:
        """Check the map.

        Raises:
            BadInput: It is empty.
        """
        if not self.codes:
            raise BadInput(say("Say which codes are replaced, and by which."), field="codes")

    def in_words(self, columns: Sequence[str]) -> Text:
        """Which codes become which."""
        pairs = ", ".join(f"{old} → {new}" for old, new in self.codes.items())
        return say("Codes of {columns} are replaced: {pairs}.", columns=", ".join(columns), pairs=pairs)

    def apply(self, rows: Described, *, columns: Sequence[str], beside: Beside) -> Corrected:
        """Replace the codes."""
        del beside
        needs_columns(columns, self.name)
        changed = 0
        for column in columns:
            rows, count = self._replace(rows, column)
            changed += count
        return corrected(rows, changed)

    def _replace(self, rows: Described, column: str) -> tuple[Described, int]:
        variable, cells, texts = rows.variable(column), rows.cells(column), rows.texts(column)
        at = pc.index_in(texts, value_set=pa.array(list(self.codes), pa.string()))
        hit = pc.and_(pc.is_valid(at), pc.is_valid(texts))
        new = pc.if_else(hit, pc.take(self._new(cells.type), at), cells)
        rows = rows.with_cells(column, new, rows.codes(column)).with_variable(column, self._described(variable))
        return rows, int(flags(hit).sum())

    def _new(self, kind: pa.DataType) -> pa.Array:
        try:
            return pa.array(list(self.codes.values()), pa.string()).cast(kind)
        except pa.ArrowInvalid:
            said = say("A new code is not of the column's type; a column of numbers takes numbers only.")
            raise BadInput(said, field="codes") from None

    def _described(self, variable: Variable) -> Variable:
        gone = set(self.codes) - set(self.codes.values())
        kept = tuple(one for one in variable.categories if one.missing or one.code not in gone)
        return replace(variable, categories=kept)
