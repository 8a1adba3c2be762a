"""Descriptions to read: the reader's language where there is one, and the way that language runs."""

from safeconduct.model.text import Text
from safeconduct.present.blocks import Described, VariableLine, described, in_language, variables_table
from safeconduct.present.words import Words

ENGLISH = Words("en")


def said(texts, language=""):
    return str(described(ENGLISH, [Described(title=Text("What it is about"), texts=texts)], language=language))


def test_a_text_says_which_language_it_is_in():
    assert '<dd lang="ar" dir="auto">مسح النوايا</dd>' in said({"ar": "مسح النوايا"})


def test_a_text_is_shown_in_the_language_it_is_wanted_in():
    assert "Ménages" in said({"en": "Households", "fr": "Ménages"}, "fr")


def test_what_nothing_is_said_of_is_left_out():
    assert said({"en": ""}) == ""


def test_what_somebody_wrote_is_never_markup():
    assert "<b>" not in said({"en": "<b>bold</b>"})


def test_a_region_falls_back_to_its_language():
    assert in_language({"fr": "âge", "en": "age"}, "fr-CA") == ("fr", "âge")


def test_variables_are_only_shown_where_nothing_can_be_done_with_them():
    line = VariableLine(id="S/f/age", name="age", href="/v", label="Age")

    assert "<form" not in str(variables_table(ENGLISH, [line], caption="Variables"))


def test_a_variable_in_the_basket_has_no_box():
    line = VariableLine(id="S/f/age", name="age", href="/v", chosen=True)

    assert "checkbox" not in str(variables_table(ENGLISH, [line], caption="Variables", action="/basket", csrf="x"))
