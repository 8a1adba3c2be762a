"""Geographies of a data set: boundaries for everybody to see, positions of cells encrypted.

A geography lies in `geography/ID/` below the data set: `areas.json` and one GeoJSON file a level as plain files, since
they are public, and `cells.sealed`, since where an operator's masts stand is commercial. What was found wrong in the
boundary files lies beside them in `findings.json`, and how the geography came to be the data set's in `ground.json`.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import cast

import pyarrow as pa

from safeconduct.keys.provider import KeyProvider
from safeconduct.keys.sealing import Sealer
from safeconduct.model.areas import AreaLevel
from safeconduct.model.boundaries import BoundaryFinding
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import NotFound
from safeconduct.model.geography import Area, Geography
from safeconduct.model.text import say
from safeconduct.store.files import write
from safeconduct.store.versions import folder_of

CELLS = pa.schema([
    ("code", pa.uint32()),
    ("id", pa.string()),
    ("site", pa.string()),
    ("lon", pa.float64()),
    ("lat", pa.float64()),
    ("first", pa.date32()),
    ("last", pa.date32()),
    ("area", pa.uint32()),
    *((f"area_{level}", pa.uint32()) for level in AreaLevel),
])  # fmt: skip
"""Columns of the table of cells.

`code` is dense from 0, in order, and names one version of a cell: an id with the days it stood there, both ends
included. `area` is the index of its commune in the geography's sorted list, unknown where it stands in none;
`area_LEVEL` the same for every level.
"""


def write_geography(
    store: Path,
    dataset: str,
    geography: Geography,
    *,
    boundaries: Mapping[AreaLevel, bytes],
    cells: pa.Table,
    keys: KeyProvider,
) -> str:
    """Keep a geography under the id it gets from its content; `geography.id` is not looked at.

    The same areas, boundaries and cells always get the same id, and writing them again changes nothing.

    Args:
        store: The store's folder.
        dataset: Name of the data set.
        geography: Its areas.
        boundaries: GeoJSON by level, EPSG:4326, with properties `code`, `name`, `parent` and `uninhabited`.
        cells: Columns as in `CELLS`.
        keys: What seals the cells.

    Returns:
        The geography's id.
    """
    cells = cells.cast(CELLS)
    areas = canonical(_areas_tree(geography)).encode()
    version = _digest(areas, boundaries, cells)
    folder = _folder(store, dataset, version)
    for level, geojson in boundaries.items():
        write(folder / f"{level}.geojson", geojson)
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, CELLS) as stream:
        stream.write_table(cells)
    sealed = _sealer(keys, dataset).seal(sink.getvalue().to_pybytes(), about=f"{dataset}/{version}")
    write(folder / "cells.sealed", sealed)
    write(folder / "areas.json", areas)
    return version


def write_findings(store: Path, dataset: str, version: str, findings: Sequence[BoundaryFinding]) -> None:
    """Keep what was found in the boundaries of a geography beside it; for insiders, no page serves it by itself."""
    tree: list[object] = [one.to_tree() for one in findings]
    write(_folder(store, dataset, version) / "findings.json", canonical(tree).encode())


def read_findings(store: Path, dataset: str, version: str) -> tuple[BoundaryFinding, ...]:
    """What was found in the boundaries of a geography; nothing for one that was made before findings were kept.

    Raises:
        NotFound: There is no such geography.
    """
    path = _folder(store, dataset, version) / "findings.json"
    if not path.parent.is_dir():
        raise _absent()
    try:
        tree = json.loads(path.read_bytes())
    except OSError:
        return ()
    return tuple(BoundaryFinding.from_tree(one) for one in tree)


@dataclass(frozen=True, kw_only=True)
class GroundNote:
    """How a geography came to be the data set's.

    Attributes:
        declared: Digest of what the mapping that made it says of cells and areas.
        replaced: Ids of the data set's geographies before it, the oldest first.
    """

    declared: str
    replaced: tuple[str, ...] = ()


def write_ground(store: Path, dataset: str, version: str, note: GroundNote) -> None:
    """Keep beside a geography how it came to be the data set's."""
    tree = {"declared": note.declared, "replaced": list(note.replaced)}
    write(_folder(store, dataset, version) / "ground.json", canonical(tree).encode())


def read_ground(store: Path, dataset: str, version: str) -> GroundNote | None:
    """How a geography came to be the data set's; `None` for one that was made before this was noted."""
    try:
        tree = json.loads((_folder(store, dataset, version) / "ground.json").read_bytes())
    except OSError:
        return None
    return GroundNote(declared=str(tree["declared"]), replaced=tuple(map(str, tree["replaced"])))


def read_geography(store: Path, dataset: str, version: str) -> Geography:
    """The areas of a geography.

    Raises:
        NotFound: There is none of that id.
    """
    try:
        tree = json.loads((_folder(store, dataset, version) / "areas.json").read_bytes())
    except OSError:
        raise _absent() from None
    return Geography(
        version,
        {
            AreaLevel(level): tuple(
                Area(
                    code=one["code"],
                    name=one["name"],
                    level=AreaLevel(level),
                    parent=one["parent"],
                    uninhabited=one["uninhabited"],
                    observed=one["observed"],
                )
                for one in areas
            )
            for level, areas in tree.items()
        },
    )


def read_boundaries(store: Path, dataset: str, version: str, level: AreaLevel) -> dict[str, object]:
    """The boundaries of a level as a GeoJSON FeatureCollection in EPSG:4326.

    Features stand in the order of the geography's sorted list and have the properties `code`, `name`, `parent` and
    `uninhabited`.

    Raises:
        NotFound: There is no such geography, or it has no boundaries at this level.
    """
    try:
        content = (_folder(store, dataset, version) / f"{level}.geojson").read_bytes()
    except OSError:
        raise _absent() from None
    return cast("dict[str, object]", json.loads(content))


def read_cells(store: Path, dataset: str, version: str, keys: KeyProvider) -> pa.Table:
    """Every version of every cell the data set ever knew, columns as in `CELLS`, sorted by code.

    Raises:
        NotFound: There is no such geography.
        Tampered: The table does not open with these keys.
    """
    try:
        sealed = (_folder(store, dataset, version) / "cells.sealed").read_bytes()
    except OSError:
        raise _absent() from None
    content = _sealer(keys, dataset).open(sealed, about=f"{dataset}/{version}")
    with pa.ipc.open_stream(content) as stream:
        return stream.read_all()


def level_of_cells(cells: pa.Table, level: AreaLevel) -> pa.Table:
    """Rows of (cell, area) for the cells that have a place at a level; `area` indexes the geography's sorted list."""
    places = cells.select(["code", f"area_{level}"]).rename_columns(["cell", "area"])
    return places.drop_null()


def level_of_communes(geography: Geography, level: AreaLevel) -> pa.Table:
    """Rows of (commune, area): the area of a level that each commune lies in, both as indexes of sorted lists.

    Communes whose parents do not reach the level are left out; sites are finer than communes and give no row.
    """
    index = {area.code: at for at, area in enumerate(geography.at(level))} if level is not AreaLevel.SITE else {}
    codes = ancestors(geography, level)
    pairs = [(at, index[code]) for at, code in enumerate(codes) if code in index]
    return pa.table({
        "commune": pa.array([commune for commune, _ in pairs], pa.uint32()),
        "area": pa.array([area for _, area in pairs], pa.uint32()),
    })  # fmt: skip


def ancestors(geography: Geography, level: AreaLevel) -> list[str]:
    """Code of the area of a level that each commune lies in, by parents; `""` where they do not reach it."""
    codes = [area.code for area in geography.at(AreaLevel.COMMUNE)]
    for one in reversed(AreaLevel):
        if one.coarser_than(AreaLevel.SITE) and geography.at(one) and level.coarser_than(one):
            parents = {area.code: area.parent for area in geography.at(one)}
            codes = [parents.get(code, "") for code in codes]
    return codes


def _areas_tree(geography: Geography) -> dict[str, list[dict[str, str | bool]]]:
    return {
        str(level): [
            {
                "code": area.code,
                "name": area.name,
                "parent": area.parent,
                "uninhabited": area.uninhabited,
                "observed": area.observed,
            }
            for area in areas
        ]
        for level, areas in geography.areas.items()
    }


def _digest(areas: bytes, boundaries: Mapping[AreaLevel, bytes], cells: pa.Table) -> str:
    whole = hashlib.sha256(areas)
    for level in sorted(boundaries):
        whole.update(f"\n{level} {hashlib.sha256(boundaries[level]).hexdigest()}".encode())
    for row in cells.to_pylist():
        whole.update(("\n" + "|".join("" if value is None else repr(value) for value in row.values())).encode())
    return whole.hexdigest()


def _folder(store: Path, dataset: str, version: str) -> Path:
    if not version.isalnum():
        raise _absent()
    return folder_of(store, dataset) / "geography" / version


def _sealer(keys: KeyProvider, dataset: str) -> Sealer:
    return Sealer(keys.derive("cells", dataset))


def _absent() -> NotFound:
    return NotFound(say("there is no such geography or level in this data set"))
