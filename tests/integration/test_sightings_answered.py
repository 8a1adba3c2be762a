"""Sightings of an app's devices are taken in, asked and told under the same rules as phone records."""

import secrets
import threading
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from safeconduct.actions.agreements import agree, open_project
from safeconduct.actions.asking import ask, explain, result
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.products import declare_product
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.working import work
from safeconduct.attack.specs import daily, flows, modal, people, seen
from safeconduct.desk.sample import sample_sightings
from safeconduct.engines.engine import answer
from safeconduct.model.areas import SIGHTED, EventType, TimeGrain
from safeconduct.model.days import Days
from safeconduct.model.errors import WrongState
from safeconduct.model.outcomes import LATER, Bound, Evidence, Refusal, Release
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import fitted, read_question
from safeconduct.release.gate import admit
from safeconduct.release.sheets import csv_of
from safeconduct.synth.samples.sightings import SightingsSample, write

FIRST, COUNT = date(2026, 1, 5), 4
DAYS = [FIRST + timedelta(days=at) for at in range(COUNT)]
ONE_DAY = {"first": "2026-01-05", "last": "2026-01-05"}
QUESTIONS = {
    "seen in four days": seen(DAYS, "admin2"),
    "last place of each day": people(daily(DAYS, "admin2")),
    "events": {"kind": "location_event_counts", "days": ONE_DAY, "areas": "admin1"},
    "movements": flows(modal(DAYS[:2], "admin1"), modal(DAYS[2:], "admin1")),
}


@pytest.fixture(scope="module")
def site(tmp_path_factory) -> Site:
    """Some thousand devices over four days, and one analyst."""
    folder: Path = tmp_path_factory.mktemp("sightings")
    sample_sightings({"devices": 4_000, "days": COUNT, "first": FIRST}, folder=folder / "files")
    made = Site.create(folder / "site", name="practice", training=True)
    for login, roles in (("amara", ("steward",)), ("bilal", ("engineer",)), ("chloe", ("analyst",))):
        first_person(made, login=login, name=login, password=secrets.token_urlsafe(18), roles=roles)
    ingest(room(made, "bilal"), mapping=folder / "files" / "mapping.toml", folder=folder / "files")
    later = datetime.now(UTC).date() + timedelta(days=365)
    project = open_project(room(made, "amara"), name="chloe", purpose="Plan water points", until=later)
    agree(room(made, "amara"), project=project.id, title="chloe", dataset="pings", members=("chloe",),
          days=Days(FIRST, FIRST + timedelta(days=COUNT)), until=later, grain=TimeGrain.HOUR)  # fmt: skip
    return made


def room(site: Site, login: str) -> Room:
    now = datetime.now(UTC)
    return Room(site, shell_caller(site, login=login, now=now), now)


def told(site: Site, spec: dict) -> Release:
    """What leaves for a question."""
    ticket = ask(room(site, "chloe"), spec=spec)
    assert not isinstance(ticket, Refusal), ticket.reason
    work(site, worker="test", stop=threading.Event(), until_empty=True)
    found = result(room(site, "chloe"), answer_id=ticket.answer_id)
    assert isinstance(found, Release)
    return found


def test_every_answer_says_that_devices_were_counted(site) -> None:
    """In its unit and its statement, though every file calls the column people; and it is about sightings alone."""
    found = told(site, {"kind": "unique_subscriber_counts", "days": ONE_DAY, "areas": "admin2"})

    assert found.output.values[0].unit == "devices"
    assert "Devices are counted, not people: somebody may have several, or none." in map(str, found.statement)
    assert not any("subscribers" in str(one) or "antenna" in str(one) for one in found.statement)
    assert found.provenance.spec["events"] == ["sightings"]
    assert {one["status"] for one in found.table.rows()} >= {"value"}
    assert "people" in csv_of(found, {}).decode().splitlines()[0].split(",")


def test_a_threshold_holds_for_devices(site) -> None:
    """No figure of fewer than the level's sixteen is told, noise and all."""
    found = told(site, {"kind": "unique_subscriber_counts", "days": ONE_DAY, "areas": "admin3"})

    assert all(row["people"] is None for row in found.table.rows() if row["status"] == "suppressed")
    assert any(row["status"] == "suppressed" for row in found.table.rows())


def test_calls_cannot_be_asked_of_sightings(site) -> None:
    """Told in words, with a question that passes."""
    refusal = ask(room(site, "chloe"), spec={"kind": "unique_subscriber_counts", "days": ONE_DAY, "events": ["calls"]})

    assert isinstance(refusal, Refusal)
    assert refusal.reason == "schema.other_types"
    assert "knows no calls" in str(refusal.what)
    instead = refusal.alternatives[0].spec
    assert not isinstance(explain(room(site, "chloe"), spec=instead), Refusal)


def test_half_a_day_is_one_of_the_fixed_parts(site) -> None:
    """Hours of one's own choice are refused as they are for phone records."""
    spec = {"kind": "unique_subscriber_counts", "days": ONE_DAY, "hours": {"start": 7, "end": 15}}

    refusal = explain(room(site, "chloe"), spec=spec)

    assert isinstance(refusal, Refusal)
    assert refusal.reason.startswith("public_bins")


def test_a_window_of_a_product_is_about_sightings(site) -> None:
    """Declared by its own words it is the same question that an analyst asks."""
    made = declare_product(room(site, "amara"), title="Daily", dataset="pings", step=1, windows=2,
                           spec={"kind": "unique_subscriber_counts", "days": ONE_DAY, "areas": "admin1"})  # fmt: skip

    assert made.spec["events"] == ["sightings"]


@pytest.mark.parametrize("spec", QUESTIONS.values(), ids=QUESTIONS)
def test_engines_agree_on_sightings_at_rest(site, spec) -> None:
    """The same cells and evidence from plain Python over every event."""
    manifest = site.manifest("pings")
    facts = site.facts(manifest)
    query = fitted(read_question(spec), facts.types)
    reading = reads(query.plan())
    assert reading.events == SIGHTED
    partitions = manifest.versions(reading.days, reading.events)
    admission = admit(Question(query=query, dataset="pings", partitions=partitions, facts=facts),
                      site.policies["threshold_only"])  # fmt: skip
    assert not isinstance(admission, Refusal)

    drafts = [
        answer(query.plan(), _whole(admission), site.records(manifest), engine=name, memory_mb=256, threads=1,
               secret=bytes(32), spill=site.folders.spill, cancelled=None)
        for name in ("duckdb", "reference")
    ]  # fmt: skip

    assert len(drafts[1].table) > 0
    assert drafts[0].table.arrow.equals(drafts[1].table.arrow)
    assert drafts[0].evidence.arrow.equals(drafts[1].evidence.arrow)


def _whole(admission):
    return replace(admission, wanted=frozenset(Evidence) - LATER, bound=Bound(areas=2, most=3))


def test_a_sample_is_the_same_each_time(tmp_path) -> None:
    """The same seed, the same bytes; a folder that holds something is left alone."""
    for name in ("one", "two"):
        write(SightingsSample(devices=30, days=1), folder=tmp_path / name)

    files = {path.name: path.read_bytes() for path in (tmp_path / "one").iterdir()}
    assert files == {path.name: path.read_bytes() for path in (tmp_path / "two").iterdir()}
    with pytest.raises(WrongState, match="holds something"):
        sample_sightings({"devices": 30}, folder=tmp_path / "one")


def test_phones_and_sightings_are_never_asked_together() -> None:
    """No data set has both, and the default is a phone's."""
    assert EventType.SIGHTINGS not in reads(read_question(QUESTIONS["events"]).plan()).events
