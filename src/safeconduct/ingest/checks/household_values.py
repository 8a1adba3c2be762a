"""What is said of a household, but differently by its members."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from safeconduct.ingest.checking import Check, Issue, Survey, data_check
from safeconduct.ingest.described import Described, counted, grouped
from safeconduct.ingest.households import Counts, about, differing, households
from safeconduct.model.microdata import Roles, VariableRole
from safeconduct.model.text import Text, say

NEARLY_ALL = 0.98
ENOUGH = 20


@data_check
class HouseholdValues(Check):
    """Columns that are the same for all members of nearly every household, and differ in some.

    Places and sizes are always looked at; any other column where all members agree in 98 of 100 households of two or
    more, and in at least 20.
    """

    name: ClassVar[str] = "household_values"
    title: ClassVar[Text] = say("Members who disagree about their household")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every table of members."""
        for rows in survey.tables.values():
            grouping = households(rows, survey.roles)
            groups, sizes = counted(rows.keys(grouping)) if grouping else (np.zeros(0, np.int64), np.zeros(0, np.int64))
            always = _belong_to_all(rows, survey.roles)
            for name in rows.names if len(sizes) and sizes.max() > 1 else ():
                if name not in grouping:
                    yield from self._column(rows, name, groups, always=name in always)

    def _column(self, rows: Described, name: str, groups: Counts, *, always: bool) -> Iterator[Issue]:
        values, count = grouped(rows.cells(name))
        if count < 2:  # noqa: PLR2004 - one value cannot differ
            return
        wrong = differing(groups, values)
        if wrong.any() and (always or _nearly_constant(groups, wrong)):
            households_wrong = len(np.unique(groups[wrong]))
            says = say("In {count} households the members do not all have the same {column}.", count=households_wrong,
                       column=name)  # fmt: skip
            yield self.issue(rows, (name,), says, int(wrong.sum()))


def _belong_to_all(rows: Described, roles: Roles) -> frozenset[str]:
    """Columns that are about the household by what they are."""
    mine = roles.get(rows.file.name, {})
    places = {name for name, role in mine.items() if role is VariableRole.GEOGRAPHY}
    return frozenset(places.union(about(rows.file, "household_size")))


def _nearly_constant(groups: Counts, wrong: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> bool:
    sizes = np.bincount(groups[groups >= 0])
    several = int((sizes > 1).sum())
    differ = len(np.unique(groups[wrong]))
    return several >= ENOUGH and differ <= (1 - NEARLY_ALL) * several
