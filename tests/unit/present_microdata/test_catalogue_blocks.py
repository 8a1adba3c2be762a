"""Blocks of the catalogue: marks, access, editions, files, terms."""

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape

from safeconduct.model.study import Access
from safeconduct.present import blocks
from safeconduct.present.words import Words

BAD = "<img src=x onerror=alert(1)>\"'&"


# the catalogue


@given(st.text(max_size=30), st.lists(st.tuples(st.integers(-3, 33), st.integers(-3, 33)), max_size=5))
def test_marking_changes_no_word_and_escapes_all_of_them(text: str, spans: list[tuple[int, int]]) -> None:
    html = blocks.marked(text, spans)
    assert html.replace("<mark>", "").replace("</mark>", "") == escape(text)


def test_every_way_of_getting_files_has_a_name_and_a_meaning(en: Words) -> None:
    badges = {blocks.access_badge(en, one, explained=True) for one in Access}
    assert len(badges) == len(Access)


def test_a_withdrawn_edition_leaves_its_page_and_its_reason(en: Words) -> None:
    gone = blocks.VersionLine(number=1, standing=blocks.Standing.WITHDRAWN, day=date(2026, 3, 3), href="/s/1/1",
                              reason="Told too much.")  # fmt: skip
    now = blocks.VersionLine(number=2, standing=blocks.Standing.CURRENT, day=date(2026, 3, 4), href="/s/1/2")
    html = blocks.version_list(en, [gone, now])
    assert html.index("Edition 2") < html.index("Edition 1")
    assert 'href="/s/1/1"' in html
    assert "Told too much." in html
    assert "no longer given out" in html


def test_a_file_without_downloads_left_is_no_link(en: Words) -> None:
    one = blocks.Delivery(name="a.csv", format="CSV", says="S", size=2_500_000, href="/d/1", left=0)
    assert "href" not in blocks.deliveries(en, [one])
    assert 'href="/d/1"' in blocks.deliveries(en, [replace(one, left=1)])
    assert "2.5 MB" in blocks.deliveries(en, [one])


@pytest.mark.parametrize(("size", "told"), [(0, "1 kB"), (999, "1 kB"), (12_400, "12 kB"), (4 * 10**9, "4 GB")])
def test_a_size_is_told_in_the_unit_people_use(en: Words, size: int, told: str) -> None:
    assert blocks.told_size(en, size) == told


def test_terms_are_accepted_by_a_tick_bound_to_their_digest(en: Words) -> None:
    agreed = blocks.Terms(title="Terms", clauses=("One.", "Two."), digest="abc", accepts="I accept.")
    html = blocks.terms(en, agreed, action="/accept", csrf="t")
    assert html.count("<li>") == 2
    assert 'name="terms" value="abc"' in html
    assert re.search(r'type="checkbox" name="accept" value="yes" required', html)
    assert "<form" not in blocks.terms(en, agreed)


def test_a_search_keeps_its_other_filters(en: Words) -> None:
    html = blocks.search_form(en, blocks.Searched(text=BAD, carried=(("country", "TCD"),)), action="/catalogue")
    assert 'name="country" value="TCD"' in html
    assert 'method="get"' in html
