"""Which columns tell the rows of a table apart, where the steward says so: a file of one table never says it itself."""

from collections.abc import Sequence
from dataclasses import replace

from safeconduct.ingest.survey_base import ReadTable
from safeconduct.model.errors import BadInput
from safeconduct.model.text import say


def keyed(tables: Sequence[ReadTable], key: str) -> tuple[ReadTable, ...]:
    """The tables, those that have all of these columns with them as their key.

    Rows that a key does not tell apart are known by their place in the file, as without one: then editions made of two
    deposits cannot be compared.

    Args:
        tables: The tables.
        key: Names of columns, separated by commas; `""` for none.

    Raises:
        BadInput: No table has all of them; the message names the first that is nowhere.
    """
    names = tuple(name.strip() for name in key.split(",") if name.strip())
    if not names:
        return tuple(tables)
    having = [set(names) <= set(one.file.names) for one in tables]
    if not any(having):
        everywhere = {name for one in tables for name in one.file.names}
        absent = next((name for name in names if name not in everywhere), names[0])
        raise BadInput(say("No file has all the columns that tell rows apart; look at {column}.", column=absent[:80]),
                       field="key")  # fmt: skip
    return tuple(
        replace(one, file=replace(one.file, key=names)) if has else one for one, has in zip(tables, having, strict=True)
    )
