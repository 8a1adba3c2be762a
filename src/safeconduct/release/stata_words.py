"""What Stata lets stand in a name, a number and a missing code; shared by its file and its do-file."""

import string
from collections.abc import Iterable, Mapping

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.microdata import Variable
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.release.file_format import codes_of, short_names

LONGEST_NAME, LONGEST_LABEL = 28, 80
"""Stata's names have 32 letters; four are left for the number that the writer puts behind a label's name."""

LARGEST = 2_147_483_620
"""Largest whole number of Stata's `long`; what is above stands for missing."""

RESERVED = frozenset({
    "_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long", "_n", "_pi", "_pred", "_rc",
    "_skip", "strl", "using", "with", *(f"str{width}" for width in range(1, 2046)),
})  # fmt: skip
ALLOWED = frozenset(string.ascii_letters + string.digits + "_")
MARKS = string.ascii_lowercase


class _Legal(dict[int, str | None]):
    """Turns what Stata does not know in a name into `_`."""

    def __missing__(self, letter: int) -> str:
        return chr(letter) if chr(letter) in ALLOWED else "_"


def stata_names(names: Iterable[str]) -> dict[str, str]:
    """The name each column has in Stata; one that Stata takes is kept.

    Example:
        >>> stata_names(["age", "q1.a", "int", "1st"])
        {'age': 'age', 'q1.a': 'q1_a', 'int': 'int_2', '1st': 'v1st'}
    """
    return short_names(names, longest=LONGEST_NAME, legal=_Legal(), taken=RESERVED, first="_")


def marks_of(variable: Variable, table: Table) -> dict[str, str]:
    """Stata's letter for each user-missing code of a column: its own where it is one, else the next free one.

    Stata has 26; codes beyond those share `z`.
    """
    found = codes_of(table, variable.name)
    seen = set() if found is None else {str(one) for one in pc.unique(found).to_pylist() if one is not None}
    known = [*(one.code for one in variable.categories if one.missing), *variable.missing_codes, *sorted(seen)]
    codes = list(dict.fromkeys(known))
    marks = {code: code for code in codes if code in MARKS and len(code) == 1}
    free = iter([one for one in MARKS if one not in marks])
    return {code: marks[code] if code in marks else next(free, "z") for code in codes}


def renamed(names: Mapping[str, str]) -> tuple[Text, ...]:
    """A sentence for each name that Stata does not take."""
    return tuple(
        say("In Stata the variable {name} is called {short}.", name=name, short=short)
        for name, short in names.items()
        if name != short
    )


def marked(variable: Variable, marks: Mapping[str, str]) -> tuple[Text, ...]:
    """A sentence for each missing code that has another letter in Stata."""
    return tuple(
        say("In Stata the missing code {code} of {name} is .{mark}.", code=code, name=variable.name, mark=mark)
        for code, mark in marks.items()
        if code != mark
    )


def fits_long(column: pa.Array) -> bool:
    """Whether every whole number of a column fits into Stata's `long`."""
    if not len(column) - column.null_count:
        return True
    ends = pc.min_max(column).as_py()
    return int(ends["min"]) >= -LARGEST and int(ends["max"]) <= LARGEST
