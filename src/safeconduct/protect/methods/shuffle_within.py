"""Values change places between records."""

from dataclasses import dataclass
from functools import partial
from typing import ClassVar

import numpy as np
import pyarrow as pa

from safeconduct.measures.codes import Whole, arrow_column, encode, gone, grouped
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import missing_column
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.protect.base import Account, Method, Treated, Work, described, methods, secured

DONE = Text("Values were exchanged between records.")


@methods
@dataclass(frozen=True, kw_only=True)
class ShuffleWithin(Method):
    """Exchanges values between the records of a stratum at random; what columns hold together moves together.

    Each stratum keeps exactly the values it had, so that its counts, means and totals are untouched; what the columns
    told about the other columns of a record is lost, but for the strata. A stratum of one record keeps its values:
    choose strata with many records. Missing values move like any.

    Attributes:
        strata: Columns within whose combinations values move; none for the whole table. A missing value counts as one.
    """

    name: ClassVar[str] = "shuffle_within"
    title: ClassVar[Text] = Text("Exchange values between records")
    says: ClassVar[Text] = Text("Totals of groups must stay exact, single records may not.")

    strata: tuple[str, ...] = ()

    def in_words(self, columns: tuple[str, ...]) -> Text:
        """Which columns, within what."""
        told = ", ".join(columns)
        if not self.strata:
            return say("Values of {columns} are exchanged at random between records.", columns=told)
        return say(
            "Values of {columns} are exchanged at random between records with the same {strata}.",
            columns=told,
            strata=", ".join(self.strata),
        )

    def treat(self, work: Work) -> Treated:
        """Draw an order within each stratum and take the values in it."""
        if both := sorted(set(self.strata) & set(work.columns)):
            raise BadInput(
                say("'{column}' cannot be exchanged within itself; take it out of the strata", column=both[0]),
                field="strata",
            )
        take = pa.array(_order(self._strata(work), work.rng))
        there = [one for name in work.columns for one in (name, missing_column(name)) if one in work.table.columns]
        table = work.table.having(**{name: work.table.arrow.column(name).take(take) for name in there})
        return Treated(
            table=table,
            file=described(work.file, work.columns, partial(secured, sentence=DONE)),
            account=Account(changed={name: _moved(work.table, table, name) for name in work.columns}),
        )

    def _strata(self, work: Work) -> Whole:
        if missing := [name for name in self.strata if name not in work.table.columns]:
            raise gone(missing[0])
        found = [encode(arrow_column(work.table, name)) for name in self.strata]
        return grouped([codes for codes, _ in found], [len(values) for _, values in found], len(work.table))[0]


def _moved(before: Table, after: Table, name: str) -> int:
    """Cells that are not what they were; a gap that moved is one."""
    was, now = arrow_column(before, name), arrow_column(after, name)
    codes, _ = encode(pa.chunked_array([*was.chunks, *now.chunks], type=was.type))
    return int(np.count_nonzero(codes[: len(before)] != codes[len(before) :]))


def _order(strata: Whole, rng: np.random.Generator) -> Whole:
    """From which row each row takes its values."""
    take = np.empty(len(strata), dtype=np.int64)
    take[np.argsort(strata, kind="stable")] = np.lexsort((rng.random(len(strata)), strata))
    return take
