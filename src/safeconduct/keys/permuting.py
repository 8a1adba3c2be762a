"""Blocks of sixteen bytes put in one another's place under a key: what pseudonyms rest as from the second epoch on."""

import secrets

from cryptography.hazmat.primitives.ciphers import Cipher, CipherContext
from cryptography.hazmat.primitives.ciphers.algorithms import AES256
from cryptography.hazmat.primitives.ciphers.modes import ECB
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from safeconduct.keys.sources import KEY_BYTES
from safeconduct.model.errors import BrokenPromise
from safeconduct.model.text import say

BLOCK_BYTES = 16


class Permutation:
    """AES-256 over blocks, each by itself; its `repr` shows nothing.

    A permutation, not a cipher for messages: equal blocks give equal blocks, so that a block is found again, and none
    is bound to its place. Hand it blocks that are as good as random and all different, as pseudonyms are, and seal
    what comes out of it like any record.

    Args:
        secret: 32 random bytes, from `new_secret`; whoever has them can undo it.
        sort: What the blocks stand for; every sort has a permutation of its own.

    Example:
        >>> one = Permutation(bytes(32), sort="person")
        >>> one.shown(one.hidden(b"sixteen letters!")), one.hidden(bytes(32))[:16] == one.hidden(bytes(32))[16:]
        (b'sixteen letters!', True)
    """

    def __init__(self, secret: bytes, *, sort: str) -> None:
        key = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=f"safeconduct/blocks/{sort}".encode())
        self._cipher = Cipher(AES256(key.derive(secret)), ECB())  # noqa: S305 - blocks are random, distinct, no message

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Permutation()"

    def hidden(self, blocks: bytes) -> bytes:
        """What takes the place of blocks written one after the other, in their order.

        Raises:
            BrokenPromise: They are not whole blocks.
        """
        return _through(self._cipher.encryptor(), blocks)

    def shown(self, blocks: bytes) -> bytes:
        """The blocks in whose place these stand; the other way round.

        Raises:
            BrokenPromise: They are not whole blocks.
        """
        return _through(self._cipher.decryptor(), blocks)


def new_secret() -> bytes:
    """A secret for permutations, 32 random bytes that come from no other key."""
    return secrets.token_bytes(KEY_BYTES)


def _through(context: CipherContext, blocks: bytes) -> bytes:
    if len(blocks) % BLOCK_BYTES:
        raise BrokenPromise(say("pseudonyms are not whole; restore the data set from the backup"))
    return context.update(blocks) + context.finalize()
