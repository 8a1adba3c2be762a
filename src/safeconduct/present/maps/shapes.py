"""Boundaries on paper: projected, simplified together so that neighbours keep one border, written short."""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import pairwise

import numpy as np
import shapely
from shapely.geometry import shape
from shapely.geometry.base import BaseGeometry

from safeconduct.model.errors import BadInput

WIDTH, TALLEST = 1000, 900
MARGIN = 8
MOST_BYTES = 60_000
LEAST_BYTES = 3  # of a point in a path
TOLERANCES = (0.7, 1.2, 2.0, 3.5, 6.0, 10.0, 16.0, 26.0)
DOT = 4
HALF_TURN = 180.0
Ring = Sequence[tuple[int, int]]


@dataclass(frozen=True, repr=False)
class Shapes:
    """Places as SVG paths in one drawing of whole-number units.

    Attributes:
        width: Width of the drawing, drawing units.
        height: Height of the drawing, drawing units.
        paths: The `d` of each place's path, by code.
        centres: A point inside each place, for marks and arrows, by code.
        names: What people call each place, by code.
    """

    width: int
    height: int
    paths: Mapping[str, str] = field(hash=False)
    centres: Mapping[str, tuple[int, int]] = field(hash=False)
    names: Mapping[str, str] = field(hash=False)


def shapes(boundaries: Mapping[str, object], *, most_bytes: int = MOST_BYTES) -> Shapes:
    """Boundaries as paths, simplified until they take at most so many bytes (or as coarse as we go).

    Longitude is shortened by the cosine of the middle latitude, so that a square stays one; a country on both sides of
    the 180th meridian is kept in one piece. Make it once per geography and draw many pictures of it.

    Args:
        boundaries: A GeoJSON FeatureCollection in EPSG:4326 whose features have `code` and `name` as properties.
        most_bytes: Bytes all paths together should take.

    Raises:
        BadInput: It is not such a collection.
    """
    names, places = _read(boundaries)
    if not names:
        return Shapes(WIDTH, WIDTH // 2, {}, {}, {})
    flat, height = _projected(places)
    paths = _short(flat, most_bytes)
    inside = (shapely.get_coordinates(point)[0] for point in shapely.point_on_surface(flat))
    centres = {code: (round(x), round(y)) for code, (x, y) in zip(names, inside, strict=True)}
    drawn = {code: path or _dot(*centres[code]) for code, path in zip(names, paths, strict=True)}
    return Shapes(WIDTH, height, drawn, centres, names)


def _short(flat: np.ndarray, most_bytes: int) -> list[str]:
    """Paths within the size asked for, keeping shared borders shared; borders that do not meet are thinned one by one.

    Boundary files of a country often overlap a little or cross themselves, and such borders cannot be thinned together.
    """
    whole = flat
    for thin in (shapely.coverage_simplify, shapely.simplify, partial(shapely.simplify, preserve_topology=False)):
        for tolerance in TOLERANCES:
            flat = thin(flat, tolerance)
            flat = np.where(shapely.is_empty(flat), whole, flat)
            if shapely.get_num_coordinates(flat).sum() * LEAST_BYTES > most_bytes:
                continue
            paths = [_path(place) for place in flat]
            if sum(map(len, paths)) <= most_bytes:
                return paths
    return [_path(place) for place in flat]


def _read(boundaries: Mapping[str, object]) -> tuple[dict[str, str], list[BaseGeometry]]:
    features = boundaries.get("features")
    if not isinstance(features, list | tuple):
        raise BadInput("boundaries are a GeoJSON FeatureCollection")
    try:
        found = {str(one["properties"]["code"]): one for one in features if one["geometry"]}
        drawn = {code: shape(one["geometry"]) for code, one in found.items()}
    except (KeyError, TypeError, ValueError, AttributeError, shapely.errors.ShapelyError):
        raise BadInput("every boundary has a 'code' among its properties and a polygon as its geometry") from None
    places = {code: place for code, place in drawn.items() if not place.is_empty}
    return {code: str(found[code]["properties"].get("name") or code) for code in places}, list(places.values())


def _projected(places: list[BaseGeometry]) -> tuple[np.ndarray, int]:
    """The places in drawing units, y downwards, and the height of the drawing."""
    west, _, east, _ = shapely.total_bounds(places)
    array = np.array(places, dtype=object)
    if east - west > HALF_TURN:
        array = shapely.transform(array, _eastward)
    west, south, east, north = shapely.total_bounds(array)
    squeeze = math.cos(math.radians((south + north) / 2))
    across, down = max((east - west) * squeeze, 1e-9), max(north - south, 1e-9)
    scale = min((WIDTH - 2 * MARGIN) / across, (TALLEST - 2 * MARGIN) / down)
    left = (WIDTH - across * scale) / 2

    def project(xy: np.ndarray) -> np.ndarray:
        return np.column_stack([left + (xy[:, 0] - west) * squeeze * scale, MARGIN + (north - xy[:, 1]) * scale])

    return shapely.transform(array, project), math.ceil(down * scale) + 2 * MARGIN


def _eastward(xy: np.ndarray) -> np.ndarray:
    return np.column_stack([np.where(xy[:, 0] < 0, xy[:, 0] + 2 * HALF_TURN, xy[:, 0]), xy[:, 1]])


def _path(place: BaseGeometry) -> str:
    return "".join(_ring(ring) for ring in _rings(place))


def _rings(place: BaseGeometry) -> Iterator[Ring]:
    """Rings rounded to whole units, a point once in a row; rings too small to see are dropped."""
    for part in shapely.get_rings(shapely.get_parts(place)):
        points = np.rint(shapely.get_coordinates(part)).astype(int)
        kept = [(int(x), int(y)) for x, y in points]
        ring = [point for at, point in enumerate(kept) if at == 0 or point != kept[at - 1]]
        if len(ring) > 3:  # noqa: PLR2004 - a triangle and its closing point
            yield ring


def _ring(ring: Ring) -> str:
    steps = [(x - old_x, y - old_y) for (old_x, old_y), (x, y) in pairwise(ring[:-1])]
    return f"M{_pair(*ring[0])}l{_joined(steps)}z"


def _dot(x: int, y: int) -> str:
    """A place too small to be seen at this scale, as a diamond: no place goes missing from a map."""
    return f"M{x - DOT} {y}l{DOT}-{DOT} {DOT} {DOT}-{DOT} {DOT}z"


def _pair(x: int, y: int) -> str:
    return f"{x}{y}" if y < 0 else f"{x} {y}"


def _joined(steps: Sequence[tuple[int, int]]) -> str:
    """Pairs one after another; a minus sign parts two numbers as well as a space does."""
    text = ""
    for x, y in steps:
        text += ("" if x < 0 or not text else " ") + _pair(x, y)
    return text
