"""The size of a household as its members count it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.correcting import Corrected, Correction, corrected, correction
from safeconduct.ingest.described import Beside, Described, flags
from safeconduct.ingest.households import members_of, people_of
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say


@correction
@dataclass(frozen=True, kw_only=True)
class FixHouseholdSize(Correction):
    """Puts the number of members that are listed into the column that tells how many there are.

    A household of which no member is listed keeps what it has, and so does a row that belongs to no household.

    Attributes:
        members: Name of the table of members, whose rows belong to this one; `""` where members are in this table.
        household: The column of this table that tells the household, where members are in this table.
    """

    name: ClassVar[str] = "fix_household_size"
    title: ClassVar[Text] = say("Count the members of each household")
    says: ClassVar[Text] = say("Replaces the size of a household by the number of its members in the file.")

    members: str = ""
    household: str = ""

    def __post_init__(self) -> None:
        """Check that one of the two is named.

        Raises:
            BadInput: Neither or both are.
        """
        if bool(self.members) == bool(self.household):
            raise BadInput(say("Name the table of members, or the column that tells the household."), field="members")

    def in_words(self, columns: Sequence[str]) -> Text:
        """What is put where."""
        return say("{columns} becomes the number of members that are listed.", columns=", ".join(columns))

    def apply(self, rows: Described, *, columns: Sequence[str], beside: Beside) -> Corrected:
        """Put the counts into the column."""
        if len(columns) != 1:
            raise BadInput(say("Choose the one column that tells the size of the household."), field="columns")
        counts = self._counts(rows, beside)
        cells = rows.cells(rows.variable(columns[0]).name)
        new = pc.if_else(pa.array(counts > 0), pa.chunked_array([pa.array(counts)]).cast(cells.type), cells)
        changed = ~flags(pc.equal(new, cells)) & (counts > 0)
        codes = pc.if_else(pa.array(changed), pa.scalar(None, pa.string()), rows.codes(columns[0]))
        return corrected(rows.with_cells(columns[0], new, codes), int(changed.sum()))

    def _counts(self, rows: Described, beside: Beside) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
        if self.household:
            rows.variable(self.household)
            return people_of(rows.keys((self.household,)))
        if self.members not in beside:
            raise BadInput(say("There is no table {table}.", table=self.members), field="members")
        return members_of(rows, beside[self.members])
