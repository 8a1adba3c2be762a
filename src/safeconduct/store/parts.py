"""Encrypted Parquet files, written by DuckDB: the form records rest in."""

import base64
import secrets
from collections.abc import Sequence
from pathlib import Path

import duckdb

from safeconduct.keys.provider import KEY_BYTES, KeyProvider
from safeconduct.model.errors import BrokenPromise, StoreFull, Tampered
from safeconduct.model.text import say
from safeconduct.store.encrypted import add_key, digest_of, quoted
from safeconduct.store.files import DISK_FULL, arriving
from safeconduct.store.versions import Part, folder_of

FULL = ("no space left", "disk full", "file too large", "disk quota", "not enough space")
SPOILT = (
    "aes tag",
    "decrypt",
    "encryption",
    "magic bytes",
    "corrupt",
    "invalid parquet",
    "footer key",
    "thrift",
    "too small",
)


class PartWriter:
    """Writes the files of one data set, each under a random data key of its own.

    Args:
        store: The store's folder.
        dataset: Name of the data set.
        keys: What wraps the data keys.
        connection: Where the rows are; it may write to the data set's folder.
    """

    def __init__(self, *, store: Path, dataset: str, keys: KeyProvider, connection: duckdb.DuckDBPyConnection) -> None:
        self._folder = folder_of(store, dataset)
        self._dataset = dataset
        self._keys = keys
        self._connection = connection

    def write(self, select: str, *, under: str) -> Part:
        """Write what a statement selects, in its order, below a folder of the data set; the name is random.

        Raises:
            StoreFull: The disk is full; no file is left.
            BrokenPromise: DuckDB could not do it for another reason.
        """
        name = f"{under}/{secrets.token_hex(16)}.parquet"
        key, key_name = secrets.token_bytes(KEY_BYTES), f"w{secrets.token_hex(8)}"
        add_key(self._connection, key_name, key)
        with arriving(self._folder / name) as temporary:
            try:
                rows = self._connection.execute(_copy(select, temporary, key_name)).fetchall()[0][0]
            except duckdb.Error as error:
                raise from_duckdb(error) from None
        path = self._folder / name
        return Part(
            path=name,
            sha256=digest_of(path),
            size=path.stat().st_size,
            rows=int(rows),
            wrapped_key=wrapped(self._keys, self._dataset, name, key),
        )

    def discard(self, parts: Sequence[Part]) -> None:
        """Remove files that no version needs after all."""
        for part in parts:
            (self._folder / part.path).unlink(missing_ok=True)


def wrapped(keys: KeyProvider, dataset: str, name: str, key: bytes) -> str:
    """A data key as a manifest keeps it: bound to the data set and the file's path."""
    return base64.b64encode(keys.wrap(key, about=f"{dataset}/{name}")).decode("ascii")


def from_duckdb(error: duckdb.Error) -> BrokenPromise:
    """What DuckDB said, without a word of its own: it may quote values."""
    said = str(error).lower()
    if any(word in said for word in FULL):
        return StoreFull(DISK_FULL)
    if isinstance(error, duckdb.OutOfMemoryException):
        return BrokenPromise(say("this needs more memory than it may use; raise memory_mb in safeconduct.toml"))
    if any(word in said for word in SPOILT):
        return Tampered(say("a file of the store does not open with its key; restore it from the backup"))
    return BrokenPromise(say("the records could not be written or read; run 'safeconduct doctor'"))


def _copy(select: str, path: Path, key_name: str) -> str:
    return (
        f"COPY ({select}) TO {quoted(str(path))} (FORMAT parquet, PARQUET_VERSION V2, COMPRESSION zstd, "
        f"ENCRYPTION_CONFIG {{footer_key: {quoted(key_name)}}})"
    )
