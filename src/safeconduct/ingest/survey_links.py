"""Which table belongs to which: members to households, jobs to members.

A link is set where it is sure: the parent has each key once, every row below finds its parent, and the columns have the
same name and type. A household id that does not nest stops the reading, since nobody could count households after it.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.survey_base import ReadTable
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, VariableType
from safeconduct.model.text import say

TOGETHER = 3  # columns of a key at most
COMMON = 6  # shared columns tried for a key of several
LINES = 15  # leading columns tried for a line number
COVERED = 0.5
LARGE = 3  # rows that show a line number is one
_KEYS = {VariableType.INTEGER, VariableType.TEXT}
_ID = re.compile(
    r"(^|[^a-z])(id|key|uuid|index)([^a-z]|$)|id$|key$|^(hh|hid|idno|case|clust)|menage|hogar", re.IGNORECASE
)


@dataclass(frozen=True, kw_only=True)
class Link:
    """That a table belongs to another.

    Attributes:
        parent: Position of the parent.
        child: Position of the table.
        key: The parent's columns.
        columns: The table's columns, in the same order.
    """

    parent: int
    child: int
    key: tuple[str, ...]
    columns: tuple[str, ...]


def related(tables: Sequence[ReadTable], household: str = "") -> tuple[ReadTable, ...]:
    """Tables with their keys and links, parents first.

    Args:
        tables: Tables; those that already say where they belong are only checked.
        household: The column that links them, `""` to look for one.

    Raises:
        BadInput: The household column is not there, is not unique where it should be, or rows belong to no household.
    """
    if household and not any(household.casefold() in {one.casefold() for one in two.file.names} for two in tables):
        raise BadInput(say("No file has a column {column}; name the one with the household's number.",
                           column=household), field="household")  # fmt: skip
    _refuse_two_types(tables, household)
    found = list(tables)
    for child in range(len(tables)):
        if not tables[child].file.parent and (link := _best(found, child, household)):
            found = _joined(found, link)
    for one in found:
        refuse_orphans(found, one)
    if household and len(found) > 1 and not any(one.file.parent for one in found):
        raise BadInput(
            say(
                "Column {column} is not unique in any of the files, so households cannot be told apart. Check the file "
                "of households for numbers that occur twice.",
                column=household,
            ),
            field="household",
        )
    return tuple(_parents_first(found))


def refuse_orphans(tables: Sequence[ReadTable], child: ReadTable) -> None:
    """Stop where rows belong to nobody.

    Raises:
        BadInput: Rows of a table have no parent in the table it names, or that table has a key twice.
    """
    if not child.file.parent:
        return
    parent = next(one for one in tables if one.file.name == child.file.parent)
    above = _columns(parent, parent.file.key)
    if not _unique(above):
        raise BadInput(
            say(
                "Column {column} of {parent} must be different in every row, and is not; correct the file.",
                column=", ".join(parent.file.key),
                parent=parent.file.name,
            ),
            field=parent.file.key[0],
        )
    if _orphans(_columns(child, child.file.link), above):
        raise BadInput(
            say(
                "Some rows of {child} have a {column} that {parent} does not have, or none. Add the missing rows to "
                "{parent}, or take these out of {child}.",
                child=child.file.name,
                column=", ".join(child.file.link),
                parent=parent.file.name,
            ),
            field=child.file.link[0],
        )


def _refuse_two_types(tables: Sequence[ReadTable], household: str) -> None:
    if (
        len(
            {
                one.type
                for table in tables
                for one in table.file.variables
                if one.name.casefold() == household.casefold()
            }
        )
        > 1
    ):
        raise BadInput(
            say(
                "Column {column} is a number in some files and text in others, often because of zeros in front; write "
                "it alike in all.",
                column=household,
            ),
            field="household",
        )


def _best(tables: Sequence[ReadTable], child: int, household: str) -> Link | None:
    """The most exact link of a table, that which takes most columns."""
    links = [
        link
        for parent in range(len(tables))
        if parent != child and not _above(tables, parent, child)
        for link in _between(tables, parent, child, household)
    ]
    return max(links, key=lambda link: len(link.key), default=None)


def _between(tables: Sequence[ReadTable], parent: int, child: int, household: str) -> Iterator[Link]:
    mine, theirs = _names(tables[child].file), _names(tables[parent].file)
    shared = [
        name for name in theirs if name in mine and _same_type(tables[parent], theirs[name], tables[child], mine[name])
    ]
    if household:
        shared = [name for name in shared if name == household.casefold()]
    for count in range(1, TOGETHER + 1):
        for names in combinations(shared[: COMMON if count > 1 else None], count):
            link = Link(parent=parent, child=child, key=tuple(theirs[one] for one in names),
                        columns=tuple(mine[one] for one in names))  # fmt: skip
            if _holds(tables, link, asked=bool(household)):
                yield link
                return


def _holds(tables: Sequence[ReadTable], link: Link, *, asked: bool) -> bool:
    parent, child = tables[link.parent], tables[link.child]
    if not _unique_early(parent, link.key) or (not asked and _unique_early(child, link.columns)):
        return False
    above, below = _columns(parent, link.key), _columns(child, link.columns)
    if not len(above) or not len(below):
        return asked
    if not _unique(above) or _unique(below):
        return False
    if asked:
        return True
    orphans = _orphans(below, above)
    named = any(_ID.search(one) for one in link.columns)
    covered = below.group_by(below.column_names).aggregate([]).num_rows >= COVERED * len(above)
    return orphans <= len(below) * COVERED if named else not orphans and covered


def _joined(tables: Sequence[ReadTable], link: Link) -> list[ReadTable]:
    found = list(tables)
    parent, child = found[link.parent], found[link.child]
    found[link.parent] = replace(parent, file=replace(parent.file, key=parent.file.key or link.key))
    if found[link.parent].file.key == link.key:
        line = _line(child, link.columns)
        found[link.child] = replace(
            child,
            file=replace(
                child.file,
                parent=parent.file.name,
                link=link.columns,
                key=child.file.key or ((*link.columns, line) if line else ()),
            ),
        )
    return found


def _line(table: ReadTable, link: tuple[str, ...]) -> str:
    """The column that counts the rows of a household 1, 2, 3, `""` where none does."""
    for one in table.file.variables[:LINES]:
        if one.type is VariableType.INTEGER and one.name not in link and _counts(table, link, one.name):
            return one.name
    return ""


def _counts(table: ReadTable, link: tuple[str, ...], name: str) -> bool:
    rows = _columns(table, (*link, name))
    keys, line = rows.column_names[:-1], rows.column_names[-1]
    if rows.column(line).null_count or not len(rows):
        return False
    found = rows.group_by(keys).aggregate([(line, how) for how in ("min", "max", "count", "count_distinct")])
    count = found.column(f"{line}_count")
    same = pc.and_(
        pc.equal(found.column(f"{line}_max"), count), pc.equal(found.column(f"{line}_count_distinct"), count)
    )
    from_one = pc.equal(found.column(f"{line}_min"), 1)
    return bool(pc.all(pc.and_(same, from_one)).as_py()) and int(pc.max(count).as_py()) >= LARGE


def _columns(table: ReadTable, names: Sequence[str]) -> pa.Table:
    """Some columns of a table, under plain names."""
    wanted = [f"k{at}" for at in range(len(names))]
    batches = [pa.record_batch([batch.column(one) for one in names], names=wanted) for batch in table.batches()]
    types = [_arrow(table.file, one) for one in names]
    return pa.Table.from_batches(batches, schema=pa.schema(list(zip(wanted, types, strict=True))))


def _arrow(file: DataFile, name: str) -> pa.DataType:
    return pa.int64() if file[name].type is VariableType.INTEGER else pa.string()


def _unique(rows: pa.Table) -> bool:
    if any(column.null_count for column in rows.columns):
        return False
    return bool(rows.group_by(rows.column_names).aggregate([]).num_rows == rows.num_rows)


def _unique_early(table: ReadTable, names: Sequence[str]) -> bool:
    """Whether the first rows leave it open that a key is unique; spares reading all of most columns."""
    batch = next(iter(table.batches()), None)
    return batch is None or _unique(pa.Table.from_batches([batch.select(list(names))]))


def _orphans(below: pa.Table, above: pa.Table) -> int:
    if below.schema != above.schema:  # a number in one file, a text in the other since one of its cells is none
        below, above = _as_texts(below), _as_texts(above)
    return int(below.join(above, keys=below.column_names, join_type="left anti").num_rows)


def _as_texts(rows: pa.Table) -> pa.Table:
    return rows.cast(pa.schema([(name, pa.string()) for name in rows.column_names]))


def _names(file: DataFile) -> Mapping[str, str]:
    return {one.name.casefold(): one.name for one in file.variables if one.type in _KEYS}


def _same_type(parent: ReadTable, theirs: str, child: ReadTable, mine: str) -> bool:
    return parent.file[theirs].type is child.file[mine].type


def _above(tables: Sequence[ReadTable], low: int, high: int) -> bool:
    """Whether `high` already stands above `low`."""
    names = {one.file.name: one for one in tables}
    now: ReadTable | None = tables[low]
    while now and now.file.parent:
        now = names.get(now.file.parent)
        if now is tables[high]:
            return True
    return False


def _parents_first(tables: Sequence[ReadTable]) -> Iterator[ReadTable]:
    done: set[str] = {""}
    waiting = list(tables)
    while waiting:
        ready = [one for one in waiting if one.file.parent in done] or waiting
        for one in ready:
            done.add(one.file.name)
            yield one
        waiting = [one for one in waiting if one.file.name not in done]
