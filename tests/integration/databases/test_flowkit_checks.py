"""FlowKit's 29 numbers of a day: SQL in a database of FlowKit's form, against what is counted after it was taken in.

The definitions below are ours. That they give what FlowKit's own published checks give was seen on the same rows, see
the table in `docs/reference/quality.md`; where ours differs on purpose, `WHERE` or a term of it says so.
"""

import random
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import psycopg
import pytest

from safeconduct.ingest.quality import Day, quality_check
from safeconduct.ingest.quality_flowkit import COMPARED
from safeconduct.ingest.quality_pass import QualityPass
from safeconduct.model.areas import EventType
from safeconduct.model.quality import Source
from safeconduct.store.records import connect

pytestmark = pytest.mark.postgres
FIRST, DAYS = date(2026, 1, 5), 5
MIDNIGHT = datetime(2026, 1, 4, 22, tzinfo=UTC)
ZONE = "Africa/Maputo"
KEEP = ("counterpart", "imsi", "imei")
ALIKE = """datetime timestamptz NOT NULL, location_id text, imsi bytea, imei bytea, tac numeric(8),
operator_code numeric, country_code numeric, msisdn bytea NOT NULL"""
TWO_WAYS = "outgoing boolean, msisdn_counterpart bytea, network text"
TABLES = {
    "calls": f"{TWO_WAYS}, duration numeric",
    "sms": TWO_WAYS,
    "mds": "duration numeric, volume_total numeric, volume_upload numeric, volume_download numeric",
    "topups": "type text, recharge_amount numeric, airtime_fee numeric, tax_and_fee numeric, "
              "pre_event_balance numeric, post_event_balance numeric",
}  # fmt: skip
AMOUNT = {"calls": "duration", "sms": "NULL", "mds": "volume_total", "topups": "recharge_amount"}

LOCAL = f"(datetime AT TIME ZONE '{ZONE}')"
SECOND = f"extract(epoch FROM date_trunc('second', {LOCAL}) - date_trunc('day', {LOCAL}))::int"
IN_SERVICE = f"""EXISTS (SELECT FROM infrastructure.cells c WHERE c.id = location_id AND
 {LOCAL}::date >= coalesce(c.date_of_first_service, '-infinity') AND
 {LOCAL}::date <= coalesce(c.date_of_last_service, 'infinity'))"""
WHOLE = "msisdn, date_trunc('second', datetime), location_id, imsi, imei, tac"
EVERY = {
    "count_added_rows": "count(*)",
    "count_imeis": "count(DISTINCT imei)",
    "count_imsis": "count(DISTINCT imsi)",
    "count_location_ids": "count(DISTINCT location_id)",
    "count_locatable_events": "count(*)",
    "count_locatable_location_ids": "count(DISTINCT location_id)",
    "count_null_imeis": "count(*) - count(imei)",
    "count_null_imsis": "count(*) - count(imsi)",
    "count_null_location_ids": "count(*) - count(location_id)",
    "earliest_timestamp": f"min({SECOND})",
    "latest_timestamp": f"max({SECOND})",
}
BOTH_WAYS = {
    "count_added_rows_outgoing": "coalesce(sum(outgoing::int), 0)::int",
    "count_null_counterparts": "count(*) - count(msisdn_counterpart)",
    "count_onnet_msisdns": "count(DISTINCT msisdn)",
    "count_onnet_msisdns_outgoing": "count(DISTINCT CASE WHEN outgoing THEN msisdn END)",
    "count_onnet_msisdns_incoming": "count(DISTINCT CASE WHEN NOT outgoing THEN msisdn END)",
}
OF_CALLS = {
    "count_null_durations": "count(*) - count(duration)",
    "max_duration": "(max(duration) * 60)::float",
    "median_duration": "(percentile_cont(0.5) WITHIN GROUP (ORDER BY duration) * 60)::float",
}


def rows_of(sort: str) -> str:
    """What the store takes in: events at a cell that is in service on their local day."""
    return f"(SELECT * FROM events.{sort} WHERE {LOCAL}::date = %(day)s AND {IN_SERVICE}) taken"


def numbers_of(sort: str) -> dict[str, str]:
    """One expression each, or a statement of its own."""
    return EVERY | (BOTH_WAYS if sort in {"calls", "sms"} else {}) | (OF_CALLS if sort == "calls" else {})


def statements_of(sort: str) -> dict[str, str]:
    """Numbers that need a statement each."""
    rows, two = rows_of(sort), sort in {"calls", "sms"}
    same = f"{WHOLE}, {AMOUNT[sort]}" + (", outgoing, msisdn_counterpart" if two else "")
    numbered = f"SELECT row_number() OVER (PARTITION BY {same}) AS nth FROM {rows}"
    others = f"UNION SELECT msisdn_counterpart FROM {rows} WHERE msisdn_counterpart IS NOT NULL" if two else ""
    return {
        "count_duplicates": f"SELECT count(*) FROM ({numbered}) n WHERE nth > 1",
        "count_duplicated": f"SELECT count(*) FROM ({numbered}) n WHERE nth = 2",
        "count_msisdns": f"SELECT count(*) FROM (SELECT msisdn FROM {rows} {others}) every WHERE true",
        **{
            f"max_msisdns_per_{one}": f"SELECT max(people) FROM (SELECT count(DISTINCT msisdn) AS people FROM {rows} "
            f"WHERE {one} IS NOT NULL GROUP BY {one}) shared"
            for one in ("imei", "imsi")
        },
    }


def expected(database: psycopg.Connection, sort: str, day: date) -> dict[str, object]:
    """Every number of a day, as the database has it."""
    named = {"day": day}
    names = numbers_of(sort)
    found = database.execute(f"SELECT {', '.join(names.values())} FROM {rows_of(sort)}", named).fetchone()
    every = dict(zip(names, found, strict=True))
    for name, statement in statements_of(sort).items():
        text = statement.replace("SELECT msisdn FROM", "SELECT DISTINCT msisdn FROM")
        (every[name],) = database.execute(text, named).fetchone()
    return every


def drawn(sort: str, seed: int = 5) -> Iterator[dict[str, object]]:
    """Rows of few people, so that there are equal ones, shared devices and gaps in every column."""
    draw = random.Random(f"{sort}{seed}")  # noqa: S311 - made-up events
    for day, many in enumerate((260, 1, 90, 0, 60)):
        for _ in range(many):
            at = MIDNIGHT + timedelta(days=day, seconds=draw.choice((0, 86_399, draw.randrange(0, 86_400, 3600))))
            row = {
                "datetime": at + timedelta(milliseconds=draw.choice((0, 0, 999))),
                "msisdn": bytes([draw.randrange(9)]) * 16,
                "location_id": draw.choice(("a0", "b1", "c2", "m", "m", "twice", "gone", "nowhere", None)),
                "imsi": None if day == 2 else draw.choice((b"\x01" * 8, b"\x02" * 8, None)),
                "imei": None if day == 2 else draw.choice((b"\x01" * 8, b"\x02" * 8, None, None)),
                "tac": draw.choice((35_000_000, None)),
            }
            yield row | _own(sort, draw, lengthless=day == 2)


def _own(sort: str, draw: random.Random, *, lengthless: bool) -> dict[str, object]:
    length = None if lengthless else draw.choice((None, 0, 0.25, 1, 2000))
    other = {
        "outgoing": draw.choice((True, False, None)),
        "msisdn_counterpart": draw.choice((b"\x01" * 16, b"z", None)),
    }
    match sort:
        case "calls":
            return other | {"duration": length}
        case "sms":
            return other
        case "mds":
            return {"volume_total": length}
        case _:
            return {"recharge_amount": length}


def fill(database: psycopg.Connection) -> None:
    """FlowKit's tables, whole, with hostile rows; a cell in two versions at once, and one that is gone."""
    database.execute("DROP SCHEMA events CASCADE; CREATE SCHEMA events")
    cell = "INSERT INTO infrastructure.cells (id, version, site_id, date_of_last_service) VALUES (%s, %s, 'SA', %s)"
    for name, version, last in (("twice", 0, None), ("twice", 1, None), ("gone", 0, FIRST - timedelta(1))):
        database.execute(cell, (name, version, last))
    for sort, own in TABLES.items():
        database.execute(f"CREATE TABLE events.{sort} (id text, {ALIKE}, {own})")
        for row in drawn(sort):
            marks = ", ".join(["%s"] * len(row))
            database.execute(f"INSERT INTO events.{sort} ({', '.join(row)}) VALUES ({marks})", list(row.values()))


def counted(flowdb) -> dict[tuple[str, date], dict[str, object]]:
    """What is read off every day that was taken in, by type and day."""
    records, manifest = flowdb.records(), flowdb.manifest()
    connection = connect(read=[records.folder], spill=flowdb.folders.spill, memory_mb=256, threads=1)
    try:
        passing = QualityPass(connection, records, manifest, many=16)
        figures = list(passing.figures([Source(type=one.type, day=one.day) for one in manifest.partitions]))
    finally:
        connection.close()
    return {
        (one.source.type.value, one.source.day): {
            name: check().value(Day(figures=one))
            for name, check in quality_check.items()
            if one.source.type in check.types
        }
        for one in figures
    }


@pytest.fixture
def checked(changing):
    """A database of hostile days, taken in."""
    with psycopg.connect(changing.url) as database:
        fill(database)
    mapping = changing.mapping()
    changing.take(replace(mapping, identifiers=dict.fromkeys(KEEP, mapping.identifiers["counterpart"])))
    return changing


def test_flowkits_numbers_are_those_of_sql_in_its_database(checked):
    """All of them, by type and day: nulls in every column, equal rows, a day of one row and days of none."""
    ours = counted(checked)
    compared = 0
    with psycopg.connect(checked.url) as database:
        for sort in TABLES:
            for number in range(DAYS):
                theirs = expected(database, sort, FIRST + timedelta(number))
                there = ours.get((sort, FIRST + timedelta(number)))
                assert (there is None) == (theirs["count_added_rows"] == 0)
                if there is not None:
                    assert {name: there[name] for name in theirs} == pytest.approx(theirs), (sort, number)
                    compared += len(theirs)

    assert {len(numbers_of(sort)) + len(statements_of(sort)) for sort in TABLES} == {16, 21, 24}
    assert {*numbers_of("calls"), *statements_of("calls")} == COMPARED.keys()
    assert {sort.value for sort in EventType} >= TABLES.keys()
    assert compared > 16 * 3 * len(TABLES)
