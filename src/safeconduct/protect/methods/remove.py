"""Whole columns leave."""

from dataclasses import dataclass, replace
from typing import ClassVar

from safeconduct.model.microdata import DataFile, missing_column
from safeconduct.model.text import Text, say
from safeconduct.protect.base import Account, Method, Treated, Work, methods


@methods
@dataclass(frozen=True, kw_only=True)
class Remove(Method):
    """Takes columns out of the table, with everything that is known about them.

    A column that can be worked out from others, such as an age beside a date of birth, is not gone while they stay. A
    column that links the table to another takes the link with it.
    """

    name: ClassVar[str] = "remove"
    title: ClassVar[Text] = Text("Remove columns")
    says: ClassVar[Text] = Text("Nobody needs the column, or it says who somebody is.")

    def in_words(self, columns: tuple[str, ...]) -> Text:
        """Which columns leave."""
        return say("The columns {columns} are removed.", columns=", ".join(columns))

    def treat(self, work: Work) -> Treated:
        """Drop the columns and their companions."""
        left = frozenset(work.file.names) - frozenset(work.columns)
        return Treated(
            table=work.table.without(*work.columns, *map(missing_column, work.columns)),
            file=_unlinked(work.file.keeping(left), left),
            account=Account(removed=work.columns),
        )


def _unlinked(file: DataFile, left: frozenset[str]) -> DataFile:
    return file if left.issuperset(file.link) else replace(file, link=(), parent="")
