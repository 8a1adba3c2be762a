"""What is said in other words is found to be the same, and nothing else is."""

import pytest

from safeconduct.query.plainest import plainest
from safeconduct.query.spec import read_question

DAY, NEXT, AFTER = ({"first": f"2026-01-0{day}", "last": f"2026-01-0{day}"} for day in (5, 6, 8))
TWO = {"first": "2026-01-05", "last": "2026-01-06"}


def daily(day=DAY, **how):
    return {"kind": "daily_location", "days": day, **how}


def modal(*runs, **how):
    return {"kind": "modal_location", "days": list(runs), **how}


def where(locations):
    return read_question({"kind": "spatial_aggregate", "locations": locations})


def test_the_mode_over_one_day_is_the_place_of_that_day():
    """With every parameter."""
    how = {"areas": "admin3", "method": "most-common", "hours": {"start": 18, "end": 6}, "events": ["sms"]}

    assert plainest(where(modal(DAY, **how))).spec_id == where(daily(**how)).spec_id


def test_so_are_the_ends_of_movements():
    """Each by itself."""
    said = read_question({"kind": "flows", "origin": modal(DAY), "destination": modal(NEXT, AFTER)})
    plain = read_question({"kind": "flows", "origin": daily(), "destination": modal(NEXT, AFTER)})

    assert plainest(said).spec_id == plain.spec_id


@pytest.mark.parametrize(
    "locations", [daily(), daily(TWO), modal(TWO), modal(DAY, AFTER)], ids=["a day", "days", "two days", "days apart"]
)
def test_whatever_has_no_plainer_words_stays_as_it_is(locations):
    """Not even a copy."""
    query = where(locations)

    assert plainest(query) is query
