"""What lies beside the records of a pool or of a share of it: its key, digests, reports; sealed, each in a chest.

The folder is a data set's, so that destroying the data set destroys them too, keys first. Two sorts are here: papers,
which are JSON, and the pool's key, which is random: what is derived from the site's root could never be destroyed.
"""

import hashlib
import json
import secrets
from collections.abc import Collection
from pathlib import Path

from safeconduct.keys.provider import KEY_BYTES, KeyProvider
from safeconduct.model.canonical import Json, canonical
from safeconduct.store.chests import Chests
from safeconduct.store.versions import folder_of

UNDER = "pool"
KEY = "comparison-key"


class PoolPapers:
    """The sealed papers of one pool, or of one share; of another share nothing opens here.

    Args:
        store: The store's folder.
        dataset: Name of the data set the share's records rest under, or the pool's own.
        keys: What wraps their keys.
    """

    def __init__(self, *, store: Path, dataset: str, keys: KeyProvider) -> None:
        self._chests = Chests(folder=folder_of(store, dataset) / UNDER, keys=keys, purpose=f"{UNDER}/{dataset}")

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "PoolPapers()"

    def put(self, tree: Json) -> str:
        """Keep a paper; the handle it is read by.

        Raises:
            StoreFull: The disk is full.
        """
        with self._chests.create(f"p-{secrets.token_hex(16)}") as chest:
            chest.write(canonical(tree).encode())
            return chest.finish().name

    def get(self, name: str) -> Json:
        """A paper by its handle.

        Raises:
            NotFound: It was destroyed.
            Tampered: It is not what was put there.
        """
        with self._chests.open(name) as file:
            found: Json = json.loads(file.read())
        return found

    def keep_only(self, names: Collection[str]) -> None:
        """Destroy every paper but these; the key stays."""
        for name in set(self._chests.names()) - {*names, KEY}:
            self._chests.delete(name)

    def make_key(self) -> None:
        """Draw the key that identifiers of this pool are turned into digests under; once."""
        if not self._chests.exists(KEY):
            with self._chests.create(KEY) as chest:
                chest.write(secrets.token_bytes(KEY_BYTES))
                chest.finish()

    def key(self) -> bytes:
        """That key.

        Raises:
            NotFound: It was destroyed; nothing can be compared any more.
        """
        with self._chests.open(KEY) as file:
            return bytes(file.read())

    def has_key(self) -> bool:
        """Whether the key was not destroyed yet."""
        return self._chests.exists(KEY)

    def destroy_key(self) -> None:
        """Destroy the key; doing it again changes nothing."""
        self._chests.delete(KEY)


def key_digests(folder: Path) -> tuple[str, ...]:
    """SHA-256 of every key file below a folder: what tells later which files were destroyed."""
    return tuple(sorted({hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*.key")}))
