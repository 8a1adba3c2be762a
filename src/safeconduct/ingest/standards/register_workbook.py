"""An empty workbook for a snapshot of a register: a sheet a table, with lists to choose from."""

import io

import openpyxl
from openpyxl.styles import Font, PatternFill
from openpyxl.utils import get_column_letter
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from safeconduct.ingest.standards.declared import FieldType
from safeconduct.ingest.standards.register import RegisterTable, register

CODES, ABOUT = "codes", "about"
LAST_ROW = 100_000
LINES = (
    "One sheet for each table, one row for each case, individual, event or specific need.",
    "Numbers of cases and individuals are the same in every month's snapshot; write them as text.",
    "Days are written 2026-03-01. The sheet 'codes' lists every answer; codes and answers are both understood.",
    "Leave a cell empty where nothing is known. Add columns of your own to the right.",
)


def register_workbook() -> bytes:
    """The workbook, as the bytes of an .xlsx file; filled in, it is read as a snapshot."""
    book = openpyxl.Workbook()
    first = book.worksheets[0]
    places = _codes(book.create_sheet(CODES))
    for table in register().tables:
        _table(book.create_sheet(table.name, index=len(book.sheetnames) - 1), table, places)
    book.remove(first)
    about = book.create_sheet(ABOUT)
    for line in LINES:
        about.append([line])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _codes(sheet: Worksheet) -> dict[str, str]:
    """Where the answers of each list stand, by its name."""
    sheet.append(["list", "code", "answer"])
    places = {}
    for name, choices in register().codes.items():
        start = sheet.max_row + 1
        for code, label in choices.items():
            sheet.append([name, code, label])
        places[name] = f"{CODES}!$C${start}:$C${sheet.max_row}"
    return places


def _table(sheet: Worksheet, table: RegisterTable, places: dict[str, str]) -> None:
    for at, one in enumerate(table.fields, start=1):
        cell = sheet.cell(row=1, column=at, value=one.label)
        cell.font, cell.fill = Font(bold=True), PatternFill("solid", fgColor="DDE5EC")
        letter = get_column_letter(at)
        sheet.column_dimensions[letter].width = max(14, len(one.label) + 2)
        if one.codes:
            _rule(sheet, letter, DataValidation(type="list", formula1=places[one.codes], allow_blank=True))
        elif one.type is FieldType.DATE:
            day = DataValidation(type="date", operator="greaterThan", formula1="1", allow_blank=True)
            _rule(sheet, letter, day)
    sheet.freeze_panes = "A2"


def _rule(sheet: Worksheet, letter: str, rule: DataValidation) -> None:
    rule.showErrorMessage = rule.type == "date"
    rule.add(f"{letter}2:{letter}{LAST_ROW}")
    sheet.add_data_validation(rule)
