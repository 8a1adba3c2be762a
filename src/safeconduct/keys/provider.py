"""Where secrets come from: one root, everything else derived from it or wrapped beside what it opens."""

import fcntl
import hashlib
import hmac
import json
import secrets
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safeconduct.keys.ring import FIRST, Ring, RingFile, closed, holding, read_header
from safeconduct.keys.sealing import NONCE_BYTES
from safeconduct.keys.secret_files import write_secret
from safeconduct.keys.sources import KEY_BYTES, ROOT_FILE, source_of
from safeconduct.model.errors import BadSettings, Tampered, WrongState
from safeconduct.model.settings import KeySettings
from safeconduct.model.text import say

__all__ = ["KEY_BYTES", "NONCE_BYTES", "FileKeys", "KeyProvider"]

FORMAT = 1
CARD_FILE = "keys.json"


class KeyProvider(Protocol):
    """What can derive and wrap keys. The root never leaves it.

    Attributes:
        id: Names the root key without telling anything about it.
    """

    @property
    def id(self) -> str:
        """Names the root key without telling anything about it."""

    def derive(self, *purpose: str) -> bytes:
        """A key of 32 bytes that is the same whenever the same purpose is named, and unrelated to any other."""

    def wrap(self, key: bytes, *, about: str) -> bytes:
        """Encrypt a key so that it can stand beside what it opens; only usable again for the same `about`."""

    def unwrap(self, wrapped: bytes, *, about: str) -> bytes:
        """The key that was wrapped for `about`.

        Raises:
            Tampered: The bytes were changed, wrapped for something else, or wrapped under another root key.
        """

    def steady(self) -> AbstractContextManager[None]:
        """From wrapping a key until it is durable: no rotation begins meanwhile, which would not find it."""


@dataclass(frozen=True, repr=False)
class FileKeys:
    """The keys of a folder: `ring.sealed`, which the outermost key opens, and `keys.json`.

    Where the outermost key comes from is a setting, see `sources`. `keys.json` says whether the keys are for practice;
    it is authenticated, and the answer is part of every derivation, so practice keys cannot turn real. A folder made
    before there were rings has none until its keys are rotated: its outermost key is the root itself.

    Attributes:
        training: Keys of a practice site; what they sign never verifies as real.
    """

    training: bool
    _root: bytes = field(repr=False)
    _file: RingFile | None = field(default=None, repr=False, compare=False)

    def __repr__(self) -> str:
        """The id only."""
        return f"FileKeys({self.id})"

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that name the root and tell nothing about it; rotation does not change them."""
        return hashlib.sha256(self.derive("id")).hexdigest()[:16]

    def derive(self, *purpose: str) -> bytes:
        """HKDF-SHA256 over the root key, 32 bytes; `("a", "bc")` and `("ab", "c")` are different purposes."""
        words = ("safeconduct", "training" if self.training else "real", *purpose)
        info = b"".join(len(word.encode()).to_bytes(4, "big") + word.encode() for word in words)
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._root)

    def wrap(self, key: bytes, *, about: str) -> bytes:
        """AES-256-GCM under the wrapping key in force, with a random nonce."""
        return self.ring().wrap(key, about=about)

    def unwrap(self, wrapped: bytes, *, about: str) -> bytes:
        """The key that was wrapped for `about`.

        Raises:
            Tampered: The bytes were changed, wrapped for something else, or under a wrapping key that was destroyed.
        """
        known = self._whole(self._file.known()) if self._file else self.ring()
        key = known.unwrap(wrapped, about=about)
        if key is None:
            key = self.ring().unwrap(wrapped, about=about)
        if key is None:
            raise Tampered(closed())
        return key

    def rewrap(self, wrapped: bytes, *, about: str) -> bytes | None:
        """The same key under the wrapping key in force; `None` where it is already.

        Raises:
            Tampered: It does not open.
        """
        ring = self.ring()
        if read_header(wrapped)[0] == ring.current:
            return None
        return ring.wrap(self.unwrap(wrapped, about=about), about=about)

    def steady(self) -> AbstractContextManager[None]:
        """From wrapping a key until it is durable: no rotation begins meanwhile."""
        return holding(self._file.folder, fcntl.LOCK_SH) if self._file else nullcontext()

    def ring(self) -> Ring:
        """What the outermost key opens, as it is now.

        Raises:
            WrongState: The keys were exchanged and this program was not handed the new one.
        """
        return self._whole(self._file.fresh() if self._file else Ring(self._root, FIRST, {}))

    def outer(self) -> bytes:
        """The outermost key, for whoever seals it to people who keep it."""
        file = self._ringed()
        file.fresh()
        return file.outer

    @property
    def ringed(self) -> bool:
        """Whether there is a ring; a site made before there were any has one key until its keys are exchanged."""
        return bool(self._file and self._file.fresh().wrapping)

    def for_children(self) -> Mapping[str, str]:
        """What a program started by this one needs in its environment to open the same keys."""
        return self._file.source.for_children() if self._file else {}

    @contextmanager
    def exchanging(self) -> Iterator["Exchange"]:
        """Exchange the wrapping keys; one program at a time.

        Raises:
            WrongState: Another program is doing it.
        """
        file = self._ringed()
        with _alone(file.folder):
            yield Exchange(self, file)

    @classmethod
    def create(cls, folder: Path, *, training: bool, settings: KeySettings | None = None) -> "FileKeys":
        """Make keys, or adopt the outermost key handed over, and say what they are for.

        Raises:
            WrongState: The folder has keys already; nothing is changed.
            BadSettings: The key handed over is not 32 bytes in base64, or nobody handed one over.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        if (folder / CARD_FILE).exists() or (folder / ROOT_FILE).exists():
            raise WrongState(say("there are keys already; keys are never overwritten"))
        source = source_of(settings or KeySettings(), folder)
        file = RingFile(folder, source)
        file.keep(Ring.new(secrets.token_bytes(KEY_BYTES)), source.first())
        keys = cls(training, file.fresh().root, file)
        card = {"format": FORMAT, "id": keys.id, "training": training, "proof": keys._proof()}
        write_secret(folder / CARD_FILE, json.dumps(card, sort_keys=True).encode())
        return keys

    @classmethod
    def open(cls, folder: Path, *, settings: KeySettings | None = None) -> "FileKeys":
        """The keys of a folder.

        Raises:
            Unsafe: Others than the owner may read the key file.
            BadSettings: There are no keys, or the key handed over cannot be used.
            Tampered: `keys.json` was changed, or the root key is another one than it was made with.
        """
        file = RingFile(folder, source_of(settings or KeySettings(), folder))
        ring = file.fresh()
        try:
            card = json.loads((folder / CARD_FILE).read_bytes())
            keys = cls(bool(card["training"]), ring.root, file)
            proof = str(card["proof"])
        except OSError:
            raise BadSettings(say("keys.json is missing from the keys folder; restore it from the backup")) from None
        except (ValueError, KeyError, TypeError):
            raise Tampered(say("keys.json cannot be read; restore it from the backup")) from None
        if not hmac.compare_digest(proof, keys._proof()):
            raise Tampered(say("the root key and keys.json do not belong together; restore both from the same backup"))
        return keys

    def _proof(self) -> str:
        return self.derive("card").hex()

    def _ringed(self) -> RingFile:
        if self._file is None:
            raise WrongState(say("these keys are in memory only; open them from their folder"))
        return self._file

    def _whole(self, ring: Ring) -> Ring:
        """A ring of a folder that has none yet, with the wrapping key such a folder has: derived from the root."""
        return ring if ring.wrapping else Ring(ring.root, FIRST, {FIRST: self.derive("wrap")})


@dataclass(frozen=True)
class Exchange:
    """One exchange of the wrapping keys. Breaking off anywhere loses nothing; the next one goes on.

    Attributes:
        keys: Whose.
    """

    keys: FileKeys
    _file: RingFile = field(repr=False)

    @property
    def begun(self) -> bool:
        """Whether one was begun and not ended."""
        return len(self.keys.ring().wrapping) > 1

    @property
    def replacing(self) -> tuple[str, ...]:
        """Ids of the wrapping keys that are on their way out."""
        ring = self.keys.ring()
        return tuple(sorted(set(ring.wrapping) - {ring.current}))

    def begin(self) -> None:
        """From now on everything is wrapped under a new key; the old one still opens. Goes on where one was begun.

        Waits for those who are between wrapping a key and making it durable.
        """
        if not self.begun and self._file.source.following() == self._file.outer:
            self._file.source.follow()  # the last thing of an exchange that broke off just before its end
        self._file.source.following()
        if not self.begun:
            with holding(self._file.folder, fcntl.LOCK_EX):
                self._file.keep(self.keys.ring().grown(), self._file.outer)

    def end(self) -> bool:
        """Destroy the old wrapping key; call it when nothing needs it any more.

        Returns:
            Whether the outermost key was exchanged too.
        """
        following = self._file.source.following()
        self._file.keep(self.keys.ring().shrunk(), following or self._file.outer)
        self._file.source.follow()
        return following is not None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    with (folder / CARD_FILE).open("rb") as card:
        try:
            fcntl.flock(card, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise WrongState(say("keys are being exchanged or backed up by another program; wait for it")) from None
        yield
