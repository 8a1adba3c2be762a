"""What surrounds a computation: a way to stop it, and our words for what DuckDB says."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import duckdb

from safeconduct.model.errors import BrokenPromise, Cancelled, SafeconductError, StoreFull, Tampered

EVERY_S = 0.05
FULL = ("no space left", "disk full", "enospc", "not enough space")
SPOILT = ("aes tag", "decrypt", "encryption", "magic bytes", "corrupt", "invalid parquet", "footer key", "thrift")


@contextmanager
def guarded(connection: duckdb.DuckDBPyConnection, cancelled: threading.Event | None = None) -> Iterator[None]:
    """Run statements so that they can be stopped from another thread, and fail in words of ours.

    Args:
        connection: Interrupted while `cancelled` is set; again and again, since a statement that is only about to
            start does not hear it.
        cancelled: Set by another thread to stop.

    Raises:
        Cancelled: It was set.
        StoreFull: The disk of the spill folder is full.
        Tampered: A file does not open with its key.
        BrokenPromise: Anything else DuckDB could not do. No message of DuckDB's is passed on: it may quote values.
    """
    done = threading.Event()
    watcher = threading.Thread(target=_watch, args=(connection, cancelled, done), daemon=True)
    if cancelled is not None:
        watcher.start()
    try:
        yield
        stop_if(cancelled)
    except duckdb.Error as error:
        raise in_our_words(error, cancelled) from None
    finally:
        done.set()
        if cancelled is not None:
            watcher.join()


def stop_if(cancelled: threading.Event | None) -> None:
    """Stop here if somebody asked to.

    Raises:
        Cancelled: Somebody did.
    """
    if cancelled is not None and cancelled.is_set():
        raise Cancelled("the question was stopped before it was answered; nothing was changed")


def in_our_words(error: duckdb.Error, cancelled: threading.Event | None = None) -> SafeconductError:
    """What went wrong, without a word of DuckDB's."""
    said = str(error).lower()
    if isinstance(error, duckdb.InterruptException) or (cancelled is not None and cancelled.is_set()):
        return Cancelled("the question was stopped before it was answered; nothing was changed")
    if any(word in said for word in FULL):
        return StoreFull("the disk of the spill folder is full; free some space and ask again")
    if isinstance(error, duckdb.OutOfMemoryException):
        return BrokenPromise("the question needs more memory than it may use; ask for fewer days or raise memory_mb")
    if any(word in said for word in SPOILT):
        return Tampered("a part of the store does not open with its key; run 'safeconduct doctor'")
    return BrokenPromise("the records could not be read; run 'safeconduct doctor'")


def _watch(connection: duckdb.DuckDBPyConnection, cancelled: threading.Event | None, done: threading.Event) -> None:
    while cancelled is not None and not done.wait(EVERY_S):
        if cancelled.is_set():
            connection.interrupt()
