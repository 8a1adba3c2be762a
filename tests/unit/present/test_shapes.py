"""Boundaries on paper."""

import re
from typing import Any

import pytest

from safeconduct.model.errors import BadInput
from safeconduct.present.maps import shapes
from safeconduct.present.maps.classes import class_limits, class_names, class_of
from safeconduct.present.words import Words


def box(code: str, west: float, south: float, size: float = 1.0) -> dict[str, Any]:
    ring = [(west, south), (west + size, south), (west + size, south + size), (west, south + size), (west, south)]
    return {"type": "Feature", "properties": {"code": code, "name": code},
            "geometry": {"type": "Polygon", "coordinates": [ring]}}  # fmt: skip


def country(*features: dict[str, Any]) -> dict[str, Any]:
    return {"type": "FeatureCollection", "features": list(features)}


def corners(path: str) -> list[tuple[int, int]]:
    """The corners of a path of one ring, undoing its relative steps."""
    start, _, steps = path.removesuffix("z").partition("l")
    numbers = [int(one) for one in re.findall(r"-?\d+", steps)]
    points = [tuple(int(one) for one in re.findall(r"-?\d+", start))]
    for dx, dy in zip(numbers[::2], numbers[1::2], strict=True):
        points.append((points[-1][0] + dx, points[-1][1] + dy))
    return [(x, y) for x, y in points]


def test_a_degree_is_narrower_far_from_the_equator() -> None:
    """At 60 degrees a degree of longitude is half as long as one of latitude."""
    points = corners(shapes(country(box("A", 10, 59.5))).paths["A"])
    width = max(x for x, _ in points) - min(x for x, _ in points)
    height = max(y for _, y in points) - min(y for _, y in points)
    assert width / height == pytest.approx(0.5, abs=0.01)


def test_north_is_up_and_neighbours_share_their_border() -> None:
    drawn = shapes(country(box("south", 0, 0), box("north", 0, 1)))
    assert drawn.centres["north"][1] < drawn.centres["south"][1]
    shared = set(corners(drawn.paths["south"])) & set(corners(drawn.paths["north"]))
    assert len(shared) == 2


def test_a_country_on_both_sides_of_the_180th_meridian_stays_in_one_piece() -> None:
    drawn = shapes(country(box("west", 178, -18), box("east", -180, -18)))
    assert drawn.centres["west"][0] < drawn.centres["east"][0]
    widths = [max(x for x, _ in corners(path)) - min(x for x, _ in corners(path)) for path in drawn.paths.values()]
    assert min(widths) > 250


def test_a_place_with_islands_and_holes_keeps_them() -> None:
    island = box("A", 0, 0)
    hole = [(0.2, 0.2), (0.4, 0.2), (0.4, 0.4), (0.2, 0.4), (0.2, 0.2)]
    other = box("A", 2, 0)["geometry"]["coordinates"][0]
    island["geometry"] = {
        "type": "MultiPolygon", "coordinates": [[island["geometry"]["coordinates"][0], hole], [other]],
    }  # fmt: skip
    assert shapes(country(island)).paths["A"].count("M") == 3


def test_no_place_is_an_empty_drawing() -> None:
    assert shapes(country()).paths == {}


def test_a_place_too_small_to_be_seen_is_a_dot() -> None:
    drawn = shapes(country(box("land", 0, 0, 20), box("town", 30, 10, 0.001)))
    assert len(corners(drawn.paths["town"])) == 4


def test_a_place_without_a_polygon_is_left_out() -> None:
    assert set(
        shapes(
            country(
                box("A", 0, 0),
                {**box("B", 1, 1), "geometry": None},
                {**box("C", 2, 2), "geometry": {"type": "Polygon", "coordinates": []}},
            )
        ).paths
    ) == {"A"}


@pytest.mark.parametrize(
    "wrong", [{}, {"features": [{}]}, {"features": [{**box("A", 0, 0), "geometry": {"type": "?"}}]}]
)
def test_a_file_that_is_no_boundaries_is_told(wrong: dict[str, Any]) -> None:
    with pytest.raises(BadInput):
        shapes(wrong)


@pytest.mark.parametrize("values", [[], [5], [5, 5, 5], [1, 2], [16, 17, 18, 19, 20, 21], [3, 10_000_000]])
def test_limits_are_few_and_rising(values: list[float]) -> None:
    limits = class_limits(values)
    assert len(limits) <= 4
    assert list(limits) == sorted(set(limits))
    assert len(class_names(Words("en"), limits)) == len(limits) + 1


def test_a_figure_at_a_limit_is_in_the_class_above() -> None:
    assert [class_of(value, (10, 20)) for value in (9, 10, 19, 20)] == [0, 1, 1, 2]
