"""What is made of the declaration: a form, a workbook to type into, a mapping."""

import csv
import io
import re
from collections import Counter

import pytest

from safeconduct.actions.generate import HEADER
from safeconduct.ingest.standards.declared import htcds
from safeconduct.ingest.standards.forms import form_fields, xlsform
from safeconduct.ingest.standards.mapping import mapping, mapping_csv, mapping_html
from safeconduct.ingest.standards.page import standards_page
from safeconduct.ingest.standards.workbooks import entry_workbook
from safeconduct.ingest.survey_xlsform import form_of, is_form
from safeconduct.model.consent import agreed_to_research, consent_columns
from safeconduct.model.errors import BadInput

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_.-]*")
TYPES = {"start", "end", "text", "date", "integer", "decimal", "begin_group", "end_group", "select_one",
         "select_multiple"}  # fmt: skip


@pytest.fixture(scope="module")
def sheets(desk_of_cases):
    """The rows of the form's sheets, as dictionaries."""
    book = desk_of_cases.opened(xlsform())
    found = {}
    for sheet in book.worksheets:
        head, *rows = sheet.iter_rows(values_only=True)
        found[sheet.title] = [dict(zip(head, row, strict=True)) for row in rows]
    return found


def test_the_form_has_the_sheets_types_and_names_that_xlsform_wants(sheets):
    """Known types, names an XML document can hold and none twice, groups that close, lists that are there."""
    survey, choices = sheets["survey"], sheets["choices"]
    words = [str(row["type"]).split() for row in survey]
    names = [row["name"] for row in survey if row["name"]]
    lists = Counter((row["list_name"], row["name"]) for row in choices)

    assert {one[0] for one in words} <= TYPES
    assert all(NAME.fullmatch(name) for name in names)
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert sum(one[0] == "begin_group" for one in words) == sum(one[0] == "end_group" for one in words) > 3
    assert {one[1] for one in words if one[0].startswith("select")} == {row["list_name"] for row in choices}
    assert max(lists.values()) == 1
    assert all(row["label"] and " " not in row["name"] for row in choices)
    assert all(row["label"] for row in survey if row["type"] not in {"start", "end", "end_group"})
    assert sheets["settings"] == [{"form_title": htcds().title, "form_id": "htcds", "version": "20",
                                   "default_language": "en"}]  # fmt: skip


def test_pyxform_takes_the_form(tmp_path):
    """The program every server runs a form through; where it is installed."""
    convert = pytest.importorskip("pyxform.xls2xform").convert
    path = tmp_path / "form.xlsx"
    path.write_bytes(xlsform())

    assert "con_ConsentResearch" in convert(xlsform=path).xform


def test_the_form_asks_consent_first_and_every_core_field(sheets, desk_of_cases):
    """Names are the standard's own, where the official form writes three of them otherwise."""
    asked = [row["name"] for row in sheets["survey"] if row["type"] not in {"start", "end"} and "group" not in
             row["type"]]  # fmt: skip

    assert asked[0] == "con_Consent"
    assert set(desk_of_cases.core_names()) <= set(asked)
    assert len(asked) == len(form_fields()) == 48


def test_the_form_is_read_again_as_a_form(desk_of_cases):
    """With its lists; three questions the official form has wrong are as the standard says."""
    one = desk_of_cases.arrived("form.xlsx", xlsform())
    form = form_of(one)
    types = {each.name: (each.type, each.list) for each in form.questions}

    assert is_form(one)
    assert types["prs_Citizenship"] == ("select_multiple", "countries")
    assert types["vic_ForcedLabourIndustry"] == ("select_one", "vic_ForcedLabourIndustry")
    assert types["cas_ReasonForIncomingReferral"][0] == "select_one"
    assert [choice.code for choice in form.choices["vic_MethodsOfControl"]] == list(
        htcds().codes["vic_MethodsOfControl"]
    )


def test_an_export_of_the_form_brings_its_consent(desk_of_cases):
    """Answers come back with the standard's names, and the codes of the official form mean yes and no."""
    header = ["_uuid", "con_Consent", "con_ConsentResearch", "cas_Status", "vic_MethodsOfControl"]
    rows = [["1", "TRUE", "TRUE", "Active", "DebtBondage Other"], ["2", "TRUE", "FALSE", "Closed", ""]]
    contents = desk_of_cases.sent(form__xlsx=xlsform(), answers__csv=desk_of_cases.as_csv([header, *rows]))
    found = desk_of_cases.described(contents)

    assert contents.format == "kobo"
    assert found.cells("vic_MethodsOfControl_DebtBondage").to_pylist() == [1, None]
    columns = consent_columns(found.file)
    variables = [found.variable(one) for one in columns]
    assert agreed_to_research([found.cells(one) for one in columns], variables).to_pylist() == [True, False]


def test_the_workbook_has_a_drop_down_for_every_list_and_a_sheet_of_codes(desk_of_cases):
    """Where several answers may be given it proposes and does not insist."""
    book = desk_of_cases.opened(entry_workbook())
    sheet = book.worksheets[0]
    rules = {str(one.sqref).split(":")[0].rstrip("3"): one for one in sheet.data_validations.dataValidation}
    letters = {cell.value: cell.column_letter for cell in sheet[1] if cell.value}
    codes = {(row[0], row[1]) for row in book["codes"].iter_rows(min_row=2, values_only=True)}

    for one in form_fields():
        if one.coded:
            assert rules[letters[one.name]].showErrorMessage is not one.several, one.name
            assert {(one.label, code) for code in htcds().choices(one)} <= codes
    assert sheet.row_dimensions[1].hidden
    assert "IOM does not endorse" in str(list(book["about"].iter_rows(values_only=True)))


def test_the_mapping_has_every_field_and_says_what_has_no_place():
    """As CSV and as a page; the variable of IC-TIP is empty everywhere, since its tables were not at hand."""
    rows = list(csv.DictReader(io.StringIO(mapping_csv())))
    by_field = {(row["field"], row["code"]): row for row in rows}

    assert {row["field"] for row in rows} == {one.name for one in htcds().every}
    assert len(rows) == len(mapping()) == len(by_field)
    assert {row["variable"] for row in rows} == {""}
    assert by_field["prs_FirstName", ""]["unmapped"].startswith("It tells who somebody is")
    assert "meansThreats" in by_field["vic_MethodsOfControl", "PhysicalThreats"]["ctdc"].split()
    assert by_field["hte_Type", ""]["unit"] == "event"
    page = mapping_html()
    assert page.count("<tr>") == len(rows) + 1
    assert "Provisional" in page
    assert "CC BY 4.0" in page


def test_the_reference_page_is_what_the_declarations_say(request):
    """Made by the same program that makes the other reference pages."""
    page = request.config.rootpath / "docs" / "reference" / "standards.md"

    assert page.read_text(encoding="utf-8") == standards_page(HEADER)


@pytest.mark.parametrize("name", ["cases.ods", "cases.xls"])
def test_spreadsheets_no_reader_is_there_for_are_refused_with_what_to_do(standards, desk_of_cases, name):
    """The published field sheet is one."""
    content = (standards / "htcds/templates/htcds_field_standards_2.0.ods").read_bytes()

    with pytest.raises(BadInput, match=r"save it as"):
        desk_of_cases.sent(**{name.replace(".", "__"): content})
