"""A file of cases against its standard: what is wrong is told by row, and no cell is quoted."""

import json

import pytest
from click.testing import CliRunner

from safeconduct.cli.standard import standard
from safeconduct.desk.standards import validate
from safeconduct.ingest.checking import check
from safeconduct.model.errors import BadInput

GOOD = {"con_Consent": "true", "con_ConsentResearch": "true", "prs_Birthdate": "1999-02-03", "cas_Status": "Active"}
MARKER = "Zanele"


@pytest.fixture
def found(desk_of_cases):
    """What is said of cases, by the check of the standard."""

    def look(*rows):
        read = desk_of_cases.cases(rows)
        issues = check({read.file.name: read.table}, [read.file], {})
        return [str(one.says) for one in issues if one.check == "case_standard" and "core fields" not in str(one.says)]

    return look


def test_good_cases_have_nothing_to_tell(found):
    """The control."""
    assert found(GOOD, GOOD) == []


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"cas_Status": f"{MARKER} left"}, "Answers to cas_Status are not in its list in rows 2."),
        ({"cas_Status": "Active;Closed"}, "cas_Status takes one answer and has several in rows 2."),
        ({"prs_Citizenship": f"Ukraine;{MARKER}land"}, "Answers to prs_Citizenship are not in its list in rows 2."),
        ({"vic_MethodsOfControl": MARKER}, "Answers to vic_MethodsOfControl are not in its list in rows 2."),
        ({"prs_Birthdate": "03/02/1999"}, "Answers to prs_Birthdate are no days written 2026-03-01 in rows 2."),
        ({"prs_Deceased": MARKER}, "Answers to prs_Deceased are neither yes nor no in rows 2."),
        ({"prs_NumberOfChildren": "two"}, "Answers to prs_NumberOfChildren are no numbers in rows 2."),
        ({"prs_HomePhone": MARKER}, "prs_HomePhone is not written as the standard asks in rows 2."),
        (
            {"cas_IncomingReferralDate": "2024-05-06", "cas_OutgoingReferralDate": "2024-05-05"},
            "The day in cas_OutgoingReferralDate is before the day in cas_IncomingReferralDate in rows 2.",
        ),
        (
            {"cas_IncomingReferralDate": "1998-05-06"},
            "The day in cas_IncomingReferralDate is before the day in prs_Birthdate in rows 2.",
        ),
        ({"con_ConsentResearch": "no"}, "1 records do not say yes to research; they enter nothing for others."),
        ({"con_Consent": ""}, "1 records do not say yes to research; they enter nothing for others."),
        ({"vic_DetailsOfVulnerabilities": "x"}, "The standard gave up these fields: vic_DetailsOfVulnerabilities."),
    ],
)
def test_what_is_wrong_is_told_by_row(found, wrong, says):
    """One finding; nobody's answer stands in it."""
    good = {**GOOD, **dict.fromkeys(wrong, "")} | {name: GOOD[name] for name in wrong if name in GOOD}
    said = found(good, {**GOOD, **wrong}, good)

    assert said == [says]
    assert MARKER not in "".join(said)


def test_rows_are_told_by_the_workbooks_own_number(desk_of_cases):
    """Row 7 of the form is row 7, whatever is empty above it."""
    header = ["", "con_Consent", "con_ConsentResearch", "cas_Status"]
    rows = [["1", "", "", ""], ["6", "true", "true", "Active"], ["7", "true", "true", "x"]]
    read = desk_of_cases.described(desk_of_cases.sent(cases__csv=desk_of_cases.as_csv([header, *rows])))
    issues = check({read.file.name: read.table}, [read.file], {})

    assert len(read) == 2
    assert "Answers to cas_Status are not in its list in rows 7." in [str(one.says) for one in issues]


def test_a_table_that_does_not_ask_about_research_says_so_and_what_core_fields_it_lacks(desk_of_cases):
    """Until somebody asks, none of its records enters anything."""
    read = desk_of_cases.cases([{"con_Consent": "yes", "cas_Status": "Active", "prs_Title": "cook"}])
    issues = [one for one in check({read.file.name: read.table}, [read.file], {}) if one.check == "case_standard"]

    assert "con_ConsentResearch" in str(issues[1].says)
    assert issues[1].rows == 1
    assert "35 core fields" in str(issues[0].says)
    assert "cas_Status," not in str(issues[0].says)


def test_a_file_is_validated_on_ones_own_machine(desk_of_cases, tmp_path):
    """In words and as JSON, with an exit code a script can use; nothing is quoted and nothing written."""
    header = ["con_Consent", "con_ConsentResearch", "prs_FirstName", "cas_Status"]
    rows = [["true", "true", MARKER, "Active"], ["true", "false", MARKER, MARKER]]
    path = tmp_path / "cases.csv"
    path.write_bytes(desk_of_cases.as_csv([header, *rows]))
    result = CliRunner().invoke(standard, ["validate", "htcds", str(path), "--json"])
    tree = json.loads(result.output)

    assert (result.exit_code, tree["keeps"], tree["tables"]) == (1, False, {"cases": 2})
    assert {tuple(one["columns"]) for one in tree["findings"]} >= {("cas_Status",)}
    assert MARKER not in result.output
    assert MARKER not in CliRunner().invoke(standard, ["validate", "htcds", str(path)]).output
    assert list(tmp_path.iterdir()) == [path]


def test_an_empty_workbook_of_ours_keeps_to_the_standard(tmp_path):
    """Made by one command, found in order by the next, never overwritten."""
    out = tmp_path / "empty.xlsx"
    made = CliRunner().invoke(standard, ["template", "htcds", "--out", str(out)])
    checked = CliRunner().invoke(standard, ["validate", "htcds", str(out), "--json"])

    assert (made.exit_code, checked.exit_code, json.loads(checked.output)["keeps"]) == (0, 0, True)
    assert CliRunner().invoke(standard, ["template", "htcds", "--out", str(out)]).exit_code == 1


def test_a_file_of_something_else_is_refused(tmp_path):
    """With what was looked for."""
    path = tmp_path / "prices.csv"
    path.write_text("item,price\nbread,1\n", encoding="utf-8")

    with pytest.raises(BadInput, match="labels or names"):
        validate("htcds", [path])
    with pytest.raises(BadInput, match="provisional"):
        validate("ctdc", [path])
