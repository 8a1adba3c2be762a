"""What is true is counted as the questions define it."""

from datetime import date

import pyarrow as pa
import pytest

from safeconduct.attack.specs import daily, doings, flows, modal, people, seen
from safeconduct.attack.truth import Truth

MONDAY, TUESDAY, WEDNESDAY = (date(2026, 3, day) for day in (2, 3, 4))
PARENTS = {"A1": "A", "A2": "A", "B1": "B", "A": "X", "B": "X", "X": "XX"}
ANA, BEN = 0, 1


def truth(*rows) -> Truth:
    """Events written (person, day, hour, type, commune)."""
    columns = list(zip(*rows, strict=True)) or [()] * 5
    person, day, hour, kind, area = columns
    return Truth(
        pa.table({
            "person": pa.array(person, pa.int32()),
            "day": pa.array(day, pa.date32()),
            "second": pa.array([3600 * one for one in hour], pa.int32()),
            "type": pa.array(kind, pa.string()),
            "admin3": pa.array(area, pa.string()),
        }),
        PARENTS,
    )  # fmt: skip


@pytest.fixture
def two() -> Truth:
    """Ana moves from A1 to B1 on Monday and stays; Ben tops up once in A2."""
    return truth(
        (ANA, MONDAY, 8, "calls", "A1"),
        (ANA, MONDAY, 9, "calls", "A1"),
        (ANA, MONDAY, 20, "sms", "B1"),
        (ANA, TUESDAY, 8, "calls", "B1"),
        (BEN, MONDAY, 0, "topups", "A2"),
    )


def test_a_person_is_where_the_last_event_of_the_day_was(two):
    assert two.counted(people(daily([MONDAY], "admin3"))) == {("2026-03-02", "B1"): 1, ("2026-03-02", "A2"): 1}


def test_a_person_is_where_most_events_of_the_day_were(two):
    spec = people(daily([MONDAY], "admin2", method="most-common"))

    assert two.counted(spec) == {("2026-03-02", "A"): 2}


def test_of_places_with_as_many_events_the_later_one_counts():
    tied = truth((ANA, MONDAY, 8, "calls", "B1"), (ANA, MONDAY, 9, "calls", "A1"))

    assert tied.counted(people(daily([MONDAY], "admin3", method="most-common"))) == {("2026-03-02", "A1"): 1}


def test_of_places_in_the_same_second_the_smaller_code_counts():
    tied = truth((ANA, MONDAY, 8, "calls", "B1"), (ANA, MONDAY, 8, "calls", "A1"))

    assert tied.counted(people(daily([MONDAY], "admin3"))) == {("2026-03-02", "A1"): 1}


def test_of_places_of_as_many_days_the_later_one_counts(two):
    assert two.counted(people(modal([MONDAY, TUESDAY], "admin3"))) == {("A2",): 1, ("B1",): 1}


def test_a_person_counts_once_an_area_however_often_seen(two):
    assert two.counted(seen([MONDAY, TUESDAY], "admin3")) == {("A1",): 1, ("A2",): 1, ("B1",): 1}


def test_hours_and_types_leave_events_out(two):
    assert two.counted(seen([MONDAY], "admin3", hours=(1, 9), events=["calls"])) == {("A1",): 1}


def test_hours_wrap_midnight_within_a_day(two):
    assert two.counted(seen([MONDAY], "admin3", hours=(20, 1))) == {("A2",): 1, ("B1",): 1}


def test_events_count_each(two):
    assert two.counted(doings([MONDAY, TUESDAY], "admin1")) == {("2026-03-02", "X"): 4, ("2026-03-03", "X"): 1}


@pytest.mark.parametrize(
    ("join", "pairs"),
    [
        ("inner", {("B1", "B1"): 1}),
        ("left", {("B1", "B1"): 1, ("A2", ""): 1}),
        ("right", {("B1", "B1"): 1}),
        ("full", {("B1", "B1"): 1, ("A2", ""): 1}),
    ],
)
def test_who_counts_in_a_movement_depends_on_the_join(two, join, pairs):
    assert two.counted(flows(daily([MONDAY], "admin3"), daily([TUESDAY], "admin3"), join)) == pairs


def test_a_day_without_events_has_no_cells(two):
    assert two.counted(people(daily([WEDNESDAY], "admin3"))) == {}


def test_who_is_in_a_cell_adds_up_to_its_count(two):
    spec = people(daily([MONDAY], "admin2"))

    assert sorted(two.contributions(spec)) == [(ANA, ("2026-03-02", "B")), (BEN, ("2026-03-02", "A"))]


def test_nobody_is_told_by_looking_at_it(two):
    assert repr(two) == "Truth()"
