"""Neither the order of rows nor a number tells where a row came from."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.codes import Whole, arrow_column, encode, first_of
from safeconduct.model.editions import Finding
from safeconduct.model.microdata import RECORD
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FileRule, Subject, file_rule
from safeconduct.release.identity import id_columns

FEWEST = 3
FEW = 10
BEFORE = "·before"
FAR = 5.0
"""Standard deviations from chance; a shuffled table is that far once in two million."""


@file_rule
@dataclass(frozen=True, kw_only=True)
class RecordOrder(FileRule):
    """Stops a file whose rows stand in the order of the original or of an earlier edition, or whose numbers were kept.

    Orders are compared by rank correlation and by how often a row is followed by a later one. Numbers of households
    and records must run from 1 and be unrelated to the order in which the originals stood. Of tables with
    some ten rows or fewer it cannot tell a shuffled order from another.
    """

    name: ClassVar[str] = "record_order"
    title: ClassVar[Text] = Text("Order tells nothing")

    def in_words(self) -> Text:
        """What is asked of order and numbers."""
        return say("Rows stand in a new, random order, and households and records have new numbers.")

    def check(self, subject: Subject) -> Finding:
        """Compare orders and look at numbers."""
        wrong = list(dict.fromkeys(_wrong(subject)))
        if not wrong:
            return self.found(say("Order and numbers tell nothing."), passed=True)
        return self.found(
            say("Rows stand in an order that can be recognised, or numbers were kept: {files}.",
                files=", ".join(wrong)),
            passed=False,
            advice=say("Make the file anew from its treatment plan; order and numbers are made anew with it."),
        )  # fmt: skip


def _wrong(subject: Subject) -> Iterator[str]:
    ids = id_columns(subject.draft.files, subject.roles)
    for file in subject.draft.files:
        table = subject.tables[file.name]
        records = _numbers(table)
        if related(records):
            yield file.name
        for earlier in subject.previous:
            if file.name in earlier.tables and related(_places_in(records, _numbers(earlier.tables[file.name]))):
                yield file.name
        numbers = [column for column in file.names if (file.name, column) in ids]
        yield from (f"{file.name}.{column}" for column in numbers if _kept(table, column, records))
        for earlier in subject.previous:
            before = earlier.tables.get(file.name)
            yield from (f"{file.name}.{one}" for one in numbers if before is not None and _same(table, before, one))


def _numbers(table: Table) -> Whole:
    return np.asarray(table.arrow.column(RECORD).to_numpy(), dtype=np.int64)


def _places_in(records: Whole, others: Whole) -> Whole:
    """Where in another table each record stands, of those that are in both."""
    order = np.argsort(others)
    at = np.searchsorted(others, records, sorter=order)
    at = np.minimum(at, len(others) - 1)
    found = order[at] if len(others) else at
    return np.asarray(found[others[found] == records] if len(others) else found[:0], dtype=np.int64)


def _same(table: Table, before: Table, column: str) -> bool:
    """Whether most records have the number they had in an earlier edition."""
    if column not in before.columns:
        return False
    both = table.arrow.select([RECORD, column]).join(before.arrow.select([RECORD, column]), RECORD, join_type="inner",
                                                     right_suffix=BEFORE)  # fmt: skip
    if both.num_rows <= FEW or both.schema.field(column).type != both.schema.field(column + BEFORE).type:
        return False
    same = pc.sum(pc.cast(pc.equal(both.column(column), both.column(column + BEFORE)), pa.int64())).as_py() or 0
    return bool(2 * same > both.num_rows)


def _kept(table: Table, column: str, records: Whole) -> bool:
    """Whether an id is not a number from 1 on, or follows the order of the records."""
    values = arrow_column(table, column)
    codes, known = encode(values)
    there = codes >= 0
    try:
        numbers = np.asarray(known.to_numpy(zero_copy_only=False), dtype=np.int64)
    except (TypeError, ValueError):
        return True
    if not len(numbers):
        return False
    if numbers.min() < 1:
        return True
    order = np.argsort(records[there], kind="stable")
    first = first_of(codes[there][order], len(numbers))
    return related(numbers[np.argsort(first)])


def related(numbers: Whole) -> bool:
    """Whether different numbers in this order are further from a random order than chance explains.

    Example:
        >>> related(np.arange(50)), related(np.arange(50)[::-1]), related(np.arange(3))
        (True, True, False)
    """
    rows = len(numbers)
    if rows < FEWEST:
        return False
    ascents = int((np.diff(numbers) > 0).sum())
    step = abs(ascents - (rows - 1) / 2) / np.sqrt((rows + 1) / 12)
    ranks = np.argsort(np.argsort(numbers))
    whole = abs(float(np.corrcoef(ranks, np.arange(rows))[0, 1])) * np.sqrt(rows - 1)
    return bool(step > FAR or whole > FAR)
