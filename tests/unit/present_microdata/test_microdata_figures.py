"""Figures of microdata: from releases and insights only, and withheld ones told as withheld."""

import re
from collections.abc import Callable
from itertools import product
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import Markup

from safeconduct.model.editions import FileRelease
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.microdata import Column
from safeconduct.model.outcomes import Insight
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.present import blocks
from safeconduct.present.blocks.insiders import figure
from safeconduct.present.blocks.pictures import Point, frontier
from safeconduct.present.words import Words, languages

AGE = Column(file="members", name="age")


def rows(html: str) -> list[list[str]]:
    found = re.findall(r"<tr.*?</tr>", html, re.DOTALL)
    return [
        [re.sub(r"<[^>]+>", "", cell) for cell in re.findall(r"<t[hd].*?</t[hd]>", row, re.DOTALL)] for row in found
    ]


def view_of(**columns: list[object]) -> Insight:
    return Insight(title=say("Figures"), table=Table.of(columns), audience="data steward")


# figures come from releases and insights only


@pytest.mark.parametrize("thing", [{"q7": 3}, Table.of({"q7": [3]}), None, view_of(rows=[1])])
def test_figures_of_anything_but_an_edition_are_a_type_error(en: Words, thing: FileRelease) -> None:
    for block in (lambda: blocks.figures_table(en, thing, "members", "q7"), lambda: blocks.edition_sheet(en, thing)):
        with pytest.raises(TypeError, match="only a FileRelease"):
            block()


INSIDERS: dict[str, Callable[[Words, Insight], Markup]] = {
    "issue_list": lambda words, thing: blocks.issue_list(words, thing, [], action="/", csrf="t"),
    "before_after": lambda words, thing: blocks.before_after(words, thing, []),
    "risk_histogram": blocks.risk_histogram,
    "risk_utility": blocks.risk_utility,
    "step_ladder": lambda words, thing: blocks.step_ladder(words, thing, [], action="/", csrf="t", edit=str),
}


@pytest.mark.parametrize("name", INSIDERS)
def test_insiders_figures_of_anything_but_an_insight_are_a_type_error(
    en: Words, name: str, edition: FileRelease
) -> None:
    for thing in (edition, Table.of({"rows": [1]}), [1], None):
        with pytest.raises(TypeError, match="only an Insight"):
            INSIDERS[name](en, thing)  # type: ignore[arg-type]  # the point of the test


@pytest.mark.parametrize("name", INSIDERS)
def test_an_insight_without_its_columns_says_which_it_needs(en: Words, name: str) -> None:
    with pytest.raises(BadInput, match="needs the columns"):
        INSIDERS[name](en, view_of(other=[1]))


@pytest.mark.parametrize("name", INSIDERS)
def test_insiders_figures_say_for_whom_they_are(en: Words, name: str) -> None:
    empty: list[object] = []
    insight = view_of(
        rows=[], name=empty, before=empty, after=empty, first=empty, last=empty, now=empty, risk=[], loss=[]
    )
    ladder = view_of(risk=[0.1], loss=[0.0])
    html = INSIDERS[name](en, ladder if name == "step_ladder" else insight)
    assert html.startswith('<div class="insider"')
    assert "Only for data steward." in html


def test_counts_and_words_must_belong_together(en: Words) -> None:
    with pytest.raises(BadInput, match="one row for every line"):
        blocks.issue_list(en, view_of(rows=[1, 2]), [], action="/", csrf="t")


def test_a_correction_shows_no_count_without_an_insight(en: Words) -> None:
    done = [blocks.CorrectionLine(says=say("Ages above 120 are called missing."), columns=(AGE,))]
    without = blocks.correction_list(en, done, action="/", csrf="t")
    assert "Cells changed" not in without
    assert "Cells changed: 7" in blocks.correction_list(en, done, action="/", csrf="t", insight=view_of(changed=[7]))


def test_a_withheld_count_is_told_as_withheld_never_blank_or_zero(en: Words, edition: FileRelease) -> None:
    assert rows(blocks.figures_table(en, edition, "members", "q7")) == [
        ["Code", "What it stands for", "Rows"],
        ["1", "Yes", "930", ""],
        ["2", "No", "withheld", ""],
        ["3", "Not sure", "withheld", ""],
    ]


def test_a_withheld_extreme_and_a_withheld_number_of_missing_are_told_as_withheld(
    en: Words, edition: FileRelease
) -> None:
    html = blocks.figures_table(en, edition, "members", "age")
    facts = dict(re.findall(r"<dt>(.*?)</dt><dd>(.*?)</dd>", html))
    assert facts == {"Rows with an answer": "1,234", "Rows without": "withheld", "Smallest": "0", "Largest": "withheld",
                     "Mean": "23.4", "Standard deviation": "17.9"}  # fmt: skip


def test_a_variable_without_released_figures_says_so(en: Words, edition: FileRelease) -> None:
    assert "No figures are told" in blocks.figures_table(en, edition, "members", "note")


def test_a_variable_that_is_not_there_is_not_found(en: Words, edition: FileRelease) -> None:
    with pytest.raises(NotFound):
        blocks.figures_table(en, edition, "members", "name")


def test_categories_are_told_in_the_readers_language(edition: FileRelease) -> None:
    assert "Oui" in blocks.figures_table(Words("fr"), edition, "members", "q7")


def test_withheld_figures_look_the_same_in_every_language(edition: FileRelease) -> None:
    for language, name in product(languages(), ("q7", "age")):
        html = blocks.figures_table(Words(language), edition, "members", name)
        assert "None" not in html
        assert '<td class="figure"></td>' not in html


# before and after


@pytest.mark.parametrize(("before", "after", "better", "told"), [
    ("0.2", "0.1", "lower", "Lower: better"),
    ("0.1", "0.2", "lower", "Higher: worse"),
    ("1", "3", "higher", "Higher: better"),
    ("3", "1", "higher", "Lower: worse"),
    ("3", "3", "higher", "Unchanged"),
    ("", "3", "higher", "Higher is better"),
    ("0.1", "not told", "lower", "Lower is better"),
])  # fmt: skip
def test_a_change_is_told_in_words(
    en: Words, before: str, after: str, better: Literal["lower", "higher"], told: str
) -> None:
    insight = view_of(name=["k"], before=[before], after=[after])
    (_, row) = rows(blocks.before_after(en, insight, [blocks.MeasureLine(name="k", better=better)]))
    assert row[-1] == told


@pytest.mark.parametrize(("value", "told"), [
    (None, "not told"), ("", "not told"), (0, "0"), (0.143, "0.143"), ("0.04", "0.04"), (12345.6, "12,346"),
    (1.5, "1.5"), (0.00001, "less than 0.0001"), ("below 3", "below 3"), (float("nan"), "nan"), (-0.25, "−0.25"),
])  # fmt: skip
def test_a_figure_is_as_fine_as_it_is_small(en: Words, value: object, told: str) -> None:
    assert figure(en, value) == told


@given(st.lists(st.tuples(st.integers(0, 9), st.integers(0, 9)), max_size=12))
def test_nothing_beats_a_point_of_the_frontier_and_something_beats_every_other(pairs: list[tuple[int, int]]) -> None:
    points = [Point(name=str(at), risk=risk, loss=loss) for at, (risk, loss) in enumerate(pairs)]
    best = frontier(points)

    def beaten(one: Point) -> bool:
        return any(
            two.risk <= one.risk and two.loss <= one.loss and (two.risk, two.loss) != (one.risk, one.loss)
            for two in points
        )

    assert not any(map(beaten, best))
    told = {(one.risk, one.loss) for one in best}
    assert all(beaten(one) for one in points if (one.risk, one.loss) not in told)


def test_a_plan_above_the_limit_is_told_as_too_risky(en: Words) -> None:
    insight = view_of(name=["A", "B"], risk=[0.02, 0.2], loss=[0.3, 0.0], now=[True, False])
    table = rows(blocks.risk_utility(en, insight, limit=0.03))
    assert [row[-1] for row in table[1:]] == ["Nothing is safer and as useful", "Too risky to leave"]
