"""The codebook: one page that stands alone."""

from dataclasses import replace

import pytest
from lxml import html

from safeconduct.catalogue.codebook import codebook
from safeconduct.model.microdata import Variable, VariableType


@pytest.fixture
def page(entry):
    """The page as a browser reads it."""
    return html.fromstring(codebook(entry).decode())


def rows_of(page, variable):
    (section,) = [one for one in page.findall(".//section") if one.findtext("h3").startswith(variable)]
    return [[cell.text_content().strip() for cell in row] for row in section.findall(".//tbody/tr")]


def test_the_page_fetches_nothing_and_runs_nothing(page):
    """It can be kept on a disk for twenty years."""
    assert page.findall(".//script") == page.findall(".//link") == page.findall(".//img") == []
    assert not page.xpath("//@onclick | //@src")


def test_categories_stand_with_what_may_be_told(page):
    """A withheld count is a dash, never a nought."""
    assert rows_of(page, "sex") == [["1", "Woman", "520"], ["2", "Man", "–"], ["9", "Refused (missing)", "–"]]


def test_bands_stand_below_categories(page):
    """Ages have no categories of their own."""
    assert rows_of(page, "age") == [["20-29", "", "210"]]


def test_a_withdrawn_edition_is_listed_with_its_reason(page):
    """Who has it must know."""
    text = page.text_content()

    assert "Withdrawn" in text
    assert "Two villages could be told apart." in text


def test_risk_and_usefulness_are_told(page):
    """Both sides of the bargain."""
    assert "At least 3 people look alike" in page.text_content()


def test_the_language_asked_for_comes_first(entry):
    """Where a text is there in it."""
    text = html.fromstring(codebook(entry, language="fr").decode()).text_content()

    assert "Ménages déplacés à Kolda 2026" in text
    assert "Femme" in text
    assert "Comment vivent les familles déplacées." in text


@pytest.mark.parametrize("language", ["", "de", "xx-YY", "ar"])
def test_any_language_gives_a_page(entry, language):
    """One we do not speak is told in another."""
    assert codebook(entry, language=language).startswith(b"<!doctype html>")


def test_what_a_study_says_cannot_become_a_page_of_its_own(entry):
    """Every text is escaped."""
    study = replace(entry.study, abstract={"en": "<script>alert(1)</script>"})

    assert b"<script" not in codebook(replace(entry, study=study))


def test_a_study_without_an_edition_has_a_page_too(described):
    """With nothing to count."""
    text = html.fromstring(codebook(described).decode()).text_content()

    assert "No edition can be had." in text
    assert "Files" not in [one.text for one in html.fromstring(codebook(described).decode()).findall(".//h2")]


def test_the_page_is_small(entry, files):
    """A hundred variables fit on a slow line."""
    many = tuple(Variable(name=f"v{at}", type=VariableType.TEXT, labels={"en": "A label"}) for at in range(100))
    release = replace(entry.release, files=(replace(files[1], variables=many, key=(), link=()),))

    assert len(codebook(replace(entry, release=release))) < 40_000
