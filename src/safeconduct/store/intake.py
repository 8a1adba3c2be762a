"""Rows that did not fit: one encrypted file for each file they came from, each under a random key of its own.

Only `ingest` may read them. A quarantine file is named after the digest of the file its rows came from, and it is
whole or not there: taking the same file in again replaces it and doubles nothing. Destroying one takes its key first.
Files from before there were such keys lie under a key derived for the data set; they go within 30 days.
"""

import base64
import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import BinaryIO

from safeconduct.keys.provider import KeyProvider
from safeconduct.keys.sealing import Sealer
from safeconduct.model.errors import NotFound, Tampered
from safeconduct.model.text import say
from safeconduct.store.chunks import removed
from safeconduct.store.files import arriving
from safeconduct.store.own_keys import FRONT_BYTES, QUARANTINE, OwnKeys

CHUNK = 4 << 20
ROW_LIMIT = 65_536
LENGTH_BYTES = 4
SUFFIX = ".rows"


@dataclass(frozen=True)
class Rejected:
    """A row that did not fit.

    Attributes:
        reason: Why, a word of `ingest.reasons`.
        content: The row as it stood in the file; of a longer one the first 65,536 bytes.
    """

    reason: str
    content: bytes = field(repr=False)


class Quarantine:
    """Where a data set's rejected rows are.

    Args:
        folder: The site's quarantine folder.
        dataset: Name of the data set.
        keys: What wraps the keys of its files.
    """

    def __init__(self, *, folder: Path, dataset: str, keys: KeyProvider) -> None:
        self._folder = folder / dataset
        self._keys, self._dataset = keys, dataset
        self._own = OwnKeys(folder=self._folder, keys=keys, purpose=f"{QUARANTINE}/{dataset}")

    def __repr__(self) -> str:
        """The data set."""
        return f"Quarantine({self._dataset!r})"

    @contextmanager
    def writing(self, sha256: str) -> Iterator["RejectedRows"]:
        """Collect the rejected rows of a file; on leaving they are durable, or absent where there were none.

        Args:
            sha256: Digest of the file they come from.

        Raises:
            StoreFull: The disk is full; nothing is left.
        """
        path, own = self._path(sha256), self._own.new(sha256)
        with arriving(path) as temporary, temporary.open("wb") as file:
            file.write(own.front)
            rows = RejectedRows(file, own.sealer, own.about)
            yield rows
            rows.finish()
            if rows.total:
                self._own.keep(own)
        self._own.destroy([sha256], but=(own.id,))  # of the file that was there before
        if not rows.total:
            path.unlink()

    def rows(self, sha256: str) -> Iterator[Rejected]:
        """The rejected rows of a file.

        Raises:
            NotFound: No row of that file was rejected, or the file's key was destroyed.
            Tampered: The file was changed or cut.
        """
        try:
            content = self._path(sha256).read_bytes()
        except OSError:
            raise NotFound(say("no rows of that file are in quarantine")) from None
        sealer, about, at = self._opening(sha256, content)
        chunk = 0
        while at < len(content):
            size = int.from_bytes(content[at : at + LENGTH_BYTES], "big")
            at += LENGTH_BYTES
            last = at + size == len(content)
            yield from _rows(sealer.open(content[at : at + size], about=_about(about, chunk, last=last)))
            at, chunk = at + size, chunk + 1
        if not chunk:
            raise Tampered(say("a quarantine file is empty; restore it from the backup"))

    def names(self, *, before: datetime | None = None) -> tuple[Path, ...]:
        """Every file of rejected rows, or those written before a moment.

        Args:
            before: With its zone.
        """
        found = sorted(self._folder.glob(f"*{SUFFIX}"))
        return tuple(one for one in found if before is None or one.stat().st_mtime < before.timestamp())

    def destroy(self, files: Sequence[Path]) -> None:
        """Destroy files of rejected rows, durably: their keys first."""
        self._own.destroy(path.name.removesuffix(SUFFIX) for path in files)
        removed(self._folder, list(files))

    def sweep(self) -> None:
        """Remove what an interrupted ingest left half written; the caller is the data set's sole writer."""
        self._own.sweep(SUFFIX)

    def _opening(self, sha256: str, content: bytes) -> tuple[Sealer, str, int]:
        """What opens a file, what its chunks are bound to, and where the first one begins."""
        own = self._own.of(sha256, content)
        if own is None:
            return Sealer(self._keys.derive(QUARANTINE, self._dataset)), f"{self._dataset}/{sha256}", 0
        return own.sealer, own.about, FRONT_BYTES

    def _path(self, sha256: str) -> Path:
        return self._folder / f"{sha256}{SUFFIX}"


class RejectedRows:
    """Rejected rows of one file on their way to disk; a few megabytes at most are in memory.

    Args:
        file: Where to write.
        sealer: What encrypts.
        about: What the chunks are bound to.
    """

    def __init__(self, file: BinaryIO, sealer: Sealer, about: str) -> None:
        self._file, self._sealer, self._about = file, sealer, about
        self._waiting = bytearray()
        self._chunks = 0
        self.total = 0

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "RejectedRows()"

    def add(self, row: Rejected) -> None:
        """Keep one row."""
        content = base64.b64encode(row.content[:ROW_LIMIT]).decode("ascii")
        if len(self._waiting) > CHUNK:
            self._write(last=False)
        self._waiting += json.dumps([row.reason, content]).encode() + b"\n"
        self.total += 1

    def finish(self) -> None:
        """Write what is waiting as the last chunk, so that a cut file is noticed."""
        self._write(last=True)

    def _write(self, *, last: bool) -> None:
        sealed = self._sealer.seal(bytes(self._waiting), about=_about(self._about, self._chunks, last=last))
        self._file.write(len(sealed).to_bytes(LENGTH_BYTES, "big") + sealed)
        self._waiting.clear()
        self._chunks += 1


def _about(about: str, chunk: int, *, last: bool) -> str:
    return f"{about}/{chunk}/{'last' if last else 'more'}"


def _rows(content: bytes) -> Iterator[Rejected]:
    for line in content.splitlines():
        reason, row = json.loads(line)
        yield Rejected(reason, base64.b64decode(row))
