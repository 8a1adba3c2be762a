"""People seen in an area at all."""

from datetime import date

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts

MARCH_1 = Days.one(date(2026, 3, 1))
MARCH_1_TO_3 = Days(date(2026, 3, 1), date(2026, 3, 3))


def test_a_person_counts_once_per_area_however_many_events(ask):
    """The same person twice in one place, on two days, is one person; in two places, one in each."""
    ask(
        UniqueSubscriberCounts(days=MARCH_1_TO_3),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 | A
            ana    | 2026-03-01 09:00 | A
            ana    | 2026-03-02 20:00 | A
            ana    | 2026-03-02 21:00 | B
            ben    | 2026-03-03 10:00 | A
        """,
        gives="""
            area | people
            ---- + ------
            A    | 2
            B    | 1
        """,
    )


def test_the_first_and_the_last_second_of_the_days_asked_for_count(ask):
    """Both days are included, whole; the seconds just outside are not."""
    ask(
        UniqueSubscriberCounts(days=MARCH_1_TO_3),
        events="""
            person | time                | area
            ------ + ------------------- + ----
            ana    | 2026-02-28 23:59:59 | A
            ben    | 2026-03-01 00:00:00 | B
            cleo   | 2026-03-03 23:59:59 | C
            dan    | 2026-03-04 00:00:00 | D
        """,
        gives="""
            area | people
            ---- + ------
            B    | 1
            C    | 1
        """,
    )


def test_only_the_event_types_asked_for_count(ask):
    """A person who only sent messages is not among the callers."""
    ask(
        UniqueSubscriberCounts(days=MARCH_1, events=frozenset({EventType.CALLS, EventType.MDS})),
        events="""
            person | time             | area | type
            ------ + ---------------- + ---- + ------
            ana    | 2026-03-01 08:00 | A    | calls
            ben    | 2026-03-01 08:00 | A    | sms
            cleo   | 2026-03-01 08:00 | A    | mds
            dan    | 2026-03-01 08:00 | B    | topups
        """,
        gives="""
            area | people
            ---- + ------
            A    | 2
        """,
    )


def test_the_end_hour_is_not_included(ask):
    """From 8 to 10 is 08:00:00 to 09:59:59."""
    ask(
        UniqueSubscriberCounts(days=MARCH_1, hours=Hours(8, 10)),
        events="""
            person | time                | area
            ------ + ------------------- + ----
            ana    | 2026-03-01 07:59:59 | A
            ben    | 2026-03-01 08:00:00 | B
            cleo   | 2026-03-01 09:59:59 | C
            dan    | 2026-03-01 10:00:00 | D
        """,
        gives="""
            area | people
            ---- + ------
            B    | 1
            C    | 1
        """,
    )


def test_hours_that_wrap_midnight_stay_within_each_calendar_day(ask):
    """From 22 to 5 on 1 March is its first five hours and its last two, not the night that follows."""
    ask(
        UniqueSubscriberCounts(days=MARCH_1, hours=Hours(22, 5)),
        events="""
            person | time                | area
            ------ + ------------------- + ----
            ana    | 2026-03-01 04:59:59 | A
            ben    | 2026-03-01 05:00:00 | B
            cleo   | 2026-03-01 21:59:59 | C
            dan    | 2026-03-01 22:00:00 | D
            eve    | 2026-03-02 01:00:00 | E
        """,
        gives="""
            area | people
            ---- + ------
            A    | 1
            D    | 1
        """,
    )


def test_an_end_hour_of_24_is_the_end_of_the_day(ask):
    """FlowKit takes it and then fails; here it works."""
    ask(
        UniqueSubscriberCounts(days=MARCH_1, hours=Hours(20, 24)),
        events="""
            person | time                | area
            ------ + ------------------- + ----
            ana    | 2026-03-01 19:59:59 | A
            ben    | 2026-03-01 23:59:59 | B
            cleo   | 2026-03-01 00:00:00 | C
        """,
        gives="""
            area | people
            ---- + ------
            B    | 1
        """,
    )


def test_a_district_counts_the_people_of_its_communes_once(ask):
    """Someone in two communes of one district is one person of the district."""
    ask(
        UniqueSubscriberCounts(days=MARCH_1, areas=AreaLevel.DISTRICT),
        events="""
            person | time             | area
            ------ + ---------------- + -----
            ana    | 2026-03-01 08:00 | N/A/1
            ana    | 2026-03-01 09:00 | N/A/2
            ben    | 2026-03-01 10:00 | N/A/2
            ben    | 2026-03-01 11:00 | N/B/1
        """,
        gives="""
            area | people
            ---- + ------
            N/A  | 2
            N/B  | 1
        """,
    )


def test_sites_are_told_apart_within_a_commune(ask):
    """At the finest level a place is a site; the rollup by commune is of no use there."""
    ask(
        UniqueSubscriberCounts(days=MARCH_1, areas=AreaLevel.SITE),
        events="""
            person | time             | area  | site
            ------ + ---------------- + ----- + ----
            ana    | 2026-03-01 08:00 | N/A/1 | hill
            ana    | 2026-03-01 09:00 | N/A/1 | mast
            ben    | 2026-03-01 10:00 | N/A/1 | mast
        """,
        gives="""
            area | people
            ---- + ------
            hill | 1
            mast | 2
        """,
    )


def test_an_event_nobody_can_place_counts_nowhere(ask):
    """A cell that stands in no area puts no one on the map."""
    ask(
        UniqueSubscriberCounts(days=MARCH_1),
        events="""
            person | time             | area
            ------ + ---------------- + ----
            ana    | 2026-03-01 08:00 |
            ben    | 2026-03-01 08:00 | A
        """,
        gives="""
            area | people
            ---- + ------
            A    | 1
        """,
    )


def test_nothing_in_gives_nothing_out(ask):
    """No events, no rows."""
    ask(
        UniqueSubscriberCounts(days=MARCH_1),
        events="""
            person | time | area
            ------ + ---- + ----
        """,
        gives="""
            area | people
            ---- + ------
        """,
    )
