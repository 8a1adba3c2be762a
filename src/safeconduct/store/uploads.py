"""Files on their way in, a piece at a time: what was said to be here is here, whatever breaks off in between.

Every upload has a folder of its own: its random key, wrapped; a sealed card with its name; and its bytes, in the form
of `store.growing`. Destroying takes the key first, and what is left is noise.
"""

import fcntl
import hashlib
import json
import os
import re
import secrets
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO

from safeconduct.keys.provider import KEY_BYTES, KeyProvider
from safeconduct.keys.sealing import Sealer
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import BadInput, NotFound, StoreFull, Tampered, WrongState
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.store.chunks import CHUNK, about_upload, private, removed
from safeconduct.store.files import write
from safeconduct.store.growing import TAIL, WHOLE, Growing, changed, full, kept

ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
KEY_FILE, CARD, LOCK = "key", "card", "lock"
READ = 1 << 20


@dataclass(frozen=True, kw_only=True)
class Upload:
    """What is known of a file on its way in.

    Attributes:
        id: The handle we gave it.
        name: What its sender calls it.
        size: Bytes it was said to have, or has where it is finished; `None` where nobody said.
        offset: Bytes that are durably here.
        finished: It is whole.
        sha256: Digest of its content, `""` before it is finished.
        touched: When something of it arrived last, UTC.
    """

    id: str
    name: str
    size: int | None
    offset: int
    finished: bool
    sha256: str
    touched: datetime

    def __repr__(self) -> str:
        """The handle, and whether it is whole."""
        return f"Upload({self.id!r}, finished={self.finished})"


@dataclass(frozen=True, kw_only=True)
class _Card:
    name: str
    size: int | None = None
    finished: bool = False
    sha256: str = ""


class Uploads:
    """The uploads of a site.

    Args:
        folder: Where they are; made where it is not there.
        keys: What wraps their keys.
        chunk: Bytes of plain content in a chunk; never changed once there are uploads.
    """

    def __init__(self, *, folder: Path, keys: KeyProvider, chunk: int = CHUNK) -> None:
        self._folder, self._keys, self._chunk = folder, keys, chunk

    def __repr__(self) -> str:
        """Nothing but what they are."""
        return "Uploads()"

    def begin(self, upload: str, *, name: str, size: int | None = None) -> Upload:
        """Make room for a file.

        Args:
            upload: A handle nobody can guess: 8 to 64 letters, digits, `-` and `_`.
            name: What its sender calls it; kept sealed.
            size: Bytes it will have, `None` where its sender does not know.

        Raises:
            BadInput: It is not such a handle, or a size below zero.
            WrongState: There is an upload of that handle.
            StoreFull: The disk is full.
        """
        if not ID.fullmatch(upload) or (size is not None and size < 0):
            raise BadInput(say("An upload has a handle of letters, digits, '-' and '_', and no negative size."))
        folder, key = self._folder / upload, secrets.token_bytes(KEY_BYTES)
        private(folder)
        with _locked(folder), _in_our_words():
            if (folder / KEY_FILE).exists():
                raise WrongState(say("That upload has begun already; go on with it, or begin another."))
            removed(folder, [folder / WHOLE, folder / TAIL])  # what a crash left before there was a key
            _keep_card(folder, Sealer(key), _Card(name=name, size=size))
            with self._keys.steady():
                write(folder / KEY_FILE, self._keys.wrap(key, about=about_upload(upload)))
        return self.upload(upload)

    def append(self, upload: str, offset: int, chunks: Iterable[bytes]) -> int:
        """Add what follows.

        Every full chunk is durable as soon as it is complete, the rest at the end, also when `chunks` breaks off with
        an error: what arrived until then stays, and the error goes on.

        Args:
            upload: The handle.
            offset: Where these bytes belong; must be what is here.
            chunks: The bytes, in pieces of any size.

        Returns:
            How much is here now.

        Raises:
            NotFound: There is no such upload.
            WrongState: Other bytes are wanted next, somebody else is sending right now, or it is finished.
            BadInput: There are more bytes than were announced; those announced are kept.
            StoreFull: The disk is full; what is here stays.
            Tampered: What is here was changed.
        """
        growing = self._opened(upload)
        with _locked(growing.folder):
            card = _card(growing)
            if card.finished:
                raise WrongState(say("This upload is finished; nothing can be added to it."))
            with growing.adding() as adding:
                if offset != adding.size:
                    raise WrongState(say("The upload goes on at another place; ask how much is here and go on there."))
                for piece in chunks:
                    room = len(piece) if card.size is None else card.size - adding.size
                    adding.add(piece[:room])
                    if len(piece) > room:
                        raise BadInput(say("More bytes arrived than were announced; begin a new upload."), field="size")
            return adding.size

    def offset(self, upload: str) -> int:
        """How many bytes are durably here.

        Raises:
            NotFound: There is no such upload.
            Tampered: What is here was changed.
        """
        return self._opened(upload).size

    def upload(self, upload: str) -> Upload:
        """What is known of an upload.

        Raises:
            NotFound: There is none of that handle.
            Tampered: What is here was changed.
        """
        growing = self._opened(upload)
        with _in_our_words():
            card = _card(growing)
            return Upload(
                id=upload,
                name=card.name,
                size=card.size,
                offset=growing.size,
                finished=card.finished,
                sha256=card.sha256,
                touched=datetime.fromtimestamp(_touched(growing.folder), UTC),
            )

    def finish(self, upload: str, *, sha256: str = "") -> Upload:
        """Say that it is whole; saying it again changes nothing.

        Args:
            upload: The handle.
            sha256: Digest its sender made of it, 64 hexadecimal digits; `""` where they made none.

        Raises:
            NotFound: There is no such upload.
            WrongState: Less has arrived than was announced, or somebody is sending right now.
            BadInput: What arrived is not what its sender made the digest of.
            Tampered: What is here was changed.
        """
        growing = self._opened(upload)
        with _locked(growing.folder), _in_our_words():
            now = self.upload(upload)
            if now.size is not None and now.size != now.offset:
                raise changed() if now.finished else WrongState(say("The upload is not complete; send the rest first."))
            digest = now.sha256 or _digest(growing, now.offset)
            if sha256 and sha256.lower() != digest:
                raise BadInput(say("The file changed on its way; begin a new upload."), field="sha256")
            if not now.finished:
                card = _Card(name=now.name, size=now.offset, finished=True, sha256=digest)
                _keep_card(growing.folder, growing.sealer, card)
        return replace(now, size=now.offset, finished=True, sha256=digest)

    def open(self, upload: str) -> BinaryIO:
        """The content of a finished upload, to be read from any place.

        Raises:
            NotFound: There is no such upload.
            WrongState: It is not finished.
            Tampered: It was changed or cut. Reading raises this too, for a part that was changed.
        """
        growing = self._opened(upload)
        card = _card(growing)
        if not card.finished or card.size is None:
            raise WrongState(say("This upload is not finished; send the rest first."))
        with _in_our_words():
            return growing.reader(card.size)

    def destroy(self, upload: str) -> None:
        """Destroy an upload, finished or not: its key first, durably, then the rest. Nothing happens without one.

        Raises:
            WrongState: Somebody is sending right now.
            BrokenPromise: The operating system refused; the key may be gone already.
        """
        folder = self._folder / upload
        if not ID.fullmatch(upload) or not folder.is_dir():
            return
        with _locked(folder), _in_our_words():
            with self._keys.steady():
                removed(folder, [folder / KEY_FILE])
            shutil.rmtree(folder)

    def names(self) -> tuple[str, ...]:
        """Handles of all there are, finished or not, sorted."""
        return tuple(sorted(path.parent.name for path in self._folder.glob(f"*/{KEY_FILE}")))

    def untouched(self, *, since: datetime) -> tuple[str, ...]:
        """Handles of uploads, finished or not, of which nothing arrived since a moment: those to destroy, sorted.

        Folders that a crash left without a key are among them.
        """
        folders = [path for path in self._folder.glob("*") if path.is_dir() and ID.fullmatch(path.name)]
        return tuple(sorted(path.name for path in folders if _touched(path) < since.timestamp()))

    def _opened(self, upload: str) -> Growing:
        absent = NotFound(say("There is no such upload; it may have been destroyed."))
        if not ID.fullmatch(upload):
            raise absent
        folder = self._folder / upload
        try:
            wrapped = (folder / KEY_FILE).read_bytes()
        except OSError:
            raise absent from None
        sealer = Sealer(self._keys.unwrap(wrapped, about=about_upload(upload)))
        return Growing(folder=folder, sealer=sealer, about=about_upload(upload), chunk=self._chunk)


def _card(growing: Growing) -> _Card:
    try:
        content = growing.sealer.open((growing.folder / CARD).read_bytes(), about=growing.about)
    except (OSError, Tampered):
        raise changed() from None
    return from_tree(_Card, json.loads(content))


def _keep_card(folder: Path, sealer: Sealer, card: _Card) -> None:
    write(folder / CARD, sealer.seal(canonical(to_tree(card)).encode(), about=about_upload(folder.name)))


def _digest(growing: Growing, size: int) -> str:
    made = hashlib.sha256()
    with growing.reader(size) as file:
        while piece := file.read(READ):
            made.update(piece)
    return made.hexdigest()


@contextmanager
def _locked(folder: Path) -> Iterator[None]:
    """Keep every other sender of this upload out; the lock goes with the process that held it."""
    try:
        handle = os.open(folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
    except FileNotFoundError:
        raise NotFound(say("There is no such upload; it may have been destroyed.")) from None
    except OSError as error:
        raise kept(error) from None
    try:
        _only_one(handle)
        yield
    finally:
        os.close(handle)


def _only_one(handle: int) -> None:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        raise WrongState(say("Somebody is sending this file right now; wait, then ask how much is here.")) from None


@contextmanager
def _in_our_words() -> Iterator[None]:
    """Say what the operating system said in words of ours; nothing that is here is undone."""
    try:
        yield
    except OSError as error:
        raise kept(error) from None
    except StoreFull:
        raise full() from None


def _touched(folder: Path) -> float:
    return max((_changed_at(path) for path in (folder, *folder.iterdir()) if path.name != LOCK), default=0.0)


def _changed_at(path: Path) -> float:
    """When a file changed last; 0 for one that a sender replaced while we looked."""
    try:
        return path.stat().st_mtime
    except FileNotFoundError:
        return 0.0
