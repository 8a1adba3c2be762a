"""Made-up cases in workbooks and tables, and what they are read as."""

import csv
import io
import sys
import warnings
from collections.abc import Mapping, Sequence
from datetime import date
from pathlib import Path

import openpyxl
import pyarrow as pa
import pytest

from safeconduct.ingest.described import Described
from safeconduct.ingest.standards.declared import htcds
from safeconduct.ingest.survey import Arrived, Contents, read
from safeconduct.model.table import Table

STANDARDS = Path(__file__).parents[3].parent / "shared" / "standards"
ANA = {
    "Case Owner": "=M. Owner",
    "Salutation": "Ms",
    "First Name": "Ana",
    "Second Name": "Made-Up",
    "Consent": True,
    "Birthdate": date(1999, 2, 3),
    "Gender": "Transgender Feminine",
    "Citizenship": "Namibia",
    "Title": "cook",
    "Email": "ana@example.org",
    "Home Phone": "+264610000001",
    "Mobile Phone": "+264810000001",
    "Mailing Street": "1 First Street",
    "Mailing City": "Windhoek",
    "Mailing State/Province": "Khomas",
    "Mailing Zip/Postal Code": "10001",
    "Mailing Country": "Namibia",
    "Trafficking Status": "Actual victim of trafficking",
    "Trafficking Status Decision Making Organization": "Court or prosecution",
    "Method of Recruitment": "At work;Through friends or social events",
    "Location of Recruitment": "a harbour",
    "Methods of Control": "Physical threats;Debt bondage;Withholds documents",
    "Type of Exploitation": "Forced labour;Forced begging",
    "Forced Labour Industry": "Water supply; sewerage, waste management and remediation",
    "Type of Sex Exploitation": None,
    "Location of Exploitation": "a farm",
    "Status": "Active",
    "Referring Organisation": "Shelter One",
    "Incoming Referral Date": date(2024, 5, 6),
    "Referring Primary Case Worker": "W. Orker",
    "Reason for Incoming Referral": "Other",
    "Incoming Referral Details": "by night, line one\nline two",
    "Referred Organisation": "Shelter Two",
    "Referred Primary Case Worker": "X. Orker",
    "Reason for Outgoing Referral": "Additional Services Required",
    "Outgoing Referral Date": date(2024, 6, 7),
    "Outgoing Referral Details": "none",
    "Reason for Case Closure": "left",
}
BEN = {"First Name": "Ben", "Consent": False, "Gender": "Masculine", "Citizenship": "Ukraine", "Status": "Closed"}


@pytest.fixture(scope="session")
def standards() -> Path:
    """The published material beside the checkout."""
    if not STANDARDS.exists():
        pytest.skip("the shared material is not beside this checkout")
    return STANDARDS


def opened(content: bytes) -> openpyxl.Workbook:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return openpyxl.load_workbook(io.BytesIO(content))


def saved(book: openpyxl.Workbook) -> bytes:
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def typed_into(template: bytes, cases: Sequence[Mapping[str, object]]) -> bytes:
    """A template with cases typed below the labels people see."""
    book = opened(template)
    sheet = book.worksheets[0]
    at = {str(cell.value): cell.column for cell in sheet[2] if cell.value}
    for row, case in enumerate(cases, start=3):
        for label, value in case.items():
            cell = sheet.cell(row=row, column=at[label], value=value)
            if isinstance(value, str):
                cell.data_type = "s"
    return saved(book)


def cells_of(content: bytes) -> dict[str, object]:
    """Every cell of a workbook's first sheet that has a value, by its place."""
    sheet = opened(content).worksheets[0]
    return {
        f"{cell.column_letter}{cell.row}": getattr(cell.value, "date", lambda cell=cell: cell.value)()
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    }


def as_csv(rows: Sequence[Sequence[object]], *, mark: str = ",") -> bytes:
    written = io.StringIO(newline="")
    csv.writer(written, delimiter=mark).writerows([["" if one is None else one for one in row] for row in rows])
    return written.getvalue().encode()


def arrived(name: str, content: bytes) -> Arrived:
    return Arrived(name=name, size=len(content), open=lambda: io.BytesIO(content))


def sent(**files: bytes) -> Contents:
    """Files by name, a dot written as two underscores."""
    return read([arrived(name.replace("__", "."), content) for name, content in files.items()])


def described(contents: Contents) -> Described:
    table = contents.tables[0]
    batches = list(table.batches())
    arrow = pa.Table.from_batches(batches) if batches else pa.table({})
    return Described(file=table.file, table=Table(arrow))


def cases(rows: Sequence[Mapping[str, object]]) -> Described:
    """Cases in a CSV file, columns by the standard's names."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    return described(sent(cases__csv=as_csv([names, *([row.get(one) for one in names] for row in rows)])))


def core_names() -> list[str]:
    return [one.name for one in htcds().core]


@pytest.fixture(scope="session")
def desk_of_cases():
    """This module, for what its functions make."""
    return sys.modules[__name__]
