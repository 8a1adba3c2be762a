"""Excel workbooks."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, cannot_use, formats
from safeconduct.ingest.survey_cells import typed
from safeconduct.ingest.survey_names import table_name
from safeconduct.ingest.survey_workbook import Workbook
from safeconduct.model.text import Text, say

ENDINGS = {".xlsx", ".xlsm", ".xls", ".xlsb", ".ods"}


@formats
class ExcelSurvey(SurveyFormat):
    """Workbooks of the kind `.xlsx`, a sheet a table.

    The first row with a value names the columns; empty rows are left out, and empty sheets with a note. The hint
    `sheet` names the one sheet to read. A cell with a formula has the value it had when the workbook was saved.
    """

    name: ClassVar[str] = "excel"

    def claims(self, arrived: Arrived) -> bool:
        """By its name; older kinds are claimed too, to say what to do with them."""
        return arrived.ending in ENDINGS

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """A table of each sheet with values."""
        tables: list[ReadTable] = []
        notes: list[Text] = []
        for arrived in files:
            found, told = _sheets(arrived, hints, [one.file.name for one in tables])
            tables += found
            notes += told
        return Contents(tables=tuple(tables), format=self.name, notes=tuple(notes))


def _sheets(arrived: Arrived, hints: Mapping[str, str], taken: Sequence[str]) -> tuple[list[ReadTable], list[Text]]:
    book = Workbook(arrived)
    asked = _asked(book, hints.get("sheet", ""))
    full = [sheet for sheet in asked if not book.is_empty(sheet)]
    if not full:
        raise cannot_use(
            say("{file} has no sheet with values; send the sheet with the answers.", file=arrived.base), arrived
        )
    tables: list[ReadTable] = []
    notes = [
        say("Sheet {sheet} of {file} is empty and was left out.", sheet=one, file=arrived.base)
        for one in asked
        if one not in full
    ]
    for sheet in full:
        names = [*taken, *(one.file.name for one in tables)]
        table = book.table(sheet, table_name(arrived.stem if len(full) == 1 else sheet, names))
        tables.append(typed(table, comma=True, marks=hints.get("missing", "")))
        notes += table.notes
    return tables, notes


def _asked(book: Workbook, wanted: str) -> tuple[str, ...]:
    if wanted and wanted not in book.sheets:
        raise cannot_use(
            say(
                "{file} has no sheet {sheet}; it has {sheets}.",
                file=book.arrived.base,
                sheet=wanted,
                sheets=", ".join(book.sheets),
            ),
            book.arrived,
        )
    return (wanted,) if wanted else book.sheets
