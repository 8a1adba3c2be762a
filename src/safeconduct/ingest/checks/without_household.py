"""Members without a household, and households without members."""

from collections.abc import Iterator
from typing import ClassVar

from safeconduct.ingest.checking import Check, Issue, Survey, data_check, suggested
from safeconduct.ingest.described import Described
from safeconduct.ingest.households import household_column, is_of_people, linked, members_of, orphans
from safeconduct.ingest.selections import Selection
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say


@data_check
class WithoutHousehold(Check):
    """Rows whose household is not in the file of households, rows without a household, households nobody lives in."""

    name: ClassVar[str] = "without_household"
    title: ClassVar[Text] = say("Members without a household")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every table that belongs to another, and at every column of households."""
        for rows in survey.tables.values():
            parents = survey.tables.get(rows.file.parent)
            if parents is not None and linked(parents, rows):
                yield from self._orphans(rows, survey)
                yield from self._alone(parents, rows)
            elif column := household_column(rows, survey.roles):
                yield from self._nowhere(rows, column)

    def _orphans(self, rows: Described, survey: Survey) -> Iterator[Issue]:
        if count := int(orphans(rows, survey.tables).sum()):
            says = say("{count} rows belong to no row of {parent}.", count=count, parent=rows.file.parent)
            step = Step(
                method="drop_rows", columns=(), file=rows.file.name,
                parameters={"check": Selection.WITHOUT_HOUSEHOLD.value},
            )  # fmt: skip
            yield suggested(self.issue(rows, rows.file.link, says, count), step)

    def _alone(self, parents: Described, rows: Described) -> Iterator[Issue]:
        if is_of_people(rows) and (count := int((members_of(parents, rows) == 0).sum())):
            says = say("{count} rows have no member in {members}.", count=count, members=rows.file.name)
            yield self.issue(parents, parents.file.key, says, count)

    def _nowhere(self, rows: Described, column: str) -> Iterator[Issue]:
        if count := int((~rows.filled(column)).sum()):
            says = say("{count} rows have no household in {column}.", count=count, column=column)
            yield self.issue(rows, (column,), says, count)
