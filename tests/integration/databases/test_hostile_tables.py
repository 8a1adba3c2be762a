"""Tables of a database that hold what no operator would write: every good row once, no word of the others told."""

import logging
from collections import Counter

import pytest

from safeconduct.ingest.source import source
from safeconduct.model.areas import EventType
from safeconduct.model.errors import SafeconductError
from safeconduct.model.mapping import FileMapping
from safeconduct.store.records import add_keys, connect, read_parquet_sql

pytestmark = pytest.mark.postgres
MARK = "Qxzv7Marker"
AT = "2026-01-06 10:00Z"
ODD_CALLS = {
    "a name of nobody": f"('{AT}', '', 'a1', 1)",
    "a name of a megabyte": f"('{AT}', repeat('{MARK}', 100000)::bytea, 'a1', 1)",
    "a duration that is no number": f"('{AT}', '{MARK}', 'a1', 'NaN')",
    "a duration without end": f"('{AT}', '{MARK}', 'a1', 'Infinity')",
    "a duration of a thousand digits": f"('{AT}', '{MARK}', 'a1', repeat('9', 1000)::numeric)",
    "a duration below nothing": f"('{AT}', '{MARK}', 'a1', -1e300)",
    "a cell of nowhere": f"('{AT}', '{MARK}', '{MARK}', 1)",
    "a cell on several lines": f"('{AT}', '{MARK}', E'a1\\n{MARK}\\t\"', 1)",
}
ODD_TIMES = ("infinity", "-infinity", "4713-01-01 BC", "294276-12-31", "0001-01-01", "9999-12-31 23:59:59.999999Z")
ODD_SESSIONS = {
    "quotes and ends of lines": f"E'\"{MARK}\\r\\n,;\\t'",
    "directions of writing": f"U&'{MARK}\\202E\\200F'",
    "a formula": f"'=cmd|{MARK}'",
    "two megabytes": f"repeat('{MARK}', 200000)",
}


def stored(flowdb) -> Counter:
    """How many rows there are, by type and day."""
    records, found = flowdb.records(), Counter()
    with connect(read=[records.folder], spill=flowdb.folders.spill, memory_mb=256, threads=1) as connection:
        for part in records.events(sorted({one.day for one in flowdb.manifest().partitions}), EventType):
            source_sql = read_parquet_sql(part, add_keys(connection, [part])[0])
            found[part.type.value, part.day] += connection.execute(f"SELECT count(*) FROM {source_sql}").fetchone()[0]
    return found


@pytest.fixture(scope="module")
def expected(flowdb) -> Counter:
    """Rows of the database without anything odd in it."""
    return stored(flowdb)


def said(report, caplog, capfd) -> str:
    """Everything anybody was told."""
    return "".join((repr(report), *(str(one.text) for one in report.failed), caplog.text, *capfd.readouterr()))


def test_good_rows_are_there_once_beside_hostile_ones(changing, expected, caplog, capfd) -> None:
    """Those that fit no field are rejected, or are rows like others; the days of the good ones are whole."""
    caplog.set_level(logging.DEBUG)
    changing.sql("ALTER TABLE events.calls DETACH PARTITION events.calls_20260106")
    changing.sql("CREATE TABLE events.rest PARTITION OF events.calls DEFAULT")
    changing.sql("INSERT INTO events.calls SELECT * FROM events.calls_20260106")
    for row in ODD_CALLS.values():
        changing.sql(f"INSERT INTO events.calls (datetime, msisdn, location_id, duration) VALUES {row}")
    for name in ODD_SESSIONS.values():
        changing.sql(f"INSERT INTO events.mds (datetime, msisdn, location_id) VALUES ('{AT}', {name}, 'a1')")
    report = changing.take()
    odd = len(ODD_CALLS) + len(ODD_SESSIONS)
    more = stored(changing) - expected

    assert report.failed == ()
    assert expected - stored(changing) == Counter()
    assert more.total() + sum(report.rejected.values()) == odd
    assert MARK not in said(report, caplog, capfd)


@pytest.mark.parametrize("at", ODD_TIMES)
def test_a_moment_beyond_all_calendars_takes_no_day_with_it(changing, expected, caplog, capfd, at) -> None:
    """Nor is it taken for a day."""
    caplog.set_level(logging.DEBUG)
    changing.sql(f"INSERT INTO events.sms (datetime, msisdn, location_id) VALUES ('{at}', '{MARK}', 'a1')")
    report = changing.take()

    assert stored(changing) == expected
    assert MARK not in said(report, caplog, capfd)


ODD_CELLS = {
    "a service without end": "('z', 0, '-infinity', 'infinity')",
    "a service before our era": "('z', 0, '4713-01-01 BC', '0044-03-15 BC')",
    "a service after all calendars": "('z', 0, '5874897-12-31', NULL)",
    "no name": "(NULL, NULL, NULL, NULL)",
    "a name on several lines": f"(E'{MARK}\\n,\"', -2147483648, NULL, NULL)",
}


@pytest.mark.parametrize("name", ODD_CELLS)
def test_a_hostile_cell_takes_no_other_with_it(changing, expected, caplog, capfd, name) -> None:
    """Days that no calendar of ours has are days without end."""
    caplog.set_level(logging.DEBUG)
    changing.sql("INSERT INTO infrastructure.cells (id, version, date_of_first_service, date_of_last_service) "
                 f"VALUES {ODD_CELLS[name]}")  # fmt: skip
    report = changing.take()

    assert stored(changing) == expected
    assert MARK not in said(report, caplog, capfd)


ODD_SHAPES = {
    "a point cut short": "UPDATE infrastructure.cells SET geom_point = '\\x0101' WHERE id = 'a0'",
    "a point without end": "UPDATE infrastructure.cells SET geom_point = "
                           "'\\x0101000000000000000000f07f000000000000f07f' WHERE id = 'a0'",
    "nothing": "UPDATE infrastructure.cells SET geom_point = '' WHERE id = 'a0'",
    "a text that is no hexadecimal": f"UPDATE geography.admin3 SET geom = '{MARK}' WHERE admin3pcod = 'A'",
    "a polygon of four milliard rings": "UPDATE geography.admin3 SET geom = '0103000000FFFFFFFF' "
                                        "WHERE admin3pcod = 'A'",
}  # fmt: skip


@pytest.mark.parametrize("name", ODD_SHAPES)
def test_a_hostile_shape_is_refused_in_words(changing, name) -> None:
    """Which table, and nothing that stands in it."""
    changing.sql(ODD_SHAPES[name])
    with pytest.raises(SafeconductError, match=r"geography|infrastructure") as refused:
        changing.take()

    assert MARK not in f"{refused.value} {refused.value!r} {refused.value.__cause__}"


def test_tables_of_any_postgresql_give_their_good_rows(changing, worlds, caplog, capfd) -> None:
    """Named in a mapping, every column a text, among rows that mean nothing."""
    caplog.set_level(logging.DEBUG)
    changing.sql("CREATE TABLE calls (who TEXT, at TEXT, cell TEXT, way TEXT, secs TEXT)")
    good = [
        ("258841", "2026-01-05 10:00:00", "a1", "outgoing", "60"),
        ("258842", "2026-01-06 23:59:59", "b1", "in", ""),
    ]
    odd = [(MARK, f"2026-01-05 10:00:00{MARK}", "a1", MARK, MARK), (None, None, None, None, None), ("", "", "", "", ""),
           (MARK * 9_999, "2026-01-05 11:00:00", MARK, "outgoing", "1e999"),
           (MARK, "9999-99-99 99:99:99", "a1", "outgoing", "1")]  # fmt: skip
    for row in [good[0], *odd, good[1]]:
        changing.sql("INSERT INTO calls VALUES (%s, %s, %s, %s, %s)", *row)
    world = worlds.World(changing.folder / "world")
    tree = {
        "format": 1, "dataset": "phone", "zone": "Africa/Maputo", "stamps": "local",
        "source": {"kind": "database", "connection": "operator", "steady_s": 0},
        "cells": {"file": "cells.csv", "columns": {"cell": "cell", "lon": "lon", "lat": "lat"}},
        "areas": {"admin1": "admin1.geojson", "admin2": "admin2.geojson", "admin3": "admin3.geojson"},
        "events": {"calls": {"table": ["calls"], "time_format": "%Y-%m-%d %H:%M:%S",
                             "columns": {"person": "who", "time": "at", "cell": "cell", "amount": "secs"}}},
    }  # fmt: skip
    world.write("cells.csv", "cell,lon,lat\na1,0.5,0.5\nb1,1.5,0.5\n")
    changing.folder = world.files
    report = changing.take(FileMapping.from_tree(tree))

    assert (report.kept, sum(report.rejected.values())) == (2, 2), "those on no day are not looked at"
    assert stored(changing).total() == 2
    assert MARK not in said(report, caplog, capfd)


def test_every_kind_of_source_has_hostile_content_somewhere() -> None:
    """Two here, in a PostgreSQL; drivers and files are searched in `tests/fuzz`."""
    assert set(source) == {"flowdb", "database", "files", "dbapi", "adbc"}
