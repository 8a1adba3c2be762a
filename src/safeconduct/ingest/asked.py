"""In which rows of a table a condition holds."""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from typing import assert_never

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.conditions import (
    Answer,
    Compared,
    Comparison,
    Condition,
    Denied,
    Fixed,
    Joined,
    Number,
    Selected,
    Term,
    Today,
    Word,
    days,
    unclear,
)  # fmt: skip
from safeconduct.ingest.described import Described, Flags, Numbers, flags, numeric
from safeconduct.model.microdata import Variable, VariableType

NUMERIC_TYPES = frozenset({
    VariableType.INTEGER, VariableType.NUMBER, VariableType.DATE, VariableType.MOMENT, VariableType.BOOLEAN,
})  # fmt: skip
BOOLEANS = frozenset({"", "0", "1", "true", "false"})
"""What an answer of yes or no may be compared with; with other words the form's codes are not those of the file."""

_HOW: dict[Comparison, Callable[[Numbers, Numbers], Flags]] = {
    Comparison.EQUAL: operator.eq, Comparison.DIFFERENT: operator.ne, Comparison.LESS: operator.lt,
    Comparison.AT_MOST: operator.le, Comparison.MORE: operator.gt, Comparison.AT_LEAST: operator.ge,
}  # fmt: skip
_NUMBER = re.compile(r"-?\d+(?:\.\d+)?")


@dataclass(frozen=True, kw_only=True)
class Asked:
    """Where a condition is looked at.

    Attributes:
        rows: The table.
        own: The column that `.` means, `""` where there is none.
        today: The day that `today()` means, `None` where nobody says.
    """

    rows: Described
    own: str = ""
    today: date | None = None

    def holds(self, one: Condition) -> Flags:
        """In which rows a condition holds.

        Raises:
            BadInput: It looks at a question this table does not have, or at today where nobody says which day it is.
        """
        match one:
            case Compared():
                return self._compare(one)
            case Selected():
                return self._chosen(one)
            case Joined():
                parts = np.stack([self.holds(part) for part in one.parts])
                return np.asarray(parts.all(axis=0) if one.every else parts.any(axis=0))
            case Denied():
                return ~self.holds(one.part)
            case Fixed():
                return np.full(len(self.rows), one.holds)
            case _:
                assert_never(one)

    def _compare(self, one: Compared) -> Flags:
        if one.how not in {Comparison.EQUAL, Comparison.DIFFERENT} or self._as_numbers(one.left, one.right):
            with np.errstate(invalid="ignore"):
                return np.asarray(_HOW[one.how](self._numbers(one.left), self._numbers(one.right)))
        same = flags(pc.equal(self._texts(one.left), self._texts(one.right)))
        return same if one.how is Comparison.EQUAL else ~same

    def _as_numbers(self, left: Term, right: Term) -> bool:
        """Whether two terms are equal as numbers are: `1` and `1.0`, and any day."""
        terms = (left, right)
        if any(isinstance(one, Number | Today) for one in terms):
            return True
        words = [one.text for one in terms if isinstance(one, Word)]
        kinds = {self.rows.variable(self.column(one.name)).type for one in terms if isinstance(one, Answer)}
        if VariableType.BOOLEAN in kinds and not BOOLEANS.issuperset(words):
            raise unclear()
        return bool(kinds) and kinds <= NUMERIC_TYPES and all(_NUMBER.fullmatch(one) for one in words)

    def _numbers(self, term: Term) -> Numbers:
        match term:
            case Answer():
                name = self.column(term.name)
                codes = numeric(self.rows.codes(name))
                values = self.rows.numbers(name)
                return np.where(np.isnan(values), codes, values)
            case Word():
                return np.full(len(self.rows), float(term.text) if _NUMBER.fullmatch(term.text) else np.nan)
            case Number():
                return np.full(len(self.rows), term.value)
            case Today():
                return np.full(len(self.rows), self._today())
            case _:
                assert_never(term)

    def _texts(self, term: Term) -> pa.ChunkedArray:
        match term:
            case Answer():
                return pc.fill_null(self.rows.answers(self.column(term.name)), "")
            case Word():
                return pa.chunked_array([pa.repeat(term.text, len(self.rows))])
            case Number() | Today():
                return pa.chunked_array([pa.array(self._numbers(term))]).cast(pa.string())
            case _:
                assert_never(term)

    def _today(self) -> float:
        if self.today is None:
            raise unclear()
        return days(self.today)

    def _chosen(self, one: Selected) -> Flags:
        name = self._find(one.of.name)
        if not name:
            return self._apart(one)
        pattern = r"(^|\s)" + re.escape(one.choice) + r"(\s|$)"
        return flags(pc.match_substring_regex(pc.fill_null(self.rows.answers(name), ""), pattern))

    def _apart(self, one: Selected) -> Flags:
        """A choice with a column of its own, `x/2`; a question that is only called so has texts or another group."""
        for sign in ("/", ".", "_", "-", ""):
            name = self._find(f"{one.of.name}{sign}{one.choice}")
            if name and self._is_choice(self.rows.variable(name), one.of.name):
                return np.asarray(np.nan_to_num(self._numbers(Answer(name))) > 0)
        raise unclear()

    def _is_choice(self, variable: Variable, question: str) -> bool:
        mine = not variable.group or variable.group.split("/")[-1] == question
        return mine and variable.type in NUMERIC_TYPES

    def column(self, name: str) -> str:
        """The column a question has, whatever groups it stands in.

        Raises:
            BadInput: This table has none.
        """
        found = self._find(name)
        if not found:
            raise unclear()
        return found

    def _find(self, name: str) -> str:
        if not name or name in self.rows:
            return name or self.own
        short = [one for one in self.rows.names if re.split(r"[/.]", one)[-1] == name or one.endswith("/" + name)]
        return short[0] if len(short) == 1 else ""
