"""An invented country: communes in districts in provinces, with towns; the same one for every sample."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from safeconduct.model.areas import AreaLevel
from safeconduct.synth.samples.names import DISTRICTS, PROVINCES, communes
from safeconduct.synth.samples.outline import CENTRE, draw_communes
from safeconduct.synth.samples.points import Points, distances, spread

NAME = "Ossembe"
CODE = "XO"
SEED = 20260105
TOWNS = 26
LEVELS = (AreaLevel.COUNTRY, AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE)


@dataclass(frozen=True, kw_only=True)
class Place:
    """One area of the invented country.

    Attributes:
        code: Starts with the parent's code.
        name: Invented; no place that we know is called so.
        parent: Code one level up, `""` for the country.
        shape: Longitude and latitude in degrees, 4 decimals.
        uninhabited: A lake.
    """

    code: str
    name: str
    parent: str
    shape: shapely.Geometry
    uninhabited: bool = False


@dataclass(frozen=True, kw_only=True)
class Country:
    """Every area, and the towns people live in.

    Attributes:
        places: Areas by level, in the order of their codes.
        district_of: Index of the district by index of the commune.
        province_of: Index of the province by index of the district.
        towns: Longitude and latitude of each town, the capital first.
        sizes: Share of the townspeople by town, adding up to 1.
    """

    places: dict[AreaLevel, tuple[Place, ...]]
    district_of: NDArray[np.int64]
    province_of: NDArray[np.int64]
    towns: Points
    sizes: NDArray[np.float64]

    def commune_at(self, points: Points) -> NDArray[np.int64]:
        """Index of the inhabited commune that holds each point, -1 at sea and on a lake."""
        tree = shapely.STRtree([one.shape for one in self.places[AreaLevel.COMMUNE]])
        found = np.full(len(points), -1)
        which, commune = tree.query(shapely.points(points), predicate="within")
        found[which] = commune
        lakes = [index for index, one in enumerate(self.places[AreaLevel.COMMUNE]) if one.uninhabited]
        return np.where(np.isin(found, lakes), -1, found)


def country() -> Country:
    """The invented country, drawn anew but always the same."""
    rng = np.random.default_rng(SEED)
    shapes, districts = draw_communes(rng, len(DISTRICTS))
    centres = shapely.get_coordinates(shapely.centroid(np.array([shapely.union_all(part) for part in districts])))
    provinces = _nearest(centres, spread(centres, start=int(centres[:, 0].argmin()), count=len(PROVINCES)))
    order = np.lexsort((centres[:, 0], -centres[:, 1], provinces))
    lake = _lake(shapes, districts)
    places = _places([districts[index] for index in order], provinces[order], lake)
    district_of = np.repeat(np.arange(len(order)), [len(districts[index]) for index in order])
    towns = _towns(rng, [one for one in places[AreaLevel.COMMUNE] if not one.uninhabited])
    sizes = 1 / np.arange(1, len(towns) + 1) ** 0.85
    return Country(
        places=places, district_of=district_of, province_of=provinces[order], towns=towns, sizes=sizes / sizes.sum()
    )


def _places(
    districts: Sequence[Sequence[shapely.Geometry]], provinces: NDArray[np.int64], lake: shapely.Geometry
) -> dict[AreaLevel, tuple[Place, ...]]:
    names = communes(sum(map(len, districts)))
    found: dict[AreaLevel, list[Place]] = {level: [] for level in LEVELS}
    for index, (shapes, province) in enumerate(zip(districts, provinces, strict=True)):
        above = f"{CODE}{province + 1}"
        code = f"{above}{1 + int((provinces[:index] == province).sum()):02d}"
        found[AreaLevel.DISTRICT].append(Place(code=code, name=DISTRICTS[index], parent=above, shape=_merged(shapes)))
        for number, shape in enumerate(shapes, start=1):
            name, wet = next(names), shape is lake
            found[AreaLevel.COMMUNE].append(
                Place(
                    code=f"{code}{number:02d}",
                    name=f"Lake {name}" if wet else name,
                    parent=code,
                    shape=shape,
                    uninhabited=wet,
                )
            )
    for index, name in enumerate(PROVINCES):
        parts = [shape for shapes, at in zip(districts, provinces, strict=True) if at == index for shape in shapes]
        found[AreaLevel.PROVINCE].append(Place(code=f"{CODE}{index + 1}", name=name, parent=CODE, shape=_merged(parts)))
    everything = [one.shape for one in found[AreaLevel.COMMUNE]]
    found[AreaLevel.COUNTRY].append(Place(code=CODE, name=NAME, parent="", shape=_merged(everything)))
    return {level: tuple(places) for level, places in found.items()}


def _merged(shapes: Sequence[shapely.Geometry]) -> shapely.Geometry:
    return shapely.coverage_union_all(list(shapes))


def _lake(shapes: Sequence[shapely.Geometry], districts: Sequence[Sequence[shapely.Geometry]]) -> shapely.Geometry:
    """The inland commune of a large district that is nearest to the middle of the country."""
    shore = shapely.boundary(_merged(shapes))
    inland = [one for part in districts if len(part) > 3 for one in part if not shapely.intersects(one, shore)]  # noqa: PLR2004 - a district keeps land around its lake
    return min(inland, key=lambda one: shapely.distance(shapely.centroid(one), shapely.Point(CENTRE)))


def _towns(rng: np.random.Generator, land: Sequence[Place]) -> Points:
    """Points well inside communes, the capital in the commune nearest to the south-western third."""
    inner = shapely.get_coordinates(shapely.point_on_surface(np.array([one.shape for one in land])))
    capital = int(distances(inner, np.array([CENTRE]) - (0.7, 0.5)).argmin())
    others = rng.permutation(np.delete(np.arange(len(inner)), capital))[: TOWNS - 1]
    return np.asarray(inner[np.concatenate([[capital], others])])


def _nearest(points: Points, first: list[int]) -> NDArray[np.int64]:
    """Index of the group of each point, after ten rounds of moving each seed to the middle of its group."""
    seeds = points[first]
    for _ in range(10):
        group = distances(points, seeds).argmin(axis=1)
        seeds = np.array([points[group == index].mean(axis=0) for index in range(len(seeds))])
    return np.asarray(group)
