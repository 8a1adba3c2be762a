"""A release as GeoJSON (RFC 7946), areas with what may be told of them."""

import json
from collections.abc import Iterator, Mapping
from datetime import date

from safeconduct.model.outcomes import CellStatus, Release
from safeconduct.release.sheets import MARK, said_of

Feature = dict[str, object]
TOLD = frozenset({CellStatus.VALUE, CellStatus.ZERO})


def geojson_of(release: Release, names: Mapping[str, str], boundaries: Mapping[str, object]) -> bytes:
    """One feature an area, the same bytes for the same release.

    A withheld value is `null` and has its `status` and `reason` beside it. Where the answer has days, each property
    ends in its day: `people_2026-01-05`. Of movements, an area has the maps `inflows` and `outflows`, from code to
    value, with **told values only**: what is not in a map is withheld or unknown, not zero; movements with an unknown
    end are in the other files.

    Args:
        release: What leaves.
        names: Name of each area by code.
        boundaries: FeatureCollection of the level, with the property `code`, EPSG:4326.
    """
    shapes = _shapes(boundaries)
    told: Mapping[str, Mapping[str, object]] = _movements(release) if release.output.flows else _areas(release)
    features = [_feature(code, names, shapes, told.get(code, {}), release) for code in sorted({*shapes, *told})]
    tree = {
        "type": "FeatureCollection",
        "answer_id": release.answer_id,
        "statement": [str(sentence) for sentence in release.statement],
        **({MARK: True} if release.training else {}),
        "features": features,
    }
    return (json.dumps(tree, ensure_ascii=False, sort_keys=True, separators=(",", ":")) + "\n").encode()


def _shapes(boundaries: Mapping[str, object]) -> dict[str, Mapping[str, object]]:
    features = boundaries.get("features")
    return {str(one["properties"]["code"]): one for one in features} if isinstance(features, list | tuple) else {}


def _feature(
    code: str,
    names: Mapping[str, str],
    shapes: Mapping[str, Mapping[str, object]],
    told: Mapping[str, object],
    release: Release,
) -> Feature:
    shape = shapes.get(code, {})
    kept = shape.get("properties")
    own = {"parent": kept["parent"]} if isinstance(kept, Mapping) and "parent" in kept else {}
    mark = {MARK: True} if release.training else {}
    empty: Feature = {"inflows": {}, "outflows": {}} if release.output.flows else {}
    properties = {"code": code, "name": names.get(code, ""), **own, **mark, **empty, **told}
    return {"type": "Feature", "id": code, "geometry": shape.get("geometry"), "properties": properties}


def _areas(release: Release) -> dict[str, Feature]:
    area = next((key.name for key in release.output.keys if key.level is not None), "")
    found: dict[str, Feature] = {}
    for row in release.table.rows() if area else ():
        days = [row[key.name] for key in release.output.keys if key.level is None]
        end = "".join(f"_{day.isoformat()}" for day in days if isinstance(day, date))
        about = {name: row[name] for name in (*(value.name for value in release.output.values), *said_of(release))}
        found.setdefault(str(row[area]), {}).update({name + end: value for name, value in about.items()})
    return found


def _movements(release: Release) -> dict[str, dict[str, dict[str, object]]]:
    found: dict[str, dict[str, dict[str, object]]] = {}
    for start, end, value in _told(release):
        for code, word, other in ((end, "inflows", start), (start, "outflows", end)):
            found.setdefault(code, {"inflows": {}, "outflows": {}})[word][other] = value
    return found


def _told(release: Release) -> Iterator[tuple[str, str, object]]:
    start, end = (key.name for key in release.output.keys if key.level is not None)
    value = release.output.values[0].name
    for row in release.table.rows():
        if row["status"] in TOLD and row[start] is not None and row[end] is not None:
            yield str(row[start]), str(row[end]), row[value]
