"""Which files of a watched folder are whole, and which were looked at before."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path

from safeconduct.ingest.files import files_there
from safeconduct.model.mapping import FileMapping
from safeconduct.model.origin import Complete

MARKERS = (".done", ".ok")
DIGITS = 32


class Stage(StrEnum):
    """What became of a file: seen and perhaps still growing, taken in, or not readable as it was."""

    WAITING = "waiting"
    TAKEN = "taken"
    FAILED = "failed"


@dataclass(frozen=True)
class Seen:
    """A file at a look.

    Attributes:
        mark: Its size, when it was changed, and the mapping it was read by.
        stage: What became of it.
    """

    mark: str
    stage: Stage


@dataclass(frozen=True, repr=False)
class Look:
    """What a look at a folder found.

    Attributes:
        whole: Files to take in, with their keys.
        waiting: Files that are perhaps still growing, by key.
    """

    whole: Mapping[Path, str]
    waiting: Mapping[str, Seen]
    marks: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Look()"


def look(mapping: FileMapping, folder: Path, *, before: Mapping[str, Seen], key: bytes) -> Look:
    """Look at a folder.

    A file that was taken in, or could not be read, is not looked at again until it, or the mapping, is another.

    Args:
        mapping: Which files, and how one shows that it is whole.
        folder: Where they are.
        before: What was seen before, by key.
        key: Keys the names of files, which may say more than they should.

    Raises:
        BadMapping: The mapping contradicts itself.
    """
    read_by = hashlib.sha256(repr(mapping).encode()).hexdigest()[:8]
    whole, waiting, marks = dict[Path, str](), dict[str, Seen](), dict[str, str]()
    for found in files_there(mapping, folder):
        place = found.path.relative_to(folder).as_posix().encode(errors="surrogateescape")
        name = hmac.digest(key, place, "sha256").hex()[:DIGITS]
        try:
            there = found.path.stat()
        except OSError:
            continue
        now = Seen(f"{there.st_size}-{there.st_mtime_ns}-{read_by}", Stage.WAITING)
        last = before.get(name)
        marks[name] = now.mark
        if last is not None and last.mark == now.mark and last.stage is not Stage.WAITING:
            continue
        if _is_whole(found.path, mapping.source.complete, quiet=last == now):
            whole[found.path] = name
        elif last != now:
            waiting[name] = now
    return Look(whole, waiting, marks)


def _is_whole(path: Path, rule: Complete, *, quiet: bool) -> bool:
    marked = any(_is_there(path.with_name(path.name + marker)) for marker in MARKERS)
    match rule:
        case Complete.QUIET:
            return quiet or marked
        case Complete.MARKER:
            return marked
        case Complete.RENAMED:
            return True


def _is_there(path: Path) -> bool:
    """Whether there is a file of that name; where a name is as long as names may be, a longer one is nobody's."""
    try:
        return path.exists()
    except OSError:
        return False
