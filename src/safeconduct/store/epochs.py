"""Epochs of a data set's pseudonyms: under which key its code tables hold them, and the keys themselves.

In the first epoch a table holds pseudonyms as they are made. From the second on it holds what a permutation puts in
their place, under a secret that is random and comes from no other key, a chest of its own; there is one for each data
set and epoch, and a permutation for each sort. The folder a file of codes lies in says its epoch, and the manifest says
which files there are, so that a version and its epoch cannot fall apart. Exchanging the secret rewrites code tables and
nothing else: codes, records and marks of people on a list stay what they are.
"""

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from safeconduct.keys.permuting import Permutation, new_secret
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.canonical import canonical
from safeconduct.model.errors import Tampered
from safeconduct.model.text import say
from safeconduct.store.chests import Chests
from safeconduct.store.versions import Part, folder_of

FORMAT = 1
FIRST = 1
UNDER = "epochs"
CODES = "codes"
DIGITS = 12
DEEP = 4
"""How many words the path of a file of codes has from the second epoch on: `codes/person/2/…`."""


@dataclass(frozen=True, repr=False)
class InEpoch:
    """How the pseudonyms of one sort rest in one epoch.

    Attributes:
        permutation: What puts others in their place; `None` in the first epoch, where they rest as they are made.
    """

    permutation: Permutation | None = None

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "InEpoch()"

    def kept(self, pseudonyms: bytes) -> bytes:
        """What a table holds for pseudonyms, 16 bytes each, written one after the other."""
        return self.permutation.hidden(pseudonyms) if self.permutation else pseudonyms

    def pseudonyms(self, kept: bytes) -> bytes:
        """The pseudonyms for which a table holds these."""
        return self.permutation.shown(kept) if self.permutation else kept


class Epochs:
    """The keys of one data set's epochs; one is in force, another is there only while they are exchanged.

    Args:
        store: The store's folder.
        dataset: Name of the data set.
        keys: What wraps them.

    Example:
        >>> import tempfile
        >>> from safeconduct.keys.provider import FileKeys
        >>> one = Epochs(store=Path(tempfile.mkdtemp()), dataset="phone", keys=FileKeys(True, bytes(32)))
        >>> one.begin(2, at=datetime(2026, 3, 1, tzinfo=UTC))
        >>> second = one.of(2, "person")
        >>> second.pseudonyms(second.kept(bytes(16))) == bytes(16) == one.of(1, "person").kept(bytes(16))
        True
    """

    def __init__(self, *, store: Path, dataset: str, keys: KeyProvider) -> None:
        self._chests = Chests(folder=folder_of(store, dataset) / UNDER, keys=keys, purpose=f"{UNDER}/{dataset}")
        self._dataset, self._keys = dataset, keys

    def __repr__(self) -> str:
        """The data set."""
        return f"Epochs({self._dataset!r})"

    def begin(self, number: int, *, at: datetime) -> None:
        """Make the secret of an epoch, durably; one of that number that nothing was written under yet is destroyed.

        Args:
            number: The epoch, after the first.
            at: When it begins, with its zone.

        Raises:
            StoreFull: The disk is full.
        """
        self._chests.delete(_name(number))
        told = {"format": FORMAT, "at": at.astimezone(UTC).isoformat(), "secret": new_secret().hex()}
        with self._chests.create(_name(number)) as chest:
            chest.write(canonical(told).encode())
            chest.finish()

    def of(self, number: int, sort: str) -> InEpoch:
        """How pseudonyms of a sort rest in an epoch.

        Raises:
            NotFound: The secret of that epoch was destroyed.
            Tampered: It was changed.
        """
        if number == FIRST:
            return InEpoch()
        return InEpoch(Permutation(bytes.fromhex(self._read(number)["secret"]), sort=sort))

    def since(self, number: int) -> datetime | None:
        """When an epoch began, UTC; `None` for the first, which began with the data set.

        Raises:
            NotFound: The secret of that epoch was destroyed.
        """
        return None if number == FIRST else datetime.fromisoformat(self._read(number)["at"])

    def destroy_others(self, number: int) -> None:
        """Destroy the secrets of every epoch but one, for good; doing it again changes nothing.

        Raises:
            BrokenPromise: The operating system refused; some may be gone already.
        """
        for name in self._chests.names():
            if name != _name(number):
                self._chests.delete(name)
        with self._keys.steady():
            self._chests.sweep()

    def _read(self, number: int) -> dict[str, str]:
        with self._chests.open(_name(number)) as file:
            tree = json.loads(file.read())
        return {name: str(tree[name]) for name in ("at", "secret")}


def epoch_of(parts: Iterable[Part]) -> int:
    """The epoch of a version, from its files of codes; the first where there are none.

    Raises:
        Tampered: They are of several epochs, which no version is.

    Example:
        >>> epoch_of([Part(path="codes/person/2/0a.codes", sha256="", size=0, rows=0, wrapped_key="")])
        2
        >>> epoch_of([Part(path="codes/person/0a.codes", sha256="", size=0, rows=0, wrapped_key="")]), epoch_of([])
        (1, 1)
    """
    found = {_epoch(part.path) for part in parts} or {FIRST}
    if len(found) > 1:
        raise Tampered(say("the code tables of the store do not belong together; restore them from the backup"))
    return found.pop()


def codes_folder(domain: str, epoch: int) -> str:
    """Where files of codes of a domain lie, below the data set's folder.

    Example:
        >>> codes_folder("person", 1), codes_folder("person", 2)
        ('codes/person', 'codes/person/2')
    """
    return f"{CODES}/{domain}" if epoch == FIRST else f"{CODES}/{domain}/{epoch}"


def _epoch(path: str) -> int:
    words = path.split("/")
    return int(words[2]) if len(words) == DEEP else FIRST


def _name(number: int) -> str:
    return f"e-{number:0{DIGITS}}"
