"""Folding, stems, and the rings of synonyms as data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.catalogue.folding import common, fold, rings, stem, stems

AMBIGUOUS = {("دين",)}
"""Arabic writes debt and religion alike."""


@pytest.mark.parametrize(
    "alike",
    [
        ("household", "households", "Households"),
        ("country", "countries"),
        ("déplacé", "déplacés", "déplacée", "déplacées", "deplace"),
        ("hogar", "hogares"),
        ("desplazado", "desplazada", "desplazados", "desplazadas"),
        ("niveau", "niveaux"),
        ("national", "nationaux"),
        ("نازح", "نازحين", "النازحون", "نازِح"),
        ("أسرة", "اسره", "الأسرة"),
        ("إقامة", "الإقامة"),
    ],
)
def test_forms_of_a_word_are_one(alike):
    """Plural, gender, article, accent and vowel mark."""
    assert len({stem(one) for one in alike}) == 1


@pytest.mark.parametrize(
    ("one", "other"), [("جنس", "جنسية"), ("refuge", "refuses"), ("access", "acces1"), ("age", "agro")]
)
def test_different_words_stay_different(one, other):
    """Where it matters."""
    assert stem(one) != stem(other)


def test_digits_are_digits():
    """In Arabic and in Persian."""
    assert fold("٢٠٢٦") == fold("۲۰۲۶") == "2026"


@given(st.text(max_size=40))
def test_folding_twice_changes_nothing(word):
    """What is folded is folded."""
    assert fold(fold(word)) == fold(word)


@given(st.text(max_size=40))
def test_any_text_has_stems(text):
    """And none of them is empty by surprise of a sign."""
    assert all(isinstance(one, str) for one in stems(text))


def test_no_word_stands_in_two_rings():
    """Whoever asks for shelter must not get refugees: synonyms of synonyms are not meant."""
    inconsistent = {
        one for one, others in rings().items() for other in others if rings()[other] | {other} != others | {one}
    }

    assert inconsistent - AMBIGUOUS - {other for one in AMBIGUOUS for other in rings()[one]} == set()


@pytest.mark.parametrize(
    "word",
    ["displaced", "refugee", "household", "sex", "age", "income", "shelter", "water", "food security", "health",
     "education", "disability", "trafficking", "registration", "puf", "suf", "microdata", "survey"],
)  # fmt: skip
def test_the_fields_words_are_known_in_four_languages(word):
    """At least one other word each, one of them Arabic."""
    others = rings()[stems(word)]

    assert any("\u0600" <= part[0] <= "\u06ff" for other in others for part in other)


def test_no_common_word_is_a_ring_of_its_own():
    """It would never be looked for."""
    assert {one for one in rings() if len(one) == 1 and one[0] in common()} == set()
