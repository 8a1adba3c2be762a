"""Drawn tables: events and answers as a reader sees them, asked of every engine. Loaded by the conftests."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, time

import duckdb

from safeconduct.engines.base import engine
from safeconduct.engines.relations import LoadedRelations, Rows
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import LATER, Admission, Bound, Draft, Evidence, PublicFacts
from safeconduct.model.output import Measure
from safeconduct.model.policy import Policy
from safeconduct.query.base import AggregateQuery
from safeconduct.query.operations import AggregatePlan

ADMIN = (AreaLevel.COUNTRY, AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE)
POLICY = Policy(name="none", version=1, title="None", says="", does_not_resist=(), reviewers=0, rules=())
ALL_EVIDENCE = frozenset(Evidence) - LATER


def drawn(picture: str) -> list[dict[str, str]]:
    """Rows of a drawn table; its second line is a ruler."""
    lines = [line for line in picture.splitlines() if line.strip()]
    head, rows = lines[0], lines[2:]
    names = [name.strip() for name in head.split("|")]
    return [dict(zip(names, (cell.strip() for cell in row.split("|")), strict=True)) for row in rows]


def code_at(level: AreaLevel, commune: str) -> str:
    """The area of a level that a commune lies in: `P/D/C` is commune C of district D of province P.

    A code of fewer parts stands for itself and for everything above it.
    """
    parts = commune.split("/")
    deep = {AreaLevel.COUNTRY: 0, AreaLevel.PROVINCE: 1, AreaLevel.DISTRICT: 2, AreaLevel.COMMUNE: 3}[level]
    return "/".join(parts[:deep]) if deep else "X"


def geography(communes: Collection[str], sites: Collection[str] = ()) -> Geography:
    """Every area of the communes named, and a site for every cell."""
    levels: dict[AreaLevel, tuple[Area, ...]] = {}
    for level in ADMIN:
        codes = sorted({code_at(level, commune) for commune in communes})
        levels[level] = tuple(Area(code=code, name=code, level=level) for code in codes)
    levels[AreaLevel.SITE] = tuple(Area(code=code, name=code, level=AreaLevel.SITE) for code in sorted(sites))
    return Geography("drawn", levels)


def loaded(events: Iterable[Mapping[str, str]]) -> Rows:
    """Rows from drawn events: `person | time | area`, and `type` or `site` where it matters.

    An event with no area is on a cell that nobody can place.
    """
    rows = list(events)
    spots = sorted({(row.get("site", row["area"]), row["area"]) for row in rows})
    people = sorted({row["person"] for row in rows})
    placed = {cell: spot for cell, spot in enumerate(spots) if spot[1]}
    cells = {level: {cell: code_at(level, area) for cell, (_, area) in placed.items()} for level in ADMIN}
    cells[AreaLevel.SITE] = {cell: site for cell, (site, _) in placed.items()}
    stamps = [datetime.fromisoformat(row["time"]) for row in rows]
    return Rows(
        geography=geography({area for _, area in placed.values()}, {site for site, _ in placed.values()}),
        cells=cells,
        events=tuple(
            (
                EventType(row.get("type", "calls")), stamp.date(), people.index(row["person"]), seconds(stamp.time()),
                spots.index((row.get("site", row["area"]), row["area"])),
            )
            for row, stamp in zip(rows, stamps, strict=True)
        ),
    )  # fmt: skip


def seconds(clock: time) -> int:
    """Seconds since midnight."""
    return clock.hour * 3600 + clock.minute * 60 + clock.second


def admitted(query: AggregateQuery, rows: Rows, wanted: frozenset[Evidence] = ALL_EVIDENCE) -> Admission:
    """An admission that wants all evidence."""
    return Admission(
        spec=query.spec(),
        spec_id=query.spec_id,
        answer_id=query.spec_id,
        output=query.output(),
        policy=POLICY,
        facts=PublicFacts(zone=rows.zone, geography=rows.geography, present={}),
        wanted=wanted,
        bound=Bound(areas=2, most=3),
    )


@dataclass(frozen=True)
class Asker:
    """Asks every engine.

    Attributes:
        connection: One connection in memory, shared by the tests of a module.
    """

    connection: duckdb.DuckDBPyConnection

    def __call__(self, query: AggregateQuery, *, events: str, gives: str) -> None:
        """Each engine answers with exactly these rows, and counts the people behind them."""
        rows = loaded(drawn(events))
        for name in engine:
            draft = self.draft(name, query.plan(), admitted(query, rows), rows)
            assert shown(draft) == drawn(gives), name
            if query.output().values[0].measure is Measure.PEOPLE:
                assert draft.evidence.column("contributors") == draft.table.column(query.output().values[0].name)

    def draft(self, name: str, plan: AggregatePlan, admission: Admission, rows: Rows) -> Draft:
        """What one engine answers."""
        return engine[name]().answer(plan, admission, LoadedRelations(self.connection, rows))


def shown(draft: Draft) -> list[dict[str, str]]:
    """A draft as it would be drawn; what is unknown is left empty."""
    return [{key: "" if value is None else str(value) for key, value in row.items()} for row in draft.table.rows()]
