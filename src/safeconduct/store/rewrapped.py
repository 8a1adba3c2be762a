"""Data keys wrapped again: beside manifests, which never change.

A manifest holds the data key of each of its files, wrapped, and is named after what it says. When keys are exchanged,
the same data key, wrapped anew, is written to `rewrapped.json` in the data set's folder and comes before the
manifest's. What stands there for a file that is gone is removed with it.
"""

import base64
import json
import threading
from collections.abc import Mapping
from pathlib import Path

from safeconduct.model.canonical import Json, canonical
from safeconduct.model.errors import Tampered
from safeconduct.model.text import say
from safeconduct.store.files import write

FORMAT = 1
FILE = "rewrapped.json"
Seen = tuple[int, int, int]
_read: dict[Path, tuple[Seen, Mapping[str, str]]] = {}
_lock = threading.Lock()


def rewrapped(folder: Path) -> Mapping[str, str]:
    """Wrapped data keys by path below a data set's folder, in base64; empty where keys were never exchanged.

    Raises:
        Tampered: It cannot be read.
    """
    path = folder / FILE
    try:
        status = path.stat()
        seen = (status.st_ino, status.st_mtime_ns, status.st_size)
        with _lock:
            before = _read.get(path)
        if before is None or before[0] != seen:
            tree = json.loads(path.read_bytes())
            before = (seen, {str(name): str(key) for name, key in tree["keys"].items()})
            with _lock:
                _read[path] = before
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        raise Tampered(
            say("the list of exchanged keys of a data set was changed; restore it from the backup")
        ) from None
    return before[1]


def wrapped_key(folder: Path | None, path: str, wrapped: str) -> bytes:
    """The wrapped data key of a file: as it was exchanged last, or as its manifest has it.

    Args:
        folder: The data set's folder; `None` looks at the manifest alone.
        path: Where the file is, below that folder.
        wrapped: What the manifest has, in base64.
    """
    return base64.b64decode((rewrapped(folder) if folder else {}).get(path, wrapped))


def keep(folder: Path, keys: Mapping[str, str]) -> None:
    """Write the list of a data set anew, durably; the caller is its sole writer."""
    tree: dict[str, Json] = {"format": FORMAT, "keys": dict(keys)}
    write(folder / FILE, canonical(tree).encode())


def prune(folder: Path) -> None:
    """Forget the keys of files that are gone; the caller is the data set's sole writer."""
    before = rewrapped(folder)
    after = {path: key for path, key in before.items() if (folder / path).exists()}
    if len(after) < len(before):
        keep(folder, after)
