"""How well what is known of a person fits each record of a file, whatever was done to the file."""

import re
from abc import ABC, abstractmethod
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from safeconduct.measures.codes import Real, Whole, arrow_column, encode, first_of, grouped, is_number
from safeconduct.model.table import Table

MISFIT = 4.6
"""What a value costs that does not fit at all: as if one in a hundred were wrong."""
NEARLY = 0.5
"""What a number costs that is not quite the same."""
LEAST = 1e-6
NUMBER = r"-?\d+(?:\.\d+)?"
DAY = r"\d{4}-\d{2}-\d{2}"
RANGE = re.compile(rf"\s*[\[(]?\s*({DAY}|{NUMBER})\s*(?:to|\.\.|[-–,;])\s*(<?)\s*({DAY}|{NUMBER})\s*([\])]?)\s*")
OPEN = re.compile(rf"\s*(<=|>=|[<>≤≥])?\s*({DAY}|{NUMBER})\s*(\+)?\s*")
PERIOD = re.compile(r"\s*(\d{4})(?:-(\d{2}))?\s*")
EPOCH = date(1970, 1, 1)
Span: TypeAlias = tuple[float, float]
Flags: TypeAlias = NDArray[np.bool_]


def span(text: str, *, days: bool = False) -> Span | None:
    """The numbers a band's name stands for, both ends included, or nothing if it is no band.

    Args:
        text: What the file has, such as `30-39`, `80+`, `<5`, `[0, 10)`, `2.5 to <5` or `2020-03`.
        days: The other file has days, counted from 1970 here: a year or month is all of its days.

    Example:
        >>> span("30-39"), span("80+"), span("[0, 10)"), span("Paris")
        ((30.0, 39.0), (80.0, inf), (0.0, 9.999999), None)
    """
    if days and (found := PERIOD.fullmatch(text)):
        return _period(int(found[1]), found[2])
    if found := RANGE.fullmatch(text):
        return _number(found[1]), _number(found[3]) - (LEAST if found[2] or found[4] == ")" else 0.0)
    if found := OPEN.fullmatch(text):
        at = _number(found[2])
        if found[3] or found[1] in {">", ">=", "≥"}:
            return at + (LEAST if found[1] == ">" else 0.0), np.inf
        if found[1]:
            return -np.inf, at - (LEAST if found[1] == "<" else 0.0)
        return at, at
    return None


def _number(text: str) -> float:
    return float((date.fromisoformat(text) - EPOCH).days) if re.fullmatch(DAY, text) else float(text)


def _period(year: int, month: str | None) -> Span | None:
    if month is not None and not 1 <= int(month) <= 12:  # noqa: PLR2004 - months of a year
        return None
    first = date(year, int(month or 1), 1)
    after = date(year + 1, 1, 1) if month in {None, "12"} else date(year, int(month or 1) + 1, 1)
    return float((first - EPOCH).days), float((after - timedelta(days=1) - EPOCH).days)


class Fit(ABC):
    """How a column of a file fits what is known of people.

    A cost is minus the log of how likely the person's value is where the record says what it says: nothing if it says
    the same, more the less it says, most if it says something else, and nothing where the person's value is not known.

    Attributes:
        sorts: Each record's value as a number, from 0.
        most: A bound no such number reaches.
    """

    sorts: Whole
    most: int

    @abstractmethod
    def cost(self, people: Whole, records: Whole) -> Real:
        """A row a person, a column a record."""

    @abstractmethod
    def answers(self, people: Whole, records: Whole) -> Flags:
        """Whether the person answers to what the record says, in the same shape; a missing value asks for nothing."""


@dataclass(frozen=True, eq=False, repr=False)
class Numbers(Fit):
    """Numbers on both sides.

    Attributes:
        mine: Each person's, missing where it is not known.
        theirs: Each record's.
        rare: Minus the log of the share of people who have each person's number.
        sorts: See `Fit`.
        most: See `Fit`.
    """

    mine: Real
    theirs: Real
    rare: Real
    sorts: Whole
    most: int

    def cost(self, people: Whole, records: Whole) -> Real:
        """Nothing for the same number, then more the farther, in standard deviations of what is known."""
        known = self.mine[~np.isnan(self.mine)]
        scale = float(known.std()) if len(known) > 1 and known.std() > 0 else 1.0
        apart = np.abs(self.mine[people][:, None] - self.theirs[records][None, :]) / scale
        rare = self.rare[people][:, None]
        cost = np.where(apart == 0, 0.0, np.minimum(NEARLY + MISFIT * apart, rare + MISFIT))
        return np.where(np.isnan(self.mine[people])[:, None], 0.0, np.where(np.isnan(cost), rare, cost))

    def answers(self, people: Whole, records: Whole) -> Flags:
        """Only the same number answers."""
        mine, theirs = self.mine[people][:, None], self.theirs[records][None, :]
        return np.asarray((mine == theirs) | np.isnan(mine) | np.isnan(theirs), dtype=np.bool_)


@dataclass(frozen=True, eq=False, repr=False)
class Words(Fit):
    """Words, or numbers that the file has in bands.

    Attributes:
        costs: A row a value known of people, a column a value of the file; the last of each is a missing one.
        fits: Whether the two agree.
        mine: Each person's value.
        sorts: See `Fit`.
        most: See `Fit`.
    """

    costs: Real
    fits: Flags
    mine: Whole
    sorts: Whole
    most: int

    def cost(self, people: Whole, records: Whole) -> Real:
        """As the table of costs has it."""
        return self.costs[self.mine[people]][:, self.sorts[records]]

    def answers(self, people: Whole, records: Whole) -> Flags:
        """As the table has it."""
        return self.fits[self.mine[people]][:, self.sorts[records]]


def fit(known: pa.ChunkedArray, told: pa.ChunkedArray) -> Fit:
    """How the values of one column of a file fit what is known of people.

    Numbers are compared with numbers and with bands, days with days and with periods, all else word for word.
    """
    (mine, values), (theirs, found) = encode(_plain(known)), encode(_plain(told))
    shares = np.bincount(mine[mine >= 0], minlength=len(values)) / max(int(np.count_nonzero(mine >= 0)), 1)
    rare = np.append(-np.log(np.maximum(shares, LEAST)), 0.0)
    sorts = np.where(theirs < 0, len(found), theirs)
    if is_number(values) and is_number(found):
        known_as, told_as = (np.append(_real(one), np.nan) for one in (values, found))
        return Numbers(known_as[mine], told_as[theirs], rare[mine], sorts, len(found) + 1)
    costs, fits = (
        np.zeros((len(values) + 1, len(found) + 1)),
        np.ones((len(values) + 1, len(found) + 1), dtype=np.bool_),
    )
    costs[:, -1] = rare
    fits[:-1, :-1] = _agree(values, found, days=pa.types.is_temporal(known.type))
    costs[:-1, :-1] = _left_open(fits[:-1, :-1], shares)
    return Words(costs, fits, np.where(mine < 0, len(values), mine), sorts, len(found) + 1)


def _plain(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Days as numbers, yes and no as words."""
    if pa.types.is_date(column.type) or pa.types.is_timestamp(column.type):
        return column.cast(pa.date32()).cast(pa.int32())
    return column.cast(pa.string()) if pa.types.is_boolean(column.type) else column


def _real(values: pa.Array) -> Real:
    return np.asarray(pc.cast(values, pa.float64(), safe=False).to_numpy(zero_copy_only=False), dtype=np.float64)


def _agree(values: pa.Array, found: pa.Array, *, days: bool) -> Flags:
    """The same word; or a band that holds the number."""
    mine, theirs = (["" if one is None else str(one) for one in array.to_pylist()] for array in (values, found))
    fits = np.array(mine, dtype=object)[:, None] == np.array(theirs, dtype=object)[None, :]
    if is_number(values):
        numbers = _real(values)[:, None]
        ends = np.array([span(text, days=days) or (np.inf, -np.inf) for text in theirs]).reshape(-1, 2)
        fits |= (numbers >= ends[:, 0]) & (numbers <= ends[:, 1])
    return np.asarray(fits, dtype=np.bool_)


def _left_open(fits: Flags, shares: Real) -> Real:
    """Minus the log of how likely each known value is where the file says each of its values."""
    least = np.maximum(shares, LEAST)[:, None]
    left = np.log(np.maximum((fits * least).sum(axis=0), LEAST)) - np.log(least)
    return np.where(fits, np.maximum(left, 0.0), MISFIT - np.log(least))


@dataclass(frozen=True, eq=False, repr=False)
class Likeness:
    """People known and records of a file, side by side in the columns both have.

    Attributes:
        fits: One for each column.
        of: The sort of each record: records of a sort are alike in all these columns.
        first: A record of each sort.
        sizes: Records of each sort.
    """

    fits: tuple[Fit, ...]
    of: Whole
    first: Whole
    sizes: Whole

    @classmethod
    def between(cls, known: Table, told: Table, columns: Sequence[str]) -> "Likeness":
        """People and records, compared in these columns.

        Raises:
            BadInput: One of the tables lacks one of them.
        """
        fits = tuple(fit(arrow_column(known, name), arrow_column(told, name)) for name in columns)
        of, count = grouped([one.sorts for one in fits], [one.most for one in fits], len(told))
        return cls(fits, of, first_of(of, count), np.bincount(of, minlength=count).astype(np.int64))

    def costs(self, people: Whole) -> Real:
        """A row a person, a column a sort of record: how badly they fit, at least 0."""
        total = np.zeros((len(people), len(self.first)))
        for one in self.fits:
            total += one.cost(people, self.first)
        return total

    def answering(self, people: Whole, described: Whole) -> Whole:
        """How many people answer to each description: a row of `described` names a record for each column."""
        found = np.ones((len(people), len(described)), dtype=np.bool_)
        for one, records in zip(self.fits, described.T, strict=True):
            found &= one.answers(people, records)
        return np.asarray(found.sum(axis=0), dtype=np.int64)
