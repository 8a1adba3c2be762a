"""Which rows of a survey go with somebody who is left out: their household's, their own, and what belongs to them.

Households and records are told by marks. A row below a row that goes, goes too; a household stays where only one of its
members goes.
"""

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.arriving_codes import spelt
from safeconduct.ingest.people import pseudonyms
from safeconduct.keys.provider import KeyProvider
from safeconduct.model.microdata import DataFile, Roles, VariableRole
from safeconduct.store.objections import Domain, Objections

Flags = npt.NDArray[np.bool_]
Read = Callable[[str, Sequence[str]], pa.Table]
At = tuple[str, str]
HALF = 8
BETWEEN = "/"
MOST_CUTS = 6
_JOINED = "\x1f"


def household_columns(files: Sequence[DataFile], roles: Roles) -> dict[str, tuple[str, ...]]:
    """The columns of each table that tell the household: those of that role, and what links to them."""
    found = {
        (file.name, name) for file in files for name in file.names
        if roles.get(file.name, {}).get(name) is VariableRole.HOUSEHOLD
    }  # fmt: skip
    pairs = list(_pairs(files))
    while more := {one for pair in pairs if found & set(pair) for one in pair} - found:
        found |= more
    return {file.name: tuple(name for name in file.names if (file.name, name) in found) for file in files}


def household_marks(objections: Objections, keys: KeyProvider, dataset: str, identifiers: Sequence[str]) -> list[bytes]:
    """The mark of each household, told by its identifier as the file writes it."""
    key = keys.derive("household", dataset)
    return objections.marks(Domain.HOUSEHOLD, pseudonyms(key, (one.strip() for one in identifiers)))


def record_marks(
    objections: Objections, keys: KeyProvider, dataset: str, table: str, identifiers: Sequence[str]
) -> list[bytes]:
    """The mark of each record of a table, told by the values of its key, in order, with `/` between them.

    A value may have a `/` of its own: `cuts` says how else an identifier may be meant.
    """
    return _marks_of_parts(objections, keys.derive("record", dataset), table, [cuts(one)[0] for one in identifiers])


def record_marks_meant_otherwise(
    objections: Objections, keys: KeyProvider, dataset: str, table: str, identifiers: Sequence[str]
) -> list[bytes]:
    """Marks of the same records where values of their keys have a `/` of their own; most of them are nobody's."""
    found = [parts for one in identifiers for parts in cuts(one)[1:]]
    return _marks_of_parts(objections, keys.derive("record", dataset), table, found)


def cuts(identifier: str) -> list[list[str]]:
    """Every way in which an identifier may be values of a key with `/` between them, the usual one first.

    Example:
        >>> cuts("h7/2"), cuts("2026/1/2")[:3]
        ([['h7', '2'], ['h7/2']], [['2026', '1', '2'], ['2026', '1/2'], ['2026/1', '2']])
    """
    first, *others = identifier.split(BETWEEN)
    if len(others) > MOST_CUTS:
        return [_stripped([first, *others]), [identifier.strip()]]
    ways = [[first]]
    for part in others:
        ways = [made for way in ways for made in ([*way, part], [*way[:-1], way[-1] + BETWEEN + part])]
    return [_stripped(way) for way in ways]


def _marks_of_parts(objections: Objections, key: bytes, table: str, found: Sequence[Sequence[str]]) -> list[bytes]:
    made = pseudonyms(key, (":".join(f"{len(part)}:{part}" for part in parts) for parts in found))
    codes = np.frombuffer(made, ">i8")[::2]
    return objections.marks(Domain.RECORD, _as_pseudonyms(codes.astype(np.int64), table))


def marked_records(objections: Objections, table: str, codes: pa.ChunkedArray) -> Flags:
    """Which record codes of a table are on the list."""
    listed = objections.listed(Domain.RECORD)
    if not listed:
        return np.zeros(len(codes), np.bool_)
    marks = objections.marks(Domain.RECORD, _as_pseudonyms(codes.to_numpy(), table))
    return np.array([one in listed for one in marks], np.bool_)


def marked_households(objections: Objections, keys: KeyProvider, dataset: str, column: pa.ChunkedArray) -> Flags:
    """Which identifiers of a column, as it arrived, are of households on the list."""
    listed = objections.listed(Domain.HOUSEHOLD)
    encoded = spelt(column).combine_chunks().dictionary_encode()
    texts = encoded.dictionary.to_pylist()
    if not listed or not texts:
        return np.zeros(len(column), np.bool_)
    away = [one in listed for one in household_marks(objections, keys, dataset, texts)]
    found: Flags = pc.fill_null(pa.array(away).take(encoded.indices), pa.scalar(value=False)).to_numpy(
        zero_copy_only=False
    )
    return found


@dataclass(frozen=True, kw_only=True)
class Away:
    """Which rows of the tables of a data set go.

    Attributes:
        files: What is known about the tables.
        read: Reads columns of a table.
        own: Which rows of a table go for themselves.
    """

    files: Mapping[str, DataFile]
    read: Read
    own: Callable[[str], Flags]
    _found: dict[str, Flags] = field(default_factory=dict, repr=False)

    def of(self, name: str) -> Flags:
        """Which rows of a table go, in the order they rest in."""
        if name not in self._found:
            own = self._found[name] = self.own(name)  # first, so that tables that name one another come to an end
            self._found[name] = own | self._below(self.files[name], len(own))
        return self._found[name]

    def _below(self, file: DataFile, rows: int) -> Flags:
        parent = self.files.get(file.parent)
        if parent is None or not file.link or len(file.link) != len(parent.key):
            return np.zeros(rows, np.bool_)
        gone = pa.array(self.of(parent.name))
        above = _joined(self.read(parent.name, parent.key), parent.key).filter(gone)
        mine = _joined(self.read(file.name, file.link), file.link)
        found: Flags = pc.fill_null(pc.is_in(mine, value_set=above.combine_chunks()), pa.scalar(value=False)).to_numpy(
            zero_copy_only=False
        )
        return found


def _stripped(parts: Sequence[str]) -> list[str]:
    return [part.strip() for part in parts]


def _as_pseudonyms(codes: npt.NDArray[np.int64], table: str) -> bytes:
    """Record codes in the length of pseudonyms, each with its table, since codes follow from keys alone."""
    of_table = np.frombuffer(hashlib.sha256(table.encode()).digest()[:HALF], ">i8").astype(np.int64)
    both = np.stack([codes.astype(np.int64), np.repeat(of_table, len(codes))], axis=1)
    return both.astype(">i8").tobytes()


def _joined(table: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    """Several columns as one text a row, unknown where one is."""
    texts = [spelt(table.column(name)) for name in names]
    return pc.binary_join_element_wise(*texts, _JOINED, null_handling="emit_null")


def _pairs(files: Sequence[DataFile]) -> list[tuple[At, At]]:
    """Which column of a table holds which column of its parent's key."""
    by_name = {file.name: file for file in files}
    return [
        ((file.name, own), (file.parent, other))
        for file in files
        if file.parent in by_name
        for own, other in zip(file.link, by_name[file.parent].key, strict=False)
    ]
