"""Exports of Kobo and ODK with the form they were collected with."""

import pytest

from safeconduct.model.errors import BadInput

SURVEY = [
    ["type", "name", "label::English (en)", "label::Français (fr)", "hint::English (en)", "relevant", "constraint",
     "calculation", "safeconduct::role", "safeconduct::action"],
    ["start", "start"],
    ["begin_group", "home", "Home", "Foyer"],
    ["text", "village", "Village?", "Village ?", "As people say it", None, None, None, "geography", "recode"],
    ["integer", "size", "How many live here?", "Combien ?", None, None, ". > 0"],
    ["select_multiple needs", "need", "What do you need?", "De quoi avez-vous besoin ?", None, "${size} > 1"],
    ["end_group"],
    ["note", "thanks", "Thank you", "Merci"],
    ["calculate", "half", None, None, None, None, None, "${size} div 2"],
    ["begin_repeat", "members", "Members", "Membres"],
    ["text", "first", "First name", "Prénom", None, None, None, None, "direct", "remove"],
    ["select_one sexes", "sex", "Sex", "Sexe"],
    ["begin_repeat", "jobs", "Jobs", "Emplois"],
    ["text", "job", "Job", "Emploi"],
    ["end_repeat"],
    ["end_repeat"],
]  # fmt: skip
CHOICES = [
    ["list_name", "name", "label::English (en)", "label::Français (fr)"],
    ["needs", "food", "Food", "Nourriture"], ["needs", "water", "Water", "Eau"], ["needs", "other", "Other", "Autre"],
    ["sexes", 1, "Man", "Homme"], ["sexes", 2, "Woman", "Femme"],
]  # fmt: skip
SETTINGS = [["form_title", "form_id", "default_language"], ["Needs of households", "needs2026", "English (en)"]]
MAIN = [
    ["start", "home/village", "home/size", "home/need", "thanks", "half", "_uuid", "_submission_time", "_index"],
    ["2026-03-01T08:00:00.000+01:00", "Ségou", 3, "food water", None, 1.5, "u1", "2026-03-01", 1],
    ["2026-03-01T09:00:00.000+01:00", "Kita", 1, None, None, 0.5, "u2", "2026-03-01", 2],
]
MEMBERS = [
    ["members/first", "members/sex", "_index", "_parent_table_name", "_parent_index", "_submission__uuid"],
    ["Ana", 2, 1, "needs2026", 1, "u1"],
    ["Ben", 1, 2, "needs2026", 1, "u1"],
    ["Cyr", 1, 3, "needs2026", 2, "u2"],
]
JOBS = [["members/jobs/job", "_index", "_parent_table_name", "_parent_index"], ["guard", 1, "members", 2]]


@pytest.fixture
def form(desk):
    return desk.workbook(survey=SURVEY, choices=CHOICES, settings=SETTINGS)


@pytest.fixture
def found(desk, form):
    export = desk.workbook(needs2026=MAIN, members=MEMBERS, jobs=JOBS)
    return desk.read({"form.xlsx": form, "export.xlsx": export})


def test_columns_get_the_names_of_the_questions(desk, found):
    """Without their groups; notes hold nothing and are gone."""
    assert desk.file(found, "needs2026").names == (
        "start", "village", "size", "need_food", "need_water", "need_other", "half", "_uuid",
        "_submission_time", "_index",
    )  # fmt: skip


def test_a_question_with_several_answers_becomes_a_column_for_each(desk, found):
    """1 for given, 0 for not, nothing where nobody answered."""
    columns = desk.columns(found, "needs2026")

    assert [columns[f"need_{one}"] for one in ("food", "water", "other")] == [[1, None], [1, None], [0, None]]
    assert desk.file(found, "needs2026")["need_food"].group == "need"
    assert desk.file(found, "needs2026")["need_food"].labels["fr"] == "De quoi avez-vous besoin ?: Nourriture"


def test_questions_come_in_every_language(desk, found):
    """With hint, condition, constraint and what the author wished."""
    village, size = desk.file(found, "needs2026")["village"], desk.file(found, "needs2026")["size"]

    assert found.languages == ("en", "fr")
    assert village.questions == {"en": "Village?", "fr": "Village ?"}
    assert (village.hints, village.wish, village.group) == ({"en": "As people say it"}, "geography recode", "home")
    assert size.constraint == ". > 0"
    assert desk.file(found, "needs2026")["need_food"].relevant == "${size} > 1"
    assert desk.file(found, "needs2026")["half"].derivation == "${size} div 2"


def test_answers_from_a_list_have_categories(desk, found):
    """Whole codes are whole numbers."""
    sex = desk.file(found, "members")["sex"]

    assert (sex.type.value, [one.labels["fr"] for one in sex.categories]) == ("integer", ["Homme", "Femme"])


def test_repeats_are_linked_to_the_row_above(found):
    """Jobs to members, members to interviews; repeated columns of the interview are left out."""
    assert [(one.file.name, one.file.key, one.file.parent, one.file.link) for one in found.tables] == [
        ("needs2026", ("_index",), "", ()),
        ("members", ("_index",), "needs2026", ("_parent_index",)),
        ("jobs", ("_index",), "members", ("_parent_index",)),
    ]
    assert found.tables[1].file.names == ("first", "sex", "_index", "_parent_index", "_submission__uuid")[:4]


def test_the_form_tells_of_the_study(found):
    """Its title, in its language."""
    assert (found.study.id, found.study.title) == ("needs2026", {"en": "Needs of households"})


@pytest.mark.parametrize("mark", ["/", "-"])
@pytest.mark.parametrize(("yes", "no"), [("1", "0"), ("TRUE", "FALSE")])
def test_answers_told_one_by_one_are_taken_as_they_are(desk, form, mark, yes, no):
    """With the summary beside them, which is left out."""
    lines = [
        "home/village,home/need,home/need/food,home/need/water,home/need/other,_uuid",
        f"Kita,food,{yes},{no},{no},u1",
    ]
    found = desk.read({"form.xlsx": form, "export.csv": "\n".join(lines).replace("/", mark) + "\n"})

    assert desk.rows(found) == [{"village": "Kita", "need_food": 1, "need_water": 0, "need_other": 0, "_uuid": "u1"}]


def test_an_answer_no_list_knows_keeps_the_question_as_it_was(desk, form):
    """An older version of the form had it."""
    found = desk.read({"form.xlsx": form, "export.csv": "village,need,_uuid\nKita,food shelter,u1\n"})

    assert desk.columns(found)["need"] == ["food shelter"]
    assert "need has answers" in str(found.notes[0])


def test_an_export_of_odk_is_linked_by_its_keys(desk, form):
    """KEY and PARENT_KEY, one CSV file a repeat, in one archive."""
    archive = desk.archive({
        "needs.csv": "home-village,meta-instanceID,KEY\nKita,uuid:1,uuid:1\n",
        "needs-members.csv": "first,sex,PARENT_KEY,KEY\nAna,2,uuid:1,uuid:1/m[1]\nBen,1,uuid:1,uuid:1/m[2]\n",
    })  # fmt: skip
    found = desk.read({"form.xlsx": form, "export.zip": archive})

    assert [(one.file.name, one.file.parent, one.file.link) for one in found.tables] == [
        ("needs2026", "", ()), ("members", "needs2026", ("PARENT_KEY",)),
    ]  # fmt: skip


def test_an_export_without_its_form_is_linked_all_the_same(desk):
    """The server's own columns say enough."""
    found = desk.read({"export.xlsx": desk.workbook(needs2026=MAIN, members=MEMBERS, jobs=JOBS)})

    assert [(one.file.name, one.file.parent) for one in found.tables] == [
        ("needs2026", ""), ("members", "needs2026"), ("jobs", "members"),
    ]  # fmt: skip


def test_the_htcds_form_is_read(desk, shared):
    """Five of its questions take several answers."""
    form = (shared / "standards/htcds/templates/htcds_xlsform.xlsx").read_bytes()
    export = "con_Consent,prs_First_Name,vic_MethodsOfControl,_uuid\n1,Ana,1 2,u1\n"
    found = desk.read({"htcds.xlsx": form, "export.csv": export})

    assert desk.file(found)["prs_First_Name"].label == "First Name"


@pytest.mark.parametrize(
    ("export", "says"),
    [
        ("public_key,_uuid\nabc,u1\n", "are encrypted"),
        ("village,base64EncryptedKey,_uuid\nKita,abc,u1\n", "are encrypted"),
        ("Village?,How many?,_uuid\nKita,3,u1\n", "No column of export.csv is a question"),
        ("village,members/x,sex,_uuid\nKita,1,Man,u1\n", ""),
    ],
)
def test_exports_that_cannot_be_used_say_why(desk, form, export, says):
    """Encrypted answers, or labels in place of names."""
    if not says:
        assert desk.read({"form.xlsx": form, "export.csv": export}).tables
        return
    with pytest.raises(BadInput, match=says):
        desk.read({"form.xlsx": form, "export.csv": export})


def test_a_form_that_asks_for_encryption_refuses_unopened_answers(desk):
    """The key lies with who made the form."""
    settings = [["form_id", "public_key"], ["f", "MIIB"]]
    form = desk.workbook(survey=SURVEY, choices=CHOICES, settings=settings)

    with pytest.raises(BadInput, match="are encrypted"):
        desk.read({"form.xlsx": form, "export.csv": "file,_uuid\nx.enc,u1\n"})


def test_answers_in_words_are_refused(desk, form):
    """A code is the same in every language."""
    with pytest.raises(BadInput, match="answers in words instead of codes"):
        desk.read({"form.xlsx": form, "members.csv": "sex,_parent_index\nMan,1\nWoman,1\n",
                   "main.csv": "village,_index,_uuid\nKita,1,u1\n"})  # fmt: skip


def test_a_form_alone_is_refused(desk, form):
    """It holds no answer."""
    with pytest.raises(BadInput, match="form without answers"):
        desk.read({"form.xlsx": form})


def test_two_forms_are_refused(desk, form):
    """Which of them asked?"""
    with pytest.raises(BadInput, match="second form"):
        desk.read({"a.xlsx": form, "b.xlsx": form, "export.csv": "village,_uuid\nKita,u1\n"})
