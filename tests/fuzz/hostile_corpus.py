"""Files made to do harm, each with what must become of it: refused in words, or read with its good rows whole."""

import gzip
import io
import json
import sqlite3
import struct
import tempfile
import zipfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
from fuzz_targets import GOOD, read_phone, read_places, read_survey
from seed_files import HOLED, LAYERS, MARKER, NAMED, PHONE, RING, Files, as_bytes, beside, desk, of_package, parquet

SURROGATE = '{"id": "x", "version": "y", "answers": {"_id": 1, "_uuid": "u", "home/village": "\\ud800"}}\n'
DEEP = 200_000


@dataclass(frozen=True)
class Case:
    """One hostile input.

    Attributes:
        name: What is wrong with it.
        read: Reads it.
        files: It, and what belongs beside it.
        says: Part of the sentence it is refused with, `""` where it is read.
        rows: Cells that must be there once each, where it is read.
    """

    name: str
    read: Callable[[Files], Sequence[str]]
    files: Files
    says: str = ""
    rows: tuple[str, ...] = ()


def phone(name: str, content: bytes, says: str = "", *, file: str = "calls_1.csv", layout: str = NAMED) -> Case:
    return Case(name, partial(read_phone, layout), {file: content}, says, () if says else GOOD)


def survey(name: str, says: str = "", rows: Sequence[str] = (), **files: object) -> Case:
    """A survey of files by name, a dot written as two underscores."""
    sent = {key.replace("__", "."): as_bytes(one) for key, one in files.items()}
    return Case(name, read_survey, sent, says, tuple(rows))


def places(name: str, says: str = "", rows: Sequence[str] = (), **files: bytes) -> Case:
    return Case(name, read_places, {key.replace("__", "."): one for key, one in files.items()}, says, tuple(rows))


def good(form: str = "{},t,c\n") -> bytes:
    return "".join(form.format(one) for one in GOOD).encode()


def phones() -> Iterator[Case]:
    """Files of phone records."""
    packed = gzip.compress(PHONE * 50, mtime=0)
    footer = parquet()
    yield phone("a line of a megabyte between good ones", b"A,T,C\n" + good() + b"9" * (1 << 20) + b"\n")
    yield phone("eight thousand columns beside ours", wide())
    yield phone("a line of a hundred thousand columns", b"A,T,C\n" + good() + b"," * 100_000 + b"\n")
    yield phone("a quote that never ends", b'A,T,C\n"' + MARKER.encode() + b"\n" + good())
    yield phone("half a surrogate in bytes", b"A,T,C\n\xed\xa0\x80,t,c\n" + good())
    yield phone("other encodings among the lines", b"A,T,C\n\xff\xfea\0,t,c\n\xe9,t,c\n" + good())
    yield phone("zero bytes among the lines", b"A,T,C\n\0\0\0\n" + good() + b"\0")
    yield phone("a name that only looks like ours", "А,T,C\n".encode() + good(), "exactly once")
    yield phone("a name twice", b"A,A,T,C\n", "exactly once")
    yield phone("a stream of zstandard that ends early", pa.compress(PHONE * 99, "zstd", asbytes=True)[:-9],
                "cut or damaged", file="calls_1.csv.zst")  # fmt: skip
    yield phone("a stream of gzip with other bytes behind", packed + MARKER.encode() * 9, "cut or damaged",
                file="calls_1.csv.gz")  # fmt: skip
    yield phone("gzip that is called zstandard", packed, "cut or damaged", file="calls_1.csv.zst")
    yield phone("a footer that is longer than its file", footer[:-8] + struct.pack("<I", 1 << 31) + b"PAR1",
                "is not Parquet", file="calls_1.parquet")  # fmt: skip
    yield phone("a footer that tells of other bytes", b"PAR1" + footer[200:], "is not Parquet", file="calls_1.parquet")
    yield phone("a Parquet file of nested columns", nested(), "lists or structures", file="calls_1.parquet")


def wide() -> bytes:
    """Rows with as many columns more as no spreadsheet has."""
    names = b"".join(b",n%d" % number for number in range(8_000))
    return b"A,T,C" + names + b"\n" + good("{},t,c" + "," * 8_000 + "\n")


def nested() -> bytes:
    deep = pa.array([[[MARKER]]])
    sink = pa.BufferOutputStream()
    pa.parquet.write_table(pa.table({"A": deep, "T": ["t"], "C": ["c"]}), sink)
    return sink.getvalue().to_pybytes()


def surveys() -> Iterator[Case]:
    """Files of surveys."""
    numbers = f"id,n\n1,{10**30}\n2,-{10**25}\n3,1e400\n4,{MARKER}\n"
    yield survey("numbers beyond any type", rows=(MARKER,), x__csv=numbers)
    yield survey("whole numbers beyond 64 bits", x__csv=f"id,n\n1,{2**63}\n2,{2**64}\n3,-{2**63 + 1}\n")
    yield survey(
        "times at their limits",
        rows=(MARKER,),
        x__csv=(
            f"id,at,day\n1,9999-12-31T23:59:59,0001-01-01\n2,0001-01-01T00:00:00,9999-12-31\n3,{MARKER},0000-00-00\n"
        ),
    )
    yield survey("a name twice", "share a name", x__csv=f"a,a,b\n{MARKER},2,3\n")
    yield survey("names that are numbers", "holds values", x__csv=f"1,2,3\n{MARKER},2,3\n")
    yield survey("names that look alike", rows=(MARKER,), x__csv=f"аge,age,b\n{MARKER},2,3\n")
    yield survey("formulas", rows=("=cmd|'/c calc'!A1", "@SUM(1)"), x__csv="a,b\n=cmd|'/c calc'!A1,1\n@SUM(1),2\n")
    yield survey("a quote in a survey that never ends", "A quote in", x__csv=f'a,b\n1,"{MARKER}\n2,3\n')
    yield survey(
        "a line of ten megabytes", "longer than 4 MiB", x__csv=f"a,b\n{MARKER},2\n" + "9" * (10 << 20) + ",1\n"
    )
    yield survey(
        "one and a half thousand columns", x__csv=",".join(f"v{n}" for n in range(1_500)) + "\n" + "1," * 1_499 + "1\n"
    )
    yield survey("a mark for the order of bytes alone", "header", x__csv=b"\xff\xfe")
    yield survey("a Parquet file whose texts are none", "damaged", x__parquet=untold())
    yield survey("two encodings", x__csv="a,b\né,1\n".encode() + "é,2\n".encode("latin-1"))
    yield survey("zero bytes", "zero bytes", x__csv=b"a,b\n\0\0,1\n2,3\n")
    yield survey("a surrogate in an interview", "damaged", f__submissions__jsonl=SURROGATE)
    yield survey(
        "an interview that goes deep",
        "damaged",
        f__submissions__jsonl=(
            '{"id": "x", "version": "y", "answers": {"_id": 1, "_uuid": "u", "a": ' + "[" * DEEP + "]" * DEEP + "}}\n"
        ),
    )
    yield survey("an interview whose groups go deep", "damaged", f__submissions__jsonl=(
        '{"id": "x", "version": "y", "answers": {"_id": 1, "_uuid": "u", "a": ' + '{"a": ' * 900 + "1" + "}" * 900
        + "}}\n"))  # fmt: skip
    yield survey("a dictionary that goes deep", "dictionary", hh__dcf="{" + '"a": [' * DEEP, hh__dat="1\n")
    yield from documents()
    yield from workbooks()


def untold() -> bytes:
    """A Parquet file with bytes that are no UTF-8 in a column of texts."""
    sink = pa.BufferOutputStream()
    texts = pa.Array.from_buffers(pa.string(), 1, [None, pa.py_buffer(b"\0\0\0\0\2\0\0\0"), pa.py_buffer(b"a\xb2")])
    pa.parquet.write_table(pa.table({"a": texts, "b": [MARKER]}), sink)
    return sink.getvalue().to_pybytes()


XML = '<?xml version="1.0"?>'
LAUGHS = "<!DOCTYPE codeBook [<!ENTITY a0 'ha'>" + "".join(
    f"<!ENTITY a{n} '&a{n - 1};&a{n - 1};&a{n - 1};&a{n - 1};&a{n - 1};&a{n - 1};&a{n - 1};&a{n - 1};'>"
    for n in range(1, 12)
) + "]>"  # fmt: skip
OUTSIDE = "<!DOCTYPE codeBook [<!ENTITY a SYSTEM 'file:///etc/passwd'>]>"
BOOK = ('<codeBook xmlns="ddi:codebook:2_5"><stdyDscr><citation><titlStmt><titl>{}</titl><IDNo>x</IDNo></titlStmt>'
        "</citation></stdyDscr>{}</codeBook>")  # fmt: skip


def documents() -> Iterator[Case]:
    """Descriptions in XML."""
    included = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'
    data = f"pid,sex\n{MARKER},1\n"
    book = beside("spec/ingest_formats/test_ddi_survey.py").CODEBOOK
    yield survey("a billion laughs", "s", s__xml=XML + LAUGHS + BOOK.format("&a11;", ""), p__csv=data)
    yield survey("an entity of a file outside", "s", s__xml=XML + OUTSIDE + BOOK.format("&a;", ""), p__csv=data)
    yield survey("XML that goes deep", "s", s__xml=XML + BOOK.format("x", "<a>" * DEEP + "</a>" * DEEP), p__csv=data)
    yield survey("XInclude of a file outside", "", s__xml=book.replace("<stdyDscr>", included + "<stdyDscr>", 1),
                 people__csv="pid,sex,income\n007,1,2\n")  # fmt: skip
    yield survey("a width that is no width", "holds values", s__xml=book.replace('width="3"', f'width="{10**20}"'),
                 people__dat="0071  12.5\n")  # fmt: skip
    yield survey("a place before the line", "holds values", s__xml=book.replace('StartPos="1"', 'StartPos="-5"'),
                 people__dat="0071  12.5\n")  # fmt: skip


def workbooks() -> Iterator[Case]:
    """Excel workbooks and archives."""
    sheet = ('<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>{}</sheetData>'
             "</worksheet>")  # fmt: skip
    cell = '<row r="{r}"><c r="A{r}" t="inlineStr"><is><t>{t}</t></is></c></row>'
    first = cell.format(r=1, t="a")
    for name, second in ROWS_OUT_OF_ORDER.items():
        yield survey(name, "again", x__xlsx=book_with(sheet.format(first + second)))
    yield survey(
        "a row after many empty ones",
        rows=(MARKER,),
        x__xlsx=book_with(sheet.format(first + cell.format(r=2**16, t=MARKER))),
    )
    yield survey("a sheet of another name that declares entities", "declarations", x__xlsx=renamed_sheet())
    yield survey(
        "a row number beyond any sheet",
        "again",
        x__xlsx=book_with(sheet.format(cell.format(r=1, t="a") + cell.format(r=2**31, t=MARKER))),
    )
    yield survey(
        "a column beyond any sheet",
        "again",
        x__xlsx=book_with(
            sheet.format(
                cell.format(r=1, t="a") + '<row r="2"><c r="ZZZZZZZ2" t="inlineStr"><is><t>x</t></is></c></row>'
            )
        ),
    )
    yield survey(
        "a shared text that is not there",
        "again",
        x__xlsx=book_with(sheet.format(cell.format(r=1, t="a") + '<row r="2"><c r="A2" t="s"><v>999999</v></c></row>')),
    )
    yield survey(
        "a day beyond any calendar",
        "again",
        x__xlsx=book_with(
            sheet.format(cell.format(r=1, t="a") + '<row r="2"><c r="A2" t="d"><v>99999-99-99T99:99:99</v></c></row>')
        ),
    )
    yield survey(
        "a number that is none",
        "again",
        x__xlsx=book_with(
            sheet.format(cell.format(r=1, t="a") + f'<row r="2"><c r="A2" t="n"><v>{MARKER}</v></c></row>')
        ),
    )
    yield survey("a sheet that goes deep", "again", x__xlsx=book_with(sheet.format("<row>" * 9_000)))
    yield survey("an archive that lies about its size", "again", x__zip=lying(f"a,b\n{MARKER},2\n".encode() * 999))
    yield survey("an archive with a name twice", "", x__zip=twice({"a.csv": f"a,b\n{MARKER},2\n"}))
    yield survey("a name of an archive that is no text", "no kind", x__zip=odd_name())


CELL = '<c r="{}" t="inlineStr"><is><t>{}</t></is></c>'
ROWS_OUT_OF_ORDER = {
    "a row above the one before": f'<row r="5">{CELL.format("A5", "x")}</row>'
    f'<row r="3">{CELL.format("A3", MARKER)}</row>',
    "a row twice": f'<row r="2">{CELL.format("A2", "x")}</row><row r="2">{CELL.format("A2", MARKER)}</row>',
    "a row of number nought": f'<row r="0">{CELL.format("A0", MARKER)}</row>',
    "a cell left of the one before": f'<row r="2">{CELL.format("B2", MARKER)}{CELL.format("A2", "x")}</row>',
    "a cell twice": f'<row r="2">{CELL.format("A2", "x")}{CELL.format("A2", MARKER)}</row>',
}


def renamed_sheet() -> bytes:
    """A workbook whose sheet is called something that nobody takes for XML."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(desk().workbook(s=[["a"], [1]]))) as old, zipfile.ZipFile(sink, "w") as new:
        for one in old.infolist():
            content = old.read(one).replace(b"sheet1.xml", b"sheet1.dat")
            if one.filename.endswith("sheet1.xml"):
                content = b'\n<!DOCTYPE x [<!ENTITY a "ha">]>' + content
            new.writestr(one.filename.replace("sheet1.xml", "sheet1.dat"), content)
    return sink.getvalue()


def book_with(sheet: str) -> bytes:
    """A workbook whose first sheet is something else."""
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(desk().workbook(s=[["a"], [1]]))) as old, zipfile.ZipFile(sink, "w") as new:
        for one in old.infolist():
            new.writestr(one.filename, sheet if one.filename.endswith("sheet1.xml") else old.read(one))
    return sink.getvalue()


def lying(content: bytes) -> bytes:
    """An archive whose file is longer than both of its heads say."""
    packed = bytearray(desk().archive({"a.csv": content}))
    size = struct.pack("<I", len(content))
    return bytes(packed.replace(size, struct.pack("<I", 64)))


def twice(files: dict[str, str]) -> bytes:
    sink = io.BytesIO()
    with zipfile.ZipFile(sink, "w") as packed:
        for name, content in files.items():
            packed.writestr(name, content)
        packed.writestr("b/a.csv", "c,d\n3,4\n")
    return sink.getvalue()


def odd_name() -> bytes:
    return desk().archive({"aXb.csv": f"a,b\n{MARKER},2\n"}).replace(b"aXb", b"a\0b")


def layers() -> Iterator[Case]:
    """Boundaries."""
    for name, ring in RINGS.items():
        told = json.dumps({"type": "FeatureCollection", "features": [
            {"type": "Feature", "properties": {"pcod": MARKER}, "geometry": {"type": "Polygon", "coordinates": [ring]}}
        ]}).encode()  # fmt: skip
        yield places(f"a ring {name}", *(("", (MARKER,)) if name in MENDED else ("polygons in degrees", ())),
                     a__geojson=told)  # fmt: skip
    whole = LAYERS[".geojson"]()[0]["a.geojson"]
    yield places("GeoJSON that goes deep", "is not GeoJSON", a__geojson=b'{"features":' + b"[" * DEEP)
    yield places("coordinates that go deep", "is not GeoJSON", a__geojson=whole.replace(
        b'"coordinates": ', b'"coordinates": ' + b"[" * DEEP, 1))  # fmt: skip
    yield places(
        "coordinates that go deep and come back",
        "admin3",
        a__geojson=whole.replace(b'"coordinates": [[[', b'"coordinates": ' + b"[" * 900 + b"[[[", 1).replace(
            b"]]]", b"]]]" + b"]" * 900, 1
        ),
    )
    yield from packages()
    yield from shapefiles()


RINGS = {
    "of not-a-numbers": [[float("nan")] * 2] * 4,
    "that is endless": [[0, 0], [0, float("inf")], [1, 1], [0, 0]],
    "beyond the poles": [[0, 0], [0, 95], [1, 95], [0, 0]],
    "over the antimeridian": [[179, 0], [181, 0], [181, 1], [179, 1], [179, 0]],
    "of one point": [[1, 1]] * 4,
    "that crosses itself": [[0, 0], [1, 1], [1, 0], [0, 1], [0, 0]],
    "that is not closed": [[0, 0], [0, 1], [1, 1], [1, 0]],
    "of texts": [["a", "b"], [0, 1], [1, 1], [0, 0]],
    "of huge whole numbers": [[10**400, 0], [0, 1], [1, 1], [0, 0]],
    "of thousands of the same": [[0, 0], *([[0, 1]] * 20_000), [1, 1], [0, 0]],
}
MENDED = {"that crosses itself", "of thousands of the same"}


def packages() -> Iterator[Case]:
    """GeoPackages are databases that somebody else wrote."""
    told = "is not GeoJSON, GeoPackage"
    yield places(
        "a view for a layer",
        "name one layer",
        a__gpkg=changed("ALTER TABLE areas RENAME TO kept", "CREATE VIEW areas AS SELECT * FROM kept"),
    )
    yield places(
        "a trigger and a check that fail",
        rows=(MARKER,),
        a__gpkg=changed("CREATE TRIGGER t AFTER INSERT ON areas BEGIN SELECT RAISE(ABORT, 'x'); END"),
    )
    yield places(
        "a table of contents that never ends",
        told,
        a__gpkg=changed(
            "ALTER TABLE gpkg_contents RENAME TO kept",
            "CREATE VIEW gpkg_contents AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "
            "SELECT 'areas' AS table_name, 'features' AS data_type, i AS srid FROM n",
        ),
    )
    yield places(
        "a column that is computed without end",
        told,
        a__gpkg=changed("ALTER TABLE areas ADD COLUMN x GENERATED ALWAYS AS (hex(zeroblob(200000000))) VIRTUAL"),
    )
    yield places(
        "a layer that is virtual",
        "name one layer",
        a__gpkg=changed("DROP TABLE areas", "CREATE VIRTUAL TABLE areas USING fts5(geom, pcod)"),
    )
    yield places("a shape that is a text", told, a__gpkg=changed("UPDATE areas SET geom = 'GP'"))
    yield places(
        "a shape of a gigabyte",
        told,
        a__gpkg=changed(
            "UPDATE areas SET geom = CAST(x'4750000100000000' AS BLOB) || zeroblob(1)",
            "ALTER TABLE areas ADD COLUMN big GENERATED ALWAYS AS (zeroblob(1000000000)) VIRTUAL",
        ),
    )
    yield places("a text that is no UTF-8", told, a__gpkg=changed("UPDATE areas SET pcod = CAST(x'ff' AS TEXT)"))
    yield places("pages of other bytes", told, a__gpkg=overwritten(of_package()["a.gpkg"]))
    yield places(
        "a polygon of four milliard rings",
        told,
        a__gpkg=changed("UPDATE areas SET geom = x'47500001E61000000103000000FFFFFFFF'"),
    )


def changed(*statements: str) -> bytes:
    """A GeoPackage after some statements."""
    path = Path(tempfile.mkdtemp(prefix="scseeds")) / "a.gpkg"
    path.write_bytes(of_package()["a.gpkg"])
    connection = sqlite3.connect(path)
    for one in statements:
        connection.execute(one)
    connection.commit()
    connection.close()
    return path.read_bytes()


def overwritten(content: bytes) -> bytes:
    return content[:4096] + b"\xa5" * (len(content) - 4096)


def shapefiles() -> Iterator[Case]:
    told = "is not GeoJSON, GeoPackage or Shapefile"
    maps = beside("spec/ingest_boundaries/conftest.py")
    files = maps.shapefile([({"pcod": MARKER}, HOLED, False), ({"pcod": "B"}, [RING], False)])
    shapes, table = files[".shp"], files[".dbf"]
    for name, words in (("longer", 1 << 30), ("shorter", 60), ("negative", -5)):
        other = shapes[:24] + struct.pack(">i", words) + shapes[28:]
        yield of_shapes(f"a length that is {name}", told, files, shp=other)
    for name, parts in (("thousands of millions of", 2**31 - 1), ("a negative number of", -1)):
        yield of_shapes(f"{name} points", told, files, shp=shapes[:148] + struct.pack("<i", parts) + shapes[152:])
        yield of_shapes(f"{name} rings", told, files, shp=shapes[:144] + struct.pack("<i", parts) + shapes[148:])
    yield of_shapes("a ring that begins behind its end", told, files,
                    shp=shapes[:152] + struct.pack("<i", 99_999) + shapes[156:])  # fmt: skip
    yield of_shapes("a table with more rows", told, files, dbf=table[:4] + struct.pack("<I", 2**31) + table[8:])
    yield of_shapes("rows of no length", told, files, dbf=table[:10] + struct.pack("<H", 0) + table[12:])
    yield of_shapes("a table in an alphabet nobody knows", told, files, cpg=b"klingon")
    yield of_shapes("a table in an encoding of bytes", told, files, cpg=b"zlib")
    packed = maps.archive(files)
    yield places("a Shapefile that says less than it holds", told,
                 a__zip=packed.replace(struct.pack("<I", len(shapes)), struct.pack("<I", 8)))  # fmt: skip


def of_shapes(name: str, says: str, files: Files, **changed_files: bytes) -> Case:
    whole = files | {f".{suffix}": content for suffix, content in changed_files.items()}
    return Case(name, read_places, {f"a{suffix}": content for suffix, content in whole.items()}, says)


def cases() -> Iterator[Case]:
    """All of them."""
    yield from phones()
    yield from surveys()
    yield from layers()
