"""Sizes of households that their members do not bear out."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from safeconduct.ingest.checking import Check, Issue, Survey, data_check, suggested
from safeconduct.ingest.described import Described
from safeconduct.ingest.households import (
    Counts,
    about,
    household_column,
    is_of_people,
    linked,
    members_of,
    people_of,
)  # fmt: skip
from safeconduct.model.microdata import VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say

NUMBERS = frozenset({VariableType.INTEGER, VariableType.NUMBER})
MOST = 0.5


@data_check
class HouseholdSize(Check):
    """Rows whose size of the household is not the number of members in the file.

    Where that is so for more than half of the rows, the file hardly lists every member, and nothing is suggested.
    """

    name: ClassVar[str] = "household_size"
    title: ClassVar[Text] = say("Size of the household")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Compare sizes with rows, in one table and between two."""
        for rows in survey.tables.values():
            sizes = [one for one in about(rows.file, "household_size") if one in rows and _is_number(rows, one)]
            for name in sizes:
                yield from self._within(rows, name, survey)
                yield from self._between(rows, name, survey)

    def _within(self, rows: Described, name: str, survey: Survey) -> Iterator[Issue]:
        column = household_column(rows, survey.roles)
        if not column or not is_of_people(rows) or column in rows.file.key:
            return
        counts = people_of(rows.keys((column,)))
        if len(counts) and counts.max() > 1:
            yield from self._differ(rows, name, counts, {"household": column})

    def _between(self, rows: Described, name: str, survey: Survey) -> Iterator[Issue]:
        for members in survey.tables.values():
            if members.file.parent == rows.file.name and linked(rows, members) and is_of_people(members):
                yield from self._differ(rows, name, members_of(rows, members), {"members": members.file.name})

    def _differ(self, rows: Described, name: str, counts: Counts, given: dict[str, str]) -> Iterator[Issue]:
        said = rows.numbers(name)
        known = ~np.isnan(said) & (counts > 0)
        wrong = int((known & (said != counts)).sum())
        if not wrong:
            return
        says = say("In {count} rows {column} is not the number of members that are listed.", count=wrong, column=name)
        issue = self.issue(rows, (name,), says, wrong)
        if wrong > MOST * int(known.sum()):
            yield issue
            return
        step = Step(method="fix_household_size", columns=(name,), file=rows.file.name, parameters=given)
        yield suggested(issue, step)


def _is_number(rows: Described, name: str) -> bool:
    return rows.variable(name).type in NUMBERS
