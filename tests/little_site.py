"""A site with a few people's phone records one can see, and ways to look into all that lies on its disk."""

import base64
import json
import re
import threading
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np

from safeconduct.actions.ingesting import ingest
from safeconduct.actions.room import Caller, Room
from safeconduct.actions.site import Site
from safeconduct.actions.working import work
from safeconduct.ingest.people import EPOCH, normalised, pseudonyms
from safeconduct.keys.ring import MAGIC, Ring, read_header
from safeconduct.model.errors import Tampered
from safeconduct.store.chests import Chests
from safeconduct.store.encrypted import add_key, connect, unwrapped
from safeconduct.store.intake import Quarantine
from safeconduct.store.seen import SeenPeople
from safeconduct.store.tombstones import CodeFiles
from safeconduct.store.versions import Manifest, folder_of, read_manifest

NOW = datetime(2026, 3, 1, tzinfo=UTC)
HEADER = "MSISDN,TIME,CELL,DIRECTION,OTHER,IMSI,IMEI,DURATION"
MAPPING = """\
format = 1
dataset = "phone"
zone = "Africa/Maputo"

[cells]
file = "cells.csv"
columns = { cell = "cell", site = "site", lon = "lon", lat = "lat" }

[areas]
admin1 = "admin1.geojson"
admin2 = "admin2.geojson"
admin3 = "admin3.geojson"

[identifiers]
counterpart = "pseudonymise"
imsi = "pseudonymise"
imei = "pseudonymise"

[events.calls]
files = "calls_*.csv"
time_format = "%Y-%m-%d %H:%M:%S"

[events.calls.columns]
person = "MSISDN"
time = "TIME"
cell = "CELL"
direction = "DIRECTION"
counterpart = "OTHER"
imsi = "IMSI"
imei = "IMEI"
amount = "DURATION"
"""
FLED = "+258841777777"
OTHERS = tuple(f"+2588420000{number:02}" for number in range(20))
EVERYBODY = (FLED, *OTHERS)
TEXT = re.compile(rb"[A-Za-z0-9+/]{60,}={0,2}")


def row(person: str, at: str, cell: str = "a1", other: str = OTHERS[0], phone: str = "") -> str:
    """A good row; the card is the person's own, the phone too unless it is given."""
    own = person[-4:]
    return f"{person},{at},{cell},outgoing,{other},6430100000{own},{phone or '3500000000' + own},60"


def day_of_rows(day: str) -> list[str]:
    """Everybody calls twice; who fled is called by one of them, shares a phone with another, and has a bad row."""
    found = [row(one, f"{day} {hour:02}:00:00", cell) for one in EVERYBODY for hour, cell in ((8, "a1"), (20, "b1"))]
    found += [row(OTHERS[1], f"{day} 09:00:00", other=FLED), row(OTHERS[2], f"{day} 10:00:00", other=FLED)]
    found += [row(person, f"{day} 11:00:00", phone="35999999999999") for person in (FLED, OTHERS[3])]
    return [*found, row(FLED, "no time at all"), row(OTHERS[4], "no time either", other=FLED)]


@dataclass(frozen=True)
class Little:
    """The site and its files."""

    folder: Path

    @property
    def site(self) -> Site:
        return Site.open(self.folder / "site")

    def room(self, *roles: str, now: datetime = NOW) -> Room:
        return Room(self.site, Caller(account="u1", roles=frozenset(roles)), now)

    def take(self, name: str, rows: Iterable[str]):
        (self.folder / "files" / name).write_text("\n".join((HEADER, *rows)) + "\n")
        files = self.folder / "files"
        return ingest(self.room("engineer"), mapping=files / "mapping.toml", folder=files)

    def work(self) -> None:
        work(self.site, worker="w", stop=threading.Event(), until_empty=True)

    def rows(self, manifest: Manifest | None = None) -> dict[str, list[tuple]]:
        """Every row of a version, of the current one by default, with pseudonyms for codes, by partition and file."""
        site = self.site
        kept = manifest or site.manifest("phone")
        return {name: sorted(self._named(kept, rows), key=str) for name, rows in _every_row(site, kept)}

    def _named(self, manifest: Manifest, rows: list[dict]) -> Iterator[tuple]:
        codes = self.codes(manifest)
        named = {"person": "person", "counterpart": "person", "imsi": "imsi", "imei": "imei"}
        for one in rows:
            yield tuple(
                (name, codes[named[name]][value] if name in named and value is not None else value)
                for name, value in one.items()
            )

    def codes(self, manifest: Manifest) -> dict[str, list[str]]:
        """Pseudonyms by code, for each sort."""
        files = CodeFiles(store=self.site.folders.store, dataset="phone", keys=self.site.keys)
        found: dict[str, list[str]] = {}
        for domain in ("person", "imsi", "imei"):
            entries: list[str] = found.setdefault(domain, [])
            files.codes(manifest.codes, domain, lambda some, into=entries: _collect(some, into))
        return found


def make(folder: Path, days: Iterable[str] = ("2026-01-05", "2026-01-06")) -> Little:
    """Make it, with each day taken in as a version."""
    made = Little(folder)
    Site.create(folder / "site", name="little", training=True).ledger.close()
    files = folder / "files"
    files.mkdir()
    (files / "mapping.toml").write_text(MAPPING)
    (files / "cells.csv").write_text("cell,site,lon,lat\na1,A,0.5,0.5\nb1,B,1.5,0.5\n")
    for level in ("admin1", "admin2", "admin3"):
        squares = [_square(x) for x in range(2)]
        (files / f"{level}.geojson").write_text(json.dumps({"type": "FeatureCollection", "features": squares}))
    for number, day in enumerate(days, start=1):
        made.take(f"calls_{number}.csv", day_of_rows(day))
    return made


def _square(x: int) -> dict:
    ring = [[x, 0], [x + 1, 0], [x + 1, 1], [x, 1], [x, 0]]
    shape = {"type": "Polygon", "coordinates": [ring]}
    return {"type": "Feature", "properties": {"pcod": f"P{x}", "name": f"P{x}"}, "geometry": shape}


def _collect(some: bytes, into: list[str]) -> list[bool]:
    into += [some[at : at + 16].hex() for at in range(0, len(some), 16)]
    return [False] * (len(some) // 16)


def _every_row(site: Site, manifest: Manifest) -> Iterator[tuple[str, list[dict]]]:
    folder = folder_of(site.folders.store, "phone")
    with connect(read=[folder], spill=site.folders.spill, memory_mb=256, threads=1) as connection:
        for one in manifest.partitions:
            for number, part in enumerate((*one.parts, one.rollup)):
                add_key(connection, part.sha256, unwrapped(site.keys, "phone", part, folder))
                found = connection.execute(
                    f"SELECT * FROM read_parquet('{folder / part.path}', "
                    f"encryption_config = {{footer_key: '{part.sha256}'}}) ORDER BY file_row_number"
                ).to_arrow_table()
                yield f"{one.name}/{'rollup' if part == one.rollup else number}", found.to_pylist()


def pseudonym_of(site: Site, identifier: str, domain: str = "person") -> str:
    """What stands for an identifier in a code table, as digits."""
    return pseudonyms(site.keys.derive("pseudonym", "phone", EPOCH, domain), [normalised(identifier)]).hex()


def wrapped_below(folder: Path) -> list[bytes]:
    """Every wrapped data key below a folder, wherever it stands: in a file of its own, or in the middle of a text."""
    found = []
    for path in folder.rglob("*"):
        content = path.read_bytes() if path.is_file() else b""
        found += [one for one in (content[content.find(MAGIC) :], *_decoded(content)) if one.startswith(MAGIC)]
    return found


def live_keys(site: Site, of: Path | None = None) -> set[bytes]:
    """Every data key that opens with a key that lives, wherever below a folder its wrapping stands: the site's own."""
    found = set()
    for wrapped in wrapped_below(of or site.folders.root):
        try:
            key = site.keys.ring().unwrap(wrapped, about=read_header(wrapped)[1])
        except Tampered:
            continue
        found |= {key} - {None}
    return found


def opens_ring(site: Site, sealed: bytes) -> bool:
    """Whether a copy of a ring opens with the outermost key that lives."""
    try:
        Ring.opened(sealed, site.keys.outer())
    except Tampered:
        return False
    return True


def _decoded(content: bytes) -> list[bytes]:
    return [base64.b64decode(one) for one in TEXT.findall(content) if len(one) % 4 == 0]


def versions(site: Site) -> list[Manifest]:
    """Every version whose manifest lies on the disk."""
    folder = site.folders.store / "phone" / "manifests"
    return [read_manifest(site.folders.store, "phone", path.stem) for path in sorted(folder.glob("*.json"))]


def everything_plain(site: Site) -> Iterator[tuple[str, bytes]]:
    """All that opens on a site, in plain: rejected rows, documents, chests, and every file that is not encrypted."""
    quarantine = Quarantine(folder=site.folders.quarantine, dataset="phone", keys=site.keys)
    for path in quarantine.names():
        yield f"quarantine/{path.name}", b"\n".join(one.content for one in quarantine.rows(path.stem))
    for path in site.folders.documents.glob("*.json"):
        yield f"documents/{path.name}", json.dumps(site.documents.get(path.stem)).encode()
    for purpose, folder in (("objections/phone", "objections"), ("seen/phone", "seen")):
        chests = Chests(folder=site.folders.store / "phone" / folder, keys=site.keys, purpose=purpose)
        for name in chests.names():
            with chests.open(name) as file:
                yield f"{folder}/{name}", bytes(file.read())
    for path in site.folders.root.rglob("*"):
        if path.is_file():
            yield path.relative_to(site.folders.root).as_posix(), path.read_bytes()


def seen(site: Site) -> SeenPeople:
    return SeenPeople(store=site.folders.store, dataset="phone", keys=site.keys)


def later(days_later: int) -> datetime:
    return NOW + timedelta(days=days_later)


def codes(found: list[int]) -> np.ndarray:
    return np.array(found, np.int64)
