"""A workbook: the data, and what the columns and codes mean."""

import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from io import BytesIO
from typing import Any, ClassVar

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font

from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.release.file_format import (
    Export,
    FileFormat,
    Sink,
    codes_of,
    column_of,
    file_format,
    pieces,
)

MOST_ROWS, MOST_COLUMNS, LONGEST_TEXT = 1_048_575, 16_384, 32_767
DIGITS = 10**15
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
TOO_LARGE = say("A sheet holds 1,048,575 rows and 16,384 columns; take this table as CSV or Parquet.")


@file_format
class Xlsx(FileFormat):
    """A workbook with the sheets `Data`, `Variables` and `Labels`.

    Texts are texts and never formulas. A user-missing code stands in its cell as it is. A whole number of more than
    15 digits stands as text, since spreadsheets round it; so does a moment, which they would show in their own way.
    """

    name: ClassVar[str] = "xlsx"
    title: ClassVar[Text] = Text("Excel")
    says: ClassVar[Text] = Text("For spreadsheets: the data on one sheet, what columns and codes mean on others.")
    suffix: ClassVar[str] = "xlsx"
    media: ClassVar[str] = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"

    def too_large(self, export: Export) -> Text | None:
        """More rows or columns than a sheet has."""
        fits = len(export.table) <= MOST_ROWS and len(export.file.variables) <= MOST_COLUMNS
        return None if fits else TOO_LARGE

    def write(self, export: Export, out: Sink) -> tuple[Text, ...]:
        """Write the table as a workbook.

        Raises:
            BadInput: It does not fit on a sheet.
        """
        if refused := self.too_large(export):
            raise BadInput(refused)
        book = Workbook(write_only=True)
        book.properties.creator = "safeconduct"
        cut = _data(book.create_sheet("Data"), export)
        _listed(book.create_sheet("Variables"), ("name", "label", "type"), _variables(export))
        _listed(book.create_sheet("Labels"), ("variable", "code", "label", "missing"), _labels(export))
        made = BytesIO()
        book.save(made)
        out.write(made.getvalue())
        return (say("A text longer than 32,767 letters is cut in the workbook."),) if cut else ()


def _data(sheet: Any, export: Export) -> bool:
    """Write the rows; whether a text had to be cut."""
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name, bold=True) for name in export.file.names])
    cut = False
    for piece in pieces(export):
        columns = [_cells(piece, name) for name in export.file.names]
        cut = cut or any(isinstance(one, str) and len(one) > LONGEST_TEXT for column in columns for one in column)
        for row in zip(*columns, strict=True):
            sheet.append([_cell(sheet, value) if isinstance(value, str) else value for value in row])
    return cut


def _cells(piece: Export, name: str) -> list[object]:
    column, codes = column_of(piece.table, name), codes_of(piece.table, name)
    values: list[object] = [_shown(one) for one in column.to_pylist()]
    if codes is None:
        return values
    return [code if value is None else value for value, code in zip(values, codes.to_pylist(), strict=True)]


def _shown(value: object) -> object:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, bool):
        return int(value)
    return str(value) if isinstance(value, int) and abs(value) >= DIGITS else value


def _variables(export: Export) -> Iterator[tuple[str, ...]]:
    for one in export.file.variables:
        yield one.name, export.says(one.labels), one.type.value


def _labels(export: Export) -> Iterator[tuple[str, ...]]:
    for variable in export.file.variables:
        for one in variable.categories:
            yield variable.name, one.code, export.says(one.labels), "yes" if one.missing else ""


def _listed(sheet: Any, names: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> None:
    sheet.append([_cell(sheet, name, bold=True) for name in names])
    for row in rows:
        sheet.append([_cell(sheet, value) for value in row])


def _cell(sheet: Any, value: str, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet)
    cell.value = UNPRINTABLE.sub("", value)[:LONGEST_TEXT]
    cell.data_type = "s"  # a text that starts with = stays a text
    if bold:
        cell.font = Font(bold=True)
    return cell
