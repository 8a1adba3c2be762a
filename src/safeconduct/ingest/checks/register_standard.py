"""A snapshot of a register against its declaration, table by table and between tables."""

from collections.abc import Iterator, Mapping
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.checking import Check, Issue, Survey, data_check
from safeconduct.ingest.described import Described, Flags, Numbers, flags
from safeconduct.ingest.standards.register import RegisterField, RegisterTable, register, registered_as
from safeconduct.model.microdata import VariableType
from safeconduct.model.text import Text, say

DAYS = frozenset({VariableType.DATE, VariableType.MOMENT})
Tables = Mapping[str, Described]


@data_check
class RegisterStandard(Check):
    """Rows that belong to nobody, events before registration, sizes that do not match, answers no list knows.

    It tells how many rows, never which number a case has. At the door rows whose case is not there stop the reading;
    a file on somebody's own machine is told here what would stop it.
    """

    name: ClassVar[str] = "register_standard"
    title: ClassVar[Text] = say("A register against its declaration")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every table of a register, then at what lies between them."""
        tables: dict[str, Described] = {}
        for rows in survey.tables.values():
            if (table := registered_as(rows.file)) is not None:
                tables[table.name] = rows
                yield from self._table(rows, table)
        for table in register().tables:
            if table.parent and {table.name, table.parent} <= tables.keys():
                yield from self._belonging(tables, table)
        yield from self._sizes(tables)
        yield from self._events(tables)

    def _table(self, rows: Described, table: RegisterTable) -> Iterator[Issue]:
        twice = _twice(rows, table.key)
        yield from self._found(rows, table.key, say("{count} rows have a key that another row has.",
                                                    count=int(twice.sum())), twice)  # fmt: skip
        for one in table.fields:
            if one.name in rows:
                yield from self._answers(rows, one)
        for order in register().orders:
            if order.table == table.name and _are_days(rows, order.first, order.then):
                wrong = _before(rows.numbers(order.then), rows.numbers(order.first))
                says = say("The day in {then} is before the day in {first} in {count} rows.", then=order.then,
                           first=order.first, count=int(wrong.sum()))  # fmt: skip
                yield from self._found(rows, (order.then, order.first), says, wrong)

    def _answers(self, rows: Described, one: RegisterField) -> Iterator[Issue]:
        choices = register().choices(one)
        if choices:
            wrong = rows.filled(one.name) & ~flags(pc.is_in(rows.texts(one.name), value_set=pa.array(list(choices))))
            says = say("Answers to {column} are not in its list in {count} rows.", column=one.name,
                       count=int(wrong.sum()))  # fmt: skip
            yield from self._found(rows, (one.name,), says, wrong)
        if one.needed:
            empty = ~rows.filled(one.name)
            says = say("{column} is empty in {count} rows.", column=one.name, count=int(empty.sum()))
            yield from self._found(rows, (one.name,), says, empty)

    def _belonging(self, tables: Tables, table: RegisterTable) -> Iterator[Issue]:
        rows, above = tables[table.name], tables[table.parent]
        column = table.link[0]
        wrong = ~flags(pc.is_in(_ids(rows, column), value_set=pc.unique(_ids(above, column)).drop_null()))
        says = say("{count} rows of {table} belong to no row of {parent}.", count=int(wrong.sum()), table=table.name,
                   parent=table.parent)  # fmt: skip
        yield from self._found(rows, (column,), says, wrong)

    def _sizes(self, tables: Tables) -> Iterator[Issue]:
        if not {"cases", "individuals"} <= tables.keys():
            return
        cases, members = tables["cases"], tables["individuals"]
        counts = _ids(members, "case_id").value_counts()
        known = dict(zip(counts.field("values").to_pylist(), counts.field("counts").to_pylist(), strict=True))
        there = np.array([known.get(one, 0) for one in _ids(cases, "case_id").to_pylist()], np.float64)
        wrong: Flags = np.isfinite(cases.numbers("case_size")) & (cases.numbers("case_size") != there)
        says = say("The size of {count} cases is not the number of their individuals.", count=int(wrong.sum()))
        yield from self._found(cases, ("case_size",), says, wrong)

    def _events(self, tables: Tables) -> Iterator[Issue]:
        if not {"events", "individuals"} <= tables.keys():
            return
        rows, members = tables["events"], tables["individuals"]
        if not (_are_days(rows, "event_date") and _are_days(members, "registration_date")):
            return
        day = dict(zip(_ids(members, "individual_id").to_pylist(), members.numbers("registration_date"), strict=True))
        registered = np.array([day.get(one, np.nan) for one in _ids(rows, "individual_id").to_pylist()], np.float64)
        wrong = _before(rows.numbers("event_date"), registered)
        says = say("{count} events are before the registration of whom they happened to.", count=int(wrong.sum()))
        yield from self._found(rows, ("event_date",), says, wrong)

    def _found(self, rows: Described, columns: tuple[str, ...], says: Text, wrong: Flags) -> Iterator[Issue]:
        if count := int(wrong.sum()):
            yield self.issue(rows, columns, says, count)


def _ids(rows: Described, name: str) -> pa.ChunkedArray:
    """Identifiers as texts without spaces around them, `None` where there is none."""
    texts = pc.utf8_trim_whitespace(rows.texts(name))
    return pc.if_else(pc.equal(texts, ""), pa.scalar(None, pa.string()), texts)


def _twice(rows: Described, key: tuple[str, ...]) -> Flags:
    if not all(name in rows for name in key):
        return np.zeros(len(rows), np.bool_)
    whole = list(zip(*(_ids(rows, name).to_pylist() for name in key), strict=True))
    first: dict[tuple[str | None, ...], int] = {}
    for at, one in enumerate(whole):
        first.setdefault(one, at)
    return np.array([first[one] != at for at, one in enumerate(whole)], np.bool_)


def _before(then: Numbers, first: Numbers) -> Flags:
    with np.errstate(invalid="ignore"):
        return np.asarray(then < first)


def _are_days(rows: Described, *names: str) -> bool:
    return all(name in rows and rows.variable(name).type in DAYS for name in names)
