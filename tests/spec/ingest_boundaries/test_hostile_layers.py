"""Whatever is in a file of places: areas, points, or our own error; never a crash and never a value of the file."""

import struct

import numpy as np
import pytest
import shapely
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeconduct.ingest.boundaries import read_outlines
from safeconduct.ingest.layer_geopackage import from_binary
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import SafeconductError
from safeconduct.model.mapping import FileMapping

MARKER = "Qxzv7Marker"
MANY = settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
PLACES = [({"pcod": MARKER}, shapely.box(0, 0, 1, 1)), ({"pcod": MARKER + "2"}, shapely.box(1, 0, 2, 1))]
RING = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)]
SMALL = st.integers(0, 6)
NAMES = ["a.geojson", "a.gpkg", "a.zip", "a.shp", "a.dbf"]


def whole(maps, name):
    """The file, and whatever belongs beside it."""
    files = maps.shapefile([({"pcod": MARKER}, [RING], False), ({"pcod": MARKER + "2"}, [RING], False)])
    for suffix, content in files.items():
        maps.write(f"a{suffix}", content)
    match name:
        case "a.geojson":
            return maps.geojson(PLACES)
        case "a.gpkg":
            return maps.geopackage(maps.folder / "whole.gpkg", {"areas": PLACES})
        case "a.zip":
            return maps.archive(files)
        case _:
            return files[name[1:]]


def mutilated(content, cut, flips):
    """Bytes flipped, or else the end cut off."""
    changed = bytearray(content)
    for place, bits in flips:
        changed[min(int(place * len(changed)), len(changed) - 1)] ^= bits
    return bytes(changed if flips else changed[: max(int(cut * len(changed)), 1)])


@pytest.mark.parametrize("name", NAMES)
@given(cut=st.floats(0, 1), flips=st.lists(st.tuples(st.floats(0, 1), st.integers(1, 255)), max_size=6))
@MANY
def test_no_mutilation_is_more_than_an_error_of_ours(maps, name, cut, flips) -> None:
    """Which names the file or its level, and no value."""
    maps.write(name, mutilated(whole(maps, name), cut, flips))
    named = "a.shp" if name == "a.dbf" else name
    mapping = FileMapping(dataset="phone", zone="Africa/Maputo", boundaries={AreaLevel.COMMUNE: named})

    told = named
    try:
        outlines, findings = read_outlines(mapping, maps.folder)
        assert all(one.shape.is_valid and one.shape.area > 0 for one in outlines[AreaLevel.COMMUNE])
        assert {one.code for one in findings} <= {one.area.code for one in outlines[AreaLevel.COMMUNE]}
    except SafeconductError as refused:
        told = f"{refused} {refused!r} {refused.__cause__}"

    assert MARKER not in told
    assert named in told or "admin3" in told


@given(content=st.binary(max_size=200))
@MANY
def test_any_bytes_are_a_shape_or_none(content) -> None:
    """Cut ones and endless ones among them."""
    polygon = b"\x01\x03\x00\x00\x00"
    heads = [b"", polygon, b"\x01\x06\x00\x00\x00\x02\x00\x00\x00" + polygon, b"\x00\x00\x00\x00\x03"]
    for head in heads:
        try:
            found = from_binary(head + content)
        except (ValueError, IndexError, struct.error):
            found = None
        positions = [found] if isinstance(found, np.ndarray) else [ring for rings in found or () for ring in rings]
        assert sum(one.nbytes for one in positions) <= len(head + content)


@given(x=SMALL, y=SMALL, corners=st.lists(st.tuples(SMALL, SMALL), min_size=3, max_size=7))
@MANY
def test_any_ring_becomes_whole_ground_or_is_refused(maps, x, y, corners) -> None:
    """Crossing itself as it likes, beside another that may overlap it."""
    ring = [[*one] for one in [*corners, corners[0]]]
    first = {"type": "Polygon", "coordinates": [ring]}
    places = [({"pcod": "A"}, first), ({"pcod": "B"}, shapely.box(x, y, x + 1, y + 1))]
    maps.write("ring.geojson", maps.geojson(places))
    mapping = FileMapping(dataset="phone", zone="Africa/Maputo", boundaries={AreaLevel.COMMUNE: "ring.geojson"})
    ground = shapely.make_valid(shapely.Polygon(ring)).area

    try:
        made = read_outlines(mapping, maps.folder)[0][AreaLevel.COMMUNE][0].shape
    except SafeconductError:
        made = shapely.Polygon()

    assert made.is_valid
    assert made.area == pytest.approx(ground)
