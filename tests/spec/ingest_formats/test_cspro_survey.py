"""CSPro: what a dictionary says is found again in the lines."""

import json

import pytest

from safeconduct.model.errors import BadInput

DICTIONARY = """[Dictionary]
Version=CSPro 7.7
Label=Household survey|Enquête ménages
Name=HHSURVEY
RecordTypeStart=1
RecordTypeLen=1
Positions=Relative
ZeroFill=Yes
DecimalChar=No

[Languages]
EN=English
FR=Français

[Level]
Label=Household
Name=HH_LEVEL

[IdItems]

[Item]
Label=Cluster|Grappe
Name=CLUSTER
Start=2
Len=3

[Item]
Label=Household number
Name=HHNO
Start=5
Len=2

[Record]
Label=Persons|Personnes
Name=PERSON
RecordTypeValue='2'
Required=No
MaxRecords=30

[Item]
Label=Line
Name=LINE
Start=7
Len=2

[Item]
Label=Sex|Sexe
Name=SEX
Start=9
Len=1

[ValueSet]
Label=Sex
Name=SEX_VS1
Value=1;Man|Homme
Value=2;Woman|Femme
Value=9;Not stated|Non déclaré
Special=MISSING

[ValueSet]
Label=Sex, other
Name=SEX_VS2
Value=1 2;Any

[Item]
Label=Age
Name=AGE
Start=10
Len=2

[ValueSet]
Label=Age
Name=AGE_VS1
Value=0:95
Value=98;Does not know
Special=MISSING
Value=' ';Not asked
Special=NOTAPPL

[Item]
Label=First name
Name=FIRST
Start=12
Len=6
DataType=Alpha

[Record]
Label=Household
Name=HOUSEHOLD
RecordTypeValue='1'
RecordLen=30

[Item]
Label=Weight
Name=WEIGHT
Start=7
Len=5
Decimal=2

[Item]
Label=Assets
Name=ASSET
Start=12
Len=1
Occurrences=3

[Item]
Label=Date
Name=DATE
Start=15
Len=8

[Item]
Label=Year
Name=YEAR
Start=15
Len=4
ItemType=SubItem

[Item]
Label=Month
Name=MONTH
Start=19
Len=2
ItemType=SubItem
"""
DATA = "100101012501 120260301\n20010101131Ana\n20010102298Bénédicte\n1001021000001020260302\n2001020191  Cyr\n"
JSON = {
    "software": "CSPro", "version": 8.0, "fileType": "dictionary", "name": "SMALL", "labels": [{"text": "Small"}],
    "languages": [{"name": "EN", "label": "English"}, {"name": "AR", "label": "العربية"}],
    "recordType": {"start": 1, "length": 1}, "defaults": {"decimalMark": True, "zeroFill": True},
    "relativePositions": True,
    "levels": [{
        "name": "L", "ids": {"items": [{"name": "ID", "contentType": "numeric", "length": 3, "zeroFill": True}]},
        "records": [{
            "name": "REC", "recordType": "A", "occurrences": {"required": True, "maximum": 1},
            "items": [
                {"name": "NAME", "labels": [{"text": "Name"}], "contentType": "alpha", "length": 5},
                {"name": "SIZE", "labels": [{"text": "Size", "language": "EN"}, {"text": "الحجم", "language": "AR"}],
                 "contentType": "numeric", "length": 5, "decimals": 1, "valueSets": [{"name": "V", "values": [
                     {"labels": [{"text": "Nobody"}], "pairs": [{"value": "0"}]},
                     {"labels": [{"text": "Refused"}], "special": "refused", "pairs": [{"value": "999.9"}]}]}]},
                {"name": "VISIT", "contentType": "numeric", "length": 2, "occurrences": {"maximum": 2}},
            ],
        }],
    }],
}  # fmt: skip


@pytest.fixture
def survey(desk):
    return desk.read({"hh.dcf": DICTIONARY, "hh.dat": DATA})


def test_each_kind_of_line_is_a_table_and_they_are_linked(survey):
    """Persons belong to their household by the identification items."""
    assert [(one.file.name, one.file.key, one.file.parent, one.file.link) for one in survey.tables] == [
        ("HOUSEHOLD", ("CLUSTER", "HHNO"), "", ()),
        ("PERSON", (), "HOUSEHOLD", ("CLUSTER", "HHNO")),
    ]


def test_numbers_texts_and_missing_codes_are_read(desk, survey):
    """Zeros in front go, a code called missing stands beside, a blank is missing."""
    assert desk.columns(survey, "PERSON") == {
        "CLUSTER": [1, 1, 1], "HHNO": [1, 1, 2], "LINE": [1, 2, 1], "SEX": [1, 2, None], "AGE": [31, None, 1],
        "FIRST": ["Ana", "Bénédi", "Cyr"], "SEX·missing": [None, None, "9"], "AGE·missing": [None, "98", None],
    }  # fmt: skip


def test_implied_decimals_get_their_point(desk, survey):
    """01250 with two decimals is 12.5."""
    assert desk.columns(survey, "HOUSEHOLD")["WEIGHT"] == [12.5, 100.0]


def test_an_item_that_stands_several_times_becomes_several_columns(desk, survey):
    """Grouped under its name; parts of an item stand beside the whole."""
    columns = desk.columns(survey, "HOUSEHOLD")

    assert [columns[f"ASSET_{number}"] for number in (1, 2, 3)] == [[1, 0], [None, 1], [1, 0]]
    assert (columns["DATE"], columns["YEAR"], columns["MONTH"]) == ([20260301, 20260302], [2026, 2026], [3, 3])
    assert desk.file(survey, "HOUSEHOLD")["ASSET_2"].group == "ASSET"


def test_labels_come_in_every_language(desk, survey):
    """Of items, records and values; the first value set counts."""
    sex = desk.file(survey, "PERSON")["SEX"]

    assert survey.languages == ("en", "fr")
    assert survey.study.title == {"en": "Household survey", "fr": "Enquête ménages"}
    assert (sex.labels, desk.file(survey, "PERSON").labels) == (
        {"en": "Sex", "fr": "Sexe"}, {"en": "Persons", "fr": "Personnes"},
    )  # fmt: skip
    assert [(one.code, one.missing) for one in sex.categories] == [("1", False), ("2", False), ("9", True)]
    assert [one.labels.get("fr") for one in sex.categories] == ["Homme", "Femme", "Non déclaré"]


def test_a_range_is_what_the_form_lets_through(desk, survey):
    """Not a category for each year."""
    age = desk.file(survey, "PERSON")["AGE"]

    assert (age.constraint, [one.code for one in age.categories]) == ("0:95", ["98"])


def test_dictionaries_of_cspro_8_are_read(desk):
    """JSON, without positions."""
    lines = "A001Ana    2.5 1 2\nA002Ben  999.9   4\n"
    found = desk.read({"small.dcf": json.dumps(JSON), "small.dat": lines})

    assert desk.columns(found) == {
        "ID": [1, 2], "NAME": ["Ana", "Ben"], "SIZE": [2.5, None], "VISIT_1": [1, None], "VISIT_2": [2, 4],
        "SIZE·missing": [None, "999.9"],
    }  # fmt: skip
    assert desk.file(found)["SIZE"].labels == {"en": "Size", "ar": "الحجم"}


def test_deleted_cases_are_left_out(desk):
    """CSPro marks them and leaves them in the file."""
    found = desk.read({"hh.dcf": DICTIONARY, "hh.dat": DATA + "~001030101250110120260301\n"})

    assert len(desk.rows(found, "HOUSEHOLD")) == 2


LONG = json.loads(json.dumps(JSON).replace('"length": 3', '"length": 18'))
"""With a number of more digits than a number keeps."""


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"hh.dcf": DICTIONARY}, "dictionary without data"),
        ({"hh.dcf": DICTIONARY, "hh.csdb": "SQLite format 3"}, "CSPro's own database"),
        ({"hh.dcf": "[Nothing]\nx=1\n", "hh.dat": DATA}, "not a CSPro dictionary"),
        ({"hh.dcf": "{}", "hh.dat": DATA}, "not a CSPro dictionary"),
        ({"hh.dcf": DICTIONARY, "hh.dat": DATA + "9001\n"}, "Line 6 of hh.dat is of a kind"),
        ({"hh.dcf": DICTIONARY, "hh.dat": DATA + "1001\n"}, "Line 6 of hh.dat is shorter"),
        ({"hh.dcf": DICTIONARY, "hh.dat": DATA + "10010301\n"}, "Line 6 of hh.dat ends inside WEIGHT"),
        ({"hh.dcf": DICTIONARY, "hh.dat": DATA + "20010201x11Secret\n"}, "Line 6 of hh.dat has no number in SEX"),
        ({"hh.dcf": DICTIONARY, "hh.dat": DATA + "20010901111Secret\n"}, "that HOUSEHOLD does not have"),
        ({"x.dcf": json.dumps(JSON), "x.dat": "A0.7Ana    2.5 1 2\n"}, "Line 1 of x.dat has no number in ID"),
        ({"x.dcf": json.dumps(LONG), "x.dat": f"A{9007199254740993:018}Ana\n"}, "has no number in ID"),
    ],
)
def test_what_does_not_fit_is_said(desk, files, says):
    """By the number of the line and the name of the item."""
    with pytest.raises(BadInput) as refused:
        desk.read_to_the_end(files)

    assert says in str(refused.value)
    assert "Secret" not in str(refused.value)
