"""Codes that no code list explains."""

from collections.abc import Iterator
from typing import ClassVar

from safeconduct.ingest.checking import Check, Issue, Survey, data_check, suggested
from safeconduct.ingest.described import Described
from safeconduct.ingest.selections import unlabelled
from safeconduct.model.microdata import Measurement, VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say

LABELLED = 2
SCALE = 0.5


@data_check
class UnlabelledCodes(Check):
    """Values that are not in the code list of a column.

    A scale of which only the ends have labels, and a number of which only codes for no answer have one, are no code
    lists; a column where more than half of the rows have an unlabelled value is taken for one of those.
    """

    name: ClassVar[str] = "unlabelled_codes"
    title: ClassVar[Text] = say("Codes without a label")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every column with a code list."""
        for rows in survey.tables.values():
            for name in rows.names:
                if _is_list(rows, name):
                    yield from self._foreign(rows, name)

    def _foreign(self, rows: Described, name: str) -> Iterator[Issue]:
        count = int(unlabelled(rows, name).sum())
        if count and count <= SCALE * int(rows.filled(name).sum()):
            says = say("{count} rows of {column} have a code that is not in its code list.", count=count, column=name)
            step = Step(method="set_missing", columns=(name,), file=rows.file.name, parameters={"unlabelled": True})
            yield suggested(self.issue(rows, (name,), says, count), step)


def _is_list(rows: Described, name: str) -> bool:
    variable = rows.variable(name)
    labelled = sum(not one.missing for one in variable.categories)
    scale = variable.measurement is Measurement.SCALE or variable.type is VariableType.NUMBER
    return labelled >= LABELLED and not scale
