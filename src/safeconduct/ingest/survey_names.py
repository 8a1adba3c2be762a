"""Names of tables and columns, and what is wrong with them."""

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence

from safeconduct.ingest.survey_base import Arrived
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import MISSING_MARK, is_companion
from safeconduct.model.text import Text, say

SHOWN = 5
ROW = "row"
_NUMBER = re.compile(r"[-+]?[0-9][0-9.,:/ -]*")


def column_names(found: Iterable[object], arrived: Arrived, *, sheet: str = "") -> tuple[str, ...]:
    """The names in a header, without the white space around them.

    A first column without a name is called `row`: R and HTCDS workbooks put the number of the row there.

    Raises:
        BadInput: Another column has no name, two have the same one whatever their capitals, a name is one of ours, or
            the first row holds values instead of names.
    """
    names = tuple(_clean(one) for one in found)
    where = f"{arrived.base}, {sheet}" if sheet else arrived.base
    if not any(names):
        raise BadInput(say("{file} has no header; its first row must name the columns.", file=where), field="header")
    if not names[0]:
        names = (table_name(ROW, names[1:]), *names[1:])
    for number, name in enumerate(names, start=1):
        if not name:
            raise BadInput(
                say(
                    "Column {number} of {file} has no name. Give every column one name in the first row; where cells "
                    "of the header are merged, take them apart.",
                    number=number,
                    file=where,
                ),
                field="header",
            )
    _refuse_values(names, where)
    _refuse_ours(names, where)
    _refuse_twins(names, where)
    return names


def table_name(text: str, taken: Iterable[str] = ()) -> str:
    """A word that can be a file's name, different from those taken whatever their capitals.

    Example:
        >>> table_name("My data (final)")
        'My_data_final'
        >>> table_name("Members", ["members"])
        'Members_2'
    """
    word = re.sub(r"[^\w.-]+", "_", text).strip("._-")[:80] or "table"
    used = {one.casefold() for one in taken}
    name, count = word, 1
    while name.casefold() in used:
        count += 1
        name = f"{word}_{count}"
    return name


def called_row(header: Sequence[object], file: str) -> tuple[Text, ...]:
    """A note where the first column had no name."""
    if not header or _clean(header[0]):
        return ()
    return (say("The first column of {file} has no name; it was called row.", file=file),)


def _clean(name: object) -> str:
    return " ".join(str(name).split()) if name is not None else ""


def _refuse_values(names: Sequence[str], where: str) -> None:
    """A first row of numbers is a row of answers, and must not be quoted."""
    if len([name for name in names if _NUMBER.fullmatch(name)]) * 2 > len(names):
        raise BadInput(
            say("The first row of {file} holds values, not names; put a row with the columns' names above it.",
                file=where),
            field="header",
        )  # fmt: skip


def _refuse_ours(names: Sequence[str], where: str) -> None:
    if any(is_companion(name) for name in names):
        raise BadInput(
            say("A column of {file} has the mark {mark}, which is ours; rename it.", file=where, mark=MISSING_MARK),
            field="header",
        )


def _refuse_twins(names: Sequence[str], where: str) -> None:
    places: dict[str, list[int]] = defaultdict(list)
    for number, name in enumerate(names, start=1):
        places[name.casefold()].append(number)
    twins = [(names[at[0] - 1], at) for at in places.values() if len(at) > 1]
    if twins:
        listed = "; ".join(f"{_shown(name)} ({', '.join(map(str, at[:SHOWN]))})" for name, at in twins[:SHOWN])
        raise BadInput(
            say(
                "Columns of {file} share a name, whatever the capitals: {columns}. Give each a name of its own.",
                file=where,
                columns=listed,
            ),
            field="header",
        )


def _shown(name: str) -> str:
    return name if re.fullmatch(r"[^\W\d][\w .:/-]{0,40}", name) else "…"
