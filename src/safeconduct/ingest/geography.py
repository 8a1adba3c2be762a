"""Cells put on areas: a new version of a data set's geography."""

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from itertools import pairwise
from math import isfinite
from pathlib import Path

import pyarrow as pa
import shapely

from safeconduct.ingest.boundaries import geojson, read_outlines
from safeconduct.ingest.layer_files import features
from safeconduct.ingest.layers import HIGHEST, LONGEST, Feature, word_of
from safeconduct.ingest.mending import Outline
from safeconduct.ingest.source import Ground
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.areas import AreaLevel
from safeconduct.model.boundaries import BoundaryFinding
from safeconduct.model.dialect import parts_of
from safeconduct.model.errors import BadInput, BadMapping
from safeconduct.model.geography import Area, Geography
from safeconduct.model.mapping import LAYERS, FileMapping
from safeconduct.model.sightings import Given
from safeconduct.model.text import Text, say
from safeconduct.store.places import CELLS, ancestors, read_cells, write_findings, write_geography

Parts = tuple[tuple[str, bool], ...]
NOT_A_ROW = say("line {line} of the cells file cannot be split into columns")
POSITION_OR_DAY = say("line {line} of the cells file: a position is not in degrees, or a day not like 2026-01-31")
NAME_OR_ORDER = say("line {line} of the cells file: the cell has no name, or its last day is before its first")
OVERLAP = say("line {line} of the cells file: another line has the same cell on some of these days")


@dataclass(frozen=True, kw_only=True)
class CellVersion:
    """A cell as it stood for some days, both ends included.

    Attributes:
        id: The operator's name of the cell.
        site: The site it is on; its own id where the file does not say.
        lon: Degrees east.
        lat: Degrees north.
        first: First day, `date.min` where the file does not say.
        last: Last day, `date.max` where the file does not say.
    """

    id: str
    site: str
    lon: float
    lat: float
    first: date
    last: date


@dataclass(frozen=True)
class Registration:
    """A geography that is kept, and what was found in the files it was made from.

    Attributes:
        id: The geography's id.
        findings: Flaws of the boundaries, by level and code; what was mended and what was left to a person.
        outside: Cells in service that stand in no smallest area; what happens there is in no answer.
    """

    id: str
    findings: tuple[BoundaryFinding, ...]
    outside: int = 0


@dataclass(frozen=True, repr=False)
class Surveyed:
    """Cells put on areas, in memory.

    Attributes:
        geography: The areas, without an id.
        cells: Columns as in `store.places.CELLS`.
        outlines: The areas' shapes by level, sorted by code.
        findings: Flaws of the boundaries.
        outside: Cells in service that stand in no smallest area; what happens there is in no answer.
    """

    geography: Geography
    cells: pa.Table
    outlines: Mapping[AreaLevel, Sequence[Outline]]
    findings: tuple[BoundaryFinding, ...]
    outside: int

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Surveyed()"


def register(mapping: FileMapping, folder: Path, *, store: Path, keys: KeyProvider, previous: str | None = None) -> str:
    """Make a geography of the files the mapping names, and keep it; the same files give the same id.

    Returns:
        The geography's id; `registered` says what else it takes and gives.

    Raises:
        BadMapping: A file, column or property is not there.
        BadInput: A file's content cannot be used; the message names the line of the cells file, and no value.
    """
    return registered(mapping, folder, store=store, keys=keys, previous=previous).id


def registered(
    mapping: FileMapping,
    folder: Path,
    *,
    store: Path,
    keys: KeyProvider,
    previous: str | None = None,
    ground: Ground | None = None,
) -> Registration:
    """Make a geography of the files the mapping names, and keep it with what was found in its boundaries.

    A version of a cell is known again by its id and first day and keeps its code, with the new file's position and last
    day; versions the new file no longer has keep theirs too, since events are on them.

    Args:
        mapping: Which files, columns and properties.
        folder: Where the files are.
        store: The store's folder.
        keys: What seals the cells' positions.
        previous: Id of the data set's geography so far, `None` for the first.
        ground: Where cells and areas come from, if not from the mapping's files.

    Raises:
        BadMapping: A file, column or property is not there.
        BadInput: A file's content cannot be used; the message names the line of the cells file, and no value.
    """
    found = surveyed(mapping, folder, known=_known(store, mapping.dataset, previous, keys), ground=ground)
    version = write_geography(
        store,
        mapping.dataset,
        found.geography,
        boundaries={level: geojson(areas) for level, areas in found.outlines.items()},
        cells=found.cells,
        keys=keys,
    )
    write_findings(store, mapping.dataset, version, found.findings)
    return Registration(version, found.findings, found.outside)


def surveyed(
    mapping: FileMapping, folder: Path, *, known: Sequence[CellVersion] = (), ground: Ground | None = None
) -> Surveyed:
    """Put cells on areas, and write nothing.

    Args:
        mapping: Which files, columns and properties.
        folder: Where the files are.
        known: Cells the data set had before, in the order of their codes.
        ground: Where cells and areas come from, if not from the mapping's files.

    Raises:
        BadMapping: A file, column or property is not there.
        BadInput: A file's content cannot be used, or not one cell stands in an area.
    """
    outlines, findings = read_outlines(mapping, folder, ground)
    current = _versions(mapping, folder, outlines[AreaLevel.COMMUNE], ground)
    versions = _coded(current, known)
    communes = _communes(versions, outlines[AreaLevel.COMMUNE])
    serving = {(one.id, one.first) for one in current}
    outside = sum(at is None and (one.id, one.first) in serving for one, at in zip(versions, communes, strict=True))
    if outside == len(serving):
        raise _all_outside()
    geography = _geography(outlines, versions, communes)
    return Surveyed(geography, _table(versions, communes, geography), outlines, findings, outside)


def _all_outside() -> BadInput:
    return BadInput(
        say(
            "not one cell stands in an area of the boundary files; see whether longitude and latitude are the wrong "
            "way round, and whether both are degrees"
        ),
        field="cells",
    )


def _versions(
    mapping: FileMapping, folder: Path, smallest: Sequence[Outline], ground: Ground | None
) -> list[CellVersion]:
    """Cells or sites by their file; where sightings come with areas or points, every smallest area is one site."""
    if mapping.given is Given.SITE:
        return read_versions(mapping, folder, ground)
    middles = shapely.get_coordinates(shapely.point_on_surface([one.shape for one in smallest])).tolist()
    return [
        CellVersion(id=code, site=code, lon=lon, lat=lat, first=date.min, last=date.max)
        for code, (lon, lat) in zip((one.area.code for one in smallest), middles, strict=True)
    ]


def read_versions(mapping: FileMapping, folder: Path, ground: Ground | None = None) -> list[CellVersion]:
    """The cells of the cells file, in its order; in a file of points, a cell for each feature, counted as lines.

    Raises:
        BadMapping: The file or a declared column is not there.
        BadInput: A line cannot be used, or two versions of a cell serve on the same day.
    """
    found = list(ground.cells() if ground else _rows(mapping, folder))
    versions = [_version(values, line) for line, values in found]
    lines = [line for line, _ in found]
    if not versions:
        raise BadInput(say("the cells file has no cells; export it again"), field="cells")
    _no_overlap(versions, lines)
    return versions


def _rows(mapping: FileMapping, folder: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Values by cell field, with the number of the line they stand on."""
    columns = {ours: parts_of(theirs) for ours, theirs in mapping.cells.items()}
    if mapping.cells_file.partition("#")[0].lower().endswith(LAYERS):
        rows: Iterator[tuple[int, Mapping[str, str | None]]] = _points(features(folder, mapping.cells_file), columns)
        columns = columns | {"lon": (("lon", True),), "lat": (("lat", True),)}
    else:
        rows = _cell_rows(_cells_text(mapping, folder), columns)
    for line, row in rows:
        yield line, {ours: _value(row, parts) for ours, parts in columns.items()}


def _value(row: Mapping[str, str | None], parts: Parts) -> str:
    """The value of a field, put together as the mapping says; where a part is empty, the whole is."""
    found = [(row.get(text) or "").strip() if named else text for text, named in parts]
    return "".join(found) if all(found) else ""


def _points(places: Iterator[Feature], columns: Mapping[str, Parts]) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    for number, place in enumerate(places, start=1):
        if place.shape is None or place.shape.geom_type != "Point" or place.shape.is_empty:
            raise _wrong(POSITION_OR_DAY, number)
        missing = [
            name for parts in columns.values() for name, named in parts if named and name not in place.properties
        ]
        if missing:
            raise BadMapping(say("the cells file has no column {column}", column=missing[0]), field="cells")
        words = {str(name): None if value is None else word_of(value) for name, value in place.properties.items()}
        lon, lat = shapely.get_coordinates(place.shape)[0].tolist()
        yield number, words | {"lon": repr(lon), "lat": repr(lat)}


def _cells_text(mapping: FileMapping, folder: Path) -> str:
    absent = BadMapping(say("the cells file cannot be opened; check its name in the mapping"), field="cells")
    path = folder / mapping.cells_file
    if not path.is_file():  # opening a pipe would wait for whoever writes into it
        raise absent
    try:
        return path.read_text(encoding="utf-8-sig")
    except OSError:
        raise absent from None
    except UnicodeDecodeError:
        raise BadInput(say("the cells file is not UTF-8 text; export it again"), field="cells") from None


def _cell_rows(text: str, columns: Mapping[str, Parts]) -> Iterator[tuple[int, Mapping[str, str | None]]]:
    """Rows of the cells file with the number of the line they end on."""
    reader = csv.DictReader(io.StringIO(text, newline=""))
    try:
        names = reader.fieldnames or ()
        for column in (name for parts in columns.values() for name, named in parts if named):
            if column not in names:
                raise BadMapping(say("the cells file has no column {column}", column=column), field="cells")
        for row in reader:
            yield reader.line_num, row
    except csv.Error:
        raise _wrong(NOT_A_ROW, reader.line_num + 1) from None


def _version(values: Mapping[str, str], line: int) -> CellVersion:
    try:
        lon, lat = float(values["lon"]), float(values["lat"])
        first = date.fromisoformat(values["first"]) if values.get("first") else date.min
        last = date.fromisoformat(values["last"]) if values.get("last") else date.max
    except ValueError:
        raise _wrong(POSITION_OR_DAY, line) from None
    if not (isfinite(lon) and abs(lon) <= LONGEST and isfinite(lat) and abs(lat) <= HIGHEST):
        raise _wrong(POSITION_OR_DAY, line)
    if not values["cell"] or last < first:
        raise _wrong(NAME_OR_ORDER, line)
    return CellVersion(
        id=values["cell"], site=values.get("site") or values["cell"], lon=lon, lat=lat, first=first, last=last
    )


def _no_overlap(versions: Sequence[CellVersion], lines: Sequence[int]) -> None:
    order = sorted(range(len(versions)), key=lambda at: (versions[at].id, versions[at].first, lines[at]))
    for before, after in pairwise(order):
        if versions[before].id == versions[after].id and versions[after].first <= versions[before].last:
            raise _wrong(OVERLAP, lines[after])


def _wrong(why: Text, line: int) -> BadInput:
    return BadInput(Text(why.id, {"line": line}), field="cells")


def _known(store: Path, dataset: str, previous: str | None, keys: KeyProvider) -> list[CellVersion]:
    if previous is None:
        return []
    rows = read_cells(store, dataset, previous, keys).select(["id", "site", "lon", "lat", "first", "last"])
    return [CellVersion(**row) for row in rows.to_pylist()]


def _coded(versions: Sequence[CellVersion], known: Sequence[CellVersion]) -> list[CellVersion]:
    """Every version in the order of its code: the known ones first, brought up to date, then the new by id and day."""
    current = {(one.id, one.first): one for one in versions}
    kept = [current.get((one.id, one.first), _retired(one)) for one in known]
    old = {(one.id, one.first) for one in known}
    return kept + [current[name] for name in sorted(current.keys() - old)]


def _retired(one: CellVersion) -> CellVersion:
    """A version the file no longer has: it serves on no day, and keeps its place for the events that are on it."""
    return replace(one, last=one.first - timedelta(days=1) if one.first > date.min else date.min)


def _communes(versions: Sequence[CellVersion], communes: Sequence[Outline]) -> list[int | None]:
    """Index of the commune each version stands in; on a common border the first by code, at sea none."""
    points = shapely.points([(one.lon, one.lat) for one in versions])
    found: list[int | None] = [None] * len(versions)
    pairs = shapely.STRtree([one.shape for one in communes]).query(points, predicate="intersects").T.tolist()
    for point, commune in sorted(pairs, reverse=True):
        found[point] = commune
    return found


def _geography(
    outlines: Mapping[AreaLevel, Sequence[Outline]], versions: Sequence[CellVersion], communes: Sequence[int | None]
) -> Geography:
    areas = {level: tuple(one.area for one in outlines[level]) for level in outlines}
    codes = [areas[AreaLevel.COMMUNE][at].code if at is not None else "" for at in communes]
    latest = sorted(range(len(versions)), key=lambda at: (versions[at].last, versions[at].first, at))
    sites = {versions[at].site: codes[at] for at in latest}
    bare = Geography("", areas)
    seen = {level: set(_upwards(bare, level, communes)) for level in outlines}
    return Geography(
        "",
        {level: tuple(replace(one, observed=one.code in seen[level]) for one in areas[level]) for level in outlines}
        | {
            AreaLevel.SITE: tuple(
                Area(code=site, name=site, level=AreaLevel.SITE, parent=parent)
                for site, parent in sorted(sites.items())
            )
        },
    )


def _upwards(geography: Geography, level: AreaLevel, communes: Sequence[int | None]) -> list[str]:
    """Code of the area of a level that each version stands in, `""` for none."""
    codes = ancestors(geography, level)
    return [codes[at] if at is not None else "" for at in communes]


def _table(versions: Sequence[CellVersion], communes: Sequence[int | None], geography: Geography) -> pa.Table:
    columns: dict[str, Sequence[object]] = {
        "code": range(len(versions)),
        **{name: [getattr(one, name) for one in versions] for name in ("id", "site", "lon", "lat", "first", "last")},
        "area": communes,
    }
    for level in AreaLevel:
        index = {area.code: at for at, area in enumerate(geography.at(level))}
        codes = [one.site for one in versions] if level is AreaLevel.SITE else _upwards(geography, level, communes)
        columns[f"area_{level}"] = [index.get(code) for code in codes]
    return pa.table({field.name: pa.array(columns[field.name], field.type) for field in CELLS}, schema=CELLS)
