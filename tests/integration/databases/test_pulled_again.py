"""A database pulled again: what was taken in stays, what still changes waits, what changed is told."""

import logging
from datetime import UTC, datetime, timedelta
from threading import Event

import psycopg
import pytest
from psycopg.conninfo import make_conninfo

from safeconduct.model.errors import BadMapping, BadSettings, SafeconductError, Unreadable

pytestmark = pytest.mark.postgres
MARK = "258849999001"


def wrong(changing, **source) -> SafeconductError:
    with pytest.raises(SafeconductError) as error:
        changing.take(changing.mapping(**source))
    return error.value


def test_the_same_days_pulled_twice_add_nothing(changing):
    """Not even where rows lie in another order on the disk."""
    first = changing.take()
    changing.sql("CREATE TABLE moved AS SELECT * FROM events.sms ORDER BY msisdn DESC")
    changing.sql("TRUNCATE events.sms")
    changing.sql("INSERT INTO events.sms SELECT * FROM moved")
    again = changing.take()

    assert (first.files, first.skipped_files) == (20, 0)
    assert (again.files, again.skipped_files, again.failed) == (0, 0, ()), "days long over are not looked at again"
    recent = changing.take(changing.mapping(again_days=365))
    assert (recent.files, recent.skipped_files, recent.failed) == (0, 20, ())


def test_a_day_with_other_content_is_told_and_left_out(changing):
    """One row more of a day long taken in; the others are as they were."""
    changing.take()
    before = changing.manifest()
    changing.sql("INSERT INTO events.sms (datetime, msisdn, location_id) VALUES ('2026-01-06 10:00Z', '\\xff', 'a1')")
    report = changing.take(changing.mapping(again_days=365))

    assert [str(one.text) for one in report.failed] == [
        "sms/2026-01-06 of events.sms was taken in with other content before, which stays; ask why it was changed"
    ]
    assert (report.skipped_files, changing.manifest()) == (19, before)


def test_a_day_that_is_not_over_long_enough_waits(changing):
    """Six hours after local midnight, two hours east of Greenwich."""
    evening = datetime(2026, 1, 8, 3, 59, tzinfo=UTC)
    assert {one.day.day for one in (changing.take(now=evening), changing.manifest())[1].partitions} == {5, 6}
    changing.take(now=evening + timedelta(minutes=1))
    assert {one.day.day for one in changing.manifest().partitions} == {5, 6, 7}


def test_a_day_that_still_grows_waits(changing):
    """A row comes between the two looks: that day is left for the next time, all others are taken in."""

    class Meanwhile(Event):
        def wait(self, timeout: float | None = None) -> bool:
            assert 0 < timeout <= 1
            changing.sql(
                "INSERT INTO events.mds (datetime, msisdn, location_id) VALUES ('2026-01-09 21:59:59Z', 'x', 'a1')"
            )
            return False

    report = changing.take(changing.mapping(steady_s=1), stop=Meanwhile())

    assert (report.files, report.left, report.failed) == (19, 1, ())
    assert changing.take().files == 1


def test_whoever_stops_it_does_not_wait(changing):
    """Days that were not looked at twice are left."""
    stop = Event()
    stop.set()

    assert changing.take(changing.mapping(steady_s=3600), stop=stop).left == 20


def test_the_earliest_day_can_be_named(changing):
    """What came before it is never read."""
    changing.take(changing.mapping(first_day=datetime(2026, 1, 8, tzinfo=UTC).date()))

    assert {one.day.day for one in changing.manifest().partitions} == {8, 9}


def test_rows_at_no_known_cell_go_to_quarantine_with_their_reason(changing):
    """A cell without any position, and no cell at all."""
    changing.sql("INSERT INTO infrastructure.cells (id, version) VALUES ('nowhere', 0)")
    changing.sql(
        "INSERT INTO events.topups (datetime, msisdn, location_id) "
        "VALUES ('2026-01-06Z', 'x', 'nowhere'), ('2026-01-06Z', 'x', NULL)"
    )

    assert changing.take().rejected == {"unknown_cell": 1, "missing_cell": 1}


def test_extended_binary_of_another_system_is_refused(changing):
    """As a dump of PostGIS without PostGIS has it: the system stands in the bytes."""
    point = "0101000020E6100000000000000000E03F000000000000E03F"
    changing.sql("UPDATE infrastructure.cells SET geom_point = decode(%s, 'hex') WHERE id = 'a0'", point)
    assert changing.take().files == 20

    changing.sql(
        "UPDATE infrastructure.cells SET geom_point = decode(%s, 'hex') WHERE id = 'a0'",
        point.replace("E6100000", "787F0000"),
    )
    assert "infrastructure.cells is not in longitude and latitude" in str(wrong(changing))


def test_a_login_that_may_read_and_nothing_else_is_enough(changing, postgres):
    """And one that may not read a table is told which."""
    changing.sql("CREATE ROLE reader_again LOGIN")
    changing.sql("GRANT USAGE ON SCHEMA events, infrastructure, geography TO reader_again")
    changing.sql("GRANT SELECT ON ALL TABLES IN SCHEMA events, infrastructure, geography TO reader_again")
    whole, reader = changing.url, make_conninfo(changing.url, user="reader_again")
    try:
        changing.url = reader
        assert changing.take().files == 20
        changing.url = whole
        changing.sql("REVOKE SELECT ON geography.admin3 FROM reader_again")
        changing.url = reader
        assert "grant SELECT on it" in str(wrong(changing))
    finally:
        changing.url = whole
        changing.sql("DROP OWNED BY reader_again")
        postgres.run("DROP ROLE reader_again")


def test_a_statement_that_takes_too_long_is_ended_by_the_server(changing):
    """A view that sleeps, read with a patience of a second."""
    changing.sql("ALTER TABLE geography.admin2 RENAME TO slow")
    changing.sql(
        "CREATE VIEW geography.admin2 AS SELECT s.* FROM geography.slow s, "
        "(SELECT pg_sleep(30) IS NULL AS slept) w WHERE NOT slept"
    )
    error = wrong(changing, patience_s=1)

    assert isinstance(error, Unreadable)
    assert "patience_s" in str(error)


def test_nothing_the_database_or_the_address_holds_is_in_an_error_or_a_log(changing, caplog, capfd):
    """A password in the address, a number in a broken row: neither is told, not even by a chained exception's text."""
    caplog.set_level(logging.DEBUG)
    changing.sql("ALTER TABLE events.topups ALTER datetime TYPE TEXT USING '258849999001'")
    changing.sql("CREATE VIEW events.kept AS SELECT *, msisdn::int AS broken FROM events.mds")
    said = [wrong(changing)]
    changing.url = "postgresql://258849999001:258849999001@127.0.0.1:1/258849999001"
    said.append(wrong(changing))
    changing.url = "258849999001 is no address"
    said.append(wrong(changing))
    told = "".join((*map(str, said), *map(repr, said), caplog.text, *capfd.readouterr()))

    assert [type(one) for one in said] == [BadMapping, Unreadable, BadSettings]
    assert all(one.__suppress_context__ or one.__context__ is None for one in said)
    assert MARK not in told


def test_a_connection_cannot_write(changing):
    """A view that writes when it is read changes nothing."""
    changing.sql("CREATE TABLE written (at TIMESTAMPTZ)")
    changing.sql(
        "CREATE FUNCTION note() RETURNS BOOLEAN LANGUAGE plpgsql AS "
        "'BEGIN INSERT INTO written VALUES (now()); RETURN true; END'"
    )
    changing.sql("ALTER TABLE geography.admin2 RENAME TO real2")
    changing.sql("CREATE VIEW geography.admin2 AS SELECT * FROM geography.real2 WHERE note()")
    assert changing.sql("SELECT count(*) FROM geography.admin2") == [(2,)], "it does write where it may"

    wrong(changing)
    assert changing.sql("SELECT count(*) FROM written") == [(2,)]


def test_a_name_with_quotes_is_a_name(changing):
    """Not a way to put words into a statement."""
    tree = {
        "format": 1, "dataset": "phone", "zone": "Africa/Maputo", "stamps": "utc",
        "source": {"kind": "database", "connection": "operator", "steady_s": 0},
        "cells": {"file": "cells.csv", "columns": {"cell": "cell", "lon": "lon", "lat": "lat"}},
        "areas": {"admin3": "none.geojson"},
        "events": {"sms": {"table": 'events.sms"; DROP TABLE events.sms; --', "columns": {"time": "t", "cell": "c"}}},
    }  # fmt: skip
    with pytest.raises(BadMapping):
        changing.take(type(changing.mapping()).from_tree(tree))

    assert changing.sql("SELECT count(*) > 0 FROM events.sms") == [(True,)]
    with psycopg.connect(changing.url) as connection:
        assert connection.execute("SELECT 1").fetchone() == (1,)
