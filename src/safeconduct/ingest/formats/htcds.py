"""Case records in the workbooks and tables of the Human Trafficking Case Data Standard."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import ClassVar

from safeconduct.ingest.standards.answers import is_labels, is_names
from safeconduct.ingest.standards.records import as_cases
from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, cannot_use, formats, told
from safeconduct.ingest.survey_cells import TextTable
from safeconduct.ingest.survey_delimited import DELIMITERS, delimited, encoding_of, layout_of
from safeconduct.ingest.survey_names import table_name
from safeconduct.ingest.survey_workbook import Workbook
from safeconduct.ingest.survey_zip import is_workbook
from safeconduct.model.errors import SafeconductError
from safeconduct.model.text import Text, say

TEXTS = {".csv", ".tsv", ".tab", ".txt"}
FIRST_LINES = 1 << 14
LARGEST = 256 << 20


@formats
class HtcdsCases(SurveyFormat):
    """HTCDS 2.0: the official workbooks (`.xlsx`), those of our own, and CSV files with its labels or names.

    Columns are told by the labels people see, since the hidden names above them are wrong in the mailing address.
    Answers may be codes or labels, in any case; several in one cell stand between semicolons and become a 0/1 column
    each, with nothing where the question was not answered. Fields bring their labels, code lists and proposed roles.
    Columns beyond the standard are kept as they are; sheets without cases are left out with a note.
    """

    name: ClassVar[str] = "htcds"
    particular: ClassVar[bool] = True

    def claims(self, arrived: Arrived) -> bool:
        """By the rows at the top: names or labels of the standard."""
        if arrived.ending in TEXTS:
            return any(_is_header(row) for _, rows in _first_rows(arrived) for row in rows[:1])
        try:
            return arrived.ending == ".xlsx" and is_workbook(arrived) and bool(_sheets(Workbook(arrived)))
        except SafeconductError:
            return False

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """A table of each sheet or file with cases."""
        tables: list[ReadTable] = []
        notes: list[Text] = []
        for arrived in files:
            for found in _workbook(arrived) if arrived.ending == ".xlsx" else (_text(arrived, hints),):
                name = table_name(found.name, [one.file.name for one in tables])
                read, said = as_cases(replace(found, name=name), arrived, marks=hints.get("missing", ""))
                tables.append(read)
                notes += [*found.notes, *said]
            notes += _left(arrived)
        return Contents(tables=tuple(tables), format=self.name, notes=tuple(notes))


def _is_header(row: Sequence[object]) -> bool:
    return is_names(row) or is_labels(row)


def _sheets(book: Workbook) -> tuple[str, ...]:
    """The sheets whose first row with a value is a header; a sheet with lists of answers has a title there."""
    return tuple(one for one in book.sheets if any(_is_header(row) for row in _top(book, one)))


def _top(book: Workbook, sheet: str) -> Iterator[Sequence[object]]:
    return islice((row for row in book.rows(sheet) if row), 1)


def _workbook(arrived: Arrived) -> Iterator[TextTable]:
    book = Workbook(arrived)
    wanted = _sheets(book)
    for one in wanted:
        yield book.table(one, arrived.stem if len(wanted) == 1 else one)


def _left(arrived: Arrived) -> list[Text]:
    """Sheets that hold lists and explanations."""
    if arrived.ending != ".xlsx":
        return []
    book = Workbook(arrived)
    rest = [one for one in book.sheets if one not in _sheets(book)]
    return [
        say("Sheet {sheet} of {file} holds no cases and was left out.", sheet=one, file=arrived.base) for one in rest
    ]


def _first_rows(arrived: Arrived, encoding: str = "utf-8-sig") -> Iterator[tuple[str, list[list[str]]]]:
    """Every delimiter, with the first two rows as it cuts them."""
    text = arrived.head(FIRST_LINES).decode(encoding, errors="ignore").removeprefix("\ufeff")
    for mark in DELIMITERS:
        with suppress(csv.Error):
            yield mark, list(islice(csv.reader(io.StringIO(text, newline=""), delimiter=mark), 2))


def _text(arrived: Arrived, hints: Mapping[str, str]) -> TextTable:
    """A text file; what a saved workbook has around its cases is left out."""
    encoding, notes = encoding_of(arrived, hints)
    for mark, rows in _first_rows(arrived, encoding):
        if rows and _is_header(rows[0]):
            names = len(rows) > 1 and is_names(rows[0]) and is_labels(rows[1])
            if names or not rows[0][-1].strip():
                arrived = _tidied(arrived, encoding, mark, skip=int(names))
                encoding = "utf-8"
            break
    layout = layout_of(arrived, {**hints, "encoding": encoding})
    return replace(delimited(arrived, layout), notes=(*notes, *layout.notes))


def _tidied(arrived: Arrived, encoding: str, mark: str, *, skip: int) -> Arrived:
    """The file without the row of hidden names above the labels, and without columns at its end that nobody named."""
    if arrived.size > LARGEST:
        raise cannot_use(
            say("{file} has a row of names above its labels, or columns without a name at its end; delete them and "
                "send it again.", file=arrived.base),
            arrived,
        )  # fmt: skip
    written = io.StringIO(newline="")
    with told(arrived), arrived.open() as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        rows = list(csv.reader(text, delimiter=mark))[skip:]
    width = max((at + 1 for at, one in enumerate(rows[0]) if one.strip()), default=0)
    plain = csv.writer(written, delimiter=mark)
    plain.writerows(row[:width] if not any(one.strip() for one in row[width:]) else row for row in rows)
    content = written.getvalue().encode()
    return replace(arrived, size=len(content), open=lambda: io.BytesIO(content))
