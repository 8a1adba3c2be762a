"""People by pair of places."""

from datetime import date

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.model.errors import BadSpec
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.operations import Join

FIRST = DailyLocation(days=Days.one(date(2026, 3, 1)))
LATER = DailyLocation(days=Days.one(date(2026, 3, 2)))
EVENTS = """
    person | time             | area
    ------ + ---------------- + ----
    ana    | 2026-03-01 08:00 | A
    ana    | 2026-03-02 08:00 | B
    ben    | 2026-03-01 08:00 | A
    ben    | 2026-03-02 08:00 | A
    cleo   | 2026-03-01 08:00 | B
    dan    | 2026-03-02 08:00 | C
"""


def test_only_people_with_both_places_count_and_staying_is_a_pair(ask):
    """Ana moved, Ben stayed; Cleo and Dan were seen once."""
    ask(
        Flows(origin=FIRST, destination=LATER),
        events=EVENTS,
        gives="""
            area_from | area_to | people
            --------- + ------- + ------
            A         | A       | 1
            A         | B       | 1
        """,
    )


def test_a_left_join_counts_those_who_were_not_seen_again(ask):
    """Cleo went somewhere unknown."""
    ask(
        Flows(origin=FIRST, destination=LATER, join=Join.LEFT),
        events=EVENTS,
        gives="""
            area_from | area_to | people
            --------- + ------- + ------
            A         | A       | 1
            A         | B       | 1
            B         |         | 1
        """,
    )


def test_a_right_join_counts_those_who_were_not_seen_before(ask):
    """Dan came from somewhere unknown."""
    ask(
        Flows(origin=FIRST, destination=LATER, join=Join.RIGHT),
        events=EVENTS,
        gives="""
            area_from | area_to | people
            --------- + ------- + ------
            A         | A       | 1
            A         | B       | 1
                      | C       | 1
        """,
    )


def test_a_full_join_counts_everybody(ask):
    """Each once."""
    ask(
        Flows(origin=FIRST, destination=LATER, join=Join.FULL),
        events=EVENTS,
        gives="""
            area_from | area_to | people
            --------- + ------- + ------
            A         | A       | 1
            A         | B       | 1
            B         |         | 1
                      | C       | 1
        """,
    )


def test_modal_places_of_two_fortnights_give_one_pair_a_person(ask):
    """The main use: where people lived before and after."""
    before = ModalLocation(days=(Days(date(2026, 3, 1), date(2026, 3, 3)),), areas=AreaLevel.PROVINCE)
    after = ModalLocation(days=(Days(date(2026, 3, 4), date(2026, 3, 6)),), areas=AreaLevel.PROVINCE)
    ask(
        Flows(origin=before, destination=after),
        events="""
            person | time             | area
            ------ + ---------------- + -----
            ana    | 2026-03-01 08:00 | N/A/1
            ana    | 2026-03-02 08:00 | N/B/1
            ana    | 2026-03-03 08:00 | S/A/1
            ana    | 2026-03-04 08:00 | S/A/1
            ben    | 2026-03-01 08:00 | N/A/1
            ben    | 2026-03-05 08:00 | S/B/2
            cleo   | 2026-03-06 08:00 | S/B/2
        """,
        gives="""
            area_from | area_to | people
            --------- + ------- + ------
            N         | S       | 2
        """,
    )


def test_ends_at_different_levels_are_refused():
    """A district is not a place to compare a province with."""
    with pytest.raises(BadSpec, match="same level"):
        Flows(origin=FIRST, destination=DailyLocation(days=LATER.days, areas=AreaLevel.PROVINCE))


def test_an_end_with_many_places_a_person_is_refused():
    """Daily places of two days would count one person several times."""
    with pytest.raises(BadSpec, match="one place"):
        Flows(origin=FIRST, destination=DailyLocation(days=Days(date(2026, 3, 2), date(2026, 3, 3))))
