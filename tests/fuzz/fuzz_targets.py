"""What reads strangers' bytes, by the registries themselves; and the three promises each reading is held to.

A target's input is two bytes that choose a place in its seed files, then what stands there instead: a file, a member of
a zip archive, the content of a compressed file, or lines between good rows. So mutations reach what is inside archives,
and a description is changed while its data stay whole.
"""

import gzip
import io
import logging
import re
import struct
import tempfile
import tomllib
import traceback
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import pyarrow as pa
from other_targets import others
from seed_files import ADAPTERS, FORMATS, LAYERS, MARKS, NAMED, Files, beside, package

from safeconduct.ingest import lines
from safeconduct.ingest.adapter import adapter, adapter_for, content_digest
from safeconduct.ingest.boundaries import read_outlines
from safeconduct.ingest.layer_files import OF_LAYERS
from safeconduct.ingest.survey import Arrived, formats
from safeconduct.ingest.survey import read as read_files
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import SafeconductError
from safeconduct.model.mapping import FileMapping

HEAD = struct.Struct("<H")
INSIDE = re.compile(r"\.(xml|json|csv|tab|rels|shp|dbf|prj|cpg)$")
OF_NAMES = frozenset({"file", "files", "column", "columns", "sheet", "name", "names", "table", "key", "code", "layer"})
"""Placeholders of sentences that hold names somebody gave to a file, a sheet or a column, not what stands in a cell."""
GOOD = tuple(f"good{number}" for number in range(6))


class Broken(Exception):
    """A promise was broken; says which, and at what place of our code."""


@dataclass(frozen=True)
class Place:
    """Somewhere in the seed files where other bytes can stand.

    Attributes:
        what: Its name, for people.
        whole: What stands there in the seed.
        put: The files with other bytes there.
        good: Rows that must come back once each, if the files are read at all; none for a place without known rows.
        always: The files are read whatever stands there.
    """

    what: str
    whole: bytes
    put: Callable[[bytes], Files]
    good: tuple[str, ...] = ()
    always: bool = False


@dataclass(frozen=True)
class Target:
    """One reader.

    Attributes:
        name: `registry:member`.
        places: Where bytes can stand.
        read: Reads files as a site does, and gives every text cell it found.
        slow: It starts processes.
    """

    name: str
    places: tuple[Place, ...]
    read: Callable[[Files], Sequence[str]]
    slow: bool = False

    def seeds(self) -> Iterator[bytes]:
        """An input for each place that changes nothing."""
        for at, one in enumerate(self.places):
            yield HEAD.pack(at) + one.whole

    def hold(self, content: bytes) -> None:
        """Read one input.

        Raises:
            Broken: A promise was.
        """
        at = HEAD.unpack(content[:2].ljust(2, b"\0"))[0] % len(self.places)
        self.judge(self.places[at], content[2:])

    def judge(self, place: Place, content: bytes) -> None:
        """Read what stands at a place.

        Raises:
            Broken: A promise was.
        """
        cells, refused = kept(self.read, place.put(content))
        if refused is not None and place.always:
            raise Broken(f"good rows were refused at {where(refused)}") from refused
        if cells is not None and any(cells[row] != 1 for row in place.good):
            raise Broken(f"good rows were lost or doubled: {[cells[row] for row in place.good]}")


def kept(read: Callable[[Files], Sequence[str]], files: Files) -> tuple[Counter[str] | None, SafeconductError | None]:
    """The cells of some files, or the error they were refused with; no value of a record may be told meanwhile.

    Raises:
        Broken: An error is not ours, or something said a value.
    """
    cells, refused = None, None
    with heard() as said:
        try:
            cells = Counter(read(files))
        except SafeconductError as error:
            refused = error
        except Exception as error:
            raise Broken(f"{type(error).__name__} at {where(error)}") from error
    if refused is not None:
        said.append(as_told(refused))
    if any(mark in text for mark in MARKS for text in said):
        raise Broken(f"a value was said, {where(refused) if refused else 'though it was read'}") from refused
    return cells, refused


@contextmanager
def heard() -> Iterator[list[str]]:
    """Everything logged, warned and printed meanwhile."""
    said: list[str] = []
    listener = logging.Handler()
    listener.emit = lambda record: said.append(listener.format(record))
    root = logging.getLogger()
    root.addHandler(listener)
    level, printed = root.level, io.StringIO()
    root.setLevel(logging.DEBUG)
    try:
        with warnings.catch_warnings(record=True) as warned, redirect_stdout(printed), redirect_stderr(printed):
            warnings.simplefilter("always")
            yield said
    finally:
        root.removeHandler(listener)
        root.setLevel(level)
        said += [str(one.message) for one in warned]
        said.append(printed.getvalue())


def as_told(refused: SafeconductError) -> str:
    """Everything that anybody who is told of an error can see, names of files and columns left out.

    Causes are in it, and what came before unless `from None` keeps it from being shown.
    """
    text = "".join(traceback.format_exception(refused)) + repr(refused)
    values = refused.text.values
    kept = [str(value) for name, value in values.items() if name not in OF_NAMES]
    for name in sorted({refused.field, *(str(value) for key, value in values.items() if key in OF_NAMES)}, key=len):
        for form in (name, repr(name), repr(name)[1:-1]):
            text = text.replace(form, "·") if name else text
    return "\n".join([text, *kept])


def where(error: BaseException) -> str:
    """The last lines of our own code on the way to an error; no more, so that one flaw has one name."""
    frames = [one for one in traceback.extract_tb(error.__traceback__) if "/safeconduct/" in one.filename]
    return " < ".join(f"{Path(one.filename).name}:{one.name}:{one.lineno}" for one in reversed(frames[-3:]))


def places_in(files: Files) -> Iterator[Place]:
    """Each file, and what is inside it."""
    for name, content in files.items():
        yield Place(name, content, partial(put_file, files, name))
        if name.endswith(".gz"):
            yield Place(f"{name}!", gzip.decompress(content), partial(put_packed, files, name, pack=gzipped))
        elif name.endswith(".zst"):
            plain = pa.input_stream(pa.BufferReader(content), compression="zstd").read()
            yield Place(f"{name}!", plain, partial(put_packed, files, name, pack=zstandard))
        elif zipfile.is_zipfile(io.BytesIO(content)):
            with zipfile.ZipFile(io.BytesIO(content)) as packed:
                for member in packed.namelist():
                    if INSIDE.search(member):
                        yield Place(f"{name}!{member}", packed.read(member), partial(put_member, files, name, member))


def put_file(files: Files, name: str, content: bytes) -> Files:
    return {**files, name: content}


def put_packed(files: Files, name: str, content: bytes, *, pack: Callable[[bytes], bytes]) -> Files:
    return {**files, name: pack(content)}


def put_member(files: Files, name: str, member: str, content: bytes) -> Files:
    sink = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(files[name])) as old, zipfile.ZipFile(sink, "w") as new:
        for one in old.infolist():
            new.writestr(one.filename, content if one.filename == member else old.read(one))
    return {**files, name: sink.getvalue()}


def gzipped(content: bytes) -> bytes:
    return gzip.compress(content, 1, mtime=0)


def zstandard(content: bytes) -> bytes:
    return pa.compress(content, "zstd", asbytes=True)


def between(name: str, *, head: str, form: str, others: Files, always: bool, unless: bytes = b"") -> Place:
    """Good rows with anything between them, on lines of its own.

    Args:
        name: The file.
        head: Its first lines.
        form: A row, with `{}` for its first cell.
        others: Files beside it.
        always: Whatever stands between is no reason to refuse the file.
        unless: What may join lines in this format, and is left out.
    """
    rows = [form.format(one).encode() for one in GOOD]

    def put(content: bytes) -> Files:
        for one in unless:
            content = content.replace(bytes([one]), b"")
        pieces = content.split(b"\xff\n", len(rows) - 1)
        mixed = [part for pair in zip(rows, pieces, strict=False) for part in pair] + rows[len(pieces) :]
        return {**others, name: head.encode() + b"\n".join(mixed) + b"\n"}

    return Place(f"{name} between", form.format("x").encode(), put, GOOD, always)


def sent(files: Files) -> list[Arrived]:
    return [Arrived(name=name, size=len(one), open=partial(io.BytesIO, one)) for name, one in files.items()]


def read_survey(files: Files) -> Sequence[str]:
    found = read_files(sent(files))
    rows = [row for table in found.tables for batch in table.batches() for row in batch.to_pylist()]
    return [str(cell) for row in rows for cell in row.values()]


def read_phone(layout: str, files: Files) -> Sequence[str]:
    tree = beside("spec/ingest_adapters/conftest.py").TREE.format(files="calls_*", events=layout)
    events = next(iter(FileMapping.from_tree(tomllib.loads(tree)).events.values()))
    with in_folder(files) as folder:
        path = folder / next(iter(files))
        reader = adapter_for(path, events.format)
        reader.check(events)
        content_digest(path, events.files)
        chunks = list(reader.chunks(path, events))
        if any(len(chunk.lines()) != chunk.table.num_rows for chunk in chunks):
            raise Broken("a row has no line")
        repr(chunks)
        return [str(row["person"]) for chunk in chunks for row in chunk.table.to_pylist()]


def read_places(files: Files) -> Sequence[str]:
    named = next(name for name in files if Path(name).suffix in endings())
    mapping = FileMapping(dataset="phone", zone="Africa/Maputo", boundaries={AreaLevel.COMMUNE: named})
    with in_folder(files) as folder:
        outlines, _ = read_outlines(mapping, folder)
    if not all(one.shape.is_valid and one.shape.area > 0 for one in outlines[AreaLevel.COMMUNE]):
        raise Broken("an area without ground")
    return [one.area.code for one in outlines[AreaLevel.COMMUNE]]


@contextmanager
def in_folder(files: Files) -> Iterator[Path]:
    """A folder with some files, for as long as they are read."""
    with tempfile.TemporaryDirectory(prefix="scfuzz") as name:
        for file, content in files.items():
            (Path(name) / file).write_bytes(content)
        yield Path(name)


def endings() -> tuple[str, ...]:
    """How names of boundary files end."""
    return (".geojson", ".shp", *OF_LAYERS)


def adapters() -> Iterator[Target]:
    for name in adapter:
        for at, (layout, files) in enumerate(ADAPTERS[name]() if name in ADAPTERS else ()):
            places = [*places_in(files)]
            if name == "csv" and layout == NAMED:
                places.append(between("calls_1.csv", head="A,T,C\n", form="{},t,c", others={}, always=True))
            if name == "fixed_width":
                form = "{:16}2026-01-05 10:00:00cell       "
                places.append(between("calls_1.txt", head="", form=form, others={}, always=True))
            yield Target(f"adapter:{name}:{at}", tuple(places), partial(read_phone, layout))


def surveys() -> Iterator[Target]:
    for name in formats:
        packages = FORMATS[name]() if name in FORMATS else ()
        places = [place for files in packages for place in places_in(files)]
        yield Target(f"format:{name}", (*places, *rows_of(name)), read_survey, slow=name in {"spss", "stata", "sas"})


def rows_of(name: str) -> Iterator[Place]:
    """Places between rows, for formats with rows of text."""
    match name:
        case "csv":
            form = "{},some words,12.5"
            yield between("x.csv", head="who,what,many\n", form=form, others={}, always=False, unless=b"\"'")
        case "survey_solutions":
            head = "interview__key\tinterview__id\tvillage\n"
            yield between("food.tab", head=head, form="01\t{}\tKita", others={}, always=False, unless=b"\"'")
        case "kobo":
            form = '{{"id": "x", "version": "y", "answers": {{"_id": 1, "_uuid": "u", "home/village": "{}"}}}}'
            asked = package({"f.asset.json": beside("spec/ingest_formats/test_pulled_survey.py").FORM})
            yield between("f.submissions.jsonl", head="", form=form, others=asked, always=False)
        case _:
            return


def layers() -> Iterator[Target]:
    for name in endings():
        packages = LAYERS[name]() if name in LAYERS else ()
        yield Target(f"layer:{name}", tuple(place for files in packages for place in places_in(files)), read_places)


def targets() -> dict[str, Target]:
    """Every reader by name; one whose seed files are wanting has no places."""
    lines.BLOCK = 1 << 12  # so that small files have several blocks
    found = [*adapters(), *surveys(), *layers()]
    found += [Target(name, tuple(place for files in seeds for place in places_in(files)), reader)
              for name, seeds, reader in others()]  # fmt: skip
    return {one.name: one for one in found}
