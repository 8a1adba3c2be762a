"""Both engines over real encrypted parts: files written by `ingest`, one key each."""

import shutil
import threading
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

import pytest

from safeconduct.engines.engine import answer
from safeconduct.ingest.mapping import read_mapping
from safeconduct.ingest.run import Commit, IngestSite, ingest
from safeconduct.keys.provider import FileKeys
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days, Hours
from safeconduct.model.errors import Cancelled, Tampered, UnknownName
from safeconduct.model.outcomes import LATER, Admission, Bound, Draft, Evidence, PublicFacts
from safeconduct.model.policy import Policy
from safeconduct.model.settings import SiteFolders
from safeconduct.query.base import AggregateQuery
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.operations import Join, PlaceMethod
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.store.records import Records
from safeconduct.store.versions import read_manifest
from safeconduct.synth.samples.cdr import CdrSample, default_layout, write

FIRST = date(2026, 1, 5)
ALL = Days(FIRST, FIRST + timedelta(days=5))
BEFORE, AFTER = (ModalLocation(days=(Days(FIRST + timedelta(at), FIRST + timedelta(at + 2)),)) for at in (0, 3))
NIGHT = Hours(20, 6)
CALLS = frozenset({EventType.CALLS})
MOST = PlaceMethod.MOST_COMMON
POLICY = Policy(name="none", version=1, title="None", says="", does_not_resist=(), reviewers=0, rules=())
QUESTIONS = {
    "people seen in each district": UniqueSubscriberCounts(days=ALL),
    "people seen at each site": UniqueSubscriberCounts(days=ALL, areas=AreaLevel.SITE),
    "people seen in each commune by night": UniqueSubscriberCounts(days=ALL, areas=AreaLevel.COMMUNE, hours=NIGHT),
    "people who called": UniqueSubscriberCounts(days=ALL, areas=AreaLevel.PROVINCE, events=CALLS),
    "last place of each day": SpatialAggregate(locations=DailyLocation(days=ALL)),
    "main place of each day": SpatialAggregate(locations=DailyLocation(days=ALL, areas=AreaLevel.COMMUNE, method=MOST)),
    "modal places": SpatialAggregate(locations=BEFORE),
    "modal places by night": SpatialAggregate(locations=ModalLocation(days=(ALL,), hours=NIGHT)),
    "movements": Flows(origin=BEFORE, destination=AFTER),
    "movements of everybody": Flows(origin=BEFORE, destination=AFTER, join=Join.FULL),
}


@dataclass(frozen=True)
class Store:
    """A store, the key to it, and which version it is at."""

    folders: SiteFolders
    version: str

    def records(self) -> Records:
        manifest = read_manifest(self.folders.store, "phone", self.version)
        return Records(store=self.folders.store, manifest=manifest, keys=FileKeys.open(self.folders.keys))

    def ask(self, query: AggregateQuery, engine: str = "duckdb", cancelled: threading.Event | None = None) -> Draft:
        records = self.records()
        admission = Admission(
            spec=query.spec(), spec_id=query.spec_id, answer_id=query.spec_id, output=query.output(), policy=POLICY,
            facts=self.facts(records), wanted=frozenset(Evidence) - LATER, bound=Bound(areas=2, most=3),
        )  # fmt: skip
        return answer(
            query.plan(), admission, records, engine=engine, memory_mb=512, threads=2,
            secret=bytes(32), spill=self.folders.spill, cancelled=cancelled,
        )  # fmt: skip

    def facts(self, records: Records) -> PublicFacts:
        return PublicFacts(zone=records.zone, geography=records.geography, present={})


@pytest.fixture(scope="module")
def store(tmp_path_factory) -> Store:
    """400 people, six days, all four types of event."""
    folders = SiteFolders(tmp_path_factory.mktemp("site"))
    sample = write(
        CdrSample(people=400, days=6, disaster_day=3), folder=folders.root / "files", layout=default_layout()
    )
    opened = IngestSite(
        folders=folders, keys=FileKeys.create(folders.keys, training=True), manifest=None, named=lambda: "",
        known=lambda _sha256: False, memory_mb=512, threads=2,
    )  # fmt: skip
    commits: list[Commit] = []
    ingest(read_mapping(sample.mapping), sample.folder, opened=opened, commit=commits.append)
    return Store(folders, commits[-1].manifest.id)


@pytest.mark.parametrize("query", QUESTIONS.values(), ids=QUESTIONS)
def test_engines_agree_on_the_records_at_rest(store, query):
    """From rollups and from events, at every level: the same cells as plain Python over every event."""
    theirs, ours = store.ask(query, "duckdb"), store.ask(query, "reference")

    assert len(ours.table) > 0
    assert theirs.table.arrow.equals(ours.table.arrow)
    assert theirs.evidence.arrow.equals(ours.evidence.arrow)


def test_a_draft_names_the_versions_it_read(store):
    """Those of the question's own data version, so that the two can be compared."""
    query = UniqueSubscriberCounts(days=Days.one(FIRST), events=CALLS)
    records, reading = store.records(), reads(query.plan())
    partitions = records.versions(reading.days, reading.events)
    question = Question(query=query, dataset="phone", partitions=partitions, facts=store.facts(records))

    said = store.ask(query).provenance

    assert list(said.partitions) == [f"calls/{FIRST}"]
    assert said.data_version == question.data_version
    assert (said.dataset, said.zone, said.geography) == ("phone", records.zone, records.geography.id)


def test_days_without_records_give_no_rows(store):
    """No file to read is no error."""
    assert len(store.ask(UniqueSubscriberCounts(days=Days.one(date(2020, 2, 29)))).table) == 0


def test_a_changed_file_is_not_answered_from(store, tmp_path):
    """One bit of one rollup: told as tampering, without a word of what the file holds."""
    shutil.copytree(store.folders.root, tmp_path / "site")
    copy = Store(SiteFolders(tmp_path / "site"), store.version)
    for path in (copy.folders.store / "phone" / "rollups").rglob("*.parquet"):
        changed = bytearray(path.read_bytes())
        changed[len(changed) // 2] ^= 1
        path.chmod(0o600)
        path.write_bytes(changed)

    with pytest.raises(Tampered) as error:
        copy.ask(UniqueSubscriberCounts(days=ALL))
    assert error.value.__cause__ is None


def test_a_question_stopped_before_it_began_is_not_answered(store):
    """Whoever stopped it gets no draft."""
    stopped = threading.Event()
    stopped.set()

    with pytest.raises(Cancelled):
        store.ask(UniqueSubscriberCounts(days=ALL), cancelled=stopped)


def test_a_question_leaves_nothing_in_the_spill_folder(store):
    """What fitted into memory was never written."""
    store.ask(UniqueSubscriberCounts(days=ALL))

    assert [path for path in Path(store.folders.spill).rglob("*") if path.is_file()] == []


def test_an_engine_nobody_knows_is_named(store):
    """With the closest name."""
    with pytest.raises(UnknownName, match="did you mean 'duckdb'"):
        store.ask(UniqueSubscriberCounts(days=ALL), "duckbd")
