"""FlowKit's database taken in, compared with SQL in that database, count for count."""

from collections import Counter
from datetime import date, timedelta

import pytest

from safeconduct.engines.engine import answer
from safeconduct.model.areas import AreaLevel, EventType
from safeconduct.model.days import Days
from safeconduct.model.outcomes import LATER, Admission, Bound, Evidence, PublicFacts
from safeconduct.model.policy import Policy
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.location_event_counts import LocationEventCounts
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.store.records import add_keys, connect, read_parquet_sql

pytestmark = pytest.mark.postgres
FIRST, DAYS = date(2026, 1, 5), 5
POLICY = Policy(name="none", version=1, title="None", says="", does_not_resist=(), reviewers=0, rules=())
COMMUNE = AreaLevel.COMMUNE
EVENTS = " UNION ALL ".join(
    f"SELECT '{sort}' AS type, {person} AS person, datetime, location_id, {amount} AS amount FROM events.{sort}"
    for sort, person, amount in (
        ("calls", "encode(msisdn, 'hex')", "duration * 60"), ("sms", "encode(msisdn, 'hex')", "NULL::numeric"),
        ("mds", "msisdn", "volume_total"), ("topups", "msisdn", "recharge_amount"),
    )
)  # fmt: skip
PLACED = f"""
    WITH event AS (SELECT *, (datetime AT TIME ZONE 'Africa/Maputo') AS local FROM ({EVENTS}) every)
    , located AS (
        SELECT event.*, local::date AS day, c.id AS cell, c.version, placed.area FROM event
        JOIN infrastructure.cells c ON c.id = location_id
          AND local::date BETWEEN coalesce(c.date_of_first_service, '-infinity') AND
                                  coalesce(c.date_of_last_service, 'infinity')
        JOIN placed ON placed.id = c.id AND placed.version = c.version
    )
"""


def ask(flowdb, query) -> list[tuple]:
    """What our engine says, before anything is protected."""
    records = flowdb.records()
    facts = PublicFacts(zone=records.zone, geography=records.geography, present={})
    admission = Admission(
        spec=query.spec(), spec_id=query.spec_id, answer_id=query.spec_id, output=query.output(), policy=POLICY,
        facts=facts, wanted=frozenset(Evidence) - LATER, bound=Bound(areas=2, most=3),
    )  # fmt: skip
    draft = answer(
        query.plan(), admission, records, engine="duckdb", memory_mb=256, threads=1, secret=bytes(32),
        spill=flowdb.folders.spill,
    )  # fmt: skip
    return sorted(tuple(row.values()) for row in draft.table.arrow.to_pylist())


def stored(flowdb, columns: str) -> list[tuple]:
    """What lies in the store, type and day before the columns asked for."""
    records = flowdb.records()
    connection = connect(read=[records.folder], spill=flowdb.folders.spill, memory_mb=256, threads=1)
    found = []
    for part in records.events(sorted({one.day for one in flowdb.manifest().partitions}), EventType):
        statement = f"SELECT {columns} FROM {read_parquet_sql(part, add_keys(connection, [part])[0])}"
        found += [(part.type.value, part.day, *row) for row in connection.execute(statement).fetchall()]
    connection.close()
    return found


def test_every_event_is_there_by_type_day_and_version_of_its_cell(flowdb):
    """None lost, none doubled; the cell that moved has two codes."""
    from safeconduct.store.places import read_cells  # noqa: PLC0415 - beside what it is compared with

    cells = read_cells(flowdb.folders.store, "phone", flowdb.manifest().geography, flowdb.keys).to_pylist()
    place = {one["code"]: (one["id"], int(one["id"] == "m" and one["first"] != date.min)) for one in cells}
    ours = Counter((sort, day, *place[cell]) for sort, day, cell in stored(flowdb, "cell"))
    theirs = flowdb.sql(f"{PLACED} SELECT type, day, cell, version, count(*) FROM located GROUP BY 1, 2, 3, 4")

    assert ours == {tuple(row[:4]): row[4] for row in theirs}
    assert sum(ours.values()) == flowdb.report.kept == flowdb.sql(f"SELECT count(*) FROM ({EVENTS}) e")[0][0] > 2000


def test_amounts_are_seconds_megabytes_and_money(flowdb):
    """Fractional minutes of calls become seconds; what has no amount has none."""
    ours = Counter((sort, day, None if amount is None else round(amount)) for sort, day, amount in
                   stored(flowdb, "amount"))  # fmt: skip
    theirs = flowdb.sql(f"{PLACED} SELECT type, day, round(amount)::int, count(*) FROM located GROUP BY 1, 2, 3")

    assert ours == {tuple(row[:3]): row[3] for row in theirs}


@pytest.mark.parametrize("number", range(DAYS))
def test_people_seen_in_each_commune_on_each_day(flowdb, number):
    """A person of calls (bytes) and of sessions (text) is one person."""
    day = FIRST + timedelta(number)
    theirs = flowdb.sql(
        f"{PLACED} SELECT area, count(DISTINCT person) FROM located WHERE day = %s GROUP BY 1 ORDER BY 1", day
    )

    assert ask(flowdb, UniqueSubscriberCounts(days=Days.one(day), areas=COMMUNE)) == theirs


def test_events_in_each_commune(flowdb):
    """All of the time, by type."""
    query = LocationEventCounts(days=Days(FIRST, FIRST + timedelta(DAYS - 1)), areas=COMMUNE)
    theirs = flowdb.sql(f"{PLACED} SELECT day, area, count(*) FROM located GROUP BY 1, 2 ORDER BY 1, 2")
    ours = Counter()
    for row in ask(flowdb, query):
        ours[tuple(row[:2])] += row[-1]

    assert [(*key, count) for key, count in sorted(ours.items())] == theirs


LAST = "SELECT DISTINCT ON (person, day) person, day, area FROM located ORDER BY person, day, datetime DESC"


def test_where_people_were_last_each_day(flowdb):
    """FlowKit's `last`."""
    query = SpatialAggregate(locations=DailyLocation(days=Days.one(MOVED), areas=COMMUNE))
    theirs = flowdb.sql(
        f"{PLACED} , last AS ({LAST}) SELECT area, count(*) FROM last WHERE day = %s GROUP BY 1 ORDER BY 1", MOVED
    )

    assert [row[-2:] for row in ask(flowdb, query)] == theirs


MOVED = date(2026, 1, 7)


def test_movements_from_one_day_to_the_next(flowdb):
    """Where people were last on one day and on the next."""
    days = [DailyLocation(days=Days.one(day), areas=COMMUNE) for day in (MOVED - timedelta(1), MOVED)]
    theirs = flowdb.sql(
        f"{PLACED} , last AS ({LAST}) SELECT f.area, t.area, count(*) FROM last f JOIN last t USING (person) "
        "WHERE f.day = %s AND t.day = %s GROUP BY 1, 2 ORDER BY 1, 2",
        MOVED - timedelta(1), MOVED,
    )  # fmt: skip

    assert ask(flowdb, Flows(origin=days[0], destination=days[1])) == theirs
