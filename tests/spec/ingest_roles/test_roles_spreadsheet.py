"""Roles go out as a spreadsheet, come back filled in, and the difference is known before anything is accepted."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable, Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook, load_workbook
from openpyxl.worksheet.worksheet import Worksheet

from safeconduct.ingest.proposing import Proposal
from safeconduct.ingest.roles_sheet import RoleChange, difference, read_roles, role_of, write_roles
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, Roles, Variable, VariableRole, VariableType
from safeconduct.model.text import say

DIRECT, QUASI, OTHER = VariableRole.DIRECT, VariableRole.QUASI, VariableRole.OTHER
FILES = (
    DataFile(name="hh", variables=(
        Variable(name="hhid", type=VariableType.INTEGER, labels={"en": "Household", "ar": "الأسرة"}),
        Variable(name="Age", type=VariableType.INTEGER),
    )),
    DataFile(name="members", variables=(Variable(name="name", type=VariableType.TEXT, labels={"fr": "Nom"}),)),
)  # fmt: skip
PROPOSALS = (
    Proposal(file="members", name="name", role=DIRECT, because=say("It holds names of people."), sure=True),
    Proposal(file="hh", name="Age", role=QUASI, because=say("It speaks of age."), sure=False),
)
ROLES: Roles = {"hh": {"hhid": VariableRole.HOUSEHOLD}}


def edited(
    change: Callable[[Worksheet], object], files: Sequence[DataFile] = FILES, roles: Roles | None = None
) -> bytes:
    """The sheet as somebody changed it."""
    book = load_workbook(io.BytesIO(write_roles(files, ROLES if roles is None else roles, PROPOSALS)))
    change(book["roles"])
    kept = io.BytesIO()
    book.save(kept)
    return kept.getvalue()


def cells(content: bytes, sheet: str = "roles") -> list[tuple[object, ...]]:
    """What the sheet holds."""
    return list(load_workbook(io.BytesIO(content))[sheet].iter_rows(values_only=True))


def test_a_cell_far_away_takes_no_memory_for_all_between() -> None:
    """One cell in the last corner of a sheet makes every row as wide as a sheet can be."""

    def far(sheet: Worksheet) -> None:
        for row in range(5, 2005):
            sheet.cell(row=row, column=16_384, value="x")

    content = edited(far)
    tracemalloc.start()
    try:
        assert read_roles(content, FILES) == ROLES
        assert tracemalloc.get_traced_memory()[1] < 64 << 20
    finally:
        tracemalloc.stop()


def test_the_sheet_has_a_row_for_every_variable() -> None:
    assert cells(write_roles(FILES, ROLES, PROPOSALS)) == [
        ("file", "name", "label", "type", "proposed", "because", "sure", "role"),
        ("hh", "hhid", "Household / الأسرة", "integer", None, None, None, "household id"),
        ("hh", "Age", None, "integer", "quasi-identifier", "It speaks of age.", "no", None),
        ("members", "name", "Nom", "text", "direct identifier", "It holds names of people.", "yes", None),
    ]


def test_roles_are_chosen_from_a_list() -> None:
    sheet = load_workbook(io.BytesIO(write_roles(FILES, ROLES, PROPOSALS)))["roles"]

    (choices,) = sheet.data_validations.dataValidation

    assert str(choices.sqref) == "H2:H4"
    assert all(role.value in str(choices.formula1) for role in VariableRole)


def test_a_second_sheet_says_what_the_roles_mean() -> None:
    told = [str(row[0]) for row in cells(write_roles(FILES, ROLES, PROPOSALS), "about")]

    assert [role.value for role in VariableRole if role.value not in told] == []


def test_reasons_are_told_in_the_readers_language() -> None:
    assert cells(write_roles(FILES, ROLES, PROPOSALS, spoken=lambda text: text.id.upper()))[2][5] == "IT SPEAKS OF AGE."


@pytest.mark.parametrize("start", ["=", "+", "-", "@", "\t=", "'", " ="])
def test_no_cell_is_a_formula(start: str) -> None:
    name = f"{start}HYPERLINK(1)"
    file = DataFile(name=name, variables=(Variable(name=name, type=VariableType.TEXT, labels={"en": name}),))
    content = write_roles([file], {name: {name: OTHER}}, [])

    sheet = load_workbook(io.BytesIO(content))["roles"]

    assert {cell.data_type for row in sheet.iter_rows() for cell in row if cell.value} == {"s"}
    assert all(str(cell.value).startswith("'") for cell in sheet[2][:3])
    assert read_roles(content, [file]) == {name: {name: OTHER}}


NAMES = st.text(st.characters(blacklist_categories=("Cs", "Cc")), min_size=1, max_size=20).filter(
    lambda text: text == text.strip() and "_x" not in text
)


@st.composite
def described(draw: st.DrawFn) -> tuple[tuple[DataFile, ...], Roles]:
    """Any tables with any roles decided."""
    names = draw(st.lists(st.tuples(NAMES, st.lists(NAMES, min_size=1, max_size=4, unique=True)), max_size=3,
                          unique_by=lambda pair: pair[0]))  # fmt: skip
    files = tuple(
        DataFile(name=name, variables=tuple(Variable(name=one, type=VariableType.TEXT) for one in columns))
        for name, columns in names
    )
    roles = {
        file.name: {name: role for name in file.names if (role := draw(st.sampled_from([None, *VariableRole])))}
        for file in files
    }
    return files, {name: one for name, one in roles.items() if one}


@settings(deadline=None)
@given(described())
def test_what_goes_out_comes_back(drawn: tuple[tuple[DataFile, ...], Roles]) -> None:
    files, roles = drawn

    assert read_roles(write_roles(files, roles, ()), files) == roles


def fill(row: int, role: str) -> Callable[[Worksheet], object]:
    """Write a role into a row."""
    return lambda sheet: sheet.cell(row=row, column=8, value=role)


@pytest.mark.parametrize(
    "said", ["direct identifier", "Direct", " DIRECT IDENTIFIER ", "direct-identifier", "direct_identifier"]
)
def test_a_role_may_be_written_in_any_case_and_short(said: str) -> None:
    assert read_roles(edited(fill(4, said)), FILES)["members"] == {"name": DIRECT}


def test_every_role_has_a_word() -> None:
    assert [role_of(role.value) for role in VariableRole] == list(VariableRole)
    assert role_of("") is None


def test_rows_may_be_sorted_and_columns_moved_and_added() -> None:
    def change(sheet: Worksheet) -> None:
        rows = [list(row) for row in sheet.iter_rows(values_only=True)]
        sheet.delete_rows(1, 10)
        for row in [rows[0], *reversed(rows[1:])]:
            sheet.append(
                ["my own", row[7], row[1], row[0]] if row is not rows[0] else ["notes", "ROLE", " Name ", "File"]
            )

    assert read_roles(edited(change), FILES) == ROLES


def test_a_name_in_another_case_is_known() -> None:
    assert read_roles(edited(lambda sheet: sheet.cell(row=2, column=2, value="HHID")), FILES) == ROLES


def test_names_that_differ_by_case_only_stay_apart() -> None:
    file = DataFile(name="f", variables=tuple(Variable(name=name, type=VariableType.TEXT) for name in ("a", "A")))
    roles: Roles = {"f": {"a": DIRECT, "A": OTHER}}

    assert read_roles(write_roles([file], roles, ()), [file]) == roles


def test_a_row_that_was_deleted_is_undecided() -> None:
    assert read_roles(edited(lambda sheet: sheet.delete_rows(2)), FILES) == {}


SECRET = "Zzyxwvu"


@pytest.mark.parametrize(("change", "words"), [
    (lambda sheet: sheet.append([SECRET, SECRET, *[""] * 5, "other"]), "These rows name no variable of the data: 5."),
    (lambda sheet: sheet.cell(row=3, column=8, value=SECRET), "Rows 3 (Age) have a role that is not in the list"),
    (lambda sheet: sheet.append(["hh", "hhid", "", "", "", "", "", "other"]), "two different roles: hhid."),
    (lambda sheet: sheet.delete_cols(8), "lacks the columns role"),
    (lambda sheet: sheet.delete_rows(1, 9), "lacks the columns file, name, role"),
])  # fmt: skip
def test_what_cannot_be_read_is_told_by_row_and_name_and_no_cell_is_repeated(change, words: str) -> None:
    with pytest.raises(BadInput) as error:
        read_roles(edited(change), FILES)

    assert words in str(error.value)
    assert SECRET not in str(error.value)


def hollow() -> bytes:
    """An archive that would fill the memory."""
    kept = io.BytesIO()
    with zipfile.ZipFile(kept, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b"0" * (101 * 2**20))
    return kept.getvalue()


@pytest.mark.parametrize("made", [
    lambda: b"",
    lambda: b"name,role",
    lambda: b"PK\x03\x04",
    lambda: write_roles(FILES, ROLES, ())[:-200],
    hollow,
], ids=["empty", "csv", "cut zip", "cut sheet", "bomb"])  # fmt: skip
def test_what_is_no_spreadsheet_is_refused_in_words(made: Callable[[], bytes]) -> None:
    with pytest.raises(BadInput, match="no spreadsheet of roles") as error:
        read_roles(made(), FILES)

    assert error.value.__cause__ is None


def test_an_empty_workbook_lacks_everything() -> None:
    kept = io.BytesIO()
    Workbook().save(kept)

    with pytest.raises(BadInput, match="file, name, role"):
        read_roles(kept.getvalue(), FILES)


def test_the_difference_tells_what_changes() -> None:
    before: Roles = {"hh": {"hhid": VariableRole.HOUSEHOLD, "Age": OTHER}}
    after: Roles = {"hh": {"hhid": VariableRole.HOUSEHOLD, "Age": QUASI}, "members": {"name": DIRECT}}

    assert difference(before, after) == (
        RoleChange(file="hh", name="Age", before=OTHER, after=QUASI),
        RoleChange(file="members", name="name", before=None, after=DIRECT),
    )
    assert [(one.before, one.after) for one in difference(after, before)] == [(QUASI, OTHER), (DIRECT, None)]


@settings(deadline=None)
@given(described())
def test_nothing_differs_from_itself(drawn: tuple[tuple[DataFile, ...], Roles]) -> None:
    assert difference(drawn[1], drawn[1]) == ()
