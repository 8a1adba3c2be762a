"""Phones' types and sightings: never mixed, one meaning of everything for each, and ids stay as they were."""

from datetime import date

import pytest

from safeconduct.model.areas import PHONED, SIGHTED, EventType, everything
from safeconduct.model.days import Days
from safeconduct.model.errors import BadSpec
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.reading import reads
from safeconduct.query.spec import all_types, fitted, read_question
from safeconduct.release.slices import slices

DAY = {"first": "2026-01-05", "last": "2026-01-05"}
WEEKS = [Days(date(2026, 1, 5), date(2026, 1, 11)), Days(date(2026, 1, 12), date(2026, 1, 18))]
ID = "fea53424bcef3bdf3510dbf1e907294beb11c36d4311a23899e6d92d26728528"
SPEC = {"kind": "unique_subscriber_counts", "days": DAY, "areas": "admin2"}


def test_the_id_of_a_question_is_what_it_was() -> None:
    """As the release of before wrote it into ledgers."""
    assert read_question(SPEC).spec()["events"] == ["calls", "mds", "sms", "topups"]
    assert read_question(SPEC).spec_id == ID


def test_everything_is_everything_that_goes_together() -> None:
    assert everything([EventType.CALLS]) == PHONED == frozenset(EventType) - SIGHTED
    assert everything([EventType.SIGHTINGS]) == SIGHTED
    assert everything([]) == PHONED


def test_a_question_about_everything_is_about_what_the_data_set_has() -> None:
    """At every depth; a part is a part, and stays for the release check to refuse."""
    moves = Flows(origin=ModalLocation(days=(WEEKS[0],)), destination=ModalLocation(days=(WEEKS[1],)))
    calls = UniqueSubscriberCounts(days=WEEKS[0], events=frozenset({EventType.CALLS}))

    assert reads(fitted(moves, SIGHTED).plan()).events == SIGHTED
    assert fitted(moves, PHONED) == moves
    assert fitted(calls, SIGHTED) == calls
    assert all_types(calls, SIGHTED) == UniqueSubscriberCounts(days=WEEKS[0], events=SIGHTED)


def test_a_question_about_both_is_none() -> None:
    with pytest.raises(BadSpec, match="no data set has sightings and what phones did"):
        read_question({**SPEC, "events": ["calls", "sightings"]})


def test_flowkit_does_not_know_sightings() -> None:
    """Its grammar has four types; null is all of what the data set has."""
    flowkit = {"query_kind": "unique_subscriber_counts", "start_date": "2026-01-05", "end_date": "2026-01-06",
               "aggregation_unit": "admin2"}  # fmt: skip

    assert fitted(read_question(flowkit), SIGHTED).spec()["events"] == ["sightings"]
    with pytest.raises(BadSpec, match="calls, sms, mds, topups"):
        read_question({**flowkit, "event_types": ["sightings"]})


@pytest.mark.parametrize("types", [PHONED, SIGHTED])
def test_figures_about_everything_are_laid_side_by_side_as_such(types) -> None:
    """Whole days of all there is: what facts from elsewhere are compared with; movements too."""
    seen = UniqueSubscriberCounts(days=WEEKS[0], events=types)
    moves = fitted(Flows(origin=ModalLocation(days=(WEEKS[0],)), destination=ModalLocation(days=(WEEKS[1],))), types)
    placed = fitted(SpatialAggregate(locations=ModalLocation(days=(WEEKS[0],))), types)

    for query in (seen, moves, placed):
        (found,) = slices(query).values()
        assert found.plain
        assert found.events == tuple(sorted(types))
