"""Weights that cannot be, and what they add up to."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from safeconduct.ingest.checking import Check, Issue, Survey, data_check
from safeconduct.ingest.described import Described, Numbers, counted
from safeconduct.ingest.households import about
from safeconduct.model.microdata import VariableRole, VariableType
from safeconduct.model.text import Text, say

EXTREME = 100.0
FEWEST = 10
"""Rows that a sum must have before it is told: the sum of one row is its value."""

NUMBERS = frozenset({VariableType.INTEGER, VariableType.NUMBER})


@data_check
class Weights(Check):
    """Weights that are missing, zero, below zero or very unequal, and their sums, also by stratum.

    Sums are told so that an insider can compare them with the population; they are not wrong by themselves. A weight
    of more than 100 times the middle one lets a single row decide a result. Sums are told of at least 10 rows.
    """

    name: ClassVar[str] = "weights"
    title: ClassVar[Text] = say("Sampling weights")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every weight."""
        for rows in survey.tables.values():
            for name, role in survey.roles.get(rows.file.name, {}).items():
                if role is VariableRole.WEIGHT and name in rows and rows.variable(name).type in NUMBERS:
                    yield from self._weight(rows, name)

    def _weight(self, rows: Described, name: str) -> Iterator[Issue]:
        weights = rows.numbers(name)
        if count := _n(np.isnan(weights)):
            says = say("{count} rows have no weight in {column}.", count=count, column=name)
            yield self.issue(rows, (name,), says, count)
        if count := _n(weights == 0):
            yield self.issue(
                rows, (name,), say("{count} weights in {column} are zero.", count=count, column=name), count
            )
        if count := _n(weights < 0):
            says = say("{count} weights in {column} are below zero.", count=count, column=name)
            yield self.issue(rows, (name,), says, count)
        yield from self._unequal(rows, name, weights)
        yield from self._sums(rows, name, weights)

    def _unequal(self, rows: Described, name: str, weights: Numbers) -> Iterator[Issue]:
        usual = weights[weights > 0]
        if len(usual) and (count := _n(weights > EXTREME * float(np.median(usual)))):
            says = say("{count} weights in {column} are more than {times} times the middle one.", count=count,
                       column=name, times=int(EXTREME))  # fmt: skip
            yield self.issue(rows, (name,), says, count)

    def _sums(self, rows: Described, name: str, weights: Numbers) -> Iterator[Issue]:
        total, count = round(float(np.nansum(weights))), len(rows)
        if count < FEWEST:
            return
        says = say(
            "The weights in {column} add up to {total} over {count} rows.", column=name, total=total, count=count
        )
        yield self.issue(rows, (name,), says, 0)
        for stratum in about(rows.file, "stratum"):
            if stratum in rows and stratum != name:
                yield from self._by_stratum(rows, name, stratum)

    def _by_stratum(self, rows: Described, name: str, stratum: str) -> Iterator[Issue]:
        groups, sizes = counted(rows.texts(stratum))
        weights = np.nan_to_num(rows.numbers(name))
        sums = np.bincount(groups[groups >= 0], weights=weights[groups >= 0], minlength=len(sizes))[sizes >= FEWEST]
        if len(sums):
            says = say(
                "The weights in {column} add up to between {least} and {most} in each of {strata} groups of {stratum}.",
                stratum=stratum, strata=len(sums), column=name,
                least=round(float(sums.min())), most=round(float(sums.max())),
            )  # fmt: skip
            yield self.issue(rows, (name, stratum), says, 0)


def _n(wrong: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> int:
    return int(np.count_nonzero(wrong))
