"""Boundary files: areas of every level, each knowing the one it lies in."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import shapely
from shapely.geometry.base import BaseGeometry

from safeconduct.ingest.layer_files import features
from safeconduct.ingest.layers import Feature, in_degrees, word_of
from safeconduct.ingest.mending import Outline, fitted, mended
from safeconduct.ingest.source import Ground
from safeconduct.model.areas import AreaLevel
from safeconduct.model.boundaries import BoundaryFinding, Done, Flaw
from safeconduct.model.errors import BadInput, BadMapping
from safeconduct.model.geography import Area
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import say

LEVELS = tuple(level for level in AreaLevel if level is not AreaLevel.SITE)


def read_outlines(
    mapping: FileMapping, folder: Path, ground: Ground | None = None
) -> tuple[dict[AreaLevel, list[Outline]], tuple[BoundaryFinding, ...]]:
    """The areas of every level the mapping has boundaries for, sorted by code, from coarse to fine; and their flaws.

    The area above is the one the feature names, in the property that holds the coarser level's code or in `parent`;
    where it names none, the one its middle lies in.

    Raises:
        BadMapping: There are no communes, or a file or property is not there.
        BadInput: A file is not polygons in degrees, or a code stands for two areas.
    """
    if AreaLevel.COMMUNE not in mapping.boundaries:
        raise BadMapping(
            say("[areas] must name the boundary file of {level}, the finest areas", level=str(AreaLevel.COMMUNE)),
            field="areas",
        )
    areas = ground.areas if ground else lambda level: features(folder, mapping.boundaries[level])
    found: dict[AreaLevel, list[Outline]] = {}
    flaws: list[BoundaryFinding] = []
    above: AreaLevel | None = None
    for level in (level for level in LEVELS if level in mapping.boundaries):
        outlines, own = _read(areas(level), mapping, level, above)
        outlines, between = _beside(level, outlines)
        flaws += [*own, *between]
        found[level] = _with_parents(outlines, found[above]) if above else outlines
        above = level
    return found, tuple(flaws)


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


def _read(
    places: Iterator[Feature], mapping: FileMapping, level: AreaLevel, above: AreaLevel | None
) -> tuple[list[Outline], list[BoundaryFinding]]:
    outlines, flaws = [], []
    for feature in places:
        outline, found = _outline(feature, mapping, level, above)
        outlines.append(outline)
        flaws += found
    if len({one.area.code for one in outlines}) != len(outlines) or not outlines:
        raise BadInput(say("every area of {level} needs a code of its own, and there must be one", level=str(level)))
    return sorted(outlines, key=lambda one: one.area.code), sorted(flaws, key=lambda one: (one.code, one.kind))


def _beside(level: AreaLevel, outlines: Sequence[Outline]) -> tuple[list[Outline], list[BoundaryFinding]]:
    try:
        return fitted(level, outlines)
    except shapely.errors.GEOSException:
        raise _not_polygons(level) from None


def _outline(
    feature: Feature, mapping: FileMapping, level: AreaLevel, above: AreaLevel | None
) -> tuple[Outline, list[BoundaryFinding]]:
    properties = feature.properties
    code, name = (text.replace("{level}", str(level)) for text in (mapping.code, mapping.name))
    if not word_of(properties.get(code)):
        raise BadMapping(say("areas of {level} have no property {code}", level=str(level), code=code), field="areas")
    area = Area(
        code=word_of(properties[code]),
        name=word_of(properties.get(name)) or word_of(properties[code]),
        level=level,
        parent=_named_parent(properties, mapping, above),
        uninhabited=properties.get("uninhabited") in {True, "true", "T"},
    )
    shape, flaws = _shape(feature, level)
    found = [
        BoundaryFinding(kind=flaw, level=level, code=area.code, done=Done.MENDED, changed_ppm=changed)
        for flaw, changed in flaws.items()
    ]
    return Outline(area, shape), found


def _named_parent(properties: Mapping[str, object], mapping: FileMapping, above: AreaLevel | None) -> str:
    if above is None:
        return ""
    if "{level}" in mapping.code and (code := properties.get(mapping.code.replace("{level}", str(above)))):
        return word_of(code)
    return word_of(properties.get("parent"))


def _shape(feature: Feature, level: AreaLevel) -> tuple[BaseGeometry, dict[Flaw, int]]:
    if feature.shape is None or feature.shape.geom_type not in {"Polygon", "MultiPolygon"}:
        raise _not_polygons(level)
    try:
        shape, flaws = mended(feature.shape)
    except shapely.errors.GEOSException:
        raise _not_polygons(level) from None
    if shape is None or not in_degrees(shape):
        raise _not_polygons(level)
    return shape, dict.fromkeys(sorted(feature.flaws), 0) | flaws


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


def _not_polygons(level: AreaLevel) -> BadInput:
    return BadInput(
        say("the boundary file of {level} does not hold polygons in degrees (EPSG:4326) only", level=str(level)),
        field="areas",
    )
