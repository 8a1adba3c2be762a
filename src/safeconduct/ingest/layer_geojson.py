"""Places in GeoJSON (RFC 7946)."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import cast

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from safeconduct.ingest.layers import MOST_BYTES, Feature, in_degrees, not_readable, not_there, too_large, wrong_system
from safeconduct.model.boundaries import Flaw

SHAPES = frozenset({"Point", "Polygon", "MultiPolygon"})
DEGREES = re.compile(r".*[:/](CRS84|4326)|CRS84")


def geojson_features(path: Path, file: str) -> Iterator[Feature]:
    """The features of a file, in its order; of other shapes than points and polygons on Earth only the properties.

    Outer rings go against the clock and holes with it (RFC 7946), or the other way round, as older files have it and
    nobody is misled by. A shape that goes against most of its own file, or whose hole goes like its outer ring, is
    turned, and says so.

    Args:
        path: The file.
        file: What messages call it.

    Raises:
        BadMapping: It is not there.
        BadInput: It is not GeoJSON, or in another reference system.
    """
    tree = _tree(path, file)
    features = tree.get("features")
    if not isinstance(features, list):
        raise not_readable(file)
    if tree.get("crs") is not None and not _degrees(tree["crs"]):
        raise wrong_system(file)
    if not all(isinstance(one, Mapping) and isinstance(one.get("properties"), Mapping) for one in features):
        raise not_readable(file)
    yield from _turned([Feature(one["properties"], _shape(one.get("geometry"))) for one in features])


def _turned(features: Sequence[Feature]) -> Iterator[Feature]:
    """Features whose rings go the way most of them go."""
    shapes = np.array([one.shape for one in features], object)
    with_clock = shapely.orient_polygons(shapes, exterior_cw=True)
    against = shapely.orient_polygons(shapes)
    usual = with_clock if _same(shapes, with_clock).sum() > _same(shapes, against).sum() else against
    for feature, shape, right in zip(features, usual, _same(shapes, usual), strict=True):
        flawed = feature.shape is not None and not right
        yield replace(feature, shape=shape, flaws=frozenset({Flaw.WRONG_WINDING})) if flawed else feature


def _same(one: npt.NDArray[np.object_], other: npt.NDArray[np.object_]) -> npt.NDArray[np.bool_]:
    same: npt.NDArray[np.bool_] = shapely.equals_exact(one, other, tolerance=0)
    return same


def _tree(path: Path, file: str) -> Mapping[str, object]:
    if not path.is_file():  # opening a pipe would wait for whoever writes into it
        raise not_there(file)
    try:
        if path.stat().st_size > MOST_BYTES:
            raise too_large(file)
        content = path.read_bytes()
    except OSError:
        raise not_there(file) from None
    try:
        tree = json.loads(content)
        json.dumps(tree, ensure_ascii=False).encode()  # half a character of UTF-16 is no text
    except (ValueError, RecursionError):
        raise not_readable(file) from None
    if not isinstance(tree, Mapping):
        raise not_readable(file)
    return cast("Mapping[str, object]", tree)


def _degrees(system: object) -> bool:
    """Whether the member `crs` of older files names longitude and latitude."""
    match system:
        case {"type": "name", "properties": {"name": str(name)}}:
            return DEGREES.fullmatch(name) is not None
        case _:
            return False


def _shape(geometry: object) -> BaseGeometry | None:
    if not isinstance(geometry, Mapping) or geometry.get("type") not in SHAPES:
        return None
    try:
        shape = shapely.from_geojson(json.dumps(geometry))
    except (shapely.errors.GEOSException, ValueError):
        return None
    return shapely.force_2d(shape) if in_degrees(shape) else None
