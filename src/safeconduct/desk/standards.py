"""Standards of case data on one's own files: what they say, empty templates, and whether a file keeps to them.

What is written here is a draft on somebody's own machine; it protects nobody, and is no release.
"""

import csv
import io
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import assert_never

import pyarrow as pa

from safeconduct.ingest.checking import Issue, check
from safeconduct.ingest.described import Described
from safeconduct.ingest.standards.ctdc import ctdc, in_style
from safeconduct.ingest.standards.declared import NAMES, htcds, ic_tip, known
from safeconduct.ingest.standards.forms import xlsform
from safeconduct.ingest.standards.mapping import PROVISIONAL, mapping, mapping_csv, mapping_html
from safeconduct.ingest.standards.register import register
from safeconduct.ingest.standards.register_workbook import register_workbook
from safeconduct.ingest.standards.workbooks import entry_workbook, filled, unplaced
from safeconduct.ingest.survey import Arrived, Contents, formats, read
from safeconduct.model.consent import is_of_cases
from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.table import Table
from safeconduct.model.text import say

RULES = {"htcds": "case_standard", "register": "register_standard"}
"""The check that holds files to a standard."""


class TemplateKind(StrEnum):
    """What can be made of a standard.

    `WORKBOOK`: an empty Excel workbook with drop-down lists. `XLSFORM`: a form for telephones. `MAPPING`: the table
    from HTCDS to IC-TIP and CTDC as CSV; `PAGE`: the same as a web page.
    """

    WORKBOOK = "workbook"
    XLSFORM = "xlsform"
    MAPPING = "mapping"
    PAGE = "page"


@dataclass(frozen=True, kw_only=True)
class Validated:
    """Whether files keep to a standard; for whoever holds them.

    Attributes:
        format: What the files were read as.
        tables: Records by table.
        notes: What reading them had to tell, in sentences.
        findings: What a check found: table, columns, the sentence, and how many rows.
    """

    format: str
    tables: Mapping[str, int]
    notes: tuple[str, ...]
    findings: tuple[Mapping[str, object], ...]

    @property
    def keeps(self) -> bool:
        """Whether nothing was found."""
        return not self.findings


def shown(name: str) -> dict[str, object]:
    """What a standard declares, as a plain tree.

    Raises:
        BadInput: There is no such standard.
    """
    match known(name):
        case "htcds":
            tree: dict[str, object] = asdict(htcds())
            return {**tree, "core": [one.name for one in htcds().core]}
        case "ic-tip":
            return {**asdict(ic_tip()), "mapping": [asdict(one) for one in mapping()], "note": PROVISIONAL}
        case "register":
            return asdict(register())
        case _:
            return {**asdict(ctdc()), "note": PROVISIONAL}


def template(name: str, kind: TemplateKind) -> bytes:
    """An empty template, or the mapping, as the bytes of a file.

    Raises:
        BadInput: There is no such standard, or it has no such template.
    """
    if known(name) == "register":
        if kind is not TemplateKind.WORKBOOK:
            raise BadInput(say("Of a register there is a workbook only."), field="kind")
        return register_workbook()
    if known(name) != "htcds" and kind in {TemplateKind.WORKBOOK, TemplateKind.XLSFORM}:
        raise BadInput(say("Only HTCDS and the register have forms; of the others there is the mapping."), field="kind")
    match kind:
        case TemplateKind.WORKBOOK:
            return entry_workbook()
        case TemplateKind.XLSFORM:
            return xlsform()
        case TemplateKind.MAPPING:
            return mapping_csv().encode()
        case TemplateKind.PAGE:
            return mapping_html().encode()
        case _:
            assert_never(kind)


def validate(name: str, paths: Sequence[Path], *, today: date | None = None) -> Validated:
    """Read files of cases and look whether they keep to the standard; nothing is written anywhere.

    Args:
        name: The standard, `htcds` or `register`; the others are provisional.
        paths: The files.
        today: The day of the check.

    Raises:
        BadInput: There is no such standard, or no file holds records of cases.
        Unreadable: A file cannot be opened, or is damaged.
    """
    if known(name) not in RULES:
        said = say("Files can be checked against {known}; {name} is provisional or has no rules yet.",
                   known=", ".join(RULES), name=name)  # fmt: skip
        raise BadInput(said, field="name")
    arrived = [_arrived(path) for path in paths]
    contents = _as_register(arrived) if known(name) == "register" else read(arrived)
    tables = {one.file.name: Table(_whole(contents, one.file.name)) for one in contents.tables}
    files = [one.file for one in contents.tables]
    if known(name) == "htcds" and not any(is_of_cases(one) for one in files):
        said = say("No file holds records of cases: none has columns with the labels or names of the standard.")
        raise BadInput(said, field="file")
    found = [one for one in check(tables, files, {}, today=today) if one.check == RULES[known(name)]]
    return Validated(
        format=contents.format,
        tables={one: len(table) for one, table in tables.items()},
        notes=tuple(str(one) for one in contents.notes),
        findings=tuple(map(_finding, found)),
    )


def _as_register(files: Sequence[Arrived]) -> Contents:
    """Tables of a register as they stand, also where rows belong to nobody: that is to be told, all of it.

    Raises:
        BadInput: A file is no table of a register.
    """
    reader = formats["register"]()
    if strange := next((one for one in files if not reader.claims(one)), None):
        said = say("{file} is no table of a register: it lacks columns that every table needs.", file=strange.base)
        raise BadInput(said, field="file")
    return reader.read(files, {})


def _finding(one: Issue) -> dict[str, object]:
    return {"table": one.file, "columns": list(one.columns), "says": str(one.says), "rows": one.rows}


def converted(path: Path, *, release: str = "") -> tuple[bytes, int, tuple[str, ...]]:
    """A file of cases in the column style of CTDC, as CSV. It protects nobody: it is a draft, to be treated first.

    Args:
        path: The file of cases.
        release: Name of the public file whose columns are wanted, the newest by default.

    Returns:
        The file, how many records were left out for want of a yes to research, and the columns that nothing fills.

    Raises:
        BadInput: No table holds records of cases, or there is no such public file.
        Unreadable: The file cannot be opened, or is damaged.
    """
    found = in_style(_cases(path), ctdc().release(release))
    written = io.StringIO(newline="")
    plain = csv.writer(written, lineterminator="\n")
    plain.writerow(found.table.column_names)
    plain.writerows(zip(*(column.to_pylist() for column in found.table.columns), strict=True))
    return written.getvalue().encode(), found.left_out, found.unfilled


def refilled(template_path: Path, path: Path) -> tuple[bytes, tuple[str, ...]]:
    """A workbook filled in with the cases of a file, below the labels it has, and the columns left out.

    Fields of the standard that the workbook lacks are added to it; only columns of no standard are left out.

    Raises:
        BadInput: No table holds records of cases, or the workbook has no sheet for them.
        Unreadable: A file cannot be opened, or is damaged.
    """
    rows = _cases(path)
    return filled(_bytes(template_path), rows), unplaced(rows)


def _cases(path: Path) -> Described:
    contents = read([_arrived(path)])
    file = next((one.file for one in contents.tables if is_of_cases(one.file)), None)
    if file is None:
        said = say("{file} holds no records of cases: it has no columns with the labels or names of the standard.",
                   file=path.name)  # fmt: skip
        raise BadInput(said, field="file")
    return Described(file=file, table=Table(_whole(contents, file.name)))


def _whole(contents: Contents, name: str) -> pa.Table:
    read_table = next(one for one in contents.tables if one.file.name == name)
    batches = list(read_table.batches())
    if batches:
        return pa.Table.from_batches(batches)
    return pa.table({one.name: pa.array([], pa.string()) for one in read_table.file.variables})


def _arrived(path: Path) -> Arrived:
    content = _bytes(path)
    return Arrived(name=path.name, size=len(content), open=lambda: io.BytesIO(content))


def _bytes(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError:
        said = say("{file} cannot be opened; check its name and that you may read it.", file=path.name)
        raise Unreadable(said, field=path.name) from None


__all__ = ["NAMES", "TemplateKind", "Validated", "converted", "refilled", "shown", "template", "validate"]
