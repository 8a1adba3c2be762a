"""Tables of any database: SQLite and PostgreSQL through DB-API 2, ADBC where a driver is installed, views by name."""

import json
import sqlite3
import sys
from contextlib import closing
from datetime import UTC, datetime

import psycopg
import pytest

from safeconduct.ingest.looking import look
from safeconduct.ingest.run import IngestReport, IngestSite, ingest
from safeconduct.ingest.source import CONTENT, Offer, Reach, opened_source
from safeconduct.model.errors import BadMapping, BadSettings, SafeconductError, Unreadable
from safeconduct.model.mapping import FileMapping

NOW = datetime(2026, 2, 1, tzinfo=UTC)
ROWS = [
    ("258841", "2026-01-05 00:00:00", 40, 1, "MO", 60),
    ("258841", "2026-01-05 23:59:59", 40, 1, "incoming", 1.5),
    ("258842", "2026-01-06 10:00:00", 40, 1, "MO", None),
    ("258842", "2026-01-06 10:00:00", 40, 9, "MO", 3),
    (None, "2026-01-06 10:00:01", 40, 1, "MO", 3),
]
COLUMNS = {"person": "A nr", "time": "T%", "cell": "{lac}-{ci}", "direction": "way", "amount": "secs"}
CREATE = 'CREATE TABLE "odd.calls" ("A nr" {text}, "T%" {time}, lac INTEGER, ci INTEGER, way TEXT, secs {number})'


def mapping(kind: str, *, table: object = ("odd.calls",), stamps: str = "local", **events: object) -> FileMapping:
    tree = {
        "format": 1,
        "dataset": "phone",
        "zone": "Africa/Maputo",
        "stamps": stamps,
        "source": {"kind": kind, "connection": "operator", "steady_s": 0, **events.pop("source", {})},
        "cells": {"file": "cells.csv", "columns": {"cell": "cell", "lon": "lon", "lat": "lat"}},
        "areas": {"admin1": "admin1.geojson", "admin2": "admin2.geojson", "admin3": "admin3.geojson"},
        "events": {"calls": {"table": list(table), "columns": COLUMNS, "direction": {"outgoing": "MO"}, **events}},
    }  # fmt: skip
    return FileMapping.from_tree(tree)


def take(world, layout: FileMapping, secret: str, *drivers: str) -> IngestReport:
    world.write("cells.csv", "cell,lon,lat\n40-1,0.5,0.5\n")
    site = IngestSite(
        folders=world.folders, keys=world.keys, manifest=world.manifest(), named=world.page.current,
        known=world.page.knows, memory_mb=256, threads=1,
        reach=Reach(secret=lambda _name: secret, drivers=frozenset(drivers), now=NOW),
    )  # fmt: skip

    def commit(done) -> None:
        world.page.commit(done)
        world.commits.append(done)

    return ingest(layout, world.files, opened=site, commit=commit)


def seen(world) -> list[tuple]:
    events = world.events("second, outgoing, amount")
    return sorted((day.day, *row) for day, rows in events.items() for row in rows)


EXPECTED = [(5, 0, True, 60.0), (5, 86_399, False, 1.5), (6, 36_000, True, None)]
REJECTED = {"missing_person": 1, "unknown_cell": 1}


@pytest.fixture
def lite(tmp_path):
    path = tmp_path / "operator.sqlite"
    with closing(sqlite3.connect(path)) as connection:
        connection.execute(CREATE.format(text="TEXT", time="TEXT", number="REAL"))
        connection.executemany('INSERT INTO "odd.calls" VALUES (?, ?, ?, ?, ?, ?)', ROWS)
        connection.commit()
    return path


def test_sqlite_by_its_own_module(world, lite):
    """Odd names, a cell put together of two numbers, fractions, nothing: as from a file."""
    layout = mapping("dbapi", source={"driver": "sqlite3"}, time_format="%Y-%m-%d %H:%M:%S")
    report = take(world, layout, str(lite), "sqlite3")

    assert (report.files, report.kept, dict(report.rejected)) == (2, 3, REJECTED)
    assert seen(world) == EXPECTED
    again = take(world, layout, json.dumps({"database": str(lite)}), "sqlite3")
    assert (again.files, again.skipped_files) == (0, 2)


def test_a_look_says_what_would_come_and_takes_nothing_in(world, lite):
    """Days of a table like files, judged row by row."""
    layout = mapping("dbapi", source={"driver": "sqlite3"}, time_format="%Y-%m-%d %H:%M:%S")
    world.write("cells.csv", "cell,lon,lat\n40-1,0.5,0.5\n")
    reach = Reach(secret=lambda _name: str(lite), drivers=frozenset({"sqlite3"}), now=NOW)
    offer = Offer(mapping=layout, folder=world.files, reach=reach, digest_key=world.keys.derive(CONTENT, "phone"))
    with closing(opened_source(offer)) as opened:
        seen_first = look(opened, world.files, opened=world.site())
    take(world, layout, str(lite), "sqlite3")
    with closing(opened_source(offer)) as opened:
        seen_then = look(opened, world.files, opened=world.site())

    assert (seen_first.files, seen_first.rows, seen_first.kept) == (2, 5, 3)
    assert (seen_then.files, seen_then.skipped_files) == (0, 2)


@pytest.mark.parametrize(("says", "left"), [("refuse", EXPECTED), ("replace", EXPECTED[:2])])
def test_a_day_that_changed_takes_the_place_of_what_came_before_where_the_mapping_says_so(world, lite, says, left):
    """Otherwise it is left out and told; either way nothing is there twice."""
    layout = mapping("dbapi", source={"driver": "sqlite3"}, time_format="%Y-%m-%d %H:%M:%S", same_name=says)
    take(world, layout, str(lite), "sqlite3")
    with closing(sqlite3.connect(lite)) as connection:
        connection.execute("""UPDATE "odd.calls" SET secs = 7 WHERE "T%" = '2026-01-06 10:00:00'""")
        connection.execute("""UPDATE "odd.calls" SET ci = 1 WHERE "T%" = '2026-01-06 10:00:00'""")
        connection.commit()
    report = take(world, layout, str(lite), "sqlite3")

    assert (report.corrected_files, len(report.failed)) == ((1, 0) if says == "replace" else (0, 1))
    changed = [(6, 36_000, True, 7.0)] * 2 if says == "replace" else []
    assert seen(world) == [*left, *changed]


def test_a_day_of_a_table_never_comes_in_beside_itself(world, lite):
    """A late row would bring every row of its day once more; a file has only what its sender puts into it."""
    with pytest.raises(BadMapping, match="same_name is one of refuse, replace"):
        mapping("dbapi", source={"driver": "sqlite3"}, time_format="%Y-%m-%d %H:%M:%S", same_name="add")


def test_epochs_are_moments(world, lite):
    """Seconds since 1970 in a column of numbers, told in the zone's own day."""
    with closing(sqlite3.connect(lite)) as connection:
        connection.execute("""UPDATE "odd.calls" SET "T%" = CAST(strftime('%s', "T%") AS INTEGER) - 7200""")
        connection.execute("""CREATE VIEW counted AS SELECT *, CAST("T%" AS INTEGER) AS at FROM "odd.calls" """)
        connection.commit()
    layout = mapping(
        "dbapi", source={"driver": "sqlite3"}, time_format="epoch_s", stamps="utc", table=("counted",),
        columns=COLUMNS | {"time": "at"},
    )  # fmt: skip
    take(world, layout, str(lite), "sqlite3")

    assert seen(world) == EXPECTED


@pytest.mark.parametrize("kind", ["database", "dbapi"])
@pytest.mark.parametrize("time", ["timestamptz", "timestamp"])
@pytest.mark.postgres
def test_postgresql_by_columns(world, postgres, kind, time):
    """The same rows, by our own connection and by its driver as any other."""
    url = postgres.database()
    with psycopg.connect(url) as connection:
        connection.execute("SET TimeZone = 'Africa/Maputo'")
        connection.execute(CREATE.format(text="TEXT", time=time, number="NUMERIC").encode())
        with connection.cursor() as cursor:
            cursor.executemany('INSERT INTO "odd.calls" VALUES (%s, %s, %s, %s, %s, %s)', ROWS)
    driver = {"driver": "psycopg"} if kind == "dbapi" else {}
    layout = mapping(kind, source=driver, stamps="utc" if time == "timestamptz" else "local")
    report = take(world, layout, url, "psycopg")

    assert (report.files, report.kept, dict(report.rejected)) == (2, 3, REJECTED)
    assert seen(world) == EXPECTED


def test_adbc_hands_over_arrow(world, lite):
    """Where the driver is installed."""
    pytest.importorskip("adbc_driver_sqlite", reason="needs the package adbc-driver-sqlite")
    layout = mapping("adbc", source={"driver": "adbc_driver_sqlite"}, time_format="%Y-%m-%d %H:%M:%S")
    report = take(world, layout, str(lite), "adbc_driver_sqlite")

    assert (report.kept, dict(report.rejected)) == (3, REJECTED)
    assert seen(world) == EXPECTED


def refused(world, layout: FileMapping, secret: str, *drivers: str) -> SafeconductError:
    with pytest.raises(SafeconductError) as error:
        take(world, layout, secret, *drivers)
    return error.value


def test_a_driver_that_the_settings_do_not_allow_is_not_even_imported(world, monkeypatch):
    """A mapping cannot run code by naming a module."""
    monkeypatch.delitem(sys.modules, "this", raising=False)
    error = refused(world, mapping("dbapi", source={"driver": "this"}), "x", "sqlite3")

    assert isinstance(error, BadSettings)
    assert 'drivers = ["this"]' in str(error)
    assert "this" not in sys.modules


def test_a_driver_that_is_not_installed_says_what_to_install(world):
    """The package, not only the module."""
    error = refused(world, mapping("adbc", source={"driver": "adbc_driver_nowhere"}), "x", "adbc_driver_nowhere")

    assert "needs the package adbc-driver-nowhere, which is not installed" in str(error)


@pytest.mark.parametrize(
    ("events", "kind"),
    [
        ({"time_format": "%d/%m/%Y %H:%M"}, BadMapping),
        ({}, BadMapping),
        ({"table": ("258849999001",), "time_format": "epoch_s", "stamps": "utc"}, Unreadable),
        ({"columns": COLUMNS | {"person": "no such"}, "time_format": "%Y-%m-%d %H:%M:%S"}, BadMapping),
        ({"columns": COLUMNS | {"time": ["T%", "way"]}}, BadMapping),
    ],
    ids=["times that do not sort", "times not told", "no table", "no column", "time in two columns"],
)
def test_what_does_not_fit_is_told_without_a_value(world, lite, events, kind):
    """Neither the path of the database nor what lies in it."""
    error = refused(world, mapping("dbapi", source={"driver": "sqlite3"}, **events), str(lite), "sqlite3")

    assert type(error) is kind
    assert not any(word in str(error) for word in ("258841", "258849999001", str(lite)))


def test_rows_that_change_while_they_are_read_are_left_out(world, lite):
    """A view that gives other rows every time has no content one could believe."""
    with closing(sqlite3.connect(lite)) as connection:
        connection.execute('CREATE VIEW wavering AS SELECT *, random() AS wobble FROM "odd.calls"')
        connection.commit()
    layout = mapping(
        "dbapi", source={"driver": "sqlite3"}, time_format="%Y-%m-%d %H:%M:%S", table=("wavering",),
        columns=COLUMNS | {"amount": "wobble"},
    )  # fmt: skip
    error = refused(world, layout, str(lite), "sqlite3")

    assert "changed while they were being read" in str(error)
    assert world.manifest() is None or world.manifest().partitions == ()
