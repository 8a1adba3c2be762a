"""What every file of places gives: features with properties and a shape, in degrees of EPSG:4326."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import shapely
from shapely.geometry.base import BaseGeometry

from safeconduct.model.boundaries import Flaw
from safeconduct.model.errors import BadInput, BadMapping
from safeconduct.model.text import say

LONGEST = 180.0
HIGHEST = 90.0
MOST_BYTES = 1 << 29
LEAST_POINTS = 3
Points = npt.NDArray[np.float64]


@dataclass(frozen=True, repr=False)
class Feature:
    """One place of a file.

    Attributes:
        properties: What the file says of it, by the file's own names.
        shape: A point, a polygon or several; `None` where the file gives none.
        flaws: What its reader had to put right already.
    """

    properties: Mapping[str, object]
    shape: BaseGeometry | None
    flaws: frozenset[Flaw] = field(default=frozenset())

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Feature()"


def of_rings(parts: Sequence[Sequence[Points]]) -> tuple[BaseGeometry | None, frozenset[Flaw]]:
    """Polygons from their rings, the first of each the outer one; rings of fewer than three points are left out."""
    flaws, polygons = set[Flaw](), []
    for rings in parts:
        whole = [ring for ring in rings if len(np.unique(ring, axis=0)) >= LEAST_POINTS]
        if len(whole) < len(rings) or not rings:
            flaws.add(Flaw.EMPTY_PART)
        if rings and len(rings[0]) and whole and whole[0] is rings[0]:
            polygons.append(shapely.Polygon(whole[0], whole[1:]))
    if not polygons:
        return None, frozenset(flaws)
    return (polygons[0] if len(polygons) == 1 else shapely.MultiPolygon(polygons)), frozenset(flaws)


def on_earth(numbers: Points) -> Points:
    """Positions as they are.

    Raises:
        ValueError: One is not a number, or farther away than any longitude.
    """
    if not (np.abs(numbers) <= LONGEST).all():
        raise ValueError
    return numbers


def in_degrees(shape: BaseGeometry) -> bool:
    """Whether every position is a longitude and a latitude."""
    west, south, east, north = shape.bounds
    return bool(west >= -LONGEST and east <= LONGEST and south >= -HIGHEST and north <= HIGHEST)


def word_of(value: object) -> str:
    """A property as text; a whole number that is stored as a fraction has no point, bytes are nothing."""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    return "" if value is None or isinstance(value, bytes) else str(value)


def not_readable(file: str) -> BadInput:
    """A file that is not what its name says."""
    return BadInput(
        say(
            "{file} is not GeoJSON, GeoPackage or Shapefile as its name says, or is damaged; export it again", file=file
        ),
        field="areas",
    )


def not_there(file: str) -> BadMapping:
    """A file that cannot be opened."""
    return BadMapping(say("{file} cannot be opened; check its name in the mapping", file=file), field="areas")


def wrong_system(file: str) -> BadInput:
    """A file in another coordinate reference system, or in one it does not name."""
    return BadInput(
        say(
            "{file} is not in longitude and latitude (EPSG:4326), or does not say so; export it in EPSG:4326", file=file
        ),
        field="areas",
    )


def too_large(file: str) -> BadInput:
    """A file that would not fit into memory."""
    return BadInput(say("{file} is too large for boundaries; export it with fewer points", file=file), field="areas")
