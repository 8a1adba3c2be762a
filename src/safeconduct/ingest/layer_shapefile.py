"""Places in Shapefiles, from the published descriptions of ESRI (1998) and of dBase III: `.shp`, `.dbf` and `.prj`."""

import codecs
import lzma
import re
import struct
import zipfile
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path, PurePosixPath

import numpy as np
import shapely
from shapely.geometry.base import BaseGeometry

from safeconduct.ingest.layers import (
    MOST_BYTES,
    Feature,
    Points,
    not_readable,
    not_there,
    of_rings,
    on_earth,
    too_large,
    wrong_system,
)
from safeconduct.model.boundaries import Flaw
from safeconduct.model.errors import BadMapping
from safeconduct.model.text import say

FILE_CODE = 9994
HEADER = 100
NOTHING, POINTS, POLYGONS = 0, (1, 11, 21), (5, 15, 25)
DELETED = b"*"
PAGES = {0x01: "cp437", 0x02: "cp850", 0x03: "cp1252", 0x57: "cp1252"}
WGS84 = re.compile(r'^\s*(?:GEOGCS|GEOGCRS|GEODCRS)\s*\[\s*"(?:GCS_)?WGS[ _]?(?:19)?84"', re.IGNORECASE)
DAMAGED = (
    struct.error, ValueError, LookupError, EOFError, OSError, RuntimeError, OverflowError,
    zipfile.BadZipFile, zlib.error, lzma.LZMAError, shapely.errors.ShapelyError,
)  # fmt: skip
Part = Callable[[str], bytes | None]


def shapefile_features(path: Path, file: str, layer: str) -> Iterator[Feature]:
    """The features of a Shapefile that were not deleted, in its order; also of one in a zip archive.

    An outer ring goes with the clock and a hole against it, as ESRI has it. A hole that lies in no ring, and the rings
    of a shape that has holes only, are taken for outer ones, and the feature says so.

    Args:
        path: The `.shp`, with its `.dbf` and `.prj` beside it, or the archive.
        file: What messages call it.
        layer: Name of the Shapefile in an archive, `""` where there is only one.

    Raises:
        BadMapping: A file is not there, or an archive has several and none is named.
        BadInput: A file is damaged, or in another reference system.
    """
    try:
        part = _packed(path, file, layer) if path.suffix.lower() == ".zip" else _beside(path, file)
        shapes, table, system = part(".shp"), part(".dbf"), part(".prj")
        if shapes is None or table is None:
            raise BadMapping(say("{file} needs its .shp and .dbf files together", file=file), field="areas")
        if system is None or not WGS84.match(system.decode("utf-8", "replace")):
            raise wrong_system(file)
        records = list(_records(table, _page(table, part(".cpg"))))
        found = list(_shapes(shapes))
        if len(records) != len(found):
            raise not_readable(file)
    except DAMAGED:
        raise not_readable(file) from None
    for properties, (shape, flaws) in zip(records, found, strict=True):
        if properties is not None:
            yield Feature(properties, shape, flaws)


def _beside(path: Path, file: str) -> Part:
    if not path.is_file():
        raise not_there(file)
    names = {one.name.lower(): one for one in path.parent.iterdir() if one.stem.lower() == path.stem.lower()}

    def part(suffix: str) -> bytes | None:
        found = names.get(path.stem.lower() + suffix)
        if found is not None and found.stat().st_size > MOST_BYTES:
            raise too_large(file)
        return None if found is None else found.read_bytes()

    return part


def _packed(path: Path, file: str, layer: str) -> Part:
    if not path.is_file():
        raise not_there(file)
    with zipfile.ZipFile(path) as archive:
        entries = {one.filename.lower(): one for one in archive.infolist() if not one.filename.startswith("__MACOSX")}
    stems = [PurePosixPath(name).with_suffix("") for name in entries if name.endswith(".shp")]
    chosen = [stem for stem in stems if not layer or stem.name == layer.lower()]
    if len(chosen) != 1:
        raise BadMapping(
            say("name one Shapefile in {file}, like {example}", file=file, example="'file.zip#layer'"), field="areas"
        )

    def part(suffix: str) -> bytes | None:
        entry = entries.get(f"{chosen[0]}{suffix}")
        return None if entry is None else _unpacked(path, entry, file)

    return part


def _unpacked(path: Path, entry: zipfile.ZipInfo, file: str) -> bytes:
    with zipfile.ZipFile(path) as archive, archive.open(entry) as stream:
        content = stream.read(min(entry.file_size, MOST_BYTES) + 1)
    if len(content) > MOST_BYTES:
        raise too_large(file)
    return content


def _shapes(content: bytes) -> Iterator[tuple[BaseGeometry | None, frozenset[Flaw]]]:
    """One a record, `None` for those without a shape or of another sort."""
    code, words = struct.unpack_from(">i20xi", content)
    if code != FILE_CODE or words * 2 > len(content):
        raise ValueError
    at = HEADER
    while at < words * 2:
        _, length = struct.unpack_from(">ii", content, at)
        record = content[at + 8 : at + 8 + length * 2]
        if length < 2 or len(record) < length * 2:  # noqa: PLR2004 - a sort alone is two words
            raise ValueError
        yield _shape(record)
        at += 8 + length * 2


def _shape(record: bytes) -> tuple[BaseGeometry | None, frozenset[Flaw]]:
    (sort,) = struct.unpack_from("<i", record)
    if sort in POINTS:
        position = on_earth(np.frombuffer(record, "<f8", 2, 4))
        return shapely.Point(position), frozenset()
    if sort not in POLYGONS:
        return None, frozenset()
    parts, points = struct.unpack_from("<ii", record, 36)
    if parts < 0 or points < 0:
        raise ValueError
    starts = np.frombuffer(record, "<i4", parts, 44)
    flat = on_earth(np.frombuffer(record, "<f8", 2 * points, 44 + 4 * parts)).reshape(-1, 2)
    ends = np.append(starts[1:], points)
    if (starts < 0).any() or (ends < starts).any() or (ends > points).any():
        raise ValueError
    return _assembled([flat[start:end] for start, end in zip(starts, ends, strict=True)])


def _assembled(rings: Sequence[Points]) -> tuple[BaseGeometry | None, frozenset[Flaw]]:
    """Each hole goes into the smallest outer ring around it."""
    outer = [ring for ring in rings if _with_the_clock(ring)]
    holes = [ring for ring in rings if not _with_the_clock(ring)]
    turned = not outer and bool(holes)
    if turned:
        outer, holes = holes, []
    parts = [[ring] for ring in outer]
    for hole, around in zip(holes, _around(holes, outer), strict=True):
        if around is None:
            turned = True
            parts.append([hole])
        else:
            parts[around].append(hole)
    shape, flaws = of_rings(parts)
    found = flaws | {Flaw.WRONG_WINDING} if turned else flaws
    return (None if shape is None else shapely.orient_polygons(shape)), found


def _around(holes: Sequence[Points], outer: Sequence[Points]) -> list[int | None]:
    shells = [shapely.Polygon(ring) if len(ring) > 3 else shapely.Polygon() for ring in outer]  # noqa: PLR2004 - closed
    order = sorted(range(len(shells)), key=lambda at: shells[at].area, reverse=True)
    found: list[int | None] = [None] * len(holes)
    tree = shapely.STRtree([shells[at] for at in order])
    points = np.array([_inside(hole) for hole in holes], object)
    for hole, shell in sorted(tree.query(points, predicate="intersects").T.tolist()):
        found[hole] = order[shell]
    return found


def _inside(hole: Points) -> BaseGeometry:
    """A position within a hole, or on it where it has no inside."""
    ring = shapely.Polygon(hole) if len(hole) > 3 else shapely.Polygon()  # noqa: PLR2004 - closed
    return ring.representative_point() if ring.area else (shapely.Point(hole[0]) if len(hole) else shapely.Point())


def _with_the_clock(ring: Points) -> bool:
    if len(ring) == 0:
        return True
    x, y = (ring - ring[0]).T
    return float(np.dot(x[:-1], y[1:]) - np.dot(x[1:], y[:-1])) <= 0


def _page(table: bytes, named: bytes | None) -> str:
    """The characters of a table: as a `.cpg` beside it says, or the table itself; otherwise UTF-8 or else cp1252."""
    if named:
        word = named.decode("ascii", "ignore").strip().lower().removeprefix("ansi ").removeprefix("cp")
        return codecs.lookup(f"cp{word}" if word.isdigit() else word).name
    if table[29] in PAGES:
        return PAGES[table[29]]
    try:
        table[32:].decode("utf-8")
    except UnicodeDecodeError:
        return "cp1252"
    return "utf-8"


def _records(table: bytes, page: str) -> Iterator[Mapping[str, object] | None]:
    """Rows by column name, `None` for one that was deleted."""
    count, begin, size = struct.unpack_from("<IHH", table, 4)
    columns, at = [], 1
    for field in range(32, begin - 1, 32):
        if table[field] == 0x0D:  # noqa: PLR2004 - the end of the fields
            break
        name = table[field : field + 11].split(b"\0")[0].decode(page)
        columns.append((name, chr(table[field + 11]), at, at + table[field + 16]))
        at += table[field + 16]
    if at > size or begin + count * size > len(table):
        raise ValueError
    for start in range(begin, begin + count * size, size):
        row = table[start : start + size]
        yield (
            None
            if row[:1] == DELETED
            else {name: _value(row[low:high], sort, page) for name, sort, low, high in columns}
        )


def _value(content: bytes, sort: str, page: str) -> object:
    text = content.decode(page, "replace" if page.startswith("cp") else "strict").strip(" \0")
    if sort == "L":
        return {"T": True, "Y": True, "F": False, "N": False}.get(text.upper())
    if sort in "NF" and text:
        if text.startswith("*"):
            return ""
        return text.rstrip("0").rstrip(".") if "." in text and "e" not in text.lower() else text
    return text
