"""What phones did in an area."""

from datetime import date

import pytest

from safeconduct.model.areas import EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadSpec
from safeconduct.query.kinds.location_event_counts import LocationEventCounts
from safeconduct.query.spec import read_question

MARCH_1 = Days.one(date(2026, 3, 1))
MARCH_1_TO_2 = Days(date(2026, 3, 1), date(2026, 3, 2))


def test_every_event_counts_on_its_day_and_in_its_area(ask):
    """The same person's events all count, wherever and whenever they were made."""
    ask(
        LocationEventCounts(days=MARCH_1_TO_2),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-01 09:00 | A
            ana    | 2026-03-02 20:00 | A
            ben    | 2026-03-01 10:00 | B
        """,
        gives="""
            day        | area | events
            ---------- + ---- + ------
            2026-03-01 | A    | 2
            2026-03-01 | B    | 1
            2026-03-02 | A    | 1
        """,
    )


def test_only_the_hours_and_types_asked_for_count(ask):
    """A message at night is no call in the morning."""
    ask(
        LocationEventCounts(days=MARCH_1, hours=Hours(6, 12), events=frozenset({EventType.CALLS})),
        events="""
            person | time             | area | type
            ------ + ---------------- + ---- + -----
            ana    | 2026-03-01 08:00 | A    | calls
            ana    | 2026-03-01 05:59 | A    | calls
            ben    | 2026-03-01 08:00 | A    | sms
        """,
        gives="""
            day        | area | events
            ---------- + ---- + ------
            2026-03-01 | A    | 1
        """,
    )


@pytest.mark.parametrize(("key", "value"), [("interval", "hour"), ("direction", "out")])
def test_flowkit_options_we_do_not_offer_are_refused_by_name(key, value):
    tree = {
        "query_kind": "location_event_counts",
        "start_date": "2026-03-01",
        "end_date": "2026-03-02",
        "aggregation_unit": "admin2",
        "interval": "day",
        "direction": "both",
        key: value,
    }
    with pytest.raises(BadSpec, match=key):
        read_question(tree)
