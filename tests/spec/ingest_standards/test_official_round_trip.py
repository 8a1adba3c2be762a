"""Every official template, filled in whole and written again: nothing is lost and nothing changes."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

import numpy as np
import pyarrow as pa
import pytest
from click.testing import CliRunner

from safeconduct.cli.standard import standard
from safeconduct.ingest.pooled_harmonise import harmonise
from safeconduct.ingest.standards.declared import FieldType, StandardField, htcds
from safeconduct.ingest.standards.workbooks import entry_workbook, filled, unplaced
from safeconduct.ingest.survey_xlsform import form_of
from safeconduct.model.consent import agreed_to_research, consent_columns
from safeconduct.model.microdata import RECORD

ANSWERS = [one for one in htcds().additions if one.part == "con_"]
"""The seven answers of consent that the official templates have one checkbox for."""
OURS, PLAIN, LISTS = "ours", "htcds_spreadsheet_v2.0.xlsx", "htcds_spreadsheet_single_select_v2.0.xlsx"
ROWS = 24


def own_words(book) -> Mapping[str, list[str]]:
    """What each drop-down of the workbook with lists proposes, by label."""
    if "validation" not in book.sheetnames:
        return {}
    columns = book["validation"].iter_cols(min_row=3, values_only=True)
    lists = {column[0]: [one for one in column[1:] if one] for column in columns if isinstance(column[0], str)}
    return {**lists, "Citizenship": lists["Country"]}


def cell(one: StandardField, row: int, words: Mapping[str, list[str]], *, several: bool) -> object:
    """What somebody types: every answer of every list, in some rows two, days, yes, no and nothing."""
    labels = words.get(one.label) or list(htcds().choices(one).values())
    if one.coded:
        pair = [labels[at].strip() for at in sorted({row % len(labels), (row + 1) % len(labels)})]
        return ";".join(pair) if several and one.several and row % 3 == 0 else labels[row % len(labels)]
    match one.type:
        case FieldType.CHECKBOX:
            return None if row % 7 == 0 else row % (2 + len(one.name) % 5) == 0
        case FieldType.DATE:
            return date(2000 + row % 25, 1 + row % 12, 1 + row % 28)
        case FieldType.NUMBER:
            return row
        case _:
            return f"={one.label}; {row}: é ع\n0{row}" if row % 5 else None


def typed(desk_of_cases, template: bytes) -> bytes:
    """The template with every visible label filled in, and the columns of consent somebody added at its end."""
    book = desk_of_cases.opened(template)
    sheet, words = book.worksheets[0], own_words(book)
    seen = {str(one.value): one.column for one in sheet[2] if one.value}
    for at, one in enumerate((one for one in ANSWERS if one.label not in seen), start=max(seen.values()) + 1):
        sheet.cell(row=1, column=at, value=one.name)
        sheet.cell(row=2, column=at, value=one.label)
    fields = {one.label: one for one in (*htcds().core, *htcds().additions)}
    seen = {str(one.value): one.column for one in sheet[2] if one.value}
    for row in range(ROWS):
        for label, at in seen.items():
            put = sheet.cell(row=3 + row, column=at, value=cell(fields[label], row, words, several=not words))
            put.data_type = "s" if isinstance(put.value, str) else put.data_type
    return desk_of_cases.saved(book)


@pytest.fixture(scope="module", params=[PLAIN, LISTS, OURS])
def template(request) -> bytes:
    """An empty workbook; ours is there without the shared material too."""
    if request.param == OURS:
        return entry_workbook()
    return (request.getfixturevalue("standards") / "htcds" / "templates" / request.param).read_bytes()


@pytest.fixture(scope="module")
def before(template, desk_of_cases) -> bytes:
    return typed(desk_of_cases, template)


@pytest.fixture(scope="module")
def rows(before, desk_of_cases):
    return desk_of_cases.described(desk_of_cases.sent(cases__xlsx=before))


@pytest.fixture(scope="module")
def after(template, rows) -> bytes:
    return filled(template, rows)


def test_a_whole_template_comes_back_cell_by_cell_with_what_people_agreed_to(before, after, desk_of_cases):
    """Also where the official template has no column for it: it is added, never dropped."""
    assert desk_of_cases.cells_of(after) == desk_of_cases.cells_of(before)


def test_what_is_read_again_is_what_was_read(rows, after, desk_of_cases):
    """Names, labels, lists, proposed roles and every cell, and the same people agreed to research."""
    again = desk_of_cases.described(desk_of_cases.sent(cases__xlsx=after))
    yes = agreed_to_research([rows.cells(one) for one in consent_columns(rows.file)],
                             [rows.variable(one) for one in consent_columns(rows.file)])  # fmt: skip

    assert again.file == rows.file
    assert again.table.arrow.equals(rows.table.arrow)
    assert len(again) == ROWS
    assert {name for name in again.names if name.startswith("con_")} == {"con_Consent", *(o.name for o in ANSWERS)}
    assert 0 < sum(yes.to_pylist()) < ROWS


def test_the_other_sheets_are_left_as_they_are(template, after, desk_of_cases):
    """Whatever is beside the sheet of cases."""
    old, new = desk_of_cases.opened(template), desk_of_cases.opened(after)

    assert new.sheetnames == old.sheetnames
    for sheet in old.worksheets[1:]:
        assert list(new[sheet.title].iter_rows(values_only=True)) == list(sheet.iter_rows(values_only=True))


@pytest.fixture(scope="module")
def official_form(standards) -> bytes:
    return (standards / "htcds/templates/htcds_xlsform.xlsx").read_bytes()


def exported(form) -> list[list[str]]:
    """An export with every question answered, several answers between spaces, in the names of the official form."""
    asked = [one for one in form.questions if one.type not in {"start", "end", "calculate"}]
    rows = [["_uuid", *(one.name for one in asked)]]
    for row in range(ROWS):
        codes = {one.name: [each.code for each in form.choices.get(one.list, ())] for one in asked}
        rows.append([f"u{row}", *(_said(one, codes[one.name], row) for one in asked)])
    return rows


def _said(one, codes: list[str], row: int) -> str:
    match one.type:
        case "select_multiple":
            return " ".join(dict.fromkeys(codes[(row + step) % len(codes)].strip() for step in range(1 + row % 3)))
        case "select_one":
            return codes[row % len(codes)]
        case "date":
            return f"20{row % 25:02}-03-0{1 + row % 9}"
        case _:
            return f"{one.name} {row}"


@pytest.mark.parametrize("with_form", [True, False])
def test_answers_of_the_official_form_fill_the_official_workbook(standards, official_form, desk_of_cases, with_form):
    """Three names the form writes otherwise and industries it asks several of; with the form sent along or not."""
    export = exported(form_of(desk_of_cases.arrived("form.xlsx", official_form)))
    files = {"answers__csv": desk_of_cases.as_csv(export), **({"form__xlsx": official_form} if with_form else {})}
    answered = desk_of_cases.described(desk_of_cases.sent(**files))
    book = filled((standards / "htcds/templates" / PLAIN).read_bytes(), answered)
    again = desk_of_cases.described(desk_of_cases.sent(cases__xlsx=book))
    head, last = export[0], export[-1]
    said = dict(zip(head, last, strict=True))
    read = again.table.rows()[-1]

    assert [read[one] for one in ("prs_FirstName", "prs_SecondName", "prs_Title")] == [
        said[one] for one in ("prs_First_Name", "prs_Second_Name", "prs_Title")
    ]
    given = {code for code in htcds().codes["vic_MethodsOfControl"] if read[f"vic_MethodsOfControl_{code}"]}
    assert given == set(said["vic_Methods_of_Control"].split())
    labels = [htcds().codes["vic_ForcedLabourIndustry"][one] for one in said["vic_ForcedLabourIndustry"].split()]
    assert sorted(read["vic_ForcedLabourIndustry"].split(";")) == sorted(";".join(labels).split(";"))
    assert (read["prs_Citizenship"], read["cas_Status"]) == (said["prs_Citizenship"], said["cas_Status"])
    assert set(unplaced(answered)) <= {"_uuid", "start", "end", "__version__"}


def test_a_share_of_the_official_form_fits_its_pool(official_form, desk_of_cases):
    """Ways of control are found under the form's own name; of several industries none is guessed."""
    export = exported(form_of(desk_of_cases.arrived("form.xlsx", official_form)))
    contents = desk_of_cases.sent(form__xlsx=official_form, answers__csv=desk_of_cases.as_csv(export))
    rows = desk_of_cases.described(contents)
    made = harmonise(_recorded(rows), "htcds")
    at = export[0].index("vic_ForcedLabourIndustry")
    wanted = [row[at] if " " not in row[at] else None for row in export[1:]]

    assert sum(made.table.column("vic_MethodsOfControl_DebtBondage")) == sum(
        "DebtBondage" in str(row) for row in export
    )
    assert made.table.column("vic_ForcedLabourIndustry") == wanted
    assert "vic_ForcedLabourIndustry" not in made.report.absent


def _recorded(rows):
    return replace(rows, table=rows.table.having(**{RECORD: pa.array(np.arange(len(rows), dtype=np.int64))}))


def test_columns_no_workbook_has_a_place_for_are_named(tmp_path, desk_of_cases):
    """On the shell, without a cell of theirs."""
    (tmp_path / "cases.csv").write_bytes(desk_of_cases.as_csv([
        ["prs_First_Name", "cas_Status", "vic_TraffickingStatus", "con_ConsentResearch", "shoe size"],
        ["Ana", "Active", "x", "true", "Zanele"],
    ]))  # fmt: skip
    (tmp_path / "empty.xlsx").write_bytes(entry_workbook())
    names = [str(tmp_path / one) for one in ("empty.xlsx", "cases.csv", "full.xlsx")]
    done = CliRunner().invoke(standard, ["fill", *names[:2], "--out", names[2]])

    assert done.exit_code == 0
    assert "left out: shoe size" in done.stderr
    assert "Zanele" not in done.stderr
    assert "Ana" in desk_of_cases.cells_of((tmp_path / "full.xlsx").read_bytes()).values()
