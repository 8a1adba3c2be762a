"""Two officers who keep a backup: each has half of its key, and neither half tells anything about the whole.

An officer's identity is a file of their own, sealed under a passphrase, kept off the site; the site needs the public
line alone.
"""

import base64
import binascii
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt

from safeconduct.keys.sealing import Sealer
from safeconduct.keys.secret_files import write_secret
from safeconduct.keys.sources import KEY_BYTES
from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import BadInput, Tampered
from safeconduct.model.text import say

FORMAT = 1
PREFIX = "officer1:"
SALT_BYTES = 16
SHORTEST = 12
SCRYPT = {"n": 1 << 17, "r": 8, "p": 1}
ABOUT_IDENTITY, ABOUT_SHARE = "safeconduct/officer/1", "safeconduct/share/1"


@dataclass(frozen=True, repr=False)
class Officer:
    """Somebody who keeps half of a backup's key.

    Attributes:
        public: The line others seal to.
    """

    public: str
    _private: X25519PrivateKey = field(repr=False)

    def __repr__(self) -> str:
        """The public line."""
        return f"Officer({self.public!r})"

    @classmethod
    def create(cls, path: Path, *, passphrase: str) -> "Officer":
        """Make an identity in a new file, which nobody opens without the passphrase.

        Raises:
            BadInput: The passphrase is shorter than 12 characters.
            WrongState: There is a file of that name.
        """
        if len(passphrase) < SHORTEST:
            raise BadInput(say("a passphrase has at least {least} characters", least=SHORTEST), field="passphrase")
        private, salt = X25519PrivateKey.generate(), secrets.token_bytes(SALT_BYTES)
        public = PREFIX + _text(private.public_key().public_bytes_raw())
        sealed = _under(passphrase, salt).seal(private.private_bytes_raw(), about=f"{ABOUT_IDENTITY}/{public}")
        tree: dict[str, Json] = {"format": FORMAT, "public": public, "salt": _text(salt), "sealed": _text(sealed)}
        write_secret(path, canonical(tree).encode() + b"\n")
        return cls(public, private)

    @classmethod
    def open(cls, path: Path, *, passphrase: str) -> "Officer":
        """An identity from its file.

        Raises:
            BadInput: It is no identity, or the passphrase is another.
        """
        try:
            tree = json.loads(path.read_bytes())
            public, salt, sealed = str(tree["public"]), _bytes(tree["salt"]), _bytes(tree["sealed"])
        except (OSError, ValueError, KeyError, TypeError, binascii.Error):
            raise BadInput(say("this file is no officer's identity; 'safeconduct backup-officer' makes one")) from None
        try:
            private = _under(passphrase, salt).open(sealed, about=f"{ABOUT_IDENTITY}/{public}")
        except Tampered:
            raise BadInput(say("the passphrase of this officer is another"), field="passphrase") from None
        return cls(public, X25519PrivateKey.from_private_bytes(private))

    def opened(self, sealed: Mapping[str, str], *, about: str) -> bytes:
        """What was sealed to this officer.

        Raises:
            Tampered: It was changed, or sealed to somebody else.
        """
        try:
            theirs = X25519PublicKey.from_public_bytes(_bytes(sealed["ephemeral"]))
            shared = self._private.exchange(theirs)
            return _sealer(shared, sealed["ephemeral"], self.public).open(_bytes(sealed["share"]), about=about)
        except (KeyError, TypeError, ValueError, binascii.Error):
            raise Tampered(say("a share of the backup's key was changed; use another copy of the backup")) from None


def sealed_to(public: str, share: bytes, *, about: str) -> dict[str, str]:
    """Something only the holder of an officer's identity opens.

    Raises:
        BadInput: It is no officer's public line.
    """
    ephemeral = X25519PrivateKey.generate()
    mine = _text(ephemeral.public_key().public_bytes_raw())
    try:
        shared = ephemeral.exchange(X25519PublicKey.from_public_bytes(_bytes(public.removeprefix(PREFIX))))
    except (ValueError, binascii.Error):
        public = ""
    if not public.startswith(PREFIX) or _text(_bytes(public.removeprefix(PREFIX))) != public.removeprefix(PREFIX):
        raise BadInput(say("an officer's public line begins with {prefix}", prefix=PREFIX), field="officer")
    return {"ephemeral": mine, "share": _text(_sealer(shared, mine, public).seal(share, about=about))}


def split(key: bytes) -> tuple[bytes, bytes]:
    """Two halves that give the key together; one alone could belong to any key."""
    first = secrets.token_bytes(len(key))
    return first, joined(first, key)


def joined(first: bytes, second: bytes) -> bytes:
    """The key of two halves."""
    return bytes(one ^ two for one, two in zip(first, second, strict=True))


def _under(passphrase: str, salt: bytes) -> Sealer:
    return Sealer(Scrypt(salt=salt, length=KEY_BYTES, **SCRYPT).derive(passphrase.encode()))


def _sealer(shared: bytes, ephemeral: str, public: str) -> Sealer:
    info = f"{ABOUT_SHARE}/{ephemeral}/{public}".encode()
    return Sealer(HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=info).derive(shared))


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode("ascii")


def _bytes(text: object) -> bytes:
    return base64.b64decode(str(text), validate=True)
