"""Snapshots of a registration register: a sheet or a file for cases, individuals, events and specific needs."""

import csv
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from itertools import islice
from typing import ClassVar

import pyarrow as pa

from safeconduct.ingest.standards.register import TEXTS, RegisterField, RegisterTable, register
from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, cannot_use, formats
from safeconduct.ingest.survey_cells import TextTable, typed
from safeconduct.ingest.survey_delimited import DELIMITERS, delimited, layout_of
from safeconduct.ingest.survey_names import table_name
from safeconduct.ingest.survey_workbook import Workbook
from safeconduct.ingest.survey_zip import is_workbook
from safeconduct.model.errors import SafeconductError
from safeconduct.model.microdata import Variable, VariableType
from safeconduct.model.text import Text, say

ENDINGS = {".csv", ".tsv", ".txt"}
FIRST_LINES = 1 << 13


@formats
class RegisterTables(SurveyFormat):
    """Tables of a registration register, as sheets of a workbook (`.xlsx`) or as CSV files, told by their columns.

    Columns are found by label or name, in any case and order; answers may be codes or labels of the declared lists.
    A table brings its key, so that the same individual has the same record code in the next month's snapshot, and says
    which table it belongs to; labels, lists and proposed roles come from the declaration. Columns beyond it are kept
    as they are.
    """

    name: ClassVar[str] = "register"
    particular: ClassVar[bool] = True

    def claims(self, arrived: Arrived) -> bool:
        """By the headings of a table of the register."""
        if arrived.ending in ENDINGS:
            return any(register().table_of(row) is not None for row in _headings(arrived))
        try:
            return arrived.ending == ".xlsx" and is_workbook(arrived) and bool(_sheets(Workbook(arrived)))
        except SafeconductError:
            return False

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """A table of each sheet or file of the register."""
        tables: list[ReadTable] = []
        notes: list[Text] = []
        for arrived in files:
            for found in _texts(arrived, hints):
                table = register().table_of(found.columns)
                if table is None:
                    raise cannot_use(say("{file} is no table of a register.", file=arrived.base), arrived)
                tables.append(_as_declared(found, table, [one.file.name for one in tables], hints))
                notes += found.notes
        return Contents(tables=_linked(tables), format=self.name, notes=tuple(notes))


def _headings(arrived: Arrived) -> Iterator[list[str]]:
    """The first line as every delimiter cuts it."""
    lines = arrived.head(FIRST_LINES).decode("utf-8-sig", errors="ignore").splitlines()
    for mark in DELIMITERS:
        with suppress(csv.Error):
            yield from csv.reader(lines[:1], delimiter=mark)


def _sheets(book: Workbook) -> tuple[str, ...]:
    """The sheets whose first row with a value has the headings of a table."""
    return tuple(
        sheet for sheet in book.sheets
        for row in islice((row for row in book.rows(sheet) if row), 1)
        if register().table_of(cell or "" for cell in row) is not None
    )  # fmt: skip


def _texts(arrived: Arrived, hints: Mapping[str, str]) -> Iterator[TextTable]:
    if arrived.ending == ".xlsx":
        book = Workbook(arrived)
        yield from (book.table(sheet, sheet) for sheet in _sheets(book))
    else:
        layout = layout_of(arrived, hints)
        yield replace(delimited(arrived, layout), notes=layout.notes)


def _as_declared(
    found: TextTable, table: RegisterTable, taken: Sequence[str], hints: Mapping[str, str]
) -> ReadTable:  # fmt: skip
    """A table with the declaration's names, codes, roles and key."""
    fields = table.named(found.columns)
    names = _free(found.columns, fields)

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in found.batches():
            cells = [_coded(cells, fields.get(one)) for one, cells in zip(found.columns, batch.columns, strict=True)]
            yield pa.record_batch(cells, names=names)

    known = {one.name: register().described(one) for one in fields.values()}
    strangers = {name: Variable(name=name, type=VariableType.TEXT) for name in names if name not in known}
    texts = [one.name for one in fields.values() if one.type in TEXTS]
    named = TextTable(name=table_name(table.name, taken), columns=tuple(names), batches=batches)
    read = typed(named, known={**known, **strangers}, texts=texts, marks=hints.get("missing", ""))
    return replace(read, file=replace(read.file, key=table.key, labels={"": table.title}))


def _linked(tables: Sequence[ReadTable]) -> tuple[ReadTable, ...]:
    """The tables, each belonging to the one the declaration says, where that is there; parents first."""
    there = {one.file.name for one in tables}
    order = [one.name for one in register().tables]
    declared = {one.name: one for one in register().tables if one.parent in there}
    found = [
        replace(one, file=replace(one.file, parent=declared[one.file.name].parent, link=declared[one.file.name].link))
        if one.file.name in declared else one
        for one in tables
    ]  # fmt: skip
    return tuple(sorted(found, key=lambda one: order.index(one.file.name) if one.file.name in order else len(order)))


def _free(columns: Sequence[str], fields: Mapping[str, RegisterField]) -> list[str]:
    """Declared names, and others' own where no declared column has them."""
    taken = {one.name for one in fields.values()}
    return [fields[one].name if one in fields else one if one not in taken else f"{one}_{at}"
            for at, one in enumerate(columns, start=1)]  # fmt: skip


def _coded(cells: pa.Array, one: RegisterField | None) -> pa.Array:
    if one is None or not one.codes:
        return cells
    encoded = cells.dictionary_encode()
    texts = [None if cell is None else register().coded(one, cell) for cell in encoded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(encoded.indices)
