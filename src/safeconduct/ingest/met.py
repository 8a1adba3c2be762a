"""The numbers a process has met and their codes: a look-up of a few nanoseconds a row.

Open addressing in two flat arrays (Knuth, volume 3, 6.4): a key lies at the first free place from where its hash
points. It holds identifiers as they are in files, so it is in memory only and never written or spilled; how much it may
take is bounded, and when it is full it forgets everything and begins anew.
"""

import numpy as np
import numpy.typing as npt

BYTES = 12
LEAST = 1 << 12
NONE = -1
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
Keys = npt.NDArray[np.int64]
Codes = npt.NDArray[np.int64]


class Met:
    """Codes by number.

    Args:
        most_bytes: Most memory it may take, bytes; it takes 24 to 48 bytes a number.
    """

    def __init__(self, most_bytes: int) -> None:
        self._most_places = 1 << (max(LEAST, most_bytes // BYTES).bit_length() - 1)
        self._begin(LEAST)

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "Met()"

    def of(self, keys: Keys) -> Codes:
        """The code of every number, `NONE` where it was not met.

        Args:
            keys: Numbers above 0.
        """
        at = self._at(keys)
        held = self._keys[at]
        hit = held == keys
        codes = np.where(hit, self._codes[at].astype(np.int64), NONE)
        open_ = np.flatnonzero(~hit & (held != 0))
        at = at[open_]
        while len(open_):
            at = (at + 1) & self._last
            held = self._keys[at]
            hit = held == keys[open_]
            codes[open_[hit]] = self._codes[at[hit]]
            on = ~hit & (held != 0)
            open_, at = open_[on], at[on]
        return codes

    def add(self, keys: Keys, codes: Codes) -> None:
        """Keep the codes of numbers above 0 that it has not met, each once."""
        if 2 * (self._held + len(keys)) > self._most_places:
            self._begin(LEAST)
            keep = self._most_places // 2
            keys, codes = keys[:keep], codes[:keep]
        if 2 * (self._held + len(keys)) > len(self._keys):
            self._grow(self._held + len(keys))
        self._put(keys, codes)

    def _begin(self, places: int) -> None:
        self._keys: Keys = np.zeros(places, np.int64)
        self._codes: npt.NDArray[np.uint32] = np.zeros(places, np.uint32)
        self._last, self._held = places - 1, 0

    def _grow(self, most: int) -> None:
        here = self._keys != 0
        keys, codes = self._keys[here], self._codes[here]
        self._begin(1 << (4 * most - 1).bit_length() if 4 * most <= self._most_places else self._most_places)
        self._put(keys, codes.astype(np.int64))

    def _put(self, keys: Keys, codes: Codes) -> None:
        self._held += len(keys)
        at = self._at(keys)
        while len(keys):
            free = self._keys[at] == 0
            self._keys[at[free]] = keys[free]
            own = self._keys[at] == keys
            self._codes[at[own]] = codes[own]
            keys, codes, at = keys[~own], codes[~own], (at[~own] + 1) & self._last

    def _at(self, keys: Keys) -> Codes:
        shift = np.uint64(64 - self._last.bit_length())
        found: Codes = ((keys.view(np.uint64) * _GOLDEN) >> shift).astype(np.int64)
        return found
