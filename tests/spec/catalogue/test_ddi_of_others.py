"""Descriptions other programs wrote: read whatever their order, kept where we have no field, never their numbers."""

import re

import pytest
import xmlschema

from safeconduct.catalogue.ddi.reading import read_ddi
from safeconduct.catalogue.ddi.writing import write_ddi
from safeconduct.catalogue.entry import Entry
from safeconduct.model.microdata import VariableType
from safeconduct.model.study import Party, Period

NOT_WRITTEN_BACK = {
    "stdyDscr/stdyInfo/relPubl",
    "stdyDscr/stdyInfo/contact",
    "stdyDscr/stdyInfo/depositr",
    "stdyDscr/stdyInfo/depDate",
    "stdyDscr/method/dataColl/conOps",
}
"""Elements that stand where the schema has no place for them; they are kept all the same."""
SECOND_IS_ONE_TOO_MANY = {"stdyDscr/stdyInfo/sumDscr/geoBndBox"}
ORDERED_ANEW = {"stdyDscr/method/dataColl/targetSampleSize"}
TWO_BECAME_ONE = {"stdyDscr/stdyInfo/abstract/@date"}


@pytest.fixture(scope="module")
def small(material):
    """A Dataverse study with one file."""
    return read_ddi((material / "dataverse-dct.xml").read_bytes())


@pytest.fixture(scope="module")
def full(material):
    """A Dataverse study with every field it knows."""
    return read_ddi((material / "dataverse-full.xml").read_bytes())


def test_a_file_and_its_variables_are_read(small):
    """With types guessed from codes, groups, questions and labels."""
    (file,) = small.files

    assert file.name == "dct"
    assert [(one.name, one.type, one.group) for one in file.variables] == [
        ("Var1", VariableType.INTEGER, "group1"),
        ("Var2", VariableType.INTEGER, "group1"),
        ("Var3", VariableType.NUMBER, "group2"),
    ]
    assert file["Var1"].questions == {"": "Literal question for gender"}
    assert file["Var1"].categories[0].labels == {"": "Female"}


def test_an_identifier_becomes_an_address_and_is_kept(small):
    """A DOI has signs an address has not."""
    assert small.study.id == "doi-10.5072-FK2-SOLYMR"
    assert small.study.extra["stdyDscr/citation/titlStmt/IDNo"] == ('<IDNo agency="DOI">doi:10.5072/FK2/SOLYMR</IDNo>',)


def test_runs_of_time_are_read_from_starts_and_ends(full):
    """Also where nations and places stand between."""
    assert full.study.periods == (
        Period(first="1005-01-01", last="1005-01-02", label="P1"),
        Period(first="1005-02-01", last="1005-02-02", label="P2"),
    )
    assert [one.name for one in full.study.countries] == ["Afghanistan", "Albania"]


def test_two_texts_in_one_language_stand_below_each_other(full):
    """Nothing is lost for lack of a second field."""
    assert full.study.abstract == {"en": "DescriptionText 1\n\nDescriptionText2"}


def test_authors_come_before_producers(full):
    """As primary investigators."""
    assert full.study.producers[0] == Party(
        name="LastAuthor1, FirstAuthor1", role="primary investigator", affiliation="AuthorAffiliation1"
    )
    assert len(full.study.producers) == 4


@pytest.mark.parametrize("which", ["small", "full"])
def test_what_we_do_not_model_survives_our_own_file(which, request):
    """Read, written and read again."""
    first = request.getfixturevalue(which).study
    again = read_ddi(write_ddi(Entry(study=first))).study
    lost = {path for path, values in first.extra.items() if again.extra.get(path) != values}

    assert lost <= NOT_WRITTEN_BACK | SECOND_IS_ONE_TOO_MANY | ORDERED_ANEW | TWO_BECAME_ONE
    assert set(again.extra) <= set(first.extra)


@pytest.mark.parametrize("which", ["small", "full"])
def test_what_was_out_of_order_is_valid_after_us(which, request, material):
    """The originals do not validate."""
    schema = xmlschema.XMLSchema(material / "codebook-2.5-compact.xsd")
    name = {"small": "dataverse-dct.xml", "full": "dataverse-full.xml"}[which]

    assert list(schema.iter_errors(str(material / name)))
    schema.validate(write_ddi(Entry(study=request.getfixturevalue(which).study)).decode())


def test_no_number_of_theirs_is_kept(small):
    """Frequencies, extremes, means and fingerprints of their data are not in our study, nor in our tables."""
    everything = repr(small)

    for number in ("1508", "1.4952380952380968", "3045", "6.206337719", "HbM1tFHAsgACfUYee9JhTQ"):
        assert number not in everything


def test_a_file_name_loses_its_ending_and_what_no_name_has():
    """The table is called by a word."""
    described = read_ddi(
        b'<codeBook><stdyDscr><citation><titlStmt><titl>T</titl></titlStmt></citation></stdyDscr><fileDscr ID="A">'
        b"<fileTxt><fileName>House hold (1).NSDstat</fileName></fileTxt></fileDscr>"
        b'<dataDscr><var ID="V1" name="a" files="A"/></dataDscr></codeBook>'
    )

    assert re.fullmatch(r"[\w.-]+", described.files[0].name)
    assert described.files[0].names == ("a",)


def test_descriptions_of_a_variable_come_back_to_it():
    """What we have no field for, such as its concept, is kept with the study and written where it was."""
    document = (
        b"<codeBook><stdyDscr><citation><titlStmt><titl>T</titl><IDNo>T</IDNo></titlStmt></citation></stdyDscr>"
        b'<fileDscr ID="A"><fileTxt><fileName>a</fileName></fileTxt></fileDscr>'
        b'<dataDscr><var ID="V1" name="x" files="A"><concept vocab="L">sex</concept></var></dataDscr></codeBook>'
    )

    assert read_ddi(document).study.extra == {"dataDscr/var/concept/a.x": ('<concept vocab="L">sex</concept>',)}
