"""CSV, plain or compressed, in whatever dialect the mapping declares.

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

import numpy as np
import pyarrow as pa
import pyarrow.csv

from safeconduct.ingest.adapter import Adapter, Chunk, adapter, check_once, opened, rejected
from safeconduct.ingest.composed import composed
from safeconduct.ingest.lines import as_stood, blocks_of, split, text_of
from safeconduct.ingest.reasons import Reason
from safeconduct.model.dialect import Dialect
from safeconduct.model.errors import BadMapping, Unreadable
from safeconduct.model.event_files import EventFiles
from safeconduct.model.text import say
from safeconduct.store.intake import ROW_LIMIT

_EMPTY = re.compile(rb"(?m)^\r?\n")
WINDOW = ROW_LIMIT // 2


@dataclass(frozen=True)
class Columns:
    """Where the columns that are read stand in a file.

    Attributes:
        count: How many columns a line has.
        at: Position by the file's name for it.
        delimiter: One character between columns.
        dialect: The rest of how it is written.
    """

    count: int
    at: dict[str, int]
    delimiter: str
    dialect: Dialect


@adapter
class CsvFile(Adapter):
    """Comma-separated values, or whatever the mapping's delimiter, quote and encoding are."""

    name: ClassVar[str] = "csv"
    suffix: ClassVar[str] = ".csv"

    @classmethod
    def check(cls, layout: EventFiles) -> None:
        """Positions are for lines of fixed width."""
        if layout.dialect.positions or layout.dialect.short_lines:
            raise BadMapping(say("positions and short_lines need format = 'fixed_width'"), field="positions")

    def chunks(self, path: Path, layout: EventFiles) -> Iterator[Chunk]:
        """Blocks of some megabytes."""
        columns = None if layout.dialect.header else _numbered(layout)
        with opened(path, layout.files) as stream:
            for block in blocks_of(stream, layout):
                if columns is None:
                    columns = _columns(_header(block), layout)
                    rows = block[block.index(b"\n") + 1 :]
                else:
                    rows = block
                yield composed(read_block(rows, columns), layout)
        if columns is None:
            _columns(b"", layout)


def read_block(block: bytes, columns: Columns) -> Chunk:
    """The rows of a block of whole lines, by the file's own column names."""
    if columns.count > 1 and ordinary(block, columns):
        for whole in _blocks(block):
            if (table := _whole(whole, columns)) is not None:
                return Chunk(table, partial(_stood, whole, columns))
    kept, rows, wrong = [], [], []
    for line in split(block):
        if not _blank(line, columns):
            fields = parsed(line, columns)
            if isinstance(fields, Reason):
                wrong.append(rejected(fields, as_stood(line, columns.dialect)))
            else:
                kept.append(as_stood(line, columns.dialect))
                rows.append(fields)
    return Chunk(_table(rows, columns), lambda: kept, tuple(wrong))


def _blocks(block: bytes) -> Iterator[bytes]:
    """The block as it is, and where that does not do, without empty lines, which Arrow passes over."""
    yield block
    if len(left := _EMPTY.sub(b"", block)) < len(block):
        yield left


def ordinary(block: bytes, columns: Columns) -> bool:
    """Whether a block holds nothing but text in lines of some length, as nearly every block does."""
    if b"\0" in block or (b"\r" in block and block.count(b"\r") != block.count(b"\r\n")):
        return False
    if any(block.find(b"\n", at, at + WINDOW) < 0 for at in range(0, len(block) - WINDOW, WINDOW)):
        return False
    if _quoted(block, columns) and _inside(block, columns):
        return False
    try:
        return block.isascii() or bool(block.decode())
    except UnicodeDecodeError:
        return False


def _quoted(block: bytes, columns: Columns) -> bool:
    return bool(columns.dialect.quote) and columns.dialect.quote.encode() in block


def _inside(block: bytes, columns: Columns) -> bool:
    """Whether a quote neither opens nor closes a field."""
    letters = np.frombuffer(block, np.uint8)
    at = np.flatnonzero(letters == ord(columns.dialect.quote))
    at = at[(at > 0) & (at < len(letters) - 1)]
    opens = np.isin(letters[at - 1], np.frombuffer(columns.delimiter.encode() + b"\n", np.uint8))
    closes = np.isin(letters[at + 1], np.frombuffer(columns.delimiter.encode() + b"\r\n", np.uint8))
    return not bool((opens | closes).all())


def parsed(line: bytes, columns: Columns) -> list[str] | Reason:
    """One line's fields, or why it has none."""
    text = text_of(line)
    if isinstance(text, Reason):
        return text
    try:
        fields = _fields(text, columns.delimiter, columns.dialect.quote)
    except csv.Error:
        return Reason.BAD_ROW
    return fields if len(fields) == columns.count else Reason.BAD_ROW


def _fields(text: str, delimiter: str, quote: str) -> list[str]:
    if not quote:
        return text.split(delimiter)
    return next(csv.reader([text], delimiter=delimiter, quotechar=quote, strict=True), [])


def _whole(block: bytes, columns: Columns) -> pa.Table | None:
    """The block as Arrow reads it, `None` where it does not find one row of the right length in every line."""
    names = [str(at) for at in range(columns.count)]
    wanted = [str(at) for at in columns.at.values()]
    try:
        table = pa.csv.read_csv(
            pa.BufferReader(block),
            read_options=pa.csv.ReadOptions(column_names=names, block_size=len(block) + 1, use_threads=False),
            parse_options=pa.csv.ParseOptions(
                delimiter=columns.delimiter, quote_char=columns.dialect.quote if _quoted(block, columns) else False
            ),
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


def _stood(block: bytes, columns: Columns) -> list[bytes]:
    return [as_stood(line, columns.dialect) for line in split(block)]


def _blank(line: bytes, columns: Columns) -> bool:
    """Whether nothing is in a line; one of delimiters that look like nothing is a row of empty fields."""
    return not line.strip() and columns.delimiter.encode() not in line


def _header(start: bytes) -> bytes:
    line, _, _ = start.partition(b"\n")
    return line.removesuffix(b"\r")


def _numbered(layout: EventFiles) -> Columns:
    at = {name: int(name) - 1 for name in layout.sources_read}
    return Columns(layout.dialect.column_count, at, layout.delimiter, layout.dialect)


def _columns(header: bytes, layout: EventFiles) -> Columns:
    try:
        names = _fields(header.decode(), layout.delimiter, layout.dialect.quote)
    except (UnicodeDecodeError, csv.Error):
        names = []
    names = [name.strip() for name in names]
    if not any(names):
        raise Unreadable(
            say(
                "a file of {files} does not start with column names in UTF-8; say its encoding in the mapping, such as "
                "encoding = 'latin-1', or header = false where it has no names",
                files=layout.files,
            )
        )
    check_once(names, layout)
    at = {name: names.index(name) for name in layout.sources_read}
    return Columns(len(names), at, layout.delimiter, layout.dialect)
