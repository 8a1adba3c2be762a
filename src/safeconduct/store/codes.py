"""Code tables: a dense number for every pseudonym, never reused and never renumbered.

A table is a run of append-only files, each a sealed list of pseudonyms, or of what stands for them in a later epoch;
the position in the run is the code. Only the manifest says which files belong to it, so codes and the records that use
them are committed together or not at all.
"""

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from safeconduct.keys.provider import KEY_BYTES, KeyProvider
from safeconduct.keys.sealing import Sealer
from safeconduct.model.errors import BadInput, Tampered
from safeconduct.model.text import say
from safeconduct.store.encrypted import check, digest_of, unwrapped
from safeconduct.store.epochs import Epochs, codes_folder, epoch_of
from safeconduct.store.files import write
from safeconduct.store.parts import wrapped
from safeconduct.store.versions import Part, folder_of

PSEUDONYM_BYTES = 16
MOST = 2**32 - 1
LATELY = 8
"""Codes given out lately are kept apart until they are an eighth of all, so that few are moved often."""
Halves = npt.NDArray[np.uint64]
Codes = npt.NDArray[np.int64]


@dataclass(frozen=True, repr=False)
class _Run:
    """Pseudonyms sorted by their first half, and their codes."""

    high: Halves
    low: Halves
    code: Codes

    def __repr__(self) -> str:
        """Nothing but what it is."""
        return "_Run()"

    @classmethod
    def of(cls, pairs: Halves, *, first: int) -> "_Run":
        """A run of pseudonyms whose codes begin with `first`."""
        code = np.arange(first, first + len(pairs), dtype=np.int64)
        return cls(pairs[:0, 0], pairs[:0, 1], code[:0]).with_run(cls(pairs[:, 0], pairs[:, 1], code))

    def with_run(self, other: "_Run") -> "_Run":
        """Both in one."""
        high = np.concatenate([self.high, other.high])
        order = np.argsort(high, kind="stable")  # stable sort finds sorted runs and merges
        return _Run(
            high[order],
            np.concatenate([self.low, other.low])[order],
            np.concatenate([self.code, other.code])[order],
        )

    def find(self, pairs: Halves, found: Codes) -> None:
        """Write the codes of pseudonyms of this run into `found`; the others stay as they are."""
        high, low = pairs[:, 0], pairs[:, 1]
        at = np.searchsorted(self.high, high)
        open_ = np.arange(len(pairs))
        while len(open_ := open_[at[open_] < len(self.high)]):
            here = at[open_]
            same = self.high[here] == high[open_]
            hit = same & (self.low[here] == low[open_])
            found[open_[hit]] = self.code[here[hit]]
            open_ = open_[same & ~hit]  # two pseudonyms may share their first half: look at the next
            at[open_] += 1


class SealedCodes:
    """The files that code tables rest in: pseudonyms one after the other, sealed, each file under a random key.

    Args:
        store: The store's folder, or another that data sets lie in.
        dataset: Name of the data set.
        keys: What opens and wraps the files' keys.
    """

    def __init__(self, *, store: Path, dataset: str, keys: KeyProvider) -> None:
        self._folder, self._dataset, self._keys = folder_of(store, dataset), dataset, keys

    def __repr__(self) -> str:
        """The data set."""
        return f"SealedCodes({self._dataset!r})"

    def write(self, content: bytes, *, under: str) -> Part:
        """Write a file durably, below a folder of the data set; its name is random.

        Args:
            content: Pseudonyms, 16 bytes each, as they rest in their epoch.
            under: The folder, from `codes_folder`.

        Raises:
            StoreFull: The disk is full; no file is left.
        """
        name = f"{under}/{secrets.token_hex(16)}.codes"
        key, path = secrets.token_bytes(KEY_BYTES), self._folder / name
        write(path, Sealer(key).seal(content, about=name))
        return Part(
            path=name,
            sha256=digest_of(path),
            size=path.stat().st_size,
            rows=len(content) // PSEUDONYM_BYTES,
            wrapped_key=wrapped(self._keys, self._dataset, name, key),
        )

    def read(self, part: Part) -> bytes:
        """What is in a file.

        Raises:
            Tampered: It is gone, or is not what the manifest says.
        """
        path = self._folder / part.path
        check(path, part.sha256)
        sealer = Sealer(unwrapped(self._keys, self._dataset, part, self._folder))
        content = sealer.open(path.read_bytes(), about=part.path)
        if len(content) != part.rows * PSEUDONYM_BYTES:
            raise Tampered(say("a code table of the store was changed; restore it from the backup"))
        return content


class CodeTable:
    """One domain's pseudonyms in memory, about 24 bytes each, found by binary search.

    Fifty million take 1.2 GB, and three times that for a moment when the two runs are merged.

    Args:
        store: The store's folder.
        dataset: Name of the data set.
        domain: What the codes stand for: `person`, `imsi` or `imei`.
        keys: What opens and wraps the files' keys.
        parts: The manifest's code files; those of other domains say the epoch and are passed over.

    Raises:
        Tampered: A file is gone or is not what the manifest says.
    """

    def __init__(
        self, *, store: Path, dataset: str, domain: str, keys: KeyProvider, parts: Sequence[Part] = ()
    ) -> None:
        self._rest = SealedCodes(store=store, dataset=dataset, keys=keys)
        epoch = epoch_of(parts)
        self._epoch = Epochs(store=store, dataset=dataset, keys=keys).of(epoch, domain)
        self._under = codes_folder(domain, epoch)
        own = [part for part in parts if part.path.startswith(f"{self._under}/")]
        pairs = _pairs(b"".join(self._rest.read(part) for part in own))
        self._unsaved: list[bytes] = []
        self._sorted = _Run.of(pairs, first=0)
        self._lately = _Run.of(pairs[:0], first=0)

    def __repr__(self) -> str:
        """Nothing but what it is: how many there are is not for logs."""
        return "CodeTable()"

    def __len__(self) -> int:
        """How many codes are given out."""
        return len(self._sorted.code) + len(self._lately.code)

    def of(self, pseudonyms: bytes) -> Codes:
        """The codes of pseudonyms written one after the other, 16 bytes each; new ones get the next codes.

        Raises:
            BadInput: There are no codes left.
        """
        pairs = _pairs(self._epoch.kept(pseudonyms))
        codes = self._find(pairs)
        new = _distinct(pairs[codes < 0])
        if not len(new):
            return codes
        if len(self) + len(new) > MOST:
            raise BadInput(say("the data set has as many people as codes; start a new data set"))
        self._unsaved.append(new.astype(">u8").tobytes())
        self._keep(_Run.of(new, first=len(self)))
        return self._find(pairs)

    def save(self) -> Part | None:
        """Write the codes given out since the last time, durably; `None` where there are none.

        Raises:
            StoreFull: The disk is full; they are still unsaved.
        """
        content = b"".join(self._unsaved)
        if not content:
            return None
        made = self._rest.write(content, under=self._under)
        self._unsaved = []
        return made

    def _find(self, pairs: Halves) -> Codes:
        found = np.full(len(pairs), -1, np.int64)
        self._sorted.find(pairs, found)
        self._lately.find(pairs, found)
        return found

    def _keep(self, new: _Run) -> None:
        self._lately = self._lately.with_run(new)
        if len(self._lately.code) * LATELY > len(self._sorted.code):
            self._sorted = self._sorted.with_run(self._lately)
            self._lately = _Run.of(np.empty((0, 2), np.uint64), first=0)


def _pairs(pseudonyms: bytes) -> Halves:
    return np.frombuffer(pseudonyms, ">u8").reshape(-1, 2).astype(np.uint64)


def _distinct(pairs: Halves) -> Halves:
    ordered = pairs[np.lexsort((pairs[:, 1], pairs[:, 0]))]
    fresh = np.ones(len(ordered), bool)
    fresh[1:] = (ordered[1:] != ordered[:-1]).any(axis=1)
    return ordered[fresh]
