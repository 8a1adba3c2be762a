"""Who is behind figures that were told: what shows whether many figures together speak of few people.

Codes of people leave this room for one computation that gives back numbers about figures; nobody writes them down.
"""

import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from safeconduct.engines.drafts import Name
from safeconduct.engines.guard import guarded, stop_if
from safeconduct.engines.portable import contributions
from safeconduct.engines.relations import Relations, column, selected
from safeconduct.engines.stored import opened
from safeconduct.model.geography import Geography
from safeconduct.model.output import Key
from safeconduct.query.operations import AggregatePlan
from safeconduct.store.records import Records

People = NDArray[np.int32]
BATCH = 1 << 18
NOBODY: People = np.empty(0, np.int32)


@dataclass(frozen=True, kw_only=True)
class Told:
    """Figures of one answer that were told.

    Attributes:
        plan: What was computed.
        keys: What its rows are named by.
        cells: The names of each figure, in the order of the keys.
    """

    plan: AggregatePlan
    keys: tuple[Key, ...]
    cells: tuple[tuple[Name, ...], ...] = field(hash=False)


def members(  # noqa: PLR0913 - what bounds one computation stands by name at the call
    answers: Sequence[Told],
    records: Records,
    *,
    spill: Path,
    memory_mb: int,
    threads: int,
    most: int,
    cancelled: threading.Event | None = None,
) -> list[tuple[People, ...]]:
    """Codes of the people behind every figure, each once, answer by answer; nothing is written but encrypted spill.

    Stops before the answer with which there would be more than `most` codes in all, 4 bytes each: the list is then
    shorter than `answers`.

    Args:
        answers: The answers, those that matter most first.
        records: The version of the data set they were made from.
        spill: Folder for encrypted spill.
        memory_mb: Most memory DuckDB may use, megabytes.
        threads: Threads it may use.
        most: Most codes in all.
        cancelled: Set by another thread to stop within a fraction of a second.

    Raises:
        Cancelled: It was stopped.
        BrokenPromise: The records could not be read; `Tampered` or `StoreFull` where that is why.
    """
    stop_if(cancelled)
    found: list[tuple[People, ...]] = []
    with opened(records, spill=spill, memory_mb=memory_mb, threads=threads) as relations:  # noqa: SIM117 - the guard needs the connection
        with guarded(relations.connection, cancelled):
            for one in answers:
                own = members_of(one, relations, most=most)
                if own is None:
                    break
                most -= sum(map(len, own))
                found.append(own)
    return found


def members_of(told: Told, relations: Relations, *, most: int) -> tuple[People, ...] | None:
    """Codes of the people behind every figure of one answer; `None` where there are more than `most`.

    Args:
        told: The answer.
        relations: Rows of its data set.
        most: Most codes in all.
    """
    numbers = _Numbers.of(told, relations.geography)
    wanted = np.array([numbers.cell(cell) for cell in told.cells], dtype=np.int64)
    order = np.argsort(wanted)
    batches, count = [], 0
    for cells, people in _rows(told, relations, numbers):
        place = np.searchsorted(wanted[order], cells)
        place[place == len(order)] = 0
        there = wanted[order][place] == cells if len(order) else np.zeros(len(cells), dtype=np.bool_)
        batches.append((order[place[there]], people[there]))
        count += int(there.sum())
        if count > most:
            return None
    return _apart(batches, len(told.cells))


def _rows(told: Told, relations: Relations, numbers: "_Numbers") -> Iterator[tuple[NDArray[np.int64], People]]:
    """Pairs of a cell's number and a person in it."""
    names = [*(key.name for key in told.keys), "person"]
    query = selected(contributions(told.plan, relations), "rows", *map(column, names))
    reader = relations.connection.execute(query.sql(dialect="duckdb")).to_arrow_reader(BATCH)
    for batch in reader:
        *keys, people = (batch.column(name) for name in names)
        parts = [key.cast(pa.int64()).fill_null(-1).to_numpy(zero_copy_only=False) for key in keys]
        yield numbers.cells(parts), people.to_numpy(zero_copy_only=False).astype(np.int32)


def _apart(batches: Sequence[tuple[NDArray[np.int64], People]], cells: int) -> tuple[People, ...]:
    """The people of each cell."""
    places = np.concatenate([np.empty(0, np.int64), *(at for at, _ in batches)])
    people = np.concatenate([NOBODY, *(one for _, one in batches)])
    order = np.argsort(places, kind="stable")
    ends = np.searchsorted(places[order], np.arange(1, cells))
    return tuple(np.split(people[order], ends)) if cells else ()


@dataclass(frozen=True, kw_only=True)
class _Numbers:
    """One whole number for the names of a cell, as the engine's rows number them; an unknown place is -1 there.

    Attributes:
        names: The number of each name, key by key; none for days, whose number is their ordinal.
        sizes: How many numbers each key has.
    """

    names: tuple[Mapping[str, int], ...]
    sizes: tuple[int, ...]

    @classmethod
    def of(cls, told: Told, geography: Geography) -> "_Numbers":
        names = tuple(
            {} if key.level is None else {area.code: at for at, area in enumerate(geography.at(key.level))}
            for key in told.keys
        )
        days = date.max.toordinal() + 1
        sizes = tuple(days if key.level is None else len(of) + 1 for key, of in zip(told.keys, names, strict=True))
        return cls(names=names, sizes=sizes)

    def cell(self, names: Sequence[Name]) -> int:
        """The number of a cell."""
        return int(self.cells([np.array([self._one(at, name)]) for at, name in enumerate(names)])[0])

    def _one(self, at: int, name: Name) -> int:
        if isinstance(name, date):
            return name.toordinal()
        return -1 if name is None else self.names[at][name]

    def cells(self, keys: Sequence[NDArray[np.int64]]) -> NDArray[np.int64]:
        """The numbers of many cells, given key by key."""
        made = np.zeros(len(keys[0]), dtype=np.int64)
        for size, numbers in zip(self.sizes, keys, strict=True):
            made = made * (size + 1) + numbers + 1
        return made
