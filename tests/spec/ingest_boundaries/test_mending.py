"""Broken outlines are put right where that is safe, and every flaw is told."""

import json

import pytest
import shapely

from safeconduct.ingest.boundaries import read_outlines
from safeconduct.ingest.geography import read_versions
from safeconduct.model.areas import AreaLevel
from safeconduct.model.boundaries import BoundaryFinding, Done, Flaw
from safeconduct.model.errors import BadInput, BadMapping
from safeconduct.model.mapping import FileMapping


def square(x, width=1.0, height=1.0, y=0.0):
    return shapely.box(x, y, x + width, y + height)


def found(maps, *shapes, name="admin3.geojson"):
    """Outlines by code, and findings as (kind, code, neighbour, done, ppm); shapes are called A, B, C in order."""
    places = [({"pcod": "ABCDEFG"[at]}, shape) for at, shape in enumerate(shapes)]
    maps.write(name, maps.geojson(places))
    mapping = FileMapping(dataset="phone", zone="Africa/Maputo", boundaries={AreaLevel.COMMUNE: name})
    outlines, findings = read_outlines(mapping, maps.folder)
    assert {one.level for one in findings} <= {AreaLevel.COMMUNE}
    shapes = {one.area.code: one.shape for one in outlines[AreaLevel.COMMUNE]}
    return shapes, [(one.kind, one.code, one.neighbour, one.done, one.changed_ppm) for one in findings]


def coordinates(*rings):
    return {"type": "Polygon", "coordinates": [[list(one) for one in ring] for ring in rings]}


def test_whole_areas_side_by_side_are_left_as_they_are(maps) -> None:
    """To the last point."""
    shapes, findings = found(maps, square(0), square(1), square(2))

    assert findings == []
    assert [one.wkt for one in shapes.values()] == [square(0).wkt, square(1).wkt, square(2).wkt]


def test_a_ring_that_crosses_itself_becomes_the_ground_it_goes_around(maps) -> None:
    """The bow tie is two triangles."""
    shapes, findings = found(maps, coordinates([(0, 0), (2, 2), (2, 0), (0, 2), (0, 0)]))

    assert shapes["A"].equals(shapely.union(shapely.Polygon([(0, 0), (1, 1), (0, 2)]),
                                            shapely.Polygon([(2, 0), (1, 1), (2, 2)])))  # fmt: skip
    assert findings == [(Flaw.SELF_INTERSECTION, "A", "", Done.MENDED, 1_000_000)]


def test_a_spike_has_no_ground_and_goes(maps) -> None:
    shapes, findings = found(maps, coordinates([(0, 0), (1, 0), (1, 3), (1, 0), (1, 1), (0, 1), (0, 0)]))

    assert shapes["A"].equals(square(0))
    assert findings == [(Flaw.SELF_INTERSECTION, "A", "", Done.MENDED, 0)]


def test_points_said_twice_are_said_once(maps) -> None:
    shapes, findings = found(maps, coordinates([(0, 0), (1, 0), (1, 0), (1, 1), (0, 1), (0, 0)]))

    assert len(shapes["A"].exterior.coords) == 5
    assert findings == [(Flaw.DUPLICATE_POINTS, "A", "", Done.MENDED, 0)]


def test_a_part_without_ground_goes(maps) -> None:
    flat = [[[5, 5], [6, 5], [5, 5], [5, 5]]]
    whole = coordinates([(0, 0), (1, 0), (1, 1), (0, 1), (0, 0)])["coordinates"]
    shapes, findings = found(maps, {"type": "MultiPolygon", "coordinates": [whole, flat]})

    assert shapes["A"].equals(square(0))
    assert (Flaw.EMPTY_PART, "A", "", Done.MENDED, 0) in findings


def test_an_area_without_any_ground_is_refused(maps) -> None:
    with pytest.raises(BadInput, match="admin3 does not hold polygons"):
        found(maps, coordinates([(0, 0), (1, 0), (0, 0), (0, 0)]))


def test_a_sliver_that_two_claim_stays_with_the_first(maps) -> None:
    """As a cell on it would."""
    shapes, findings = found(maps, square(0, 1.0005), square(1))

    assert shapes["A"].area == pytest.approx(1.0005)
    assert shapes["B"].area == pytest.approx(0.9995)
    assert shapes["A"].intersection(shapes["B"]).area == pytest.approx(0, abs=1e-12)
    assert findings == [(Flaw.OVERLAP, "B", "A", Done.MENDED, 500)]


@pytest.mark.parametrize("width", [1.002, 1.5])
def test_broader_ground_that_two_claim_is_kept_and_told(maps, width) -> None:
    """Only a person can say whose it is."""
    shapes, findings = found(maps, square(0, width), square(1))

    assert [shapes[code].area for code in "AB"] == [pytest.approx(width), pytest.approx(1.0)]
    assert findings == [(Flaw.OVERLAP, "B", "A", Done.KEPT, pytest.approx(1_000_000 * (width - 1), abs=1))]


def test_the_same_area_twice_is_told(maps) -> None:
    _, findings = found(maps, square(0), square(0))

    assert findings == [(Flaw.OVERLAP, "B", "A", Done.KEPT, 1_000_000)]


def around(hole):
    """Four areas around a hole in the middle of 3 by 3."""
    return [
        shapely.difference(one, hole)
        for one in (square(0, 3.0, 1.0), square(0, 1.5, 1.0, 1.0), square(1.5, 1.5, 1.0, 1.0), square(0, 3.0, 1.0, 2.0))
    ]


def test_a_sliver_that_none_claims_goes_to_the_neighbour_with_the_longest_border(maps) -> None:
    hole = shapely.box(1.2, 1.0, 1.8, 1.0005)
    shapes, findings = found(maps, *around(hole))

    assert shapely.union_all(list(shapes.values())).equals(square(0, 3.0, 3.0))
    assert findings == [(Flaw.GAP, "A", "", Done.MENDED, 100)]


def test_a_lake_that_none_claims_is_kept_and_told(maps) -> None:
    """Or an enclave, or a commune that is missing from the file."""
    hole = shapely.box(1.2, 1.2, 1.8, 1.8)
    shapes, findings = found(maps, *around(hole))

    assert shapely.union_all(list(shapes.values())).area == pytest.approx(9 - 0.36)
    assert [(kind, done) for kind, _, _, done, _ in findings] == [(Flaw.GAP, Done.KEPT)]


def test_what_rounding_leaves_between_neighbours_is_no_finding(maps) -> None:
    """A border with a point that only one of them has."""
    left = shapely.Polygon([(0, 0), (1, 0), (1.1, 0.3), (1.3, 0.9), (0, 0.9)])
    right = shapely.Polygon([(1, 0), (3, 0), (3, 0.9), (1.3, 0.9), (1.2, 0.6000000000000001), (1.1, 0.3)])

    assert found(maps, left, right)[1] == []


def test_mending_twice_finds_nothing_new_to_mend(maps) -> None:
    """What is mended is whole."""
    shapes, _ = found(maps, square(0, 1.0005), square(1), coordinates([(5, 5), (7, 7), (7, 5), (5, 7), (5, 5)]))

    assert found(maps, *shapes.values())[1] == []


def test_a_finding_is_kept_as_it_was() -> None:
    finding = BoundaryFinding(
        kind=Flaw.OVERLAP, level=AreaLevel.COMMUNE, code="B", done=Done.KEPT, changed_ppm=1500, neighbour="A"
    )

    assert BoundaryFinding.from_tree(json.loads(json.dumps(finding.to_tree()))) == finding
    assert finding.percent == 0.15


@pytest.mark.parametrize("name", ["cells.geojson", "cells.gpkg", "cells.gpkg#sites"])
def test_cells_are_read_from_points(maps, name) -> None:
    """Positions from the shape, the rest from properties."""
    places = [({"LAC": 1, "CI": 7, "mast": "M", "since": "2026-01-01"}, shapely.Point(0.5, 0.25))]
    maps.write("cells.geojson", maps.geojson(places))
    maps.geopackage(maps.folder / "cells.gpkg", {"sites": places})
    columns = {"cell": "{LAC}-{CI}", "site": "mast", "first": "since"}
    mapping = FileMapping(dataset="phone", zone="Africa/Maputo", cells_file=name, cells=columns)

    (cell,) = read_versions(mapping, maps.folder)

    assert (cell.id, cell.site, cell.lon, cell.lat, str(cell.first)) == ("1-7", "M", 0.5, 0.25, "2026-01-01")


@pytest.mark.parametrize(
    ("place", "error", "message"),
    [
        (({"id": "a"}, shapely.box(0, 0, 1, 1)), BadInput, "line 2 of the cells file"),
        (({"id": "a"}, None), BadInput, "line 2 of the cells file"),
        (({"id": "a"}, shapely.Point(181, 0)), BadInput, "line 2 of the cells file"),
        (({"other": "a"}, shapely.Point(1, 0)), BadMapping, "no column id"),
    ],
)
def test_a_cell_that_is_no_point_on_earth_is_told_by_its_number(maps, place, error, message) -> None:
    maps.write("u.geojson", maps.geojson([({"id": "z"}, shapely.Point(0, 0)), place]))
    mapping = FileMapping(dataset="phone", zone="Africa/Maputo", cells_file="u.geojson", cells={"cell": "id"})

    with pytest.raises(error, match=message):
        read_versions(mapping, maps.folder)
