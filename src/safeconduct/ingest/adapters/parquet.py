"""Parquet files of events, read some thousand rows at a time."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from safeconduct.ingest.adapter import COMPRESSED, Adapter, Chunk, adapter, check_once, in_place
from safeconduct.ingest.arrow_text import Flags, as_texts, has_text, stamps_as_seconds
from safeconduct.ingest.composed import composed
from safeconduct.ingest.reasons import Reason
from safeconduct.model.dialect import Dialect, parts_of
from safeconduct.model.errors import BadMapping, Unreadable
from safeconduct.model.event_files import EPOCHS, EventFiles
from safeconduct.model.text import say

ROWS = 16_384
BUFFER = 1 << 20


@adapter
class ParquetFile(Adapter):
    """Plain columns of any type, by name; nothing else of a file is read.

    A time column of stamps needs no `time_format`. Where it has a zone it tells moments, which go with stamps in UTC.
    """

    name: ClassVar[str] = "parquet"
    suffix: ClassVar[str] = ".parquet"

    @classmethod
    def check(cls, layout: EventFiles) -> None:
        """What is said of texts does not go with Parquet, but for words that mean nothing."""
        if layout.dialect != Dialect(null_words=layout.dialect.null_words) or layout.delimiter != ",":
            raise BadMapping(
                say("a Parquet file has no lines; of the words for text files only null_words goes with it"),
                field="format",
            )

    def chunks(self, path: Path, layout: EventFiles) -> Iterator[Chunk]:
        """Some thousand rows of the declared columns."""
        if path.suffix in COMPRESSED:
            raise Unreadable(say("a file of {files} is Parquet in a second compression; unpack it", files=layout.files))
        with _told(layout), in_place(path) as source:
            file = pq.ParquetFile(source, buffer_size=BUFFER, pre_buffer=False, page_checksum_verification=True)
            _check_columns(file.schema_arrow, layout)
            batches = file.iter_batches(batch_size=ROWS, columns=list(layout.sources), use_threads=False)
            for batch in batches:
                yield _chunk(batch, layout)


@contextmanager
def _told(layout: EventFiles) -> Iterator[None]:
    """What the library says is about the file's content, and stays with it."""
    try:
        yield
    except FileNotFoundError:
        raise Unreadable(
            say("a file of {files} went away while it was being read; run it again", files=layout.files)
        ) from None
    except (pa.ArrowException, OSError, ValueError, KeyError, OverflowError):
        raise Unreadable(
            say("a file of {files} is not Parquet, is cut, damaged or encrypted; export it again", files=layout.files)
        ) from None


def _check_columns(schema: pa.Schema, layout: EventFiles) -> None:
    check_once(schema.names, layout)
    for column in layout.sources:
        if not has_text(schema.field(column).type):
            raise BadMapping(
                say(
                    "the column {column} of a file of {files} holds lists or structures; name a plain column",
                    files=layout.files,
                    column=column,
                )
            )


def _chunk(batch: pa.RecordBatch, layout: EventFiles) -> Chunk:
    columns, wrong = {}, dict[Reason, Flags]()
    stamp = _stamp(batch.schema, layout)
    for name in layout.sources:
        column = batch.column(name)
        if stamp is not None and name == stamp.name:
            columns[name] = stamps_as_seconds(column)
            continue
        texts = as_texts(column)
        columns[name] = texts.column
        for reason, flags in texts.wrong.items():
            wrong[reason] = wrong.get(reason, np.zeros(len(flags), bool)) | flags
    table = pa.table({name: pa.chunked_array([column], pa.string()) for name, column in columns.items()})
    return composed(_as_chunk(table, stamp), layout, wrong)


def _as_chunk(table: pa.Table, stamp: pa.Field | None) -> Chunk:
    zone = stamp is not None and _kind(stamp).tz is not None
    return Chunk(table, partial(_rows, table), time_format=EPOCHS[0] if stamp is not None else "", moments=zone)


def _stamp(schema: pa.Schema, layout: EventFiles) -> pa.Field | None:
    """The time column, if the file itself knows it for one."""
    parts = parts_of(layout.columns["time"])
    field = schema.field(parts[0][0]) if len(parts) == 1 else None
    return field if field is not None and pa.types.is_timestamp(_kind(field)) else None


def _kind(field: pa.Field) -> pa.DataType:
    return field.type.value_type if pa.types.is_dictionary(field.type) else field.type


def _rows(table: pa.Table) -> list[bytes]:
    """Rows as JSON of the declared columns, for quarantine."""
    return [json.dumps(row, ensure_ascii=False).encode() for row in table.to_pylist()]
