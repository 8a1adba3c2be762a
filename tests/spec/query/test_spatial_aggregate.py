"""People by the place they have."""

from datetime import date

import pytest

from safeconduct.model.days import Days
from safeconduct.model.errors import BadSpec
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts

MARCH_1_TO_3 = Days(date(2026, 3, 1), date(2026, 3, 3))
EVENTS = """
    person | time             | area
    ------ + ---------------- + ----
    ana    | 2026-03-01 08:00 | A
    ana    | 2026-03-01 20:00 | B
    ana    | 2026-03-02 20:00 | B
    ben    | 2026-03-01 10:00 | A
    ben    | 2026-03-03 10:00 | B
    ben    | 2026-03-03 11:00 | A
"""


def test_each_person_counts_once_a_day(ask):
    """The rows of a day add up to the people with a place that day."""
    ask(
        SpatialAggregate(locations=DailyLocation(days=MARCH_1_TO_3)),
        events=EVENTS,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | A    | 1
            2026-03-01 | B    | 1
            2026-03-02 | B    | 1
            2026-03-03 | A    | 1
        """,
    )


def test_each_person_counts_once_over_all_days_of_a_modal_location(ask):
    """The rows add up to the people with a place."""
    ask(
        SpatialAggregate(locations=ModalLocation(days=(MARCH_1_TO_3,))),
        events=EVENTS,
        gives="""
            area | people
            ---- + ------
            A    | 1
            B    | 1
        """,
    )


def test_a_single_day_still_has_a_day_column(ask):
    """The shape depends on the kind nested, not on how many days it has."""
    ask(
        SpatialAggregate(locations=DailyLocation(days=Days.one(date(2026, 3, 2)))),
        events=EVENTS,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-02 | B    | 1
        """,
    )


def test_a_count_is_no_place():
    """Only questions about people nest."""
    with pytest.raises(BadSpec, match="gives each person a place"):
        SpatialAggregate(locations=UniqueSubscriberCounts(days=MARCH_1_TO_3))
