"""Plain content in sealed chunks, read from any place, and what writing and removing such files has in common."""

import io
import os
from collections import OrderedDict
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from safeconduct.keys.secret_files import sync
from safeconduct.model.errors import Tampered
from safeconduct.model.text import say
from safeconduct.store.files import from_os, private_folder

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

CHUNK = 1 << 20
OVERHEAD = 28
KEPT_CHUNKS = 8


class ChunkReader(io.BufferedIOBase):
    """A file made of chunks of plain content, read from any place.

    `read(n)` gives fewer than `n` bytes at the end only. Not for several threads at once.

    Args:
        size: Bytes altogether.
        chunk: Bytes of every chunk but the last.
        fetch: Gives a chunk by its number, from 0.
        on_close: Called once, when it is closed.
    """

    def __init__(self, *, size: int, chunk: int, fetch: Callable[[int], bytes], on_close: Callable[[], None]) -> None:
        super().__init__()
        self._size, self._chunk, self._fetch, self._on_close = size, chunk, fetch, on_close
        self._at = 0
        self._kept: OrderedDict[int, bytes] = OrderedDict()

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "ChunkReader()"

    def readable(self) -> bool:
        """Always."""
        return True

    def seekable(self) -> bool:
        """Always."""
        return True

    def tell(self) -> int:
        """Where the next byte comes from."""
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET, /) -> int:
        """Go to a place; beyond the end there is nothing to read.

        Raises:
            ValueError: It is before the beginning, as for any file object.
        """
        self._check_open()
        at = offset + {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if at < 0:
            raise ValueError("negative seek position")
        self._at = at
        return at

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes, all that are left by default.

        Raises:
            Tampered: The part they are in was changed.
        """
        self._check_open()
        left = max(0, self._size - self._at)
        wanted = left if size is None or size < 0 else min(size, left)
        pieces = list(self._pieces(wanted))
        return bytes(pieces[0]) if len(pieces) == 1 else b"".join(pieces)

    def read1(self, size: int = -1, /) -> bytes:
        """The next bytes of one chunk.

        Raises:
            Tampered: The part they are in was changed.
        """
        left = self._chunk - self._at % self._chunk
        return self.read(left if size < 0 else min(size, left))

    def readinto(self, buffer: "WriteableBuffer", /) -> int:
        """Fill a buffer with the next bytes; says how many there were.

        Raises:
            Tampered: The part they are in was changed.
        """
        self._check_open()
        view = memoryview(buffer).cast("B")
        done = 0
        for piece in self._pieces(min(len(view), max(0, self._size - self._at))):
            view[done : done + len(piece)] = piece
            done += len(piece)
        return done

    def check_end(self) -> None:
        """See that the last chunk is the last.

        Raises:
            Tampered: It is not: the file was cut or changed; it is closed then.
        """
        try:
            self._get(max(0, self._size - 1) // self._chunk)
        except BaseException:
            self.close()
            raise

    def close(self) -> None:
        """Forget what was decrypted."""
        if not self.closed:
            self._kept.clear()
            self._on_close()
        super().close()

    def _check_open(self) -> None:
        if self.closed:
            raise ValueError("I/O operation on closed file")

    def _pieces(self, wanted: int) -> Iterator[memoryview]:
        while wanted > 0:
            number, start = divmod(self._at, self._chunk)
            piece = memoryview(self._get(number))[start : start + wanted]
            if not len(piece):
                raise spoilt()
            self._at += len(piece)
            wanted -= len(piece)
            yield piece

    def _get(self, number: int) -> bytes:
        if number in self._kept:
            self._kept.move_to_end(number)
            return self._kept[number]
        chunk = self._kept[number] = self._fetch(number)
        if len(self._kept) > KEPT_CHUNKS:
            self._kept.popitem(last=False)
        return chunk


def bound_to(about: str, number: int, *, last: bool) -> str:
    """What a chunk is sealed for.

    Example:
        >>> bound_to("chest/drafts/a/00", 3, last=True)
        'chest/drafts/a/00/3/last'
    """
    return f"{about}/{number}/{'last' if last else 'more'}"


def about_chest(purpose: str, name: str, own: str, chunk: int) -> str:
    """What the key and the chunks of a chest are bound to: purpose, name, its own id as digits, size of its chunks."""
    return f"chest/{purpose}/{name}/{own}/{chunk}"


def about_upload(upload: str) -> str:
    """What the key and the chunks of an upload are bound to."""
    return f"upload/{upload}"


def spoilt() -> Tampered:
    """What is said of a stored file that is not what was written."""
    return Tampered(say("A stored file was changed, cut or swapped; restore it from the backup."))


def private(folder: Path) -> None:
    """Make a folder that nobody but its owner may enter, where it is not there.

    Raises:
        StoreFull: The disk is full.
        BrokenPromise: The operating system refused.
    """
    try:
        private_folder(folder)
    except OSError as error:
        raise from_os(error) from None


def removed(folder: Path, paths: list[Path]) -> None:
    """Remove files of a folder, so that not even a power cut brings them back.

    Raises:
        BrokenPromise: The operating system refused.
    """
    try:
        for path in paths:
            path.unlink(missing_ok=True)
        if paths and folder.exists():
            sync(folder)
    except OSError as error:
        raise from_os(error) from None


def read_at(file: io.FileIO, size: int, at: int) -> bytes:
    """Bytes of a file from a place; fewer where it ends before.

    Raises:
        BrokenPromise: The operating system refused.
    """
    try:
        return os.pread(file.fileno(), size, at)
    except OSError as error:
        raise from_os(error) from None


def all_written(file: io.FileIO, content: bytes) -> None:
    """Write all of it: a raw file may take less than it is handed.

    Raises:
        OSError: The operating system refused; the caller says it in words of ours.
    """
    view = memoryview(content)
    while view:
        view = view[file.write(view) or 0 :]
