"""Excel workbooks: looked through before they are opened, then read as texts, a sheet a table."""

import datetime as dt
import warnings
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from itertools import islice, pairwise, zip_longest
from typing import Any, BinaryIO, TypeVar

import openpyxl
import pyarrow as pa
from openpyxl.worksheet._reader import WorkSheetParser

from safeconduct.ingest.survey_base import Arrived, cannot_use, told
from safeconduct.ingest.survey_cells import TextTable
from safeconduct.ingest.survey_names import called_row, column_names
from safeconduct.ingest.survey_zip import is_workbook, refuse_unsafe_xml
from safeconduct.model.errors import BadInput
from safeconduct.model.text import say

ROWS = 5_000
MOST_ROWS = 1 << 20
"""As many as Excel has; a row of a higher number would come after as many empty ones."""
MOST_COLUMNS = 1 << 14
OLD = b"\xd0\xcf\x11\xe0"
T = TypeVar("T")
Cells = tuple[str | None, ...]


class Workbook:
    """An Excel file that was found safe to open.

    Raises:
        BadInput: It is of the old kind, has a password, or is not safe to open.
        Unreadable: It is damaged.
    """

    def __init__(self, arrived: Arrived) -> None:
        self.arrived = arrived
        if arrived.head(4) == OLD:
            raise cannot_use(
                say(
                    "{file} is an old Excel file, or one with a password; open it and save it as .xlsx without "
                    "a password.",
                    file=arrived.base,
                ),
                arrived,
            )
        if not is_workbook(arrived):
            raise cannot_use(
                say("{file} is not an Excel workbook (.xlsx); save it as one, or as .csv.", file=arrived.base), arrived
            )
        refuse_unsafe_xml(arrived)
        with told(arrived), arrived.open() as stream, closing(_opened(stream)) as book:
            self.sheets: tuple[str, ...] = tuple(sheet.title for sheet in book.worksheets)

    def rows(self, sheet: str) -> Iterator[Cells]:
        """A sheet's rows as texts, `None` for an empty cell; trailing empty cells are cut off."""
        for block in self.blocks(sheet):
            yield from block

    def blocks(self, sheet: str) -> Iterator[list[Cells]]:
        """A sheet's rows, some thousands at a time."""
        with told(self.arrived), self.arrived.open() as stream, closing(_opened(stream)) as book:
            rows = _rows(book[sheet], book)
            while block := _quietly(lambda: list(islice(rows, ROWS))):
                yield [_cut(row) for row in block]

    def is_empty(self, sheet: str) -> bool:
        """Whether a sheet has no cell with a value."""
        return not any(self.rows(sheet))

    def table(self, sheet: str, name: str) -> TextTable:
        """A sheet as a table of texts, its first row with a value being the header.

        A first column without a name holds row numbers: rows with nothing but a number are left out, and a row below
        the header that lacks one says what the columns are, as in the HTCDS workbooks.

        Raises:
            BadInput: The header is wrong; while rows are read: one has a value beyond the header.
        """
        rows = (row for row in self.rows(sheet) if row)
        header, below, then = (next(rows, ()) for _ in range(3))
        numbered = header[:1] == (None,)
        told = numbered and below[:1] == (None,) and then[:1] != (None,)
        named = [one or (label if told else None) for one, label in zip_longest(header, below[: len(header)])]
        columns = column_names(named, self.arrived, sheet=sheet)

        def batches() -> Iterator[pa.RecordBatch]:
            left = 1 + told
            for block in self._blocks(sheet, len(columns)):
                kept = [row for row in block[left:] if not numbered or any(row[1:])]
                left = max(left - len(block), 0)
                if kept:
                    cells: Sequence[Sequence[str | None]] = list(zip(*kept, strict=True))
                    yield pa.record_batch([pa.array(one, pa.string()) for one in cells], names=list(columns))

        words = {one: label for one, label in zip(columns, below, strict=False) if label} if told else {}
        return TextTable(
            name=name,
            columns=columns,
            batches=batches,
            labels=words,
            notes=called_row(header, f"{self.arrived.base}, {sheet}"),
        )

    def _blocks(self, sheet: str, width: int) -> Iterator[list[Cells]]:
        """Rows with a value, as wide as the header."""
        number = 0
        for block in self.blocks(sheet):
            kept: list[Cells] = []
            for row in block:
                number += 1
                if len(row) > width:
                    raise self._too_wide(sheet, number)
                if row:
                    kept.append(row + (None,) * (width - len(row)))
            yield kept

    def _too_wide(self, sheet: str, row: int) -> BadInput:
        return cannot_use(
            say(
                "Row {row} of sheet {sheet} in {file} has a value beyond the last column with a name; name the column, "
                "clear the cell, or say which sheet to read.",
                row=row,
                sheet=sheet,
                file=self.arrived.base,
            ),
            self.arrived,
        )


class _Parser(WorkSheetParser):
    """The library's own, which leaves out rows and cells without a word where they do not stand in their order."""

    def parse_row(self, row: Any) -> tuple[int, list[dict[str, Any]]]:
        """Number and cells of a row.

        Raises:
            ValueError: It, or a cell of it, does not come after the one before, or lies beyond any sheet.
        """
        before = self.row_counter
        number, cells = super().parse_row(row)
        columns = [0, *(int(one["column"]) for one in cells)]
        in_order = all(one < next_one for one, next_one in pairwise(columns))
        if not (before < number <= MOST_ROWS and in_order and columns[-1] <= MOST_COLUMNS):
            raise ValueError
        return number, cells


def _rows(page: Any, book: Any) -> Iterator[Sequence[object]]:
    """Every row of a sheet up to its last, those that are not in the file as empty ones."""
    with page._get_source() as source:  # noqa: SLF001 - what the library's own rows are read from, which lose some
        parser = _Parser(
            source, page._shared_strings, data_only=True, epoch=book.epoch,  # noqa: SLF001 - as above
            date_formats=book._date_formats, timedelta_formats=book._timedelta_formats,  # noqa: SLF001 - as above
        )  # fmt: skip
        last = 0
        for number, cells in parser.parse():
            yield from ((),) * (number - last - 1)
            last = number
            yield page._get_row(cells, values_only=True)  # noqa: SLF001 - as above


def _opened(stream: BinaryIO) -> openpyxl.Workbook:
    return _quietly(lambda: openpyxl.load_workbook(stream, read_only=True, data_only=True, keep_links=False))


def _quietly(act: Callable[[], T]) -> T:
    """Without the library's warnings, which quote cells."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return act()


def _cut(row: Sequence[object]) -> Cells:
    cells = [_text(one) for one in row]
    while cells and cells[-1] is None:
        cells.pop()
    return tuple(cells)


def _text(value: object) -> str | None:  # noqa: PLR0911 - one line a sort of cell
    """A cell as the text a CSV file would hold."""
    match value:
        case None | "":
            return None
        case bool():
            return "true" if value else "false"
        case float() if value.is_integer() and abs(value) < 1e15:  # noqa: PLR2004 - exact below
            return str(int(value))
        case dt.datetime() if value.time() == dt.time():
            return value.date().isoformat()
        case dt.datetime():
            return value.isoformat(sep=" ")
        case dt.date() | dt.time():
            return value.isoformat()
        case _:
            return str(value)
