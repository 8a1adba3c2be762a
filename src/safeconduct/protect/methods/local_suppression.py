"""Single values taken out until nobody stands alone."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from itertools import combinations
from math import comb
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.codes import Whole, arrow_column, encode, gone, grouped, of_codes
from safeconduct.measures.frequencies import alike
from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.protect.base import Method, Treated, Work, account, described, methods, secured
from safeconduct.protect.suppression import Goal, Rules, suppress
from safeconduct.protect.written import decimal

SCALE = 1000
MOST_GOALS = 500
DONE = Text("Some values that would have singled people out were removed.")


@dataclass(frozen=True, kw_only=True)
class Subset:
    """A combination of columns somebody may know, with the look-alikes wanted in it.

    Attributes:
        columns: The columns.
        k: Fewest records that must be alike in them, 2 or more.
    """

    columns: tuple[str, ...]
    k: int


@methods
@dataclass(frozen=True, kw_only=True)
class LocalSuppression(Method):
    """Takes single values out until every record has `k` or more records that could be the same person.

    A value that was taken out could be any: that is why taking it out of one record also hides others. As few values
    as can be found are taken out, of the cheapest columns first; without a wish, columns with many different values are
    cheapest. All goals hold together in the end, which is checked. Works on the chosen columns, or on all key
    variables. Where a record keeps a value only because others lost theirs, somebody who knows this method learns a
    little; `every` leaves that out.

    Attributes:
        k: Fewest records alike in all columns together, itself included; 1 where only subsets count.
        importance: Columns by how much they are needed, the one to keep most first; those not named come last.
        weights: What taking out one value costs, by column, such as `{"sex": "5"}`; 1 where nothing is said.
        keep: Columns no value is taken out of.
        strata: Columns within whose combinations records must be alike; no value is taken out of them.
        subsets: Combinations of columns with look-alikes of their own.
        sizes: The same for all combinations of so many columns: `{"3": 5}`.
        every: Treat every record with too few look-alikes, even where treating others was enough.

    References:
        Templ, Kowarik and Meindl (2015), Statistical disclosure control for micro-data, doi:10.18637/jss.v067.i04.
    """

    name: ClassVar[str] = "local_suppression"
    title: ClassVar[Text] = Text("Remove single values that stand out")
    says: ClassVar[Text] = Text("A few records stay rare after values were grouped.")
    asks: ClassVar[bool] = False

    k: int = 3
    importance: tuple[str, ...] = ()
    weights: Mapping[str, str] = field(default_factory=dict, hash=False)
    keep: tuple[str, ...] = ()
    strata: tuple[str, ...] = ()
    subsets: tuple[Subset, ...] = ()
    sizes: Mapping[str, int] = field(default_factory=dict, hash=False)
    every: bool = False

    def __post_init__(self) -> None:
        if self.k < 1 or any(one < 2 for one in (*self.sizes.values(), *(one.k for one in self.subsets))):  # noqa: PLR2004 - one is always alike
            raise BadInput("k must be 2 or more; 1 only where subsets or sizes say more", field="k")
        if self.k == 1 and not (self.subsets or self.sizes):
            raise BadInput("k must be 2 or more: every record is like itself", field="k")
        if not all(size.isdecimal() and int(size) for size in self.sizes):
            raise BadInput("sizes are numbers of columns, 1 or more", field="sizes")
        for weight in self.weights.values():
            if not decimal(weight, "weights") * SCALE >= 1:
                raise BadInput("weights must be 0.001 or more; name columns that must stay in 'keep'", field="weights")

    def in_words(self, columns: tuple[str, ...]) -> Text:
        """How many must be alike in what."""
        if not columns:
            return say(
                "Values of key variables are removed until at least {k} records are alike in all of them.", k=self.k
            )
        return say(
            "Values of {columns} are removed until at least {k} records are alike in all of them.",
            columns=", ".join(columns),
            k=self.k,
        )

    def treat(self, work: Work) -> Treated:
        """Find what to take out, take it out, and count again."""
        columns = work.columns or work.design.keys
        self._check(work, columns)
        if not len(work.table):
            return Treated(table=work.table, file=work.file, account=account(work.table, work.table, ()))
        codes, sizes = self._codes(work.table, columns)
        goals = self._goals(columns)
        taken = suppress(codes, sizes, goals, Rules(costs=self._costs(columns, sizes), every=self.every))
        table = _without(work.table, columns, taken)
        self._verify(table, columns, goals)
        done = account(work.table, table, columns)
        file = described(work.file, done.suppressed, partial(secured, sentence=DONE))
        return Treated(table=table, file=file, account=done)

    def _check(self, work: Work, columns: tuple[str, ...]) -> None:
        if not columns:
            raise BadInput("choose columns, or say first which ones could single somebody out", field="columns")
        if missing := [name for name in self.strata if name not in work.table.columns]:
            raise gone(missing[0])
        if both := sorted(set(self.strata) & set(columns)):
            raise BadInput(say("'{column}' is a stratum and to be treated; choose one", column=both[0]), field="strata")
        asked = {*self.importance, *self.weights, *self.keep, *(name for one in self.subsets for name in one.columns)}
        if others := sorted(asked - set(columns)):
            raise BadInput(
                say("'{column}' is not one of the columns of this step; add it or take it out", column=others[0]),
                field=others[0],
            )

    def _codes(self, table: Table, columns: tuple[str, ...]) -> tuple[Whole, tuple[int, ...]]:
        """Codes of the columns, with the strata as one more column in which nothing is missing."""
        found = [encode(arrow_column(table, name)) for name in columns]
        strata = [encode(arrow_column(table, name)) for name in self.strata]
        group, count = grouped([one for one, _ in strata], [len(values) for _, values in strata], len(table))
        return np.array([*(one for one, _ in found), group]), (*(len(values) for _, values in found), count)

    def _goals(self, columns: tuple[str, ...]) -> tuple[Goal, ...]:
        """The largest combinations first: what they take out helps the smaller ones most."""
        at, strata = {name: place for place, name in enumerate(columns)}, len(columns)
        asked = [(one.k, tuple(at[name] for name in one.columns)) for one in self.subsets]
        if sum(comb(len(columns), int(size)) for size in self.sizes) > MOST_GOALS:
            raise BadInput(
                say("these sizes make more than {most} combinations; choose fewer", most=MOST_GOALS), field="sizes"
            )
        for size, k in self.sizes.items():
            asked += [(k, places) for places in combinations(range(len(columns)), int(size))]
        asked += [(self.k, tuple(range(len(columns))))] if self.k > 1 else []
        ordered = sorted(asked, key=lambda one: -len(one[1]))
        return tuple(Goal(k=k, places=(*places, strata)) for k, places in ordered)

    def _costs(self, columns: tuple[str, ...], sizes: tuple[int, ...]) -> tuple[int | None, ...]:
        """A thousand a value, more for what is needed most, up to twice as much; ties go to many different values."""
        ranks = {name: len(self.importance) - place for place, name in enumerate(self.importance)}
        extra = {name: SCALE * rank // len(self.importance) for name, rank in ranks.items()}
        many = {place: rank for rank, place in enumerate(sorted(range(len(columns)), key=lambda one: -sizes[one]))}
        costs = [
            int(decimal(self.weights.get(name, "1"), "weights") * (SCALE + extra.get(name, 0))) * SCALE + many[place]
            for place, name in enumerate(columns)
        ]
        kept = [None if name in self.keep else cost for name, cost in zip(columns, costs, strict=True)]
        return (*kept, None)

    def _verify(self, table: Table, columns: tuple[str, ...], goals: tuple[Goal, ...]) -> None:
        codes, sizes = self._codes(table, columns)
        for goal in goals:
            places = list(goal.places)
            whole = of_codes((), codes[places], tuple(sizes[place] for place in places))
            if alike(whole, whole.counts.astype(np.float64)).min() < goal.k:
                raise Unsafe("some records would still stand alone; nothing was changed, please report this")


def _without(table: Table, columns: tuple[str, ...], taken: Whole) -> Table:
    after = {}
    for place, name in enumerate(columns):
        gone_here = (taken >> place & 1).astype(bool)
        if gone_here.any():
            column = arrow_column(table, name)
            after[name] = pc.if_else(pa.array(gone_here), pa.scalar(None, column.type), column)
    return table.having(**after)
