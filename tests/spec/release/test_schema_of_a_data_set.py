"""The release check goes by what a data set can have and whom it counts, both seen without looking at a record."""

from dataclasses import replace
from datetime import date

import pytest

from safeconduct.model.areas import PHONED, SIGHTED, EventType
from safeconduct.model.days import Days
from safeconduct.model.outcomes import Admission, Refusal
from safeconduct.model.sightings import Counted
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.spec import read_question
from safeconduct.release.gate import admit
from safeconduct.release.statement import COUNTED, statement

DAYS = Days(date(2026, 1, 1), date(2026, 1, 3))


def asked(types: frozenset[EventType]) -> UniqueSubscriberCounts:
    return UniqueSubscriberCounts(days=DAYS, events=types)


@pytest.fixture
def sightings(world):
    """The same country, seen by another source."""
    facts = replace(world.facts, counted=Counted.DEVICE, present={EventType.SIGHTINGS: frozenset(DAYS)})
    return replace(world, facts=facts)


@pytest.mark.parametrize("types", [PHONED, frozenset({EventType.CALLS})])
def test_what_phones_did_is_not_asked_of_sightings(sightings, types) -> None:
    """What is offered instead passes."""
    refusal = admit(sightings.question(asked(types)), sightings.policy)

    assert isinstance(refusal, Refusal)
    assert refusal.reason == "schema.other_types"
    instead = read_question(refusal.alternatives[0].spec)
    assert isinstance(admit(sightings.question(instead), sightings.policy), Admission)


def test_sightings_are_not_asked_of_phones(world) -> None:
    refusal = admit(world.question(asked(SIGHTED)), world.policy)

    assert isinstance(refusal, Refusal)
    assert refusal.reason == "schema.other_types"


def test_an_answer_has_the_unit_of_what_is_counted(sightings, world) -> None:
    """Devices, and as sentences too; of phone records it stays people."""
    of_devices, of_phones = sightings.admission(asked(SIGHTED)), world.admission(asked(PHONED))
    draft = sightings.draft(asked(SIGHTED), {})

    assert [one.unit for one in of_devices.output.values] == ["devices"]
    assert [one.unit for one in of_phones.output.values] == ["people"]
    assert COUNTED[Counted.DEVICE] in statement(of_devices, draft.provenance, [])


def test_everything_counted_has_its_sentence() -> None:
    """None of a source speaks of a network."""
    assert set(COUNTED) == set(Counted)
    assert all("network" not in str(said) for one, said in COUNTED.items() if one is not Counted.SUBSCRIBER)
