"""Which rows belong to which household, within a table and between two."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from safeconduct.ingest.described import Beside, Described, Flags, counted
from safeconduct.ingest.proposing_rules.words import speaks_of
from safeconduct.model.microdata import DataFile, Roles, VariableRole

Counts = npt.NDArray[np.int64]
PERSONAL = ("age", "sex", "relationship", "birth_date", "person_name")
"""What the table of members of a household tells of each."""


def about(file: DataFile, topic: str) -> tuple[str, ...]:
    """Variables of a table that are about a topic, in order."""
    return tuple(one.name for one in file.variables if speaks_of(topic, one.name, {**one.questions, **one.labels}))


def household_column(rows: Described, roles: Roles) -> str:
    """The column that tells the household of a row, `""` where none does."""
    mine = roles.get(rows.file.name, {})
    return next((name for name in rows.names if mine.get(name) is VariableRole.HOUSEHOLD), "")


def households(rows: Described, roles: Roles) -> tuple[str, ...]:
    """The columns that together tell the household of a row of a table of people, `()` where none do."""
    if rows.file.link and set(rows.file.link) <= set(rows.names):
        return rows.file.link
    column = household_column(rows, roles)
    return (column,) if column else ()


def is_of_people(rows: Described) -> bool:
    """Whether a table lists people, rather than crops or animals."""
    return any(about(rows.file, topic) for topic in PERSONAL)


def people_of(keys: pa.ChunkedArray) -> Counts:
    """How many rows have the same key as each row; 0 for a row without one."""
    groups, sizes = counted(keys)
    return np.where(groups >= 0, sizes[groups] if len(sizes) else 0, 0)


def members_of(parents: Described, children: Described) -> Counts:
    """How many rows of another table belong to each row of this one; 0 for a row without a key."""
    groups, _, sizes = _matched(parents, children)
    return np.where(groups >= 0, sizes[groups] if len(sizes) else 0, 0)


def orphans(children: Described, beside: Beside) -> Flags:
    """Rows that belong to no row of their parent's table; none where there is no such table."""
    parents = beside.get(children.file.parent)
    if parents is None or not linked(parents, children):
        return np.zeros(len(children), dtype=np.bool_)
    above, below, sizes = _matched(parents, children)
    known = np.zeros(len(sizes) + 1, dtype=np.bool_)
    known[above[above >= 0]] = True
    return ~known[below]


def linked(parents: Described, children: Described) -> bool:
    """Whether one table says how its rows belong to those of the other."""
    one, other = children.file.link, parents.file.key
    return bool(one) and len(one) == len(other) and set(one) <= set(children.names) and set(other) <= set(parents.names)


def _matched(parents: Described, children: Described) -> tuple[Counts, Counts, Counts]:
    """The same number for the same household in both tables, and how many rows of the second have each."""
    if not linked(parents, children):
        nothing = np.full(len(parents), -1, dtype=np.int64)
        return nothing, np.full(len(children), -1, dtype=np.int64), np.zeros(0, dtype=np.int64)
    keys = _joined(parents.keys(parents.file.key), children.keys(children.file.link))
    groups, sizes = counted(keys)
    above, below = groups[: len(parents)], groups[len(parents) :]
    return above, below, np.bincount(below[below >= 0], minlength=len(sizes)).astype(np.int64)


def _joined(*keys: pa.ChunkedArray) -> pa.ChunkedArray:
    return pa.chunked_array([chunk for one in keys for chunk in one.chunks], pa.string())


def differing(groups: Counts, values: Sequence[int] | Counts) -> Flags:
    """Rows of groups that do not all have the same value; -1 in either is unknown and agrees with everything."""
    values = np.asarray(values, dtype=np.int64)
    count = int(groups.max(initial=-1)) + 1
    known = (groups >= 0) & (values >= 0)
    least = np.full(count, np.iinfo(np.int64).max)
    most = np.full(count, -1, dtype=np.int64)
    np.minimum.at(least, groups[known], values[known])
    np.maximum.at(most, groups[known], values[known])
    apart = np.append(most > least, np.False_)
    return np.asarray(apart[groups] & (groups >= 0))
