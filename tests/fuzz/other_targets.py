"""Readers beside those of files of records: servers, databases through their drivers, and what operators write."""

import json
import sqlite3
import tempfile
import threading
import tomllib
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import ClassVar

import yaml
from seed_files import MARKER, NUMBER, SERVERS, SHARED, Files, beside, desk, of_cases, package

from safeconduct.actions.auxiliary import read_outside
from safeconduct.actions.plans_as_files import _steps
from safeconduct.actions.trusted import settings_of
from safeconduct.catalogue.ddi.reading import read_ddi
from safeconduct.desk.standards import refilled, validate
from safeconduct.ingest.geography import read_versions
from safeconduct.ingest.mapping import read_mapping
from safeconduct.ingest.roles_sheet import read_roles
from safeconduct.ingest.server_base import servers
from safeconduct.ingest.server_line import Line, Patience
from safeconduct.ingest.source import Offer, Reach, opened_source, source
from safeconduct.ingest.survey_xlsform import form_of
from safeconduct.keys.credentials import Credential
from safeconduct.model.areas import AreaLevel
from safeconduct.model.geography import Area, Geography
from safeconduct.model.mapping import FileMapping
from safeconduct.model.servers import ServerSettings

Reader = Callable[[Files], Sequence[str]]
Other = tuple[str, list[Files], Reader]
FORMS = {"kobo": "aB3dEfGh9jKl", "odk": "7/needs"}
DRIVERS = {"dbapi": "sqlite3", "adbc": "adbc_driver_sqlite"}
IN_POSTGRESQL = frozenset({"database", "flowdb"})
"""Kinds of source that `tests/integration/databases` gives hostile tables, in a server of its own."""
ROWS = [
    [MARKER, "2026-01-05 00:00:00", "a1", "MO", 60], [NUMBER, "2026-01-05 23:59:59", "a1", "MO", 1.5],
    [None, "2026-01-06 10:00:01", "a1", "x", 3], ["258842", 1767607200, "b1", "MO", None],
]  # fmt: skip
COLUMNS = {"person": "who", "time": "at", "cell": "cell", "direction": "way", "amount": "secs"}


class Answers(BaseHTTPRequestHandler):
    """Answers with whatever stands in `played`, the form where a form is asked for."""

    played: ClassVar[Files] = {}

    def do_GET(self) -> None:
        listed = "/data/" in self.path or ".svc" in self.path
        content = self.played["list" if listed else "form"]
        self.send_response(200)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *_: object) -> None:
        pass


@cache
def address() -> str:
    """Where `Answers` are to be had on this machine, in whichever process asks first."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    return f"http://127.0.0.1:{server.server_port}"


def pulled(name: str) -> Reader:
    def read(files: Files) -> Sequence[str]:
        Answers.played = files  # one reading at a time
        kind, form = servers[name](), FORMS.get(name, "form")
        told = ServerSettings(name="s", kind=name, url=address(), credential="environment:X", most_mb=8, patience_s=5)
        with Line(told, kind.headers(Credential("a:b")), Patience(wait=lambda _: True)) as line:
            kind.form(line, form)
            seen = list(kind.listed(line, form))
            found = list(kind.every(line, form))
            more = list(kind.chosen(line, form, [one.id for one in seen][:2]))
        repr((seen, found, more))
        return [json.dumps(dict(one.answers)) for one in found]

    return read


def from_tables(name: str) -> Reader:
    """Rows as JSON lists, a line each, put into a table that has no types, and read from there."""

    def read(files: Files) -> Sequence[str]:
        with tempfile.TemporaryDirectory(prefix="scfuzz") as folder:
            path = Path(folder) / "operator.sqlite"
            with closing(sqlite3.connect(path)) as connection:
                connection.execute("CREATE TABLE calls (who, at, cell, way, secs)")
                for line in files["rows.txt"].split(b"\n"):
                    if row := as_row(line):
                        connection.execute("INSERT INTO calls VALUES (?, ?, ?, ?, ?)", row)
                connection.commit()
            secret = json.dumps({"uri": str(path)}) if name == "adbc" else str(path)
            return list(rows_of(name, Path(folder), secret))

    return read


def as_row(line: bytes) -> list[object] | None:
    """The row of a line that is JSON; of any other, its bytes in every column."""
    try:
        found = json.loads(line)
    except (ValueError, RecursionError):
        return [line, line.decode("latin-1"), "a1", line, line] if line else None
    cells = found if isinstance(found, list) else [found]
    plain = [one if can_be_kept(one) else repr(one) for one in cells[:5]]
    return [*plain, *[None] * (5 - len(plain))]


def can_be_kept(cell: object) -> bool:
    """Whether SQLite has room for it."""
    if isinstance(cell, str):
        return cell.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in cell)
    return cell is None or (isinstance(cell, int) and abs(cell) < 1 << 63) or isinstance(cell, float)


def rows_of(name: str, folder: Path, secret: str) -> Iterator[str]:
    mapping = FileMapping.from_tree({
        "format": 1, "dataset": "phone", "zone": "Africa/Maputo", "stamps": "local",
        "source": {"kind": name, "connection": "operator", "steady_s": 0, "driver": DRIVERS[name]},
        "cells": {"file": "cells.csv", "columns": {"cell": "cell", "lon": "lon", "lat": "lat"}},
        "areas": {"admin3": "admin3.geojson"},
        "events": {"calls": {"table": ["calls"], "columns": COLUMNS, "direction": {"outgoing": "MO"},
                             "time_format": "%Y-%m-%d %H:%M:%S"}},
    })  # fmt: skip
    reach = Reach(secret=lambda _: secret, drivers=frozenset(DRIVERS.values()), now=datetime(2026, 2, 1, tzinfo=UTC))
    with closing(opened_source(Offer(mapping=mapping, folder=folder, reach=reach, digest_key=bytes(32)))) as opened:
        for piece in list(opened.pieces())[:3]:
            piece.digest()
            for chunk in piece.chunks():
                yield from (str(one) for one in chunk.table.column("person").to_pylist())


def written(name: str, read: Callable[[Path], object]) -> Reader:
    """A reader of one file in a folder, which gives no rows."""

    def in_a_folder(files: Files) -> Sequence[str]:
        with tempfile.TemporaryDirectory(prefix="scfuzz") as folder:
            for file, content in files.items():
                (Path(folder) / file).write_bytes(content)
            read(Path(folder) / name)
        return []

    return in_a_folder


def one_file(read: Callable[[bytes], object]) -> Reader:
    def of_bytes(files: Files) -> Sequence[str]:
        read(next(iter(files.values())))
        return []

    return of_bytes


CELLS = FileMapping.from_tree(
    tomllib.loads(beside("ingest_world.py").MAPPING.format(top="", events="", columns="", end=""))
)
SITE = type("Site", (), {"folders": None})


def quality(path: Path) -> object:
    site = SITE()
    site.folders = type("Folders", (), {"root": path.parent})()
    return settings_of(site, "phone")


def standards_checked(path: Path) -> object:
    return validate("htcds", [path])


def papers() -> Iterator[Other]:
    """What operators, officers and committees write and hand in."""
    roles = beside("spec/ingest_roles/test_roles_spreadsheet.py")
    forms = beside("spec/ingest_formats/test_kobo_survey.py")
    world = beside("ingest_world.py")
    ddi = beside("spec/ingest_formats/test_ddi_survey.py")
    full = (Path(ddi.__file__).parents[2] / "material/ddi/dataverse-full.xml").read_bytes()
    areas = {AreaLevel.COMMUNE: (Area(code="A", name="A", level=AreaLevel.COMMUNE),)}
    outside = f"area,level,day,kind,value\nA,admin3,2026-01-05,people,{NUMBER}\n"
    held = "[phone]\npeople = 200\nmany = 16\nalarm_hours = 72\n\n[phone.ends_early]\nhold_below = 17.0\n"
    plan = yaml.safe_dump({"recipe": 1, "steps": [{"method": "drop_columns", "columns": ["a"]}]})
    text = world.MAPPING.format(top="", events="", columns="", end="")
    yield "paper:mapping", [package({"mapping.toml": text})], written("mapping.toml", read_mapping)
    yield "paper:quality", [package({"quality.toml": held})], written("quality.toml", quality)
    yield "paper:cells", [package({"cells.csv": world.CELLS})], written(
        "cells.csv", lambda path: read_versions(CELLS, path.parent))  # fmt: skip
    yield "paper:outside", [package({"facts.csv": outside})], one_file(
        lambda content: read_outside(content, Geography("g", areas)))  # fmt: skip
    yield "paper:roles", [{"roles.xlsx": roles.write_roles(roles.FILES, roles.ROLES, roles.PROPOSALS)}], one_file(
        lambda content: read_roles(content, roles.FILES))  # fmt: skip
    yield "paper:plan", [package({"plan.yaml": plan})], one_file(_steps)
    yield "paper:description", [package({"study.xml": ddi.CODEBOOK}), {"study.xml": full}], one_file(read_ddi)
    form = desk().workbook(survey=forms.SURVEY, choices=forms.CHOICES, settings=forms.SETTINGS)
    yield "paper:form", [{"form.xlsx": form}], one_file(lambda content: form_of(arrived("form.xlsx", content)))
    cases = of_cases()[0]
    yield "paper:cases", [cases], written("cases.csv", standards_checked)
    template = SHARED / "htcds/templates/htcds_spreadsheet_v2.0.xlsx"
    if template.exists():
        files = {"template.xlsx": template.read_bytes(), **cases}
        yield "paper:template", [files], written(
            "template.xlsx", lambda path: refilled(path, path.parent / "cases.csv"))  # fmt: skip


def arrived(name: str, content: bytes):
    return beside("spec/ingest_formats/conftest.py").sent(name, content)


def others() -> Iterator[Other]:
    """Name, seed files and reader of each."""
    for name in servers:
        yield f"server:{name}", SERVERS[name]() if name in SERVERS else [], pulled(name)
    for name in source:
        if name in DRIVERS:
            rows = "\n".join(json.dumps(row) for row in ROWS).encode()
            yield f"source:{name}", [{"rows.txt": rows}], from_tables(name)
        elif name != "files" and name not in IN_POSTGRESQL:
            yield f"source:{name}", [], from_tables(name)
    yield from papers()
