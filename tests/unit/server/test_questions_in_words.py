"""A question as a checker reads it."""

import pytest

from safeconduct.present.words import Words
from safeconduct.server.answers import question_in_words, value_in_words

EN, FR = Words("en"), Words("fr")
FLOWS = {
    "kind": "flows",
    "origin": {"kind": "daily_location", "days": {"first": "2026-01-05", "last": "2026-01-05"}, "areas": "admin2",
               "method": "last", "hours": None, "events": ["calls", "sms"]},
    "join": "left",
}  # fmt: skip


def test_every_parameter_is_told_at_every_depth():
    """With what it is called; nothing is left out because it is a default."""
    said = [(str(label), str(value)) for label, value in question_in_words(EN, FLOWS)]

    assert said[0][0] == "Where people were first"
    assert said[1:] == [
        ("Days", "5 January 2026"),
        ("Areas", "Districts"),
        ("Which place counts for a day", "The last place of the day, often home"),
        ("Part of the day", "The whole day"),
        ("What phones did", "Calls and Messages"),
        ("Who counts", "Everybody seen first, also those not seen later"),
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ({"first": "2026-01-05", "last": "2026-01-11"}, "5 January 2026 to 11 January 2026"),
        ({"start": 20, "end": 6}, "20:00 to 6:00"),
        ([{"first": "2026-01-05", "last": "2026-01-05"}, {"first": "2026-01-08", "last": "2026-01-09"}],
         "5 January 2026 and 8 January 2026 to 9 January 2026"),
        ("something new", "something new"),
        (3, "3"),
    ],
)  # fmt: skip
def test_a_value_is_written_as_people_write_it(value, said):
    """What we have no word for is told as it is."""
    assert value_in_words(EN, value) == said


def test_days_are_told_in_the_readers_language():
    """As are the words for them."""
    assert value_in_words(FR, {"first": "2026-01-05", "last": "2026-01-05"}) == "5 janvier 2026"
