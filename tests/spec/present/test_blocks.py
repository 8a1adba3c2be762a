"""Blocks: escaped, labelled, and for releases only."""

import re
from collections.abc import Callable
from html.parser import HTMLParser

import pytest

from safeconduct.model.geography import Geography
from safeconduct.model.outcomes import Alternative, CellStatus, Insight, Pending, Refusal, Release
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.present import blocks
from safeconduct.present.gallery import Examples
from safeconduct.present.words import Words

V, S, Z, N, R = CellStatus
Answer = Callable[..., Release]


class Cells(HTMLParser):
    """The rows of the first table body, as texts."""

    def __init__(self) -> None:
        super().__init__()
        self.rows: list[list[str]] = []
        self.within = False

    def handle_starttag(self, tag: str, attrs: object) -> None:  # noqa: ARG002 - the parser's signature
        if tag == "tr":
            self.rows.append([])
        self.within = tag in {"td", "th"}
        if self.within:
            self.rows[-1].append("")

    def handle_data(self, data: str) -> None:
        if self.within:
            self.rows[-1][-1] += data

    def handle_endtag(self, tag: str) -> None:
        self.within = self.within and tag not in {"td", "th"}


def rows(html: str) -> list[list[str]]:
    reader = Cells()
    reader.feed(html)
    return reader.rows


def test_the_table_twin_says_every_cell_in_words(en: Words, answer: Answer, geography: Geography) -> None:
    codes = [f"D000{at}" for at in range(5)]
    release = answer({codes[0]: 1234, codes[2]: 0}, dict(zip(codes, CellStatus, strict=True)))
    assert rows(blocks.release_table(en, release, geography)) == [
        ["Area", "People", "Status", "Why"],
        ["Bas-Fleuve 1-1", "1,234", "Released", ""],
        ["Bas-Fleuve 1-2", "", "Withheld", "Too few people, or it would give away a figure of too few people."],
        ["Bas-Fleuve 1-3", "0", "Known zero", "Known to be zero from public facts, such as a lake."],
        ["Bas-Fleuve 1-4", "", "Not observed",
         "Nothing could be seen here: no phone mast, or no data for the day. It is not zero."],
        ["Bas-Fleuve 1-5", "", "Refused", "The agreement does not allow a figure here. It is not zero."],
    ]  # fmt: skip


def test_a_number_left_beside_a_withheld_status_is_not_shown(en: Words, answer: Answer, geography: Geography) -> None:
    assert "4321" not in blocks.release_table(en, answer({"D0000": 4321}, {"D0000": S}), geography).replace(",", "")


def test_an_unknown_place_and_a_place_without_a_name_are_told(en: Words, answer: Answer, geography: Geography) -> None:
    assert rows(blocks.release_table(en, answer({"X9": 20}, {"X9": V}), geography))[1][0] == "X9"


def test_a_long_table_is_told_in_pages(en: Words, examples: Examples) -> None:
    first = blocks.release_table(en, examples.daily, examples.geography, page=1, link=lambda page: f"?page={page}")
    last = blocks.release_table(en, examples.daily, examples.geography, page=99, link=lambda page: f"?page={page}")
    assert len(rows(first)) == 201
    assert len(rows(last)) == 12 * 80 % 200 + 1
    assert "Page 1 of 5" in first
    assert 'rel="prev"' not in first
    assert 'href="?page=4"' in last


@pytest.mark.parametrize("block", [blocks.release_table, blocks.release_facts, blocks.status_counts])
def test_figures_of_anything_but_a_release_are_a_type_error(
    en: Words, examples: Examples, block: Callable[..., str]
) -> None:
    arguments = [examples.geography] if block is blocks.release_table else []
    for thing in (examples.before.table, {"area": "A", "people": 3}, None):
        with pytest.raises(TypeError, match="only a Release"):
            block(en, thing, *arguments)


def test_a_release_is_not_an_insight(en: Words, examples: Examples) -> None:
    with pytest.raises(TypeError, match="only an Insight"):
        blocks.insight_table(en, examples.before)  # type: ignore[arg-type]  # the point of the test


def test_an_insight_names_its_audience(en: Words) -> None:
    insight = Insight(title=say("Files"), table=Table.of({"day": ["x"], "people": [3]}), audience="data steward")
    assert "Only for data steward." in blocks.insight_table(en, insight)


def test_the_refusal_card_says_what_rule_agreement_alternatives_and_whom_to_ask(en: Words) -> None:
    refusal = Refusal(
        reason="minimum_geography.too_fine", what=say("What."), rule=say("Rule."), agreement=say("Agreement."),
        alternatives=(Alternative(says=say("Other."), spec={"kind": "x"}), Alternative(says=say("Words only."))),
    )  # fmt: skip
    card = blocks.refusal_card(en, refusal, link=lambda _one: "/ask?spec=1&x=2", before=True)
    for told in ("This question would be refused", "What.", "Rule.", "Agreement.", "Other.", "Words only.",
                 "Ask the data steward", "minimum_geography.too_fine"):  # fmt: skip
        assert told in card
    assert card.count("Ask this instead") == 1
    assert 'href="/ask?spec=1&amp;x=2"' in card


def test_a_pending_answer_says_how_many_must_still_look(en: Words) -> None:
    assert "must still look at it: 2" in blocks.pending_card(en, Pending(answer_id="a", missing=2))


def test_everything_a_person_wrote_is_escaped(en: Words) -> None:
    bad = "<img src=x onerror=alert(1)>\"'"
    html = [
        blocks.field(en, blocks.Input(name="a", label=bad, value=bad, hint=bad, error=bad)),
        blocks.choice(en, blocks.Choice(name="a", label=bad, options=(blocks.Option(bad, bad, bad),), sort="many")),
        blocks.notice(en, bad), blocks.key_values(en, [(bad, bad)]), blocks.snippet(en, bad, bad),
        blocks.once(en, bad, bad), blocks.plain_table(en, [bad], [[bad]], caption=bad), blocks.hidden(bad, bad),
        blocks.listing(en, [blocks.Item(title=bad, href=bad, says=bad, aside=bad)]), blocks.paragraph(en, bad),
        blocks.downloads(en, [blocks.Download(title=bad, href=bad, says=bad, size=1)]),
        blocks.empty_state(en, bad, action=blocks.Link(bad, bad)), blocks.section(en, bad),
        blocks.error_summary(en, [("a", bad)]), blocks.button(en, bad, action=bad, csrf=bad, values={bad: bad}),
    ]  # fmt: skip
    for block in html:
        assert "<img" not in block
        assert "&lt;img" in block


def test_every_control_has_a_label_and_its_error_is_tied_to_it(en: Words) -> None:
    html = blocks.field(en, blocks.Input(name="last", label="Last day", hint="Included.", error="Too early."))
    assert '<label for="last">' in html
    assert 'aria-describedby="last-hint last-error"' in html
    assert 'aria-invalid="true"' in html
    assert 'id="last-error"' in html


def test_what_is_chosen_stays_chosen(en: Words) -> None:
    options = (blocks.Option("a", "A"), blocks.Option("b", "B"))
    for sort, mark in (("list", "selected"), ("one", "checked"), ("many", "checked")):
        html = blocks.choice(en, blocks.Choice(name="x", label="X", options=options, chosen=("b",), sort=sort))  # type: ignore[arg-type]  # each of the sorts
        assert re.findall(r'value="(\w)"[^>]* ' + mark, html) == ["b"]


def test_a_form_that_changes_something_is_a_post_with_its_token(en: Words) -> None:
    changing = blocks.form(en, action="/ask", submit="Ask", csrf="t0ken")
    looking = blocks.form(en, action="/ask", submit="Ask")
    assert 'method="post"' in changing
    assert 'name="csrf" value="t0ken"' in changing
    assert 'method="get"' in looking
    assert "csrf" not in looking
    assert 'method="post"' in blocks.button(en, "Go", action="/go", csrf="t0ken")


def test_nothing_wrong_is_no_summary_and_one_page_needs_no_links(en: Words) -> None:
    assert blocks.error_summary(en, []) == ""
    assert blocks.pagination(en, page=1, pages=1, link=str) == ""


def test_progress_tells_steps(en: Words) -> None:
    assert "Step 1 of 3" in blocks.progress(en, step=1, steps=3, says="Being computed.")


@pytest.mark.parametrize(("size", "told"), [(0, ""), (1, "1 kB"), (12_400, "12 kB")])
def test_a_file_tells_its_size_where_it_is_known(en: Words, size: int, told: str) -> None:
    html = blocks.downloads(en, [blocks.Download(title="CSV", href="/a", says="For a notebook.", size=size)])
    assert re.findall(r"\d+ kB", html) == ([told] if told else [])


def test_each_value_of_a_wide_table_says_its_column_where_there_is_no_room_for_a_head():
    """On a telephone rows become lists; tables of two columns, of very many rows and calendars stay tables."""

    def made(columns, rows, **how):
        return blocks.plain_table(Words("en"), columns, [["x"] * len(columns)] * rows, caption="t", **how)

    assert made(["When", "What", "Who"], 1).count('data-column="What"') == 1
    assert "data-column" not in made(["When", "What"], 1) + made(["a", "b", "c"], 61)
    assert "data-column" not in made(["a", "b", "c"], 1, way="dense")
