"""Forms of the microdata pages: what they show, what they send, and how it is read back."""

import re
import zlib
from dataclasses import replace
from datetime import date
from typing import Literal

import pytest
from markupsafe import Markup

from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Column, VariableRole, VariableType
from safeconduct.model.outcomes import Insight
from safeconduct.model.study import Access
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.present import blocks
from safeconduct.present.blocks import ParameterField, ParameterSort, StepState, Verdict
from safeconduct.present.blocks.sheets import ROLES, TYPES
from safeconduct.present.words import Words

BAD = "<img src=x onerror=alert(1)>\"'&"
AGE = Column(file="members", name="age")
A_ROW = blocks.VariableRow(
    column=AGE, label="Age", type=VariableType.INTEGER, proposal=VariableRole.QUASI, because=say("Its name says so."),
    alike=2,
)  # fmt: skip


def sheet(en: Words, some: list[blocks.VariableRow], view: blocks.SheetView) -> Markup:
    return blocks.variables_grid(en, some, view=view, action="/v", csrf="t", link=lambda page: f"?page={page}")


def view_of(**columns: list[object]) -> Insight:
    return Insight(title=say("Figures"), table=Table.of(columns), audience="data steward")


# the sheet of variables


def test_an_undecided_row_is_marked_in_words_and_nothing_is_chosen_for_the_steward(en: Words) -> None:
    html = sheet(en, [A_ROW], blocks.SheetView())
    assert "Not decided</span>" in html
    assert not re.search(r"<option[^>]* selected", html)
    assert "As proposed" in html
    assert "All like this one: 2 more" in html


def test_a_decided_row_shows_its_role_and_no_tick_for_the_proposal(en: Words) -> None:
    html = sheet(en, [replace(A_ROW, role=VariableRole.OTHER)], blocks.SheetView())
    assert 'value="other" selected' in html
    assert "As proposed" not in html
    assert "All 1 are decided" in html


def many() -> list[blocks.VariableRow]:
    return [replace(A_ROW, column=Column(file="members", name=f"q{at}")) for at in range(250)]


def test_a_sheet_shows_a_hundred_variables_a_page(en: Words) -> None:
    html = sheet(en, many(), blocks.SheetView(page=3))
    assert html.count("<select") == 50
    assert "Page 3 of 3" in html


def test_a_page_of_a_hundred_variables_travels_in_less_than_15_kb(en: Words) -> None:
    assert len(zlib.compress(sheet(en, many(), blocks.SheetView()).encode())) < 15_000


def test_saving_comes_back_to_the_part_of_the_sheet_it_was_sent_from(en: Words) -> None:
    view = blocks.SheetView(show="undecided", role=VariableRole.QUASI, text="ag", page=1)
    html = sheet(en, [A_ROW], view)
    assert blocks.SheetView.of(dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', html))) == view


@pytest.mark.parametrize("query", [{}, {"show": "x", "of": "nobody", "page": "²"}, {"page": "-3"}])
def test_an_address_nobody_understands_shows_everything(query: dict[str, str]) -> None:
    assert blocks.SheetView.of(query) == blocks.SheetView()


@pytest.mark.parametrize(("view", "names"), [
    (blocks.SheetView(), ["age", "x"]),
    (blocks.SheetView(show="undecided"), ["age"]),
    (blocks.SheetView(role=VariableRole.QUASI), ["age"]),
    (blocks.SheetView(role=VariableRole.OTHER), ["x"]),
    (blocks.SheetView(text="AG"), ["age"]),
])  # fmt: skip
def test_a_sheet_can_be_narrowed(view: blocks.SheetView, names: list[str]) -> None:
    other = blocks.VariableRow(column=Column(file="members", name="x"), label="", type=VariableType.TEXT,
                               role=VariableRole.OTHER, proposal=VariableRole.QUASI)  # fmt: skip
    assert [one.column.name for one in view.shown([A_ROW, other])] == names


def test_what_the_sheet_sends_is_read_back() -> None:
    choices = blocks.read_choices({
        "csrf": "t", "role:members:age": "quasi-identifier", "alike:members:age": "1", "role:members:a:b": "",
        "agree:members:a:b": "1", "agree:members:age": "1", "role:broken": "other",
    })  # fmt: skip
    odd = Column(file="members", name="a:b")
    assert (choices.roles, choices.agreed, choices.alike) == ({AGE: VariableRole.QUASI}, {odd}, {AGE})


def test_a_role_that_is_none_of_the_eight_is_refused_without_quoting_it() -> None:
    with pytest.raises(BadInput, match="a role must be one of") as caught:
        blocks.read_choices({"role:members:age": "emperor"})
    assert "emperor" not in str(caught.value)


def test_every_role_and_type_has_words() -> None:
    assert set(ROLES) == set(VariableRole)
    assert set(TYPES) == set(VariableType)


# plans


FIELDS = (
    ParameterField(name="label", sort=ParameterSort.TEXT),
    ParameterField(name="k", sort=ParameterSort.NUMBER, required=True),
    ParameterField(name="share", sort=ParameterSort.DECIMAL),
    ParameterField(name="ends", sort=ParameterSort.YES_NO),
    ParameterField(name="by", sort=ParameterSort.CHOICE, choices=("mean", "limit")),
    ParameterField(name="codes", sort=ParameterSort.WORDS),
    ParameterField(name="breaks", sort=ParameterSort.NUMBERS),
    ParameterField(name="groups", sort=ParameterSort.GROUPS),
    ParameterField(name="weights", sort=ParameterSort.PAIRS),
    ParameterField(name="sizes", sort=ParameterSort.COUNTS),
    ParameterField(name="subsets", sort=ParameterSort.SETS, choices=("columns", "k")),
)
PLAN = {
    "label": "Ages", "k": 3, "share": "0.5", "ends": True, "by": "mean", "codes": ["1", "b"], "breaks": [0, 18, 60],
    "groups": {"north: high": ["1", "2"], "south": ["3"]}, "weights": {"age": "3", "sex": "0.5"},
    "sizes": {"hh": 3}, "subsets": [{"columns": ["age", "sex"], "k": 5}],
}  # fmt: skip


def sent(html: str) -> dict[str, str]:
    """What a browser would send of the parameters as they stand in the form."""
    boxes = re.findall(r'<textarea[^>]* name="(set\.\w+)"[^>]*>(.*?)</textarea>', html, re.DOTALL)
    lines = re.findall(r'<input type="text"[^>]* name="(set\.\w+)"[^>]* value="([^"]*)"', html)
    ticks = re.findall(r'type="checkbox" value="(yes)"[^>]* name="(set\.\w+)"[^>]* checked', html)
    lists = re.findall(r'<select[^>]* name="(set\.\w+)".*?value="(\w+)" selected', html)
    return {**dict(boxes), **dict(lines), **dict(lists), **{name: yes for yes, name in ticks}}


def test_a_step_that_is_shown_and_sent_again_is_the_same_step(en: Words) -> None:
    filled = tuple(replace(one, value=PLAN[one.name]) for one in FIELDS)
    method = blocks.MethodForm(name="m", title="M", says="S", parameters=filled, columns=())
    html = blocks.plan_step_form(en, method, action="/plan", csrf="t")
    assert blocks.read_parameters(sent(html), FIELDS) == PLAN


def test_empty_parameters_are_left_out_of_the_plan() -> None:
    assert blocks.read_parameters({"set.k": "3"}, FIELDS) == {"k": 3, "ends": False}


@pytest.mark.parametrize(("name", "text"), [
    ("k", ""), ("k", "three"), ("share", "half"), ("by", "median"), ("breaks", "1, x"), ("groups", "north"),
    ("groups", ": 1"), ("weights", "age:"), ("sizes", "hh: two"), ("subsets", "age: x"),
])  # fmt: skip
def test_what_cannot_be_read_names_its_control_and_never_quotes_it(name: str, text: str) -> None:
    with pytest.raises(BadInput) as caught:
        blocks.read_parameters({"set.k": "3", f"set.{name}": text}, FIELDS)
    assert caught.value.field == f"set.{name}"
    assert not text or text not in str(caught.value).replace("north: 1", "").replace("new label: 1, 2", "")


@pytest.mark.parametrize(("hint", "sort"), [
    (int, ParameterSort.NUMBER), (str, ParameterSort.TEXT), (bool, ParameterSort.YES_NO),
    (int | None, ParameterSort.NUMBER), (tuple[int, ...], ParameterSort.NUMBERS),
    (dict[str, int], ParameterSort.COUNTS), (tuple[str, ...], ParameterSort.WORDS),
    (dict[str, tuple[str, ...]], ParameterSort.GROUPS),
    (dict[str, str], ParameterSort.PAIRS), (tuple[Column, ...], ParameterSort.SETS),
    (Access, ParameterSort.CHOICE), (Literal["a"], ParameterSort.CHOICE),
])  # fmt: skip
def test_a_parameter_is_asked_for_by_its_type(hint: object, sort: ParameterSort) -> None:
    assert blocks.sort_of(hint)[0] is sort


def test_an_error_is_tied_to_its_control(en: Words) -> None:
    method = blocks.MethodForm(name="m", title="M", says="S", parameters=FIELDS, columns=(),
                               errors={"set.k": "Fill in.", "columns": "Choose one."})  # fmt: skip
    html = blocks.plan_step_form(en, method, action="/plan", csrf="t")
    assert 'aria-describedby="set.k-hint set.k-error" aria-invalid="true"' in html
    assert 'aria-describedby="columns-error"' in html


def test_the_first_step_cannot_go_up_and_the_last_not_down(en: Words) -> None:
    steps = [blocks.LadderStep(title=str(at)) for at in range(3)]
    html = blocks.step_ladder(en, view_of(risk=[0.3] * 4, loss=[0.1] * 4), steps, action="/", csrf="t", edit=str)
    assert [re.findall(r'value="(up|down)"', row) for row in html.split("<tr>")[3:]] == [
        ["down"],
        ["up", "down"],
        ["up"],
    ]


# steps, reviews, describing


@pytest.mark.parametrize("state", StepState)
def test_a_steps_state_is_told_in_words_and_the_current_one_marked(en: Words, state: StepState) -> None:
    html = blocks.stepper(en, [blocks.StepLine(title="Risk", state=state, href="/risk")])
    assert ('aria-current="step"' in html) is (state is StepState.NOW)
    assert re.search(r"<small>\w", html)


@pytest.mark.parametrize(("days", "told"), [(None, "Nobody can say yet"), (1, "one day"), (12, "12 days")])
def test_a_state_says_with_whom_since_when_and_how_long(en: Words, days: int | None, told: str) -> None:
    html = blocks.state_line(en, "Submitted", owner="the committee", since=date(2026, 3, 3), usual_days=days)
    assert "With the committee since 3 March 2026." in html
    assert told in html


def test_blind_votes_say_that_they_are_hidden_and_why(en: Words) -> None:
    html = blocks.votes_shown(en, [], given=1, needed=2, blind=True)
    assert "1 of 2 have voted" in html
    assert "hidden until all are in" in html


@pytest.mark.parametrize("verdict", Verdict)
def test_a_vote_keeps_what_was_chosen_and_what_it_is_bound_to(en: Words, verdict: Verdict) -> None:
    html = blocks.vote_form(en, action="/", csrf="t", draft="abc", chosen=verdict, says=BAD)
    assert re.findall(r'value="(\w+)" required checked', html) == [verdict.value]
    assert 'name="draft" value="abc"' in html


def test_what_did_not_pass_stands_first(en: Words) -> None:
    checks = [blocks.CheckLine(says="A", passed=True), blocks.CheckLine(says="B", passed=False, advice="Do this.")]
    html = blocks.check_list(en, checks)
    assert html.index("Did not pass") < html.index("Passed")
    assert "Do this." in html


def test_texts_stand_side_by_side_in_their_own_direction_and_none_is_lost(en: Words) -> None:
    asked = blocks.TextAsked(
        name="title", label="Title", languages=("en", "ar"), values={"pt": "Inquérito", "": "Survey"}
    )
    html = blocks.languages_beside(en, asked)
    boxes = re.findall(r'name="title\.(\w+)"[^>]*dir="(\w+)">(.*?)<', html)
    assert boxes == [("en", "ltr", ""), ("ar", "rtl", ""), ("pt", "ltr", "Inquérito"), ("und", "auto", "Survey")]
    assert blocks.read_languages({f"title.{code}": text for code, _, text in boxes}, "title") == asked.values


def test_a_language_nobody_knows_keeps_its_code(en: Words) -> None:
    asked = blocks.TextAsked(name="t", label="T", languages=("xx-none", "*"), values={})
    assert blocks.languages_beside(en, asked).count("<textarea") == 2


def test_a_list_has_one_empty_line_and_emptied_lines_go(en: Words) -> None:
    cells = [blocks.GroupCell(key="name", label="Name"), blocks.GroupCell(key="role", label="Role")]
    html = blocks.repeated_group(en, "producers", "Producers", cells=cells, rows=[{"name": "IOM"}, {"name": "UNHCR"}])
    form = dict(re.findall(r'name="(producers\.\d\.\w+)" value="(\w*)"', html))
    assert len(form) == 6
    form["producers.0.name"] = " "
    assert blocks.read_rows(form, "producers", ["name", "role"]) == [{"name": "UNHCR", "role": ""}]
