"""A sealed file that grows at its end, and is as long as it says whatever breaks off in between.

Full chunks rest in `whole`, one after the other; the bytes of the last, unfinished chunk rest in `tail`, which is made
anew each time and names the chunk it would become: a tail that is older than `whole` is nothing. The length is read off
these two files, so that there is no count that could disagree with them.
"""

import io
import os
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Self, cast

from safeconduct.keys.sealing import Sealer
from safeconduct.model.errors import BrokenPromise, StoreFull, Tampered
from safeconduct.model.text import say
from safeconduct.store.chunks import CHUNK, OVERHEAD, ChunkReader, all_written, bound_to, read_at
from safeconduct.store.files import FULL, from_os, write

WHOLE, TAIL = "whole", "tail"
NUMBER_BYTES = 8


@dataclass(frozen=True, repr=False)
class Grown:
    """How far a file has grown.

    Attributes:
        whole: Full chunks.
        tail: What follows them; less than a chunk.
    """

    whole: int
    tail: bytes

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Grown()"


@dataclass(frozen=True, kw_only=True, repr=False)
class Growing:
    """A file that grows, in a folder of its own.

    Attributes:
        folder: Where its two files are.
        sealer: What encrypts and opens.
        about: What its chunks are bound to.
        chunk: Bytes of plain content in a full chunk.
    """

    folder: Path
    sealer: Sealer
    about: str
    chunk: int = CHUNK

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Growing()"

    @property
    def size(self) -> int:
        """Bytes that are durably here.

        Raises:
            Tampered: The tail was changed.
        """
        grown = self.grown()
        return grown.whole * self.chunk + len(grown.tail)

    def grown(self) -> Grown:
        """What is durably here. Of the last full chunk a crash may have left anything: one that does not open is not.

        Raises:
            Tampered: The tail was changed.
        """
        whole = self._whole()
        try:
            content = (self.folder / TAIL).read_bytes()
        except FileNotFoundError:
            content = b""
        except OSError as error:
            raise kept(error) from None
        number, sealed = content[:NUMBER_BYTES], content[NUMBER_BYTES:]
        if not content or int.from_bytes(number, "big") != whole:
            return Grown(whole, b"")
        return Grown(whole, self._open(sealed, whole, last=True))

    def adding(self) -> "Adding":
        """What takes in more; one at a time, the caller sees to that."""
        return Adding(self)

    def reader(self, size: int) -> BinaryIO:
        """Its content, to be read from any place.

        Args:
            size: Bytes it must have.

        Raises:
            Tampered: It has another length, or was changed. Reading raises this too.
        """
        grown = self.grown()
        if grown.whole * self.chunk + len(grown.tail) != size:
            raise changed()
        file = io.FileIO(self.folder / WHOLE) if grown.whole else None

        def fetch(number: int) -> bytes:
            return grown.tail if file is None or number == grown.whole else self._chunk(file, number)

        def close() -> None:
            if file is not None:
                file.close()

        reader = ChunkReader(size=size, chunk=self.chunk, fetch=fetch, on_close=close)
        return cast("BinaryIO", reader)  # it has all that reading needs, and typing knows no base class for that

    def seal(self, content: bytes, number: int, *, last: bool) -> bytes:
        """A chunk as it rests."""
        return self.sealer.seal(content, about=bound_to(self.about, number, last=last))

    def _whole(self) -> int:
        try:
            with io.FileIO(self.folder / WHOLE) as file:
                whole = os.fstat(file.fileno()).st_size // (self.chunk + OVERHEAD)
                return whole if not whole or self._opens(file, whole - 1) else whole - 1
        except FileNotFoundError:
            return 0
        except OSError as error:
            raise kept(error) from None

    def _opens(self, file: io.FileIO, number: int) -> bool:
        try:
            self._chunk(file, number)
        except Tampered:
            return False
        return True

    def _chunk(self, file: io.FileIO, number: int) -> bytes:
        sealed = read_at(file, self.chunk + OVERHEAD, number * (self.chunk + OVERHEAD))
        return self._open(sealed, number, last=False)

    def _open(self, sealed: bytes, number: int, *, last: bool) -> bytes:
        try:
            return self.sealer.open(sealed, about=bound_to(self.about, number, last=last))
        except Tampered:
            raise changed() from None


class Adding:
    """Bytes being added to a growing file. Leaving makes the rest durable, also when the sender broke off.

    Args:
        growing: The file.
    """

    def __init__(self, growing: Growing) -> None:
        grown = growing.grown()
        self._growing, self._whole = growing, grown.whole
        self._tail, self._durable = bytearray(grown.tail), len(grown.tail)
        self._file: io.FileIO | None = None
        self._failed = False

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Adding()"

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._file is not None:
            self._file.close()
        if self._failed or len(self._tail) == self._durable:
            return
        sealed = self._growing.seal(bytes(self._tail), self._whole, last=True)
        try:
            write(self._growing.folder / TAIL, self._whole.to_bytes(NUMBER_BYTES, "big") + sealed)
        except StoreFull:
            raise full() from None

    @property
    def size(self) -> int:
        """Bytes taken in, those that are not durable yet among them."""
        return self._whole * self._growing.chunk + len(self._tail)

    def add(self, piece: bytes) -> None:
        """Take in some bytes; every chunk that became full is durable when this returns.

        Raises:
            StoreFull: The disk is full; what is durable stays.
            BrokenPromise: The operating system refused.
        """
        view = memoryview(piece)
        while view:
            taken = min(len(view), self._growing.chunk - len(self._tail))
            self._tail += view[:taken]
            view = view[taken:]
            if len(self._tail) == self._growing.chunk:
                self._keep()

    def _keep(self) -> None:
        sealed = self._growing.seal(bytes(self._tail), self._whole, last=False)
        at = self._whole * len(sealed)
        try:
            file = self._opened()
            file.truncate(at)  # what a crash left half written
            file.seek(at)
            all_written(file, sealed)
            os.fsync(file.fileno())
        except OSError as error:
            self._failed = True
            raise kept(error) from None
        self._whole += 1
        self._tail.clear()
        self._durable = 0

    def _opened(self) -> io.FileIO:
        if self._file is None:
            handle = os.open(self._growing.folder / WHOLE, os.O_RDWR | os.O_CREAT, 0o600)
            self._file = io.FileIO(handle, "r+b")
        return self._file


def kept(error: OSError) -> BrokenPromise:
    """What the operating system said, in words of ours; nothing that was here is undone."""
    return full() if error.errno in FULL else from_os(error)


def full() -> StoreFull:
    """What is said when the disk is full."""
    return StoreFull(say("The disk is full; what arrived before is kept. Free some space and go on with the upload."))


def changed() -> Tampered:
    """What is said of arrivals that are not what arrived."""
    return Tampered(say("What was sent is not what is here any more; begin a new upload."))
