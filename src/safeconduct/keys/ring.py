"""The ring, which the outermost key opens: the root of everything derived, and what data keys are wrapped under.

The root never changes, so that pseudonyms and noise stay what they are. The wrapping keys are what rotation exchanges:
each has an id, every wrapped key says which one it needs, and during a rotation there are two.
"""

import base64
import fcntl
import json
import os
import secrets
import struct
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safeconduct.keys.sealing import NONCE_BYTES, Sealer
from safeconduct.keys.secret_files import replace_secret
from safeconduct.keys.sources import KEY_BYTES, Source
from safeconduct.model.errors import SafeconductError, Tampered, WrongState
from safeconduct.model.text import Text, say

RING_FILE = "ring.sealed"
ABOUT = "safeconduct/ring/1"
MAGIC = b"SCWRAP\x00\x01"
ID_BYTES = 8
FIRST = ""
"""Id of the wrapping key of sites that never rotated and were made before there were rings."""
HEADER = struct.Struct(f">{len(MAGIC)}s{ID_BYTES}sH")
Fingerprint = tuple[int, int, int] | None


@dataclass(frozen=True, repr=False)
class Ring:
    """What the outermost key opens.

    Attributes:
        root: What every derived key comes from, 32 bytes.
        current: Id of the wrapping key in force.
        wrapping: Wrapping keys by id; more than one only while they are being exchanged.
    """

    root: bytes = field(repr=False)
    current: str
    wrapping: Mapping[str, bytes] = field(repr=False)

    def __repr__(self) -> str:
        """Which wrapping key is in force."""
        return f"Ring({self.current!r})"

    @classmethod
    def new(cls, root: bytes) -> "Ring":
        """A ring with one new wrapping key."""
        made = secrets.token_hex(ID_BYTES)
        return cls(root, made, {made: secrets.token_bytes(KEY_BYTES)})

    def grown(self) -> "Ring":
        """The ring with one more wrapping key, which is in force."""
        made = Ring.new(self.root)
        return Ring(self.root, made.current, {**self.wrapping, **made.wrapping})

    def shrunk(self) -> "Ring":
        """The ring with the wrapping key in force and no other."""
        return Ring(self.root, self.current, {self.current: self.wrapping[self.current]})

    def sealed(self, outer: bytes) -> bytes:
        """The ring as it rests, encrypted under a key that comes from the outermost."""
        tree = {
            "root": _text(self.root),
            "current": self.current,
            "wrapping": {name: _text(key) for name, key in self.wrapping.items()},
        }
        return Sealer(_sealing(outer)).seal(json.dumps(tree, sort_keys=True).encode(), about=ABOUT)

    @classmethod
    def opened(cls, content: bytes, outer: bytes) -> "Ring":
        """A ring from what rests.

        Raises:
            Tampered: It was changed, or sealed under another outermost key.
        """
        tree = json.loads(Sealer(_sealing(outer)).open(content, about=ABOUT))
        wrapping = {name: base64.b64decode(key) for name, key in tree["wrapping"].items()}
        return cls(base64.b64decode(tree["root"]), tree["current"], wrapping)

    def wrap(self, key: bytes, *, about: str) -> bytes:
        """A key encrypted under the wrapping key in force; it says which that is, and for what it was wrapped."""
        nonce, told = secrets.token_bytes(NONCE_BYTES), about.encode()
        cipher = AESGCM(self.wrapping[self.current])
        if self.current == FIRST:
            return nonce + cipher.encrypt(nonce, key, told)
        header = HEADER.pack(MAGIC, bytes.fromhex(self.current), len(told)) + told
        return header + nonce + cipher.encrypt(nonce, key, header)

    def unwrap(self, wrapped: bytes, *, about: str) -> bytes | None:
        """The key that was wrapped for `about`; `None` where it needs a wrapping key this ring has not.

        Raises:
            Tampered: It was changed, or wrapped for something else.
        """
        needed, told, at = read_header(wrapped)
        if needed not in self.wrapping:
            return None
        bound = wrapped[:at] or about.encode()
        nonce, sealed = wrapped[at : at + NONCE_BYTES], wrapped[at + NONCE_BYTES :]
        try:
            key = AESGCM(self.wrapping[needed]).decrypt(nonce, sealed, bound)
        except (InvalidTag, ValueError):
            raise Tampered(closed()) from None
        if told not in {about, None}:
            raise Tampered(closed())
        return key


class RingFile:
    """The ring of a folder of keys, read again when it was changed: another program may be exchanging keys.

    Args:
        folder: The folder of keys.
        source: What hands the outermost key over.
    """

    def __init__(self, folder: Path, source: Source) -> None:
        self.folder, self.source = folder, source
        self._lock = threading.Lock()
        self._seen: Fingerprint = None
        self._ring: Ring | None = None
        self._outer = b""

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "RingFile()"

    @property
    def path(self) -> Path:
        """Where it rests."""
        return self.folder / RING_FILE

    @property
    def outer(self) -> bytes:
        """The outermost key that opened it."""
        return self._outer

    def fresh(self) -> Ring:
        """The ring as it is now.

        Raises:
            Tampered: It does not open with the outermost key.
            WrongState: It was changed, and this program was not handed the key that opens it now.
        """
        with self._lock:
            now = fingerprint(self.path)
            if self._ring is None or now != self._seen:
                self._ring, self._outer = self._read(again=self._ring is not None)
                self._seen = now
            return self._ring

    def known(self) -> Ring:
        """The ring as it was read last."""
        return self._ring or self.fresh()

    def keep(self, ring: Ring, outer: bytes) -> None:
        """Write another ring in its place, durably."""
        with self._lock:
            replace_secret(self.path, ring.sealed(outer))
            self._ring, self._outer, self._seen = ring, outer, fingerprint(self.path)

    def _read(self, *, again: bool) -> tuple[Ring, bytes]:
        try:
            content = self.path.read_bytes()
        except FileNotFoundError:
            outer = self.source.found()[0]
            return Ring(outer, FIRST, {}), outer
        keys = (self._outer,) if again else ()
        try:
            keys = (*keys, *self.source.found())
        except SafeconductError:
            if not again:
                raise
        for outer in keys:
            try:
                return Ring.opened(content, outer), outer
            except Tampered:
                continue
        if again:
            raise WrongState(say("the keys of this site were exchanged; hand over the new one and start this again"))
        raise Tampered(say("the root key and the ring do not belong together; restore both from the same backup"))


@contextmanager
def holding(folder: Path, how: int) -> Iterator[None]:
    """Hold the lock of a folder of keys, `fcntl.LOCK_SH` or `fcntl.LOCK_EX`; it goes with the process that held it.

    Those who write or destroy a wrapped key share it; exchanging keys takes it alone.
    """
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, how)
        yield
    finally:
        os.close(handle)


def read_header(wrapped: bytes) -> tuple[str, str | None, int]:
    """Which wrapping key a wrapped key needs, for what it was wrapped (`None`: it does not say), where it starts.

    Raises:
        Tampered: It is cut.
    """
    if not wrapped.startswith(MAGIC):
        return FIRST, None, 0
    if len(wrapped) < HEADER.size:
        raise Tampered(closed())
    _, needed, length = HEADER.unpack_from(wrapped)
    told = wrapped[HEADER.size : HEADER.size + length]
    return needed.hex(), told.decode(errors="replace"), HEADER.size + length


def fingerprint(path: Path) -> Fingerprint:
    """What changes whenever a file is replaced; `None` where there is none."""
    try:
        status = path.stat()
    except FileNotFoundError:
        return None
    return status.st_ino, status.st_mtime_ns, status.st_size


def closed() -> Text:
    """What is said of a key that does not open."""
    return say("a key does not open; it was changed, moved, or belongs to another site")


def _sealing(outer: bytes) -> bytes:
    return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=ABOUT.encode()).derive(outer)


def _text(key: bytes) -> str:
    return base64.b64encode(key).decode("ascii")
