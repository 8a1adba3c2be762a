"""Writes boundary files of every format, as programs for maps write them, and broken ones."""

import io
import json
import sqlite3
import struct
import zipfile

import pytest
import shapely

WGS84 = 'GEOGCS["GCS_WGS_1984",DATUM["D_WGS_1984",SPHEROID["WGS_1984",6378137,298.25]],PRIMEM["Greenwich",0]]'


def geojson(places, **more):
    """(properties, shape) of each place; a shape is a shapely one or a GeoJSON tree."""
    features = [
        {"type": "Feature", "properties": properties,
         "geometry": shape if isinstance(shape, dict) or shape is None else json.loads(shapely.to_geojson(shape))}
        for properties, shape in places
    ]  # fmt: skip
    return json.dumps({"type": "FeatureCollection", "features": features, **more}).encode()


def geopackage(path, layers, *, system=4326, order="<", envelope=True, blob=None):
    """Layers by name, each as `geojson` takes places."""
    path.unlink(missing_ok=True)
    package = sqlite3.connect(path)
    package.executescript("""
        PRAGMA application_id = 0x47504B47;
        CREATE TABLE gpkg_spatial_ref_sys (srs_name TEXT, srs_id INTEGER PRIMARY KEY, organization TEXT,
            organization_coordsys_id INTEGER, definition TEXT);
        CREATE TABLE gpkg_contents (table_name TEXT PRIMARY KEY, data_type TEXT, srs_id INTEGER);
        CREATE TABLE gpkg_geometry_columns (table_name TEXT, column_name TEXT, geometry_type_name TEXT,
            srs_id INTEGER, z INTEGER, m INTEGER);
    """)
    package.execute("INSERT INTO gpkg_spatial_ref_sys VALUES ('', ?, 'EPSG', ?, '')", (system, system))
    for name, places in layers.items():
        columns = list(places[0][0])
        package.execute("INSERT INTO gpkg_contents VALUES (?, 'features', ?)", (name, system))
        package.execute("INSERT INTO gpkg_geometry_columns VALUES (?, 'geom', 'GEOMETRY', ?, 2, 2)", (name, system))
        package.execute(f'CREATE TABLE "{name}" (fid INTEGER PRIMARY KEY, geom BLOB, {", ".join(columns)})')
        for properties, shape in places:
            content = blob or _blob(shape, system, order=order, envelope=envelope)
            marks = ", ".join("?" * (len(columns) + 1))
            package.execute(
                f'INSERT INTO "{name}" (geom, {", ".join(columns)}) VALUES ({marks})', (content, *properties.values())
            )
    package.commit()
    package.close()
    return path.read_bytes()


def _blob(shape, system, *, order, envelope):
    if shape is None:
        return None
    head = struct.pack(f"{order}2sBBi", b"GP", 0, (order == "<") | (envelope << 1), system)
    bounds = struct.pack(f"{order}4d", *(shape.bounds[at] for at in (0, 2, 1, 3))) if envelope else b""
    flavour = "iso" if shape.has_z else "extended"
    return head + bounds + shapely.to_wkb(shape, byte_order=int(order == "<"), flavor=flavour)


def shapefile(records, *, sort=5, prj=WGS84, encoding="utf-8", cpg=None, language=0):
    """Files by suffix; a record is (properties, rings or a position, deleted)."""
    body, rows = b"", []
    for number, (properties, rings, deleted) in enumerate(records, start=1):
        content = _record(rings, sort)
        body += struct.pack(">ii", number, len(content) // 2) + content
        rows.append(((b"*" if deleted else b" "), properties))
    head = struct.pack(">i20xi", 9994, (100 + len(body)) // 2) + struct.pack("<ii8d", 1000, sort, *(0.0,) * 8)
    files = {".shp": head + body, ".dbf": _table(rows, encoding, language)}
    return files | ({".prj": prj.encode()} if prj else {}) | ({".cpg": cpg.encode()} if cpg else {})


def _record(rings, sort):
    if rings is None:
        return struct.pack("<i", 0)
    if isinstance(rings, tuple):
        return struct.pack("<i2d", sort, *rings) + b"\0" * (16 if sort == 11 else 8 if sort == 21 else 0)
    flat = [point for ring in rings for point in ring]
    starts, at = [], 0
    for ring in rings:
        starts.append(at)
        at += len(ring)
    more = {5: 0, 15: 2 * (2 + len(flat)), 25: 2 + len(flat)}[sort]
    xs, ys = [one[0] for one in flat] or [0.0], [one[1] for one in flat] or [0.0]
    return (
        struct.pack("<i4dii", sort, min(xs), min(ys), max(xs), max(ys), len(rings), len(flat))
        + struct.pack(f"<{len(starts)}i", *starts)
        + b"".join(struct.pack("<2d", *point) for point in flat)
        + struct.pack(f"<{more}d", *(0.0,) * more)
    )


def _table(rows, encoding, language):
    names = list(rows[0][1]) if rows else ["CODE"]
    width = 20
    head = struct.pack("<B3BIHH16xBB2x", 3, 126, 11, 21, len(rows), 33 + 32 * len(names), 1 + width * len(names), 0,
                       language)  # fmt: skip
    fields = b"".join(
        struct.pack("<11sc4xBB14x", name.encode(encoding), b"N" if name.startswith("N") else b"C", width, 0)
        for name in names
    )
    lines = [mark + b"".join(_cell(values[name], encoding, width) for name in names) for mark, values in rows]
    return head + fields + b"\r" + b"".join(lines) + b"\x1a"


def _cell(value, encoding, width):
    text = str(value).encode(encoding)
    return text.rjust(width) if isinstance(value, int) else text.ljust(width)


def archive(files, *, stem="areas", folder=""):
    """A zip with the files of a Shapefile."""
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as packed:
        for suffix, content in files.items():
            packed.writestr(f"{folder}{stem}{suffix}", content)
    return sink.getvalue()


class Maps:
    """The writers, and a folder."""

    geojson, geopackage, shapefile, archive = map(staticmethod, (geojson, geopackage, shapefile, archive))

    def __init__(self, folder) -> None:
        self.folder = folder

    def write(self, name, content):
        path = self.folder / name
        path.write_bytes(content)
        return path


@pytest.fixture(scope="session")
def maps(tmp_path_factory):
    """Made once: what is written there is written over."""
    return Maps(tmp_path_factory.mktemp("maps"))
