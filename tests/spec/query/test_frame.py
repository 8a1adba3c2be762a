"""Which records a question is about."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadSpec
from safeconduct.query.frame import Frame, Seen, frames
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.location_event_counts import LocationEventCounts
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.operations import Join, PlaceMethod
from safeconduct.query.shifting import shifted

FIRST = date(2026, 3, 1)
DAYS = Days(FIRST, date(2026, 3, 3))
CALLS = frozenset({EventType.CALLS})
MODAL = SpatialAggregate(locations=ModalLocation(days=(DAYS,)))


def of(query):
    return frames(query.plan())


@pytest.mark.parametrize("query", [
    LocationEventCounts(days=DAYS),
    SpatialAggregate(locations=DailyLocation(days=DAYS)),
])  # fmt: skip
def test_rows_with_days_have_a_frame_a_day(query):
    """The row of a day is about the people of that day, however many days were asked for."""
    assert [sorted(frame.days) for frame in of(query)] == [[day] for day in DAYS]


def test_a_place_over_days_has_one_frame():
    """Everybody seen on any of them."""
    assert [frame.days for frame in of(MODAL)] == [frozenset(DAYS)]


@pytest.mark.parametrize("other", [
    UniqueSubscriberCounts(days=DAYS, areas=AreaLevel.COMMUNE),
    UniqueSubscriberCounts(days=DAYS, hours=Hours(6, 18)),
    SpatialAggregate(locations=ModalLocation(days=(DAYS,), method=PlaceMethod.MOST_COMMON)),
])  # fmt: skip
def test_place_hour_and_method_never_say_who(other):
    """They are what is asked of people, so that no refusal says anything of them."""
    assert of(other) == of(UniqueSubscriberCounts(days=DAYS))


def test_event_types_say_who():
    """Whoever only ever sent messages is not among callers."""
    assert of(UniqueSubscriberCounts(days=DAYS, events=CALLS)) != of(UniqueSubscriberCounts(days=DAYS))


@pytest.mark.parametrize("join", Join)
def test_movements_read_the_records_of_both_ends_whomever_the_join_keeps(join):
    """What an outer join tells more, it tells in cells of its own."""
    flows = Flows(
        origin=DailyLocation(days=Days.one(FIRST)), destination=DailyLocation(days=Days.one(DAYS.last)), join=join
    )

    (frame,) = of(flows)
    assert frame.days == {FIRST, DAYS.last}
    assert "calls/2026-03-01" in frame.partitions()
    assert "calls/2026-03-02" not in frame.partitions()


def test_movements_the_other_way_are_about_the_same_people():
    """The same two groups, in one order."""
    one, other = (DailyLocation(days=Days.one(day)) for day in (FIRST, DAYS.last))

    assert of(Flows(origin=one, destination=other)) == of(Flows(origin=other, destination=one))


@given(
    st.lists(st.builds(Seen, st.frozensets(st.dates()), st.frozensets(st.sampled_from(EventType))), max_size=3),
)
def test_a_frame_is_written_down_and_read_again(seen):
    """With the same id."""
    frame = Frame(tuple(seen))

    again = Frame.from_json(frame.to_json())
    assert (again, again.id) == (frame, frame.id)


@pytest.mark.parametrize("tree", [{}, {"seen": 3}, {"seen": [{"days": ["x"], "events": []}]}])
def test_what_is_no_frame_is_not_read(tree):
    """Said without repeating it."""
    with pytest.raises(BadSpec, match="no frame"):
        Frame.from_json(tree)


def test_a_question_moves_with_all_its_days():
    """Nested days too; nothing else changes."""
    flows = Flows(origin=ModalLocation(days=(DAYS,)), destination=DailyLocation(days=Days.one(FIRST)))

    moved = shifted(flows, 31)
    assert moved.origin.days == (Days(date(2026, 4, 1), date(2026, 4, 3)),)
    assert moved.destination.days == Days.one(date(2026, 4, 1))
    assert shifted(moved, -31) == flows
