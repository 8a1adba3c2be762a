"""Roles as a spreadsheet that goes out, is filled in, and comes back to be compared before it is accepted.

The sheet holds names, labels and reasons, never a value of a record. What comes back is somebody's file: unknown rows
are told by number only, and text that a spreadsheet program would run as a formula is made harmless on its way out.
"""

import io
import re
import warnings
import zipfile
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NoReturn

from openpyxl import Workbook, load_workbook
from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE, Cell
from openpyxl.styles import Alignment, Font, PatternFill
from openpyxl.worksheet.datavalidation import DataValidation
from openpyxl.worksheet.worksheet import Worksheet

from safeconduct.ingest.proposing import Proposal
from safeconduct.ingest.proposing_rules.words import fold
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, Roles, Variable, VariableRole
from safeconduct.model.text import Text, say

SHEET = "roles"
ABOUT = "about"
HEADER = ("file", "name", "label", "type", "proposed", "because", "sure", "role")
WIDTHS = (16, 24, 48, 10, 18, 60, 6, 18)
LONGEST_CELL = 2_000
LARGEST = 100 * 2**20
MOST_ROWS = 200_000
MOST_COLUMNS = 64
MOST_TOLD = 10
RUNS = tuple("=+-@\t\r\n'")
"""What a spreadsheet program takes for the beginning of a formula, and the sign that says it is none."""

ABOUT_LINES = (
    say("This sheet lists every variable of the data, one in each row, with the role we propose and why."),
    say("Choose a role for each variable in the column 'role', save the file and hand it in again."),
    say("You may sort the rows, hide columns and add columns of your own; do not change 'file' and 'name'."),
    say("A row without a role stays undecided, and the data cannot be used before every variable has one."),
    say("Nothing changes before you have seen and accepted the list of differences."),
)
MEANINGS: Mapping[VariableRole, Text] = {
    VariableRole.DIRECT: say("It tells who somebody is by itself; it is left out before anything is kept."),
    VariableRole.QUASI: say("Others may know it of a person, and several such together may tell who it is."),
    VariableRole.SENSITIVE: say("It could harm somebody if others learned it."),
    VariableRole.WEIGHT: say("It says how many people of the population a row stands for."),
    VariableRole.HOUSEHOLD: say("It says which household a row belongs to; it is replaced by a code."),
    VariableRole.GEOGRAPHY: say("It says where somebody lives, was or goes."),
    VariableRole.FREE_TEXT: say("People wrote in their own words; it never leaves in a file for others."),
    VariableRole.OTHER: say("It is none of these."),
}


@dataclass(frozen=True, kw_only=True)
class RoleChange:
    """A variable whose role is not what it was.

    Attributes:
        file: Name of the table.
        name: Name of the variable.
        before: Its role before, `None` for undecided.
        after: Its role after, likewise.
    """

    file: str
    name: str
    before: VariableRole | None
    after: VariableRole | None


def write_roles(
    files: Sequence[DataFile],
    roles: Roles,
    proposals: Sequence[Proposal],
    *,
    spoken: Callable[[Text], str] = str,
) -> bytes:
    """The spreadsheet, as the bytes of an .xlsx file.

    Args:
        files: The tables.
        roles: What is decided; an undecided variable has an empty cell.
        proposals: What is proposed, and why.
        spoken: Says a sentence in the reader's language.
    """
    book = Workbook()
    sheet = book.worksheets[0]
    sheet.title = SHEET
    _head(sheet)
    proposed = {(one.file, one.name): _proposed(one, spoken) for one in proposals}
    every = [(file, one) for file in files for one in file.variables]
    for file, one in every:
        decided = roles.get(file.name, {}).get(one.name)
        reason = proposed.get((file.name, one.name), ("", "", ""))
        _add(sheet, (file.name, one.name, _label(one), one.type.value, *reason, decided.value if decided else ""))
    _drop_down(sheet, len(every) + 1)
    _about(book.create_sheet(ABOUT), spoken)
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def _proposed(one: Proposal, spoken: Callable[[Text], str]) -> tuple[str, str, str]:
    return one.role.value, spoken(one.because), "yes" if one.sure else "no"


def _label(one: Variable) -> str:
    return " / ".join(dict.fromkeys(text for text in one.labels.values() if text))


def _head(sheet: Worksheet) -> None:
    for column, (title, width) in enumerate(zip(HEADER, WIDTHS, strict=True), start=1):
        cell = sheet.cell(row=1, column=column, value=title)
        cell.font = Font(bold=True)
        cell.fill = PatternFill("solid", fgColor="DDE5EC")
        sheet.column_dimensions[cell.column_letter].width = width
    sheet.freeze_panes = "C2"


def _add(sheet: Worksheet, texts: Sequence[str]) -> None:
    """Add a row of texts, each a text whatever it looks like."""
    cells = [Cell(sheet, row=1, column=1, value=written(text)) for text in texts]
    for cell in cells:
        cell.data_type = "s"
        cell.alignment = Alignment(wrap_text=True, vertical="top")
    sheet.append(cells)


def written(text: str) -> str:
    """A text as its cell holds it: printable, not too long, and no formula.

    Example:
        >>> written("=HYPERLINK()")
        "'=HYPERLINK()"
    """
    clean = ILLEGAL_CHARACTERS_RE.sub("", text)[:LONGEST_CELL]
    return "'" + clean if clean.lstrip().startswith(RUNS) or clean.startswith(RUNS) else clean


def _drop_down(sheet: Worksheet, last: int) -> None:
    choices = DataValidation(type="list", formula1=f'"{",".join(one.value for one in VariableRole)}"', allow_blank=True)
    choices.error = "Choose one of the roles in the list."
    choices.showErrorMessage = True
    sheet.add_data_validation(choices)
    if last > 1:
        choices.add(f"H2:H{last}")
        sheet.auto_filter.ref = f"A1:H{last}"


def _about(sheet: Worksheet, spoken: Callable[[Text], str]) -> None:
    sheet.column_dimensions["A"].width, sheet.column_dimensions["B"].width = 20, 100
    for line in ABOUT_LINES:
        _add(sheet, ("", spoken(line)))
    for role, meaning in MEANINGS.items():
        _add(sheet, (role.value, spoken(meaning)))


def read_roles(content: bytes, files: Sequence[DataFile]) -> Roles:
    """The roles that somebody filled in.

    Rows may be sorted, columns moved or added, and a role written in any case or with its first word only.

    Raises:
        BadInput: It is no such spreadsheet, or a row has an unknown variable or role, or a variable has two roles; the
            message tells rows by number and never repeats a cell.
    """
    rows = list(_filled(_sheet(content)))
    known = _known(files)
    if lost := [number for number, file, name, _ in rows if _find(known, file, name) is None]:
        raise BadInput(say("These rows name no variable of the data: {rows}.", rows=_told(lost)), field="name")
    found: dict[tuple[str, str], set[VariableRole]] = defaultdict(set)
    wrong: list[tuple[int, str]] = []
    for number, file, name, said in rows:
        which = known[_find(known, file, name) or ("", "")]
        role = role_of(said) if said else None
        if said and role is None:
            wrong.append((number, which[1]))
        elif role is not None:
            found[which].add(role)
    _refuse(wrong, found)
    return _in_order(files, {which: min(one) for which, one in found.items()})


def _refuse(wrong: list[tuple[int, str]], found: Mapping[tuple[str, str], set[VariableRole]]) -> None:
    if wrong:
        names = ", ".join(dict.fromkeys(name for _, name in wrong[:MOST_TOLD]))
        raise BadInput(
            say("Rows {rows} ({names}) have a role that is not in the list: {roles}.", names=names,
                rows=_told([number for number, _ in wrong]), roles=", ".join(one.value for one in VariableRole)),
            field="role",
        )  # fmt: skip
    if twice := [name for (_, name), roles in found.items() if len(roles) > 1]:
        names = ", ".join(twice[:MOST_TOLD])
        raise BadInput(say("These variables have two different roles: {names}.", names=names), field="role")


def _told(numbers: list[int]) -> str:
    return ", ".join(map(str, numbers[:MOST_TOLD])) + (" …" if len(numbers) > MOST_TOLD else "")


Key = tuple[str, str]


def _known(files: Sequence[DataFile]) -> dict[Key, Key]:
    """Every variable by what its cells say; folded too where only one variable is written so."""
    every = [(file.name, one.name) for file in files for one in file.variables]
    folded: dict[Key, list[Key]] = defaultdict(list)
    for file, name in every:
        folded[_folded(file, name)].append((file, name))
    alone = {key: which[0] for key, which in folded.items() if len(which) == 1}
    return {**alone, **{(written(file).strip(), written(name).strip()): (file, name) for file, name in every}}


def _folded(file: str, name: str) -> Key:
    return written(file).strip().casefold(), written(name).strip().casefold()


def _find(known: Mapping[Key, Key], file: str, name: str) -> Key | None:
    """The key by which a row's variable is known; a program may have taken the sign before a formula away."""
    for key in ((file, name), (written(file), written(name)), _folded(file, name)):
        if key in known:
            return key
    return None


def role_of(said: str) -> VariableRole | None:
    """The role that a word means, `None` where it means none.

    Example:
        >>> role_of(" Quasi identifier"), role_of("DIRECT")
        (<VariableRole.QUASI: 'quasi-identifier'>, <VariableRole.DIRECT: 'direct identifier'>)
    """
    plain = re.sub(r"[\s_-]+", " ", fold(said)).strip()
    for role in VariableRole:
        whole = re.sub(r"[\s_-]+", " ", role.value)
        if plain in {whole, whole.split(" ")[0], role.name.lower().replace("_", " ")}:
            return role
    return None


def _in_order(files: Sequence[DataFile], found: Mapping[Key, VariableRole]) -> Roles:
    roles = {
        file.name: {one.name: found[file.name, one.name] for one in file.variables if (file.name, one.name) in found}
        for file in files
    }
    return {name: decided for name, decided in roles.items() if decided}


def _sheet(content: bytes) -> list[tuple[object, ...]]:
    """The rows of the sheet with the roles, by its name or the first sheet."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as packed:
            size = sum(one.file_size for one in packed.infolist())
        return _cells(content) if size <= LARGEST else _unreadable()
    except Exception:  # noqa: BLE001 - whatever a broken file makes the library say may quote a cell
        return _unreadable()


def _unreadable() -> NoReturn:
    said = say("This is no spreadsheet of roles; use the .xlsx file that you were given.")
    raise BadInput(said, field="file") from None


def _cells(content: bytes) -> list[tuple[object, ...]]:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
        sheet = next((one for one in book.worksheets if one.title.casefold() == SHEET), book.worksheets[0])
        return list(sheet.iter_rows(max_row=MOST_ROWS, max_col=MOST_COLUMNS, values_only=True))


def _filled(rows: list[tuple[object, ...]]) -> Iterator[tuple[int, str, str, str]]:
    """Number, file, name and role of every row that has a name."""
    header = [str(one or "").strip().casefold() for one in (rows[0] if rows else ())]
    if lacking := [name for name in ("file", "name", "role") if name not in header]:
        raise BadInput(
            say("The spreadsheet lacks the columns {columns}; use the one that you were given.",
                columns=", ".join(lacking)),
            field="file",
        )  # fmt: skip
    at = [header.index(name) for name in ("file", "name", "role")]
    for number, row in enumerate(rows[1:], start=2):
        cells = [str(row[one]).strip() if one < len(row) and row[one] is not None else "" for one in at]
        if cells[0] or cells[1]:
            yield number, cells[0], cells[1], cells[2]


def difference(before: Roles, after: Roles) -> tuple[RoleChange, ...]:
    """Every variable whose role changes, by table and name, so that somebody can look before it is accepted."""
    every = sorted({(file, name) for roles in (before, after) for file, one in roles.items() for name in one})
    changes = (
        RoleChange(file=file, name=name, before=before.get(file, {}).get(name), after=after.get(file, {}).get(name))
        for file, name in every
    )
    return tuple(one for one in changes if one.before is not one.after)
