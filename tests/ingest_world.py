"""A small country with an operator's files, a store to take them into, and a ledger of one page."""

import json
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from safeconduct.ingest.mapping import read_mapping
from safeconduct.ingest.run import Commit, IngestReport, IngestSite, ingest
from safeconduct.keys.provider import FileKeys
from safeconduct.model.areas import EventType
from safeconduct.model.mapping import FileMapping
from safeconduct.model.settings import SiteFolders
from safeconduct.store.intake import Quarantine, Rejected
from safeconduct.store.records import Records, add_keys, connect, read_parquet_sql
from safeconduct.store.versions import Manifest, read_manifest

HEADER = "MSISDN,TIME,CELL,DIRECTION,OTHER,IMSI,IMEI,DURATION"
CELLS = """\
cell,site,lon,lat,first,last
a1,A,0.5,0.5,2026-01-01,2026-12-31
b1,B,1.5,0.5,2026-01-01,2026-06-30
b1,B,2.5,0.5,2026-07-01,
c1,C,2.5,0.5,,
sea,S,9.0,9.0,,
"""
MAPPING = """\
format = 1
dataset = "phone"
zone = "Africa/Maputo"
{top}

[cells]
file = "cells.csv"
columns = {{ cell = "cell", site = "site", lon = "lon", lat = "lat", first = "first", last = "last" }}

[areas]
admin1 = "admin1.geojson"
admin2 = "admin2.geojson"
admin3 = "admin3.geojson"

[events.calls]
files = "calls_*.csv"
{events}

[events.calls.columns]
person = "MSISDN"
time = "TIME"
cell = "CELL"
direction = "DIRECTION"
counterpart = "OTHER"
imsi = "IMSI"
imei = "IMEI"
amount = "DURATION"
{columns}

{end}
"""
AREAS = {
    "admin1": [("P1", 0, 2), ("P2", 2, 2)],
    "admin2": [("D1", 0, 2), ("D2", 2, 2)],
    "admin3": [("A", 0, 1), ("B", 1, 1), ("C", 2, 1), ("E", 3, 1)],
}


class Page:
    """A ledger of one page, in SQLite: which version is current and which contents were taken in."""

    def __init__(self, path: Path) -> None:
        self.path = path
        with self.open() as page:
            page.execute("CREATE TABLE IF NOT EXISTS file (sha256 TEXT PRIMARY KEY, rows INTEGER, kept INTEGER)")
            page.execute("CREATE TABLE IF NOT EXISTS current (one INTEGER PRIMARY KEY, manifest TEXT)")

    def open(self) -> sqlite3.Connection:
        page = sqlite3.connect(self.path, isolation_level=None)
        page.execute("PRAGMA synchronous=FULL")
        return page

    def knows(self, sha256: str) -> bool:
        with self.open() as page:
            return page.execute("SELECT 1 FROM file WHERE sha256 = ?", (sha256,)).fetchone() is not None

    def current(self) -> str:
        with self.open() as page:
            return next(iter(page.execute("SELECT manifest FROM current").fetchone() or ("",)))

    def commit(self, done: Commit) -> None:
        with self.open() as page:
            page.execute("BEGIN IMMEDIATE")
            page.executemany(
                "INSERT OR IGNORE INTO file VALUES (?, ?, ?)",
                [(one.sha256, one.rows, one.kept) for one in done.receipts],
            )
            page.execute("INSERT OR REPLACE INTO current VALUES (1, ?)", (done.manifest.id,))
            page.execute("COMMIT")


@dataclass
class World:
    """An owner's folder and site.

    Attributes:
        folder: Where everything is.
        commits: What was committed through `take`.
    """

    folder: Path
    commits: list[Commit] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.files.mkdir(parents=True, exist_ok=True)
        self.folders.root.mkdir(exist_ok=True)
        fresh = not self.folders.keys.exists()
        self.keys = (FileKeys.create if fresh else lambda folder, **_: FileKeys.open(folder))(
            self.folders.keys, training=True
        )
        self.page = Page(self.folder / "page.sqlite")
        if fresh:
            self.areas(AREAS)
            self.write("cells.csv", CELLS)
            self.map()

    @property
    def files(self) -> Path:
        return self.folder / "files"

    @property
    def folders(self) -> SiteFolders:
        return SiteFolders(self.folder / "site")

    def write(self, name: str, content: str | bytes) -> Path:
        path = self.files / name
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    def areas(self, levels: dict[str, list[tuple[str, int, int]]], **more: object) -> None:
        for level, squares in levels.items():
            features = [
                {"type": "Feature", "properties": {"pcod": code, "name": code, **more}, "geometry": _strip(x, width)}
                for code, x, width in squares
            ]
            self.write(f"{level}.geojson", json.dumps({"type": "FeatureCollection", "features": features}))

    def map(self, *, top: str = "", events: str = "", columns: str = "", end: str = "") -> None:
        self.write("mapping.toml", MAPPING.format(top=top, events=events, columns=columns, end=end))

    @property
    def mapping(self) -> FileMapping:
        return read_mapping(self.files / "mapping.toml")

    def calls(self, rows: Iterable[str], name: str = "calls_1.csv") -> Path:
        return self.write(name, "\n".join((HEADER, *rows)) + "\n")

    def manifest(self) -> Manifest | None:
        current = self.page.current()
        return read_manifest(self.folders.store, "phone", current) if current else None

    def take(self, *, memory_mb: int = 256, commit: Callable[[Commit], None] | None = None, **how) -> IngestReport:
        def committed(done: Commit) -> None:
            self.page.commit(done)
            self.commits.append(done)

        return ingest(self.mapping, self.files, opened=self.site(memory_mb), commit=commit or committed, **how)

    def site(self, memory_mb: int = 256) -> IngestSite:
        return IngestSite(
            folders=self.folders,
            keys=self.keys,
            manifest=self.manifest(),
            named=self.page.current,
            known=self.page.knows,
            memory_mb=memory_mb,
            threads=1,
        )

    def records(self) -> Records:
        return Records(store=self.folders.store, manifest=self.manifest(), keys=self.keys)

    def events(self, columns: str = "person, second, cell") -> dict[date, list[tuple]]:
        return self._read("events", columns)

    def rollups(self) -> dict[date, list[tuple]]:
        return self._read("rollups", "*")

    def people(self) -> int:
        return len({row[0] for rows in self.events().values() for row in rows})

    def quarantined(self, commit: int = -1, file: int = 0) -> list[Rejected]:
        quarantine = Quarantine(folder=self.folders.quarantine, dataset="phone", keys=self.keys)
        return list(quarantine.rows(self.commits[commit].receipts[file].sha256))

    def stored(self) -> set[str]:
        """Every file below the data set's folder that a version could need."""
        folder = self.folders.store / "phone"
        return {
            path.relative_to(folder).as_posix()
            for path in folder.rglob("*")
            if path.is_file() and path.relative_to(folder).parts[0] in {"parts", "doubles", "rollups", "codes"}
        }

    def _read(self, what: str, columns: str) -> dict[date, list[tuple]]:
        records = self.records()
        manifest = self.manifest()
        days = sorted({one.day for one in manifest.partitions})
        connection = connect(read=[records.folder], spill=self.folders.spill, memory_mb=256, threads=1)
        found: dict[date, list[tuple]] = {}
        for part in getattr(records, what)(days, EventType):
            statement = f"SELECT {columns} FROM {read_parquet_sql(part, add_keys(connection, [part])[0])}"
            found.setdefault(part.day, []).extend(connection.execute(statement).fetchall())
        connection.close()
        return found


def row(
    person: str = "+258841", at: str = "2026-01-05 10:00:00", cell: str = "a1", way: str = "outgoing", *more: str
) -> str:
    """A good row, or one that is wrong in what is given."""
    rest: Sequence[str] = more or ("258842", "64301", "35000000", "60")
    return ",".join((person, at, cell, way, *rest))


def _strip(x: int, width: int) -> dict[str, object]:
    ring = [[x, 0], [x + width, 0], [x + width, 1], [x, 1], [x, 0]]
    return {"type": "Polygon", "coordinates": [ring]}
