"""The gallery of the microdata pages: labelled, captioned, escaped, nothing inline."""

import re
from dataclasses import replace
from datetime import UTC, datetime
from html.parser import HTMLParser

import pytest
from markupsafe import Markup

from safeconduct.model.microdata import Column, VariableRole, VariableType
from safeconduct.model.outcomes import Insight
from safeconduct.model.study import Access
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.present import blocks
from safeconduct.present.blocks import ParameterField, ParameterSort, StepState, Verdict
from safeconduct.present.microdata_gallery import EditionExamples, microdata_gallery
from safeconduct.present.words import Words, languages

BAD = "<img src=x onerror=alert(1)>\"'&"
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)
AGE = Column(file="members", name="age")
A_ROW = blocks.VariableRow(
    column=AGE, label="Age", type=VariableType.INTEGER, proposal=VariableRole.QUASI, because=say("Its name says so."),
    alike=2,
)  # fmt: skip


class Controls(HTMLParser):
    """Controls of a page that has none of: a label for them, a label around them, a name of their own."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.labelled = set(re.findall(r'<label[^>]* for="([^"]+)"', html))
        self.within_label = 0
        self.bare: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        has = dict(attrs)
        self.within_label += tag == "label"
        control = tag in {"select", "textarea"} or (tag == "input" and has.get("type") != "hidden")
        if control and not (has.get("id") in self.labelled or self.within_label or has.get("aria-label")):
            self.bare.append(str(self.get_starttag_text()))

    def handle_endtag(self, tag: str) -> None:
        self.within_label -= tag == "label"


@pytest.fixture(scope="module", params=languages())
def whole(request: pytest.FixtureRequest, shown: EditionExamples) -> str:
    return microdata_gallery(Words(request.param), shown)


def view_of(**columns: list[object]) -> Insight:
    return Insight(title=say("Figures"), table=Table.of(columns), audience="data steward")


def sheet(en: Words, some: list[blocks.VariableRow], view: blocks.SheetView) -> Markup:
    return blocks.variables_grid(en, some, view=view, action="/v", csrf="t", link=lambda page: f"?page={page}")


# the whole gallery


def test_every_control_has_a_label(whole: str) -> None:
    assert Controls(whole).bare == []


def test_the_label_test_sees_a_bare_control() -> None:
    assert len(Controls('<label>A <input name="a"></label><input name="b"><select id="c"></select>').bare) == 2


def test_nothing_is_inline_and_scripts_are_our_own(whole: str) -> None:
    assert not re.search(r"<style|\sstyle=|\son[a-z]+=\"|javascript:|https?://", whole)
    scripts = re.findall(r"<script(.*?)</script>", whole)
    assert scripts
    assert all(re.fullmatch(r' src="/static/\w+\.js\?v=[0-9a-f]{12}" defer>', one) for one in scripts)


def test_no_two_elements_share_an_id_and_every_reference_leads_somewhere(whole: str) -> None:
    ids = re.findall(r'\sid="([^"]+)"', whole)
    named = re.findall(r'(?:aria-labelledby|aria-describedby|\sfor)="([^"]+)"', whole)
    assert {one for one in ids if ids.count(one) > 1} == set()
    assert {one for many in named for one in many.split()} | set(re.findall(r'href="#([^"]+)"', whole)) <= set(ids)


def test_every_table_has_a_caption_and_its_headers_a_scope(whole: str) -> None:
    assert whole.count("<table") == whole.count("<caption>")
    assert not re.search(r"<th(?![^>]* scope=)[ >]", whole)


def test_every_picture_is_named_or_told_beside(whole: str) -> None:
    assert not [
        one for one in re.findall(r"<svg[^>]*>", whole) if "aria-hidden" not in one and "aria-labelledby" not in one
    ]


def test_every_post_carries_the_token(whole: str) -> None:
    posts = re.findall(r'<form[^>]*method="post".*?</form>', whole, re.DOTALL)
    assert len(posts) > 10
    assert all('name="csrf" value="example"' in one for one in posts)


def test_arabic_runs_from_right_to_left(shown: EditionExamples) -> None:
    assert '<html lang="ar" dir="rtl">' in microdata_gallery(Words("ar"), shown)


# escaping


def bad_blocks(en: Words) -> list[Markup]:
    """Every block that shows something a person or a file wrote, given something nasty."""
    link, column = blocks.Link(BAD, BAD), Column(file=BAD, name=BAD)
    field = ParameterField(name=BAD, sort=ParameterSort.TEXT, says=BAD, title=BAD, value=BAD)
    method = blocks.MethodForm(name=BAD, title=BAD, says=BAD, parameters=(field,), why=BAD, errors={"columns": BAD},
                               columns=(blocks.ColumnOption(name=BAD, label=BAD, aside=BAD),))  # fmt: skip
    risk = {"risk": [0.1, 0.1], "loss": [0.1, 0.1]}
    issue = blocks.IssueLine(says=BAD, columns=(column,), id=BAD, suggestion=BAD)
    difference = blocks.DifferenceLine(column=column, says=BAD, before=BAD, after=BAD)
    study = blocks.StudyCard(title=BAD, href=BAD, access=Access.LICENSED, producers=BAD, snippet=BAD)
    asked = blocks.TextAsked(name=BAD, label=BAD, values={"en": BAD}, languages=("en",), hint=BAD, error=BAD)
    return [
        blocks.stepper(en, [blocks.StepLine(title=BAD, state=StepState.NOW, href=BAD, says=BAD)], label=BAD),
        blocks.state_line(en, BAD, owner=BAD, since=NOON.date()),
        blocks.timeline(en, [blocks.MoveLine(says=BAD, who=BAD, at=NOON, why=BAD)]),
        blocks.upload_form(en, action=BAD, csrf=BAD, upload_api=BAD, max_hint=BAD, carried={BAD: BAD}, formats=BAD),
        blocks.variables_filter(en, blocks.SheetView(text=BAD), action=BAD),
        sheet(en, [replace(A_ROW, column=column, label=BAD, because=BAD)], blocks.SheetView()),
        blocks.issue_list(en, view_of(rows=[1]), [issue], action=BAD, csrf=BAD),
        blocks.correction_list(en, [blocks.CorrectionLine(says=BAD, columns=(column,), why=BAD, who=BAD)], action=BAD,
                               csrf=BAD),
        blocks.difference_list(en, [difference], caption=BAD),
        blocks.before_after(en, view_of(name=[BAD], before=[BAD], after=[BAD]),
                            [blocks.MeasureLine(name=BAD, title=BAD, says=BAD, unit=BAD)]),
        blocks.risk_utility(en, view_of(name=[BAD], risk=[0.1], loss=[0.1], now=[True])),
        blocks.step_ladder(en, view_of(**risk), [blocks.LadderStep(title=BAD, columns=(BAD,), why=BAD)], action=BAD,
                           csrf=BAD, edit=lambda _at: BAD),
        blocks.plan_step_form(en, method, action=BAD, csrf=BAD, try_it=BAD),
        blocks.check_list(en, [blocks.CheckLine(says=BAD, passed=False, advice=BAD)]),
        blocks.vote_form(en, action=BAD, csrf=BAD, draft=BAD, says=BAD),
        blocks.votes_shown(en, [blocks.VoteLine(who=BAD, verdict=Verdict.REJECT, says=BAD, at=NOON)], given=1, needed=1,
                           blind=False),
        blocks.review_keys(en, previous=link, following=link),
        blocks.languages_beside(en, asked),
        blocks.repeated_group(en, BAD, BAD, cells=[blocks.GroupCell(key=BAD, label=BAD, hint=BAD)], rows=[{BAD: BAD}]),
        blocks.requirement_meter(en, done=1, of=2, missing=[link]),
        blocks.study_card(en, study),
        blocks.variable_card(en, blocks.VariableCard(name=BAD, href=BAD, study=link, label=BAD, question=BAD)),
        blocks.basket_button(en, action=BAD, csrf=BAD, variable=BAD, inside=True),
        blocks.facets(en, [blocks.Facet(title=BAD, values=[blocks.FacetValue(says=BAD, href=BAD, studies=1)])]),
        blocks.search_form(en, blocks.Searched(text=BAD, first=BAD, carried=((BAD, BAD),)), action=BAD, wrong=BAD),
        blocks.citation_box(en, BAD),
        blocks.version_list(en, [blocks.VersionLine(number=1, standing=blocks.Standing.WITHDRAWN, day=NOON.date(),
                                                    href=BAD, says=BAD, reason=BAD, digest=BAD)]),
        blocks.terms(en, blocks.Terms(title=BAD, clauses=(BAD,), digest=BAD, accepts=BAD, prevails=BAD), action=BAD,
                     csrf=BAD),
        blocks.deliveries(en, [blocks.Delivery(name=BAD, format=BAD, says=BAD, size=1, href=BAD, sha256=BAD)]),
    ]  # fmt: skip


def test_everything_a_person_or_a_file_wrote_is_escaped(en: Words) -> None:
    for block in bad_blocks(en):
        assert "<img" not in block
        assert "&lt;img" in block
        assert f'"{BAD}' not in block
