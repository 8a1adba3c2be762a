"""The declarations say what the standards say, and nothing else."""

import csv
import json
from collections import Counter

import pytest

from safeconduct.ingest.standards.ctdc import ctdc
from safeconduct.ingest.standards.declared import countries, htcds, ic_tip, known
from safeconduct.model.consent import CONSENT, NEEDED
from safeconduct.model.errors import BadInput


@pytest.fixture(scope="module")
def published(standards):
    return json.loads((standards / "htcds.json").read_text(encoding="utf-8"))


def test_every_field_is_as_it_was_published(published):
    """Name, label, section, type, cardinality, core, status, code list and role of all 84."""
    ours = [
        (one.name, one.label, one.section, one.type.value, one.cardinality, one.core, one.status.upper(), one.codes,
         one.pattern, one.role.value)
        for one in htcds().fields
    ]  # fmt: skip

    assert ours == [
        (one["name"], one["label"], one["section"], one["type"], one["cardinality"], one["core"], one["status"],
         one.get("codelist", ""), one.get("pattern", ""), one["safeconduct"]["disclosure_role"])
        for one in published["fields"]
    ]  # fmt: skip


def test_every_code_list_is_as_it_was_published(published):
    """Codes and labels, in order."""
    ours = {name: list(codes.items()) for name, codes in htcds().codes.items()}

    assert ours == {name: [(one["code"], one["label"]) for one in codes] for name, codes in
                    published["codelists"].items()}  # fmt: skip


def test_the_standard_has_its_known_sizes():
    """84 fields in 9 parts, 40 of them core of which 2 are given up, 21 lists with 182 codes."""
    fields, codes = htcds().fields, htcds().codes

    assert (len(fields), len({one.part for one in fields}), len(htcds().parts)) == (84, 9, 9)
    assert (sum(one.core for one in fields), len(htcds().core), len(codes), sum(map(len, codes.values()))) == (
        40, 38, 21, 182,
    )  # fmt: skip
    assert Counter(one.role.value for one in fields) == {
        "direct_identifier": 13, "quasi_identifier": 26, "sensitive_attribute": 13,
        "free_text_drop_before_any_release": 9, "third_party_identifier": 4, "organisation_attribute": 10,
        "consent_flag": 2, "process": 7,
    }  # fmt: skip


def test_coordinates_of_people_and_events_count_as_direct_identifiers():
    """Also where the standard calls them numbers."""
    places = [one for one in htcds().fields if one.name.endswith(("Longitude", "Latitude"))]

    assert len(places) == 6
    assert {one.propose.value for one in places} == {"direct identifier"}


def test_the_template_is_that_of_the_official_workbooks(published):
    """38 columns in order; the visible label finds the field, whatever the hidden name says."""
    ours = [(htcds()[one.name].label, one.hidden or None) for one in htcds().template.columns]

    assert ours == [(one["visible_label"], one["header_name"]) for one in published["toolkit"]["excel_columns"]]


def test_countries_are_those_of_the_published_form(standards):
    """Two letters and a name; Namibia is there."""
    with (standards / "htcds" / "codelists" / "countries.csv").open(encoding="utf-8") as file:
        wanted = {row["code"]: row["label"] for row in csv.DictReader(file)}

    assert {code: name for code, (_, name) in countries().items()} == wanted
    assert countries()["NA"] == ("NAM", "Namibia")  # codespell:ignore
    assert len({three for three, _ in countries().values()}) == len(countries())


def test_the_seven_answers_of_consent_are_asked_as_the_standard_asks_them(published):
    """In its order; the fourth is the one about research."""
    asked = next(one for one in published["fields"] if one["name"] == CONSENT)["description"].split("\n\n")[1]
    ours = [one for one in htcds().additions if one.part == "con_"]

    assert [one.question for one in ours] == asked.split("\n")
    assert (CONSENT, ours[3].name) == NEEDED
    assert "research" in ours[3].question


def test_columns_of_ctdc_are_those_seen(standards):
    """With what each may give away; the file whose columns nobody knows has none."""
    wanted = json.loads((standards / "ctdc.json").read_text(encoding="utf-8"))["releases"]
    ours = {one.name: [(name, ctdc().roles.get(name, "sensitive_attribute")) for name in one.columns]
            for one in ctdc().releases}  # fmt: skip

    assert ours == {one["id"]: [(each["name"], each["disclosure_role"]) for each in one["columns"] or []]
                    for one in wanted}  # fmt: skip
    assert [len(one.columns) for one in ctdc().releases] == [63, 37, 27, 0]


def test_what_fills_a_column_of_ctdc_exists():
    """Every column has one line, every line a field and answers there are; cut names are found too."""
    for release in ctdc().releases:
        for column in release.columns:
            assert ctdc().map_of(column, release).column.startswith(column)
    for one in ctdc().maps:
        assert not one.field or set(one.codes) <= set(htcds().choices(htcds()[one.field])), one.column


def test_every_field_has_a_place_in_ic_tip_or_a_reason():
    """Provisional: no variable is named."""
    for one in htcds().every:
        unit, why = ic_tip().place(one)
        assert bool(unit) != bool(why)
    assert [one.name for one in ic_tip().units] == ["event", "victim", "perpetrator", "reporting entity"]
    assert ic_tip().provisional
    assert ic_tip().place(htcds()["hte_Type"]) == ("event", "")
    assert ic_tip().place(htcds()["prs_FirstName"])[0] == ""


def test_a_standard_nobody_knows_is_answered_with_those_there_are():
    """And its name may be written with an underscore."""
    assert known("IC_TIP") == "ic-tip"
    with pytest.raises(BadInput, match="htcds, ic-tip, ctdc"):
        known("htcd")
