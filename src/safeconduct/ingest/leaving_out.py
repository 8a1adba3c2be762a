"""Rows of people who are to be left out, gone before anything else looks at a file.

Somebody on the list gets no code, and their rows neither reach the store nor the quarantine. In other people's rows
they are unknown as the other side of a call; where such a row does not fit, nothing of it is kept but why.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from safeconduct.ingest.adapter import Chunk
from safeconduct.ingest.people import EPOCH, People, is_text, pseudonyms, spelling
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.sightings import Counted
from safeconduct.store.objections import LEFT_OUT, Domain, Marks, Objections

Flags = npt.NDArray[np.bool_]
COUNTERPART = "counterpart"


@dataclass(frozen=True, kw_only=True, repr=False)
class LeavingOut:
    """What leaves people out of the files of one data set.

    Attributes:
        objections: The data set's list.
        listed: Marks of people that were on it when this began.
        keys: What pseudonyms come from.
        dataset: Name of the data set.
        people: The codes of people; whoever is on the list has `LEFT_OUT`.
        counterparts: Whether the mapping keeps the other side of a call.
        counted: What identifiers stand for.
    """

    objections: Objections
    listed: Marks
    keys: KeyProvider
    dataset: str
    people: People
    counterparts: bool
    counted: Counted = Counted.SUBSCRIBER

    def __repr__(self) -> str:
        """The data set."""
        return f"LeavingOut({self.dataset!r})"

    def heeded(self, chunk: Chunk) -> tuple[Chunk, int]:
        """A chunk without their rows, and how many rows that were: a number for insiders."""
        if not self.listed:
            return chunk, 0
        stays = self.people.of(chunk.table.column("person")) != LEFT_OUT
        table = chunk.table.filter(pa.array(stays))
        heard = replace(chunk, table=self._unknown(table), lines=self._lines(chunk, table, stays))
        return heard, int((~stays).sum())

    def _unknown(self, table: pa.Table) -> pa.Table:
        """The rows with nobody where the other side of a call is to be left out."""
        if not (self.counterparts and COUNTERPART in table.column_names):
            return table
        column = table.column(COUNTERPART)
        theirs = self.people.of(column) == LEFT_OUT
        kept = pa.array(np.where(theirs, "", column.to_numpy(zero_copy_only=False)), column.type)
        return table.set_column(table.column_names.index(COUNTERPART), COUNTERPART, kept)

    def _lines(self, chunk: Chunk, table: pa.Table, stays: Flags) -> Callable[[], list[bytes]]:
        """The rows of the file behind those that are left, asked for when one does not fit."""

        def lines() -> list[bytes]:
            found = [line for line, stay in zip(chunk.lines(), stays.tolist(), strict=True) if stay]
            return [b"" if away else line for line, away in zip(found, self._away(table), strict=True)]

        return lines

    def _away(self, table: pa.Table) -> list[bool]:
        if COUNTERPART not in table.column_names:
            return [False] * table.num_rows
        encoded = table.column(COUNTERPART).combine_chunks().dictionary_encode()
        known = marks_of(self.objections, self.keys, self.dataset, encoded.dictionary.to_pylist(), counted=self.counted)
        return [known[at] in self.listed for at in encoded.indices.to_pylist()]


def marks_of(
    objections: Objections,
    keys: KeyProvider,
    dataset: str,
    identifiers: list[str],
    *,
    counted: Counted = Counted.SUBSCRIBER,
) -> list[bytes]:
    """The mark of each identifier, `b""` where it names nobody; spelt as what it stands for is."""
    key = keys.derive("pseudonym", dataset, EPOCH, Domain.PERSON)
    spell = spelling(counted)
    spelt = [spell(one) if is_text(one) else "" for one in identifiers]
    made = iter(objections.marks(Domain.PERSON, pseudonyms(key, (one for one in spelt if one))))
    return [next(made) if one else b"" for one in spelt]
