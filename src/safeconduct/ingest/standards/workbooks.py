"""Workbooks of cases: an empty one to type into, and any of them filled in again from a table."""

import io
import warnings
from collections.abc import Iterator, Mapping, Sequence
from datetime import date

import openpyxl
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell, MergedCell
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from safeconduct.ingest.described import Described
from safeconduct.ingest.standards.answers import Heading, answer, answers, fields_of, folded, is_labels, is_names
from safeconduct.ingest.standards.declared import FieldType, StandardField, htcds
from safeconduct.ingest.standards.forms import form_fields
from safeconduct.ingest.standards.records import columns_by_field, flags_of, named
from safeconduct.ingest.survey_names import ROW
from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.text import say

CASES, CODES, LISTS, ABOUT = "cases", "codes", "lists", "about"
LAST_ROW = 5_000
MOST_CELLS = 5_000_000
ONE_ANSWER = "Choose one answer of the list."
YES_NO = '"TRUE,FALSE"'
LINES = (
    "One row for each case. Type below the second row; the first row is hidden and belongs to the program.",
    "Where several answers are possible, write them one after the other with a semicolon between them.",
    "Days are written 2026-03-01. The sheet 'codes' lists every answer.",
    "Leave a cell empty where nothing is known: empty is not 'no'.",
    "A record is used for research only where 'Consent' and 'Agrees to research with non-identifying data' are TRUE.",
    "Made from the Human Trafficking Case Data Standard 2.0 by IOM, https://github.com/UNMigration/HTCDS, CC BY 4.0.",
    "Changed: columns were added. IOM does not endorse this file.",
)


def entry_workbook() -> bytes:
    """An empty workbook with drop-down lists and a sheet of codes, as the bytes of an .xlsx file."""
    book = openpyxl.Workbook()
    cases = book.worksheets[0]
    cases.title = CASES
    fields = form_fields()
    _head(cases, fields)
    _codes(book.create_sheet(CODES), fields)
    lists = book.create_sheet(LISTS)
    lists.sheet_state = "hidden"
    _drop_downs(cases, lists, fields)
    for at, line in enumerate(LINES, start=1):
        (book[ABOUT] if ABOUT in book.sheetnames else book.create_sheet(ABOUT)).cell(row=at, column=1, value=line)
    return _bytes(book)


def _head(sheet: Worksheet, fields: Sequence[StandardField]) -> None:
    for at, one in enumerate(fields, start=2):
        sheet.cell(row=1, column=at, value=one.name)
        seen = sheet.cell(row=2, column=at, value=one.label)
        seen.font, seen.fill = Font(bold=True), PatternFill("solid", fgColor="DDE5EC")
        sheet.column_dimensions[get_column_letter(at)].width = max(14, min(40, len(one.label) + 2))
    for row in range(3, 503):
        sheet.cell(row=row, column=1, value=row - 2)
    sheet.row_dimensions[1].hidden = True
    sheet.freeze_panes = "B3"


def _codes(sheet: Worksheet, fields: Sequence[StandardField]) -> None:
    sheet.append(["List of answers to", "code", "answer"])
    for one in fields:
        for code, label in htcds().choices(one).items():
            sheet.append([one.label, code, label])


def _drop_downs(cases: Worksheet, lists: Worksheet, fields: Sequence[StandardField]) -> None:
    for at, one in enumerate(fields, start=2):
        letter = get_column_letter(at)
        for row, label in enumerate(htcds().choices(one).values(), start=1):
            lists.cell(row=row, column=at, value=label)
        if one.coded:
            last = len(htcds().choices(one))
            _list(cases, letter, f"{LISTS}!${letter}$1:${letter}${last}", strict=not one.several)
        elif one.type is FieldType.CHECKBOX:
            _list(cases, letter, YES_NO, strict=True)
        elif one.type is FieldType.DATE:
            _days(cases, letter)


def _list(sheet: Worksheet, letter: str, formula: str, *, strict: bool) -> None:
    """A drop-down; where several answers may stand in a cell it proposes and does not insist."""
    rule = DataValidation(type="list", formula1=formula, allow_blank=True, showErrorMessage=strict, error=ONE_ANSWER)
    rule.add(f"{letter}3:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def _days(sheet: Worksheet, letter: str) -> None:
    rule = DataValidation(type="date", operator="greaterThan", formula1="1", allow_blank=True, showErrorMessage=True,
                          error="Write a day, such as 2026-03-01.")  # fmt: skip
    rule.add(f"{letter}3:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)


def filled(template: bytes, rows: Described) -> bytes:
    """A workbook with the cases of a table in it, below the labels it has.

    Answers are written as the workbook's own lists write them. Columns that the table does not have stay empty. Fields
    of the standard that the workbook lacks, such as the answer about research, are added after its last column: a
    record must not lose what its person agreed to. Columns that are of no standard are left out, see `unplaced`.

    Args:
        template: An official workbook, or one of ours; empty.
        rows: The cases.

    Raises:
        Unreadable: It is no workbook.
        BadInput: It has no sheet for cases.
    """
    book = _opened(template)
    sheet, labels = _sheet(book)
    _add_columns(sheet, labels, rows)
    fields = _fields(sheet, labels)
    for column, one in enumerate(fields, start=1):
        if one is not None:
            words = _spelt(book, sheet, one)
            for at, cell in enumerate(_cells(rows, one, words), start=labels + 1):
                _put(sheet.cell(row=at, column=column), cell)
    _lists_again(book, sheet, fields)
    return _bytes(book)


def unplaced(rows: Described) -> tuple[str, ...]:
    """Columns of a table that no workbook of the standard has a place for."""
    held = {*named(rows.names), *(column for flags in flags_of(rows.names).values() for column in flags.values())}
    return tuple(name for name in rows.names if name not in held and name != ROW)


def _fields(sheet: Worksheet, labels: int) -> list[StandardField | None]:
    return fields_of([
        Heading(str(seen or ""), str(hidden or "")) for hidden, seen in zip(*_two(sheet, labels), strict=True)
    ])  # fmt: skip


def _add_columns(sheet: Worksheet, labels: int, rows: Described) -> None:
    """Labels of the fields that the table has and the sheet lacks, after its last label."""
    there, held = _fields(sheet, labels), {*columns_by_field(rows.names), *flags_of(rows.names)}
    last = max((at for at, cell in enumerate(sheet[labels], start=1) if cell.value is not None), default=0)
    lacking = [one for one in htcds().every if one.name in held and one not in there]
    for at, one in enumerate(lacking, start=last + 1):
        if labels > 1:
            sheet.cell(row=1, column=at, value=one.name)
        sheet.cell(row=labels, column=at, value=one.label if labels > 1 and one.label else one.name)


def _opened(content: bytes) -> openpyxl.Workbook:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            book = openpyxl.load_workbook(io.BytesIO(content))
    except Exception:  # noqa: BLE001 - whatever a broken file makes the library say may quote a cell
        raise Unreadable(say("This is no workbook (.xlsx); use the template as it was published.")) from None
    if any(sheet.max_row * sheet.max_column > MOST_CELLS for sheet in book.worksheets):
        raise Unreadable(say("A sheet of this workbook is far larger than a template; use it as it was published."))
    return book


def _sheet(book: openpyxl.Workbook) -> tuple[Worksheet, int]:
    """The sheet for cases, and the row of its labels."""
    for sheet in book.worksheets:
        top = list(sheet.iter_rows(max_row=2, values_only=True))
        if len(top) > 1 and is_names(top[0]) and is_labels(top[1]):
            return sheet, 2
        if top and is_labels(top[0]):
            return sheet, 1
    raise BadInput(say("This workbook has no sheet for cases; use the template as it was published."), field="template")


def _two(sheet: Worksheet, labels: int) -> tuple[Sequence[object], Sequence[object]]:
    rows = list(sheet.iter_rows(max_row=labels, values_only=True))
    return (rows[0], rows[1]) if labels > 1 else ([None] * len(rows[0]), rows[0])


def _spelt(book: openpyxl.Workbook, cases: Worksheet, one: StandardField) -> Mapping[str, str]:
    """How a workbook writes the answers to a field: as its own lists do, else by the standard's labels."""
    own = {answer(one, text).text: text for _, text in _listed(book, cases, one)}
    return {**htcds().choices(one), **{code: text for code, text in own.items() if code in htcds().choices(one)}}


def _listed(book: openpyxl.Workbook, cases: Worksheet, one: StandardField) -> Iterator[tuple[str, str]]:
    """Place and text of every answer to a field in the workbook's own sheet of lists."""
    for sheet in book.worksheets:
        if sheet is cases or sheet.title in {CODES, ABOUT}:
            continue
        for column in sheet.iter_cols():
            head = next((at for at, cell in enumerate(column) if _heads(cell, one)), None)
            for cell in column[head + 1 :] if head is not None else ():
                if isinstance(cell.value, str) and answer(one, cell.value).known:
                    yield f"{sheet.title}!{cell.column_letter}{cell.row}", cell.value


def _heads(cell: Cell | MergedCell, one: StandardField) -> bool:
    wanted = {folded(one.label)} | ({"country"} if one.of_countries else set())
    return isinstance(cell.value, str) and folded(cell.value) in wanted


def _lists_again(book: openpyxl.Workbook, sheet: Worksheet, fields: Sequence[StandardField | None]) -> None:
    """Drop-downs the library could not keep, made anew from the workbook's own lists."""
    if sheet.data_validations.dataValidation:
        return
    for column, one in enumerate(fields, start=1):
        places = [place for place, _ in _listed(book, sheet, one)] if one is not None and one.coded else []
        if places:
            title, first = places[0].split("!")
            letter = first.rstrip("0123456789")
            span = f"{title}!${letter}${first[len(letter) :]}:${letter}${places[-1].split('!')[1][len(letter) :]}"
            _list(sheet, get_column_letter(column), span, strict=True)


def _cells(rows: Described, one: StandardField, words: Mapping[str, str]) -> Iterator[object]:
    """A field's cells as a workbook holds them."""
    flags, column = flags_of(rows.names).get(one.name, {}), columns_by_field(rows.names).get(one.name)
    if column is not None:
        for cell in rows.cells(column).to_pylist():
            yield _word(one, cell, words) if isinstance(cell, str) else cell
    elif flags:
        given = {code: rows.cells(name).to_pylist() for code, name in flags.items()}
        for at in range(len(rows)):
            said = [words.get(code, code) for code, cells in given.items() if cells[at]]
            yield said[0] if len(said) == 1 else htcds().separator.join(map(str.strip, said)) or None


def _word(one: StandardField, cell: str, words: Mapping[str, str]) -> str:
    """One answer or several in the workbook's words; what no list knows stays as it is."""
    given = answers(one, cell) if one.coded and cell not in words else ()
    if given and all(each.known for each in given):
        return htcds().separator.join(words.get(each.text, each.text).strip() for each in given)
    return words.get(cell, cell)


def _put(cell: Cell | MergedCell, value: object) -> None:
    """Write a value; a text is a text, whatever a spreadsheet program would make of it."""
    if isinstance(cell, MergedCell):
        return
    if isinstance(value, str):
        cell.value = ILLEGAL_CHARACTERS_RE.sub("", value)
        cell.data_type = "s"
    elif isinstance(value, bool | int | float | date):
        cell.value = value


def _bytes(book: openpyxl.Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()
