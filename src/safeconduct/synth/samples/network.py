"""An operator's network: sites where people live, cells on them, and when each was in service."""

from dataclasses import dataclass, replace
from datetime import date, timedelta

import numpy as np
import shapely
from numpy.typing import NDArray

from safeconduct.model.areas import AreaLevel
from safeconduct.synth.samples.country import Country
from safeconduct.synth.samples.parameters import CdrSample
from safeconduct.synth.samples.points import Points

Whole = NDArray[np.int64]
FAR_AWAY = date(9999, 12, 31)
DECIMALS = 5
RURAL = 0.4
TRIES = 12
MASTS_MOVED = 0.02
CELLS_REUSED = 0.02
RETIRED = 0.03


@dataclass(frozen=True, kw_only=True)
class Cell:
    """One version of a cell: the same name may stand elsewhere in another time, never in the same.

    Attributes:
        name: Index into the network's cell names.
        site: Index of the site it stands on.
        lon: Degrees east.
        lat: Degrees north.
        first: First day in service.
        last: Last day in service, `None` while it lasts.
    """

    name: int
    site: int
    lon: float
    lat: float
    first: date
    last: date | None = None


@dataclass(frozen=True, kw_only=True)
class Network:
    """Sites and cells.

    Attributes:
        commune: Index of the commune by site; a mast that moves stays in its commune.
        district: Index of the district by site.
        province: Index of the province by site.
        weight: Share of the people who live around each site, adding up to 1.
        neighbour: Nearest other site by site; the site itself where there is one only.
        names: Cell names as the operator writes them.
        cells: Every version of every cell, in the order of the names.
    """

    commune: Whole
    district: Whole
    province: Whole
    weight: NDArray[np.float64]
    neighbour: Whole
    names: tuple[str, ...]
    cells: tuple[Cell, ...]

    def in_service(self, day: date) -> tuple[Whole, Whole, Whole]:
        """Cells in service on a day as (names in the order of sites, start by site, number by site)."""
        active = [cell for cell in self.cells if cell.first <= day <= (cell.last or FAR_AWAY)]
        active.sort(key=lambda cell: (cell.site, cell.name))
        number = np.bincount([cell.site for cell in active], minlength=len(self.commune))
        return np.array([cell.name for cell in active]), np.cumsum(number) - number, number


def network(sample: CdrSample, *, country: Country, dated: bool) -> Network:
    """Sites and cells of a sample; cells move or change hands only if the files say their days of service: `dated`."""
    rng = np.random.default_rng([sample.seed, 1])
    points, weight = _sites(rng, country, 300 + min(sample.people // 1000, 1500))
    commune = country.commune_at(points)
    district = country.district_of[commune]
    cells = _cells(rng, sample, points, weight)
    if dated:
        moved = _moved_masts(rng, sample, country=country, cells=cells)
        cells = _reused(rng, sample, moved)
    number = 1 + max(cell.name for cell in cells)
    return Network(
        commune=commune,
        district=district,
        province=country.province_of[district],
        weight=weight,
        neighbour=_nearest(points),
        names=_names(rng, number),
        cells=tuple(sorted(cells, key=lambda cell: (cell.name, cell.first))),
    )


def _sites(rng: np.random.Generator, country: Country, number: int) -> tuple[Points, NDArray[np.float64]]:
    """Sites around towns and across the land, and the share of people around each."""
    town = np.where(rng.random(number) < RURAL, -1, rng.choice(len(country.towns), number, p=country.sizes))
    around = country.towns[town][:, None] + rng.normal(0, 0.05, (number, TRIES, 2))
    west, south, east, north = shapely.bounds(country.places[AreaLevel.COUNTRY][0].shape).tolist()
    anywhere = rng.uniform((west, south), (east, north), (number, TRIES, 2))
    tries: Points = np.round(np.where((town < 0)[:, None, None], anywhere, around), DECIMALS).astype(np.float64)
    fits: NDArray[np.bool_] = np.asarray(country.commune_at(tries.reshape(-1, 2)).reshape(number, TRIES) >= 0)
    chosen = tries[np.arange(number), fits.argmax(axis=1)]
    nowhere = ~np.logical_or.reduce(fits, axis=1)
    chosen[nowhere] = np.round(country.towns[town[nowhere]], DECIMALS)
    size = np.where(town < 0, 0.45 / max(1, int((town < 0).sum())), 0.0)
    for index, share in enumerate(country.sizes):
        size[town == index] = 0.55 * share / max(1, int((town == index).sum()))
    points = np.concatenate([chosen, _one_each(country)])
    size = np.concatenate([size, np.full(len(points) - number, size.min())])
    size *= rng.lognormal(0, 0.5, len(size))
    return points, size / size.sum()


def _one_each(country: Country) -> Points:
    """A site well inside the largest inhabited commune of each district, so that every district has one."""
    communes = country.places[AreaLevel.COMMUNE]
    points = []
    for district in range(len(country.places[AreaLevel.DISTRICT])):
        land = [communes[one] for one in np.flatnonzero(country.district_of == district)]
        largest = max((one for one in land if not one.uninhabited), key=lambda one: float(shapely.area(one.shape)))
        points.append(shapely.get_coordinates(shapely.point_on_surface(largest.shape))[0])
    return np.round(points, DECIMALS)


def _cells(rng: np.random.Generator, sample: CdrSample, points: Points, weight: NDArray[np.float64]) -> list[Cell]:
    """Two to four cells on a site, more where more people live, a few of them retired before the first day."""
    busy = weight > np.quantile(weight, 0.6)
    number = 2 + (rng.random(len(points)) < 0.5).astype(int) + busy.astype(int)  # noqa: PLR2004 - every other site
    born = [sample.first - timedelta(days=int(age)) for age in rng.integers(120, 4000, len(points))]
    cells: list[Cell] = []
    for site, (lon, lat) in enumerate(points.tolist()):
        for _ in range(int(number[site])):
            cells.append(Cell(name=len(cells), site=site, lon=lon, lat=lat, first=born[site]))
        if rng.random() < RETIRED:
            gone = sample.first - timedelta(days=int(rng.integers(1, 100)))
            cells.append(Cell(name=len(cells), site=site, lon=lon, lat=lat, first=born[site], last=gone))
    return cells


def _moved_masts(rng: np.random.Generator, sample: CdrSample, *, country: Country, cells: list[Cell]) -> list[Cell]:
    """A few sites are built anew a short way off, in the same commune; all their cells get a second version."""
    sites = sorted({cell.site for cell in cells})
    moves = {}
    for site in sites:
        if sample.days > 1 and rng.random() < MASTS_MOVED:
            moves[site] = (int(rng.integers(1, sample.days)), rng.normal(0, 0.02, 2))
    found: list[Cell] = []
    for cell in cells:
        when, off = moves.get(cell.site, (0, np.zeros(2)))
        here = np.array([cell.lon, cell.lat])
        there = np.round(here + off, DECIMALS)
        before, after = country.commune_at(np.array([here, there]))
        if when and cell.last is None and before == after:
            day = sample.day(when)
            found.append(replace(cell, last=day - timedelta(days=1)))
            found.append(replace(cell, lon=float(there[0]), lat=float(there[1]), first=day))
        else:
            found.append(cell)
    return found


def _reused(rng: np.random.Generator, sample: CdrSample, cells: list[Cell]) -> list[Cell]:
    """A few names change hands: the cell stops on one site and, the next day, its name serves on another, far off."""
    versions = np.bincount([cell.name for cell in cells])
    left = np.bincount([cell.site for cell in cells if cell.last is None])
    standing = [cell for cell in cells if cell.last is None and versions[cell.name] == 1]
    found = {(cell.name, cell.first): cell for cell in cells}
    for cell in standing:
        if sample.days == 1 or left[cell.site] < 3 or rng.random() >= CELLS_REUSED:  # noqa: PLR2004 - two stay behind
            continue
        other = standing[int(rng.integers(len(standing)))]
        day = sample.day(int(rng.integers(1, sample.days)))
        left[cell.site] -= 1
        found[cell.name, cell.first] = replace(cell, last=day - timedelta(days=1))
        found[cell.name, day] = replace(other, name=cell.name, first=day)
    return list(found.values())


def _names(rng: np.random.Generator, number: int) -> tuple[str, ...]:
    """Location area and cell number, as switches write them; no two alike."""
    area = 21_000 + np.arange(number) // 60
    return tuple(f"{lac}-{cell}" for lac, cell in zip(area, rng.permutation(50_000)[:number] + 10_000, strict=True))


def _nearest(points: Points) -> Whole:
    everywhere = np.asarray(shapely.points(points))
    near = np.arange(len(points))
    which, other = shapely.STRtree(everywhere).query_nearest(everywhere, exclusive=True, all_matches=False)
    near[which] = other
    return near
