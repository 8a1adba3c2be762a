"""Files of secrets: only their owner may read them, nobody changes them, and they are whole or not there."""

import os
from pathlib import Path

from safeconduct.model.errors import WrongState
from safeconduct.model.text import say


def write_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read and nobody may change, and that was not there before.

    Raises:
        WrongState: There is a file of that name.
    """
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o400)
    except FileExistsError:
        raise WrongState(say("there are keys already; keys are never overwritten")) from None
    with os.fdopen(handle, "wb") as file:
        file.write(content)
        file.flush()
        os.fsync(handle)


def replace_secret(path: Path, content: bytes) -> None:
    """Write a file that only its owner may read in the place of one of that name; one or the other is there, whole."""
    unfinished = path.with_name(f".{path.name}.unfinished")
    unfinished.unlink(missing_ok=True)
    write_secret(unfinished, content)
    unfinished.replace(path)
    sync(path.parent)


def sync(path: Path) -> None:
    """Make a file durable, or the names in a folder.

    Raises:
        OSError: The operating system refused.
    """
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
