"""Boundary files: areas of every level, each knowing the one it lies in."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import cast

import shapely
from shapely.geometry.base import BaseGeometry

from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadInput, BadMapping
from safeconduct.model.geography import Area
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import say

LEVELS = tuple(level for level in AreaLevel if level is not AreaLevel.SITE)
LONGEST = 180.0
HIGHEST = 90.0


@dataclass(frozen=True)
class Outline:
    """An area and its shape, in degrees of EPSG:4326.

    Attributes:
        area: Whether a cell stands in it is not known yet.
        shape: A polygon or several.
    """

    area: Area
    shape: BaseGeometry


def read_outlines(mapping: FileMapping, folder: Path) -> dict[AreaLevel, list[Outline]]:
    """The areas of every level the mapping has boundaries for, sorted by code, from coarse to fine.

    The area above is the one the feature names, in the property that holds the coarser level's code or in `parent`;
    where it names none, the one its middle lies in.

    Raises:
        BadMapping: There are no communes, or a file or property is not there.
        BadInput: A file is not GeoJSON of polygons in degrees, or a code stands for two areas.
    """
    if AreaLevel.COMMUNE not in mapping.boundaries:
        raise BadMapping(
            say("[areas] must name the boundary file of {level}, the finest areas", level=str(AreaLevel.COMMUNE)),
            field="areas",
        )
    found: dict[AreaLevel, list[Outline]] = {}
    above: AreaLevel | None = None
    for level in (level for level in LEVELS if level in mapping.boundaries):
        outlines = _read(mapping, folder, level, above)
        found[level] = _with_parents(outlines, found[above]) if above else outlines
        above = level
    return found


def geojson(outlines: Sequence[Outline]) -> bytes:
    """Areas as GeoJSON with our properties, in the order given."""
    features = [
        {
            "type": "Feature",
            "properties": {
                "code": one.area.code,
                "name": one.area.name,
                "parent": one.area.parent,
                "uninhabited": one.area.uninhabited,
            },
            "geometry": json.loads(shapely.to_geojson(one.shape)),
        }
        for one in outlines
    ]
    return json.dumps({"type": "FeatureCollection", "features": features}, ensure_ascii=False).encode()


def _read(mapping: FileMapping, folder: Path, level: AreaLevel, above: AreaLevel | None) -> list[Outline]:
    try:
        tree = json.loads((folder / mapping.boundaries[level]).read_bytes())
        features = cast("list[dict[str, object]]", tree["features"])
    except OSError:
        raise BadMapping(
            say("the boundary file of {level} cannot be opened", level=str(level)), field="areas"
        ) from None
    except (ValueError, KeyError, TypeError):
        raise _not_geojson(level) from None
    outlines = [_outline(feature, mapping, level, above) for feature in features]
    if len({one.area.code for one in outlines}) != len(outlines) or not outlines:
        raise BadInput(say("every area of {level} needs a code of its own, and there must be one", level=str(level)))
    return sorted(outlines, key=lambda one: one.area.code)


def _outline(feature: Mapping[str, object], mapping: FileMapping, level: AreaLevel, above: AreaLevel | None) -> Outline:
    properties = feature.get("properties")
    if not isinstance(properties, Mapping):
        raise _not_geojson(level)
    code, name = (text.replace("{level}", str(level)) for text in (mapping.code, mapping.name))
    if not str(properties.get(code) or ""):
        raise BadMapping(say("areas of {level} have no property {code}", level=str(level), code=code), field="areas")
    area = Area(
        code=str(properties[code]),
        name=str(properties.get(name) or properties[code]),
        level=level,
        parent=_named_parent(properties, mapping, above),
        uninhabited=properties.get("uninhabited") is True,
    )
    return Outline(area, _shape(feature, level))


def _named_parent(properties: Mapping[str, object], mapping: FileMapping, above: AreaLevel | None) -> str:
    if above is None:
        return ""
    if "{level}" in mapping.code and (code := properties.get(mapping.code.replace("{level}", str(above)))):
        return str(code)
    return str(properties.get("parent") or "")


def _shape(feature: Mapping[str, object], level: AreaLevel) -> BaseGeometry:
    try:
        shape = shapely.from_geojson(json.dumps(feature["geometry"]))
    except (shapely.errors.GEOSException, ValueError, TypeError, KeyError):
        raise _not_geojson(level) from None
    if shape.is_empty or shape.geom_type not in {"Polygon", "MultiPolygon"}:
        raise _not_geojson(level)
    west, south, east, north = shape.bounds
    if min(west, south) < -LONGEST or east > LONGEST or max(abs(south), abs(north)) > HIGHEST:
        raise _not_geojson(level)
    return shape if shape.is_valid else shapely.make_valid(shape)


def _with_parents(outlines: Sequence[Outline], coarser: Sequence[Outline]) -> list[Outline]:
    codes = {one.area.code for one in coarser}
    tree = shapely.STRtree([one.shape for one in coarser])
    found = []
    for one in outlines:
        parent = one.area.parent if one.area.parent in codes else ""
        if not parent:
            over = tree.query(one.shape.representative_point(), predicate="intersects")
            parent = coarser[min(over)].area.code if len(over) else ""
        if not parent:
            raise BadInput(say("an area of {level} lies in none of the level above", level=str(one.area.level)))
        found.append(Outline(replace(one.area, parent=parent), one.shape))
    return found


def _not_geojson(level: AreaLevel) -> BadInput:
    return BadInput(
        say("the boundary file of {level} is not GeoJSON of polygons in degrees (EPSG:4326)", level=str(level))
    )
