"""FlowKit's database with real geometry columns: what is taken in equals what PostGIS itself finds, count for count."""

from datetime import date, timedelta

import pytest
import shapely

from safeconduct.engines.engine import answer
from safeconduct.model.areas import AreaLevel
from safeconduct.model.boundaries import Flaw
from safeconduct.model.days import Days
from safeconduct.model.errors import SafeconductError
from safeconduct.model.outcomes import LATER, Admission, Bound, Evidence, PublicFacts
from safeconduct.model.policy import Policy
from safeconduct.query.kinds.location_event_counts import LocationEventCounts
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.store.places import read_boundaries, read_cells, read_findings

pytestmark = pytest.mark.postgres
FIRST, DAYS = date(2026, 1, 5), 5
POLICY = Policy(name="none", version=1, title="None", says="", does_not_resist=(), reviewers=0, rules=())
EVENTS = " UNION ALL ".join(
    f"SELECT {person} AS person, datetime, location_id FROM events.{sort}"
    for sort, person in (("calls", "encode(msisdn, 'hex')"), ("sms", "encode(msisdn, 'hex')"), ("mds", "msisdn"),
                         ("topups", "msisdn"))
)  # fmt: skip
LOCATED = f"""
    WITH located AS (
      SELECT e.person, (e.datetime AT TIME ZONE 'Africa/Maputo')::date AS day, a.{{level}}pcod AS area
      FROM ({EVENTS}) e
      JOIN infrastructure.cells c ON c.id = e.location_id
        AND (e.datetime AT TIME ZONE 'Africa/Maputo')::date
          BETWEEN coalesce(c.date_of_first_service, '-infinity') AND coalesce(c.date_of_last_service, 'infinity')
      LEFT JOIN infrastructure.sites s ON s.id = c.site_id
      JOIN geography.{{level}} a ON ST_Contains(a.geom, coalesce(c.geom_point, s.geom_point))
    )
"""
ALL_DAYS = Days(FIRST, FIRST + timedelta(DAYS - 1))


def ask(flowdb, query) -> list[tuple]:
    """What our engine says, before anything is protected."""
    records = flowdb.records()
    facts = PublicFacts(zone=records.zone, geography=records.geography, present={})
    admission = Admission(
        spec=query.spec(), spec_id=query.spec_id, answer_id=query.spec_id, output=query.output(), policy=POLICY,
        facts=facts, wanted=frozenset(Evidence) - LATER, bound=Bound(areas=2, most=3),
    )  # fmt: skip
    draft = answer(query.plan(), admission, records, engine="duckdb", memory_mb=256, threads=1, secret=bytes(32),
                   spill=flowdb.folders.spill)  # fmt: skip
    return sorted(tuple(row.values()) for row in draft.table.arrow.to_pylist())


def wrong(geometric) -> str:
    with pytest.raises(SafeconductError) as error:
        geometric.take()
    return str(error.value)


def placed(flowdb) -> dict[str, tuple[float, float]]:
    """Position of every version of a cell, by name and first day."""
    cells = read_cells(flowdb.folders.store, "phone", flowdb.manifest().geography, flowdb.keys).to_pylist()
    return {(one["id"], one["first"]): (one["lon"], one["lat"]) for one in cells}


@pytest.mark.parametrize("level", [AreaLevel.COMMUNE, AreaLevel.DISTRICT])
def test_events_are_where_postgis_finds_them(placed_by_postgis, level) -> None:
    """Every event lies in the area whose geometry contains its cell, or its cell's site where that has no point."""
    theirs = placed_by_postgis.sql(
        f"{LOCATED.format(level=level)} SELECT day, area, count(*) FROM located GROUP BY 1, 2 ORDER BY 1, 2"
    )
    ours: dict[tuple, int] = {}
    for row in ask(placed_by_postgis, LocationEventCounts(days=ALL_DAYS, areas=level)):
        ours[tuple(row[:2])] = ours.get(tuple(row[:2]), 0) + row[-1]

    assert [(*key, count) for key, count in sorted(ours.items())] == theirs
    assert sum(ours.values()) == placed_by_postgis.report.kept > 2000


@pytest.mark.parametrize("level", [AreaLevel.COMMUNE, AreaLevel.DISTRICT])
def test_people_are_where_postgis_finds_them(placed_by_postgis, level) -> None:
    """On the day on which a cell moves, too."""
    day = date(2026, 1, 7)
    theirs = placed_by_postgis.sql(
        f"{LOCATED.format(level=level)} SELECT area, count(DISTINCT person) FROM located WHERE day = %s "
        "GROUP BY 1 ORDER BY 1", day,
    )  # fmt: skip

    assert ask(placed_by_postgis, UniqueSubscriberCounts(days=Days.one(day), areas=level)) == theirs


def test_areas_keep_their_ground(placed_by_postgis) -> None:
    """As large as PostGIS says they are."""
    manifest = placed_by_postgis.manifest()
    tree = read_boundaries(placed_by_postgis.folders.store, "phone", manifest.geography, AreaLevel.COMMUNE)
    ours = {one["properties"]["code"]: shapely.geometry.shape(one["geometry"]).area for one in tree["features"]}
    theirs = placed_by_postgis.sql("SELECT admin3pcod, ST_Area(geom) FROM geography.admin3")

    assert ours == pytest.approx(dict(theirs))


def test_islands_lakes_heights_and_measures_are_read(geometric) -> None:
    """A commune of two islands, one with a lake, in four dimensions; a cell on the lake is in no commune."""
    geometric.sql("ALTER TABLE geography.admin3 ALTER geom TYPE geometry")
    geometric.sql("ALTER TABLE infrastructure.cells ALTER geom_point TYPE geometry")
    geometric.sql("""
        UPDATE geography.admin3 SET geom = ST_SetSRID(ST_GeomFromText('MULTIPOLYGON ZM (
            ((0 0 5 1, 0 0.7 5 1, 0.7 0.7 5 1, 0.7 0 5 1, 0 0 5 1),
             (0.1 0.1 5 1, 0.18 0.1 5 1, 0.18 0.18 5 1, 0.1 0.18 5 1, 0.1 0.1 5 1)),
            ((0.8 0.8 5 1, 0.8 1 5 1, 1 1 5 1, 1 0.8 5 1, 0.8 0.8 5 1)))'), 4326) WHERE admin3pcod = 'A'""")
    geometric.sql("UPDATE infrastructure.cells SET geom_point = ST_SetSRID(ST_MakePoint(0.15, 0.15, 9), 4326) "
                  "WHERE id = 'a0'")  # fmt: skip
    report = geometric.take()
    (lost,) = geometric.sql(f"SELECT count(*) FROM ({EVENTS}) e WHERE location_id = 'a0'")

    manifest = geometric.manifest()
    tree = read_boundaries(geometric.folders.store, "phone", manifest.geography, AreaLevel.COMMUNE)
    (commune,) = (one for one in tree["features"] if one["properties"]["code"] == "A")
    assert shapely.geometry.shape(commune["geometry"]).area == pytest.approx(0.49 - 0.0064 + 0.04)
    theirs = geometric.sql(f"{LOCATED.format(level='admin3')} SELECT count(*) FROM located")
    ours = ask(geometric, LocationEventCounts(days=ALL_DAYS, areas=AreaLevel.COMMUNE))
    assert (sum(row[-1] for row in ours), report.kept - lost[0]) == (theirs[0][0], theirs[0][0])


def test_an_empty_point_is_none(geometric) -> None:
    """`POINT EMPTY` is not-a-number in well-known binary: the cell stands at its site."""
    geometric.sql("UPDATE infrastructure.cells SET geom_point = ST_GeomFromText('POINT EMPTY', 4326) WHERE id = 'a0'")
    geometric.take()

    assert placed(geometric)["a0", date.min] == (0.5, 0.5)


def test_a_geometry_in_another_system_is_refused(geometric) -> None:
    """Not taken for degrees; of an unknown one it is."""
    geometric.sql("ALTER TABLE geography.admin3 ALTER geom TYPE geometry(MultiPolygon, 32736) "
                  "USING ST_Transform(geom, 32736)")  # fmt: skip
    assert "EPSG:4326" in wrong(geometric)

    geometric.sql("ALTER TABLE geography.admin3 ALTER geom TYPE geometry(MultiPolygon) "
                  "USING ST_SetSRID(ST_Transform(geom, 4326), 0)")  # fmt: skip
    assert geometric.take().files == 20


def test_a_ring_that_crosses_itself_is_mended_and_told(geometric) -> None:
    """PostGIS keeps what it calls invalid."""
    geometric.sql("""UPDATE geography.admin3 SET geom = ST_Multi(ST_GeomFromText(
        'POLYGON((0 0, 1 1, 1 0, 0 1, 0 0))', 4326)) WHERE admin3pcod = 'A'""")
    geometric.take()

    found = read_findings(geometric.folders.store, "phone", geometric.manifest().geography)
    assert ("A", Flaw.SELF_INTERSECTION) in {(one.code, one.kind) for one in found}


@pytest.mark.parametrize(
    "shape",
    ["GEOMETRYCOLLECTION(POLYGON((0 0, 0 7, 7 0, 0 0)))", "CURVEPOLYGON(CIRCULARSTRING(0 0, 4 0, 4 4, 0 4, 0 0))",
     "LINESTRING(0 0, 7 7)", "POLYGON EMPTY", "POLYGON((0 0, 0 700, 700 0, 0 0))"],
)  # fmt: skip
def test_what_is_no_ground_is_refused_in_words(geometric, shape) -> None:
    """Which table, and nothing of what stands there."""
    geometric.sql("ALTER TABLE geography.admin3 ALTER geom TYPE geometry")
    geometric.sql("UPDATE geography.admin3 SET geom = ST_GeomFromText(%s, 4326) WHERE admin3pcod = 'A'", shape)
    said = wrong(geometric)

    assert "admin3" in said
    assert not any(letter.isdigit() for letter in said.replace("admin3", "").replace("EPSG:4326", ""))
