"""Releases made up for looking at: a country of ragged districts, two fortnights, twelve days, movements."""

import math
import random
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.geography import Area, Geography
from safeconduct.model.outcomes import CellStatus, Provenance, Release
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.present.gallery import Examples
from safeconduct.present.maps import Shapes, shapes
from safeconduct.present.words import Words

Corner = tuple[int, int]
Line = list[tuple[float, float]]
V, S, Z, N, R = CellStatus
FIRST = date(2026, 3, 1)
DAYS = tuple(FIRST + timedelta(days=step) for step in range(12))
PEOPLE = (Value(name="people", measure=Measure.PEOPLE, unit="people"),)
WHY = {V: "", S: "minimum_contributors", Z: "presentation", N: "presentation", R: "presentation"}


def square_grid(columns: int = 10, rows: int = 8, points: int = 12) -> dict[str, Any]:
    """A grid of places whose shared borders wander, as GeoJSON over a square of the Earth at 15 degrees south."""
    rng = random.Random(7)  # noqa: S311 - a made-up country
    corner = {(i, j): (35 + i * 0.5 + rng.uniform(-0.14, 0.14), -17 + j * 0.5 + rng.uniform(-0.14, 0.14))
              for i in range(columns + 1) for j in range(rows + 1)}  # fmt: skip
    edges: dict[tuple[Corner, Corner], Line] = {}

    def edge(a: Corner, b: Corner) -> Line:
        if (b, a) in edges:
            return edges[b, a][::-1]
        if (a, b) not in edges:
            (x1, y1), (x2, y2) = corner[a], corner[b]
            line = [corner[a]]
            for step in range(1, points):
                t = step / points
                bend = 0.05 * math.sin(math.pi * t) * rng.uniform(-1, 1)
                line.append((x1 + (x2 - x1) * t + bend, y1 + (y2 - y1) * t - bend))
            edges[a, b] = [*line, corner[b]]
        return edges[a, b]

    features = []
    for i in range(columns):
        for j in range(rows):
            a, b, c, d = (i, j), (i + 1, j), (i + 1, j + 1), (i, j + 1)
            ring = edge(a, b)[:-1] + edge(b, c)[:-1] + edge(c, d)[:-1] + edge(d, a)
            code = f"D{i:02}{j:02}"
            features.append({"type": "Feature", "properties": {"code": code, "name": f"Bas-Fleuve {i + 1}-{j + 1}"},
                             "geometry": {"type": "Polygon", "coordinates": [ring]}})  # fmt: skip
    return {"type": "FeatureCollection", "features": features}


def geography_of(boundaries: Mapping[str, Any], level: AreaLevel = AreaLevel.DISTRICT) -> Geography:
    areas = [Area(code=one["properties"]["code"], name=one["properties"]["name"], level=level)
             for one in boundaries["features"]]  # fmt: skip
    return Geography("g" * 64, {level: tuple(sorted(areas, key=lambda area: area.code))})


def provenance(kind: str, days: Sequence[date] = DAYS) -> Provenance:
    return Provenance(
        dataset="sample", spec={"kind": kind}, spec_id="5" * 64,
        partitions={f"calls/{day.isoformat()}": "1" for day in days}, geography="g" * 64, data_version="d" * 64,
        code="0.1.0", engine="duckdb", zone="Africa/Maputo",
    )  # fmt: skip


def release_of(
    keys: tuple[Key, ...],
    columns: Mapping[str, Sequence[object]],
    people: Sequence[int | None],
    status: Sequence[CellStatus],
    *,
    kind: str = "spatial_aggregate",
    answer: str = "a" * 64,
) -> Release:
    table = Table.of({
        **columns, "people": people, "status": [one.value for one in status],
        "reason": [WHY[one] for one in status],
    })  # fmt: skip
    return Release(
        answer_id=answer, output=Output(keys=keys, values=PEOPLE), table=table, provenance=provenance(kind),
        policy={"name": "Operational", "version": 1, "id": "p" * 64},
        statement=(say("Only phones of one operator are seen; people without one are not."),),
        training=True, decided_at=datetime(2026, 4, 2, 9, 30, tzinfo=UTC), digest="e" * 64,
    )  # fmt: skip


def by_area(
    people_by_code: Mapping[str, int], status_by_code: Mapping[str, CellStatus], *, answer: str = "a" * 64
) -> Release:
    codes = sorted(status_by_code)
    return release_of(
        (Key(name="area", level=AreaLevel.DISTRICT),), {"area": codes},
        [people_by_code.get(code) for code in codes], [status_by_code[code] for code in codes], answer=answer,
    )  # fmt: skip


def country(seed: int, *, answer: str) -> Release:
    rng = random.Random(seed)  # noqa: S311 - a made-up country
    codes = [one["properties"]["code"] for one in square_grid()["features"]]
    lot = random.Random(3)  # noqa: S311 - a made-up country
    status = {code: lot.choices([V, S, Z, N, R], [76, 11, 3, 6, 4])[0] for code in codes}
    people = {code: int(rng.lognormvariate(6, 1.4)) + 16 for code in codes if status[code] is V}
    return by_area({**people, **{code: 0 for code in codes if status[code] is Z}}, status, answer=answer)


def by_day() -> Release:
    rng = random.Random(11)  # noqa: S311 - a made-up country
    codes = [one["properties"]["code"] for one in square_grid()["features"]]
    columns: dict[str, list[object]] = {"day": [], "area": []}
    people: list[int | None] = []
    status: list[CellStatus] = []
    for day in DAYS:
        for code in codes:
            now = rng.choices([V, S, N], [84, 12, 4])[0] if code != "D0303" else V
            now = S if code == "D0303" and day.day in {4, 5} else N if code == "D0303" and day.day == 9 else now
            columns["day"].append(day)
            columns["area"].append(code)
            status.append(now)
            people.append(rng.randint(200, 900) if now is V else None)
    keys = (Key(name="day", days=DAYS), Key(name="area", level=AreaLevel.DISTRICT))
    return release_of(keys, columns, people, status, answer="b" * 64)


def movements() -> Release:
    rng = random.Random(5)  # noqa: S311 - a made-up country
    codes = [one["properties"]["code"] for one in square_grid()["features"]]
    pairs = sorted({(rng.choice(codes), rng.choice(codes)) for _ in range(60)})
    status = [V if rng.random() < 0.8 else S for _ in pairs]
    keys = (Key(name="area_from", level=AreaLevel.DISTRICT), Key(name="area_to", level=AreaLevel.DISTRICT))
    people = [int(rng.lognormvariate(5, 1)) + 16 if one is V else None for one in status]
    columns = {"area_from": [a for a, _ in pairs], "area_to": [b for _, b in pairs]}
    return release_of(keys, columns, people, status, kind="flows", answer="c" * 64)


@pytest.fixture(scope="session")
def boundaries() -> dict[str, Any]:
    return square_grid()


@pytest.fixture(scope="session")
def geography(boundaries: dict[str, Any]) -> Geography:
    return geography_of(boundaries)


@pytest.fixture(scope="session")
def ground(boundaries: dict[str, Any]) -> Shapes:
    return shapes(boundaries)


@pytest.fixture(scope="session")
def examples(geography: Geography, ground: Shapes) -> Examples:
    return Examples(before=country(1, answer="a" * 64), after=country(2, answer="f" * 64), daily=by_day(),
                    flows=movements(), place="D0303", geography=geography, ground=ground)  # fmt: skip


@pytest.fixture(scope="session")
def answer() -> Callable[..., Release]:
    """Makes a release by area from figures and statuses by code."""
    return by_area


@pytest.fixture(scope="session")
def en() -> Words:
    return Words("en")
