"""Text files with a DDI Codebook beside them: what the description says is found again in the columns."""

import csv

import pytest
from lxml import etree

from safeconduct.catalogue.ddi.reading import read_ddi
from safeconduct.catalogue.ddi.variables import variable_element
from safeconduct.model.errors import BadInput, SafeconductError, Unreadable

CODEBOOK = """<?xml version="1.0" encoding="UTF-8"?>
<codeBook xmlns="ddi:codebook:2_5" version="2.5" xml:lang="en">
  <stdyDscr><citation><titlStmt><titl>Household survey</titl><IDNo>HH 2026</IDNo></titlStmt></citation></stdyDscr>
  <fileDscr ID="F1"><fileTxt><fileName>people.dat</fileName><fileCont>People</fileCont></fileTxt></fileDscr>
  <dataDscr>
    <var ID="V1" name="pid" files="F1" nature="nominal"><location StartPos="1" width="3" fileid="F1"/>
      <labl>Person</labl><varFormat type="character"/></var>
    <var ID="V2" name="sex" files="F1" nature="nominal"><location StartPos="4" EndPos="4" fileid="F1"/>
      <labl>Sex</labl><labl xml:lang="fr">Sexe</labl>
      <qstn><preQTxt>Ask all</preQTxt><qstnLit>Is NAME male or female?</qstnLit>
        <qstnLit xml:lang="fr">Masculin ou féminin ?</qstnLit><ivuInstr>Do not guess</ivuInstr></qstn>
      <universe>Everybody</universe>
      <catgry><catValu>1</catValu><labl>Male</labl><catStat type="freq">7777</catStat></catgry>
      <catgry><catValu>2</catValu><labl>Female</labl></catgry>
      <catgry missing="Y"><catValu>9</catValu><labl>Refused</labl></catgry>
      <varFormat type="numeric"/></var>
    <var ID="V3" name="income" files="F1" intrvl="contin" measUnit="USD">
      <location StartPos="5" width="6" fileid="F1"/><labl>Income</labl>
      <invalrng><item VALUE="-1"/><range min="9000" max="9999"/></invalrng><varFormat type="numeric"/></var>
  </dataDscr>
</codeBook>
"""
LINES = "0071  12.5\n0082    -1\n0099  9998\n"
DATAVERSE = "Var1,Var2,Var3\n1,2,3.5\n2,2,4.5\n"
AS_CSV = "pid,sex,income\n007,1,12.5\n008,2,-1\n009,9,9998\n"


@pytest.mark.parametrize("files", [{"people.dat": LINES}, {"people.csv": AS_CSV}], ids=["fixed", "delimited"])
def test_columns_have_what_the_description_says(desk, files):
    """Labels, categories, codes for missing, questions in both languages; a code with zeros in front stays a text."""
    found = desk.read({"study.xml": CODEBOOK, **files})
    sex, income = desk.file(found)["sex"], desk.file(found)["income"]

    assert (found.format, found.languages, found.study.id) == ("ddi", ("en", "fr"), "hh_2026")
    assert desk.rows(found) == [
        {"pid": "007", "sex": 1, "income": 12.5, "sex·missing": None, "income·missing": None},
        {"pid": "008", "sex": 2, "income": None, "sex·missing": None, "income·missing": "-1"},
        {"pid": "009", "sex": None, "income": None, "sex·missing": "9", "income·missing": "9998"},
    ]
    assert sex.labels == {"en": "Sex", "fr": "Sexe"}
    assert sex.questions == {"en": "Is NAME male or female?", "fr": "Masculin ou féminin ?"}
    assert (sex.hints, sex.relevant, sex.universe) == ({"en": "Do not guess"}, "Ask all", "Everybody")
    assert [(one.code, one.labels["en"], one.missing) for one in sex.categories] == [
        ("1", "Male", False), ("2", "Female", False), ("9", "Refused", True),
    ]  # fmt: skip
    assert (income.unit, income.missing_codes) == ("USD", ("-1", "9998"))
    assert "7777" not in repr(desk.file(found))


def test_both_readers_of_descriptions_say_the_same(desk):
    """The catalogue's and this one; types come from the data here, and from the description there."""
    theirs = read_ddi(CODEBOOK.encode()).files[0].variables
    found = desk.read({"study.xml": CODEBOOK, "people.csv": AS_CSV})
    names = ("name", "labels", "categories", "measurement", "questions", "hints", "universe", "relevant", "unit")

    for mine, other in zip(desk.file(found).variables, theirs, strict=True):
        assert [getattr(mine, one) for one in names] == [getattr(other, one) for one in names]


def test_variables_as_the_catalogue_writes_them_are_read_here(desk):
    """Our own elements, sent back with the data."""
    variables = read_ddi(CODEBOOK.encode()).files[0].variables
    root = etree.fromstring("<codeBook><fileDscr ID='F1'/><dataDscr/></codeBook>")
    ids = {one.name: f"V{at}" for at, one in enumerate(variables)}
    root[1].extend([variable_element(one, None, ids=ids, file="F1") for one in variables])
    found = desk.read({"study.xml": etree.tostring(root), "people.csv": AS_CSV})

    assert [one.labels for one in desk.file(found).variables] == [one.labels for one in variables]
    assert [one.categories for one in desk.file(found).variables] == [one.categories for one in variables]
    assert desk.columns(found)["sex"] == [1, 2, None]


def test_several_files_go_with_their_names(desk):
    """And one that is described nowhere is refused by name."""
    more = CODEBOOK.replace("<dataDscr>", '<fileDscr ID="F2"><fileTxt><fileName>homes</fileName></fileTxt></fileDscr>'
                            '<dataDscr><var ID="W1" name="roof" files="F2"><labl>Roof</labl></var>')  # fmt: skip
    found = desk.read({"study.xml": more, "homes.csv": "roof\n1\n2\n", "people.csv": AS_CSV})

    assert {one.file.name: one.file.variables[0].labels["en"] for one in found.tables} == {
        "homes": "Roof", "people": "Person",
    }  # fmt: skip
    with pytest.raises(BadInput, match=r"does not describe a file called other\.csv"):
        desk.read({"study.xml": more, "other.csv": "roof\n1\n", "people.csv": AS_CSV})


def test_what_the_two_do_not_share_is_told(desk):
    """A column that is described nowhere is kept, one that is not there is named."""
    found = desk.read({"study.xml": CODEBOOK, "people.csv": "pid,sex,roof\n007,1,tin\n"})
    notes = " ".join(map(str, found.notes))

    assert desk.rows(found)[0]["roof"] == "tin"
    assert "roof" in notes
    assert "income" in notes


def test_a_description_beside_a_statistics_file_leaves_it_alone(desk):
    """That file says itself what its columns are; before, it was read so too."""
    content = desk.statistics("people.dta", {"sex": [1, 2]})
    found = desk.read({"people.dta": content, "study.xml": CODEBOOK})

    assert (found.format, [one.file.name for one in found.tables]) == ("stata", ["people"])


def test_other_files_sent_along_are_read_by_themselves(desk):
    """Nothing is lost because a description gathers its own."""
    found = desk.read({"study.xml": CODEBOOK, "people.csv": AS_CSV, "homes.xlsx": desk.workbook(homes=[["roof"], [1]])})

    assert {one.file.name for one in found.tables} == {"people", "homes"}


@pytest.mark.parametrize(
    ("files", "says"),
    [
        ({"study.xml": CODEBOOK, "people.dat": "0071\n"}, "Line 1 of people.dat is shorter"),
        ({"study.xml": CODEBOOK, "people.csv": "roof,wall\n1,2\n"}, "No column of people.csv"),
        ({"study.xml": CODEBOOK, "again.xml": CODEBOOK, "people.csv": AS_CSV}, "second description"),
        ({"study.xml": CODEBOOK.replace("<dataDscr>", "<x>").replace("</dataDscr>", "</x>"), "a.csv": AS_CSV},
         "describes no variable"),
    ],
)  # fmt: skip
def test_what_cannot_be_put_together_is_refused(desk, files, says):
    """With what to do."""
    with pytest.raises(BadInput, match=says):
        desk.read_to_the_end(files)


@pytest.mark.parametrize("content", [
    CODEBOOK[:900],
    CODEBOOK.replace("?>\n", '?>\n<!DOCTYPE codeBook [<!ENTITY a "Zanele"><!ENTITY b "&a;&a;">]>\n', 1),
    "<codeBook>\0</codeBook>",
], ids=["cut", "entities", "zero"])  # fmt: skip
def test_a_damaged_or_hostile_description_is_refused(desk, content):
    """Nothing of it is quoted."""
    with pytest.raises(SafeconductError) as refused:
        desk.read({"study.xml": content, "people.csv": AS_CSV})

    assert isinstance(refused.value, Unreadable | BadInput)
    assert "Zanele" not in str(refused.value)


def test_a_codebook_of_another_program_is_read(desk, request):
    """As a well-known archive writes it; a codebook without variables is told from one with some."""
    material = request.config.rootpath / "tests/material/ddi"
    found = desk.read({"study.xml": (material / "dataverse-dct.xml").read_bytes(), "data.csv": DATAVERSE})
    notes = " ".join(map(str, found.notes))

    assert found.format == "ddi"
    assert desk.file(found).variables[0].labels
    assert "does not have" not in notes
    with pytest.raises(BadInput, match="describes no variable"):
        desk.read({"study.xml": (material / "dataverse-full.xml").read_bytes(), "data.csv": AS_CSV})


@pytest.mark.parametrize(("path", "attribute"), [
    ("var/labl", "labels"), ("var/qstn/qstnLit", "questions"), ("var/qstn/ivuInstr", "hints"),
    ("var/qstn/preQTxt", "relevant"), ("var/universe", "universe"), ("var/derivation", "derivation"),
    ("var/security", "security"), ("var/varFormat/@formatname", "format"), ("var/catgry/catValu", "categories"),
])  # fmt: skip
def test_every_published_path_that_tells_of_a_variable_is_read(desk, shared, path, attribute):
    """The list of paths of DDI Codebook 2.5; what stands there arrives in the variable."""
    with (shared / "standards" / "ddi_codebook_paths.csv").open(encoding="utf-8") as file:
        published = {row[1] for row in csv.reader(file)}
    steps = path.removeprefix("var/").split("/")
    inside = f"<{steps[0]} {steps[1].strip('@')}='told'/>" if steps[-1].startswith("@") else "told"
    for step in reversed([] if steps[-1].startswith("@") else steps):
        inside = f"<{step}>{inside}</{step}>"
    book = f"<codeBook><dataDscr><var name='a'>{inside}</var></dataDscr></codeBook>"
    found = desk.file(desk.read({"study.xml": book, "people.csv": "a\n1\n"}))

    assert path in published
    assert "told" in str(getattr(found["a"], attribute))
