"""Columns as small whole numbers, and rows that are alike counted once: what every measure here starts from."""

import threading
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safeconduct.model.errors import BadInput, Cancelled
from safeconduct.model.table import Table
from safeconduct.model.text import say

Whole = NDArray[np.int64]
Real = NDArray[np.float64]

MISSING = -1
MOST_CODES = 2**62
MOST_KEYS = 62
DENSE = 2**20


def stop_if(cancelled: threading.Event | None) -> None:
    """Stop here if somebody asked to.

    Raises:
        Cancelled: Somebody did.
    """
    if cancelled is not None and cancelled.is_set():
        raise Cancelled("the work was stopped before it was done; nothing was changed")


def gone(name: str) -> BadInput:
    """What to say of a column that is not there."""
    says = say("there is no column '{name}' any more; choose another or take it out of the step", name=name)
    return BadInput(says, field=name)


def arrow_column(table: Table, name: str) -> pa.ChunkedArray:
    """A column with plain values: dictionaries are unpacked, and a number that is not a number counts as missing.

    Raises:
        BadInput: The table has no such column.
    """
    if name not in table.columns:
        raise gone(name)
    column = table.arrow.column(name)
    if pa.types.is_dictionary(column.type):
        column = column.cast(column.type.value_type)
    if pa.types.is_floating(column.type):
        column = pc.add(pc.if_else(pc.is_nan(column), None, column), 0.0)
    return column


def is_number(column: pa.ChunkedArray) -> bool:
    """Whether a column holds numbers."""
    return bool(pa.types.is_integer(column.type) or pa.types.is_floating(column.type))


def encode(column: pa.ChunkedArray) -> tuple[Whole, pa.Array]:
    """Each row's place among the distinct values, −1 where missing, and those values in order of appearance."""
    if pa.types.is_null(column.type):
        return np.full(len(column), MISSING, dtype=np.int64), pa.array([], type=column.type)
    parts = column.combine_chunks().dictionary_encode()
    if isinstance(parts, pa.ChunkedArray):
        parts = pa.concat_arrays(parts.chunks) if parts.num_chunks else pa.array([], column.type).dictionary_encode()
    places = pc.fill_null(parts.indices, MISSING).to_numpy(zero_copy_only=False)
    return places.astype(np.int64), parts.dictionary


def numbered(codes: Whole) -> tuple[Whole, int]:
    """Codes renumbered from 0 without gaps, in order of appearance, and how many there are."""
    found = pa.array(codes).dictionary_encode()
    return found.indices.to_numpy(zero_copy_only=False).astype(np.int64), len(found.dictionary)


def packed(columns: Sequence[Whole], sizes: Sequence[int], rows: int) -> tuple[Whole, int]:
    """One number a row for the columns together, and a bound no number reaches; −1 counts as a value of its own.

    Args:
        columns: Codes from −1 to below the column's size.
        sizes: How many values each column has.
        rows: How many rows there are; no columns at all make all rows alike.
    """
    whole, bound = np.zeros(rows, dtype=np.int64), 1
    for column, size in zip(columns, sizes, strict=True):
        if bound > MOST_CODES // (size + 1):
            whole, bound = numbered(whole)
        whole = whole * (size + 1) + (column + 1)
        bound *= size + 1
    return whole, bound


def grouped(columns: Sequence[Whole], sizes: Sequence[int], rows: int) -> tuple[Whole, int]:
    """Which group of equal rows each row is in, from 0 without gaps, and how many groups there are."""
    return numbered(packed(columns, sizes, rows)[0])


def missing_bits(codes: Whole) -> Whole:
    """Which columns are missing in each entry, as bits; a row of `codes` a column."""
    bits = np.zeros(codes.shape[1], dtype=np.int64)
    for place, column in enumerate(codes):
        bits |= (column == MISSING).astype(np.int64) << place
    return bits


def first_of(groups: Whole, count: int) -> Whole:
    """The first row of each group."""
    first = np.zeros(count, dtype=np.int64)
    first[groups[::-1]] = np.arange(len(groups) - 1, -1, -1)
    return first


@dataclass(frozen=True, eq=False, repr=False)
class Classes:
    """Rows that are alike in some columns, each sort of row once.

    Attributes:
        names: The columns.
        codes: A row a column, an entry a class: the value's code, −1 where missing.
        sizes: How many values each column has.
        counts: Records in each class.
        of: The class of each record.
    """

    names: tuple[str, ...]
    codes: Whole
    sizes: tuple[int, ...]
    counts: Whole
    of: Whole

    def __len__(self) -> int:
        """How many classes there are."""
        return len(self.counts)

    @cached_property
    def patterns(self) -> Whole:
        """Which columns are missing in each class, as bits: 5 means the first and the third."""
        return missing_bits(self.codes)

    def total(self, weights: Real) -> Real:
        """Sums over the records of each class."""
        return np.bincount(self.of, weights=weights, minlength=len(self)).astype(np.float64, copy=False)

    def without(self, place: int) -> "Classes":
        """The classes that are left where one column is not known; `of` says where each former class went."""
        kept = [one for one in range(len(self.names)) if one != place]
        sizes = tuple(self.sizes[one] for one in kept)
        groups, count = grouped([self.codes[one] for one in kept], sizes, len(self))
        return Classes(
            names=tuple(self.names[one] for one in kept),
            codes=self.codes[kept][:, first_of(groups, count)],
            sizes=sizes,
            counts=np.bincount(groups, weights=self.counts, minlength=count).astype(np.int64),
            of=groups,
        )


def classes(table: Table, names: Sequence[str]) -> Classes:
    """The rows of a table that are alike in these columns; missing values are alike among themselves.

    Raises:
        BadInput: A column is not there, or there are more than 62.
    """
    if len(names) > MOST_KEYS:
        raise BadInput(say("choose at most {most} columns that could single somebody out", most=MOST_KEYS))
    found = [encode(arrow_column(table, name)) for name in names]
    codes = np.array([one for one, _ in found], dtype=np.int64).reshape(len(names), len(table))
    return of_codes(tuple(names), codes, tuple(len(values) for _, values in found))


def of_codes(names: tuple[str, ...], codes: Whole, sizes: tuple[int, ...]) -> Classes:
    """Classes of rows that are codes already; a row of `codes` a column, an entry a record."""
    groups, count = grouped(list(codes), sizes, codes.shape[1])
    counts = np.bincount(groups, minlength=count)
    return Classes(names=names, codes=codes[:, first_of(groups, count)], sizes=sizes, counts=counts, of=groups)
