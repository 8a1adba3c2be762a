"""Small secrets and rejected rows, encrypted one by one."""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from safeconduct.model.errors import Tampered
from safeconduct.model.text import say

NONCE_BYTES = 12


class Sealer:
    """Seals bytes under one key with AES-256-GCM; its `repr` shows nothing.

    Every sealing takes a fresh random nonce: use it for up to some billion pieces a key, and give each piece its own
    `about`, so that pieces cannot be swapped for one another.

    Args:
        key: 32 bytes, from `KeyProvider.derive`.

    Example:
        >>> sealer = Sealer(bytes(32))
        >>> sealer.open(sealer.seal(b"a name", about="account 1"), about="account 1")
        b'a name'
    """

    def __init__(self, key: bytes) -> None:
        self._cipher = AESGCM(key)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Sealer()"

    def seal(self, data: bytes, *, about: str) -> bytes:
        """The data encrypted, 28 bytes longer, bound to `about`."""
        nonce = secrets.token_bytes(NONCE_BYTES)
        return nonce + self._cipher.encrypt(nonce, data, about.encode())

    def open(self, data: bytes, *, about: str) -> bytes:
        """What was sealed for `about`.

        Raises:
            Tampered: The bytes were changed, or sealed for something else or under another key.
        """
        try:
            return self._cipher.decrypt(data[:NONCE_BYTES], data[NONCE_BYTES:], about.encode())
        except (InvalidTag, ValueError):
            raise Tampered(say("sealed bytes do not open; they were changed or belong to something else")) from None
