"""Columns stay, their values leave."""

from dataclasses import dataclass, replace
from typing import ClassVar

import pyarrow as pa

from safeconduct.model.microdata import Variable, missing_column
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.protect.base import Method, Treated, Work, account, described, methods, secured

DONE = Text("All values were removed.")


@methods
@dataclass(frozen=True, kw_only=True)
class Blank(Method):
    """Takes every value out of columns that stay, so that programs written for the original still find them.

    Meant for free text, where a name or a phone number may stand in any answer. Codes for missing answers go too: that
    somebody refused to answer says something about them.
    """

    name: ClassVar[str] = "blank"
    title: ClassVar[Text] = Text("Empty columns")
    says: ClassVar[Text] = Text("The column must stay in the file, but its answers say too much.")

    def in_words(self, columns: tuple[str, ...]) -> Text:
        """Which columns are emptied."""
        return say("All values of {columns} are removed; the columns stay.", columns=", ".join(columns))

    def treat(self, work: Work) -> Treated:
        """Put nothing in place of every value."""
        there = [one for name in work.columns for one in (name, missing_column(name)) if one in work.table.columns]
        empty = {name: pa.nulls(len(work.table), _kind(work.table, name)) for name in there}
        table = work.table.having(**empty)
        return Treated(
            table=table,
            file=described(work.file, work.columns, _emptied),
            account=account(work.table, table, work.columns),
        )


def _emptied(variable: Variable) -> Variable:
    """Names of answers go as well: a list of villages tells where people were asked."""
    return secured(replace(variable, categories=()), DONE)


def _kind(table: Table, name: str) -> pa.DataType:
    kind = table.arrow.schema.field(name).type
    return kind.value_type if pa.types.is_dictionary(kind) else kind
