"""A release as CSV and as XLSX; what a cell holds can never run as a formula."""

import csv
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from typing import Any

from openpyxl import Workbook
from openpyxl.cell import WriteOnlyCell
from openpyxl.styles import Font, PatternFill

from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.model.text import Text

MARK = "TRAINING"
FORMULA = ("=", "+", "-", "@", "\t", "\r")
UNPRINTABLE = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")
MODIFIED = re.compile(rb"(<dcterms:modified[^>]*>)[^<]*(</dcterms:modified>)")
LISTED_ROWS = 50_000
MOST_ROWS = 1_048_575
ONLY_TOLD = Text("This sheet lists told figures only; the CSV file lists every area, with what is withheld.")
Cells = tuple[object, ...]
LOOKS = {
    CellStatus.SUPPRESSED: PatternFill("lightUp", fgColor="808080"),
    CellStatus.NOT_OBSERVED: PatternFill("gray0625", fgColor="808080"),
    CellStatus.ZERO: PatternFill("solid", fgColor="EEEEEE"),
    CellStatus.REFUSED: PatternFill("lightGrid", fgColor="808080"),
}


def header(release: Release) -> tuple[str, ...]:
    """Column names: keys, each area followed by its name, then values, margin, status and reason.

    A practice release has one more column, `TRAINING`, filled in every row.
    """
    keys = [name for key in release.output.keys for name in (key.name, *([f"{key.name}_name"] if key.level else []))]
    values = [value.name for value in release.output.values]
    return (*keys, *values, *said_of(release), *([MARK] if release.training else []))


def said_of(release: Release) -> list[str]:
    """Columns that say what a value is; answers from before margins were told have none."""
    return [name for name in ("margin", "status", "reason") if name in release.table.columns]


def rows(release: Release, names: Mapping[str, str]) -> Iterator[Cells]:
    """Rows in the order of the header; a withheld value is `None`."""
    columns: list[list[object]] = []
    for key in release.output.keys:
        codes = release.table.column(key.name)
        columns.append(codes)
        if key.level is not None:
            columns.append([names.get(str(code), "") for code in codes])
    columns += [release.table.column(value.name) for value in release.output.values]
    columns += [release.table.column(name) for name in said_of(release)]
    if release.training:
        columns.append([MARK] * len(release.table))
    return zip(*columns, strict=True)


def csv_of(release: Release, names: Mapping[str, str]) -> bytes:
    """UTF-8 without a byte order mark, a header, no comment lines, lines ended as RFC 4180 says.

    A withheld value is empty. A text that a spreadsheet could run gets an apostrophe in front; XLSX has it unchanged.
    """
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(header(release))
    writer.writerows(tuple(map(_written, row)) for row in rows(release, names))
    return text.getvalue().encode()


def _written(value: object) -> object:
    if isinstance(value, str):
        return "'" + value if value.startswith(FORMULA) else value
    return value.isoformat() if isinstance(value, date) else value


def xlsx_of(release: Release, names: Mapping[str, str]) -> bytes | None:
    """A workbook with the sheets `Answer` and `About`, the same bytes for the same release.

    Of an answer with more than 50,000 rows it lists the told ones only, and says so. `None` where the answer has more
    rows than a sheet can hold.
    """
    if len(release.table) > MOST_ROWS:
        return None
    book = Workbook(write_only=True)
    moment = release.decided_at.astimezone(UTC).replace(tzinfo=None, microsecond=0)
    book.properties.creator, book.properties.created = "safeconduct", moment
    _answer(book.create_sheet("Answer"), release, names)
    _about(book.create_sheet("About"), release)
    made = io.BytesIO()
    book.save(made)
    return _settled(made.getvalue(), moment)


def _answer(sheet: Any, release: Release, names: Mapping[str, str]) -> None:
    sheet.freeze_panes = "A2"
    sheet.append([_cell(sheet, name, bold=True) for name in header(release)])
    values = {value.name for value in release.output.values}
    at = [number for number, name in enumerate(header(release)) if name in values]
    whole = complete(release)
    for row, status in zip(rows(release, names), release.table.column("status"), strict=True):
        if not whole and status != CellStatus.VALUE:
            continue
        cells = [_cell(sheet, value) for value in row]
        look = LOOKS.get(CellStatus(str(status)))
        for number in at if look else ():
            cells[number].fill = look
        sheet.append(cells)


def complete(release: Release) -> bool:
    """Whether the workbook lists every cell; in longer ones withheld rows would only be in the way."""
    return len(release.table) <= LISTED_ROWS


def _about(sheet: Any, release: Release) -> None:
    told = [(MARK, "Practice site: nothing here counts, and nothing verifies as real.")] if release.training else []
    told += [("", str(sentence)) for sentence in release.statement]
    told += [] if complete(release) else [("", str(ONLY_TOLD))]
    told += [
        ("answer", release.answer_id),
        ("digest", release.digest),
        ("policy", str(release.policy["id"])),
        ("decided", release.decided_at.isoformat()),
        ("code", release.provenance.code),
    ]
    for word, sentence in told:
        sheet.append([_cell(sheet, word, bold=True), _cell(sheet, sentence)])


def _cell(sheet: Any, value: Any, *, bold: bool = False) -> Any:
    cell = WriteOnlyCell(sheet, None if isinstance(value, str) else value)
    if isinstance(value, str):
        cell.value = UNPRINTABLE.sub("", value)
        cell.data_type = "s"  # a text that starts with = stays a text
    if bold:
        cell.font = Font(bold=True)
    return cell


def _settled(book: bytes, moment: datetime) -> bytes:
    """The same workbook with the time of the decision wherever the writer put the time of writing."""
    stamp = moment.strftime("%Y-%m-%dT%H:%M:%SZ").encode()
    settled = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(book)) as read, zipfile.ZipFile(settled, "w", zipfile.ZIP_DEFLATED) as write:
        for name in sorted(read.namelist(), key=lambda name: (name != "[Content_Types].xml", name)):
            entry = zipfile.ZipInfo(name, moment.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            write.writestr(entry, MODIFIED.sub(rb"\g<1>" + stamp + rb"\g<2>", read.read(name)))
    return settled.getvalue()
