"""Names and labels, cut into words."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from safeconduct.ingest.proposing_rules.words import fold, is_about, lexicon, speaks_of, words


@pytest.mark.parametrize(("text", "cut"), [
    ("hhSize", ("hh", "size")),
    ("HHSize2", ("hh", "size", "2")),
    ("resp_first_names", ("resp", "first", "name")),
    ("Numéro de l'enquêté", ("numero", "enquete")),
    ("رقم الهاتف", ("رقم", "هاتف")),
    ("الأُسْرَة", ("اسره",)),
    ("¿Cuál es su año?", ("cual", "es", "ano")),
    ("", ()),
    ("___", ()),
])  # fmt: skip
def test_a_text_is_cut_into_words(text: str, cut: tuple[str, ...]) -> None:
    assert words(text) == cut


@settings(deadline=None)
@given(st.text(max_size=50))
@example("𝐀")
@example("ẛİı")
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@settings(deadline=None)
@given(st.text(max_size=50))
def test_any_text_can_be_cut(text: str) -> None:
    assert all(words(text))


def test_a_phrase_is_found_written_as_one_word() -> None:
    assert speaks_of("household_size", "householdsize", {})


def test_a_phrase_is_found_across_small_words() -> None:
    assert speaks_of("birth_date", "x", {"en": "Date of the birth"})


def test_a_word_that_turns_a_topic_away_counts_in_the_same_text_only() -> None:
    assert not speaks_of("person_name", "name_village", {})
    assert speaks_of("person_name", "name", {"en": "Village"})


def test_categories_are_known_by_their_words() -> None:
    assert is_about("sex", "Femme")
    assert not is_about("sex", "Femoral")


def test_every_phrase_has_a_word() -> None:
    assert all(cut for entry in lexicon().values() for phrases in entry.spoken.values() for cut in phrases.each)
