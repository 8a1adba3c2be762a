"""CSV: text that every program reads."""

from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc
from pyarrow.csv import CSVWriter, WriteOptions

from safeconduct.model.text import Text
from safeconduct.release.file_format import (
    Export,
    FileFormat,
    Sink,
    codes_of,
    column_of,
    file_format,
    pieces,
    text_of,
)

OPTIONS = WriteOptions(quoting_style="needed")
FORMULA = r"^[=+\-@\t\r]"


@file_format
class Csv(FileFormat):
    """UTF-8 without a byte order mark, a header, a comma between cells.

    A missing cell is empty; an empty text is `""`. A user-missing code stands as it is, so that a column of numbers
    may hold letters: the set-up scripts take them apart again. A text that a spreadsheet could run, one that starts
    with `=`, `+`, `-`, `@`, a tab or a carriage return, has an apostrophe in front; the scripts take it away. Numbers
    are never changed.
    """

    name: ClassVar[str] = "csv"
    title: ClassVar[Text] = Text("CSV")
    says: ClassVar[Text] = Text("Plain text for every program; the labels stand in the codebook and the scripts.")
    suffix: ClassVar[str] = "csv"
    media: ClassVar[str] = "text/csv"

    def write(self, export: Export, out: Sink) -> tuple[Text, ...]:
        """Write the table as text."""
        schema = pa.schema([(_safe(name), _type(export, name)) for name in export.file.names])
        made = _Made(out)
        with CSVWriter(pa.PythonFile(made, mode="w"), schema, write_options=OPTIONS) as writer:
            for piece in pieces(export):
                columns = zip(export.file.names, schema.types, strict=True)
                writer.write(pa.table([_column(piece, name, kind) for name, kind in columns], schema=schema))
        return ()


class _Made:
    """A sink in the shape Arrow writes to."""

    closed = False

    def __init__(self, out: Sink) -> None:
        self._out = out

    def write(self, data: bytes, /) -> int:
        self._out.write(bytes(data))
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The sink is its owner's."""


def _type(export: Export, name: str) -> pa.DataType:
    """Numbers stay numbers, so that they are not quoted; a column with user-missing codes is text."""
    kind = export.table.arrow.schema.field(name).type
    plain = pa.types.is_integer(kind) or pa.types.is_floating(kind)
    return kind if plain and codes_of(export.table, name) is None else pa.string()


def _column(export: Export, name: str, kind: pa.DataType) -> pa.Array:
    values = column_of(export.table, name)
    if kind != pa.string():
        return values
    text = text_of(values)
    if pa.types.is_string(values.type) or pa.types.is_large_string(values.type):
        text = pc.if_else(pc.match_substring_regex(text, FORMULA), pc.binary_join_element_wise("'", text, ""), text)
    codes = codes_of(export.table, name)
    return text if codes is None else pc.coalesce(text, codes)


def _safe(name: str) -> str:
    return f"'{name}" if name.startswith(("=", "+", "-", "@", "\t", "\r")) else name
