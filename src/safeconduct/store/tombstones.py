"""Code tables written anew: places overwritten, so that no identifier leads there any more, or all under another key.

Codes are positions, so a place is never taken out: what stands there is random, and nobody's pseudonym. Every file of a
table is written anew under a new key, whoever is in it, so that the files tell nothing about whom it was done for.
"""

import secrets
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from pathlib import Path

from safeconduct.keys.provider import KeyProvider
from safeconduct.store.codes import PSEUDONYM_BYTES, SealedCodes
from safeconduct.store.epochs import Epochs, InEpoch, codes_folder, epoch_of
from safeconduct.store.versions import Part

Places = Mapping[str, Collection[int]]
"""Codes by domain."""
Progress = Callable[[int, int], None]


class CodeFiles:
    """The files of a data set's code tables.

    Args:
        store: The store's folder, or another that data sets lie in.
        dataset: Name of the data set.
        keys: What opens and wraps their keys.
    """

    def __init__(self, *, store: Path, dataset: str, keys: KeyProvider) -> None:
        self._dataset = dataset
        self._rest = SealedCodes(store=store, dataset=dataset, keys=keys)
        self._epochs = Epochs(store=store, dataset=dataset, keys=keys)

    def __repr__(self) -> str:
        """The data set."""
        return f"CodeFiles({self._dataset!r})"

    def codes(self, parts: Sequence[Part], domain: str, wanted: Callable[[bytes], Sequence[bool]]) -> list[int]:
        """The codes of a domain whose pseudonyms are wanted.

        Args:
            parts: The manifest's code files, in order.
            domain: What the codes stand for.
            wanted: Which of some pseudonyms, 16 bytes each, written one after the other.

        Raises:
            Tampered: A file is gone or is not what the manifest says.
        """
        found: list[int] = []
        epoch = self._epochs.of(epoch_of(parts), domain)
        for first, content, _ in self._read(parts, domain):
            found += [first + at for at, one in enumerate(wanted(epoch.pseudonyms(content))) if one]
        return found

    def overwritten(self, parts: Sequence[Part], gone: Places) -> dict[str, Part]:
        """Every file written anew under another name and key, places of these codes overwritten; by the old path.

        Raises:
            Tampered: A file is gone or is not what the manifest says.
            StoreFull: The disk is full.
        """
        epoch = epoch_of(parts)
        return {
            part.path: self._rest.write(
                _overwritten(content, first, gone.get(domain, ())), under=codes_folder(domain, epoch)
            )
            for domain in dict.fromkeys(map(domain_of, parts))
            for first, content, part in self._read(parts, domain)
        }

    def moved(self, parts: Sequence[Part], epoch: int, progress: Progress) -> dict[str, Part]:
        """Every file written anew under another name and key, as it rests in another epoch; by the old path.

        The old secret is needed to read, the new one to write: destroy the old one once nothing needs it.

        Args:
            parts: The manifest's code files, in order; all of one epoch.
            epoch: The one that follows; it was begun.
            progress: Told how many files are done, of how many.

        Raises:
            NotFound: The secret of one of the two was destroyed.
            Tampered: A file is gone or is not what the manifest says.
            StoreFull: The disk is full.
        """
        made: dict[str, Part] = {}
        for domain in dict.fromkeys(map(domain_of, parts)):
            before, after = (self._epochs.of(one, domain) for one in (epoch_of(parts), epoch))
            for _, content, part in self._read(parts, domain):
                progress(len(made), len(parts))
                made[part.path] = self._rest.write(_moved(content, before, after), under=codes_folder(domain, epoch))
        progress(len(parts), len(parts))
        return made

    def _read(self, parts: Sequence[Part], domain: str) -> Iterator[tuple[int, bytes, Part]]:
        """The first code of each file, what is in it, and the file."""
        first = 0
        for part in parts:
            if domain_of(part) == domain:
                content = self._rest.read(part)
                yield first, content, part
                first += len(content) // PSEUDONYM_BYTES


def domain_of(part: Part) -> str:
    """What the codes of a file stand for.

    Example:
        >>> domain_of(Part(path="codes/person/0a.codes", sha256="", size=0, rows=0, wrapped_key=""))
        'person'
    """
    return part.path.split("/")[1]


def _moved(content: bytes, before: InEpoch, after: InEpoch) -> bytes:
    """What a table holds in another epoch; what is random stays random, and nobody's."""
    return after.kept(before.pseudonyms(content))


def _overwritten(content: bytes, first: int, gone: Collection[int]) -> bytes:
    made = bytearray(content)
    for code in gone:
        at = (code - first) * PSEUDONYM_BYTES
        if 0 <= at < len(made):
            made[at : at + PSEUDONYM_BYTES] = secrets.token_bytes(PSEUDONYM_BYTES)
    return bytes(made)
