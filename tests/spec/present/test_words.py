"""Sentences, numbers and days in the reader's language."""

from datetime import UTC, date, datetime

import pytest

from safeconduct.model.errors import UnknownName
from safeconduct.model.text import say
from safeconduct.present.words import Words, languages, negotiate, render


def test_a_text_is_said_in_french() -> None:
    assert render(say("Withheld"), "fr") == "Retenu"


def test_a_sentence_without_a_translation_is_said_in_english() -> None:
    assert render(say("No catalogue will ever hold this sentence of {count}.", count=3), "fr").endswith(
        "sentence of 3."
    )


def test_numbers_and_days_in_a_text_are_written_as_the_reader_writes_them() -> None:
    told = render(say("Files are missing, wholly or in part, for these days: {days}.", days="2026-03-28"), "fr")
    assert "28 mars 2026" in told
    assert Words("fr").say("{count} people", count=12345).replace("\u202f", " ") == "12 345 personnes"


@pytest.mark.parametrize("value", ["{evil.__class__}", "100 %", "{0}", "}{", "{{"])
def test_a_value_is_never_read_as_a_pattern(value: str) -> None:
    assert Words("en").say("{name}: {figure}", name=value, figure=1) == f"{value}: 1"


def test_a_placeholder_without_a_value_stays_as_it_is_written() -> None:
    assert Words("en").say("{name}: {figure}", name="A") == "A: {figure}"


def test_a_day_that_no_calendar_has_stays_as_it_is_written() -> None:
    assert Words("en").say("{first} to {last}", first="2026-02-31", last="x") == "2026-02-31 to x"


def test_arabic_runs_from_right_to_left_and_the_others_do_not() -> None:
    assert {code: Words(code).direction for code in languages()} == {"en": "ltr", "ar": "rtl", "es": "ltr", "fr": "ltr"}


def test_an_unknown_language_is_named() -> None:
    with pytest.raises(UnknownName, match="no language is called 'de'"):
        Words("de")


@pytest.mark.parametrize(
    ("preferred", "chosen"), [(["fr-CA"], "fr"), (["de", "es-419"], "en"), ([], "en"), (["en-GB", "fr"], "en")]
)
def test_the_offered_language_the_reader_likes_best_is_chosen(preferred: list[str], chosen: str) -> None:
    assert negotiate(preferred, ["en", "fr"]) == chosen


@pytest.mark.parametrize(("change", "told"), [(-50.4, "−50%"), (12.0, "+12%"), (0.3, "0%"), (-0.3, "0%")])
def test_a_change_has_a_sign_and_what_rounds_to_nothing_has_none(change: float, told: str) -> None:
    assert Words("en").change(change, percent=True) == told


def test_days_and_moments_name_their_month_and_zone() -> None:
    words = Words("en")
    assert words.day(date(2026, 3, 4)) == "4 March 2026"
    assert words.days(date(2026, 3, 4), date(2026, 3, 4)) == "4 March 2026"
    assert (
        words.moment(datetime(2026, 3, 4, 9, 5, tzinfo=UTC), zone="Africa/Maputo")
        == "4 March 2026, 11:05 Africa/Maputo"
    )


def test_runs_of_days_are_written_as_the_reader_writes_them() -> None:
    told = render(say("Held back: {days}.", days="2026-01-03, 2026-01-05/2026-01-07"), "en")
    assert told == "Held back: 3 January 2026 and 5 January 2026 to 7 January 2026."


def test_a_value_that_is_a_text_itself_is_said_in_the_readers_language() -> None:
    """Only where its name says so: what people write stays as they wrote it."""
    text = say("{roles_said} | {title}", roles_said="auditor, data steward, no word of ours", title="auditor")
    assert render(text, "fr") == "auditeur, responsable des données, no word of ours | auditor"
