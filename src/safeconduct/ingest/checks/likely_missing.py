"""Numbers that are used to say that there is no answer, and are not called so."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np

from safeconduct.ingest.checking import Check, Issue, Survey, data_check, suggested
from safeconduct.ingest.described import Described
from safeconduct.model.microdata import VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say

USUAL = (
    -9999, -9998, -9997, -999, -998, -997, -888, -777, -99, -98, -97, -96, -95, -88, -77, -66, -9, -8, -7,
    97, 98, 99, 997, 998, 999, 9997, 9998, 9999, 99997, 99998, 99999, 999999,
)  # fmt: skip
"""Codes for no answer that survey organisations use."""

FAR = 2.0
TWICE = 2
NUMBERS = frozenset({VariableType.INTEGER, VariableType.NUMBER})


@data_check
class LikelyMissing(Check):
    """Codes such as −99 or 999 that lie far from all other values of a column, in two rows at least."""

    name: ClassVar[str] = "likely_missing"
    title: ClassVar[Text] = say("Codes that may mean no answer")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every column of numbers."""
        for rows in survey.tables.values():
            for name in rows.names:
                if rows.variable(name).type in NUMBERS:
                    yield from self._codes(rows, name)

    def _codes(self, rows: Described, name: str) -> Iterator[Issue]:
        known = {one.code for one in rows.variable(name).categories}
        numbers = rows.numbers(name)
        numbers = numbers[~np.isnan(numbers)]
        rest = numbers[~np.isin(numbers, USUAL)]
        codes = [code for code in USUAL if str(code) not in known and len(rest) and _far(code, numbers, rest)]
        if codes:
            count, told = int(np.isin(numbers, codes).sum()), [str(code) for code in codes]
            says = say("{count} rows of {column} have a code that often means no answer: {codes}.", count=count,
                       column=name, codes=", ".join(told))  # fmt: skip
            step = Step(method="set_missing", columns=(name,), file=rows.file.name, parameters={"codes": told})
            yield suggested(self.issue(rows, (name,), says, count), step)


def _far(code: int, numbers: np.ndarray[tuple[int], np.dtype[np.float64]],
         rest: np.ndarray[tuple[int], np.dtype[np.float64]]) -> bool:  # fmt: skip
    """Whether a code is there, twice at least, below zero where nothing else is or far above everything else."""
    if int((numbers == code).sum()) < TWICE:
        return False
    return bool(rest.min() >= 0) if code < 0 else bool(code > FAR * max(float(rest.max()), 1.0))
