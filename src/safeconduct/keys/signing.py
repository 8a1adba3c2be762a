"""Ed25519 signatures that say what they are about, and practice signatures that never verify as real."""

import hashlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.secret_files import write_secret
from safeconduct.model.errors import BadSettings
from safeconduct.model.text import say

KEY_FILE = "signing.key"
PUBLIC_FILE = "signing.pub"
ABOUT = "keys/signing"
TRAINING = "training/"
GROUP = 4
SHOWN = 32


@dataclass(frozen=True, repr=False)
class Signer:
    """Signs in a site's name. The private key rests wrapped under the root key.

    Attributes:
        training: A practice signer; it signs in domains of its own, `training/…`, whatever it is asked.
    """

    training: bool
    _private: Ed25519PrivateKey = field(repr=False)

    def __repr__(self) -> str:
        """The public key's fingerprint."""
        return f"Signer({self.fingerprint})"

    @property
    def public(self) -> bytes:
        """The public key, 32 raw bytes."""
        return self._private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)

    @property
    def fingerprint(self) -> str:
        """What people compare: the first 32 hexadecimal digits of the public key's SHA-256, in groups of four."""
        return fingerprint(self.public)

    def sign(self, message: bytes, *, domain: str) -> bytes:
        """A signature of 64 bytes that is good for this message in this domain only.

        Args:
            message: What is signed.
            domain: What sort of thing it is, such as `"release"`.
        """
        if self.training and not domain.startswith(TRAINING):
            domain = TRAINING + domain
        return self._private.sign(_signed(message, domain))

    @classmethod
    def create(cls, keys: FileKeys, folder: Path) -> "Signer":
        """Make a signer: `signing.key` (wrapped) and `signing.pub` (64 hexadecimal digits, for others to have).

        Raises:
            WrongState: There is one already.
        """
        private = Ed25519PrivateKey.generate()
        signer = cls(keys.training, private)
        write_secret(folder / KEY_FILE, keys.wrap(private.private_bytes_raw(), about=ABOUT))
        (folder / PUBLIC_FILE).write_text(signer.public.hex() + "\n", encoding="ascii")
        return signer

    @classmethod
    def open(cls, keys: FileKeys, folder: Path) -> "Signer":
        """The signer of a folder.

        Raises:
            BadSettings: There is none.
            Tampered: Its key does not open.
        """
        try:
            wrapped = (folder / KEY_FILE).read_bytes()
        except OSError:
            raise BadSettings(say("{file} is missing from the keys folder; restore it", file=KEY_FILE)) from None
        return cls(keys.training, Ed25519PrivateKey.from_private_bytes(keys.unwrap(wrapped, about=ABOUT)))


def fingerprint(public: bytes) -> str:
    """What people compare instead of a public key.

    Example:
        >>> fingerprint(bytes(32))
        '6668 7aad f862 bd77 6c8f c18b 8e9f 8e20'
    """
    digits = hashlib.sha256(public).hexdigest()[:SHOWN]
    return " ".join(digits[at : at + GROUP] for at in range(0, SHOWN, GROUP))


def verify(public: bytes, message: bytes, signature: bytes, *, domain: str) -> bool:
    """Whether the holder of the public key signed this message in this domain.

    What a practice signer signed as `"release"` verifies as `"training/release"` and never as `"release"`.
    """
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _signed(message, domain))
    except (InvalidSignature, ValueError):
        return False
    return True


def _signed(message: bytes, domain: str) -> bytes:
    return b"safeconduct/" + domain.encode() + b"\0" + message
