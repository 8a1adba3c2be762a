"""CSV with a header, plain or compressed.

A record is a line: a quoted field may hold the delimiter but not a line break. That keeps one wrong row from taking its
neighbours with it, which a quote that never closes does in readers that let fields run over lines. Whole blocks go
through Arrow's reader; a block with anything unusual in it is read line by line.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.csv

from safeconduct.ingest.adapter import BLOCK, Adapter, Chunk, adapter, opened, rejected
from safeconduct.ingest.reasons import Reason
from safeconduct.model.errors import BadMapping, Unreadable
from safeconduct.model.mapping import EventFiles
from safeconduct.model.text import say
from safeconduct.store.intake import ROW_LIMIT

MARK = b"\xef\xbb\xbf"
WINDOW = ROW_LIMIT // 2
_INSIDE = rb'[^%(delimiter)s\n]"[^%(delimiter)s\r\n]'  # a quote that neither opens nor closes a field


@dataclass(frozen=True)
class Columns:
    """Where the declared fields stand in a file.

    Attributes:
        count: How many columns the header has.
        at: Position by our field name.
        delimiter: One character between columns.
    """

    count: int
    at: dict[str, int]
    delimiter: str


@adapter
class CsvFile(Adapter):
    """Comma-separated values, or whatever the mapping's delimiter is; UTF-8."""

    name: ClassVar[str] = "csv"
    suffix: ClassVar[str] = ".csv"

    def chunks(self, path: Path, layout: EventFiles) -> Iterator[Chunk]:
        """Blocks of some megabytes."""
        columns: Columns | None = None
        with opened(path, layout.files) as stream:
            for block in whole_lines(stream):
                if columns is None:
                    columns = _columns(_header(block), layout)
                    yield read_block(block[block.index(b"\n") + 1 :], columns)
                else:
                    yield read_block(block, columns)
        if columns is None:
            _columns(b"", layout)


def whole_lines(stream: pa.NativeFile) -> Iterator[bytes]:
    """A stream in blocks that end with a line; of a line that never ends only the head is kept."""
    rest = b""
    while block := stream.read(BLOCK):
        cut = block.rfind(b"\n") + 1
        if cut:
            yield rest + block[:cut]
            rest = block[cut:]
        elif len(rest) <= ROW_LIMIT:
            rest += block
    if rest:
        yield rest + b"\n"


def read_block(block: bytes, columns: Columns) -> Chunk:
    """The rows of a block of whole lines."""
    if ordinary(block, columns.delimiter) and (table := _whole(block, columns)) is not None:
        return Chunk(table, partial(_split, block))
    kept, rows, wrong = [], [], []
    for line in _split(block):
        if line.strip():
            fields = parsed(line, columns)
            if isinstance(fields, Reason):
                wrong.append(rejected(fields, line))
            else:
                kept.append(line)
                rows.append(fields)
    return Chunk(_table(rows, columns), lambda: kept, tuple(wrong))


def ordinary(block: bytes, delimiter: str) -> bool:
    """Whether a block holds nothing but text in lines of some length, as nearly every block does."""
    if b"\0" in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
        return False
    if any(block.find(b"\n", at, at + WINDOW) < 0 for at in range(0, len(block) - WINDOW, WINDOW)):
        return False
    if b'"' in block and re.search(_INSIDE % {b"delimiter": re.escape(delimiter.encode())}, block):
        return False
    try:
        return block.isascii() or bool(block.decode())
    except UnicodeDecodeError:
        return False


def parsed(line: bytes, columns: Columns) -> list[str] | Reason:
    """One line's fields, or why it has none."""
    if len(line) > ROW_LIMIT:
        return Reason.TOO_LONG
    try:
        text = line.removesuffix(b"\r").decode()
    except UnicodeDecodeError:
        return Reason.NOT_TEXT
    if "\0" in text or "\r" in text:
        return Reason.NOT_TEXT
    try:
        fields = next(csv.reader([text], delimiter=columns.delimiter, strict=True))
    except csv.Error:
        return Reason.BAD_ROW
    return fields if len(fields) == columns.count else Reason.BAD_ROW


def _whole(block: bytes, columns: Columns) -> pa.Table | None:
    """The block as Arrow reads it, `None` where it does not find one row of the right length in every line."""
    names = [str(at) for at in range(columns.count)]
    wanted = [str(at) for at in columns.at.values()]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(block),
            read_options=pa.csv.ReadOptions(column_names=names, block_size=len(block) + 1, use_threads=False),
            parse_options=pa.csv.ParseOptions(delimiter=columns.delimiter, ignore_empty_lines=False),
            convert_options=pa.csv.ConvertOptions(
                column_types=dict.fromkeys(wanted, pa.string()),
                include_columns=list(dict.fromkeys(wanted)),
                strings_can_be_null=False,
                check_utf8=False,
            ),
        )
    except pa.ArrowInvalid:
        return None
    if table.num_rows != block.count(b"\n"):
        return None
    return pa.table({name: table.column(str(at)) for name, at in columns.at.items()})


def _table(rows: Sequence[Sequence[str]], columns: Columns) -> pa.Table:
    return pa.table({name: pa.array([row[at] for row in rows], pa.string()) for name, at in columns.at.items()})


def _split(block: bytes) -> list[bytes]:
    lines = block.split(b"\n")
    lines.pop()
    return lines


def _header(start: bytes) -> bytes:
    line, _, _ = start.removeprefix(MARK).partition(b"\n")
    return line.removesuffix(b"\r")


def _columns(header: bytes, layout: EventFiles) -> Columns:
    try:
        names = next(csv.reader([header.decode()], delimiter=layout.delimiter, strict=True), [])
    except (UnicodeDecodeError, csv.Error):
        names = []
    names = [name.strip() for name in names]
    if not any(names):
        raise Unreadable(
            say("a file of {files} does not start with column names; export it as UTF-8 text", files=layout.files)
        )
    for column in layout.columns.values():
        if names.count(column) != 1:
            raise BadMapping(
                say(
                    "a file of {files} does not have the column {column} exactly once; correct the mapping",
                    files=layout.files,
                    column=column,
                )
            )
    return Columns(len(names), {ours: names.index(theirs) for ours, theirs in layout.columns.items()}, layout.delimiter)
