"""Bytes that come and go: what a verb is handed where somebody sends a file, and what it gives where they take one."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

SENT = "sent"
"""Marks a verb's argument, `Annotated[str, SENT]`, that is the id of a file sent before; a shell takes a path there."""


@dataclass(frozen=True)
class Upload:
    """A stream somebody sends; it can be read once, and may break off anywhere.

    Attributes:
        content: The bytes, in pieces of any size.
    """

    content: Iterable[bytes] = field(repr=False)


@dataclass(frozen=True, kw_only=True)
class Download:
    """A file that left, to be handed over.

    Attributes:
        path: Where it lies.
        name: What to call it.
        media: Its media type.
    """

    path: Path
    name: str
    media: str


@dataclass(frozen=True, kw_only=True)
class Stream:
    """A file that lies encrypted, to be handed over piece by piece, from any byte on.

    Attributes:
        name: What to call it.
        media: Its media type.
        size: Bytes in all.
        sha256: Digest of all of it; the same digest, the same bytes.
        read: The bytes from one position up to another; whatever is to be recorded is recorded while it is read.
    """

    name: str
    media: str
    size: int
    sha256: str
    read: Callable[[int, int], Iterator[bytes]] = field(repr=False)

    def whole(self) -> bytes:
        """All of it at once; for small files and for tests."""
        return b"".join(self.read(0, self.size))
