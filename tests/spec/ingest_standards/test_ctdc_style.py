"""The column style of CTDC: written from cases, read from files, and never a no where nothing is known."""

import csv
import io

import pytest
from click.testing import CliRunner

from safeconduct.cli.standard import standard
from safeconduct.ingest.proposing import propose
from safeconduct.ingest.standards.ctdc import ctdc, in_style
from safeconduct.model.errors import BadInput

YES = {"con_Consent": "true", "con_ConsentResearch": "true"}
CASE = {
    **YES, "prs_Gender": "TransgenderMasculine", "prs_Citizenship": "NA", "prs_Birthdate": "2010-05-07",
    "cas_RegistrationDate": "2024-05-06", "vic_CountryOfExploitation": "Ukraine",
    "vic_MethodsOfControl": "PhysicalThreats;DebtBondage", "vic_TypeOfExploitation": "ForcedLabour;ForcedBegging",
    "vic_ForcedLabourIndustry": "Construction", "vic_RelationshipToTrafficker": "Acquainted",
}  # fmt: skip
OTHER = {
    **YES,
    "prs_Gender": "NonSpecifiedUnknown",
    "prs_Citizenship": "UA;MD",
    "vic_RelationshipToTrafficker": "Familial",
}


def rows_of(found):
    return found.table.to_pylist()


def test_a_case_fills_the_columns_of_the_newest_file(desk_of_cases):
    """Three letters, a band of age on the day of registration, flags that are 1 or nothing."""
    found = in_style(desk_of_cases.cases([CASE, OTHER]), ctdc().release(""))
    first, second = rows_of(found)
    filled = {name: cell for name, cell in first.items() if cell}

    assert filled == {
        "yearOfRegistration": "2024", "gender": "Trans/Transgender/NonConforming", "ageBroad": "9--17",
        "citizenship": "NAM",  # codespell:ignore
        "CountryOfExploitation": "UKR", "meansDebtBondageEarnings": "1", "meansThreats": "1",
        "isForcedLabour": "1", "isOtherExploit": "1", "sectorOfLabourConstruction": "1",
    }  # fmt: skip
    assert {name: cell for name, cell in second.items() if cell} == {"recruiterRelationFamily": "1"}
    assert "0" not in {cell for row in (first, second) for cell in row.values()}
    assert found.table.column_names == list(ctdc().release("").columns)
    assert {"traffickMonths", "recruiterRelationFriend"} <= set(found.unfilled)


def test_the_k_anonymised_file_has_its_own_words_for_nothing_known(desk_of_cases):
    """-99, and 00 for a country; two letters, so Namibia is NA; a band with a zero in front."""
    found = in_style(desk_of_cases.cases([CASE, OTHER]), ctdc().release("global-k-anonymised-2020"))
    first, second = rows_of(found)

    assert (first["citizenship"], first["ageBroad"], first["gender"]) == ("NA", "09--17", "-99")
    assert (second["citizenship"], second["CountryOfExploitation"], second["isForcedLabour"]) == ("00", "00", "-99")
    assert first["meansOfControlThreats"] == "1"
    assert first["meansOfControlRestrictsMovement"] == "-99"


def test_a_cut_name_is_filled_like_the_whole_one(desk_of_cases):
    """Four names of the first synthetic file were cut."""
    case = {**CASE, "vic_MethodsOfControl": "PsychoactiveSubstance;ExcessiveWorkingHours"}
    row = rows_of(in_style(desk_of_cases.cases([case]), ctdc().release("global-synthetic-2021")))[0]

    assert (row["meansOfControlPsychoactiveSubsta"], row["meansOfControlExcessiveWorkingHo"]) == ("1", "1")


@pytest.mark.parametrize(
    "answer", [{"con_Consent": "false"}, {"con_ConsentResearch": ""}, {"con_ConsentResearch": "?"}]
)
def test_a_record_without_a_yes_is_left_out(desk_of_cases, answer):
    """Any of the two is enough."""
    found = in_style(desk_of_cases.cases([CASE, {**OTHER, **answer}]), ctdc().release(""))

    assert (len(found.table), found.left_out) == (1, 1)


def test_a_file_is_written_by_the_shell_and_says_what_stayed_out(desk_of_cases, tmp_path):
    """Nothing is overwritten; only its owner may read it."""
    names = list(CASE)
    content = desk_of_cases.as_csv([names, list(CASE.values()), [{**CASE, "con_Consent": "no"}[one] for one in names]])
    (tmp_path / "cases.csv").write_bytes(content)
    out = tmp_path / "out.csv"
    result = CliRunner().invoke(standard, ["convert", str(tmp_path / "cases.csv"), "--out", str(out)])

    assert result.exit_code == 0, result.output
    assert len(list(csv.DictReader(io.StringIO(out.read_text(encoding="utf-8"))))) == 1
    assert "do not say yes to research: 1" in result.output
    assert out.stat().st_mode & 0o077 == 0


def test_a_file_of_ctdc_is_read_with_its_traps(desk_of_cases):
    """-99 and 00 are codes for missing, NA is Namibia, a blank flag is nothing and no zero."""
    release = ctdc().release("global-k-anonymised-2020")
    row = {**dict.fromkeys(release.columns, "-99"), "citizenship": "NA", "CountryOfExploitation": "00",
           "isForcedLabour": "1", "isSexualExploit": "", "ageBroad": "09--17",
           "yearOfRegistration": "2015"}  # fmt: skip
    contents = desk_of_cases.sent(public__csv=desk_of_cases.as_csv([list(row), list(row.values())]))
    found = desk_of_cases.described(contents)
    read = found.table.rows()[0]

    assert contents.format == "ctdc"
    assert (read["citizenship"], read["CountryOfExploitation"], read["CountryOfExploitation·missing"]) == (
        "NA", None, "00",
    )  # fmt: skip
    assert (read["isForcedLabour"], read["isSexualExploit"], read["isOtherExploit·missing"]) == (1, None, "-99")
    assert (read["ageBroad"], read["yearOfRegistration"]) == ("09--17", 2015)
    proposed = {one.name: one.role.value for one in propose(found.file, found.table.arrow, rows=1)}
    assert (proposed["gender"], proposed["citizenship"], proposed["isForcedLabour"], proposed["Datasource"]) == (
        "quasi-identifier", "geography", "sensitive", "direct identifier",
    )  # fmt: skip


def test_a_public_file_nobody_knows_is_refused():
    """Also the one whose columns are not known."""
    for name in ("global-2019", "global-victim-perpetrator-2022"):
        with pytest.raises(BadInput, match="global-synthetic-2021"):
            ctdc().release(name)
