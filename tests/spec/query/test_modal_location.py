"""The place in which a person mostly was, seen through `spatial_aggregate`."""

from datetime import date

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days, Hours
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.operations import PlaceMethod

MARCH_1_TO_4 = Days(date(2026, 3, 1), date(2026, 3, 4))


def modal(*days, **how):
    """People by the place they mostly had."""
    return SpatialAggregate(locations=ModalLocation(days=days or (MARCH_1_TO_4,), **how))


def test_the_place_of_most_days_counts(ask):
    """Days count, not events: five events on one day are one day."""
    ask(
        modal(),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-02 08:00 | A
            ana    | 2026-03-03 08:00 | B
            ana    | 2026-03-03 09:00 | B
            ana    | 2026-03-03 10:00 | B
            ben    | 2026-03-04 08:00 | C
        """,
        gives="""
            area | people
            ---- + ------
            A    | 1
            C    | 1
        """,
    )


def test_of_places_with_as_many_days_the_one_with_the_latest_day_counts(ask):
    """Two days each; the place of 4 March wins, whatever its code and however late its events."""
    ask(
        modal(),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | B
            ana    | 2026-03-02 23:00 | A
            ana    | 2026-03-03 23:00 | A
            ana    | 2026-03-04 01:00 | B
        """,
        gives="""
            area | people
            ---- + ------
            B    | 1
        """,
    )


def test_more_days_beat_a_later_day(ask):
    """The latest day only breaks ties."""
    ask(
        modal(),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-02 08:00 | A
            ana    | 2026-03-04 08:00 | B
        """,
        gives="""
            area | people
            ---- + ------
            A    | 1
        """,
    )


def test_days_between_the_runs_asked_for_do_not_count(ask):
    """1 and 4 March, not what lies between."""
    ask(
        modal(Days.one(date(2026, 3, 4)), Days.one(date(2026, 3, 1))),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-02 08:00 | B
            ana    | 2026-03-03 08:00 | B
            ben    | 2026-03-02 08:00 | B
        """,
        gives="""
            area | people
            ---- + ------
            A    | 1
        """,
    )


def test_daily_places_may_be_those_of_most_events(ask):
    """`most-common` chooses each day's place; the mode is over days all the same."""
    ask(
        modal(method=PlaceMethod.MOST_COMMON),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-01 09:00 | A
            ana    | 2026-03-01 10:00 | B
            ana    | 2026-03-02 08:00 | A
            ana    | 2026-03-02 09:00 | A
            ana    | 2026-03-02 10:00 | B
            ana    | 2026-03-03 10:00 | B
        """,
        gives="""
            area | people
            ---- + ------
            A    | 1
        """,
    )


def test_hours_restrict_every_day(ask):
    """Where people are by night."""
    ask(
        modal(hours=Hours(19, 7)),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 12:00 | B
            ana    | 2026-03-01 20:00 | A
            ana    | 2026-03-02 06:00 | A
            ana    | 2026-03-02 12:00 | B
            ana    | 2026-03-03 12:00 | B
        """,
        gives="""
            area | people
            ---- + ------
            A    | 1
        """,
    )


def test_the_mode_is_taken_at_the_level_asked_for(ask):
    """Three days in three communes of one district beat two days in one commune of another."""
    ask(
        modal(Days(date(2026, 3, 1), date(2026, 3, 5)), areas=AreaLevel.DISTRICT),
        events="""
            person | time             | area
            ------ + ---------------- + -----
            ana    | 2026-03-01 08:00 | N/A/1
            ana    | 2026-03-02 08:00 | N/A/2
            ana    | 2026-03-03 08:00 | N/A/3
            ana    | 2026-03-04 08:00 | N/B/1
            ana    | 2026-03-05 08:00 | N/B/1
        """,
        gives="""
            area | people
            ---- + ------
            N/A  | 1
        """,
    )
