"""Which records may be used at all: those of cases only with a yes to research, and what belongs to such a record."""

from collections.abc import Callable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.consent import agreed_to_research, consent_columns, is_of_cases
from safeconduct.model.microdata import DataFile
from safeconduct.store.microdata import MicrodataRecords

Read = Callable[[str, Sequence[str]], pa.Table]
"""Reads columns of a table of the data set."""

_BETWEEN = "\x1f"


def researchable(records: MicrodataRecords, file: str, read: Read) -> pa.ChunkedArray | None:
    """Which rows of a table may enter research, in the order they rest in; `None` for all, where nobody is asked.

    A table of cases needs a yes in every row. A row of another table needs that the row it belongs to may. A table of
    cases whose own columns do not tell of consent takes it from the table above; where there is none, no row may.
    """
    described = {one.name: one for one in records.files}
    one = described[file]
    own = _own(one, read)
    above = _above(one, described.get(one.parent), records, read) if one.parent and one.link else None
    if own is not None and above is not None:
        return pc.and_(own, above)
    if own is None and above is None and is_of_cases(one):
        return pa.chunked_array([pa.repeat(pa.scalar(value=False), records.part(file).stored.rows)])
    return above if own is None else own


def _own(file: DataFile, read: Read) -> pa.ChunkedArray | None:
    columns = consent_columns(file)
    if not columns:
        return None
    found = read(file.name, columns)
    return agreed_to_research([found.column(name) for name in columns], [file[name] for name in columns])


def _above(file: DataFile, parent: DataFile | None, records: MicrodataRecords, read: Read) -> pa.ChunkedArray | None:
    """In which rows the row they belong to may enter."""
    mask = researchable(records, parent.name, read) if parent else None
    if parent is None or mask is None:
        return None
    allowed = _keys(read(parent.name, parent.key).filter(mask), parent.key)
    return pc.fill_null(
        pc.is_in(_keys(read(file.name, file.link), file.link), value_set=allowed), pa.scalar(value=False)
    )


def _keys(table: pa.Table, names: Sequence[str]) -> pa.ChunkedArray:
    """Several columns as one text a row, `None` where one is missing."""
    texts = [table.column(name).cast(pa.string()) for name in names]
    return pc.binary_join_element_wise(*texts, _BETWEEN, null_handling="emit_null")
