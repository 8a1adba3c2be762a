"""Drafts with every cell that was asked for, found or not."""

from collections.abc import Iterable, Mapping
from dataclasses import replace

import pyarrow as pa

from safeconduct.model.errors import Unsafe
from safeconduct.model.outcomes import Admission, CellStatus, Draft
from safeconduct.model.table import Table
from safeconduct.release.universe import Cell, names

Row = tuple[Cell, int | None, CellStatus, str]
"""A cell, its row in the draft if it has one, and what is to be said of it."""


def found_cells(draft: Draft, admission: Admission) -> dict[Cell, int]:
    """Rows of the draft by cell.

    Raises:
        Unsafe: A cell stands twice, or is none that was asked for.
    """
    columns = [draft.table.column(key.name) for key in draft.output.keys]
    found: dict[Cell, int] = {cell: at for at, cell in enumerate(zip(*columns, strict=True))}
    may_be = [frozenset(names(key, admission.facts)) for key in draft.output.keys]
    strange = any(name not in known for cell in found for name, known in zip(cell, may_be, strict=True))
    if strange or len(found) != len(draft.table):
        raise Unsafe("the draft holds cells that were not asked for, or one cell twice; nothing is released")
    return found


def rearranged(draft: Draft, rows: Iterable[Row]) -> Draft:
    """The draft with these cells in this order; a cell without a row has no value and nobody behind it."""
    rows = list(rows)
    take = pa.array([at for _, at, _, _ in rows], type=pa.int64())
    table = draft.table.arrow.take(take)
    keys: Mapping[str, pa.Array] = {
        key.name: pa.array([cell[at] for cell, _, _, _ in rows], type=table.schema.field(key.name).type)
        for at, key in enumerate(draft.output.keys)
    }
    evidence = draft.evidence.arrow.take(take)
    counts = {name: evidence.column(name).fill_null(0) for name in evidence.column_names}
    return replace(
        draft,
        table=Table(table).having(**keys),
        evidence=Table(evidence).having(**counts),
        status=tuple(status for _, _, status, _ in rows),
        reasons=tuple(reason for _, _, _, reason in rows),
        margins=tuple(0 if at is None else draft.margins[at] for _, at, _, _ in rows) if draft.margins else (),
    )
