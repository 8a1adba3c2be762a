"""Sealed files that are no chests, each under a random key of its own, which lies wrapped beside it.

What is derived from the site's root can never be destroyed; a random key can. The key's file is durable before the
sealed file gets its name, and goes before it goes. On disk a sealed file begins with `SCOWN`, the form's number and an
id of 16 bytes; files without that front are older and lie under a derived key.
"""

import re
import secrets
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

from safeconduct.keys.provider import KEY_BYTES, KeyProvider
from safeconduct.keys.sealing import Sealer
from safeconduct.model.errors import NotFound
from safeconduct.model.text import say
from safeconduct.store.chunks import private, removed, spoilt
from safeconduct.store.files import TEMPORARY, write

QUARANTINE = "quarantine"
"""What files of rejected rows are for, and where they lie."""
MAGIC = b"SCOWN\x00\x00\x01"
ID_BYTES = 16
FRONT_BYTES = len(MAGIC) + ID_BYTES
KEY_NAME = re.compile(rf"(?P<name>[0-9a-f]+)\.(?P<id>[0-9a-f]{{{2 * ID_BYTES}}})\.key")


@dataclass(frozen=True, kw_only=True, repr=False)
class OwnKey:
    """The key of one sealed file.

    Attributes:
        name: What the file is called, without its ending.
        id: Tells this file from an earlier one of that name.
        about: What every piece of the file is bound to.
        sealer: What seals and opens it.
        front: What the file begins with.
        secret: What `keep` wraps; empty for the key of a file that is there.
    """

    name: str
    id: bytes
    about: str
    sealer: Sealer
    front: bytes
    secret: bytes = field(default=b"", repr=False)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "OwnKey()"


class OwnKeys:
    """The keys of the sealed files of a folder.

    Args:
        folder: Where the files are; made where it is not there.
        keys: What wraps their keys.
        purpose: What the files are for; a key opens nothing for another purpose.

    Example:
        >>> import tempfile
        >>> from safeconduct.keys.provider import FileKeys
        >>> own = OwnKeys(folder=Path(tempfile.mkdtemp()), keys=FileKeys(True, bytes(32)), purpose="example")
        >>> made = own.new("0a")
        >>> own.keep(made)
        >>> own.of("0a", made.front).about == made.about
        True
        >>> own.destroy(["0a"])
        >>> own.of("0a", made.front)
        Traceback (most recent call last):
        ...
        safeconduct.model.errors.NotFound: The key of a stored file was destroyed; it cannot be opened any more.
    """

    def __init__(self, *, folder: Path, keys: KeyProvider, purpose: str) -> None:
        self._folder, self._keys, self._purpose = folder, keys, purpose

    def __repr__(self) -> str:
        """What the files are for."""
        return f"OwnKeys({self._purpose!r})"

    def new(self, name: str) -> OwnKey:
        """A key for a file that is about to be written; it is nowhere until `keep`."""
        own, key = secrets.token_bytes(ID_BYTES), secrets.token_bytes(KEY_BYTES)
        return OwnKey(
            name=name, id=own, about=self._about(name, own), sealer=Sealer(key), front=MAGIC + own, secret=key
        )  # fmt: skip

    def keep(self, key: OwnKey) -> None:
        """Make a key durable; call it before its file gets its name.

        Raises:
            StoreFull: The disk is full.
        """
        private(self._folder)
        with self._keys.steady():
            write(self._path(key), self._keys.wrap(key.secret, about=key.about))

    def of(self, name: str, front: bytes) -> OwnKey | None:
        """The key of a file that is there, `None` for one from before files had keys of their own.

        Args:
            name: What the file is called.
            front: Its first bytes.

        Raises:
            NotFound: The key was destroyed.
            Tampered: It does not open, or the file is another's.
        """
        if not front.startswith(MAGIC):
            return None
        own = front[len(MAGIC) : FRONT_BYTES]
        try:
            wrapped = (self._folder / f"{name}.{own.hex()}.key").read_bytes()
        except OSError:
            if any(other == name for _, other, _ in self._there()):
                raise spoilt() from None
            raise NotFound(say("The key of a stored file was destroyed; it cannot be opened any more.")) from None
        about = self._about(name, own)
        return OwnKey(
            name=name, id=own, about=about, sealer=Sealer(self._keys.unwrap(wrapped, about=about)),
            front=front[:FRONT_BYTES],
        )  # fmt: skip

    def opens(self, name: str, path: Path) -> bool:
        """Whether a file is there whose key was not destroyed, or one from before files had keys of their own."""
        try:
            front = _front(path)
        except FileNotFoundError:
            return False
        own = front[len(MAGIC) : FRONT_BYTES]
        return not front.startswith(MAGIC) or (self._folder / f"{name}.{own.hex()}.key").exists()

    def destroy(self, names: Iterable[str], *, but: Collection[bytes] = ()) -> None:
        """Destroy the keys of files, durably, before the files themselves go.

        Args:
            names: What the files are called.
            but: Ids of keys that stay: those of files that took an older one's place.

        Raises:
            BrokenPromise: The operating system refused; some keys may be gone already.
        """
        gone = frozenset(names)
        with self._keys.steady():
            found = [path for path, name, own in self._there() if name in gone and own not in but]
            removed(self._folder, found)

    def sweep(self, suffix: str) -> None:
        """Remove what a crash left: keys that open nothing, files whose key is gone; when nothing is being written.

        Args:
            suffix: Ending of the sealed files.
        """
        fronts = {path.name.removesuffix(suffix): _front(path) for path in self._folder.glob(f"*{suffix}")}
        ids = {name: front[len(MAGIC) :] for name, front in fronts.items() if front.startswith(MAGIC)}
        held = {name for _, name, own in self._there() if ids.get(name) == own}
        loose = [path for path, name, own in self._there() if ids.get(name) != own]
        left = [*loose, *(self._folder / f"{name}{suffix}" for name in set(ids) - held)]
        removed(self._folder, [*left, *self._folder.glob(f"{TEMPORARY}*")])

    def _there(self) -> Iterator[tuple[Path, str, bytes]]:
        for path in sorted(self._folder.glob("*.key")):
            if match := KEY_NAME.fullmatch(path.name):
                yield path, match["name"], bytes.fromhex(match["id"])

    def _path(self, key: OwnKey) -> Path:
        return self._folder / f"{key.name}.{key.id.hex()}.key"

    def _about(self, name: str, own: bytes) -> str:
        return about_own(self._purpose, name, own.hex())


def about_own(purpose: str, name: str, own: str) -> str:
    """What a key of its own is wrapped for, and every piece of its file bound to.

    Example:
        >>> about_own("documents", "0a", "ff")
        'own/documents/0a/ff'
    """
    return f"own/{purpose}/{name}/{own}"


def has_own_key(path: Path) -> bool:
    """Whether a sealed file lies under a key of its own, and not under a derived one as older files do."""
    return _front(path).startswith(MAGIC)


def _front(path: Path) -> bytes:
    with path.open("rb") as file:
        return file.read(FRONT_BYTES)
