"""A table together with its description, and its cells as checks and corrections look at them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, Variable, VariableType, is_companion, missing_column
from safeconduct.model.table import Table
from safeconduct.model.text import say

Flags = npt.NDArray[np.bool_]
Numbers = npt.NDArray[np.float64]
_BETWEEN = "\x1f"


@dataclass(frozen=True, kw_only=True)
class Described:
    """A table with its companions, and what is known of its columns. Its `repr` shows no value.

    Attributes:
        file: What is known of it.
        table: Its rows, user-missing codes in companion columns.
    """

    file: DataFile
    table: Table

    def __len__(self) -> int:
        """How many rows."""
        return len(self.table)

    def variable(self, name: str) -> Variable:
        """The variable of that name.

        Raises:
            BadInput: There is none.
        """
        if name not in self._variables:
            said = say(
                "The table {file} has no column {column}; look at its columns.", file=self.file.name, column=name
            )
            raise BadInput(said, field=name)
        return self._variables[name]

    def cells(self, name: str) -> pa.ChunkedArray:
        """A column as it is kept, `None` where it is missing in any way."""
        return self.table.arrow.column(name)

    def codes(self, name: str) -> pa.ChunkedArray:
        """The user-missing codes of a column, `None` where a cell has none."""
        companion = missing_column(name)
        if companion in self._columns:
            return self.table.arrow.column(companion).cast(pa.string())
        return pa.chunked_array([pa.nulls(len(self), pa.string())])

    def texts(self, name: str) -> pa.ChunkedArray:
        """A column's values as the texts that categories use: `1`, `1.5`, `true`; `None` where missing."""
        return self.cells(name).cast(pa.string())

    def answers(self, name: str) -> pa.ChunkedArray:
        """The same, with the user-missing code where a cell has one."""
        return pc.coalesce(self.texts(name), self.codes(name))

    def numbers(self, name: str) -> Numbers:
        """A column's values as numbers, dates as days since 1970; not-a-number where it has none."""
        match self.variable(name).type:
            case VariableType.TEXT:
                return numeric(self.cells(name))
            case VariableType.DATE | VariableType.MOMENT:
                plain = self.cells(name).cast(pa.date32(), safe=False).cast(pa.int32())
            case _:
                plain = self.cells(name)
        return floats(plain.cast(pa.float64(), safe=False))

    def filled(self, name: str) -> Flags:
        """Rows with a value."""
        return flags(pc.is_valid(self.cells(name)))

    def answered(self, name: str) -> Flags:
        """Rows with a value or a user-missing code."""
        return self.filled(name) | flags(pc.is_valid(self.codes(name)))

    def keys(self, names: Sequence[str]) -> pa.ChunkedArray:
        """Several columns as one text a row, `None` where one of them is missing."""
        return pc.binary_join_element_wise(*(self.texts(name) for name in names), _BETWEEN, null_handling="emit_null")

    def rows(self, wanted: Flags) -> "Described":
        """The same with these rows only."""
        return replace(self, table=Table(self.table.arrow.filter(pa.array(wanted))))

    def with_cells(self, name: str, cells: pa.ChunkedArray, codes: pa.ChunkedArray) -> "Described":
        """The same with other values and user-missing codes in one column.

        A companion is added where codes are first needed; the column keeps its type.
        """
        columns = {name: cells.cast(self.cells(name).type)}
        if missing_column(name) in self._columns or codes.null_count < len(codes):
            columns[missing_column(name)] = codes.cast(pa.string())
        return replace(self, table=self.table.having(**columns))

    def with_variable(self, name: str, variable: Variable) -> "Described":
        """The same with another description of one column."""
        variables = tuple(variable if one.name == name else one for one in self.file.variables)
        return replace(self, file=replace(self.file, variables=variables))

    @property
    def names(self) -> tuple[str, ...]:
        """Its columns that are variables and are there, in order."""
        return tuple(self._variables)

    @cached_property
    def _columns(self) -> frozenset[str]:
        return frozenset(self.table.columns)

    @cached_property
    def _variables(self) -> Mapping[str, Variable]:
        """Variables that are there, by name: a table may have ten thousand."""
        named = self._columns
        return {one.name: one for one in self.file.variables if one.name in named and not is_companion(one.name)}

    def __contains__(self, name: object) -> bool:
        """Whether there is a variable of that name, with its rows."""
        return name in self._variables


Beside = Mapping[str, Described]
"""The tables of a data set by name."""


def flags(values: pa.ChunkedArray) -> Flags:
    """Booleans as numpy keeps them; unknown counts as false."""
    return np.asarray(pc.fill_null(values, pa.scalar(value=False)).to_numpy(), dtype=np.bool_)


def floats(values: pa.ChunkedArray) -> Numbers:
    """Numbers as numpy keeps them; unknown is not-a-number."""
    return np.asarray(values.to_numpy(), dtype=np.float64)


NUMERIC = r"^\s*[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?\s*$"


def numeric(values: pa.ChunkedArray) -> Numbers:
    """Texts as numbers; not-a-number where a text is none."""
    is_number = pc.match_substring_regex(values, NUMERIC)
    trimmed = pc.utf8_trim_whitespace(pc.if_else(is_number, values, pa.scalar(None, values.type)))
    return floats(pc.utf8_ltrim(trimmed, "+").cast(pa.float64()))


def grouped(keys: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], int]:
    """A number from 0 for each different key, -1 where there is none, and how many there are."""
    coded = keys.combine_chunks().dictionary_encode()
    coded = coded.chunk(0) if isinstance(coded, pa.ChunkedArray) else coded
    at = pc.fill_null(coded.indices.cast(pa.int64()), -1)
    return np.asarray(at.to_numpy(zero_copy_only=False), dtype=np.int64), len(coded.dictionary)


def counted(keys: pa.ChunkedArray) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """The group of each row, -1 for none, and how many rows each group has."""
    groups, count = grouped(keys)
    return groups, np.bincount(groups[groups >= 0], minlength=count).astype(np.int64)
