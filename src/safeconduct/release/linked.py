"""A table together with the table its rows belong to: whoever has both knows of a member what is told of the household.

A household's region is a key of each of its members, though it stands in another file. Rules look at tables this way.
"""

from collections.abc import Mapping, Sequence

import numpy as np
import pyarrow as pa

from safeconduct.measures.codes import Whole, arrow_column, encode, grouped
from safeconduct.model.microdata import DataFile, Design, Roles, is_companion
from safeconduct.model.table import Table

DEEPEST = 8
OF_PARENT = "·of "
"""Stands between a column's name and its table's in columns that come from a parent."""


def linked(files: Sequence[DataFile], tables: Mapping[str, Table], roles: Roles, name: str) -> tuple[Table, Design]:
    """A table with the keys and sensitive values of the tables above it, and what is what among its columns.

    Companions and record codes are left out. Where a row has no row above it, what would come from there is missing.
    Keys of a table that is not there, or that is linked by columns that were taken out, are not joined: nobody could.
    """
    return _linked({file.name: file for file in files}, tables, roles, name, DEEPEST)


def _linked(
    files: Mapping[str, DataFile], tables: Mapping[str, Table], roles: Roles, name: str, deepest: int
) -> tuple[Table, Design]:
    file, table = files[name], tables[name]
    table = table.without(*(column for column in table.columns if is_companion(column)))
    design = Design.of({column: role for column, role in roles.get(name, {}).items() if column in table.columns})
    parent = files.get(file.parent)
    if parent is None or not deepest or parent.name == name or not _joined_by(file, parent, tables):
        return table, design
    above, theirs = _linked(files, tables, roles, parent.name, deepest - 1)
    at = _rows_above(table, file.link, above, parent.key)
    wanted = {column: column + OF_PARENT + parent.name for column in (*theirs.keys, *theirs.sensitive)}
    places = pa.array(at, mask=at < 0)
    came = {new: above.arrow.column(old).take(places) for old, new in wanted.items()}
    both = Design(
        keys=(*design.keys, *(wanted[one] for one in theirs.keys if one not in parent.key)),
        sensitive=(*design.sensitive, *(wanted[one] for one in theirs.sensitive)),
        weight=design.weight,
        household=design.household,
    )
    return table.having(**came), both


def _joined_by(file: DataFile, parent: DataFile, tables: Mapping[str, Table]) -> bool:
    whole = bool(file.link) and len(file.link) == len(parent.key) and parent.name in tables
    return whole and {*file.link} <= {*tables[file.name].columns} and {*parent.key} <= {*tables[parent.name].columns}


def _rows_above(table: Table, link: Sequence[str], above: Table, key: Sequence[str]) -> Whole:
    """For each row the place of its row above, −1 for none."""
    codes = [_coded(table, mine, above, theirs) for mine, theirs in zip(link, key, strict=True)]
    groups, count = grouped([one for one, _ in codes], [size for _, size in codes], len(table) + len(above))
    place = np.full(count, -1, dtype=np.int64)
    place[groups[len(table) :][::-1]] = np.arange(len(above) - 1, -1, -1)
    known = np.all([one[: len(table)] >= 0 for one, _ in codes], axis=0)
    return np.asarray(np.where(known, place[groups[: len(table)]], -1), dtype=np.int64)


def _coded(table: Table, mine: str, above: Table, theirs: str) -> tuple[Whole, int]:
    parts = (arrow_column(table, mine), arrow_column(above, theirs))
    kind = parts[0].type if parts[0].type == parts[1].type else pa.string()
    codes, values = encode(pa.chunked_array([chunk.cast(kind) for part in parts for chunk in part.chunks], type=kind))
    return codes, len(values)
