"""The files a site was filled with, read once more and apart from it: the truth an attack is judged by."""

import csv
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import assert_never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import shapely
from numpy.typing import NDArray

from safeconduct.attack.truth import EPOCH, Truth
from safeconduct.desk.sample import read_mapping
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadInput, BadMapping
from safeconduct.model.event_files import EventFiles
from safeconduct.model.mapping import FileMapping, Stamps
from safeconduct.model.sightings import Given

A_DAY = 86_400
LEVELS = (AreaLevel.COUNTRY, AreaLevel.PROVINCE, AreaLevel.DISTRICT, AreaLevel.COMMUNE)
Whole = NDArray[np.int64]
Degrees = NDArray[np.float64]


def read_arrived(folder: Path, *later: Path) -> Truth:
    """What the files of a folder say happened, by the mapping that lies beside them.

    Args:
        folder: Files, mapping, cells and boundaries.
        *later: Folders with files of events that came later.

    Raises:
        BadMapping: The mapping or a file it names is not there.
        BadInput: A file cannot be read as the mapping says.
    """
    mapping = read_mapping(folder / "mapping.toml")
    try:
        shapes, parents = _places(mapping, folder)
        spots = _spots_of(mapping, folder, shapes)
        tables = [_table(path, spec, str(kind)) for kind, spec in mapping.layouts
                  for place in (folder, *later) for path in sorted(place.glob(spec.files))]  # fmt: skip
    except OSError:
        raise BadMapping("a file that the mapping names cannot be opened", field="truth") from None
    except (KeyError, ValueError, pa.ArrowInvalid):
        raise BadInput("a file is not what the mapping says", field="truth") from None
    if not tables:
        raise BadMapping("the folder holds no file of events", field="truth")
    return Truth(spots.located(pa.concat_tables(tables), mapping, parents), parents)


def _spots_of(mapping: FileMapping, folder: Path, shapes: Sequence[tuple[str, shapely.Geometry]]) -> "_Spots":
    match mapping.given:
        case Given.SITE:
            return _Cells(shapes, mapping, folder)
        case Given.AREA:
            return _Areas(shapes)
        case Given.POINT:
            return _Points(shapes)
        case _:
            assert_never(mapping.given)


def _table(path: Path, spec: EventFiles, kind: str) -> pa.Table:
    """Person, time and cell of every row of a file, as texts and stamps; degrees where it has no cell."""
    place = ("cell",) if "cell" in spec.columns else ("lon", "lat")
    wanted = {name: spec.columns[name] for name in ("person", "time", *place)}
    read = pa.csv.read_csv(
        path,
        parse_options=pa.csv.ParseOptions(delimiter=spec.delimiter),
        convert_options=pa.csv.ConvertOptions(
            include_columns=list(wanted.values()),
            column_types={column: pa.string() for column in wanted.values()},
            strings_can_be_null=True,
        ),
    )
    columns = {name: read[column] for name, column in wanted.items()}
    for name in {"lon", "lat"} & columns.keys():
        columns[name] = _degrees(columns[name])
    columns["time"] = pc.strptime(columns["time"], format=spec.time_format, unit="s", error_is_null=True)
    return pa.table({**columns, "type": pa.repeat(pa.scalar(kind), len(read))})


def _degrees(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Numbers, and nothing where there is none."""
    plain = pc.match_substring_regex(column, r"^\s*[-+]?[0-9]+(\.[0-9]+)?\s*$")
    return pc.cast(pc.utf8_trim_whitespace(pc.if_else(plain, column, None)), pa.float64())


def _places(mapping: FileMapping, folder: Path) -> tuple[list[tuple[str, shapely.Geometry]], dict[str, str]]:
    """Communes by code with their shapes, and what every code of every level lies in."""
    levels = [level for level in LEVELS if level in mapping.boundaries]
    areas = {level: sorted(_features(mapping, folder, level), key=lambda one: one[0]) for level in levels}
    parents: dict[str, str] = {}
    for above, level in pairwise(levels):
        codes = {code for code, _, _ in areas[above]}
        for code, parent, shape in areas[level]:
            parents[code] = parent if parent in codes else _around(shape, areas[above])
    return [(code, shape) for code, _, shape in areas[AreaLevel.COMMUNE]], parents


def _around(shape: shapely.Geometry, areas: Sequence[tuple[str, str, shapely.Geometry]]) -> str:
    middle = shapely.point_on_surface(shape)
    return next((code for code, _, one in areas if shapely.intersects(one, middle)), "")


def _features(mapping: FileMapping, folder: Path, level: AreaLevel) -> Iterator[tuple[str, str, shapely.Geometry]]:
    tree = json.loads((folder / mapping.boundaries[level]).read_text(encoding="utf-8"))
    code = mapping.code.replace("{level}", str(level))
    above = mapping.code.replace("{level}", str(LEVELS[max(LEVELS.index(level) - 1, 0)]))
    for feature in tree["features"]:
        named = feature["properties"]
        parent = (named.get(above) if "{level}" in mapping.code else None) or named.get("parent") or ""
        yield str(named[code]), str(parent), shapely.from_geojson(json.dumps(feature["geometry"]))


class _Spots(ABC):
    """Where events were: by cell or site, by smallest area, or by point.

    Args:
        shapes: Communes by code.
    """

    def __init__(self, shapes: Sequence[tuple[str, shapely.Geometry]]) -> None:
        self._communes = [code for code, _ in shapes]
        self._tree = shapely.STRtree([one for _, one in shapes])

    def located(self, rows: pa.Table, mapping: FileMapping, parents: Mapping[str, str]) -> pa.Table:
        """Rows with a place: person as a number, local day, second of the day, type, commune."""
        for name in rows.column_names:
            rows = rows.filter(pc.is_valid(rows[name]))
        spot = self._spots(rows)
        stamp = rows["time"].cast(pa.int64()).to_numpy()
        where = self._at(spot, stamp // A_DAY)
        local = stamp if mapping.stamps is Stamps.LOCAL else self._local(where, stamp, mapping, parents)
        where = self._at(spot, local // A_DAY)
        keep = where >= 0
        person = rows["person"].combine_chunks().dictionary_encode().indices.to_numpy()
        return pa.table({
            "person": pa.array(person[keep].astype(np.int32)),
            "day": pa.array((local[keep] // A_DAY).astype(np.int32)).cast(pa.date32()),
            "second": pa.array((local[keep] % A_DAY).astype(np.int32)),
            "type": rows["type"].combine_chunks().filter(pa.array(keep)),
            "admin3": pa.array(self._communes, pa.string()).take(pa.array(where[keep])),
        })  # fmt: skip

    @abstractmethod
    def _spots(self, rows: pa.Table) -> Whole:
        """A number for where each row was, -1 for nowhere."""

    def _at(self, spot: Whole, day: Whole) -> Whole:
        """The commune of each spot on a day, -1 for none."""
        del day
        return spot

    def _around(self, lon: Degrees, lat: Degrees) -> Whole:
        """The commune around each point, -1 for none; on a border the one whose code comes first."""
        where = np.full(len(lon), -1, np.int64)
        found = self._tree.query(shapely.points(lon, lat), "intersects")
        for point, commune in sorted(found.T.tolist(), reverse=True):
            where[point] = commune
        return where

    def _local(self, where: Whole, stamp: Whole, mapping: FileMapping, parents: Mapping[str, str]) -> Whole:
        """Seconds of the wall clock of the province a spot lies in, from seconds in UTC."""
        province = [parents.get(parents.get(code, ""), "") for code in self._communes]
        zones = [mapping.zones.get(code, mapping.zone) for code in province]
        local = _wall(stamp, mapping.zone)
        for zone in sorted(set(zones) - {mapping.zone}):
            there = np.isin(where, [at for at, one in enumerate(zones) if one == zone])
            local[there] = _wall(stamp[there], zone)
        return local


class _Points(_Spots):
    """Sightings that tell degrees."""

    def _spots(self, rows: pa.Table) -> Whole:
        return self._around(*(rows[name].to_numpy() for name in ("lon", "lat")))


class _Areas(_Spots):
    """Sightings that tell the code of a commune."""

    def _spots(self, rows: pa.Table) -> Whole:
        return _numbers(rows["cell"], {code: at for at, code in enumerate(self._communes)})


class _Cells(_Spots):
    """Cells or sites, each somewhere on some days.

    Args:
        shapes: Communes by code.
        mapping: The columns of the cells file.
        folder: Where it is.
    """

    def __init__(self, shapes: Sequence[tuple[str, shapely.Geometry]], mapping: FileMapping, folder: Path) -> None:
        super().__init__(shapes)
        with (folder / mapping.cells_file).open(encoding="utf-8-sig", newline="") as file:
            rows = [{ours: (row.get(theirs) or "").strip() for ours, theirs in mapping.cells.items()}
                    for row in csv.DictReader(file)]  # fmt: skip
        self._names = {name: at for at, name in enumerate(dict.fromkeys(row["cell"] for row in rows))}
        where = self._around(*(np.array([float(row[name]) for row in rows]) for name in ("lon", "lat")))
        versions = sorted(
            (self._names[row["cell"]], _day(row.get("first"), date.min), _day(row.get("last"), date.max), int(at))
            for row, at in zip(rows, where, strict=True)
        )
        self._cell, self._first, self._last, self._where = np.array(versions, np.int64).reshape(-1, 4).T

    def _spots(self, rows: pa.Table) -> Whole:
        return _numbers(rows["cell"], self._names)

    def _at(self, name: Whole, day: Whole) -> Whole:
        """The commune in which each cell stood on a day, -1 for none."""
        span = np.int64(1) << 32
        key = self._cell * span + self._first + (span >> 1)
        at = np.searchsorted(key, name * span + day + (span >> 1), side="right") - 1
        served = (name >= 0) & (at >= 0)
        at = np.maximum(at, 0)
        served &= (self._cell[at] == name) & (day <= self._last[at])
        return np.where(served, self._where[at], -1)


def _wall(stamp: Whole, zone: str) -> Whole:
    moments = pa.array(stamp).cast(pa.timestamp("s")).cast(pa.timestamp("s", tz="UTC")).cast(pa.timestamp("s", tz=zone))
    return np.array(pc.local_timestamp(moments).cast(pa.int64()).to_numpy(), np.int64)


def _numbers(column: pa.ChunkedArray, names: Mapping[str, int]) -> Whole:
    encoded = column.combine_chunks().dictionary_encode()
    known = np.array([names.get(name.strip(), -1) for name in encoded.dictionary.to_pylist()], np.int64)
    return known[encoded.indices.to_numpy()] if len(known) else np.empty(0, np.int64)


def _day(text: str | None, otherwise: date) -> int:
    day = date.fromisoformat(text) if text else otherwise
    return int((np.datetime64(day, "D") - EPOCH).astype(np.int64))
