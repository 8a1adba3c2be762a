"""A share in the form of its pool: what fits, what is lost, and what says who somebody is stays out."""

import pyarrow as pa
import pytest

from safeconduct.ingest.described import Described
from safeconduct.ingest.pooled_direct import as_style, cases_of, is_direct
from safeconduct.ingest.pooled_harmonise import harmonise, main_table
from safeconduct.ingest.pooled_kept import Part, together
from safeconduct.ingest.pooled_report import FieldSummary, Fit, Grain, conflicts
from safeconduct.ingest.pooled_target import CASES, target
from safeconduct.ingest.standards.declared import htcds
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import RECORD, Category, DataFile, Variable, VariableRole, VariableType
from safeconduct.model.table import Table

AGREED = {"con_Consent": ["yes", "no"], "con_ConsentResearch": ["yes", "yes"]}


def share(variables=(), **columns):
    """A share of two cases as texts."""
    known = {one.name: one for one in variables}
    file = DataFile(
        name="cases", variables=tuple(known.get(name, Variable(name=name, type=VariableType.TEXT)) for name in columns)
    )
    cells = {name: pa.array(values, pa.string()) for name, values in columns.items()}
    count = len(next(iter(columns.values())))
    return Described(file=file, table=Table(pa.table({**cells, RECORD: pa.array(range(count), pa.int64())})))


def lines(made):
    return {one.column: one for one in made.report.columns}


def test_labels_and_codes_of_a_list_become_the_lists_codes():
    """However they are written."""
    made = harmonise(share(prs_Gender=["feminine", " MASCULINE "]), "htcds")

    assert made.table.column("prs_Gender") == ["Feminine", "Masculine"]
    assert lines(made)["prs_Gender"].fit is Fit.MAPPED


def test_a_code_outside_the_list_becomes_nothing_and_a_close_one_is_suggested():
    """The report has the code and what it may be; the correction it suggests does it."""
    made = harmonise(share(prs_Gender=["Femminine", "Masculine"]), "htcds")
    line = lines(made)["prs_Gender"]

    assert made.table.column("prs_Gender") == [None, "Masculine"]
    assert [(one.code, one.suggestion) for one in line.codes] == [("Femminine", "Feminine")]
    assert line.suggestion.parameters == {"codes": {"Femminine": "Feminine"}}
    assert "Femminine" not in repr(made.report.summary)


def test_a_code_means_what_the_shares_own_list_says():
    """1 stands for the label that came with it; a code of the standard with another label is not believed."""
    own = Variable(name="prs_Gender", type=VariableType.TEXT,
                   categories=(Category(code="1", labels={"en": "Feminine"}),
                               Category(code="Masculine", labels={"en": "Feminine"})))  # fmt: skip
    made = harmonise(share([own], prs_Gender=["1", "Masculine"]), "htcds")

    assert made.table.column("prs_Gender") == ["Feminine", "Feminine"]


def test_who_somebody_is_and_which_organisation_wrote_it_never_enters():
    """Names, free text, case workers, the organisation: in no standard, whatever the pool."""
    everything = {one.name: ["x", "y"] for one in htcds().every}
    for standard in ("htcds", "ic_tip"):
        made = harmonise(share(**everything), standard)
        roles = set(made.roles[CASES].values())
        assert not roles & {VariableRole.DIRECT, VariableRole.FREE_TEXT}
        assert not [name for name in made.file.names if name.startswith("org_") or "Organisation" in name]


def test_a_year_where_a_day_is_asked_for_is_lost_and_said():
    """Neither the first of January nor the middle of the year is what people said."""
    made = harmonise(share(prs_Birthdate=["1990", "1991"]), "htcds")
    line = lines(made)["prs_Birthdate"]

    assert made.table.column("prs_Birthdate") == [None, None]
    assert line.grain is Grain.YEAR
    assert "days" in str(line.says)


def test_bands_of_age_are_lost_and_said():
    """A band is no number."""
    made = harmonise(share(vic_AgeWhenTrafficked=["9--17", "18-25"]), "htcds")

    assert made.table.column("vic_AgeWhenTrafficked") == [None, None]
    assert lines(made)["vic_AgeWhenTrafficked"].grain is Grain.BAND
    assert {one.field: one.bands for one in made.report.summary}["vic_AgeWhenTrafficked"] == ("18-25", "9--17")


def test_a_column_by_another_name_is_suggested_to_be_renamed():
    """By its label or its name without the prefix; a column of consent never is, since nobody may make one up."""
    made = harmonise(share(prs_Citizenship=["UA", "PE"], gender=["x", "y"], consent=["yes", "no"]), "htcds")

    assert lines(made)["gender"].suggestion.parameters == {"to": "prs_Gender"}
    assert lines(made)["consent"].suggestion is None


def test_several_answers_become_a_column_each():
    """1 if given, 0 if others were."""
    made = harmonise(share(vic_MethodsOfControl=["Debt bondage;Takes earnings", "Other"]), "htcds")
    flags = [one.name for one in target("htcds") if one.field == "vic_MethodsOfControl" and one.name in made.file]

    assert len(flags) > 5
    assert sum(made.table.rows()[0][name] for name in flags) == 2


def test_in_the_columns_of_ctdc_only_who_agreed_is_there_at_all():
    """The style has no column of consent, so the rule is kept before it is made; the answers travel on."""
    made = harmonise(share(**AGREED, prs_Gender=["Feminine", "Masculine"], prs_Citizenship=["UA", "PE"]), "ctdc")

    assert len(made.table) == 1
    assert made.table.column(RECORD) == [0]
    assert {"gender", "con_Consent", "con_ConsentResearch"} <= set(made.file.names)


def test_files_without_a_column_of_the_standard_are_refused():
    """With what to do."""
    with pytest.raises(BadInput, match="Name the columns as the standard does"):
        main_table({"t": share(first=["a", "b"])})


def test_shares_that_tell_one_code_two_ways_are_told_without_a_cell():
    """One code, two meanings; days beside years; other bands."""
    found = conflicts({
        "a": [FieldSummary(field="f", mapped=True, meanings={"1": "yes"}),
              FieldSummary(field="g", mapped=True, grain=Grain.BAND, bands=("0-17",))],
        "b": [FieldSummary(field="f", mapped=True, meanings={"1": "no"}),
              FieldSummary(field="g", mapped=True, grain=Grain.BAND, bands=("0-18",))],
        "c": [FieldSummary(field="f", mapped=True, meanings={"1": "yes"})],
    })  # fmt: skip

    assert [(one.field, one.shares) for one in found] == [("f", ("a", "b", "c")), ("g", ("a", "b"))]


STYLE = {
    "gender": ["woman", "Man"], "ageBroad": ["09--17", "18-20"], "citizenship": ["NA", "Ukraine"],
    "CountryOfExploitation": ["00", "UKR"], "isForcedLabour": ["1", "0"], "Datasource": ["Case Management", "Hotline"],
    "yearOfRegistration": ["2021", "2021"],
}  # fmt: skip


def test_a_share_in_the_columns_of_ctdc_is_brought_to_its_codes():
    """As one made of HTCDS: three letters, a band without its zero, 1 or nothing, nothing that tells whose it is."""
    both = {"con_Consent": ["yes", "yes"], "con_ConsentResearch": ["yes", "yes"]}
    rows = share(**both, **STYLE)
    made = as_style(cases_of({"t": rows}, "ctdc"))

    assert is_direct(rows)
    assert made.table.without(RECORD).rows() == [
        {"yearOfRegistration": "2021", "gender": "Woman", "ageBroad": "9--17",
         "citizenship": "NAM", "CountryOfExploitation": None, "isForcedLabour": "1",  # codespell:ignore
         "con_Consent": True, "con_ConsentResearch": True},
        {"yearOfRegistration": "2021", "gender": "Man", "ageBroad": None, "citizenship": "UKR",
         "CountryOfExploitation": "UKR", "isForcedLabour": None, "con_Consent": True, "con_ConsentResearch": True},
    ]  # fmt: skip
    assert [one.code for one in lines(made)["ageBroad"].codes] == ["18-20"]
    assert lines(made)["Datasource"].fit is Fit.LEFT_OUT
    assert made.roles[CASES]["citizenship"] is VariableRole.GEOGRAPHY


@pytest.mark.parametrize(("answers", "left"), [(AGREED, [0]), ({}, [])])
def test_of_a_share_in_the_columns_of_ctdc_only_who_agreed_is_there(answers, left):
    """The style has no consent; without the two columns beside it nobody said yes."""
    assert as_style(share(**answers, **STYLE)).table.column(RECORD) == left


def test_shares_of_both_kinds_lie_in_one_pool():
    """One organisation sends HTCDS, another the columns of CTDC: the same column, the same code."""
    first = harmonise(share(**AGREED, prs_Gender=["Feminine", "Masculine"], prs_Citizenship=["NA", "UA"]), "ctdc")
    second = as_style(share(**AGREED, **STYLE))
    parts = [
        Part(code=str(at), file=one.file, table=one.table, roles=one.roles) for at, one in enumerate((first, second))
    ]
    whole = together(parts, leaves=False)

    assert [(row["citizenship"], row["gender"], row["contributor"]) for row in whole.table.rows()] == [
        ("NAM", "Woman", "0"), ("NAM", "Woman", "1"),  # codespell:ignore
    ]  # fmt: skip


def test_a_pool_of_cases_does_not_take_the_columns_of_ctdc():
    """They are coarser than the standard: nobody can tell a day from a year."""
    with pytest.raises(BadInput, match="Name the columns as the standard does"):
        cases_of({"t": share(**STYLE)}, "htcds")
