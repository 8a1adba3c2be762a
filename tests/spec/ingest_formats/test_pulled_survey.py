"""Interviews as a server hands them over, a line each, with the form as the server has it."""

import json

import pytest

from safeconduct.model.errors import Unreadable

FORM = {
    "uid": "aB3dEfGh9",
    "name": "Needs of households",
    "content": {
        "translations": ["English (en)", "Français (fr)"],
        "settings": {"default_language": "English (en)"},
        "survey": [
            {"type": "begin_group", "name": "home", "label": ["Home", "Foyer"]},
            {"type": "text", "name": "village", "label": ["Village?", "Village ?"], "required": True},
            {"type": "select_multiple", "select_from_list_name": "needs", "name": "need", "label": ["Need?", "Quoi ?"]},
            {"type": "end_group"},
            {"type": "note", "name": "thanks", "label": ["Thank you", "Merci"]},
            {"type": "begin_repeat", "name": "members", "label": ["Members", "Membres"]},
            {"type": "select_one", "select_from_list_name": "sexes", "name": "sex", "label": ["Sex", "Sexe"]},
            {"type": "begin_repeat", "name": "jobs", "label": ["Jobs", None]},
            {"type": "text", "name": "job", "label": ["Job", None]},
            {"type": "end_repeat"},
            {"type": "end_repeat"},
        ],
        "choices": [
            {"list_name": "needs", "name": "food", "label": ["Food", "Nourriture"]},
            {"list_name": "needs", "name": "water", "label": ["Water", "Eau"]},
            {"list_name": "sexes", "name": "1", "label": ["Man", "Homme"]},
            {"list_name": "sexes", "name": "2", "label": ["Woman", "Femme"]},
        ],
    },
}  # fmt: skip
KOBO = [
    {"_id": 1, "_uuid": "u1", "home/village": "Ségou", "home/need": "food water", "members": [
        {"members/sex": "2", "members/jobs": [{"members/jobs/job": "guard"}]}, {"members/sex": "1"}]},
    {"_id": 2, "_uuid": "u2", "home/village": "Kita", "members": [{"members/sex": "1"}]},
]  # fmt: skip
ODK = [
    {"KEY": "uuid:1", "home": {"village": "Ségou", "need": "food water"}, "members": [
        {"__id": "a", "__Submissions-id": "uuid:1", "sex": "2", "jobs": [{"__id": "b", "job": "guard"}],
         "jobs@odata.navigationLink": "Submissions('uuid:1')/members('a')/jobs"}, {"__id": "c", "sex": "1"}]},
    {"KEY": "uuid:2", "home": {"village": "Kita", "need": None}, "members": [{"__id": "d", "sex": "1"}]},
]  # fmt: skip


def lines(*records):
    return "".join(json.dumps({"id": "x", "version": "y", "answers": one}) + "\n" for one in records)


@pytest.fixture(params=[KOBO, ODK], ids=["kobo", "odk"])
def found(desk, request):
    return desk.read({"f.asset.json": json.dumps(FORM), "f.submissions.jsonl": lines(*request.param)})


def test_answers_stand_under_their_questions_with_every_language(desk, found):
    """As from an export with its form, whichever way the server nests its answers."""
    columns = desk.columns(found, "aB3dEfGh9")

    assert columns["village"] == ["Ségou", "Kita"]
    assert [columns["need_food"], columns["need_water"]] == [[1, None], [1, None]]
    assert desk.file(found, "aB3dEfGh9")["village"].questions == {"en": "Village?", "fr": "Village ?"}
    assert desk.file(found, "members")["sex"].categories[1].labels == {"en": "Woman", "fr": "Femme"}
    assert found.study.title == {"en": "Needs of households"}


def test_repeats_are_tables_linked_to_the_row_above(desk, found):
    """Also a repeat in a repeat: each row says which row above it belongs to."""
    members, jobs = desk.file(found, "members"), desk.file(found, "jobs")

    assert (members.parent, members.link) == ("aB3dEfGh9", ("_parent_index",))
    assert (jobs.parent, jobs.link) == ("members", ("_parent_index",))
    assert desk.columns(found, "members")["_parent_index"] == [1, 1, 2]
    assert desk.columns(found, "members")["sex"] == [2, 1, 1]
    assert desk.rows(found, "jobs")[0]["_parent_index"] == 1


def test_a_question_nobody_answered_yet_has_its_column(desk):
    """A table looks alike from one pull to the next."""
    found = desk.read({"f.asset.json": json.dumps(FORM), "f.submissions.jsonl": lines({"_id": 1, "_uuid": "u"})})

    assert {"village", "need_food", "need_water"} <= set(desk.file(found, "aB3dEfGh9").names)
    assert desk.rows(found, "members") == []


def test_without_a_form_the_links_are_found_all_the_same(desk):
    """What the form would have said is not guessed."""
    found = desk.read({"f.submissions.jsonl": lines(*KOBO)})

    assert desk.file(found, "members").link == ("_parent_index",)
    assert desk.file(found, "jobs").parent == "members"


@pytest.mark.parametrize(
    "content",
    ["Zanele Marker-Dlamini\n", '{"answers": "Zanele Marker-Dlamini"}\n', lines({"a": "Zanele Marker-Dlamini"})[:-1],
     lines({"Zanele Marker-Dlamini\ud800": "\ud800 Zanele Marker-Dlamini"}), '{"answers": {"a": ' + "[" * 99_000 + "\n",
     lines({f"Zanele Marker-Dlamini {number}": 1 for number in range(10_001)})],
    ids=["no JSON", "no interview", "cut", "half a letter", "deep", "too many columns"],
)  # fmt: skip
def test_what_is_no_interview_is_told_without_a_word_of_it(desk, content):
    """Whatever a server or a broken line makes of it."""
    with pytest.raises(Unreadable) as told:
        desk.read_to_the_end({"f.submissions.jsonl": content})

    assert "Marker" not in repr(told.value)
    assert told.value.__context__ is None or told.value.__suppress_context__
