"""Who is to be left out of a data set, as marks of their pseudonyms; never a number, a name or a pseudonym.

A mark is a keyed hash, 16 bytes, of a pseudonym, under a key of the data set: whoever has the list cannot tell whose it
is, nor find anybody by it in the store without the site's root. The list is a chest. A change writes the next one and
destroys those before it; the highest number is the list, so that nobody who takes files in can miss it.
"""

import fcntl
import hashlib
import json
import os
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Any

import numpy as np

from safeconduct.keys.provider import KeyProvider
from safeconduct.model.canonical import Json, canonical
from safeconduct.store.chests import Chests
from safeconduct.store.codes import MOST, PSEUDONYM_BYTES, Codes, CodeTable
from safeconduct.store.files import from_os, private_folder
from safeconduct.store.versions import LOCK, Part, folder_of

FORMAT = 1
UNDER = "objections"
MARK_BYTES = 16
DIGITS = 12
LEFT_OUT = MOST
"""The code of everybody on the list: one that nobody has, and that reaches no file."""

Marks = frozenset[bytes]
NOBODY: Marks = frozenset()


class Domain(StrEnum):
    """What a mark is of: somebody in phone records, a household of a survey, or one record of it.

    `WAITING` holds marks of every sort whose erasure somebody asked for and that are not due yet, and `TOGETHER` those
    of them who were enough to be erased before they are due; whether they were does not stand here.
    """

    PERSON = "person"
    HOUSEHOLD = "household"
    RECORD = "record"
    WAITING = "waiting"
    TOGETHER = "together"


class Objections:
    """The list of one data set.

    Args:
        store: The store's folder.
        dataset: Name of the data set; it need not hold records yet.
        keys: What its keys come from.

    Example:
        >>> import tempfile
        >>> from safeconduct.keys.provider import FileKeys
        >>> one = Objections(store=Path(tempfile.mkdtemp()), dataset="phone", keys=FileKeys(True, bytes(32)))
        >>> one.add(Domain.PERSON, one.marks(Domain.PERSON, bytes(16)))
        1
        >>> one.add(Domain.PERSON, one.marks(Domain.PERSON, bytes(16)))
        0
    """

    def __init__(self, *, store: Path, dataset: str, keys: KeyProvider) -> None:
        self._chests = Chests(folder=folder_of(store, dataset) / UNDER, keys=keys, purpose=f"{UNDER}/{dataset}")
        self._dataset, self._keys = dataset, keys
        self._folder = folder_of(store, dataset) / UNDER

    def __repr__(self) -> str:
        """The data set; how many are on the list is not for logs."""
        return f"Objections({self._dataset!r})"

    def marks(self, domain: Domain, pseudonyms: bytes) -> list[bytes]:
        """The mark of each of some pseudonyms, 16 bytes each, written one after the other."""
        key = self._keys.derive(UNDER, self._dataset, domain)
        return [
            hashlib.blake2b(pseudonyms[at : at + PSEUDONYM_BYTES], key=key, digest_size=MARK_BYTES).digest()
            for at in range(0, len(pseudonyms), PSEUDONYM_BYTES)
        ]

    def listed(self, domain: Domain) -> Marks:
        """Every mark of a sort that is on the list.

        Raises:
            Tampered: The list was changed.
        """
        with self._alone(fcntl.LOCK_SH):
            return self._listed(domain)

    def add(self, domain: Domain, marks: Collection[bytes]) -> int:
        """Put marks on the list, durably; how many of them were not there.

        Raises:
            StoreFull: The disk is full; the list is as it was.
        """
        return self._change(domain, lambda before: before.union(marks)) if marks else 0

    def remove(self, domain: Domain, marks: Collection[bytes]) -> int:
        """Take marks off the list, durably; how many of them were there. What was erased stays erased.

        Raises:
            StoreFull: The disk is full; the list is as it was.
        """
        return self._change(domain, lambda before: before.difference(marks)) if marks else 0

    def _change(self, domain: Domain, change: Callable[[Marks], Marks]) -> int:
        """Write the list as a change leaves it; how many marks came or went."""
        with self._alone(fcntl.LOCK_EX):
            before = self._listed(domain)
            after = change(before)
            if after != before:
                self._write(domain, after)
            return abs(len(after) - len(before))

    @contextmanager
    def _alone(self, how: int) -> Iterator[None]:
        """Wait for whoever changes the list: a change takes the list before it away, and half-way there seems none."""
        try:
            if how == fcntl.LOCK_EX:
                private_folder(self._folder)
            handle = os.open(self._folder / LOCK, os.O_RDWR | os.O_CREAT, 0o600)
        except FileNotFoundError:  # nobody was ever put on the list
            yield
            return
        except OSError as error:
            raise from_os(error) from None
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)

    def _listed(self, domain: Domain) -> Marks:
        return self._read(self._newest()).get(domain, NOBODY)

    def _newest(self) -> str:
        return max(self._chests.names(), default="")

    def _read(self, name: str) -> Mapping[Domain, Marks]:
        if not name:
            return {}
        with self._chests.open(name) as file:
            tree = json.loads(file.read())["marks"]
        return {Domain(domain): frozenset(_apart(bytes.fromhex(text))) for domain, text in tree.items()}

    def _write(self, domain: Domain, marks: Marks) -> None:
        before = self._newest()
        whole = {**self._read(before), domain: marks}
        told: dict[str, Json] = {one.value: b"".join(sorted(found)).hex() for one, found in whole.items()}
        with self._chests.create(f"n-{int(before[2:] or 0) + 1:0{DIGITS}}") as chest:
            chest.write(canonical({"format": FORMAT, "marks": told}).encode())
            chest.finish()
        for name in self._chests.names()[:-1]:
            self._chests.delete(name)


class Heeding(CodeTable):
    """A code table that gives no code to whoever is on the list: they all get `LEFT_OUT`.

    Args:
        objections: The list.
        listed: Marks of people that are on it.
        table: What a code table takes.
    """

    def __init__(self, objections: Objections, listed: Marks, **table: Any) -> None:
        super().__init__(**table)
        self._objections, self._listed = objections, listed

    def of(self, pseudonyms: bytes) -> Codes:
        """The codes of pseudonyms, new ones for those who are not known yet, `LEFT_OUT` for those on the list."""
        away = np.array([one in self._listed for one in self._objections.marks(Domain.PERSON, pseudonyms)], bool)
        rows = np.frombuffer(pseudonyms, np.uint8).reshape(-1, PSEUDONYM_BYTES)
        codes: Codes = np.full(len(rows), LEFT_OUT, np.int64)
        codes[~away] = super().of(rows[~away].tobytes())
        return codes


def code_table(*, store: Path, dataset: str, domain: str, keys: KeyProvider, parts: Sequence[Part]) -> CodeTable:
    """The code table that files are taken in with: it heeds the list of those who are to be left out.

    Raises:
        Tampered: A file of it, or the list, was changed.
    """
    objections = Objections(store=store, dataset=dataset, keys=keys)
    listed = objections.listed(Domain.PERSON) if domain == Domain.PERSON else NOBODY
    if not listed:
        return CodeTable(store=store, dataset=dataset, domain=domain, keys=keys, parts=parts)
    return Heeding(objections, listed, store=store, dataset=dataset, domain=domain, keys=keys, parts=parts)


def _apart(content: bytes) -> list[bytes]:
    return [content[at : at + MARK_BYTES] for at in range(0, len(content), MARK_BYTES)]
