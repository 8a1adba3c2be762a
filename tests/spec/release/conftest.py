"""A small country, questions about it, and drafts of answers; everything is made up."""

from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime

import pyarrow as pa
import pytest

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.signing import Signer
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import Admission, CellStatus, Draft, Evidence, Provenance, PublicFacts, Release
from safeconduct.model.output import Measure
from safeconduct.model.policy import Policy
from safeconduct.model.table import Table
from safeconduct.query.base import AggregateQuery
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.release.export import export
from safeconduct.release.gate import admit, decide
from safeconduct.release.policies import parse

FIRST, LAST = date(2026, 1, 1), date(2026, 1, 14)
NOW = datetime(2026, 2, 1, 12, 30, tzinfo=UTC)


def area(code: str, level: AreaLevel, **how: bool) -> Area:
    return Area(code=code, name=f"Place {code}", level=level, parent="", **how)


def country() -> Geography:
    """Districts A to D: C never had an antenna, D is a lake without one. Communes a1 to b1."""
    district, commune = AreaLevel.DISTRICT, AreaLevel.COMMUNE
    return Geography(
        id="geo",
        areas={
            AreaLevel.PROVINCE: (area("P", AreaLevel.PROVINCE),),
            district: (
                area("A", district),
                area("B", district),
                area("C", district, observed=False),
                area("D", district, observed=False, uninhabited=True),
            ),
            commune: (area("a1", commune), area("a2", commune), area("b1", commune)),
        },
    )


MARKS_ONLY = """
name = "marks_only"
version = 1
title = "Marks only"
says = "Rules that only mark cells, so that a test sees the numbers it wrote."
does_not_resist = ["Two questions that overlap."]
reviewers = 0

[[rule]]
name = "minimum_geography"
finest = "admin3"

[[rule]]
name = "minimum_time_grain"
shortest = "day"
least_hours = 6

[[rule]]
name = "minimum_contributors"
minimum = 16

[[rule]]
name = "dominance"
n = 1
k = 75
p = 10

[[rule]]
name = "presentation"
"""


@dataclass(frozen=True)
class World:
    """Everything a gate test needs, each part replaceable."""

    facts: PublicFacts = field(
        default_factory=lambda: PublicFacts(
            zone="Africa/Maputo",
            geography=country(),
            present={
                EventType.CALLS: frozenset(Days(FIRST, LAST)) - {date(2026, 1, 13)},
                EventType.SMS: frozenset(Days(FIRST, LAST)) - {date(2026, 1, 13), date(2026, 1, 5)},
            },
        )
    )
    policy: Policy = field(default_factory=lambda: parse(MARKS_ONLY))

    def question(self, query: AggregateQuery) -> Question:
        reading = reads(query.plan())
        partitions = {
            f"{event}/{day}": f"v{day}"
            for event in sorted(reading.events)
            for day in reading.days
            if day in self.facts.present.get(event, frozenset())
        }
        return Question(query=query, dataset="phone", partitions=partitions, facts=self.facts)

    def seen(self, areas: AreaLevel = AreaLevel.DISTRICT, days: Days | None = None) -> UniqueSubscriberCounts:
        return UniqueSubscriberCounts(days=days or Days(FIRST, date(2026, 1, 3)), areas=areas)

    def daily(self, days: Days) -> SpatialAggregate:
        return SpatialAggregate(locations=DailyLocation(days=days))

    def admission(self, query: AggregateQuery) -> Admission:
        answer = admit(self.question(query), self.policy)
        assert isinstance(answer, Admission)
        return answer

    def draft(self, query: AggregateQuery, cells: dict[tuple[object, ...], int], **evidence: list[int]) -> Draft:
        """A draft in which as many people as the numbers say are behind each cell."""
        question = self.question(query)
        output = query.output()
        columns = {
            key.name: pa.array([cell[at] for cell in cells], type=pa.date32() if key.level is None else pa.string())
            for at, key in enumerate(output.keys)
        }
        columns[output.values[0].name] = pa.array(list(cells.values()), type=pa.int64())
        counts = {Evidence.PEOPLE.value: pa.array(list(cells.values()), type=pa.int64())}
        counts |= {name: pa.array(column, type=pa.int64()) for name, column in evidence.items()}
        return Draft(
            output=output,
            table=Table(pa.table(columns)),
            evidence=Table(pa.table(counts)),
            status=(CellStatus.VALUE,) * len(cells),
            reasons=("",) * len(cells),
            provenance=Provenance(
                dataset="phone",
                spec=query.spec(),
                spec_id=query.spec_id,
                partitions=question.partitions,
                geography=self.facts.geography.id,
                data_version=question.data_version,
                code="0.1.0",
                engine="duckdb",
                zone=self.facts.zone,
            ),
        )

    def release(
        self, query: AggregateQuery, cells: dict[tuple[object, ...], int], *, training: bool = False
    ) -> Release:
        decision = decide(self.draft(query, cells), self.admission(query), approvals=0, training=training, now=NOW)
        assert isinstance(decision, Release)
        return decision

    def under(self, policy: Policy) -> "World":
        return replace(self, policy=policy)

    def sums(self, admission: Admission, draft: Draft, totals: list[int]) -> tuple[Admission, Draft]:
        """The same cells as sums of something, such as events; no kind of question asks for sums yet."""
        value = replace(admission.output.values[0], name="events", measure=Measure.MAGNITUDE, unit="events")
        output = replace(admission.output, values=(value,))
        table = draft.table.without("people").having(events=pa.array(totals, type=pa.int64()))
        return replace(admission, output=output), replace(draft, output=output, table=table)


@pytest.fixture
def world() -> World:
    return World()


def told(release: Release) -> dict[tuple[object, ...], tuple[object, str, str]]:
    """Value, status and reason by cell."""
    keys = [key.name for key in release.output.keys]
    value = release.output.values[0].name
    return {
        tuple(row[key] for key in keys): (row[value], str(row["status"]), str(row["reason"]))
        for row in release.table.rows()
    }


@pytest.fixture(name="told")
def told_fixture():
    return told


SQUARE = {"type": "Polygon", "coordinates": [[[0, 0], [0, 1.5], [1, 1], [0, 0]]]}


def signer_in(folder, *, training):
    folder.mkdir()
    keys = FileKeys.create(folder, training=training)
    return Signer.create(keys, folder)


@pytest.fixture(scope="module")
def signers(tmp_path_factory):
    """A real signer, a practice signer and somebody else's."""
    root = tmp_path_factory.mktemp("keys")
    return {
        "real": signer_in(root / "real", training=False),
        "practice": signer_in(root / "practice", training=True),
        "other": signer_in(root / "other", training=False),
    }


@pytest.fixture
def write(tmp_path, signers):
    """Export a release."""

    def write(release, who="", folder=tmp_path / "releases", **changes):
        about = {
            "names": {"A": "Ñandé"},
            "boundaries": {
                "type": "FeatureCollection",
                "features": [
                    {"type": "Feature", "properties": {"code": code, "parent": "P"}, "geometry": SQUARE}
                    for code in "ABCD"
                ],
            },
            "inclusion": {"index": 3, "size": 9, "root": "00", "path": []},
            "accountable": "Data steward",
            "licence": "For the project only",
        } | changes
        return export(release, folder=folder, signer=signers[who or ("practice" if release.training else "real")],
                      **about)  # fmt: skip

    return write


@pytest.fixture
def release(world):
    return world.release(world.seen(), {("A",): 20, ("B",): 3})
