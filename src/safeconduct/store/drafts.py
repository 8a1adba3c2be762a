"""Tables nobody may have yet: treated microdata, encrypted, until the release check has decided.

Only the release check opens them. A draft is one Parquet file inside a chest; it is written as a stream, so that no
plain file ever exists. Its digest covers the values in the order of their rows and nothing of how they were cut.
"""

import hashlib
import re
import secrets
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from safeconduct.keys.provider import KeyProvider
from safeconduct.model.editions import Content
from safeconduct.model.errors import BadInput, NotFound, SafeconductError
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.store.chests import Chests
from safeconduct.store.chunks import spoilt

PURPOSE = "drafts"
BLOCK_ROWS = 65_536
MOST_CELLS = 1 << 23
HANDLE = re.compile(r"[0-9a-f]{32}")
LENGTH_BYTES = 8


class Drafts:
    """The drafts of a site.

    Args:
        folder: Where they are; made where it is not there.
        keys: What wraps their keys.
    """

    def __init__(self, *, folder: Path, keys: KeyProvider) -> None:
        self._chests = Chests(folder=folder, keys=keys, purpose=PURPOSE)

    def __repr__(self) -> str:
        """Nothing but what they are."""
        return "Drafts()"

    def keep(self, table: Table) -> Content:
        """Keep a table durably under a new handle.

        Kinds of number are brought to one form: whole numbers to int64, others to float64, texts to string.

        Raises:
            BadInput: A column is not of a kind that microdata has; the message names it.
            StoreFull: The disk is full; nothing is left.
        """
        arrow = in_one_form(table.arrow)
        handle = secrets.token_hex(16)
        with self._chests.create(handle) as chest:
            with pq.ParquetWriter(chest, arrow.schema, compression="zstd", store_schema=True) as writer:
                writer.write_table(
                    arrow, row_group_size=max(1, min(BLOCK_ROWS, MOST_CELLS // (arrow.num_columns or 1)))
                )
            chest.finish()
        return Content(draft=handle, digest=digest_of_table(arrow))

    def open(self, content: Content, *, columns: Sequence[str] | None = None) -> Table:
        """The table that was kept.

        Args:
            content: What `keep` gave.
            columns: These columns only, in this order; then the digest is not looked at, only that the file is ours.

        Raises:
            NotFound: It was deleted.
            BadInput: There is no such column.
            Tampered: It is not what `content` says.
        """
        arrow = self._read(content.draft, columns)
        if columns is None and digest_of_table(arrow) != content.digest:
            raise spoilt()
        return Table(arrow)

    def exists(self, content: Content) -> bool:
        """Whether it is still there."""
        return self._chests.exists(content.draft)

    def delete(self, content: Content) -> None:
        """Destroy a draft: its key first. Nothing happens where there is none."""
        self._chests.delete(content.draft)

    def names(self) -> tuple[str, ...]:
        """Handles of all there are, for finding those nothing refers to."""
        return self._chests.names()

    def sweep(self) -> int:
        """Remove what a crash left half written; call it when no draft is being made. Says how many files went."""
        return self._chests.sweep()

    def _read(self, draft: str, columns: Sequence[str] | None) -> pa.Table:
        if not HANDLE.fullmatch(draft):
            raise NotFound(say("There is no such file waiting for release."))
        with self._chests.open(draft) as file:
            try:
                opened = pq.ParquetFile(file)
                if missing := sorted(set(columns or ()) - set(opened.schema_arrow.names)):
                    raise BadInput(say("There is no column {name} in this file.", name=missing[0]), field=missing[0])
                arrow = opened.read(columns=None if columns is None else list(columns))
            except SafeconductError:
                raise
            except (pa.ArrowException, OSError):
                raise spoilt() from None
        return arrow if columns is None else arrow.select(list(columns))


def in_one_form(arrow: pa.Table) -> pa.Table:
    """The same values in the six kinds that microdata have, whatever widths and encodings they came in.

    Raises:
        BadInput: A column is of another kind; the message names it.
    """
    fields, columns = [], []
    for name, column in zip(arrow.column_names, arrow.columns, strict=True):
        kind = _kind(column.type, name)
        fields.append(pa.field(name, kind))
        try:
            columns.append(column if column.type == kind else column.cast(kind))
        except pa.ArrowException:
            raise BadInput(say("The values of column {name} cannot be kept as they are.", name=name)) from None
    return pa.table(columns, schema=pa.schema(fields))


def digest_of_table(arrow: pa.Table) -> str:
    """SHA-256 of a table's columns, values and order of rows; how it is cut into chunks makes no difference.

    Args:
        arrow: In the form of `in_one_form`.

    Example:
        >>> whole = pa.table({"age": pa.array([1, None, 3])})
        >>> digest_of_table(whole) == digest_of_table(pa.concat_tables([whole.slice(0, 1), whole.slice(1)]))
        True
    """
    made = hashlib.sha256(arrow.num_rows.to_bytes(LENGTH_BYTES, "big"))
    for name, column in zip(arrow.column_names, arrow.columns, strict=True):
        title = f"{name}\0{column.type}".encode()
        made.update(len(title).to_bytes(LENGTH_BYTES, "big") + title)
        for start in range(0, len(column), BLOCK_ROWS):
            for piece in _plain_bytes(pa.concat_arrays(column.slice(start, BLOCK_ROWS).chunks)):
                made.update(piece)
    return made.hexdigest()


def _plain_bytes(array: pa.Array) -> Iterator[bytes | memoryview]:
    """What of a block is hashed: which values are known, how long texts are, and the values, unknown ones as zero."""
    yield np.packbits(pc.is_valid(array).to_numpy(zero_copy_only=False)).tobytes()
    if pa.types.is_string(array.type):
        known = array.fill_null("")
        offsets = np.frombuffer(known.buffers()[1], np.int32)[known.offset :][: len(known) + 1]
        yield np.diff(offsets).tobytes()
        yield memoryview(known.buffers()[2] or b"")[offsets[0] : offsets[-1]]
    else:
        width = {1: pa.uint8(), 32: pa.int32(), 64: pa.int64()}[array.type.bit_width]
        numbers = array if pa.types.is_floating(array.type) else array.cast(width)
        yield numbers.fill_null(0).to_numpy(zero_copy_only=False).tobytes()


def _kind(kind: pa.DataType, name: str) -> pa.DataType:
    types = pa.types
    if types.is_dictionary(kind):
        return _kind(kind.value_type, name)
    for fits, wanted in (
        (types.is_integer, pa.int64()), (types.is_floating, pa.float64()), (types.is_boolean, pa.bool_()),
        (types.is_date, pa.date32()), (types.is_string, pa.string()), (types.is_large_string, pa.string()),
        (types.is_string_view, pa.string()), (types.is_null, pa.string()),
    ):  # fmt: skip
        if fits(kind):
            return wanted
    if types.is_timestamp(kind) and kind.tz is None:
        return pa.timestamp("us")
    raise BadInput(say("Column {name} is of a kind that microdata do not have.", name=name), field=name)
