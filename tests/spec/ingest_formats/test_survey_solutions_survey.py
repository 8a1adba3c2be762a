"""Archives exported by Survey Solutions."""

import pandas as pd
import pytest

from safeconduct.model.errors import BadInput

MAIN = (
    "interview__key\tinterview__id\tvillage\tincome\tfood__1\tfood__2\n"
    "01-02\taa\tKita\t-999999999\t1\t0\n03-04\tbb\t##N/A##\t20\t0\t1\n"
)
MEMBERS = "interview__key\tinterview__id\tmembers__id\tsex\n01-02\taa\t1\t1\n01-02\taa\t2\t2\n03-04\tbb\t1\t2\n"
JOBS = "interview__key\tinterview__id\tmembers__id\tjobs__id\tjob\n01-02\taa\t2\t1\tguard\n"
QUESTIONNAIRE = {
    "Title": "Food survey",
    "Children": [{"$type": "Group", "Title": "A", "Children": [
        {"$type": "TextQuestion", "VariableName": "village", "QuestionText": "Which <b>village</b>?",
         "Instructions": "Ask"},
        {"$type": "NumericQuestion", "StataExportCaption": "income", "QuestionText": "Income?",
         "ConditionExpression": "age > 15"},
        {"$type": "MultyOptionsQuestion", "VariableName": "food", "QuestionText": "Which food?",
         "VariableLabel": "Food",
         "Answers": [{"AnswerText": "Rice", "AnswerValue": "1"}, {"AnswerText": "Millet", "AnswerValue": "2"}]},
        {"$type": "Group", "IsRoster": True, "VariableName": "members", "Children": [
            {"$type": "SingleQuestion", "VariableName": "sex", "QuestionText": "Sex?",
             "Answers": [{"AnswerText": "Man", "AnswerCode": 1}, {"AnswerText": "Woman", "AnswerCode": 2}]}]},
    ]}],
}  # fmt: skip


@pytest.fixture
def found(desk):
    return desk.read({"export.zip": desk.archive({
        "food.tab": MAIN, "members.tab": MEMBERS, "jobs.tab": JOBS,
        "interview__actions.tab": "interview__id\tx\naa\t1\n",
        "export__readme.txt": "Survey Solutions", "Questionnaire/content/document.json": QUESTIONNAIRE,
    })})  # fmt: skip


def test_rosters_are_linked_to_what_they_stand_in(found):
    """Jobs to members, members to interviews."""
    assert [(one.file.name, one.file.key, one.file.parent, one.file.link) for one in found.tables] == [
        ("food", ("interview__id",), "", ()),
        ("members", ("interview__id", "members__id"), "food", ("interview__id",)),
        ("jobs", ("interview__id", "members__id", "jobs__id"), "members", ("interview__id", "members__id")),
    ]


def test_what_was_not_answered_stands_beside(desk, found):
    """The server's own numbers and marks are no answers."""
    columns = desk.columns(found, "food")

    assert (columns["income"], columns["income·missing"]) == ([None, 20], ["-999999999", None])
    assert (columns["village"], columns["village·missing"]) == (["Kita", None], [None, "##N/A##"])


def test_questions_and_answers_come_from_the_questionnaire(desk, found):
    """Without the marks of the page they were shown on."""
    food = desk.file(found, "food")

    assert food["village"].questions == {"": "Which village?"}
    assert (food["village"].hints, food["income"].relevant) == ({"": "Ask"}, "age > 15")
    assert (food["food__2"].labels, food["food__2"].group) == ({"": "Food: Millet"}, "food")
    assert [one.labels[""] for one in desk.file(found, "members")["sex"].categories] == ["Man", "Woman"]
    assert found.study.title == {"": "Food survey"}


def test_files_about_the_work_of_interviewers_are_left_out(found):
    """With a note."""
    assert any("interview__actions.tab" in str(note) for note in found.notes)


def test_stata_exports_are_read_with_their_letters(desk):
    """`.a` for what was not answered."""
    income = pd.Series([1, "a"], dtype=object)
    content = desk.statistics("food.dta", {"interview__id": ["aa", "bb"], "income": income},
                              missing_user_values={"income": ["a"]})  # fmt: skip
    found = desk.read({"x.zip": desk.archive({"food.dta": content})})

    assert (found.format, desk.columns(found)["income·missing"]) == ("survey_solutions", [None, "a"])


def test_an_export_about_interviews_alone_is_refused(desk):
    """It holds no answers."""
    with pytest.raises(BadInput, match="about interviews, not answers"):
        desk.read({"interview__errors.tab": "interview__id\tx\naa\t1\n"})
