"""Text files with a delimiter: their encoding, their delimiter, and their cells as texts, in bounded memory."""

import codecs
import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import BinaryIO

import pyarrow as pa
import pyarrow.csv

from safeconduct.ingest.survey_base import Arrived, cannot_use, damaged, told
from safeconduct.ingest.survey_cells import TextTable
from safeconduct.ingest.survey_names import called_row, column_names, table_name
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say

BLOCK = 4 << 20
DELIMITERS = ",;\t|"
LOOKED_AT = 50  # rows, to find the delimiter
_SAMPLE = 1 << 12


@dataclass(frozen=True, kw_only=True)
class Layout:
    """How a text file is written.

    Attributes:
        encoding: A codec of Python's.
        delimiter: One character.
        names: What its header says.
        header: The same as it stands there.
        rows: Whether anything follows the header.
        notes: What was guessed.
    """

    encoding: str
    delimiter: str
    names: tuple[str, ...]
    header: tuple[str, ...]
    rows: bool
    notes: tuple[Text, ...] = ()


@dataclass(kw_only=True)
class _Bytes:
    """What one look at all bytes tells."""

    encoding: str
    decoder: codecs.IncrementalDecoder = field(init=False)
    lines: int = 0
    quotes: int = 0
    zeros: bool = False
    wrong: int = 0

    def __post_init__(self) -> None:
        self.decoder = codecs.getincrementaldecoder(self.encoding)()

    def see(self, block: bytes, *, last: bool) -> bool:
        """Whether it is text so far."""
        try:
            text = self.decoder.decode(block, final=last)
        except UnicodeDecodeError as found:
            self.wrong = self.lines + 1 + block[: found.start].count(b"\n")
            return False
        self.lines += text.count("\n")
        self.quotes += text.count('"')
        self.zeros = self.zeros or "\0" in text
        return True


def delimited(arrived: Arrived, layout: Layout) -> TextTable:
    """A text file as a table of texts.

    Raises:
        BadInput: While rows are read: one has too few or too many cells; the message names the row, never a cell.
    """
    return TextTable(name=table_name(arrived.stem), columns=layout.names, batches=partial(_batches, arrived, layout))


def encoding_of(arrived: Arrived, hints: Mapping[str, str]) -> tuple[str, tuple[Text, ...]]:
    """The encoding of a text file, after one look at all its bytes, and a note where it was guessed.

    Raises:
        BadInput: It is not text in the encoding named, or holds zero bytes.
    """
    found, notes = _checked(arrived, hints)
    return found.encoding, notes


def layout_of(arrived: Arrived, hints: Mapping[str, str]) -> Layout:
    """How a file is written, after one look at all its bytes.

    Raises:
        BadInput: It is not text in the encoding named, holds zero bytes, a quote never closes, or its header is wrong.
    """
    with told(arrived):
        found, notes = _checked(arrived, hints)
        head, whole = _head(arrived, found.encoding)
        delimiter = _delimiter(head, hints.get("delimiter", ""), arrived)
        rows = _records(head, delimiter, whole=whole)
        if found.quotes % 2:
            _refuse_open_quote(arrived, found.encoding, delimiter)
    if not rows:
        raise cannot_use(say("{file} has no header; its first row must name the columns.", file=arrived.base), arrived)
    names = column_names(rows[0], arrived)
    return Layout(
        encoding=found.encoding,
        delimiter=delimiter,
        names=names,
        header=tuple(rows[0]),
        rows=not whole or len(rows) > 1,
        notes=(*notes, *called_row(rows[0], arrived.base)),
    )


def _checked(arrived: Arrived, hints: Mapping[str, str]) -> tuple[_Bytes, tuple[Text, ...]]:
    with told(arrived):
        found, notes = _encoding(arrived, hints.get("encoding", ""))
    if found.zeros:
        raise cannot_use(
            say("{file} holds zero bytes, so it is not a text file; export it again.", file=arrived.base), arrived
        )
    return found, notes


def _encoding(arrived: Arrived, asked: str) -> tuple[_Bytes, tuple[Text, ...]]:
    if asked:
        return _named(arrived, asked), ()
    start = arrived.head(_SAMPLE)
    if start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return _strict(arrived, "utf-16"), ()
    if wide := _wide(start):
        return _strict(arrived, wide), (_guessed(arrived, wide),)
    found = _look(arrived, "utf-8-sig")
    if not found.wrong:
        return found, ()
    for guess in ("cp1252", "latin-1"):
        again = _look(arrived, guess)
        if not again.wrong:
            return again, (_guessed(arrived, guess),)
    raise damaged(arrived)


def _named(arrived: Arrived, encoding: str) -> _Bytes:
    _refuse_codec(encoding)
    found = _look(arrived, encoding)
    if found.wrong:
        raise cannot_use(
            say(
                "{file} is not text in {encoding}: line {line} cannot be read. Name the encoding it was saved in.",
                file=arrived.base,
                encoding=encoding,
                line=found.wrong,
            ),
            arrived,
        )
    return found


def _strict(arrived: Arrived, encoding: str) -> _Bytes:
    found = _look(arrived, encoding)
    if found.wrong:
        raise cannot_use(
            say(
                "{file} begins as {encoding} and is not that to its end; export it again.",
                file=arrived.base,
                encoding=encoding,
            ),
            arrived,
        )
    return found


def _guessed(arrived: Arrived, encoding: str) -> Text:
    names = {"cp1252": "Windows-1252", "latin-1": "Latin-1", "utf-16-le": "UTF-16", "utf-16-be": "UTF-16"}
    return say(
        "{file} is not UTF-8 and was read as {encoding}. Look at letters with accents; if they are wrong, name the "
        "encoding.",
        file=arrived.base,
        encoding=names[encoding],
    )


def _refuse_codec(encoding: str) -> None:
    try:
        "".encode(encoding)
    except (LookupError, UnicodeError):
        raise BadInput(
            say("No encoding is called {encoding}; write one such as utf-8 or windows-1256.", encoding=encoding[:40]),
            field="encoding",
        ) from None


def _wide(start: bytes) -> str:
    """UTF-16 without a mark shows as zero bytes in every second place."""
    even, odd = start[0::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if half and odd > half * 0.7 and not even:
        return "utf-16-le"
    return "utf-16-be" if half and even > half * 0.7 and not odd else ""


def _look(arrived: Arrived, encoding: str) -> _Bytes:
    found = _Bytes(encoding=encoding)
    with arrived.open() as stream:
        while block := stream.read(BLOCK):
            if not found.see(block, last=False):
                return found
    found.see(b"", last=True)
    return found


def _head(arrived: Arrived, encoding: str) -> tuple[str, bool]:
    """The beginning as text, and whether it is all."""
    with arrived.open() as stream:
        block = stream.read(BLOCK)
        whole = not stream.read(1)
    text = codecs.getincrementaldecoder(encoding)().decode(block, final=whole)
    return text.removeprefix("\ufeff"), whole


def _records(head: str, delimiter: str, *, whole: bool, most: int = LOOKED_AT) -> list[list[str]]:
    """The first rows; without the last where it may go on after the head, with nothing for one too long to look at."""
    rows: list[list[str]] = []
    try:
        rows.extend(islice(csv.reader(io.StringIO(head, newline=""), delimiter=delimiter), most + 1))
    except csv.Error:
        return [*rows, []] if rows else []
    return rows if whole or len(rows) > most else rows[:-1] or rows


def _delimiter(head: str, asked: str, arrived: Arrived) -> str:
    if asked:
        asked = {"tab": "\t", "\\t": "\t"}.get(asked.lower(), asked)
        if len(asked) != 1 or len(asked.encode()) != 1 or asked in '"\r\n':
            raise BadInput(
                say("The delimiter of {file} must be one character, such as ; or tab.", file=arrived.base),
                field="delimiter",
            )
        return asked
    best, found = (0.0, 0), ""
    for one in DELIMITERS:
        widths = [len(row) for row in _records(head, one, whole=False) if row]
        if widths and widths[0] > 1 and (score := (widths.count(widths[0]) / len(widths), widths[0])) > best:
            best, found = score, one
    return found or ","


def _refuse_open_quote(arrived: Arrived, encoding: str, delimiter: str) -> None:
    """An odd number of quotes: read row by row whether the last one ever closes."""
    with arrived.open() as stream, io.TextIOWrapper(stream, encoding=encoding, newline="") as text:
        reader = csv.reader(text, delimiter=delimiter, strict=True)
        line = 0
        try:
            for _ in reader:
                line = reader.line_num
        except csv.Error:
            raise cannot_use(
                say(
                    "A quote in {file} is opened at line {line} or soon after and not closed as it should be; "
                    "close it, or write a quote inside a cell twice.",
                    file=arrived.base,
                    line=line + 1,
                ),
                arrived,
            ) from None


def _batches(arrived: Arrived, layout: Layout) -> Iterator[pa.RecordBatch]:
    if not layout.rows:
        return
    wrong: list[int] = []
    with told(arrived), arrived.open() as stream:
        try:
            for batch in _reader(stream, layout, wrong):
                if any(one != pa.string() for one in batch.schema.types):
                    raise damaged(arrived)
                yield pa.record_batch(batch.columns, names=list(layout.names))
        except pa.ArrowInvalid:
            raise _ragged(arrived, wrong) from None


def _ragged(arrived: Arrived, wrong: list[int]) -> BadInput:
    if wrong:
        return cannot_use(
            say(
                "Row {row} of {file} has more or fewer cells than the header, which is row 1; correct it.",
                file=arrived.base,
                row=wrong[0],
            ),
            arrived,
        )
    return cannot_use(
        say(
            "A row of {file} is longer than 4 MiB, or a quote is opened and not closed for as long; correct it.",
            file=arrived.base,
        ),
        arrived,
    )


def _reader(stream: BinaryIO, layout: Layout, wrong: list[int]) -> pyarrow.csv.CSVStreamingReader:
    def refuse(row: pyarrow.csv.InvalidRow) -> str:
        wrong.append(row.number or 0)
        return "error"

    return pyarrow.csv.open_csv(
        pa.PythonFile(stream, mode="r"),
        pyarrow.csv.ReadOptions(
            use_threads=False,  # rows are numbered only so
            block_size=BLOCK,
            encoding="utf8" if layout.encoding == "utf-8-sig" else layout.encoding,
        ),
        pyarrow.csv.ParseOptions(
            delimiter=layout.delimiter,
            newlines_in_values=True,
            ignore_empty_lines=len(layout.names) > 1,
            invalid_row_handler=refuse,
        ),
        pyarrow.csv.ConvertOptions(
            column_types=pa.schema([(name, pa.string()) for name in layout.header]),
            strings_can_be_null=True,
            quoted_strings_can_be_null=True,
            null_values=[""],
        ),
    )
