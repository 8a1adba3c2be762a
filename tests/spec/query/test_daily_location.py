"""One place per person and day, seen through `spatial_aggregate`."""

from datetime import date

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.operations import PlaceMethod

MARCH_1 = Days.one(date(2026, 3, 1))
MARCH_1_AND_2 = Days(date(2026, 3, 1), date(2026, 3, 2))


def last(days=MARCH_1, **how):
    """People by the place of their last event."""
    return SpatialAggregate(locations=DailyLocation(days=days, **how))


def most_common(days=MARCH_1, **how):
    """People by the place of most of their events."""
    return last(days, method=PlaceMethod.MOST_COMMON, **how)


def test_the_place_of_the_latest_event_counts(ask):
    """However often someone was elsewhere before."""
    ask(
        last(),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-01 09:00 | A
            ana    | 2026-03-01 20:00 | B
            ben    | 2026-03-01 23:00 | A
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | A    | 1
            2026-03-01 | B    | 1
        """,
    )


def test_of_two_events_in_one_second_the_smallest_code_counts(ask):
    """So that two runs agree, in whatever order the rows lie."""
    ask(
        last(),
        events="""
            person | time                | area
            ------ + ------------------- + ----
            ana    | 2026-03-01 20:00:00 | B
            ana    | 2026-03-01 20:00:00 | A
            ana    | 2026-03-01 20:00:00 | C
            ben    | 2026-03-01 20:00:00 | B
            ben    | 2026-03-01 20:00:01 | C
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | A    | 1
            2026-03-01 | C    | 1
        """,
    )


def test_the_latest_event_may_be_of_any_type_asked_for(ask):
    """Types are looked at together, not one by one."""
    ask(
        last(events=frozenset({EventType.CALLS, EventType.SMS})),
        events="""
            person | time             | area | type
            ------ + ---------------- + ---- + -----
            ana    | 2026-03-01 08:00 | A    | calls
            ana    | 2026-03-01 09:00 | B    | sms
            ana    | 2026-03-01 10:00 | C    | mds
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | B    | 1
        """,
    )


def test_every_day_places_people_anew(ask):
    """A day without an event has no place for a person, and no row."""
    ask(
        last(MARCH_1_AND_2),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-02 08:00 | B
            ben    | 2026-03-02 08:00 | B
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | A    | 1
            2026-03-02 | B    | 2
        """,
    )


def test_the_place_with_most_events_counts(ask):
    """Even if the last event was elsewhere."""
    ask(
        most_common(),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | B
            ana    | 2026-03-01 09:00 | B
            ana    | 2026-03-01 20:00 | A
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | B    | 1
        """,
    )


def test_of_places_with_as_many_events_the_latest_counts(ask):
    """Two events each: the place of the last of the four."""
    ask(
        most_common(),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-01 09:00 | B
            ana    | 2026-03-01 10:00 | A
            ana    | 2026-03-01 11:00 | B
            ana    | 2026-03-01 23:00 | C
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | B    | 1
        """,
    )


def test_of_places_alike_in_all_the_smallest_code_counts(ask):
    """As many events, and the latest in the same second."""
    ask(
        most_common(),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 09:00 | B
            ana    | 2026-03-01 09:00 | A
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | A    | 1
        """,
    )


def test_events_of_a_district_add_up_over_its_communes(ask):
    """Two communes with two events each beat one district's three."""
    ask(
        most_common(areas=AreaLevel.DISTRICT),
        events="""
            person | time             | area
            ------ + ---------------- + -----
            ana    | 2026-03-01 08:00 | N/A/1
            ana    | 2026-03-01 08:10 | N/A/1
            ana    | 2026-03-01 08:20 | N/A/2
            ana    | 2026-03-01 08:30 | N/A/2
            ana    | 2026-03-01 09:00 | N/B/1
            ana    | 2026-03-01 09:10 | N/B/1
            ana    | 2026-03-01 09:20 | N/B/1
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | N/A  | 1
        """,
    )


def test_ties_are_broken_at_the_level_asked_for(ask):
    """The commune with the smallest code may lie in the district with the larger one."""
    ask(
        last(areas=AreaLevel.PROVINCE),
        events="""
            person | time             | area
            ------ + ---------------- + -----
            ana    | 2026-03-01 08:00 | S/A/1
            ana    | 2026-03-01 08:00 | N/Z/9
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | N    | 1
        """,
    )


def test_only_the_hours_asked_for_place_a_person(ask):
    """By night: the first hours and the last of one calendar day, the latest of which is before midnight."""
    ask(
        last(hours=Hours(22, 5)),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 03:00 | A
            ana    | 2026-03-01 12:00 | B
            ben    | 2026-03-01 03:00 | A
            ben    | 2026-03-01 22:30 | C
            cleo   | 2026-03-01 12:00 | D
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | A    | 1
            2026-03-01 | C    | 1
        """,
    )


def test_most_events_are_counted_within_the_hours_asked_for(ask):
    """What happened at other hours counts for nothing."""
    ask(
        most_common(hours=Hours(8, 12)),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-01 09:00 | A
            ana    | 2026-03-01 10:00 | B
            ana    | 2026-03-01 13:00 | B
            ana    | 2026-03-01 14:00 | B
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | A    | 1
        """,
    )


def test_a_person_whose_last_event_cannot_be_placed_has_the_place_before(ask):
    """Only located events count."""
    ask(
        last(),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-01 09:00 |
        """,
        gives="""
            day        | area | people
            ---------- + ---- + ------
            2026-03-01 | A    | 1
        """,
    )
