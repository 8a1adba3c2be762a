"""New numbers for ids."""

from dataclasses import dataclass, replace
from typing import ClassVar

import numpy as np
import pyarrow as pa

from safeconduct.measures.codes import arrow_column, encode
from safeconduct.model.microdata import DataFile, Variable, VariableType
from safeconduct.model.text import Text, say
from safeconduct.protect.base import Account, Method, Treated, Work, described, methods, secured

DONE = Text("Replaced by random numbers.")


@methods
@dataclass(frozen=True, kw_only=True)
class Renumber(Method):
    """Replaces each different value by a number from 1 on, in random order; equal values stay equal.

    For ids that say something, such as interviewer or cluster codes made from place names. Who has the same id still
    belongs together. In each table and each column numbers are drawn anew, so that a link to another table is lost;
    ids of households are replaced in every edition anyway, in all tables alike.
    """

    name: ClassVar[str] = "renumber"
    title: ClassVar[Text] = Text("Replace ids by random numbers")
    says: ClassVar[Text] = Text("An id says more than who belongs together.")

    def in_words(self, columns: tuple[str, ...]) -> Text:
        """Which ids."""
        return say("The ids in {columns} are replaced by random numbers.", columns=", ".join(columns))

    def treat(self, work: Work) -> Treated:
        """Draw a number for each value of each column."""
        columns, counts = {}, {}
        for name in work.columns:
            places, values = encode(arrow_column(work.table, name))
            numbers = np.concatenate([work.rng.permutation(len(values)) + 1, [0]]).astype(np.int64)
            columns[name] = pa.array(numbers[places], mask=places < 0)
            counts[name] = int(np.count_nonzero(places >= 0))
        return Treated(
            table=work.table.having(**columns),
            file=described(work.file, work.columns, _numbered),
            account=Account(changed=counts, note=_lost_links(work.file, work.columns)),
        )


def _numbered(variable: Variable) -> Variable:
    kept = tuple(one for one in variable.categories if one.missing)
    plain = replace(variable, type=VariableType.INTEGER, categories=kept, format="", storage="", width=0)
    return secured(plain, DONE)


def _lost_links(file: DataFile, columns: tuple[str, ...]) -> Text | None:
    if not set(columns) & {*file.key, *file.link}:
        return None
    return say("These columns linked the table to others; they do not any more.")
