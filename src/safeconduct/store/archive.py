"""A sealed archive: one stream of files, encrypted under a key that two officers have half of each.

On disk it is `SCBACKUP`, the form's number, the length of a header and the header in clear (no name, no number of
anything), then chunks of plain content sealed with AES-256-GCM and bound to the header, to their place and to whether
they are the last: cutting, swapping and reordering are noticed. The plain content is a tar.
"""

import hashlib
import io
import json
import os
import secrets
import struct
import tarfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, BinaryIO

from safeconduct.keys.officers import Officer, joined, sealed_to, split
from safeconduct.keys.provider import KEY_BYTES
from safeconduct.keys.sealing import Sealer
from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import BadInput, BrokenPromise, NotPermitted, Tampered, Unreadable, WrongState
from safeconduct.model.text import say
from safeconduct.store.chunks import CHUNK, OVERHEAD, bound_to
from safeconduct.store.files import from_os

if TYPE_CHECKING:
    from _typeshed import ReadableBuffer

FORMAT = 1
MAGIC = b"SCBACKUP"
LENGTH = struct.Struct(">BI")
LONGEST_HEADER = 1 << 16
ID_BYTES = 16
OFFICERS = 2
READ = 1 << 20
Digests = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Sealed:
    """What stands in front of an archive.

    Attributes:
        id: Names the archive.
        at: When it was made, UTC.
        shares: Half of its key for each officer, by their public line.
        about: What every chunk is bound to.
    """

    id: str
    at: str
    shares: Mapping[str, Mapping[str, str]]
    about: str

    def key(self, officers: tuple[Officer, ...]) -> bytes:
        """The archive's key, from both officers.

        Raises:
            NotPermitted: One of the two is missing, or is another.
            Tampered: A share was changed.
        """
        there = {one.public: one for one in officers}
        if set(there) != set(self.shares):
            raise NotPermitted(say("this backup opens with the identities of the two officers it was sealed to"))
        halves = [there[one].opened(share, about=_about_share(self.id, one)) for one, share in self.shares.items()]
        return joined(*halves)


class Archive:
    """Files on their way into a new archive; one chunk is in memory."""

    def __init__(self, file: BinaryIO, sealer: Sealer, about: str) -> None:
        self._sink = _Sink(file, sealer, about)
        self._tar = tarfile.open(  # noqa: SIM115 - `finish` closes it; one given up is never read
            fileobj=self._sink, mode="w|", bufsize=CHUNK, format=tarfile.PAX_FORMAT
        )
        self.digests: Digests = {}

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Archive()"

    def add(self, name: str, path: Path) -> None:
        """A file under a name; what grows meanwhile is taken as it was when it was opened, what is gone is not.

        Raises:
            BrokenPromise: It cannot be read, or became shorter.
        """
        try:
            with path.open("rb") as file:
                status = os.fstat(file.fileno())
                told = tarfile.TarInfo(name)
                told.size, told.mode, told.mtime = status.st_size, status.st_mode & 0o777, status.st_mtime
                self._add(told, file)
        except FileNotFoundError:
            return
        except OSError as error:
            raise from_os(error) from None

    def put(self, name: str, content: bytes, *, mode: int = 0o400) -> None:
        """Some bytes under a name."""
        told = tarfile.TarInfo(name)
        told.size, told.mode = len(content), mode
        self._add(told, io.BytesIO(content))

    def finish(self) -> None:
        """Write what is left, and say that it is all."""
        self._tar.close()
        self._sink.finish()

    def _add(self, told: tarfile.TarInfo, file: BinaryIO) -> None:
        reading = _Digesting(file, told.size)
        self._tar.addfile(told, reading)
        self.digests[told.name] = reading.made.hexdigest()


@contextmanager
def writing(path: Path, *, officers: tuple[str, ...], at: str) -> Iterator[tuple[Archive, bytes]]:
    """A new archive sealed to two officers, and its key, for checking it; nothing is left where it fails.

    Args:
        path: A file that is not there yet.
        officers: Their two public lines.
        at: When, UTC.

    Raises:
        BadInput: They are not two, or not public lines.
        WrongState: The file is there already.
        StoreFull: The disk is full.
    """
    check_officers(officers)
    name, key = secrets.token_hex(ID_BYTES), secrets.token_bytes(KEY_BYTES)
    shares = {
        one: sealed_to(one, half, about=_about_share(name, one)) for one, half in zip(officers, split(key), strict=True)
    }
    tree: dict[str, Json] = {"format": FORMAT, "id": name, "at": at, "chunk": CHUNK, "shares": {**shares}}
    head = canonical(tree).encode()
    with _new(path) as file:
        file.write(MAGIC + LENGTH.pack(FORMAT, len(head)) + head)
        archive = Archive(file, Sealer(key), _about(head))
        yield archive, key
        archive.finish()
        os.fsync(file.fileno())


def check_officers(officers: tuple[str, ...]) -> None:
    """Hold those an archive is to be sealed to, to what officers are.

    Raises:
        BadInput: They are not two, or not public lines.
    """
    if len(set(officers)) != OFFICERS:
        raise BadInput(say("a backup is sealed to two officers, each another"), field="officer")
    for one in officers:
        sealed_to(one, bytes(KEY_BYTES), about="")


def read_head(file: BinaryIO) -> Sealed:
    """What stands in front of an archive; what follows is where its content begins.

    Raises:
        Unreadable: It is no archive, or of a form this version does not know.
    """
    strange = Unreadable(say("this is no backup of a site, or one of a newer version"))
    front = file.read(len(MAGIC) + LENGTH.size)
    if len(front) < len(MAGIC) + LENGTH.size or not front.startswith(MAGIC):
        raise strange
    form, length = LENGTH.unpack_from(front, len(MAGIC))
    head = file.read(min(length, LONGEST_HEADER))
    if form != FORMAT or len(head) != length:
        raise strange
    try:
        tree = json.loads(head)
        return Sealed(id=str(tree["id"]), at=str(tree["at"]), shares=dict(tree["shares"]), about=_about(head))
    except (ValueError, KeyError, TypeError, RecursionError):
        raise strange from None


def extract(path: Path, key: bytes, into: Path | None) -> Digests:
    """Every file of an archive, written below a folder, or read to the end only; SHA-256 of each by name.

    Raises:
        Tampered: The archive was cut or changed.
        StoreFull: The disk is full.
    """
    digests: Digests = {}
    with path.open("rb") as file:
        head = read_head(file)
        plain = io.BufferedReader(_Opening(file, Sealer(key), head.about), CHUNK)
        try:
            with tarfile.open(fileobj=plain, mode="r|", bufsize=CHUNK) as tar:
                for one in tar:
                    content = tar.extractfile(one)
                    if content is None or not _inside(one.name):
                        raise _spoilt()
                    digests[one.name] = _taken(content, into / one.name if into else None, one)
        except tarfile.TarError:
            raise _spoilt() from None
        except OSError as error:
            raise from_os(error) from None
        while plain.read(READ):  # to the last chunk, which says that it is the last
            continue
    return digests


class _Sink(io.RawIOBase):
    """Plain bytes on their way into sealed chunks."""

    def __init__(self, file: BinaryIO, sealer: Sealer, about: str) -> None:
        super().__init__()
        self._file, self._sealer, self._about = file, sealer, about
        self._waiting, self._chunks = bytearray(), 0

    def writable(self) -> bool:
        return True

    def write(self, data: "ReadableBuffer", /) -> int:
        piece = memoryview(data).cast("B")
        self._waiting += piece
        while len(self._waiting) > CHUNK:
            self._seal(last=False)
        return len(piece)

    def finish(self) -> None:
        self._seal(last=True)

    def _seal(self, *, last: bool) -> None:
        content = bytes(self._waiting[:CHUNK])
        del self._waiting[:CHUNK]
        about = bound_to(self._about, self._chunks, last=last)
        self._file.write(self._sealer.seal(content, about=about))
        self._chunks += 1


class _Opening(io.RawIOBase):
    """Plain bytes out of sealed chunks; one more is read than is given, to know which is the last."""

    def __init__(self, file: BinaryIO, sealer: Sealer, about: str) -> None:
        super().__init__()
        self._file, self._sealer, self._about = file, sealer, about
        self._ahead, self._chunks, self._plain = file.read(CHUNK + OVERHEAD), 0, b""

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: "bytearray | memoryview", /) -> int:  # type: ignore[override]  # narrower than any buffer, and BufferedReader hands one of these
        if not self._plain and (self._ahead or not self._chunks):
            self._plain = self._next()
        view = memoryview(buffer).cast("B")
        given = min(len(view), len(self._plain))
        view[:given] = self._plain[:given]
        self._plain = self._plain[given:]
        return given

    def _next(self) -> bytes:
        sealed, self._ahead = self._ahead, self._file.read(CHUNK + OVERHEAD)
        about = bound_to(self._about, self._chunks, last=not self._ahead)
        self._chunks += 1
        try:
            return self._sealer.open(sealed, about=about)
        except Tampered:
            raise _spoilt() from None


class _Digesting(io.RawIOBase):
    """Exactly so many bytes of a file, hashed on the way."""

    def __init__(self, file: BinaryIO, size: int) -> None:
        super().__init__()
        self._file, self._left, self.made = file, size, hashlib.sha256()

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1, /) -> bytes:
        piece = self._file.read(min(size, self._left) if size >= 0 else self._left)
        self._left -= len(piece)
        self.made.update(piece)
        return piece


@contextmanager
def _new(path: Path) -> Iterator[BinaryIO]:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        raise WrongState(say("there is a file of that name already; choose another name"), field="path") from None
    except OSError as error:
        raise from_os(error) from None
    try:
        with os.fdopen(handle, "wb") as file:
            yield file
    except OSError as error:
        path.unlink(missing_ok=True)
        raise from_os(error) from None
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def _private(folder: Path) -> None:
    """Make a folder and those above it that are not there, for the owner alone; `parents=True` would let others in."""
    if not folder.exists():
        _private(folder.parent)
        folder.mkdir(mode=0o700)


def _taken(content: IO[bytes], to: Path | None, told: tarfile.TarInfo) -> str:
    """What has a deadline keeps its age; an archive from before ages were kept has none."""
    made = hashlib.sha256()
    if to is not None:
        _private(to.parent)
    with open(os.devnull if to is None else to, "wb") as file:  # noqa: PTH123 - either a path or nowhere
        while piece := content.read(READ):
            made.update(piece)
            file.write(piece)
        if to is not None:
            file.flush()
            os.fsync(file.fileno())
    if to is not None:
        to.chmod(told.mode & 0o700)
        if told.mtime:  # what may be kept for so many days is kept no longer for having been restored
            os.utime(to, (told.mtime, told.mtime))
    return made.hexdigest()


def _inside(name: str) -> bool:
    parts = name.split("/")
    return not name.startswith("/") and all(part not in {"", ".", ".."} for part in parts)


def _about(head: bytes) -> str:
    return f"backup/{hashlib.sha256(head).hexdigest()}"


def _about_share(name: str, public: str) -> str:
    return f"backup/{name}/{public}"


def _spoilt() -> BrokenPromise:
    return Tampered(say("the backup was cut or changed; use another copy of it"))
