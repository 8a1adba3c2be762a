"""Where secrets come from: one root key, everything else derived from it or wrapped under it."""

import base64
import binascii
import hashlib
import hmac
import json
import os
import secrets
import stat
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safeconduct.model.errors import BadSettings, Tampered, Unsafe, WrongState
from safeconduct.model.text import say

FORMAT = 1
KEY_BYTES = 32
NONCE_BYTES = 12
ROOT_FILE = "root.key"
CARD_FILE = "keys.json"
ROOT_VARIABLE = "SAFECONDUCT_ROOT_KEY"
CREDENTIAL = "safeconduct-root"
OTHERS = stat.S_IRWXG | stat.S_IRWXO


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


@dataclass(frozen=True, repr=False)
class FileKeys:
    """A root key in a folder, in the environment, or handed over by systemd.

    `SAFECONDUCT_ROOT_KEY` (base64) comes first, then `safeconduct-root` in systemd's `CREDENTIALS_DIRECTORY`, then
    `root.key` in the folder, which nobody but its owner may read. `keys.json` in the folder says whether the keys are
    for practice; it is authenticated, and the answer is part of every derivation, so practice keys cannot turn real.

    Attributes:
        training: Keys of a practice site; what they sign never verifies as real.
    """

    training: bool
    _root: bytes = field(repr=False)

    def __repr__(self) -> str:
        """The id only."""
        return f"FileKeys({self.id})"

    @property
    def id(self) -> str:
        """Sixteen hexadecimal digits that name the root key and tell nothing about it."""
        return hashlib.sha256(self.derive("id")).hexdigest()[:16]

    def derive(self, *purpose: str) -> bytes:
        """HKDF-SHA256 over the root key, 32 bytes; `("a", "bc")` and `("ab", "c")` are different purposes."""
        words = ("safeconduct", "training" if self.training else "real", *purpose)
        info = b"".join(len(word.encode()).to_bytes(4, "big") + word.encode() for word in words)
        return HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(self._root)

    def wrap(self, key: bytes, *, about: str) -> bytes:
        """AES-256-GCM under a derived key, a random nonce in front."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + AESGCM(self.derive("wrap")).encrypt(nonce, key, about.encode())

    def unwrap(self, wrapped: bytes, *, about: str) -> bytes:
        """The key that was wrapped for `about`.

        Raises:
            Tampered: The bytes were changed, wrapped for something else, or wrapped under another root key.
        """
        try:
            return AESGCM(self.derive("wrap")).decrypt(wrapped[:NONCE_BYTES], wrapped[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError):
            raise Tampered(say("a key does not open; it was changed, moved, or belongs to another site")) from None

    @classmethod
    def create(cls, folder: Path, *, training: bool) -> "FileKeys":
        """Make a root key, or adopt the one handed over by the environment, and say what it is for.

        Raises:
            WrongState: The folder has keys already; nothing is changed.
            BadSettings: The key handed over is not 32 bytes in base64.
        """
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        folder.chmod(0o700)
        if (folder / CARD_FILE).exists() or (folder / ROOT_FILE).exists():
            raise WrongState(say("there are keys already; keys are never overwritten"))
        root = handed_over(os.environ)
        if root is None:
            root = secrets.token_bytes(KEY_BYTES)
            write_secret(folder / ROOT_FILE, root)
        keys = cls(training, root)
        card = {"format": FORMAT, "id": keys.id, "training": training, "proof": keys._proof()}
        write_secret(folder / CARD_FILE, json.dumps(card, sort_keys=True).encode())
        return keys

    @classmethod
    def open(cls, folder: Path) -> "FileKeys":
        """The keys of a folder.

        Raises:
            Unsafe: Others than the owner may read the key file.
            BadSettings: There are no keys, or the key handed over cannot be used.
            Tampered: `keys.json` was changed, or the root key is another one than it was made with.
        """
        root = handed_over(os.environ)
        root = _from_file(folder / ROOT_FILE) if root is None else root
        try:
            card = json.loads((folder / CARD_FILE).read_bytes())
            keys = cls(bool(card["training"]), root)
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


def handed_over(environment: Mapping[str, str]) -> bytes | None:
    """The root key from the environment or from systemd, `None` where neither has one.

    Raises:
        BadSettings: There is one and it is not 32 bytes in base64.
    """
    if ROOT_VARIABLE in environment:
        text = environment[ROOT_VARIABLE].encode()
    elif (path := Path(environment.get("CREDENTIALS_DIRECTORY", "")) / CREDENTIAL).is_absolute() and path.is_file():
        text = path.read_bytes()
        if len(text) == KEY_BYTES:
            return text
    else:
        return None
    try:
        root = base64.b64decode(text.strip(), validate=True)
    except binascii.Error:
        root = b""
    if len(root) != KEY_BYTES:
        raise BadSettings(say("the root key handed over must be 32 bytes in base64"), field=ROOT_VARIABLE)
    return root


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read and nobody may change, and that was not there before.

    Raises:
        WrongState: There is a file of that name.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        raise WrongState(say("there are keys already; keys are never overwritten")) from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)


def _from_file(path: Path) -> bytes:
    try:
        mode = path.stat().st_mode
    except OSError:
        raise BadSettings(
            say("there is no root key; make a site with 'safeconduct init' or hand the key over")
        ) from None
    if mode & OTHERS:
        raise Unsafe(say("others may read {file}; take that away with 'chmod 400' and change the key", file=ROOT_FILE))
    root = path.read_bytes()
    if len(root) != KEY_BYTES:
        raise Tampered(say("{file} is not a root key; restore it from the backup", file=ROOT_FILE))
    return root
