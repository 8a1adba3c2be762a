"""FlowKit's grammar, as its own client 1.34 writes it, and FlowKit's defects that concern these kinds."""

from datetime import date

import flowclient
import pytest
from flowclient.aggregates import flows_spec, spatial_aggregate_spec, unique_subscriber_counts_spec
from flowclient.query_specs import daily_location_spec, modal_location_from_dates_spec, modal_location_spec

from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import BadSpec
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.operations import Join, PlaceMethod
from safeconduct.query.spec import read_question, read_spec

MARCH_1, MARCH_14 = date(2026, 3, 1), date(2026, 3, 14)
LAST_PLACE = daily_location_spec(date="2026-03-01", aggregation_unit="admin2", method="last")
FORTNIGHT = modal_location_from_dates_spec(
    start_date="2026-03-01", end_date="2026-03-15", aggregation_unit="admin3", method="last"
)
COUNTS = unique_subscriber_counts_spec(start_date="2026-03-01", end_date="2026-03-15", aggregation_unit="admin2")


@pytest.mark.parametrize(("theirs", "ours"), [
    (LAST_PLACE, DailyLocation(days=Days.one(MARCH_1))),
    (
        daily_location_spec(date="2026-03-01", aggregation_unit="lon-lat", method="most-common", hours=(22, 5),
                            event_types=["sms", "calls", "sms"]),
        DailyLocation(days=Days.one(MARCH_1), areas=AreaLevel.SITE, method=PlaceMethod.MOST_COMMON, hours=Hours(22, 5),
                      events=frozenset({EventType.CALLS, EventType.SMS})),
    ),
    (FORTNIGHT, ModalLocation(days=(Days(MARCH_1, MARCH_14),), areas=AreaLevel.COMMUNE)),
    (COUNTS, UniqueSubscriberCounts(days=Days(MARCH_1, MARCH_14))),
    (
        spatial_aggregate_spec(locations=FORTNIGHT),
        SpatialAggregate(locations=ModalLocation(days=(Days(MARCH_1, MARCH_14),), areas=AreaLevel.COMMUNE)),
    ),
    (
        flows_spec(from_location=LAST_PLACE, to_location=LAST_PLACE | {"date": "2026-03-02"}, join_type="left outer"),
        Flows(origin=DailyLocation(days=Days.one(MARCH_1)), destination=DailyLocation(days=Days.one(date(2026, 3, 2))),
              join=Join.LEFT),
    ),
], ids=["daily_location", "daily_location with all options", "modal_location", "unique_subscriber_counts",
        "spatial_aggregate", "flows"])  # fmt: skip
def test_a_question_of_flowclient_is_the_same_question_in_our_words(theirs, ours):
    """Written by FlowKit's own functions; the identity is the same, whichever way it is asked."""
    assert read_spec(theirs) == ours
    assert read_spec(theirs).spec_id == read_spec(ours.spec()).spec_id


def test_the_version_of_flowclient_is_the_one_we_speak_of():
    """A newer client may write other words."""
    assert flowclient.__version__ == "1.34.0"


@pytest.mark.parametrize(("word", "join"), [
    ("inner", Join.INNER), ("left", Join.LEFT), ("left outer", Join.LEFT), ("right", Join.RIGHT),
    ("right outer", Join.RIGHT), ("full outer", Join.FULL),
])  # fmt: skip
def test_every_join_of_flowkit_is_understood(word, join):
    """Two words for one join are one question."""
    assert read_spec(flows_spec(from_location=FORTNIGHT, to_location=FORTNIGHT, join_type=word)).join is join


def test_an_end_date_is_not_included():
    """FlowKit's dates are half-open, ours are not."""
    one_day = unique_subscriber_counts_spec(start_date="2026-03-01", end_date="2026-03-02", aggregation_unit="admin2")

    assert read_spec(one_day).days == Days.one(MARCH_1)


def test_hours_that_differ_only_in_their_order_are_different_questions():
    """FlowKit sorts them before hashing: the second of the two silently becomes the first."""
    night, day = (
        read_spec(daily_location_spec(date="2026-03-01", aggregation_unit="admin2", method="last", hours=pair))
        for pair in ((20, 4), (4, 20))
    )

    assert night != day
    assert night.spec_id != day.spec_id


def test_an_end_hour_of_24_is_understood():
    """FlowKit accepts it and fails when it runs."""
    spec = COUNTS | {"hours": {"start_hour": 20, "end_hour": 24}}

    assert read_spec(spec).hours == Hours(20, 24)


@pytest.mark.parametrize("hours", [None, {"start_hour": 0, "end_hour": 24}])
def test_the_whole_day_is_one_question(hours):
    """Written out or left out."""
    assert read_spec(COUNTS | {"hours": hours}).spec_id == read_spec(COUNTS).spec_id


def test_hours_from_24_start_at_midnight_and_hours_to_0_end_there():
    """FlowKit's form lets both be written; they mean what a clock means."""
    assert read_spec(COUNTS | {"hours": {"start_hour": 24, "end_hour": 6}}).hours == Hours(0, 6)
    assert read_spec(COUNTS | {"hours": {"start_hour": 20, "end_hour": 0}}).hours == Hours(20, 24)


def test_the_order_of_daily_locations_means_nothing_and_their_days_do():
    """A mode has no order; FlowKit hashes lists by sorting, here the kind says so."""
    backwards = modal_location_spec(locations=FORTNIGHT["locations"][::-1])
    shorter = modal_location_spec(locations=FORTNIGHT["locations"][:-1])

    assert read_spec(backwards).spec_id == read_spec(FORTNIGHT).spec_id
    assert read_spec(shorter).spec_id != read_spec(FORTNIGHT).spec_id


def test_a_day_named_twice_is_refused():
    """It would count double."""
    with pytest.raises(BadSpec, match="named twice"):
        read_spec(modal_location_spec(locations=[LAST_PLACE, LAST_PLACE]))


def test_daily_locations_that_differ_in_more_than_the_date_are_refused():
    """The mode of unlike things is no place."""
    other = LAST_PLACE | {"date": "2026-03-02", "method": "most-common"}

    with pytest.raises(BadSpec, match="agree in all but the date"):
        read_spec(modal_location_spec(locations=[LAST_PLACE, other]))


def test_the_order_of_event_types_means_nothing():
    """Nor does naming one twice."""
    one, other = (read_spec(COUNTS | {"event_types": types}) for types in (["sms", "calls"], ["calls", "sms", "calls"]))

    assert one.spec_id == other.spec_id


@pytest.mark.parametrize(("key", "value"), [
    ("subscriber_subset", "6b8f0f6bd5a3b1f64a5bfb4ef7e7f4c4"),
    ("sampling", {"sampling_method": "system", "size": 1, "seed": 0.5}),
    ("mapping_table", "secret.table"),
    ("geom_table", "secret.table"),
    ("geom_table_join_column", "id; drop table events"),
])  # fmt: skip
def test_options_that_reach_around_protection_are_refused_in_words(key, value):
    """Tables by name, samples of one, subsets by id: each is a way around a threshold in FlowKit."""
    with pytest.raises(BadSpec, match=key) as error:
        read_spec(COUNTS | {key: value})
    assert error.value.field == key


@pytest.mark.parametrize("stamp", ["2026-03-01 00:00:01", "2026-03-01T12:00:00"])
def test_windows_cannot_be_shifted_by_seconds(stamp):
    """Two windows a second apart differ by the people of one second."""
    with pytest.raises(BadSpec, match="midnight"):
        read_spec(COUNTS | {"start_date": stamp})


@pytest.mark.parametrize(("changed", "field"), [
    ({"aggregation_unit": "cell"}, "aggregation_unit"),
    ({"aggregation_unit": None}, "aggregation_unit"),
    ({"start_date": "yesterday"}, "start_date"),
    ({"start_date": "2026-02-30"}, "start_date"),
    ({"end_date": "2026-03-01"}, "end_date"),
    ({"event_types": []}, "event_types"),
    ({"event_types": ["calls", "letters"]}, "event_types"),
    ({"event_types": "calls"}, "event_types"),
    ({"hours": {"start_hour": 3}}, "hours"),
    ({"hours": {"start_hour": 3, "end_hour": 3}}, "hours"),
    ({"hours": {"start_hour": 3, "end_hour": 25}}, "hours"),
    ({"hours": {"start_hour": "3", "end_hour": True}}, "hours"),
    ({"statistic": "avg"}, "statistic"),
    ({"query_kind": "unique_subscribers"}, "query_kind"),
])  # fmt: skip
def test_what_is_wrong_is_named(changed, field):
    """The field of FlowKit's grammar, so that a client can show it."""
    with pytest.raises(BadSpec) as error:
        read_spec(COUNTS | changed)
    assert error.value.field == field


@pytest.mark.parametrize(("changed", "says"), [
    ({"method": "first"}, "method"), ({"method": 7}, "method"),
])  # fmt: skip
def test_an_unknown_method_is_refused_in_words(changed, says):
    """Not by an error of Python's."""
    with pytest.raises(BadSpec, match=says):
        read_spec(LAST_PLACE | changed)


@pytest.mark.parametrize("tree", [{}, {"query_kind": 7}, {"query_kind": None}])
def test_a_question_without_a_kind_gets_flowkits_own_words(tree):
    """Clients look for them."""
    with pytest.raises(BadSpec):
        read_spec(tree)


@pytest.mark.parametrize("theirs", [LAST_PLACE, FORTNIGHT], ids=["daily_location", "modal_location"])
def test_a_question_about_single_people_cannot_be_asked_by_itself(theirs):
    """In FlowKit neither: it would be a table of subscribers."""
    with pytest.raises(BadSpec, match="single people"):
        read_question(theirs)


def test_flows_between_different_units_are_refused():
    """As in FlowKit."""
    with pytest.raises(BadSpec, match="same level"):
        read_spec(flows_spec(from_location=LAST_PLACE, to_location=FORTNIGHT))


def test_a_kind_flowkit_has_and_we_do_not_is_named():
    """With what is known."""
    with pytest.raises(BadSpec, match="radius_of_gyration"):
        read_spec({"query_kind": "radius_of_gyration"})
