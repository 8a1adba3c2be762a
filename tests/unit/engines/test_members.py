"""Who is behind told figures."""

from datetime import date, timedelta

import duckdb
import pytest

from safeconduct.engines.members import Told, members_of
from safeconduct.engines.relations import LoadedRelations, Rows
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days
from safeconduct.model.geography import Area, Geography
from safeconduct.model.output import Key
from safeconduct.query.operations import CountMoves, CountPeople, DailyPlaces, Events, Join

FIRST = date(2026, 3, 1)
SECOND = FIRST + timedelta(1)
DISTRICT = AreaLevel.DISTRICT
PLACED = {0: "A", 1: "B", 2: "C"}
GEOGRAPHY = Geography("made", {level: tuple(Area(code=code, name=code, level=level) for code in "ABC")
                               for level in (DISTRICT, AreaLevel.COMMUNE)})  # fmt: skip
EVENTS = tuple((EventType.CALLS, day, person, 9 * 3600, cell) for day, person, cell in [
    (FIRST, 0, 0), (FIRST, 1, 0), (FIRST, 1, 1), (FIRST, 2, 1), (FIRST, 1, 0),
    (SECOND, 0, 2), (SECOND, 1, 0),
])  # fmt: skip
DAY, AREA = Key(name="day"), Key(name="area", level=DISTRICT)


@pytest.fixture(scope="module")
def relations():
    with duckdb.connect() as connection:
        places = {DISTRICT: PLACED, AreaLevel.COMMUNE: PLACED}
        yield LoadedRelations(connection, Rows(geography=GEOGRAPHY, cells=places, events=EVENTS))


def codes(told: Told, relations, most: int = 100) -> list[list[int]]:
    return [sorted(one.tolist()) for one in members_of(told, relations, most=most)]


def seen(by: tuple[str, ...], *cells) -> Told:
    plan = CountPeople(source=Events(days=Days(FIRST, SECOND), areas=DISTRICT), by=by)
    return Told(plan=plan, keys=(DAY, AREA) if "day" in by else (AREA,), cells=cells)


def test_everybody_behind_a_figure_is_there_once(relations):
    """However many events someone made, and in the order in which figures were named."""
    assert codes(seen(("area",), ("B",), ("A",), ("C",)), relations) == [[1, 2], [0, 1], [0]]


def test_figures_of_days_are_apart_and_those_not_told_are_left_out(relations):
    """Only cells that are named."""
    assert codes(seen(("day", "area"), (SECOND, "A"), (FIRST, "A")), relations) == [[1], [0, 1]]


def test_an_end_of_a_movement_nobody_knows_is_a_place_of_its_own(relations):
    """The second person was last in A both days; the third is not seen on the second day."""
    origin, destination = (DailyPlaces(source=Events(days=Days.one(day), areas=DISTRICT)) for day in (FIRST, SECOND))
    keys = tuple(Key(name=name, level=DISTRICT, nullable=True) for name in ("area_from", "area_to"))
    told = Told(plan=CountMoves(origin=origin, destination=destination, join=Join.LEFT), keys=keys,
                cells=(("A", "C"), ("B", None), ("A", "A")))  # fmt: skip

    assert codes(told, relations) == [[0], [2], [1]]


@pytest.mark.parametrize(("most", "there"), [(4, True), (3, False)])
def test_more_people_than_may_be_held_are_none_at_all(relations, most, there):
    """Four codes in two figures."""
    assert (members_of(seen(("area",), ("A",), ("B",)), relations, most=most) is not None) is there


def test_no_figures_have_nobody(relations):
    """Empty in, empty out; a figure nobody is behind any more too."""
    assert codes(seen(("area",)), relations) == []
    assert codes(seen(("day", "area"), (SECOND, "B")), relations) == [[]]
