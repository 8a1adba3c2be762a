"""Descriptions, plans and reports too large for the ledger: sealed, named after what they say, never changed.

No record is among them. What the ledger keeps is the digest.
"""

import hashlib
import json
import re
from pathlib import Path

from safeconduct.keys.provider import KeyProvider
from safeconduct.keys.sealing import Sealer
from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import BadInput, NotFound, Tampered
from safeconduct.model.text import say
from safeconduct.store.chunks import private, removed, spoilt
from safeconduct.store.files import from_os, write

MOST_BYTES = 64 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")


class Documents:
    """The documents of a site.

    Args:
        folder: Where they are; made where it is not there.
        keys: What their key is derived from.

    Example:
        >>> import tempfile
        >>> from safeconduct.keys.provider import FileKeys
        >>> documents = Documents(folder=Path(tempfile.mkdtemp()), keys=FileKeys(True, bytes(32)))
        >>> documents.get(documents.put({"title": "Enquête"}))
        {'title': 'Enquête'}
    """

    def __init__(self, *, folder: Path, keys: KeyProvider) -> None:
        self._folder = folder
        self._sealer = Sealer(keys.derive("documents"))

    def __repr__(self) -> str:
        """Nothing but what they are."""
        return "Documents()"

    def put(self, tree: Json) -> str:
        """Keep a tree durably; the same tree again is the same document.

        Args:
            tree: JSON without floats, up to 64 MiB as canonical text.

        Returns:
            SHA-256 of its canonical text, 64 hexadecimal digits.

        Raises:
            BadInput: It is too long, or has a value without canonical text.
            StoreFull: The disk is full.
        """
        content = canonical(tree).encode()
        if len(content) > MOST_BYTES:
            raise BadInput(say("This document is longer than {most} MiB; split it.", most=MOST_BYTES >> 20))
        digest = hashlib.sha256(content).hexdigest()
        if not self.has(digest):
            private(self._folder)
            write(self._path(digest), self._sealer.seal(content, about=f"document/{digest}"))
        return digest

    def get(self, digest: str) -> Json:
        """A document by its digest.

        Raises:
            NotFound: There is none.
            Tampered: It is not what its digest says.
        """
        absent = NotFound(say("There is no such document."))
        if not DIGEST.fullmatch(digest):
            raise absent
        try:
            content = self._sealer.open(self._path(digest).read_bytes(), about=f"document/{digest}")
        except FileNotFoundError:
            raise absent from None
        except OSError as error:
            raise from_os(error) from None
        except Tampered:
            raise spoilt() from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise spoilt()
        tree: Json = json.loads(content)
        return tree

    def has(self, digest: str) -> bool:
        """Whether there is a document of that digest."""
        return bool(DIGEST.fullmatch(digest)) and self._path(digest).exists()

    def delete(self, digest: str) -> None:
        """Remove a document; nothing happens where there is none."""
        if self.has(digest):
            removed(self._folder, [self._path(digest)])

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}.json"
