"""What a file format must bring: rows as text by our field names, and the rows it cannot read apart."""

import hashlib
import os
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

import pyarrow as pa

from safeconduct.ingest.reasons import Reason
from safeconduct.model.errors import BadMapping, Unreadable
from safeconduct.model.event_files import EventFiles
from safeconduct.model.near import none_of
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.text import say
from safeconduct.store.intake import Rejected

BLOCK = 8 << 20
COMPRESSED: Mapping[str, str] = {".gz": "gzip", ".zst": "zstd"}


@dataclass(frozen=True, repr=False)
class Chunk:
    """Some rows of a file; its `repr` shows nothing.

    Attributes:
        table: One text column a declared field, no value unknown; an empty text is an empty column.
        lines: Gives the row of the file behind each row of the table, in the same order; asked for only when a row
            does not fit.
        rejected: Rows that could not be split into columns.
        time_format: What the time column is written in, where the file itself says so; otherwise as the mapping has it.
        moments: Whether the file itself says that its times are moments, not the clock on some wall.
    """

    table: pa.Table
    lines: Callable[[], list[bytes]]
    rejected: tuple[Rejected, ...] = field(default=())
    time_format: str = ""
    moments: bool = False

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Chunk()"


class Adapter(Plugin, ABC):
    """Reads one file format, compressed or not, in bounded memory.

    Attributes:
        suffix: What a file of the format ends in, before a compression's suffix; `""` for any.
    """

    suffix: ClassVar[str]

    @classmethod
    def check(cls, layout: EventFiles) -> None:
        """Refuse a layout that contradicts the format.

        Raises:
            BadMapping: A key does not go with the format, or one is missing; the message names it.
        """

    @abstractmethod
    def chunks(self, path: Path, layout: EventFiles) -> Iterator[Chunk]:
        """The file's rows, a chunk at a time.

        Raises:
            Unreadable: It cannot be read to its end.
            BadMapping: A declared column is not there.
        """


adapter: Registry[Adapter] = Registry("file format", "safeconduct.ingest.adapters")


def adapter_for(path: Path, named: str = "") -> Adapter:
    """The adapter for a file: the one named, or else by the end of its name; files of unknown ends are taken for CSV.

    Raises:
        BadMapping: No file format has that name.
    """
    if named:
        if named not in adapter:
            raise BadMapping(none_of("format", named, list(adapter)), field="format")
        return adapter[named]()
    name = path.with_suffix("").name if path.suffix in COMPRESSED else path.name
    for sort in adapter.values():
        if sort.suffix and name.endswith(sort.suffix):
            return sort()
    return adapter["csv"]()


@contextmanager
def opened(path: Path, files: str) -> Iterator[pa.NativeFile]:
    """A file's content, decompressed as its name says.

    Args:
        path: The file.
        files: The mapping's pattern for it, which messages name instead.

    Raises:
        Unreadable: It cannot be opened, or its compressed content is cut or damaged.
    """
    try:
        with in_place(path) as file, pa.input_stream(file, compression=COMPRESSED.get(path.suffix)) as stream:
            yield stream
    except FileNotFoundError:
        raise Unreadable(
            say("a file of {files} went away while it was being read; run it again", files=files)
        ) from None
    except OSError:
        raise Unreadable(
            say("a file of {files} is cut or damaged, or not compressed as its name says; copy it again", files=files)
        ) from None


def in_place(path: Path) -> pa.OSFile:
    """A file as it lies there, to be read from any place; its name may be any bytes, text or not.

    Raises:
        OSError: It cannot be opened.
    """
    return pa.OSFile(os.fsencode(path))


def content_digest(path: Path, files: str) -> str:
    """SHA-256 of a file's decompressed content, after reading it to its end.

    One content has one digest, compressed or not, so that it is taken in once.

    Raises:
        Unreadable: It cannot be read to its end.
    """
    whole = hashlib.sha256()
    with opened(path, files) as stream:
        while block := stream.read(BLOCK):
            whole.update(block)
    return whole.hexdigest()


def check_once(names: Sequence[str], layout: EventFiles) -> None:
    """Hold the columns of a file to those the mapping reads.

    Raises:
        BadMapping: One is not there, or there twice; the message names it.
    """
    for column in layout.sources:
        if names.count(column) != 1:
            raise BadMapping(
                say(
                    "a file of {files} does not have the column {column} exactly once; correct the mapping",
                    files=layout.files,
                    column=column,
                )
            )


def rejected(reason: Reason, content: bytes) -> Rejected:
    """A row that could not be split into columns."""
    return Rejected(str(reason), content)
