"""What figures show together that no two of them show: the span of what was told.

People whom every told figure counts alike are a *class*: nothing told tells them apart. A figure is then a sum of
classes, a row of zeros and ones, and whatever can be worked out from figures by adding and subtracting is in the span
of their rows. A class that lies in the span alone is told, though nobody ever told it.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from safeconduct.measures.codes import Real, Whole
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import History

Flags = NDArray[np.bool_]

SAME = 1e-9
"""A row whose part outside the span is shorter than this, of its length, is taken to lie in the span."""

SURE, DOUBT = 1e-10, 1e-4
"""A class with less than `SURE` of it outside the span is taken as told; with less than `DOUBT`, it is worked out in
whole numbers; with more, it is not told. Below `SURE`, adding a person to the class without changing any figure would
move others by tens of thousands, who are not there to be moved."""

TWINS = 1e-8
"""A pair of classes with less than this outside the span can be told together."""

HALF = 1 / 2 - TWINS
"""Each class of such a pair has at least half of itself in the span."""

PRIMES = (2_147_483_647, 2_147_483_629)
FIRST_ROWS = 16


@dataclass(frozen=True, kw_only=True, eq=False, repr=False)
class Told:
    """Figures as sums of classes; its `repr` says nothing.

    Attributes:
        people: People in each class.
        rows: The classes each figure adds up, sorted, in the order of the figures.
    """

    people: Whole
    rows: tuple[Whole, ...]


@dataclass(frozen=True, kw_only=True, repr=False)
class Together(History):
    """What an audience was told of a data set, and what it asks now, as sums of classes; its `repr` shows neither.

    Attributes:
        people: People in each class.
        told: Figures told before: the classes each adds up, sorted.
        asked: Figures that would be told now.
    """

    people: tuple[int, ...] = ()
    told: tuple[tuple[int, ...], ...] = ()
    asked: tuple[tuple[int, ...], ...] = ()


def classes(cells: Sequence[Whole], people: int) -> Told:
    """The classes that figures tell apart.

    Work grows with the people in the figures, not with people times figures. People in no figure are in no class.

    Args:
        cells: Codes of the people behind each figure, each once, in any order.
        people: Codes are below this.

    Example:
        >>> told = classes([np.array([0, 1, 2]), np.array([2, 3])], people=9)
        >>> told.people.tolist(), [row.tolist() for row in told.rows]
        ([2, 1, 1], [[0, 2], [1, 2]])
    """
    of, sizes = np.zeros(people, dtype=np.int64), [people]
    for members in cells:
        found, place, count = np.unique(of[members], return_inverse=True, return_counts=True)
        parted = [number < sizes[one] for one, number in zip(found, count, strict=True)]
        names = found.copy()
        for at in np.flatnonzero(parted):
            names[at] = len(sizes)
            sizes[found[at]] -= int(count[at])
            sizes.append(int(count[at]))
        of[members] = names[place]
    rows = [np.unique(of[members]) for members in cells]
    used = np.unique(np.concatenate([*rows, np.zeros(0, dtype=np.int64)]))
    return Told(people=np.array(sizes, dtype=np.int64)[used], rows=tuple(np.searchsorted(used, row) for row in rows))


class Span:
    """The span of told rows, grown row by row, and how much of each class lies in it.

    It sees sums and differences of any number of figures; it does not use that people are whole and not negative.
    Adding a row takes time in proportion to classes times rank. Not for several threads.

    Args:
        classes: How many classes there are.

    Example:
        >>> span = Span(3)
        >>> [span.add(row) for row in ([0, 1], [1, 2], [0, 2], [0, 1, 2])]
        [True, True, True, False]
        >>> span.disclosed([40, 3, 15], minimum=16)
        (1, 2)
    """

    def __init__(self, classes: int) -> None:
        self._basis = np.zeros((FIRST_ROWS, classes))
        self._leverage = np.zeros(classes)
        self._rows: dict[bytes, Whole] = {}
        self._parts: list[Real] = []
        self.rank = 0

    def __len__(self) -> int:
        """How many different rows were added."""
        return len(self._rows)

    @property
    def leverage(self) -> Real:
        """How much of each class lies in the span, 0 to 1: the sum of squares of its entries in an orthonormal basis.

        A class with 1 can be worked out; one with 0 is in no figure.
        """
        return np.minimum(self._leverage, 1.0)

    def add(self, row: Sequence[int] | Whole) -> bool:
        """Add a figure; whether it tells something that could not be worked out before.

        A row that is there already is not counted again: the same people have the same noise.

        Args:
            row: Classes it adds up, sorted, each once.

        Raises:
            BadInput: It is not sorted, or names a class that is not there.
        """
        at = np.asarray(row, dtype=np.int64)
        if len(at) and (at[0] < 0 or at[-1] >= len(self._leverage) or not (np.diff(at) > 0).all()):
            raise BadInput("a figure names classes by their numbers from 0, rising, each once")
        if not len(at) or at.tobytes() in self._rows:
            return False
        self._rows[at.tobytes()] = at
        rest, parts = self._outside(at)
        length = float(np.sqrt(rest @ rest))
        new = length > SAME * float(np.sqrt(len(at)))
        if new:
            self._grow(rest / length)
        self._parts.append(np.append(parts, length) if new else parts)
        return new

    def with_rows(self, rows: Iterable[Sequence[int] | Whole]) -> "Span":
        """Another span with these rows too; this one stays as it is."""
        other = Span(len(self._leverage))
        other._basis, other._leverage = self._basis.copy(), self._leverage.copy()
        other._rows, other._parts, other.rank = dict(self._rows), list(self._parts), self.rank
        for row in rows:
            other.add(row)
        return other

    def told(self) -> Flags:
        """Which classes can be worked out exactly from figures without noise."""
        outside = 1.0 - self._leverage
        told = outside < SURE
        doubted = np.flatnonzero((outside >= SURE) & (outside < DOUBT))
        told[doubted] = self._exactly(doubted)
        return told

    def disclosed(self, people: Sequence[int] | Whole, minimum: int) -> tuple[int, ...]:
        """Classes of fewer than `minimum` people that can be worked out, sorted.

        Args:
            people: People in each class.
            minimum: People a class must have to be told.
        """
        few = np.asarray(people, dtype=np.int64) < minimum
        return tuple(np.flatnonzero(self.told() & few).tolist())

    def weakest(self, sigma: float) -> Real:
        """The standard deviation with which each class can be worked out at best, people; infinite where it cannot.

        Every figure carries independent noise of the same variance; the best linear estimate of a class is found, so
        that averaging over ways to work it out is counted in.

        Args:
            sigma: Standard deviation of the noise on one figure, people.
        """
        found, told = np.full(len(self._leverage), np.inf), self.told()
        found[told] = sigma * np.linalg.norm(self._weights(np.flatnonzero(told)), axis=0)
        return found

    def shown(
        self, people: Sequence[int] | Whole, minimum: int, *, sigma: float = 0.0, tau: float = 1.0
    ) -> frozenset[tuple[int, ...]]:
        """Classes, and pairs of classes that can only be told together, that show fewer than `minimum` people.

        Three and more classes that can only be told together are not looked for.

        Args:
            people: People in each class.
            minimum: People a class, or a pair together, must have to be told.
            sigma: Standard deviation of the noise on one figure, people; 0 where there is none.
            tau: Standard deviation, in people, from which on what is worked out shows nobody; above 0.

        Example:
            >>> span = Span(4).with_rows([[0, 1, 2], [2], [0, 3]])
            >>> span.disclosed([4, 5, 40, 50], minimum=16), sorted(span.shown([4, 5, 40, 50], minimum=16))
            ((), [(0, 1)])
        """
        counts = np.asarray(people, dtype=np.int64)
        limit = tau * (1 - SAME)
        alone = self.weakest(sigma) < limit
        singles = {(at,) for at in np.flatnonzero(alone & (counts < minimum)).tolist()}
        few = np.flatnonzero(~self.told() & (counts < minimum) & (self._leverage > HALF))
        first, second = self._twins(few)
        weights = self._weights(few)
        sure = sigma * np.linalg.norm(weights[:, first] + weights[:, second], axis=0) < limit
        small = counts[few[first]] + counts[few[second]] < minimum
        pairs = zip(few[first[sure & small]].tolist(), few[second[sure & small]].tolist(), strict=True)
        return frozenset(singles | set(pairs))

    def _twins(self, few: Whole) -> tuple[Whole, Whole]:
        """Places of pairs among these classes whose sum lies in the span, though neither does."""
        basis, leverage = self._basis[: self.rank, few], self._leverage[few]
        within = leverage[:, None] + leverage[None, :] + 2 * (basis.T @ basis)
        first, second = np.nonzero(np.triu(within > 2 - TWINS, k=1))
        return first, second

    def _weights(self, at: Whole) -> Real:
        """For each class a column as long as the weights with which figures estimate it best."""
        from scipy.linalg import solve_triangular  # noqa: PLC0415 - slow to load, and most commands never solve anything

        if not len(self._parts):
            return np.zeros((0, len(at)))
        known = np.zeros((len(self._parts), self.rank))
        for place, parts in enumerate(self._parts):
            known[place, : len(parts)] = parts
        weights: Real = solve_triangular(np.linalg.qr(known, mode="r"), self._basis[: self.rank, at], trans="T")
        return weights

    def _outside(self, at: Whole) -> tuple[Real, Real]:
        """The part of a row outside the span, and its parts along the basis.

        Taken out once more where little is left, against rounding (Daniel et al. 1976, doi:10.2307/2005398).
        """
        basis, rest = self._basis[: self.rank], np.zeros(len(self._leverage))
        rest[at] = 1.0
        parts = basis @ rest
        rest -= parts @ basis
        if 2 * (rest @ rest) < len(at):
            again = basis @ rest
            rest, parts = rest - again @ basis, parts + again
        return rest, parts

    def _grow(self, direction: Real) -> None:
        if self.rank == len(self._basis):
            self._basis = np.concatenate([self._basis, np.zeros_like(self._basis)])
        self._basis[self.rank] = direction
        self._leverage += direction * direction
        self.rank += 1

    def _exactly(self, doubted: Whole) -> Flags:
        """Whether each of these classes is in the span, by elimination in whole numbers.

        Rank modulo a prime is never above the true one, and below it only if the prime divides one of its minors; of
        two primes the one with the higher rank is believed.
        """
        if not len(doubted):
            return np.zeros(0, dtype=bool)
        return max((_in_span(list(self._rows.values()), len(self._leverage), doubted, prime) for prime in PRIMES),
                   key=lambda one: one[0])[1]  # fmt: skip


def _in_span(rows: Sequence[Whole], classes: int, wanted: Whole, prime: int) -> tuple[int, Flags]:
    """Rank of rows of zeros and ones modulo a prime, and whether the unit row of each wanted class is in their span."""
    table = np.zeros((len(rows) + len(wanted), classes), dtype=np.int64)
    for at, row in enumerate(rows):
        table[at, row] = 1
    table[len(rows) + np.arange(len(wanted)), wanted] = 1
    rank = 0
    for column in range(classes):
        candidates = np.flatnonzero(table[rank : len(rows), column])
        if not len(candidates):
            continue
        table[[rank, rank + candidates[0]]] = table[[rank + candidates[0], rank]]
        pivot = table[rank, column:] * pow(int(table[rank, column]), -1, prime) % prime
        below = rank + 1 + np.flatnonzero(table[rank + 1 :, column])
        table[below, column:] = (table[below, column:] - np.outer(table[below, column], pivot)) % prime
        rank += 1
    return rank, np.count_nonzero(table[len(rows) :], axis=1) == 0
