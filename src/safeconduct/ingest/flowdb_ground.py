"""Cells and areas of FlowKit's database."""

import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

import numpy as np
import shapely

from safeconduct.ingest.layer_geopackage import from_binary
from safeconduct.ingest.layers import Feature, of_rings, wrong_system
from safeconduct.ingest.postgres import PostgreSQL
from safeconduct.model.areas import AreaLevel
from safeconduct.model.boundaries import Flaw
from safeconduct.model.errors import BadInput, BadMapping
from safeconduct.model.text import say

CELLS = ("infrastructure", "cells")
SITES = ("infrastructure", "sites")
DEGREES = 4326
UNKNOWN_SYSTEM = 0
SRID_FLAG = 0x20000000
HEAD_BYTES = 9
LEVELS = tuple(level for level in AreaLevel if level is not AreaLevel.SITE)


@dataclass(frozen=True)
class Served:
    """A version of a cell, and days it was in service, both ends included."""

    version: int
    first: date
    last: date
    row: int


def area_tables(database: PostgreSQL) -> dict[AreaLevel, tuple[str, ...]]:
    """Which tables `geography.adminN` there are.

    Raises:
        BadMapping: The finest is not among them.
    """
    found: dict[AreaLevel, tuple[str, ...]] = {
        level: ("geography", level.value) for level in LEVELS if database.columns(("geography", level.value))
    }
    if AreaLevel.COMMUNE not in found:
        raise BadMapping(
            say("the database has no table {table} with the finest areas, or not for who signs in",
                table=f"geography.{AreaLevel.COMMUNE}"),
            field="source",
        )  # fmt: skip
    return found


def flowdb_areas(database: PostgreSQL, level: AreaLevel) -> Iterator[Feature]:
    """The areas of a level with every property.

    Raises:
        BadInput: A shape is no well-known binary, or not in degrees.
    """
    table = ("geography", level.value)
    for row in _rows(database, table, "geom"):
        yield _feature({name: value for name, value in row.items() if name != "geom"}, row["geom"], table)


def flowdb_cells(database: PostgreSQL) -> Iterator[tuple[int, dict[str, str]]]:
    """Values by cell field, numbered.

    Where two versions of a cell are in service on a day, the higher one counts; FlowKit would count an event twice. A
    cell without a position of its own stands at its site's, in the site's highest version; one without either is left
    out, so that its events are at no known cell.
    """
    cells, sites = _rows(database, CELLS, "geom_point"), _sites(database)
    number = 0
    for name, versions in _by_cell(cells).items():
        for one in alone(versions):
            row = cells[one.row]
            place = _point(row["geom_point"], CELLS) or sites.get(str(row.get("site_id") or ""))
            if place is not None:
                number += 1
                yield (
                    number,
                    {
                        "cell": name,
                        "site": str(row.get("site_id") or ""),
                        "lon": repr(place[0]),
                        "lat": repr(place[1]),
                        "first": "" if one.first == date.min else one.first.isoformat(),
                        "last": "" if one.last == date.max else one.last.isoformat(),
                    },
                )


def alone(versions: Sequence[Served]) -> list[Served]:
    """Versions of one cell on the days on which no higher one is in service, by day."""
    taken: list[Served] = []
    for one in sorted(versions, key=lambda each: (-each.version, each.row)):
        free = [(one.first, one.last)]
        for other in taken:
            free = [piece for span in free for piece in _without(span, other)]
        taken += [Served(one.version, first, last, one.row) for first, last in free]
    return sorted(taken, key=lambda each: each.first)


def _without(span: tuple[date, date], other: Served) -> Iterator[tuple[date, date]]:
    """What is left of some days without another version's."""
    first, last = span
    if other.last < first or other.first > last:
        yield span
        return
    if first < other.first:
        yield first, other.first - timedelta(days=1)
    if other.last < last:
        yield other.last + timedelta(days=1), last


def _by_cell(cells: Sequence[Mapping[str, object]]) -> dict[str, list[Served]]:
    found: dict[str, list[Served]] = {}
    for at, row in enumerate(cells):
        first = _day(row.get("date_of_first_service")) or date.min
        last = _day(row.get("date_of_last_service")) or date.max
        name = str(row.get("id") or "").strip()
        if name and first <= last:
            found.setdefault(name, []).append(Served(int(str(row.get("version") or 0)), first, last, at))
    return found


def _day(value: object) -> date | None:
    if isinstance(value, datetime):
        return value.date()
    return value if isinstance(value, date) else None


def _sites(database: PostgreSQL) -> dict[str, tuple[float, float]]:
    """Position of every site, in its highest version that has one."""
    if not database.columns(SITES):
        return {}
    rows = _rows(database, SITES, "geom_point")
    rows.sort(key=lambda row: int(str(row.get("version") or 0)))
    places = ((str(row["id"]), _point(row["geom_point"], SITES)) for row in rows)
    return {name: place for name, place in places if place is not None}


def _rows(database: PostgreSQL, table: tuple[str, ...], shape: str) -> list[dict[str, object]]:
    """A whole table of places, its shapes as well-known binary."""
    known = database.columns(table)
    named, quoted = ".".join(table), database.statements.name
    if shape not in known:
        raise BadMapping(say("the table {table} has no column {column}", table=named, column=shape), field="source")
    where = f"FROM {database.statements.table(table)}"
    if known[shape] == "geometry":
        found = database.query(named, f"SELECT DISTINCT ST_SRID({quoted(shape)}) AS srid {where}")
        if {row["srid"] for row in found} - {DEGREES, UNKNOWN_SYSTEM, None}:
            raise wrong_system(named)
    others = [quoted(name) for name, sort in known.items() if name != shape and sort not in {"geometry", "geography"}]
    column = f"ST_AsBinary({quoted(shape)})" if known[shape] == "geometry" else quoted(shape)
    return database.query(named, f"SELECT {', '.join(others)}, {column} AS {quoted(shape)} {where}")


def _point(value: object, table: tuple[str, ...]) -> tuple[float, float] | None:
    shape = _feature({}, value, table).shape
    if shape is None:
        return None
    if shape.geom_type != "Point":
        raise _no_binary(table)
    lon, lat = shapely.get_coordinates(shape)[0].tolist()
    return lon, lat


def _feature(properties: Mapping[str, object], value: object, table: tuple[str, ...]) -> Feature:
    """A place from well-known binary: bytes, or text of hexadecimal digits."""
    if value is None:
        return Feature(properties, None)
    try:
        content = bytes.fromhex(value) if isinstance(value, str) else bytes(value)  # type: ignore[call-overload]  # what it cannot be made of is told below
        if _system(content) not in {DEGREES, UNKNOWN_SYSTEM}:
            raise wrong_system(".".join(table))
        found = from_binary(content)
    except (ValueError, TypeError, IndexError, struct.error):
        raise _no_binary(table) from None
    if found is None:
        return Feature(properties, None)
    if isinstance(found, np.ndarray):
        return Feature(properties, shapely.Point(found[0]))
    shape, flaws = of_rings(found)
    return Feature(properties, None if shape is None else shapely.orient_polygons(shape), flaws - {Flaw.WRONG_WINDING})


def _system(content: bytes) -> int:
    """The reference system that extended well-known binary names, `UNKNOWN_SYSTEM` where it names none."""
    order = "<" if content[0] == 1 else ">"
    (sort,) = struct.unpack_from(f"{order}I", content, 1)
    if not sort & SRID_FLAG:
        return UNKNOWN_SYSTEM
    (system,) = struct.unpack_from(f"{order}I", content, HEAD_BYTES - 4)
    return int(system)


def _no_binary(table: tuple[str, ...]) -> BadInput:
    return BadInput(
        say("a shape in {table} is not well-known binary; store it as ST_AsBinary gives it", table=".".join(table)),
        field="source",
    )
