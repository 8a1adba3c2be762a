"""A FlowKit database in a PostgreSQL of our own, made from a seed, and what an ingest of it stands on."""

import os
import random
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from itertools import product
from pathlib import Path

import psycopg
import pytest

import ingest_world
from safeconduct.ingest.run import Commit, IngestReport, IngestSite, ingest
from safeconduct.ingest.source import Reach
from safeconduct.keys.provider import FileKeys
from safeconduct.model.mapping import FileMapping
from safeconduct.model.settings import SiteFolders
from safeconduct.store.records import Records
from safeconduct.store.versions import read_manifest

FIRST, DAYS, PEOPLE = date(2026, 1, 5), 5, 120
ZONE = "Africa/Maputo"
NOW = datetime(2026, 1, 20, tzinfo=UTC)
COMMUNES = {"A": (0, "D1"), "B": (1, "D1"), "C": (2, "D2"), "E": (3, "D2")}
CELLS = {f"{letter.lower()}{number}": letter for letter, number in product(COMMUNES, range(3))}
MOVES = date(2026, 1, 7)
SCHEMA = """
CREATE SCHEMA events; CREATE SCHEMA infrastructure; CREATE SCHEMA geography;
CREATE TABLE events.calls (id TEXT, outgoing BOOLEAN, datetime TIMESTAMPTZ NOT NULL, duration NUMERIC, network TEXT,
  msisdn BYTEA NOT NULL, msisdn_counterpart BYTEA, location_id TEXT, imsi BYTEA, imei BYTEA, tac NUMERIC(8),
  operator_code NUMERIC, country_code NUMERIC) PARTITION BY RANGE (datetime);
CREATE TABLE events.sms (id TEXT, outgoing BOOLEAN, datetime TIMESTAMPTZ NOT NULL, network TEXT, msisdn BYTEA NOT NULL,
  msisdn_counterpart BYTEA, location_id TEXT, imsi BYTEA, imei BYTEA, tac NUMERIC(8));
CREATE TABLE events.mds (id TEXT, datetime TIMESTAMPTZ NOT NULL, duration NUMERIC, volume_total NUMERIC,
  volume_upload NUMERIC, volume_download NUMERIC, msisdn TEXT NOT NULL, location_id TEXT, imsi TEXT, imei TEXT,
  tac NUMERIC(8));
CREATE TABLE events.topups (id TEXT, datetime TIMESTAMPTZ NOT NULL, type TEXT, recharge_amount NUMERIC,
  msisdn TEXT NOT NULL, location_id TEXT, imsi TEXT, imei TEXT, tac NUMERIC(8));
CREATE TABLE infrastructure.sites (site_id BIGSERIAL PRIMARY KEY, id TEXT, version INT, name TEXT, geom_point BYTEA,
  date_of_first_service DATE, date_of_last_service DATE, UNIQUE (id, version));
CREATE TABLE infrastructure.cells (cell_id BIGSERIAL PRIMARY KEY, id TEXT, version INT, site_id TEXT,
  date_of_first_service DATE, date_of_last_service DATE, geom_point BYTEA, UNIQUE (id, version));
CREATE TABLE geography.admin2 (admin2name TEXT, admin2pcod TEXT, geom BYTEA);
CREATE TABLE geography.admin3 (admin3name TEXT, admin3pcod TEXT, geom TEXT);
CREATE TABLE placed (id TEXT, version INT, area TEXT, PRIMARY KEY (id, version));
"""


@dataclass
class FlowDb:
    """A FlowKit database, and a store that takes it in."""

    url: str
    folder: Path
    commits: list[Commit] = field(default_factory=list)
    taken: dict[str, str] = field(default_factory=dict)
    wait: int = 0

    def __post_init__(self) -> None:
        self.folders = SiteFolders(self.folder / "site")
        self.folders.root.mkdir(parents=True, exist_ok=True)
        self.keys = FileKeys.create(self.folders.keys, training=True)

    def sql(self, statement: str, *values: object) -> list[tuple]:
        with psycopg.connect(self.url) as connection:
            cursor = connection.execute(statement, values or None)
            return cursor.fetchall() if cursor.description else []

    def mapping(self, **source: object) -> FileMapping:
        return FileMapping.from_tree(
            {
                "format": 1,
                "dataset": "phone",
                "zone": ZONE,
                "source": {"kind": "flowdb", "connection": "operator", "steady_s": 0, **source},
                "identifiers": {"counterpart": "pseudonymise"},
            }
        )

    def take(self, mapping: FileMapping | None = None, *, now: datetime = NOW, **reach: object) -> IngestReport:
        """Take in what there is, and remember it as a ledger does."""

        def committed(done: Commit) -> None:
            self.commits.append(done)
            self.taken |= {one.name: one.sha256 for one in done.receipts}

        known = {"secret": lambda _name: self.url, "taken": lambda name: self.taken.get(name, ""), "now": now}
        opened = IngestSite(
            folders=self.folders, keys=self.keys, manifest=self.manifest(), named=self.named,
            known=lambda sha256: sha256 in self.taken.values(), memory_mb=256, threads=1, reach=Reach(**known | reach),
        )  # fmt: skip
        return ingest(mapping or self.mapping(), self.folder, opened=opened, commit=committed)

    def manifest(self):
        return self.commits[-1].manifest if self.commits else None

    def named(self) -> str:
        return self.commits[-1].manifest.id if self.commits else ""

    def records(self) -> Records:
        manifest = read_manifest(self.folders.store, "phone", self.manifest().id)
        return Records(store=self.folders.store, manifest=manifest, keys=self.keys)


def wkb_point(lon: float, lat: float) -> bytes:
    return struct.pack("<BIdd", 1, 1, lon, lat)


def wkb_square(x: int, width: int) -> bytes:
    ring = [(x, 0), (x + width, 0), (x + width, 1), (x, 1), (x, 0)]
    return struct.pack("<BIII", 1, 3, 1, len(ring)) + b"".join(struct.pack("<dd", *point) for point in ring)


def fill_ground(connection: psycopg.Connection) -> None:
    """Squares for areas; of a site's three cells the last has no position of its own; one cell moves."""
    for letter, (x, _) in COMMUNES.items():
        connection.execute(
            "INSERT INTO geography.admin3 VALUES (%s, %s, %s)", (f"Commune {letter}", letter, wkb_square(x, 1).hex())
        )
        connection.execute(
            "INSERT INTO infrastructure.sites (id, version, geom_point) VALUES (%s, 0, %s)",
            (f"S{letter}", wkb_point(x + 0.5, 0.5)),
        )
    for code, x in (("D1", 0), ("D2", 2)):
        connection.execute("INSERT INTO geography.admin2 VALUES (%s, %s, %s)", (code, code, wkb_square(x, 2)))
    cell = (
        "INSERT INTO infrastructure.cells (id, version, site_id, date_of_first_service, date_of_last_service, "
        "geom_point) VALUES (%s, %s, %s, %s, %s, %s)"
    )
    for name, letter in CELLS.items():
        own = None if name.endswith("2") else wkb_point(COMMUNES[letter][0] + 0.4, 0.4)
        connection.execute(cell, (name, 0, f"S{letter}", None, None, own))
        connection.execute("INSERT INTO placed VALUES (%s, 0, %s)", (name, letter))
    connection.execute(cell, ("m", 0, "SA", None, MOVES - timedelta(1), wkb_point(0.2, 0.2)))
    connection.execute(cell, ("m", 1, "SC", MOVES, None, wkb_point(2.2, 0.2)))
    connection.execute("INSERT INTO placed VALUES ('m', 0, 'A'), ('m', 1, 'C')")


def events(seed: int = 7) -> Iterator[tuple[int, datetime, str]]:
    """Person, moment, cell: no two of a person in one second, many around local midnight."""
    draw = random.Random(seed)  # noqa: S311 - made-up events
    names = [*CELLS, "m", "m", "m"]
    start = datetime(FIRST.year, FIRST.month, FIRST.day, tzinfo=UTC) - timedelta(hours=2)
    for person in range(PEOPLE):
        for second in sorted(draw.sample(range(DAYS * 86_400), draw.randrange(10, 40))):
            yield person, start + timedelta(seconds=second, milliseconds=700), draw.choice(names)


def fill_events(connection: psycopg.Connection) -> None:
    for number in range(-1, DAYS + 1):
        day = FIRST + timedelta(number)
        connection.execute(
            f"CREATE TABLE events.calls_{day:%Y%m%d} PARTITION OF events.calls "
            f"FOR VALUES FROM ('{day} 00:00Z') TO ('{day + timedelta(1)} 00:00Z')"
        )
    draw = random.Random(8)  # noqa: S311 - made-up events
    rows: dict[str, list[tuple]] = {"calls": [], "sms": [], "mds": [], "topups": []}
    for person, at, cell in events():
        number = hashed(person)
        sort = draw.choice(list(rows))
        whose = number if sort in {"calls", "sms"} else number.hex()
        rows[sort].append((at, whose, cell, draw.randrange(1, 600)))
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO events.calls (datetime, msisdn, location_id, duration, outgoing, msisdn_counterpart) "
            "VALUES (%s, %s, %s, %s / 60.0, true, '\\xff')",
            rows["calls"],
        )
        cursor.executemany(
            "INSERT INTO events.sms (datetime, msisdn, location_id, outgoing) VALUES (%s, %s, %s, %s < 300)",
            rows["sms"],
        )
        cursor.executemany(
            "INSERT INTO events.mds (datetime, msisdn, location_id, volume_total) VALUES (%s, %s, %s, %s)", rows["mds"]
        )
        cursor.executemany(
            "INSERT INTO events.topups (datetime, msisdn, location_id, recharge_amount) VALUES (%s, %s, %s, %s)",
            rows["topups"],
        )


def hashed(person: int) -> bytes:
    return bytes([person, 0xAB, 0xCD, 0xEF]) * 8


def name_in(url: str) -> str:
    """The name of a database in its address."""
    return url.partition("@/")[2].partition("?")[0]


@pytest.fixture(scope="session")
def flowdb_template(postgres) -> str:
    """A filled database, for copying."""
    url = postgres.database()
    with psycopg.connect(url) as connection:
        connection.execute(SCHEMA)
        fill_ground(connection)
        fill_events(connection)
    return name_in(url)


def taken_in(made: FlowDb) -> FlowDb:
    made.report = made.take()
    return made


@pytest.fixture(scope="module")
def flowdb(postgres, flowdb_template, tmp_path_factory) -> FlowDb:
    """A database that nobody changes, taken in once."""
    return taken_in(FlowDb(postgres.database(flowdb_template), tmp_path_factory.mktemp("flowdb")))


@pytest.fixture
def changing(postgres, flowdb_template, tmp_path_factory) -> FlowDb:
    """A database of a test's own."""
    return FlowDb(postgres.database(flowdb_template), tmp_path_factory.mktemp("changing"))


POSTGIS = """
CREATE EXTENSION postgis;
ALTER TABLE infrastructure.cells
  ALTER geom_point TYPE geometry(Point, 4326) USING ST_GeomFromWKB(geom_point, 4326),
  ADD geom_polygon geometry(MultiPolygon, 4326);
ALTER TABLE infrastructure.sites
  ALTER geom_point TYPE geometry(Point, 4326) USING ST_GeomFromWKB(geom_point, 4326),
  ADD geom_polygon geometry(MultiPolygon, 4326);
ALTER TABLE geography.admin2
  ALTER geom TYPE geometry(MultiPolygon, 4326) USING ST_Multi(ST_GeomFromWKB(geom, 4326));
ALTER TABLE geography.admin3
  ALTER geom TYPE geometry(MultiPolygon, 4326) USING ST_Multi(ST_GeomFromWKB(decode(geom, 'hex'), 4326));
"""


@pytest.fixture(scope="session")
def postgis_template(postgres, flowdb_template) -> str:
    """The filled database with PostGIS in it and geometry columns as FlowDB has them, for copying."""
    url = postgres.database(flowdb_template)
    with psycopg.connect(url) as connection:
        if connection.execute("SELECT 1 FROM pg_available_extensions WHERE name = 'postgis'").fetchone() is None:
            reason = "needs PostGIS, which is not installed beside PostgreSQL"
            if os.environ.get("CI", "").lower() == "true":
                pytest.fail(reason)
            pytest.skip(reason)
        connection.execute(POSTGIS)
    return name_in(url)


@pytest.fixture(scope="module")
def placed_by_postgis(postgres, postgis_template, tmp_path_factory) -> FlowDb:
    """A database with PostGIS that nobody changes, taken in once."""
    return taken_in(FlowDb(postgres.database(postgis_template), tmp_path_factory.mktemp("postgis")))


@pytest.fixture
def geometric(postgres, postgis_template, tmp_path_factory) -> FlowDb:
    """A database with PostGIS of a test's own."""
    return FlowDb(postgres.database(postgis_template), tmp_path_factory.mktemp("geometric"))


@pytest.fixture(scope="session")
def worlds():
    """The module with the world of the ingest's spec tests."""
    return ingest_world


@pytest.fixture
def world(worlds, tmp_path):
    return worlds.World(tmp_path)


@pytest.fixture
def row(worlds):
    return worlds.row
