"""New numbers and a new order for every edition, from a secret of the site: replayable inside, unrelated outside."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.codes import Whole
from safeconduct.model.microdata import (
    KEYS,
    RECORD,
    DataFile,
    Measurement,
    Roles,
    Variable,
    VariableRole,
    VariableType,
    missing_column,
)
from safeconduct.model.table import Table

WORD_BYTES = 8
Place = tuple[str, str]
"""Table and column."""

MEANT = KEYS | {VariableRole.SENSITIVE, VariableRole.WEIGHT}
"""Roles of columns whose values mean something, though they may number the rows of a table of districts."""


def id_columns(files: Sequence[DataFile], roles: Roles) -> Mapping[Place, str]:
    """Columns that only number households and records, with a name for each set of numbers that belong together.

    They are the household ids, a column that alone is a table's key, and whatever links to either. A key column whose
    values mean something, such as the district of a table of districts, is none.
    """
    sets = {(file.name, name): f"{file.name}.{name}" for file in files for name in _own_ids(file, roles)}
    for place in sets:
        if _role(roles, place) is VariableRole.HOUSEHOLD:
            sets[place] = "household"
    by_name = {file.name: file for file in files}
    for file in [one for _ in files for one in files]:  # as often as a chain of tables can be long
        parent = by_name.get(file.parent)
        if parent is not None and len(file.link) == len(parent.key):
            _join(sets, [(file.name, one) for one in file.link], [(parent.name, one) for one in parent.key], by_name)
    return sets


def _own_ids(file: DataFile, roles: Roles) -> list[str]:
    given = roles.get(file.name, {})
    ids = [name for name in file.names if given.get(name) is VariableRole.HOUSEHOLD]
    if len(file.key) == 1 and file.key[0] in file and given.get(file.key[0]) not in MEANT:
        ids.append(file.key[0])
    return list(dict.fromkeys(ids))


def _join(
    sets: dict[Place, str], mine: Sequence[Place], theirs: Sequence[Place], files: Mapping[str, DataFile]
) -> None:
    for one, other in zip(mine, theirs, strict=True):
        there = one[1] in files[one[0]] and other[1] in files[other[0]]
        names = {sets[place] for place in (one, other) if place in sets}
        if not there or not names:
            continue
        together = "household" if "household" in names else min(names)
        for place, now in list(sets.items()):
            if now in names:
                sets[place] = together
        sets[one] = sets[other] = together


def _role(roles: Roles, place: Place) -> VariableRole | None:
    return roles.get(place[0], {}).get(place[1])


def renumbered(
    files: Sequence[DataFile], tables: Mapping[str, Table], roles: Roles, secret: bytes
) -> tuple[tuple[DataFile, ...], dict[str, Table]]:
    """The same tables with new numbers for households and records, the same number for the same one in every table.

    Numbers run from 1; which is whose comes from the secret alone.
    """
    sets = id_columns(files, roles)
    made = dict(tables)
    for name in sorted(set(sets.values())):
        places = [place for place, now in sets.items() if now == name]
        values = _different([_text(tables[file], column) for file, column in places])
        numbers = pa.array(permutation(secret, f"numbers/{name}", len(values)) + 1)
        for file, column in places:
            codes = numbers.take(pc.index_in(_text(tables[file], column), value_set=values))
            made[file] = made[file].having(**{column: codes}).without(missing_column(column))
    return tuple(_described(file, sets) for file in files), made


def _text(table: Table, column: str) -> pa.Array:
    values = table.arrow.column(column)
    return pa.concat_arrays(values.cast(pa.string()).chunks) if values.num_chunks else pa.array([], pa.string())


def _different(columns: Sequence[pa.Array]) -> pa.Array:
    values = pc.unique(pa.concat_arrays(columns)).drop_null()
    return values.take(pc.sort_indices(values))


def _described(file: DataFile, sets: Mapping[Place, str]) -> DataFile:
    return replace(
        file, variables=tuple(_number(one) if (file.name, one.name) in sets else one for one in file.variables)
    )


def _number(variable: Variable) -> Variable:
    return Variable(
        name=variable.name,
        type=VariableType.INTEGER,
        labels=variable.labels,
        measurement=Measurement.NOMINAL,
        security="Numbered anew for this edition.",
    )


def shuffled(name: str, table: Table, secret: bytes) -> Table:
    """A table's rows in an order that comes from the secret and the record codes alone."""
    records = table.arrow.column(RECORD).to_numpy()
    order = np.argsort(records, kind="stable")[permutation(secret, f"rows/{name}", len(table))]
    return Table(table.arrow.take(pa.array(order)).combine_chunks())


def permutation(secret: bytes, purpose: str, count: int) -> Whole:
    """Numbers from 0 in an order drawn from SHAKE-256 over the secret; the same secret and purpose, the same order."""
    stream = hashlib.shake_256(len(secret).to_bytes(WORD_BYTES, "big") + secret + purpose.encode())
    words = np.frombuffer(stream.digest(WORD_BYTES * count), dtype=np.uint64)
    return np.argsort(words, kind="stable").astype(np.int64)
