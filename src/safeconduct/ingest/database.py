"""A database opened for reading: what every driver must bring."""

import hashlib
import hmac
import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import partial

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.adapter import Chunk
from safeconduct.ingest.arrow_text import Flags
from safeconduct.ingest.composed import composed
from safeconduct.ingest.moments import Moments, Told
from safeconduct.ingest.reasons import Reason
from safeconduct.ingest.statements import Statement, Statements
from safeconduct.model.event_files import EPOCHS, EventFiles

ROWS = 16_384
BITS = 256


@dataclass(frozen=True, repr=False)
class Rows:
    """Some rows as texts by the table's own column names; its `repr` shows nothing.

    Attributes:
        table: One text column a source column; times of a type for times are whole seconds since 1970.
        wrong: Rows that have no exact text, by reason.
    """

    table: pa.Table
    wrong: Mapping[Reason, Flags] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Rows()"


class Database(ABC):
    """Reads; a statement reaches it only from `statements`. No error quotes the driver.

    Attributes:
        statements: How it wants statements written.
        streams: Whether it hands rows over as they are found; where it may hold a whole result, days are asked for
            by the hour.
    """

    statements: Statements
    streams: bool

    @abstractmethod
    def begin(self) -> None:
        """Look at the database as it is now, until the next `begin`, as far as it can.

        Raises:
            Unreadable: It does not answer.
        """

    @abstractmethod
    def one(self, layout: EventFiles, statement: Statement) -> tuple[object, ...]:
        """The only row of an answer.

        Raises:
            Unreadable: It does not answer, or not in time.
            BadMapping: A declared table or column is not there, or may not be read.
        """

    @abstractmethod
    def rows(self, layout: EventFiles, statement: Statement) -> Iterator[Rows]:
        """The rows of an answer, some thousand at a time.

        Raises:
            Unreadable: It does not answer, or not in time.
            BadMapping: A declared table or column is not there, or may not be read.
        """

    @abstractmethod
    def close(self) -> None:
        """Let go of it."""


class ContentDigest:
    """A digest of rows that does not depend on their order, since a table has none.

    The sum of the rows' HMAC-SHA256, as whole numbers of 256 bits, with their number and what they are of. It is keyed:
    who sees it cannot try out which rows a day may have held.

    Args:
        key: 32 bytes.
        about: What the rows are of.
    """

    def __init__(self, key: bytes, about: str) -> None:
        self._key, self._about = key, about
        self._sum = self._count = 0

    def add(self, table: pa.Table) -> None:
        """Take in some rows, a text a column."""
        if not table.num_rows:
            return
        texts = [table.column(name).combine_chunks() for name in table.column_names]
        parts = [part for text in texts for part in (pc.binary_length(text).cast(pa.string()), text)]
        joined = pc.binary_join_element_wise(*parts, ":").to_pylist()
        one, total = hmac.new(self._key, digestmod=hashlib.sha256), 0
        for row in joined:
            own = one.copy()
            own.update(row.encode())
            total += int.from_bytes(own.digest())
        self._sum = (self._sum + total) % (1 << BITS)
        self._count += len(joined)

    def hexdigest(self) -> str:
        """Sixty-four hexadecimal digits."""
        told = f"{self._about}:{self._count}:{self._sum:x}".encode()
        return hmac.digest(self._key, told, "sha256").hex()


def chunk_of(rows: Rows, layout: EventFiles, moments: Moments) -> Chunk:
    """Rows by our fields."""
    native = moments.told in {Told.ZONED, Told.PLAIN}
    raw = Chunk(
        rows.table,
        partial(_as_json, rows.table),
        time_format=EPOCHS[0] if native else "",
        moments=moments.told is Told.ZONED,
    )
    return composed(raw, layout, rows.wrong)


def _as_json(table: pa.Table) -> list[bytes]:
    return [json.dumps(row, ensure_ascii=False).encode() for row in table.to_pylist()]
