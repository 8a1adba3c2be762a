"""Encrypted files: which connection may open them, by which key, and whether they are still what they were."""

import base64
import hashlib
import os
import secrets
import threading
from collections.abc import Sequence
from pathlib import Path

import duckdb
import duckdb_extension_httpfs

from safeconduct.keys.provider import KeyProvider
from safeconduct.model.errors import Tampered
from safeconduct.model.text import say
from safeconduct.store.rewrapped import wrapped_key
from safeconduct.store.versions import Part

Fingerprint = tuple[str, int, int, int, int]
_seen: dict[Fingerprint, str] = {}
_seen_lock = threading.Lock()
_signed: set[Fingerprint] = set()


def unwrapped(keys: KeyProvider, dataset: str, part: Part, folder: Path | None = None) -> bytes:
    """The data key of a part.

    Args:
        keys: What opens it.
        dataset: Name of the data set.
        part: Which part.
        folder: The data set's folder, where keys that were exchanged stand; without it the manifest's key is taken,
            which opens only until keys are exchanged.

    Raises:
        Tampered: It was wrapped for another file or by another site.
    """
    wrapped = wrapped_key(folder, part.path, part.wrapped_key)
    return keys.unwrap(wrapped, about=f"{dataset}/{part.path}")


def check(path: Path, sha256: str) -> None:
    """See that a file is what the manifest says; a file that has not changed since is read once a process.

    Raises:
        Tampered: It is gone, or it is another file.
    """
    try:
        fingerprint = _fingerprint(path)
        with _seen_lock:
            found = _seen.get(fingerprint)
        if found is None:
            found = digest_of(path)
            with _seen_lock:
                _seen[fingerprint] = found
    except OSError:
        raise Tampered(say("a file of the store is gone; restore it from the backup")) from None
    if found != sha256:
        raise Tampered(say("a file of the store was changed or swapped; restore it from the backup"))


def _fingerprint(path: Path) -> Fingerprint:
    """What changes whenever a file does."""
    status = path.stat()
    return str(path), status.st_ino, status.st_mtime_ns, status.st_ctime_ns, status.st_size


def digest_of(path: Path) -> str:
    """SHA-256 of a file, 64 hexadecimal digits."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def connect(
    *, read: Sequence[Path], write: Sequence[Path] = (), spill: Path, memory_mb: int, threads: int
) -> duckdb.DuckDBPyConnection:
    """A DuckDB in memory that can touch nothing but the folders named, and whose spill is encrypted.

    The order is the only one that works: extension, limits, folders, access off, lock. Keys are added afterwards, with
    `add_keys`. `COPY … TO` works inside every folder named: a process that must not write gets folders it cannot
    write to. The extension's signature is checked once a process, and again where its file has changed: a check takes
    seven times as long as all the rest, and the code that runs is what was loaded the first time. Nothing else is
    loaded, signed or not, once access is off.

    Args:
        read: Folders to read from.
        write: Folders to write to.
        spill: Folder for what does not fit into memory; each connection spills to a folder of its own below it, since
            two processes with one folder would write over one another.
        memory_mb: Most memory DuckDB may take, megabytes; Python and Arrow come on top.
        threads: Threads it may use.
    """
    spill.mkdir(parents=True, exist_ok=True, mode=0o700)
    own = spill / f"{os.getpid()}-{secrets.token_hex(4)}"
    extension = _extension()
    file = _fingerprint(extension)
    connection = duckdb.connect(
        ":memory:",
        config={
            "autoinstall_known_extensions": "false",
            "autoload_known_extensions": "false",
            "allow_community_extensions": "false",
            "allow_unsigned_extensions": "true" if file in _signed else "false",
            "memory_limit": f"{memory_mb}MB",
            "threads": str(threads),
            "temp_directory": str(own),
            "preserve_insertion_order": "false",
        },
    )
    connection.execute(f"LOAD {quoted(str(extension))}")
    _signed.add(file)
    connection.execute("SET temp_file_encryption = true")
    connection.execute("SET TimeZone = 'UTC'")
    connection.execute("SET enable_progress_bar = false")
    folders = ", ".join(quoted(str(path.resolve())) for path in (*read, *write))
    connection.execute(f"SET allowed_directories = [{folders}]")
    connection.execute("SET enable_external_access = false")
    connection.execute("SET lock_configuration = true")
    return connection


def add_key(connection: duckdb.DuckDBPyConnection, name: str, key: bytes) -> None:
    """Hand one key to a connection under a name."""
    text = base64.b64encode(key).decode("ascii")
    connection.execute(f"PRAGMA add_parquet_key({quoted(name)}, {quoted(text)})")


def quoted(text: str) -> str:
    """A text as an SQL literal.

    Example:
        >>> quoted("it's")
        "'it''s'"
    """
    return "'" + text.replace("'", "''") + "'"


def _extension() -> Path:
    folder = Path(duckdb_extension_httpfs.__file__).parent / "extensions" / f"v{duckdb.__version__}"
    return folder / "httpfs.duckdb_extension"
