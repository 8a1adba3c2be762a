"""The shapes of communes: Voronoi cells of clustered points, with borders as ragged as rivers and ridges make them."""

from collections.abc import Sequence

import numpy as np
import shapely

from safeconduct.synth.samples.points import Points, distances, spread

Corner = tuple[float, float]
CENTRE = (65.6, -15.2)
RADII = (2.1, 1.6)
COMMUNES = 92
DECIMALS = 4


def draw_communes(
    rng: np.random.Generator, districts: int
) -> tuple[list[shapely.Geometry], list[list[shapely.Geometry]]]:
    """The communes, and the same communes in groups of neighbours; the country lies in an ocean."""
    land = _land(rng)
    cells = shapely.get_parts(shapely.voronoi_polygons(shapely.MultiPoint(_relaxed(rng, land)), ordered=True))
    corners = [_corners(cell) for cell in cells[: len(land)]]
    borders = _borders(rng, corners)
    shapes = [_shape(ring, borders) for ring in corners]
    return shapes, _grouped(rng, shapes, districts)


def _land(rng: np.random.Generator) -> Points:
    """Points inside a wobbly coast, crowded around a few of them, never on top of each other."""
    crowds = _inside(rng.uniform(-1, 1, (40, 2)), 0.7)[:6]
    kept: list[Corner] = []
    while len(kept) < COMMUNES:
        crowd = crowds[rng.integers(len(crowds))]
        point = crowd + rng.normal(0, 0.2, 2) if rng.random() < 0.45 else rng.uniform(-1, 1, 2)  # noqa: PLR2004 - a little less than half crowd
        far = not kept or distances(point[None], np.array(kept)).min() > 0.085  # noqa: PLR2004 - of the radius
        if far and len(_inside(point[None], 1.0)):
            kept.append((float(point[0]), float(point[1])))
    return np.array(kept)


def _inside(points: Points, size: float) -> Points:
    angle = np.arctan2(points[:, 1], points[:, 0])
    coast = 0.82 + 0.1 * np.sin(2 * angle + 0.6) + 0.07 * np.sin(3 * angle + 2) + 0.05 * np.cos(7 * angle)
    return np.asarray(points[np.hypot(points[:, 0], points[:, 1]) < size * coast])


def _relaxed(rng: np.random.Generator, land: Points) -> Points:
    """Land points first, then a ring of sea around them; in degrees."""
    turn = np.linspace(0, 2 * np.pi, 64, endpoint=False)
    sea = np.concatenate(
        [
            reach * np.column_stack([np.cos(turn + shift), np.sin(turn + shift)])
            for reach, shift in ((1.08, 0.0), (1.3, 0.05), (1.7, 0.0))
        ]
    )
    sea = sea + rng.normal(0, 0.02, sea.shape)
    return np.concatenate([land, sea]) * RADII + CENTRE


def _corners(cell: shapely.Geometry) -> list[Corner]:
    """A cell's corners, each once, to the decimals that are written; corners that coincide there are one."""
    rounded = np.round(shapely.get_coordinates(cell), DECIMALS)
    ring = [(float(x), float(y)) for x, y in rounded]
    return [one for one, before in zip(ring[1:], ring[:-1], strict=True) if one != before]


def _borders(rng: np.random.Generator, rings: Sequence[Sequence[Corner]]) -> dict[tuple[Corner, Corner], list[Corner]]:
    """Each border once, whichever side it is seen from, with the points that make it ragged."""
    edges = sorted({_edge(a, b) for ring in rings for a, b in zip(ring, [*ring[1:], ring[0]], strict=True)})
    return {edge: _ragged(rng, *edge) for edge in edges}


def _edge(a: Corner, b: Corner) -> tuple[Corner, Corner]:
    return (a, b) if a < b else (b, a)


def _ragged(rng: np.random.Generator, start: Corner, end: Corner) -> list[Corner]:
    """Midpoints pushed aside, then theirs: eight pieces for a long border, one for a short one."""
    line = np.array([start, end])
    length = float(np.hypot(*(line[1] - line[0])))
    for _ in range(int(length > 0.04) + int(length > 0.1) + int(length > 0.2)):  # noqa: PLR2004 - degrees
        step = np.diff(line, axis=0)
        aside = np.column_stack([-step[:, 1], step[:, 0]]) * rng.uniform(-0.13, 0.13, (len(step), 1))
        finer = np.empty((2 * len(line) - 1, 2))
        finer[::2], finer[1::2] = line, (line[1:] + line[:-1]) / 2 + aside
        line = finer
    return [(float(x), float(y)) for x, y in np.round(line, DECIMALS)]


def _shape(ring: Sequence[Corner], borders: dict[tuple[Corner, Corner], list[Corner]]) -> shapely.Geometry:
    path: list[Corner] = []
    for a, b in zip(ring, [*ring[1:], ring[0]], strict=True):
        line = borders[_edge(a, b)]
        path += (line if line[0] == a else line[::-1])[:-1]
    return shapely.Polygon(path)


def _grouped(rng: np.random.Generator, shapes: Sequence[shapely.Geometry], count: int) -> list[list[shapely.Geometry]]:
    """Grow `count` groups over shared borders, always the smallest one first, until no commune is left."""
    middle = shapely.get_coordinates(shapely.centroid(np.array(shapes)))
    touching = _neighbours(shapes)
    group = np.full(len(shapes), -1)
    group[spread(middle, start=int(rng.integers(len(middle))), count=count)] = np.arange(count)
    while (group < 0).any():
        sizes = np.bincount(group[group >= 0], minlength=count)
        for index in np.argsort(sizes, kind="stable"):
            mine = np.flatnonzero(group == index)
            free = sorted({other for one in mine for other in touching[one] if group[other] < 0})
            if free:
                heart = middle[mine].mean(axis=0)
                group[min(free, key=lambda one: float(np.hypot(*(middle[one] - heart))))] = index
                break
    return [[shapes[int(one)] for one in np.flatnonzero(group == index)] for index in range(count)]


def _neighbours(shapes: Sequence[shapely.Geometry]) -> list[list[int]]:
    """Communes that share a border, not a mere corner."""
    tree = shapely.STRtree(list(shapes))
    near = [tree.query(one) for one in shapes]
    return [
        [
            int(other)
            for other in near[one]
            if other != one and shapely.length(shapely.intersection(shapes[one], shapes[other])) > 0
        ]
        for one in range(len(shapes))
    ]
