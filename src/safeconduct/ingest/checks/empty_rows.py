"""Rows without an answer."""

from collections.abc import Iterator
from typing import ClassVar

from safeconduct.ingest.checking import Check, Issue, Survey, data_check, suggested
from safeconduct.ingest.selections import Selection, empty_rows
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say


@data_check
class EmptyRows(Check):
    """Rows that have nothing but what says which row they are."""

    name: ClassVar[str] = "empty_rows"
    title: ClassVar[Text] = say("Rows without an answer")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every table."""
        for rows in survey.tables.values():
            if count := int(empty_rows(rows).sum()):
                says = say("{count} rows have no answer at all.", count=count)
                step = Step(
                    method="drop_rows", columns=(), file=rows.file.name,
                    parameters={"check": Selection.EMPTY_ROWS.value},
                )  # fmt: skip
                yield suggested(self.issue(rows, (), says, count), step)
