"""Places in GeoPackages (OGC 12-128): SQLite with a header of its own before each shape's well-known binary."""

import os
import re
import sqlite3
import struct
from collections.abc import Iterator, Sequence
from contextlib import closing
from math import isnan
from pathlib import Path
from urllib.parse import quote

import numpy as np
import shapely

from safeconduct.ingest.layers import Feature, Points, not_readable, not_there, of_rings, on_earth, wrong_system
from safeconduct.model.boundaries import Flaw
from safeconduct.model.errors import BadMapping
from safeconduct.model.text import say

ENVELOPE_BYTES = (0, 32, 48, 48, 64)
HEADER_BYTES = 8
EMPTY, EXTENDED = 0x10, 0x20
MOST_BLOB = 64 << 20
POINT, POLYGON, MULTIPOLYGON = 1, 3, 6
THOUSANDS = 1000
OLD_Z, OLD_M, OLD_SRID = 0x80000000, 0x40000000, 0x20000000
LAYERS_SQL = (
    "SELECT c.table_name, g.column_name, s.organization, s.organization_coordsys_id "
    "FROM gpkg_contents c JOIN gpkg_geometry_columns g ON g.table_name = c.table_name "
    "JOIN gpkg_spatial_ref_sys s ON s.srs_id = g.srs_id "
    "JOIN sqlite_master m ON m.name = c.table_name AND m.type = 'table' AND m.rootpage > 0 "
    "WHERE c.data_type = 'features' ORDER BY c.table_name"
)
TABLES_SQL = (
    "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND rootpage > 0 "
    "AND name IN ('gpkg_contents', 'gpkg_geometry_columns', 'gpkg_spatial_ref_sys')"
)
TABLES = 3
COMPUTED_SQL = "SELECT count(*) FROM pragma_table_xinfo(?) WHERE hidden > 0"
"""What is computed while it is read may be computed without end: views, virtual tables, generated columns."""


def geopackage_features(path: Path, file: str, layer: str) -> Iterator[Feature]:
    """The features of a layer, in the order of their keys.

    Args:
        path: The file.
        file: What messages call it.
        layer: Name of the layer, `""` where there is only one.

    Raises:
        BadMapping: The file or the layer is not there, or there are several and none is named.
        BadInput: It is no GeoPackage, or the layer is in another reference system.
    """
    if not path.is_file():
        raise not_there(file)
    journal = path.with_name(path.name + "-wal")
    if journal.is_file() and journal.stat().st_size:
        raise BadMapping(say("{file} is open in another program; close it there first", file=file), field="areas")
    try:
        with closing(sqlite3.connect(f"file:{quote(os.fsencode(path))}?mode=ro&immutable=1", uri=True)) as connection:
            connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MOST_BLOB)
            connection.execute("PRAGMA trusted_schema = OFF")
            table, column = _layer(connection, file, layer)
            rows = connection.execute(_statement(table))
            names = [one[0] for one in rows.description]
            for row in rows:
                yield _feature(dict(zip(names, row, strict=True)), column, file)
    except (sqlite3.Error, UnicodeError, OverflowError):
        raise not_readable(file) from None


def from_binary(content: bytes) -> list[list[Points]] | Points | None:
    """Rings by polygon, or one position, from well-known binary; `None` for any other shape and for an empty point.

    Old and new ways to say that there are heights and measures are read; both are left out. Nothing nests, so that no
    content makes this go deep.

    Raises:
        ValueError: It is cut, says it is longer than it is, or lies farther away than any longitude.
    """
    sort, dimensions, order, at = _head(content, 0)
    if sort == POINT:
        return None if _is_empty(content, at, order) else _positions(content, at, 1, dimensions, order)[0]
    if sort == POLYGON:
        return [_rings(content, at, dimensions, order)[0]]
    if sort != MULTIPOLYGON:
        return None
    (count,), at = _numbers(content, at, "I", order)
    found = []
    for _ in range(count):
        inner, dimensions, order_inside, at = _head(content, at)
        if inner != POLYGON:
            return None
        rings, at = _rings(content, at, dimensions, order_inside)
        found.append(rings)
    return found


def _layer(connection: sqlite3.Connection, file: str, layer: str) -> tuple[str, str]:
    if connection.execute(TABLES_SQL).fetchone() != (TABLES,):
        raise not_readable(file)
    found = connection.execute(LAYERS_SQL).fetchall()
    chosen = [one for one in found if not layer or one[0] == layer]
    if len(chosen) != 1:
        raise BadMapping(
            say("name one layer of {file} that holds features, like {example}", file=file, example="'file.gpkg#layer'"),
            field="areas",
        )
    table, column, organisation, number = chosen[0]
    system = f"{organisation}:{number}".upper()
    if system != "EPSG:4326" and not re.fullmatch(r"OGC:(CRS)?84", system):
        raise wrong_system(file)
    if connection.execute(COMPUTED_SQL, (table,)).fetchone() != (0,):
        raise not_readable(file)
    return str(table), str(column)


def _statement(table: str) -> str:
    name = table.replace('"', '""')
    return f'SELECT * FROM "{name}" ORDER BY rowid'


def _feature(row: dict[str, object], column: str, file: str) -> Feature:
    blob = row.pop(next((name for name in row if name.lower() == column.lower()), column), None)
    if blob is None:
        return Feature(row, None)
    if not isinstance(blob, bytes):
        raise not_readable(file)
    try:
        found = _shape(blob)
    except (ValueError, IndexError, struct.error):
        raise not_readable(file) from None
    if found is None:
        return Feature(row, None)
    if isinstance(found, np.ndarray):
        return Feature(row, shapely.Point(found[0]))
    shape, flaws = of_rings(found)
    return Feature(row, None if shape is None else shapely.orient_polygons(shape), flaws - {Flaw.WRONG_WINDING})


def _shape(blob: bytes) -> list[list[Points]] | Points | None:
    if blob[:2] != b"GP" or len(blob) < HEADER_BYTES:
        raise ValueError
    flags = blob[3]
    if flags & EMPTY:
        return None
    if flags & EXTENDED:
        raise ValueError
    return from_binary(blob[HEADER_BYTES + ENVELOPE_BYTES[flags >> 1 & 7] :])


def _head(content: bytes, at: int) -> tuple[int, int, str, int]:
    """Sort of shape, numbers a position has, order of bytes, where the rest begins."""
    order = "<" if content[at] == 1 else ">"
    (sort,), at = _numbers(content, at + 1, "I", order)
    old = bool(sort & OLD_Z) + bool(sort & OLD_M)
    if sort & OLD_SRID:
        at += 4
    sort &= 0x0FFFFFFF
    new = (0, 1, 1, 2)[min(sort // THOUSANDS, 3)]
    return sort % THOUSANDS, 2 + (old or new), order, at


def _rings(content: bytes, at: int, dimensions: int, order: str) -> tuple[list[Points], int]:
    (count,), at = _numbers(content, at, "I", order)
    rings = []
    for _ in range(count):
        (points,), at = _numbers(content, at, "I", order)
        ring, at = _positions(content, at, points, dimensions, order)
        rings.append(ring)
    return rings, at


def _positions(content: bytes, at: int, count: int, dimensions: int, order: str) -> tuple[Points, int]:
    end = at + 8 * count * dimensions
    if end > len(content):
        raise ValueError
    flat = np.frombuffer(content, f"{order}f8", count * dimensions, at).astype(np.float64)
    return on_earth(flat.reshape(count, dimensions)[:, :2]), end


def _is_empty(content: bytes, at: int, order: str) -> bool:
    """Whether a point is none: no position of it is a number."""
    return all(isnan(one) for one in struct.unpack_from(f"{order}2d", content, at))


def _numbers(content: bytes, at: int, form: str, order: str) -> tuple[Sequence[int], int]:
    return struct.unpack_from(f"{order}{form}", content, at), at + struct.calcsize(form)
