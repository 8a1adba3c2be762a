"""Lines of fixed width: every column stands where the mapping says, in characters."""

from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.adapter import Adapter, Chunk, adapter, opened, rejected
from safeconduct.ingest.composed import composed
from safeconduct.ingest.lines import as_stood, blocks_of, split, text_of
from safeconduct.ingest.reasons import Reason
from safeconduct.model.errors import BadMapping
from safeconduct.model.event_files import EventFiles
from safeconduct.model.text import say


@adapter
class FixedWidthFile(Adapter):
    """Columns at declared positions, with spaces around the values; there is no line of names.

    A line that ends before its last declared column does is rejected, since a number that was cut is another number;
    where an export drops spaces at the end of lines, the mapping says `short_lines`.
    """

    name: ClassVar[str] = "fixed_width"
    suffix: ClassVar[str] = ""

    @classmethod
    def check(cls, layout: EventFiles) -> None:
        """Every column that is read has a position, and nothing is said about delimiters."""
        for column in layout.sources:
            if column not in layout.dialect.positions:
                raise BadMapping(say("positions do not say where {column} stands", column=column), field="positions")
        if layout.delimiter != "," or layout.dialect.quote != '"' or layout.dialect.column_count:
            raise BadMapping(
                say("delimiter, quote and column_count do not go with lines of fixed width"), field="delimiter"
            )

    def chunks(self, path: Path, layout: EventFiles) -> Iterator[Chunk]:
        """Blocks of some megabytes."""
        with opened(path, layout.files) as stream:
            for block in blocks_of(stream, layout):
                yield composed(_read(block, layout), layout)


def _read(block: bytes, layout: EventFiles) -> Chunk:
    kept, texts, wrong = [], [], []
    spans = layout.dialect.positions
    width = 0 if layout.dialect.short_lines else max(spans[name].end for name in layout.sources)
    for line in split(block):
        if line.strip():
            text = _text(line, width)
            if isinstance(text, Reason):
                wrong.append(rejected(text, as_stood(line, layout.dialect)))
            else:
                kept.append(line)
                texts.append(text)
    lines = pa.array(texts, pa.string())
    columns = {name: pc.utf8_slice_codeunits(lines, spans[name].start - 1, spans[name].end) for name in layout.sources}
    trimmed = {name: pa.chunked_array([pc.utf8_trim(column, " \t")]) for name, column in columns.items()}
    return Chunk(pa.table(trimmed), lambda: [as_stood(line, layout.dialect) for line in kept], tuple(wrong))


def _text(line: bytes, width: int) -> str | Reason:
    text = text_of(line)
    return Reason.BAD_ROW if not isinstance(text, Reason) and len(text) < width else text
