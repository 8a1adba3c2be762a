"""Broken outlines put right where that is safe, and told of wherever something was found.

Safe is what moves no ground that somebody could stand on to another area: points said twice, parts without ground, the
direction of a ring, lines that cross themselves, and slivers between neighbours. A sliver is at most a thousandth of
the smaller area and about a hundred metres wide. Broader overlaps and holes stay as they are: only a person can tell
whose ground it is.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from safeconduct.model.areas import AreaLevel
from safeconduct.model.boundaries import BoundaryFinding, Done, Flaw
from safeconduct.model.geography import Area

NOISE = 1e-10  # square degrees, about a square metre: what rounding leaves behind
SLIVER_SHARE = 0.001
SLIVER_WIDTH = 0.001  # degrees, about a hundred metres
MILLION = 1_000_000


@dataclass(frozen=True)
class Outline:
    """An area and its shape, in degrees of EPSG:4326.

    Attributes:
        area: Whether a cell stands in it is not known yet.
        shape: A polygon or several.
    """

    area: Area
    shape: BaseGeometry


def mended(shape: BaseGeometry) -> tuple[BaseGeometry | None, dict[Flaw, int]]:
    """A valid shape of polygons from one that may be broken, and what was wrong, with millionths of ground changed.

    A shape that crosses itself becomes the ground that its lines go around an odd number of times; `None` where no
    ground is left.
    """
    flaws: dict[Flaw, int] = {}
    kept = ground(shape)
    if kept is None:
        return None, flaws
    if shapely.get_num_geometries(kept) < shapely.get_num_geometries(shape):
        flaws[Flaw.EMPTY_PART] = 0
    single = shapely.remove_repeated_points(kept)
    if shapely.get_num_coordinates(single) < shapely.get_num_coordinates(kept):
        flaws[Flaw.DUPLICATE_POINTS] = 0
        kept = single
    if shapely.is_valid(kept):
        return kept, flaws
    valid = _turned_like(kept, ground(shapely.make_valid(kept)))
    if valid is not None:
        flaws[Flaw.SELF_INTERSECTION] = parts_per_million(abs(valid.area - kept.area), valid.area)
    return valid, flaws


def fitted(level: AreaLevel, outlines: Sequence[Outline]) -> tuple[list[Outline], list[BoundaryFinding]]:
    """Areas of one level beside each other: slivers between neighbours gone, everything else told.

    A sliver that two areas claim stays with the first by code, as a cell on it would; one that no area claims goes to
    the neighbour with the longest border on it, the first by code among equals.

    Args:
        level: Whose areas they are.
        outlines: Valid shapes, sorted by code.
    """
    shapes = [one.shape for one in outlines]
    codes = [one.area.code for one in outlines]
    findings: list[BoundaryFinding] = []
    clean = bool(shapely.coverage_is_valid(shapes))
    if not clean:
        findings += _without_overlaps(level, codes, shapes)
    findings += _without_gaps(level, codes, shapes, clean=clean)
    return [replace(one, shape=shape) for one, shape in zip(outlines, shapes, strict=True)], findings


def ground(shape: BaseGeometry) -> BaseGeometry | None:
    """The parts of a shape that have ground, `None` where none has."""
    parts = [one for one in shapely.get_parts(shape) if one.geom_type in {"Polygon", "MultiPolygon"}]
    whole = [one for one in shapely.get_parts(parts) if not one.is_empty and _encloses(one)]
    if not whole:
        return None
    if len(whole) == shapely.get_num_geometries(shape) and shape.geom_type in {"Polygon", "MultiPolygon"}:
        return shape
    return whole[0] if len(whole) == 1 else shapely.MultiPolygon(whole)


def parts_per_million(changed: float, whole: float) -> int:
    """A share in millionths, 0 to 1,000,000."""
    return min(MILLION, round(MILLION * changed / whole)) if whole > 0 else MILLION


def _encloses(polygon: BaseGeometry) -> bool:
    """Whether a ring goes around anything; one that crosses itself may have no net area and still does."""
    return bool(polygon.area > 0 or (not shapely.is_valid(polygon) and shapely.make_valid(polygon).area > 0))


def _without_overlaps(level: AreaLevel, codes: Sequence[str], shapes: list[BaseGeometry]) -> Iterator[BoundaryFinding]:
    first, second = shapely.STRtree(shapes).query(shapes, predicate="intersects")
    pairs = sorted((int(one), int(two)) for one, two in zip(first, second, strict=True) if one < two)
    common = shapely.area(shapely.intersection(_at(shapes, pairs, 0), _at(shapes, pairs, 1))).tolist()
    for (one, two), found in zip(pairs, common, strict=True):
        if found <= NOISE:
            continue
        both = shapely.intersection(shapes[one], shapes[two])
        smaller = min(shapes[one].area, shapes[two].area)
        cut = ground(shapely.difference(shapes[two], shapes[one])) if _sliver(both, smaller) else None
        left = _turned_like(shapes[two], cut)
        yield BoundaryFinding(
            kind=Flaw.OVERLAP,
            level=level,
            code=codes[two],
            neighbour=codes[one],
            done=Done.KEPT if left is None else Done.MENDED,
            changed_ppm=parts_per_million(both.area, shapes[two].area),
        )
        shapes[two] = shapes[two] if left is None else left


def _at(shapes: Sequence[BaseGeometry], pairs: Sequence[tuple[int, int]], side: int) -> list[BaseGeometry]:
    return [shapes[pair[side]] for pair in pairs]


def _without_gaps(
    level: AreaLevel, codes: Sequence[str], shapes: list[BaseGeometry], *, clean: bool
) -> Iterator[BoundaryFinding]:
    together = shapely.coverage_union_all(shapes) if clean else shapely.union_all(shapes)
    rings = [ring for part in shapely.get_parts(together) for ring in part.interiors]
    holes = [hole for hole in shapely.polygons(rings) if hole.area > NOISE] if rings else []
    tree = shapely.STRtree(list(shapes))
    for hole in holes:
        around = sorted(int(at) for at in tree.query(hole, predicate="intersects"))
        borders = [round(shapely.intersection(hole.exterior, shapes[at]).length, 12) for at in around]
        if not around:
            continue
        at = around[int(np.argmax(borders))]
        filled = (
            ground(shapely.union(shapes[at], hole)) if _sliver(hole, min(shapes[one].area for one in around)) else None
        )
        yield BoundaryFinding(
            kind=Flaw.GAP,
            level=level,
            code=codes[at],
            done=Done.KEPT if filled is None else Done.MENDED,
            changed_ppm=parts_per_million(hole.area, shapes[at].area),
        )
        shapes[at] = shapes[at] if filled is None else filled


def _turned_like(before: BaseGeometry, after: BaseGeometry | None) -> BaseGeometry | None:
    """A shape whose rings go the way they went before."""
    if after is None:
        return None
    first = shapely.get_exterior_ring(shapely.get_geometry(before, 0))
    return shapely.orient_polygons(after, exterior_cw=not shapely.is_ccw(first))


def _sliver(shape: BaseGeometry, smaller: float) -> bool:
    width = 2 * shape.area / shape.length if shape.length else 0.0
    return bool(shape.area <= SLIVER_SHARE * smaller and width <= SLIVER_WIDTH)
