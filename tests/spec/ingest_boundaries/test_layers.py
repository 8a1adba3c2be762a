"""The same areas and points come out of every format; what is no such file, or in other coordinates, is told."""

import sqlite3
import struct

import pytest
import shapely

from safeconduct.ingest.layer_files import features
from safeconduct.model.boundaries import Flaw
from safeconduct.model.errors import BadInput, BadMapping

OUTER = [(0.0, 0.0), (0.0, 4.0), (4.0, 4.0), (4.0, 0.0), (0.0, 0.0)]  # with the clock
HOLE = [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 2.0), (1.0, 1.0)]  # against it
ISLAND = [(9.0, 0.0), (9.0, 1.0), (10.0, 1.0), (9.0, 0.0)]
LAKE = shapely.Polygon(OUTER, [HOLE])
BOTH = shapely.MultiPolygon([LAKE, shapely.Polygon(ISLAND)])
PLACES = [({"CODE": "A", "NAME": "Água"}, LAKE), ({"CODE": "B", "NAME": "B"}, BOTH)]
RECORDS = [({"CODE": "A", "NAME": "Água"}, [OUTER, HOLE], False),
           ({"CODE": "B", "NAME": "B"}, [OUTER, ISLAND, HOLE], False)]  # fmt: skip


def read(maps, named):
    return [(dict(one.properties), one.shape, set(one.flaws)) for one in features(maps.folder, named)]


def same(found, places=PLACES):
    assert [(one["CODE"], one["NAME"]) for one, _, _ in found] == [(one["CODE"], one["NAME"]) for one, _ in places]
    assert all(shape.equals(wanted) for (_, shape, _), (_, wanted) in zip(found, places, strict=True))


@pytest.mark.parametrize("order", ["<", ">"])
@pytest.mark.parametrize("envelope", [True, False])
def test_a_geopackage_is_read_in_either_order_of_bytes(maps, order, envelope) -> None:
    maps.geopackage(maps.folder / "a.gpkg", {"areas": PLACES}, order=order, envelope=envelope)

    same(read(maps, "a.gpkg"))


@pytest.mark.parametrize("sort", [5, 15, 25])
def test_a_shapefile_is_read_with_heights_and_measures_or_without(maps, sort) -> None:
    """Each hole in the ring around it, whatever their order."""
    for suffix, content in maps.shapefile(RECORDS, sort=sort).items():
        maps.write(f"b{suffix}", content)

    found = read(maps, "b.shp")

    same(found)
    assert [flaws for _, _, flaws in found] == [set(), set()]


@pytest.mark.parametrize("folder", ["", "inner/"])
def test_a_zipped_shapefile_is_read(maps, folder) -> None:
    maps.write("c.zip", maps.archive(maps.shapefile(RECORDS), folder=folder))

    same(read(maps, "c.zip"))


def test_one_layer_of_several_is_named(maps) -> None:
    maps.geopackage(maps.folder / "d.gpkg", {"one": PLACES, "two": PLACES[:1]})

    same(read(maps, "d.gpkg#two"), PLACES[:1])
    for named in ("d.gpkg", "d.gpkg#three"):
        with pytest.raises(BadMapping, match=r"name one layer of d\.gpkg"):
            read(maps, named)


def test_heights_in_a_geopackage_are_left_out(maps) -> None:
    high = shapely.force_3d(LAKE, 7.0)
    maps.geopackage(maps.folder / "e.gpkg", {"areas": [({"CODE": "A", "NAME": "A"}, high)]})

    ((_, shape, _),) = read(maps, "e.gpkg")

    assert shape.equals(LAKE)
    assert not shape.has_z


@pytest.mark.parametrize(
    ("how", "page"),
    [({"encoding": "utf-8"}, ""), ({"encoding": "cp1252"}, ""), ({"encoding": "cp850", "language": 2}, ""),
     ({"encoding": "cp1252", "cpg": "ANSI 1252"}, ""), ({"encoding": "latin-1", "cpg": "ISO-8859-1"}, "")],
)  # fmt: skip
def test_names_in_a_shapefile_are_read_in_its_own_characters(maps, how, page) -> None:
    maps.write("f.zip", maps.archive(maps.shapefile(RECORDS, **how)))

    assert read(maps, "f.zip")[0][0]["NAME"] == "Água"


def test_deleted_records_are_gone_and_numbers_lose_their_padding(maps) -> None:
    records = [({"NUM": 7}, [OUTER], False), ({"NUM": 8}, [OUTER], True), ({"NUM": "****"}, [OUTER], False)]
    maps.write("g.zip", maps.archive(maps.shapefile(records)))

    assert [one["NUM"] for one, _, _ in read(maps, "g.zip")] == ["7", ""]


def test_rings_that_all_go_the_wrong_way_are_taken_for_outer_ones_and_told(maps) -> None:
    records = [({"CODE": "A"}, [OUTER[::-1]], False), ({"CODE": "B"}, [ISLAND, HOLE], False)]
    maps.write("h.zip", maps.archive(maps.shapefile(records)))

    (_, first, flaws), (_, second, others) = read(maps, "h.zip")

    assert first.equals(shapely.Polygon(OUTER))
    assert second.equals(shapely.MultiPolygon([shapely.Polygon(ISLAND), shapely.Polygon(HOLE)]))
    assert flaws == others == {Flaw.WRONG_WINDING}


def test_a_ring_of_two_points_is_left_out_and_told(maps) -> None:
    maps.write("i.zip", maps.archive(maps.shapefile([({"CODE": "A"}, [OUTER, [(1.0, 1.0), (2.0, 2.0)]], False)])))

    ((_, shape, flaws),) = read(maps, "i.zip")

    assert shape.equals(shapely.Polygon(OUTER))
    assert flaws == {Flaw.EMPTY_PART}


def test_a_geojson_ring_against_most_of_its_file_is_turned_and_told(maps) -> None:
    """A file that goes the other way as a whole is an older one, and nothing is wrong with it."""

    def tree(ring):
        return {"type": "Polygon", "coordinates": [[list(one) for one in ring]]}

    maps.write("j.geojson", maps.geojson([({}, tree(OUTER)), ({}, tree(ISLAND)), ({}, tree(HOLE))]))

    found = read(maps, "j.geojson")

    assert [flaws for _, _, flaws in found] == [set(), set(), {Flaw.WRONG_WINDING}]
    assert [shape.exterior.is_ccw for _, shape, _ in found] == [False, False, False]


@pytest.mark.parametrize(
    "system",
    ["urn:ogc:def:crs:OGC:1.3:CRS84", "EPSG:4326", "urn:ogc:def:crs:EPSG::4326",
     "http://www.opengis.net/def/crs/OGC/1.3/CRS84"],
)  # fmt: skip
def test_degrees_under_any_of_their_names_are_taken(maps, system) -> None:
    maps.write("k.geojson", maps.geojson(PLACES, crs={"type": "name", "properties": {"name": system}}))

    assert len(read(maps, "k.geojson")) == 2


def test_other_coordinates_are_refused_by_the_name_of_the_file(maps) -> None:
    """Never guessed from the numbers; a file that does not say is one of them."""
    mercator = {"type": "name", "properties": {"name": "urn:ogc:def:crs:EPSG::3857"}}
    maps.write("l.geojson", maps.geojson(PLACES, crs=mercator))
    maps.geopackage(maps.folder / "l.gpkg", {"areas": PLACES}, system=32_736)
    maps.write("l.zip", maps.archive(maps.shapefile(RECORDS, prj='PROJCS["WGS_1984_UTM_Zone_36S",GEOGCS["WGS_1984"]]')))
    maps.write("m.zip", maps.archive(maps.shapefile(RECORDS, prj="")))

    for name in ("l.geojson", "l.gpkg", "l.zip", "m.zip"):
        with pytest.raises(BadInput, match=f"{name} is not in longitude and latitude"):
            read(maps, name)


def test_points_are_read_from_every_format(maps) -> None:
    point = shapely.Point(1.5, -2.25)
    maps.write("n.geojson", maps.geojson([({"CODE": "A"}, point)]))
    maps.geopackage(maps.folder / "n.gpkg", {"sites": [({"CODE": "A"}, point)]})
    names = ["n.geojson", "n.gpkg"]
    for sort in (1, 11, 21):
        maps.write(f"n{sort}.zip", maps.archive(maps.shapefile([({"CODE": "A"}, (1.5, -2.25), False)], sort=sort)))
        names.append(f"n{sort}.zip")

    assert [shape.coords[0] for name in names for _, shape, _ in read(maps, name)] == [(1.5, -2.25)] * 5


def test_other_shapes_and_none_keep_their_properties(maps) -> None:
    line = shapely.LineString([(0, 0), (1, 1)])
    maps.write("o.geojson", maps.geojson([({"CODE": "A"}, line), ({"CODE": "B"}, None)]))
    maps.geopackage(maps.folder / "o.gpkg", {"x": [({"CODE": "A"}, line), ({"CODE": "B"}, None)]})
    maps.write("o.zip", maps.archive(maps.shapefile([({"CODE": "A"}, None, False)])))

    for name in ("o.geojson", "o.gpkg", "o.zip"):
        assert {shape for _, shape, _ in read(maps, name)} == {None}


def nested(depth):
    """Collections in collections, as deep as a stack."""
    inner = struct.pack("<BI2d", 1, 1, 0.0, 0.0)
    return struct.pack("<2sBBi", b"GP", 0, 1, 4326) + struct.pack("<BII", 1, 7, 1) * depth + inner


@pytest.mark.parametrize(
    "blob",
    [b"", b"GP", b"XX" + bytes(60), struct.pack("<2sBBi", b"GP", 0, 1, 4326) + struct.pack("<BII", 1, 3, 2**32 - 1),
     struct.pack("<2sBBi", b"GP", 0, 1, 4326) + struct.pack("<BIII", 1, 3, 1, 2**31)],
    ids=["empty", "a head", "another word", "rings without end", "points without end"],
)  # fmt: skip
def test_a_shape_that_is_none_is_told(maps, blob) -> None:
    maps.geopackage(maps.folder / "p.gpkg", {"areas": PLACES}, blob=blob or b"\0")

    with pytest.raises(BadInput, match=r"p\.gpkg is not GeoJSON, GeoPackage or Shapefile"):
        read(maps, "p.gpkg")


def test_shapes_within_shapes_do_not_go_deep(maps) -> None:
    """A reader that follows each into the next runs out of its stack, and the process with it."""
    maps.geopackage(maps.folder / "q.gpkg", {"areas": PLACES}, blob=nested(200_000))

    assert {shape for _, shape, _ in read(maps, "q.gpkg")} == {None}


def test_a_layer_whose_name_is_a_statement_is_a_name(maps) -> None:
    name = 'x"; DROP TABLE gpkg_contents; --'
    maps.geopackage(maps.folder / "r.gpkg", {"areas": PLACES})
    package = sqlite3.connect(maps.folder / "r.gpkg")
    package.execute("UPDATE gpkg_contents SET table_name = ?", (name,))
    package.execute("UPDATE gpkg_geometry_columns SET table_name = ?", (name,))
    package.execute('ALTER TABLE areas RENAME TO "{}"'.format(name.replace('"', '""')))
    package.commit()
    package.close()
    before = (maps.folder / "r.gpkg").read_bytes()

    same(read(maps, "r.gpkg"))
    assert (maps.folder / "r.gpkg").read_bytes() == before
    assert [one.name for one in maps.folder.glob("r.gpkg*")] == ["r.gpkg"]


@pytest.mark.parametrize("name", ["none.geojson", "none.gpkg", "none.shp", "none.zip"])
def test_a_file_that_is_not_there_is_told(maps, name) -> None:
    with pytest.raises(BadMapping, match=f"{name} cannot be opened"):
        read(maps, name)


@pytest.mark.parametrize("gone", [".dbf", ".shp"])
def test_a_shapefile_needs_its_table(maps, gone) -> None:
    files = {suffix: content for suffix, content in maps.shapefile(RECORDS).items() if suffix != gone}
    maps.write("s.zip", maps.archive(files))

    with pytest.raises(BadMapping, match=r"s\.zip"):
        read(maps, "s.zip")


@pytest.mark.parametrize(
    "content",
    [b"[" * 100_000, b"[1]", b'{"features": [1]}', b'{"features": null}', b'{"features": [{"properties": 1}]}',
     b'{"features": [{"properties": {"a": "\\ud800"}, "geometry": null}]}', b"\xff", b"1", b""],
)  # fmt: skip
def test_json_that_is_no_geojson_is_told(maps, content) -> None:
    maps.write("t.geojson", content)

    with pytest.raises(BadInput, match=r"t\.geojson is not GeoJSON"):
        read(maps, "t.geojson")
