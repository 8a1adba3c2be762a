"""Whose records a file holds, a bit for every code, sealed: what questions about almost the same people are told by.

One chest for every event file, made when it is first needed. It says of a person only that they were there that day,
and is as secret as the records it is made from.
"""

from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

import numpy as np
import numpy.typing as npt

from safeconduct.keys.provider import KeyProvider
from safeconduct.model.errors import NotFound, WrongState
from safeconduct.store.chests import Chests
from safeconduct.store.versions import folder_of

Bits = npt.NDArray[np.uint64]
WORD = 64


class SeenPeople:
    """The sealed bits of one data set.

    Args:
        store: The store's folder.
        dataset: Name of the data set.
        keys: What wraps their keys.
    """

    def __init__(self, *, store: Path, dataset: str, keys: KeyProvider) -> None:
        self._chests = Chests(folder=folder_of(store, dataset) / "seen", keys=keys, purpose=f"seen/{dataset}")

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "SeenPeople()"

    def get(self, part: str) -> Bits | None:
        """The bits of a part, by its digest; `None` where they were not made yet.

        Raises:
            Tampered: They are not what was put there.
        """
        try:
            with self._chests.open(part) as file:
                return np.frombuffer(bytes(file.read()), dtype="<u8").astype(np.uint64)
        except NotFound:
            return None

    def put(self, part: str, bits: Bits) -> None:
        """Keep the bits of a part; where they are there already, or just came from elsewhere, nothing happens."""
        if not self._chests.exists(part):
            with suppress(WrongState), self._chests.create(part) as chest:
                chest.write(bits.astype("<u8").tobytes())
                chest.finish()

    def forget(self, people: npt.NDArray[np.int64]) -> None:
        """Clear the bits of people's codes in every part; a crash in between leaves a part's bits to be made anew."""
        gone = bits_of(people)
        for part in self._chests.names():
            bits = self.get(part)
            shared = min(len(gone), 0 if bits is None else len(bits))
            if bits is not None and (bits[:shared] & gone[:shared]).any():
                bits[:shared] &= ~gone[:shared]
                self._chests.delete(part)
                self.put(part, np.trim_zeros(bits, "b"))

    def destroy(self, parts: Iterable[str]) -> None:
        """Destroy the bits of parts that are no more."""
        for part in parts:
            self._chests.delete(part)


def bits_of(people: npt.NDArray[np.int64]) -> Bits:
    """Bits of people's codes, in any order.

    Example:
        >>> bits_of(np.array([0, 65])).tolist()
        [1, 2]
    """
    length = 0 if not len(people) else int(people.max()) // WORD + 1
    flags = np.zeros(length * WORD, dtype=bool)
    flags[people] = True
    return np.packbits(flags, bitorder="little").view("<u8").astype(np.uint64)
