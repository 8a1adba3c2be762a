"""Files to begin with: whole ones, with marks in them, for every member of every registry that reads strangers' bytes.

A newcomer to a registry needs a line here; `test_hostile_bytes.py` names those that have none.
"""

import gzip
import importlib.util
import json
import sys
import tempfile
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import ModuleType

import pandas as pd
import pyarrow as pa
import shapely

TESTS = Path(__file__).parents[1]
SHARED = TESTS.parent.parent / "shared" / "standards"
MARKER = "Qxzv7Marker"
NUMBER = "7319468205"
MARKS = (MARKER, NUMBER)
Files = Mapping[str, bytes]
ROWS = {"id": [1, 2, 3], "name": [MARKER, "b", MARKER + "2"], "n": [1.5, 7319468205.0, 3.5]}


@cache
def beside(place: str) -> ModuleType:
    """A module of the other tests, for what its functions make."""
    path = TESTS / place
    spec = importlib.util.spec_from_file_location(f"beside_{path.parent.name}_{path.stem}", path)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


@cache
def desk():
    """Writes survey files."""
    folder = tempfile.mkdtemp(prefix="scseeds")
    return beside("spec/ingest_formats/conftest.py").Desk(Path(folder))


def as_bytes(content: object) -> bytes:
    match content:
        case bytes():
            return content
        case str():
            return content.encode()
        case _:
            return json.dumps(content, ensure_ascii=False).encode()


def package(files: Mapping[str, object]) -> Files:
    """Files by name, written out."""
    return {name: as_bytes(content) for name, content in files.items()}


def upper() -> dict[str, list[object]]:
    return {name.upper(): cells for name, cells in ROWS.items()}


def lines() -> list[list[object]]:
    return [list(ROWS), *map(list, zip(*ROWS.values(), strict=True))]


def of_csv() -> list[Files]:
    plain = pd.DataFrame(ROWS).to_csv(index=False)
    return [
        package({"x.csv": plain}),
        package({"x.csv": plain.encode("utf-16")}),
        package({"x.tsv": plain.replace(",", "\t")}),
        package({"x.zip": desk().archive({"in/a.csv": plain, "b.csv": "a,b\n1,2\n"})}),
    ]


def of_cspro() -> list[Files]:
    tests = beside("spec/ingest_formats/test_cspro_survey.py")
    small = f"A001{MARKER[:5]}  2.5 1 2\nA002Ben  999.9   4\n"
    return [
        package({"hh.dcf": tests.DICTIONARY, "hh.dat": tests.DATA}),
        package({"small.dcf": tests.JSON, "small.dat": small}),
    ]


def of_ddi() -> list[Files]:
    tests = beside("spec/ingest_formats/test_ddi_survey.py")
    return [
        package({"study.xml": tests.CODEBOOK, "people.dat": tests.LINES + f"{NUMBER}\n"}),
        package({"study.xml": tests.CODEBOOK, "people.csv": tests.AS_CSV + f"{MARKER},1,2\n"}),
    ]


def of_kobo() -> list[Files]:
    tests = beside("spec/ingest_formats/test_kobo_survey.py")
    pulled = beside("spec/ingest_formats/test_pulled_survey.py")
    form = desk().workbook(survey=tests.SURVEY, choices=tests.CHOICES, settings=tests.SETTINGS)
    main = [[MARKER if cell == "Kita" else cell for cell in row] for row in tests.MAIN]
    export = desk().workbook(needs2026=main, members=tests.MEMBERS, jobs=tests.JOBS)
    kobo = [{**one, "home/village": MARKER} for one in pulled.KOBO]
    return [
        package({"form.xlsx": form, "export.xlsx": export}),
        package({"form.xlsx": form, "export.csv": f"village,need,_uuid\n{MARKER},food water,u1\n"}),
        package({"f.asset.json": pulled.FORM, "f.submissions.jsonl": pulled.lines(*kobo)}),
        package({"f.asset.json": pulled.FORM, "f.submissions.jsonl": pulled.lines(*pulled.ODK)}),
    ]


def of_survey_solutions() -> list[Files]:
    tests = beside("spec/ingest_formats/test_survey_solutions_survey.py")
    return [
        package({"export.zip": desk().archive({
            "food.tab": tests.MAIN.replace("Kita", MARKER), "members.tab": tests.MEMBERS, "jobs.tab": tests.JOBS,
            "Questionnaire/content/document.json": tests.QUESTIONNAIRE,
        })})
    ]  # fmt: skip


def of_cases() -> list[Files]:
    cases = beside("spec/ingest_standards/conftest.py")
    one = {**cases.ANA, "Case Owner": "M. Owner", "First Name": MARKER}
    by_name = dict.fromkeys(cases.core_names(), "") | {"prs_FirstName": MARKER, "con_Consent": "true"}
    return [
        package({"cases.csv": cases.as_csv([list(one), list(one.values())])}),
        package({"cases.csv": cases.as_csv([list(by_name), list(by_name.values())], mark=";")}),
        package({"cases.xlsx": desk().workbook(cases=[list(one), list(one.values())])}),
    ]


def of_ctdc() -> list[Files]:
    from safeconduct.ingest.standards.ctdc import ctdc  # noqa: PLC0415 - instrumented before it is imported here

    names = list(ctdc().release("").columns)
    row = [MARKER if at == 3 else "" for at in range(len(names))]
    return [package({"public.csv": ",".join(names) + "\n" + ",".join(row) + "\n"})]


def of_register() -> list[Files]:
    tests = beside("spec/ingest_standards/test_register.py")
    return [package({f"{name}.csv": text.replace("Ana", MARKER) for name, text in tests.GOOD.items()})]


def of_sas() -> list[Files]:
    iris = (TESTS / "spec/ingest_formats/iris.sas7bdat.gz").read_bytes()
    return [package({"x.xpt": desk().statistics("x.xpt", upper())}), package({"x.sas7bdat": gzip.decompress(iris)})]


FORMATS = {
    "cspro": of_cspro,
    "csv": of_csv,
    "ctdc": of_ctdc,
    "ddi": of_ddi,
    "excel": lambda: [package({"x.xlsx": desk().workbook(data=lines(), other=[["a"], [1]])})],
    "htcds": of_cases,
    "kobo": of_kobo,
    "parquet": lambda: [package({"x.parquet": pd.DataFrame(ROWS).to_parquet(index=False)})],
    "register": of_register,
    "sas": of_sas,
    "spss": lambda: [package({"x.sav": desk().statistics("x.sav", ROWS)}),
                     package({"x.por": desk().statistics("x.por", upper())})],
    "stata": lambda: [package({"x.dta": desk().statistics("x.dta", ROWS)})],
    "survey_solutions": of_survey_solutions,
}  # fmt: skip

PHONE = f"A,T,C\n{MARKER},2026-01-05 10:00:00,{NUMBER}\n".encode() * 3
NAMED = 'columns = { person = "A", time = "T", cell = "C" }\n'
FIXED = 'format = "fixed_width"\npositions = { A = [1, 16], T = [17, 35], C = [36, 46] }\n' + NAMED
PUT = f"{MARKER:16}2026-01-05 10:00:00{NUMBER:11}\n".encode() * 3


def parquet(**how: object) -> bytes:
    table = pa.table({
        "A": pa.array([MARKER, MARKER + "2", None] * 20), "T": pa.array(range(60), pa.timestamp("ms")),
        "C": pa.array([b"c", NUMBER.encode(), None] * 20).dictionary_encode(),
    })  # fmt: skip
    sink = pa.BufferOutputStream()
    pa.parquet.write_table(table, sink, row_group_size=25, **how)
    return sink.getvalue().to_pybytes()


ADAPTERS = {
    "csv": lambda: [
        (NAMED, {"calls_1.csv": PHONE}),
        (NAMED, {"calls_1.csv.gz": gzip.compress(PHONE, mtime=0)}),
        (NAMED, {"calls_1.csv.zst": pa.compress(PHONE, "zstd", asbytes=True)}),
        ('encoding = "utf-16"\n' + NAMED, {"calls_1.csv": PHONE.decode().encode("utf-16")}),
        ('quote = "\'"\nnull_words = ["-"]\ndecode = { cell = "hex" }\n' + NAMED, {"calls_1.csv": PHONE}),
    ],
    "fixed_width": lambda: [(FIXED, {"calls_1.txt": PUT}), ("short_lines = true\n" + FIXED, {"calls_1.txt": PUT})],
    "parquet": lambda: [
        (NAMED, {"calls_1.parquet": parquet()}),
        (NAMED, {"calls_1.parquet": parquet(compression="none", use_dictionary=False)}),
        (NAMED, {"calls_1.parquet": parquet(compression="zstd", data_page_version="2.0", write_page_checksum=True)}),
    ],
}  # fmt: skip

PLACES = [({"pcod": MARKER}, shapely.box(0, 0, 1, 1)), ({"pcod": NUMBER}, shapely.box(1, 0, 2, 1))]
RING = [(0.0, 0.0), (0.0, 1.0), (1.0, 1.0), (0.0, 0.0)]
HOLED = [[(0.0, 0.0), (0.0, 9.0), (9.0, 9.0), (9.0, 0.0), (0.0, 0.0)],
         [(1.0, 1.0), (2.0, 1.0), (2.0, 2.0), (1.0, 1.0)]]  # fmt: skip


def of_shapes() -> Files:
    maps = beside("spec/ingest_boundaries/conftest.py")
    found = maps.shapefile([({"pcod": MARKER}, HOLED, False), ({"pcod": NUMBER}, [RING], False)], cpg="utf-8")
    return {f"a{suffix}": content for suffix, content in found.items()}


def of_package() -> Files:
    maps = beside("spec/ingest_boundaries/conftest.py")
    return {"a.gpkg": maps.geopackage(Path(tempfile.mkdtemp()) / "a.gpkg", {"areas": PLACES})}


def of_zipped() -> Files:
    maps = beside("spec/ingest_boundaries/conftest.py")
    return {"a.zip": maps.archive({Path(name).suffix: content for name, content in of_shapes().items()})}


LAYERS = {
    ".geojson": lambda: [package({"a.geojson": beside("spec/ingest_boundaries/conftest.py").geojson(PLACES)})],
    ".gpkg": lambda: [of_package()],
    ".shp": lambda: [of_shapes()],
    ".zip": lambda: [of_zipped()],
}

SERVERS = {
    "kobo": lambda: [{
        "list": as_bytes({"count": 2, "next": None, "results": [{"_id": 1, "_uuid": "u1", "name": MARKER},
                                                                 {"_id": 2, "_uuid": "u2", "name": NUMBER}]}),
        "form": as_bytes(beside("spec/ingest_formats/test_pulled_survey.py").FORM),
    }],
    "odk": lambda: [{
        "list": as_bytes({"value": [{"__id": "uuid:1", "name": MARKER, "__system": {
            "submissionDate": "2026-03-01T00:00:00.000Z", "updatedAt": None, "edits": 0, "submitterName": MARKER}}]}),
        "form": desk().workbook(survey=[["type", "name"], ["text", "name"]], choices=[["list_name", "name"]]),
    }],
}  # fmt: skip
