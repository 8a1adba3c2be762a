"""Few people that many told figures show together, where figures carry different noise; see `spans` for what a span is.

Whoever holds figures weighs and adds them. Of every sum of classes that comes out, this finds the best weights, and how
far off the result is likely to be: what differs from `spans` is that noise differs by figure, that nothing as large as
classes times figures is held, and that besides classes and pairs it looks at what is left of a figure when one or
several others are taken away from it.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from safeconduct.measures.codes import Real

if TYPE_CHECKING:
    from scipy import sparse

Codes = NDArray[np.int32]
Marks = NDArray[np.uint64]

LEAST_SD = 0.1
"""Standard deviation, people, that exact figures are given: a hundred of them together still show one person."""

SAME = 1e-11
"""Directions in which figures say less than this of what they say in the strongest are rounding."""

WITHIN = 1e-7
"""Of a class in the span less than this may be outside it, for rounding."""

HALF = 1 / 2 - WITHIN
"""Each class of a pair that is shown together has at least half of itself in the span."""

CLASSES_AT_ONCE = 4_096
LEAST_WEIGHT = 0.05
"""Figures with less than this of the largest weight are not named."""

MOST_NAMED = 8
MIX = (0x9E3779B97F4A7C15, 0xBF58476D1CE4E5B9, 0x94D049BB133111EB)


class Sort(StrEnum):
    """How few people are shown.

    `CLASS`: people whom all figures count alike. `PAIR`: two such classes, only together. `DIFFERENCE`: those in one
    figure and not in another that lies in it. `REST`: those of an area who are in none of its told parts.
    """

    CLASS = "class"
    PAIR = "pair"
    DIFFERENCE = "difference"
    REST = "rest"


@dataclass(frozen=True, kw_only=True, repr=False)
class Shown:
    """Few people that figures show. Its `repr` says nothing.

    Attributes:
        sort: How they are shown.
        mark: Stands for who they are: the same people have the same mark, as long as people's marks are the same.
        sd: Standard deviation with which their number comes out at best, people.
        figures: The figures it takes, those that weigh most first, at most eight of them.
        taken_away: Whether each of these is taken away; else it is added.
    """

    sort: Sort
    mark: int
    sd: float
    figures: tuple[int, ...]
    taken_away: tuple[bool, ...]

    def __repr__(self) -> str:
        """What it is."""
        return "Shown()"


@dataclass(frozen=True, kw_only=True)
class Limits:
    """When people are few, and when they are shown.

    Attributes:
        minimum: People of whom something may be shown, at least 2.
        tau: Standard deviation, people, from which on what comes out shows nobody; above 0.
    """

    minimum: int
    tau: float


def marks_of(people: Codes, secret: int) -> Marks:
    """A number for every person's code, from a secret below 2^64; sums of them stand for groups of people."""
    with np.errstate(over="ignore"):
        mixed = people.astype(np.uint64) + np.uint64(1) + np.uint64(secret)
        for shift, factor in zip((30, 27), MIX[1:], strict=True):
            mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
        return mixed ^ (mixed >> np.uint64(31))


def shown_together(
    figures: Sequence[Codes],
    sds: Sequence[float],
    limits: Limits,
    *,
    secret: int,
    wholes: Sequence[tuple[int, tuple[int, ...]]] = (),
) -> list[Shown]:
    """Groups of fewer than `minimum` people whose number the figures show to within less than `tau`.

    Three and more classes that can only be told together are looked for only as differences and as rests.

    Args:
        figures: Codes of the people behind each figure, each once, in any order.
        sds: Standard deviation of each figure's noise, people; 0 where it is exact. Noise is taken as independent.
        limits: When people are few, and when they are shown.
        secret: What marks come from, below 2^64.
        wholes: Figures, each with others that are parts of it.

    Example:
        >>> whole, part = np.arange(40, dtype=np.int32), np.arange(37, dtype=np.int32)
        >>> found = shown_together([whole, part], [0, 0], Limits(minimum=16, tau=3), secret=7)
        >>> [(one.sort.value, one.figures, one.taken_away) for one in found]
        [('class', (0, 1), (False, True))]
    """
    if not figures:
        return []
    look = _Look.of(figures, sds, secret)
    unique: dict[int, Shown] = {}
    for sort, groups in look.candidates(limits, wholes):
        for one in look.shown(sort, groups, limits):
            unique.setdefault(one.mark, one)
    return list(unique.values())


@dataclass(frozen=True, kw_only=True, eq=False)
class _Look:
    """Figures as sums of classes, and what of the classes lies in their span.

    Attributes:
        rows: Figures by classes: one where a figure counts a class.
        people: People in each class.
        marks: Sum of the marks of its people.
        sds: Standard deviation of each figure.
        right: Right singular vectors of the figures, each divided by its standard deviation.
        singular: Their singular values.
    """

    rows: "sparse.csr_array"
    people: NDArray[np.int64]
    marks: Marks
    sds: Real
    right: Real
    singular: Real

    @classmethod
    def of(cls, figures: Sequence[Codes], sds: Sequence[float], secret: int) -> "_Look":
        from scipy import sparse  # noqa: PLC0415 - slow to load, and most commands never look at anything together

        rows, people, marks = _classes(figures, secret)
        spread = np.maximum(np.asarray(sds, dtype=np.float64), LEAST_SD)
        _, singular, right = np.linalg.svd(_triangle(sparse.csr_array(sparse.diags_array(1 / spread) @ rows)))
        kept = singular > SAME * singular.max(initial=0)
        return cls(rows=rows, people=people, marks=marks, sds=spread, right=right[: len(kept)][kept],
                   singular=singular[kept])  # fmt: skip

    def candidates(
        self, limits: Limits, wholes: Sequence[tuple[int, tuple[int, ...]]]
    ) -> "Iterator[tuple[Sort, sparse.csc_array]]":
        """Groups of few people that may be shown: classes by columns, a one where a class is in a group."""
        few = np.flatnonzero(self.people < limits.minimum)
        yield Sort.CLASS, self._groups([(one,) for one in few.tolist()])
        yield Sort.PAIR, self._groups(self._pairs(few, limits))
        yield Sort.DIFFERENCE, self._left([(one, (other,)) for one, other in self._nested(limits)], limits)
        yield Sort.REST, self._left([one for one in wholes if len(one[1]) > 1], limits)

    def shown(self, sort: Sort, groups: "sparse.csc_array", limits: Limits) -> Iterator[Shown]:
        """Those of these groups that the figures show."""
        for first in range(0, groups.shape[1], CLASSES_AT_ONCE):
            some = groups[:, first : first + CLASSES_AT_ONCE]
            parts = self._parts(some)
            outside = some.sum(axis=0) - (parts * parts).sum(axis=0)
            weights = self.right.T @ (parts / self.singular[:, None])
            sds = np.linalg.norm(weights, axis=0)
            for at in np.flatnonzero((outside < WITHIN) & (sds < limits.tau * (1 - WITHIN))):
                yield self._told(sort, some[:, [at]], weights[:, at] / self.sds, float(sds[at]))

    def _told(self, sort: Sort, group: "sparse.csc_array", weights: Real, sd: float) -> Shown:
        order = np.argsort(-np.abs(weights).round(9), kind="stable")
        named = [at for at in order.tolist() if abs(weights[at]) > LEAST_WEIGHT * abs(weights[order[0]])][:MOST_NAMED]
        with np.errstate(over="ignore"):
            mark = int(self.marks[group.indices].sum(dtype=np.uint64))
        return Shown(sort=sort, mark=mark, sd=sd, figures=tuple(named),
                     taken_away=tuple(bool(weights[at] < 0) for at in named))  # fmt: skip

    def _parts(self, groups: "sparse.csc_array") -> Real:
        """How much of each group lies along each direction of the span."""
        counted = np.asarray((self.rows @ groups).todense(), dtype=np.float64) / self.sds[:, None]
        return np.asarray(self.right @ counted / self.singular[:, None], dtype=np.float64)

    def _pairs(self, few: NDArray[np.int64], limits: Limits) -> list[tuple[int, ...]]:
        """Pairs of small classes whose sum lies in the span though neither does; few have half of themselves there."""
        columns = [few[first : first + CLASSES_AT_ONCE] for first in range(0, len(few), CLASSES_AT_ONCE)]
        parts = [self._parts(self._groups([(one,) for one in some.tolist()])) for some in columns]
        along = np.concatenate([np.zeros((len(self.singular), 0)), *parts], axis=1)
        leverage = (along * along).sum(axis=0)
        half = (leverage > HALF) & (leverage < 1 - WITHIN)
        along, leverage, few = along[:, half], leverage[half], few[half]
        within = leverage[:, None] + leverage[None, :] + 2 * (along.T @ along)
        first, second = np.nonzero(np.triu(within > 2 - WITHIN, k=1))
        small = self.people[few[first]] + self.people[few[second]] < limits.minimum
        return list(zip(few[first[small]].tolist(), few[second[small]].tolist(), strict=True))

    def _nested(self, limits: Limits) -> list[tuple[int, int]]:
        """Pairs of figures of which the second lies in the first, but for few people."""
        from scipy import sparse  # noqa: PLC0415 - slow to load, and most commands never look at anything together

        common = np.asarray((self.rows @ sparse.diags_array(self.people.astype(np.float64)) @ self.rows.T).todense())
        size = np.diag(common)
        left = size[:, None] - common
        first, second = np.nonzero((common == size[None, :]) & (left > 0) & (left < limits.minimum))
        return list(zip(first.tolist(), second.tolist(), strict=True))

    def _left(self, wholes: Sequence[tuple[int, tuple[int, ...]]], limits: Limits) -> "sparse.csc_array":
        """What is left of figures without their parts, where it is few people and nobody is in two parts."""
        from scipy import sparse  # noqa: PLC0415 - slow to load, and most commands never look at anything together

        pairs = [(at, one, 1 if one == whole else -1) for at, (whole, parts) in enumerate(wholes)
                 for one in (whole, *parts)]  # fmt: skip
        at, figure, sign = (np.array([pair[one] for pair in pairs], dtype=np.int64) for one in range(3))
        taken = sparse.csr_array((sign, (at, figure)), shape=(len(wholes), self.rows.shape[0]))
        left = sparse.csr_array(taken @ self.rows)
        left.eliminate_zeros()
        count = left @ self.people
        least, most = (np.zeros(len(wholes), np.int64) for _ in range(2))
        np.minimum.at(least, left.tocoo().row, left.data)
        np.maximum.at(most, left.tocoo().row, left.data)
        good = (least >= 0) & (most <= 1) & (count > 0) & (count < limits.minimum)
        return sparse.csc_array(left[np.flatnonzero(good)].T)

    def _groups(self, groups: Sequence[tuple[int, ...]]) -> "sparse.csc_array":
        from scipy import sparse  # noqa: PLC0415 - slow to load, and most commands never look at anything together

        ends = np.cumsum([0, *map(len, groups)])
        members = np.array([one for group in groups for one in group], dtype=np.int64)
        ones = np.ones(len(members), dtype=np.int64)
        return sparse.csc_array((ones, members, ends), shape=(len(self.people), len(groups)))


def _classes(figures: Sequence[Codes], secret: int) -> "tuple[sparse.csr_array, NDArray[np.int64], Marks]":
    """People whom all figures count alike: figures by classes, people in each class, and their marks.

    Whoever is in the same figures has the same sum of the figures' numbers, and others, but for a chance of 2^-64 a
    pair, another.
    """
    from scipy import sparse  # noqa: PLC0415 - slow to load, and most commands never look at anything together

    everybody = np.unique(np.concatenate(figures))
    places = [np.searchsorted(everybody, one) for one in figures]
    signature = np.zeros(len(everybody), dtype=np.uint64)
    numbers = marks_of(np.arange(len(figures), dtype=np.int32), secret ^ MIX[0])
    with np.errstate(over="ignore"):
        for number, at in zip(numbers, places, strict=True):
            signature[at] += number
        _, first, of, people = np.unique(signature, return_index=True, return_inverse=True, return_counts=True)
        marks = np.zeros(len(first), dtype=np.uint64)
        np.add.at(marks, of, marks_of(everybody, secret))
    rows = [np.unique(of[at]) for at in places]
    ends = np.cumsum([0, *map(len, rows)])
    table = sparse.csr_array(
        (np.ones(ends[-1], dtype=np.int64), np.concatenate(rows), ends), shape=(len(figures), len(people))
    )
    return table, people.astype(np.int64), marks


def _triangle(rows: "sparse.csr_array") -> Real:
    """A table R with a column for each row, so that R'R is what rows have in common; made piece by piece."""
    from scipy import sparse  # noqa: PLC0415 - slow to load, and most commands never look at anything together

    made = np.zeros((0, rows.shape[0]))
    columns = sparse.csc_array(rows)
    for first in range(0, rows.shape[1], CLASSES_AT_ONCE):
        piece = np.asarray(columns[:, first : first + CLASSES_AT_ONCE].todense(), dtype=np.float64).T
        made = np.asarray(np.linalg.qr(np.concatenate([made, piece]), mode="r"), dtype=np.float64)
    return made
