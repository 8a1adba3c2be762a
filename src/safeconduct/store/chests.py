"""Encrypted files with random access.

A chest is a run of chunks, each sealed with AES-256-GCM and bound to the file, to its place in it and to whether it is
the last: cutting, swapping and reordering are noticed. Its data key is random, wrapped, and lies beside it in a small
file of its own; deleting takes the key first, and what is left of the chest is noise. On disk it is a header
(`SCCHEST`, the form's number, an id of 16 bytes, the chunk's size in 4) and the sealed chunks, 28 bytes longer each.
"""

import hashlib
import io
import os
import re
import secrets
import struct
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, cast

from safeconduct.keys.provider import KEY_BYTES, KeyProvider
from safeconduct.keys.sealing import Sealer
from safeconduct.model.errors import BadInput, NotFound, Tampered, WrongState
from safeconduct.model.text import say
from safeconduct.store.chunks import (
    CHUNK,
    OVERHEAD,
    ChunkReader,
    about_chest,
    all_written,
    bound_to,
    private,
    read_at,
    removed,
    spoilt,
)
from safeconduct.store.files import TEMPORARY, arriving, from_os, write

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

MAGIC = b"SCCHEST\x01"
ID_BYTES = 16
HEADER = struct.Struct(f">{len(MAGIC)}s{ID_BYTES}sI")
MOST_CHUNK = 1 << 26
SUFFIX = ".chest"
NAME = re.compile(r"[A-Za-z0-9_-][A-Za-z0-9._-]{0,160}")
KEY_NAME = re.compile(rf"(?P<name>.+)\.(?P<id>[0-9a-f]{{{2 * ID_BYTES}}})\.key")


@dataclass(frozen=True, kw_only=True)
class Chest:
    """What was put into a chest.

    Attributes:
        name: The handle it opens by.
        size: Bytes of its plain content.
        sha256: Digest of its plain content.
    """

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class _Header:
    id: bytes
    chunk: int
    body: int

    @property
    def chunks(self) -> int:
        return -(-self.body // (self.chunk + OVERHEAD))

    @property
    def size(self) -> int:
        """Bytes of plain content, as far as the file's length tells."""
        return self.body - OVERHEAD * self.chunks

    def whole(self) -> bool:
        """Whether a file of this length can have been finished."""
        return self.body >= OVERHEAD and self.body - (self.chunks - 1) * (self.chunk + OVERHEAD) >= OVERHEAD


class Chests:
    """The chests of a folder.

    A name is given once: what is in a chest never changes. Names are letters, digits, `-`, `_` and dots that do not
    come first.

    Args:
        folder: Where they are; made where it is not there.
        keys: What wraps their keys.
        purpose: What they are for; a chest only opens where it was written for the same purpose.
        chunk: Bytes of plain content in a chunk; what is written already keeps its own.

    Example:
        >>> import tempfile
        >>> from safeconduct.keys.provider import FileKeys
        >>> chests = Chests(folder=Path(tempfile.mkdtemp()), keys=FileKeys(True, bytes(32)), purpose="example")
        >>> with chests.create("letters") as writer:
        ...     _ = writer.write(b"abc")
        ...     writer.finish().size
        3
        >>> with chests.open("letters") as file:
        ...     file.read()
        b'abc'
    """

    def __init__(self, *, folder: Path, keys: KeyProvider, purpose: str, chunk: int = CHUNK) -> None:
        self._folder, self._keys, self._purpose, self._chunk = folder, keys, purpose, chunk

    def __repr__(self) -> str:
        """What they are for."""
        return f"Chests({self._purpose!r})"

    def create(self, name: str) -> "ChestWriter":
        """A writer for a new chest; until it is finished there is nothing of that name.

        Raises:
            BadInput: It is not a name a chest can have.
            WrongState: There is a chest of that name.
            StoreFull: The disk is full.
        """
        if not NAME.fullmatch(name):
            raise BadInput(say("A stored file has a name of letters, digits, dots, '-' and '_'."), field="name")
        if self.exists(name):
            raise WrongState(say("There is a stored file of that name already; choose another name."))
        own, key = secrets.token_bytes(ID_BYTES), secrets.token_bytes(KEY_BYTES)
        about = self._about(name, own, self._chunk)
        return ChestWriter(
            name,
            path=self._path(name),
            header=HEADER.pack(MAGIC, own, self._chunk),
            sealer=Sealer(key),
            about=about,
            keep_key=lambda: self._keep(self._key_path(name, own), key, about),
        )

    def open(self, name: str) -> BinaryIO:
        """The plain content, to be read from any place; decrypted a chunk at a time, eight of which stay in memory.

        Raises:
            NotFound: There is no chest of that name, or its key was destroyed.
            Tampered: It was changed, cut or swapped. Reading raises this too, for a part that was changed.
        """
        file = self._opened(name)
        try:
            header = _header(file)
            sealer = Sealer(self._key(name, header))
        except BaseException:
            file.close()
            raise
        about = self._about(name, header.id, header.chunk)
        reader = ChunkReader(
            size=header.size,
            chunk=header.chunk,
            fetch=lambda at: _fetched(file, header, at, sealer, about),
            on_close=file.close,
        )
        reader.check_end()
        return cast("BinaryIO", reader)  # it has all that reading needs, and typing knows no base class for that

    def size(self, name: str) -> int:
        """Bytes of plain content, without opening it.

        Raises:
            NotFound: There is none of that name.
            Tampered: It is not a chest.
        """
        with self._opened(name) as file:
            return _header(file).size

    def exists(self, name: str) -> bool:
        """Whether there is a chest of that name, with its key."""
        try:
            with self._opened(name) as file:
                return self._key_path(name, _header(file).id).exists()
        except (NotFound, Tampered):
            return False

    def names(self) -> tuple[str, ...]:
        """Names of all there are, sorted."""
        found = (path.name.removesuffix(SUFFIX) for path in self._folder.glob(f"*{SUFFIX}"))
        return tuple(sorted(name for name in found if NAME.fullmatch(name) and self.exists(name)))

    def delete(self, name: str) -> None:
        """Destroy a chest: its key first, durably, then what it opened. Nothing happens where there is none.

        Raises:
            BrokenPromise: The operating system refused; the key may be gone already.
        """
        if not NAME.fullmatch(name):
            return
        with self._keys.steady():
            removed(self._folder, [path for path, owner, _ in self._key_files() if owner == name])
        removed(self._folder, [self._path(name)])

    def sweep(self) -> int:
        """Remove what a crash left: half-written files, keys that open nothing, chests without a key.

        Call it when nothing is being written to the folder.

        Returns:
            How many files were removed.
        """
        chests = {path.name.removesuffix(SUFFIX): path for path in self._folder.glob(f"*{SUFFIX}")}
        ids = {name: self._id(name) for name in chests}
        keys = list(self._key_files())
        held = {name for _, name, own in keys if ids.get(name) == own}
        loose = [path for path, name, own in keys if ids.get(name) != own]
        left = [*loose, *(path for name, path in chests.items() if name not in held)]
        left += list(self._folder.glob(f"{TEMPORARY}*"))
        removed(self._folder, left)
        return len(left)

    def _keep(self, path: Path, key: bytes, about: str) -> None:
        with self._keys.steady():
            write(path, self._keys.wrap(key, about=about))

    def _path(self, name: str) -> Path:
        return self._folder / f"{name}{SUFFIX}"

    def _key_path(self, name: str, own: bytes) -> Path:
        return self._folder / f"{name}.{own.hex()}.key"

    def _about(self, name: str, own: bytes, chunk: int) -> str:
        return about_chest(self._purpose, name, own.hex(), chunk)

    def _opened(self, name: str) -> io.FileIO:
        absent = NotFound(say("There is no stored file of that name."))
        if not NAME.fullmatch(name):
            raise absent
        try:
            return io.FileIO(self._path(name))
        except FileNotFoundError:
            raise absent from None
        except OSError as error:
            raise from_os(error) from None

    def _key(self, name: str, header: _Header) -> bytes:
        try:
            wrapped = self._key_path(name, header.id).read_bytes()
        except OSError:
            raise NotFound(say("The key of a stored file was destroyed; it cannot be opened any more.")) from None
        return self._keys.unwrap(wrapped, about=self._about(name, header.id, header.chunk))

    def _id(self, name: str) -> str:
        try:
            with self._opened(name) as file:
                return _header(file).id.hex()
        except (NotFound, Tampered):
            return ""

    def _key_files(self) -> Iterator[tuple[Path, str, str]]:
        for path in sorted(self._folder.glob("*.key")):
            if match := KEY_NAME.fullmatch(path.name):
                yield path, match["name"], match["id"]


class ChestWriter(io.RawIOBase):
    """A chest on its way to disk; a chunk or two are in memory.

    Closing it before `finish`, or forgetting it, leaves nothing. It is a stream that other libraries can write to.

    Args:
        name: The handle it will have.
        path: Where it goes.
        header: What it begins with.
        sealer: What encrypts.
        about: What the chunks are bound to.
        keep_key: Makes the wrapped key durable; called just before the chest gets its name.
    """

    def __init__(
        self, name: str, *, path: Path, header: bytes, sealer: Sealer, about: str, keep_key: Callable[[], None]
    ) -> None:
        super().__init__()
        self._name, self._sealer, self._about, self._keep_key = name, sealer, about, keep_key
        self._chunk = HEADER.unpack(header)[2]
        self._waiting = bytearray(self._chunk)  # filled again and again: growing one would move its bytes each time
        self._filled = self._chunks = self._size = 0
        self._sha256 = hashlib.sha256()
        self._arriving: AbstractContextManager[Path] = arriving(path)
        self._file: io.FileIO | None = None
        private(path.parent)
        try:
            self._file = io.FileIO(self._arriving.__enter__(), "xb")
            all_written(self._file, header)
        except OSError as error:
            self.close()
            raise from_os(error) from None

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "ChestWriter()"

    def writable(self) -> bool:
        """Until it is closed."""
        return not self.closed

    def tell(self) -> int:
        """Bytes of plain content so far."""
        return self._size

    def write(self, data: "ReadableBuffer", /) -> int:
        """Add bytes; all of them.

        Raises:
            StoreFull: The disk is full; nothing is left of it.
            WrongState: It was finished or given up before.
        """
        view = memoryview(data).cast("B")
        total = len(view)
        self._check_open()
        self._sha256.update(view)
        self._size += total
        while view:
            if self._filled == self._chunk:
                self._seal(last=False)
            taken = min(len(view), self._chunk - self._filled)
            self._waiting[self._filled : self._filled + taken] = view[:taken]
            self._filled += taken
            view = view[taken:]
        return total

    def finish(self) -> Chest:
        """Make it durable under its name.

        Raises:
            StoreFull: The disk is full; nothing is left of it.
            WrongState: It was finished or given up before.
        """
        self._check_open()
        self._seal(last=True)
        file, self._file = self._check_open(), None
        file.close()
        try:
            self._keep_key()
        except BaseException as error:
            self._arriving.__exit__(type(error), error, None)
            raise
        self._arriving.__exit__(None, None, None)
        super().close()
        return Chest(name=self._name, size=self._size, sha256=self._sha256.hexdigest())

    def close(self) -> None:
        """Give it up, unless it is finished."""
        file, self._file = getattr(self, "_file", None), None
        if file is not None:
            file.close()
            given_up = GeneratorExit()
            self._arriving.__exit__(GeneratorExit, given_up, None)
        super().close()

    def _check_open(self) -> io.FileIO:
        if self._file is None:
            raise WrongState(say("This stored file is finished or was given up; start a new one."))
        return self._file

    def _seal(self, *, last: bool) -> None:
        content = cast("bytes", memoryview(self._waiting)[: self._filled])  # spares a copy: any buffer will do
        sealed = self._sealer.seal(content, about=bound_to(self._about, self._chunks, last=last))
        try:
            all_written(self._check_open(), sealed)
        except OSError as error:
            self.close()
            raise from_os(error) from None
        self._filled = 0
        self._chunks += 1


def _header(file: io.FileIO) -> _Header:
    content = read_at(file, HEADER.size, 0)
    if len(content) != HEADER.size:
        raise spoilt()
    magic, own, chunk = HEADER.unpack(content)
    header = _Header(own, chunk, os.fstat(file.fileno()).st_size - HEADER.size)
    if magic != MAGIC or not 0 < chunk <= MOST_CHUNK or not header.whole():
        raise spoilt()
    return header


def _fetched(file: io.FileIO, header: _Header, number: int, sealer: Sealer, about: str) -> bytes:
    sealed = read_at(file, header.chunk + OVERHEAD, HEADER.size + number * (header.chunk + OVERHEAD))
    try:
        return sealer.open(sealed, about=bound_to(about, number, last=number == header.chunks - 1))
    except Tampered:
        raise spoilt() from None
