"""Descriptions, plans and reports too large for the ledger: sealed, named after what they say, never changed.

No record is among them. What the ledger keeps is the digest. Each lies under a random key of its own, which goes first
when it is deleted; documents from before there were such keys lie under a derived one, and `renew` writes them anew.
"""

import fcntl
import hashlib
import json
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safeconduct.keys.provider import KeyProvider
from safeconduct.keys.ring import holding
from safeconduct.keys.sealing import Sealer
from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import BadInput, NotFound, Tampered
from safeconduct.model.text import say
from safeconduct.store.chunks import private, removed, spoilt
from safeconduct.store.files import from_os, write
from safeconduct.store.own_keys import FRONT_BYTES, OwnKeys, has_own_key

PURPOSE, SUFFIX = "documents", ".json"
MOST_BYTES = 64 << 20
DIGEST = re.compile(r"[0-9a-f]{64}")


class Documents:
    """The documents of a site.

    Args:
        folder: Where they are; made where it is not there.
        keys: What wraps their keys.

    Example:
        >>> import tempfile
        >>> from safeconduct.keys.provider import FileKeys
        >>> documents = Documents(folder=Path(tempfile.mkdtemp()), keys=FileKeys(True, bytes(32)))
        >>> documents.get(documents.put({"title": "Enquête"}))
        {'title': 'Enquête'}
    """

    def __init__(self, *, folder: Path, keys: KeyProvider) -> None:
        self._folder = folder
        self._own = OwnKeys(folder=folder, keys=keys, purpose=PURPOSE)
        self._derived = Sealer(keys.derive("documents"))

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
        with self._alone():
            if not self.has(digest):
                self._write(digest, content)
        return digest

    def get(self, digest: str) -> Json:
        """A document by its digest.

        Raises:
            NotFound: There is none, or its key was destroyed.
            Tampered: It is not what its digest says.
        """
        tree: Json = json.loads(self._content(digest))
        return tree

    def has(self, digest: str) -> bool:
        """Whether there is a document of that digest, with its key."""
        return bool(DIGEST.fullmatch(digest)) and self._own.opens(digest, self._path(digest))

    def delete(self, digest: str) -> None:
        """Destroy a document, its key first; nothing happens where there is none."""
        if DIGEST.fullmatch(digest) and self._folder.exists():
            with self._alone():
                self._own.destroy([digest])
                removed(self._folder, [self._path(digest)])

    def sweep(self) -> None:
        """Remove what a crash left: half-written documents, keys that open nothing, documents without their key."""
        with self._alone():
            self._own.sweep(SUFFIX)

    def older(self) -> tuple[str, ...]:
        """Digests of documents that lie under a derived key still."""
        found = sorted(self._folder.glob(f"*{SUFFIX}"))
        return tuple(path.name.removesuffix(SUFFIX) for path in found if not has_own_key(path))

    def renew(self) -> int:
        """Write older documents anew, each under a key of its own; how many. Again, and nothing changes.

        Raises:
            Tampered: One is not what its digest says; those before it were written anew.
        """
        found = self.older()
        for digest in found:
            with self._alone():
                if self.has(digest):
                    self._write(digest, self._content(digest))
        return len(found)

    def _content(self, digest: str) -> bytes:
        absent = NotFound(say("There is no such document."))
        if not DIGEST.fullmatch(digest):
            raise absent
        try:
            sealed = self._path(digest).read_bytes()
            own = self._own.of(digest, sealed)
            content = (
                self._derived.open(sealed, about=f"document/{digest}")
                if own is None
                else own.sealer.open(sealed[FRONT_BYTES:], about=own.about)
            )
        except FileNotFoundError:
            raise absent from None
        except OSError as error:
            raise from_os(error) from None
        except Tampered:
            raise spoilt() from None
        if hashlib.sha256(content).hexdigest() != digest:
            raise spoilt()
        return content

    def _write(self, digest: str, content: bytes) -> None:
        """The key first, then the file; a key that a crash left alone opens nothing, and `sweep` destroys it."""
        own = self._own.new(digest)
        self._own.keep(own)
        write(self._path(digest), own.front + own.sealer.seal(content, about=own.about))

    @contextmanager
    def _alone(self) -> Iterator[None]:
        """Two programs that keep the same document at once would take each other's key away."""
        private(self._folder)
        with holding(self._folder, fcntl.LOCK_EX):
            yield

    def _path(self, digest: str) -> Path:
        return self._folder / f"{digest}{SUFFIX}"
