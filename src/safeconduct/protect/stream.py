"""Random words: the same from the same secret, or fresh from the operating system; what noise is drawn from."""

import hashlib
import os
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from safeconduct.model.errors import BadInput, Unsafe

Words = NDArray[np.uint64]

SHORTEST_SECRET = 16
"""Bytes a secret must have at least."""

BLOCK = 512
"""Words of one counter block; part of what a stream is, so it never changes."""

FORM = b"safeconduct stream 1\n"

PRIME = (1 << 31) - 1
"""What record keys are numbers modulo; products of two of them fit 64 bits."""


class Source(Protocol):
    """What random words come from."""

    def words(self, count: int) -> Words:
        """As many words of 64 bits, each bit fair and on its own; the next call gives others."""
        ...


class Stream:
    """Words that look random to whoever does not know the secret, and are the same for whoever does.

    Word `i` depends on the secret, the purpose and `i` only, not on how many were asked for at a time nor on the
    machine. SHAKE-256 (FIPS 202) over the secret, the purpose, each behind its length, and the number of a block gives
    the words of the block, little-endian. It remembers where it was; two threads must not share one.

    Args:
        secret: At least 16 bytes nobody can guess; another secret gives an unrelated stream.
        purpose: What the words are for; two purposes of one secret have unrelated streams.

    Raises:
        Unsafe: The secret is too short.

    Example:
        >>> once, again = Stream(bytes(32), "example"), Stream(bytes(32), "example")
        >>> once.words(5).tolist() == again.words(2).tolist() + again.words(3).tolist()
        True
    """

    def __init__(self, secret: bytes, purpose: str) -> None:
        if len(secret) < SHORTEST_SECRET:
            raise Unsafe(f"noise needs a secret of at least {SHORTEST_SECRET} bytes; make one with the site's keys")
        self._begun = hashlib.shake_256(FORM)
        for part in (secret, purpose.encode()):
            self._begun.update(len(part).to_bytes(8, "little"))
            self._begun.update(part)
        self._purpose, self._at = purpose, 0

    def __repr__(self) -> str:
        """What it is for, never what it is made from."""
        return f"Stream({self._purpose!r})"

    def words(self, count: int) -> Words:
        """The next words.

        Raises:
            BadInput: Fewer than none are asked for.
        """
        start, self._at = self._at, self._at + _not_negative(count)
        first = start // BLOCK
        content = b"".join(self._block(number) for number in range(first, -(-self._at // BLOCK)))
        skip = start - first * BLOCK
        return np.frombuffer(content, "<u8")[skip : skip + count].astype(np.uint64)

    def _block(self, number: int) -> bytes:
        block = self._begun.copy()
        block.update(number.to_bytes(8, "little"))
        return block.digest(8 * BLOCK)


class _Fresh:
    """Words of the operating system."""

    def words(self, count: int) -> Words:
        """Words nobody had before."""
        return np.frombuffer(os.urandom(8 * _not_negative(count)), "<u8").astype(np.uint64)


def fresh() -> Source:
    """Words nobody had before and nobody can have again, from the operating system.

    An answer made from these cannot be made a second time: what must be replayed has a `Stream` from a secret that is
    kept, itself made of `os.urandom`.
    """
    return _Fresh()


@dataclass(frozen=True)
class RecordKeys:
    """A number for every person of a data set, evenly distributed below `PRIME`, that nobody knows without the secret.

    The key of person x is d + c·x + b·x² + a·x³ modulo the prime, so that a database works it out from the code alone:
    nothing is joined, and who comes later changes nobody's key. Two cells with other people have the same sum with a
    chance of 1 in 2³¹ only, unless their codes agree in number, sum, sum of squares and sum of cubes. Sums are no
    noise by themselves: a keyed hash of them is.

    Attributes:
        coefficients: a, b, c and d; secret.

    References:
        Wegman, Carter (1981), New hash functions and their use in authentication and set equality,
        doi:10.1016/0022-0000(81)90033-7.

    Example:
        >>> keys = record_keys(bytes(32))
        >>> keys.of(np.arange(1000))[:7].tolist() == keys.of(np.arange(7)).tolist()
        True
    """

    coefficients: tuple[int, int, int, int] = field(repr=False)

    def of(self, people: NDArray[np.int64]) -> NDArray[np.int64]:
        """Their keys.

        Args:
            people: Codes, 0 to `PRIME` − 1.
        """
        key, *others = self.coefficients
        made = np.full(people.shape, key, dtype=np.int64)
        for one in others:
            made = (made * people + one) % PRIME
        return made


def record_keys(secret: bytes) -> RecordKeys:
    """The record keys of a data set.

    Args:
        secret: The data set's secret for record keys, at least 16 bytes.

    Raises:
        Unsafe: The secret is too short.
    """
    a, b, c, d = (int(word) % PRIME for word in Stream(secret, "record keys").words(4))
    return RecordKeys((a, b, c, d))


def _not_negative(count: int) -> int:
    if count < 0:
        raise BadInput("a number of random words cannot be negative", field="count")
    return count
