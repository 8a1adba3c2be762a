"""What a rule sees of a column, and the signs it may find."""

from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.microdata import Variable, VariableRole, VariableType
from safeconduct.model.text import Text

LOOKED_AT = 2_000
"""Distinct values a pattern is tried on."""


class Source(StrEnum):
    """Where a sign was seen; two sources that agree are believed."""

    FORM = "form"
    NAME = "name"
    LABEL = "label"
    VALUES = "values"
    STRUCTURE = "structure"


@dataclass(frozen=True, kw_only=True)
class Sign:
    """One reason to think that a column has a role; it never holds a value.

    Attributes:
        role: The role.
        says: The reason, in a sentence.
        source: Where it was seen.
        weight: How much it counts, from 1, which alone proposes nothing, to 9.
        sure: It is unmistakable on its own.
        about: The topic it speaks for, `""` for none; two signs agree where they speak for the same.
    """

    role: VariableRole
    says: Text
    source: Source
    weight: int
    sure: bool = False
    about: str = ""


@dataclass(frozen=True, kw_only=True, repr=False)
class Seen:
    """A column of the sample. Its `repr` shows its name only.

    Attributes:
        variable: What is known about the column.
        filled: Rows of the sample that have a value.
        distinct: Different values among them.
        texts: Up to `LOOKED_AT` of the different values as text, evenly chosen; none for numbers and dates.
        numbers: The values as numbers, dates as days; empty for texts.
        together: Equal values stand next to each other, as those of one household do.
    """

    variable: Variable
    filled: int
    distinct: int
    texts: tuple[str, ...] = field(repr=False)
    numbers: npt.NDArray[np.float64] = field(repr=False)
    together: bool = False

    def __repr__(self) -> str:
        """Which column."""
        return f"Seen({self.variable.name})"

    @property
    def share(self) -> float:
        """Different values for each row that has one, 0 to 1."""
        return self.distinct / self.filled if self.filled else 0.0

    @property
    def words(self) -> tuple[str, ...]:
        """What its categories are called, or its values where they are few and written out."""
        labels = tuple(next(iter(one.labels.values()), one.code) for one in self.variable.categories if not one.missing)
        few = self.variable.type is VariableType.TEXT and self.distinct <= FEW
        return labels or (self.texts if few else ())

    @property
    def coded(self) -> bool:
        """Whether it has a list of codes, two at least."""
        return (
            self.variable.type is VariableType.BOOLEAN or sum(not one.missing for one in self.variable.categories) > 1
        )


FEW = 40
"""Different values of a text that may still be a list of categories."""


def seen(variable: Variable, column: pa.ChunkedArray) -> Seen:
    """Look at a column of the sample."""
    values = pc.drop_null(column)
    different = pc.unique(values)
    return Seen(
        variable=variable,
        filled=len(values),
        distinct=len(different),
        texts=_texts(variable, different),
        numbers=_numbers(variable, values),
        together=_together(values, len(different)),
    )


def _texts(variable: Variable, different: pa.Array) -> tuple[str, ...]:
    if variable.type is not VariableType.TEXT or not len(different):
        return ()
    at = np.unique(np.linspace(0, len(different) - 1, min(LOOKED_AT, len(different))).astype(np.int64))
    return tuple(one.strip() for one in different.take(pa.array(at)).cast(pa.string()).to_pylist() if one.strip())


def _numbers(variable: Variable, values: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    match variable.type:
        case VariableType.INTEGER | VariableType.NUMBER:
            plain = values.cast(pa.float64(), safe=False)
        case VariableType.DATE:
            plain = values.cast(pa.date32()).cast(pa.int32()).cast(pa.float64())
        case _:
            return np.empty(0)
    found = np.asarray(plain.to_numpy(), dtype=np.float64)
    return found[np.isfinite(found)]


def _together(values: pa.ChunkedArray, distinct: int) -> bool:
    """Whether there are as many runs of equal values as different values."""
    if distinct < 2:  # noqa: PLR2004 - a single value is always together
        return False
    codes = pc.dictionary_encode(values).combine_chunks()
    at = np.asarray((codes.indices if isinstance(codes, pa.DictionaryArray) else pa.array([])).to_numpy())
    return bool(len(at)) and int(np.count_nonzero(np.diff(at))) + 1 == distinct
