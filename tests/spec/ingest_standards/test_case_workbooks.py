"""Workbooks and tables of cases: columns are told by what people see, and nothing is lost on the way."""

import io

import openpyxl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.ingest.proposing import propose
from safeconduct.ingest.standards.answers import Heading, answers, fields_of
from safeconduct.ingest.standards.declared import htcds
from safeconduct.ingest.standards.workbooks import entry_workbook, filled
from safeconduct.model.errors import BadInput, Unreadable
from safeconduct.model.microdata import VariableRole

pytestmark = pytest.mark.usefixtures("standards")


@pytest.fixture(params=["htcds_spreadsheet_v2.0.xlsx", "htcds_spreadsheet_single_select_v2.0.xlsx"])
def template(request, standards) -> bytes:
    return (standards / "htcds" / "templates" / request.param).read_bytes()


def test_the_official_workbook_comes_back_cell_by_cell(standards, desk_of_cases):
    """Every core field and every label of every list, read and written into an empty template."""
    template = (standards / "htcds/templates/htcds_spreadsheet_v2.0.xlsx").read_bytes()
    lists = {one.label: list(htcds().choices(one).values()) for one in htcds().core if htcds().choices(one)}
    every = [
        {"First Name": f"Case {at}", **{label: texts[at] for label, texts in lists.items() if at < len(texts)}}
        for at in range(max(map(len, lists.values())))
    ]
    before = desk_of_cases.typed_into(template, [desk_of_cases.ANA, desk_of_cases.BEN, *every])

    after = filled(template, desk_of_cases.described(desk_of_cases.sent(cases__xlsx=before)))

    assert desk_of_cases.cells_of(after) == desk_of_cases.cells_of(before)
    assert len(every) == 249


def test_the_official_workbook_with_lists_comes_back_as_its_lists_write(standards, desk_of_cases):
    """Gender as a code, "Follow up" with a small letter, "Debt bondage " with a space: every entry of every list."""
    template = (standards / "htcds/templates/htcds_spreadsheet_single_select_v2.0.xlsx").read_bytes()
    columns = list(desk_of_cases.opened(template)["validation"].iter_cols(min_row=3, values_only=True))
    lists = {column[0]: [text for text in column[1:] if text] for column in columns if isinstance(column[0], str)}
    lists = {"Citizenship" if name == "Country" else name: texts for name, texts in lists.items()}
    seen = {label for label in lists if label in desk_of_cases.ANA}
    every = [{label: lists[label][at] for label in seen if at < len(lists[label])} for at in range(249)]
    every = [{**one, "Consent": False} for one in every]
    before = desk_of_cases.typed_into(template, every)

    after = filled(template, desk_of_cases.described(desk_of_cases.sent(cases__xlsx=before)))

    assert desk_of_cases.cells_of(after) == desk_of_cases.cells_of(before)
    assert len(seen) == 12
    assert len(desk_of_cases.opened(after).worksheets[0].data_validations.dataValidation) == 12


def test_our_own_workbook_comes_back_cell_by_cell(desk_of_cases):
    """With the seven answers of consent beside the official columns."""
    asked = {one.label: True for one in htcds().additions if one.part == "con_"}
    ana = {**desk_of_cases.ANA, **asked, "Country of Exploitation": "Namibia",
           "Registration Date": desk_of_cases.ANA["Birthdate"], "Case Number": "007"}  # fmt: skip
    before = desk_of_cases.typed_into(entry_workbook(), [ana])

    after = filled(entry_workbook(), desk_of_cases.described(desk_of_cases.sent(cases__xlsx=before)))

    assert desk_of_cases.cells_of(after) == desk_of_cases.cells_of(before)


def test_what_people_saw_is_believed_where_hidden_names_say_otherwise(template, desk_of_cases):
    """A street typed below Mailing Street is no city, though the hidden name says so."""
    contents = desk_of_cases.sent(cases__xlsx=desk_of_cases.typed_into(template, [desk_of_cases.ANA]))
    row = desk_of_cases.described(contents).table.rows()[0]

    assert [row[f"prs_Mailing{one}"] for one in ("Street", "City", "State", "PostalCode", "Country")] == [
        "1 First Street", "Windhoek", "Khomas", "10001", "Namibia",
    ]  # fmt: skip
    assert row["cas_ReasonForOutgoingReferral"] == "AdditionalServicesRequired"
    assert row["vic_TraffickingStatusDecisionMakingOrg"] == "CourtOrProsecution"
    assert "prs_MailingStreet, prs_MailingCity, prs_MailingPostalCode, prs_MailingCountry" in str(contents.notes[1])


def test_sheets_of_lists_are_no_cases(standards, desk_of_cases):
    """Of the workbook with drop-down lists one sheet is read."""
    content = (standards / "htcds/templates/htcds_spreadsheet_single_select_v2.0.xlsx").read_bytes()
    contents = desk_of_cases.sent(cases__xlsx=content)

    assert (contents.format, len(contents.tables)) == ("htcds", 1)
    assert {"about", "validation"} <= {word for note in contents.notes for word in str(note).split()}


@pytest.mark.parametrize("mark", [",", ";"])
@pytest.mark.parametrize("hidden", [True, False])
def test_a_workbook_saved_as_csv_is_read_the_same(template, desk_of_cases, mark, hidden):
    """With the hidden names in its first row or without, with columns at its end that nobody named."""
    book = desk_of_cases.opened(desk_of_cases.typed_into(template, [desk_of_cases.ANA]))
    rows = [list(row) for row in book.worksheets[0].iter_rows(values_only=True, max_row=9)][0 if hidden else 1 :]
    rows = [[str(cell.date()) if hasattr(cell, "date") else cell for cell in row] for row in rows]
    found = desk_of_cases.described(desk_of_cases.sent(cases__csv=desk_of_cases.as_csv(rows, mark=mark)))
    straight = desk_of_cases.described(
        desk_of_cases.sent(cases__xlsx=desk_of_cases.typed_into(template, [desk_of_cases.ANA]))
    )

    assert found.table.rows() == straight.table.rows()


def test_labels_names_and_the_toolkits_own_spellings_find_a_field():
    """Hidden names decide between fields that share a label, and are never believed for the mailing address."""
    found = fields_of([
        Heading("Longitude", "hte_Longitude"), Heading("Longitude", ""), Heading("prs_First_Name", ""),
        Heading("PRS_GENDER", ""), Heading("Strasse", "prs_MailingCity"), Heading("Vorname", "prs_SecondName"),
        Heading("con_consentresearch", ""), Heading("Consent", ""), Heading("Consent", ""),
    ])  # fmt: skip

    assert [one.name if one else None for one in found] == [
        "hte_Longitude", None, "prs_FirstName", "prs_Gender", None, "prs_SecondName", "con_ConsentResearch",
        "con_Consent", None,
    ]  # fmt: skip


def test_labels_with_semicolons_are_one_answer():
    """Four industries have a semicolon in their label."""
    industry = htcds()["vic_ForcedLabourIndustry"]
    cell = ";".join(htcds().choices(industry).values())

    assert [one.text for one in answers(industry, cell)] == list(htcds().choices(industry))


@given(st.lists(st.sampled_from(sorted(htcds().codes["vic_MethodsOfControl"])), unique=True), st.booleans())
def test_several_answers_are_found_in_any_order_as_codes_or_labels(codes, labels):
    """Whatever the capitals and the white space."""
    field = htcds()["vic_MethodsOfControl"]
    words = [htcds().choices(field)[code].upper() if labels else code for code in codes]

    assert [one.text for one in answers(field, " ; ".join(words) + ";")] == codes
    assert all(one.known for one in answers(field, ";".join(words)))


def test_several_answers_become_a_column_each(desk_of_cases):
    """1 given, 0 not given while others were, nothing where the question was not answered."""
    found = desk_of_cases.cases([
        {"con_Consent": "yes", "vic_TraffickingStatus": "x", "vic_MethodsOfControl": "Debt bondage; FalsePromises"},
        {"con_Consent": "NO", "vic_TraffickingStatus": None, "vic_MethodsOfControl": None},
    ])  # fmt: skip
    names = ("vic_MethodsOfControl_DebtBondage", "vic_MethodsOfControl_FalsePromises", "vic_MethodsOfControl_Other")

    assert [[row[name] for name in names] for row in found.table.rows()] == [[1, 1, 0], [None, None, None]]
    assert found.cells("con_Consent").to_pylist() == [True, False]
    assert found.variable(names[0]).group == "vic_MethodsOfControl"


def test_an_answer_no_list_knows_is_kept_and_told(desk_of_cases):
    """Beside the columns of the known ones; the note quotes nothing."""
    rows = [["con_Consent", "cas_Status", "vic_MethodsOfControl"], ["true", "Active", "Debt bondage;Zanele's way"]]
    contents = desk_of_cases.sent(cases__csv=desk_of_cases.as_csv(rows))
    row = desk_of_cases.described(contents).table.rows()[0]

    assert (row["vic_MethodsOfControl"], row["vic_MethodsOfControl_DebtBondage"]) == ("Debt bondage;Zanele's way", 1)
    assert "Zanele" not in " ".join(map(str, contents.notes))


def test_namibia_is_a_country(desk_of_cases):
    """In a column of its code, where a careless reader finds nothing."""
    found = desk_of_cases.cases([
        {"con_Consent": "yes", "cas_Status": "Active", "prs_Citizenship": "NA"},
        {"con_Consent": "yes", "cas_Status": "Active", "prs_Citizenship": "Ukraine;NA"},
    ])  # fmt: skip

    assert found.cells("prs_Citizenship").to_pylist() == ["NA", "UA NA"]


def test_roles_are_proposed_as_the_standard_is_declared(template, desk_of_cases):
    """Every field's column, surely; names of case workers go too, since they are somebody else's."""
    contents = desk_of_cases.sent(cases__xlsx=desk_of_cases.typed_into(template, [desk_of_cases.ANA]))
    found = desk_of_cases.described(contents)
    proposed = {one.name: one for one in propose(found.file, found.table.arrow, rows=1)}
    wanted = {one.name: one.propose for one in htcds().core if one.name in proposed}

    assert {name: proposed[name].role for name in wanted} == wanted
    assert len(wanted) == 34
    assert proposed["cas_CaseOwner"].role is VariableRole.DIRECT
    assert proposed["cas_ReasonForCaseClosure"].role is VariableRole.FREE_TEXT
    assert proposed["vic_MethodsOfControl_DebtBondage"].role is VariableRole.SENSITIVE


def test_a_register_with_everyday_words_is_no_case_file(desk_of_cases):
    """First name, second name and birthdate are everybody's."""
    header = ["First Name", "Second Name", "Birthdate", "Gender", "Email", "Home Phone", "Mailing City", "Title",
              "Status"]  # fmt: skip

    assert desk_of_cases.sent(people__csv=desk_of_cases.as_csv([header, ["x"] * 9])).format == "csv"


def test_a_few_columns_of_cases_are_known_by_what_only_victims_have(desk_of_cases):
    """So that consent is honoured in an extract too."""
    header = ["Consent", "Gender", "Trafficking Status", "Country of Exploitation"]

    assert desk_of_cases.sent(extract__csv=desk_of_cases.as_csv([header, ["yes", "x", "y", "z"]])).format == "htcds"


def test_a_workbook_beside_another_table_is_read_and_so_is_the_other(template, desk_of_cases):
    """The standard's reader takes its own file only."""
    contents = desk_of_cases.sent(
        cases__xlsx=desk_of_cases.typed_into(template, [desk_of_cases.BEN]), prices__csv=b"item,price\nbread,1\n"
    )

    assert {one.file.name for one in contents.tables} == {"cases", "prices"}


@pytest.mark.parametrize(("content", "error"), [(b"nothing", Unreadable), (None, BadInput)])
def test_only_a_workbook_for_cases_can_be_filled(desk_of_cases, content, error):
    """What is none is answered in words."""
    other = desk_of_cases.saved(desk_of_cases.openpyxl.Workbook())

    with pytest.raises(error):
        filled(content or other, desk_of_cases.cases([{"con_Consent": "yes", "cas_Status": "x", "prs_Title": "y"}]))


def test_a_template_as_large_as_a_sheet_can_be_is_refused(desk_of_cases):
    """Looking for lists in one would take for ever."""
    book = openpyxl.load_workbook(io.BytesIO(entry_workbook()))
    book.worksheets[-1].cell(row=1_048_576, column=16_384, value="x")
    kept = io.BytesIO()
    book.save(kept)

    with pytest.raises(Unreadable, match="far larger"):
        filled(kept.getvalue(), desk_of_cases.cases([{"con_Consent": "yes"}]))
