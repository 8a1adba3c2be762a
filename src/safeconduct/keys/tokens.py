"""The RSA key that access tokens are signed with."""

from dataclasses import dataclass, field
from pathlib import Path

from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey, generate_private_key
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
)

from safeconduct.keys.provider import FileKeys
from safeconduct.keys.secret_files import write_secret
from safeconduct.model.errors import BadSettings, Tampered
from safeconduct.model.text import say

KEY_FILE = "tokens.key"
ABOUT = "keys/tokens"
BITS = 3072


@dataclass(frozen=True, repr=False)
class TokenKeys:
    """An RSA key of 3072 bits, wrapped at rest; FlowKit's clients know tokens as RS256."""

    _private: RSAPrivateKey = field(repr=False)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "TokenKeys()"

    def private_pem(self) -> bytes:
        """PKCS #8 PEM, not encrypted; keep it no longer than the call that needs it."""
        return self._private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    def public_pem(self) -> bytes:
        """SubjectPublicKeyInfo PEM, for whoever checks tokens."""
        return self._private.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)

    @classmethod
    def create(cls, keys: FileKeys, folder: Path) -> "TokenKeys":
        """Make a key pair in a folder.

        Raises:
            WrongState: There is one already.
        """
        made = cls(generate_private_key(public_exponent=65537, key_size=BITS))
        write_secret(folder / KEY_FILE, keys.wrap(made.private_pem(), about=ABOUT))
        return made

    @classmethod
    def open(cls, keys: FileKeys, folder: Path) -> "TokenKeys":
        """The key pair of a folder.

        Raises:
            BadSettings: There is none.
            Tampered: It does not open, or is no RSA key.
        """
        try:
            wrapped = (folder / KEY_FILE).read_bytes()
        except OSError:
            raise BadSettings(say("{file} is missing from the keys folder; restore it", file=KEY_FILE)) from None
        private = load_pem_private_key(keys.unwrap(wrapped, about=ABOUT), password=None)
        if not isinstance(private, RSAPrivateKey):
            raise Tampered(say("{file} holds no RSA key; restore it from the backup", file=KEY_FILE))
        return cls(private)
