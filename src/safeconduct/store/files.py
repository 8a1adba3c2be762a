"""Files that are either whole and durable, or not there."""

import errno
import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from safeconduct.keys.secret_files import sync
from safeconduct.model.errors import BrokenPromise, StoreFull
from safeconduct.model.text import say

TEMPORARY = ".unfinished-"
PRIVATE = 0o700
FULL = frozenset({errno.ENOSPC, errno.EDQUOT, errno.EFBIG})
DISK_FULL = say("the disk is full; nothing of this batch was kept: free some space and run it again")


@contextmanager
def arriving(path: Path) -> Iterator[Path]:
    """A temporary name beside `path` to write to; on leaving it is made durable and takes the name.

    A crash leaves the temporary name, which `sweep` removes; a failure inside removes it at once.

    Raises:
        StoreFull: The disk is full.
        BrokenPromise: The operating system refused for another reason.
    """
    temporary = path.with_name(f"{TEMPORARY}{secrets.token_hex(8)}")
    try:
        private_folder(path.parent)
        yield temporary
        temporary.chmod(0o400)
        sync(temporary)
        temporary.replace(path)
        sync(path.parent)
    except OSError as error:
        raise from_os(error) from None
    finally:
        temporary.unlink(missing_ok=True)


def write(path: Path, content: bytes) -> None:
    """Write a whole file durably, replacing one of that name.

    Raises:
        StoreFull: The disk is full; what was there before is untouched.
    """
    with arriving(path) as temporary:
        temporary.write_bytes(content)


def private_folder(folder: Path) -> None:
    """Make a folder that nobody but its owner may enter, where it is not there, durably with every folder above it.

    A file is durable only if the names of all folders that lead to it are.
    """
    missing = [one for one in (folder, *folder.parents) if not one.exists()]
    for one in reversed(missing):
        one.mkdir(mode=PRIVATE, exist_ok=True)
        sync(one.parent)


def from_os(error: OSError) -> BrokenPromise:
    """What the operating system said, without a path or a value."""
    if error.errno in FULL:
        return StoreFull(DISK_FULL)
    return BrokenPromise(say("a file of the store could not be written or read; check its folder's owner and mode"))
