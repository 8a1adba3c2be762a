"""Another name for a column."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from safeconduct.ingest.correcting import Corrected, Correction, corrected, correction
from safeconduct.ingest.described import Beside, Described
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile, is_companion, missing_column
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say


@correction
@dataclass(frozen=True, kw_only=True)
class Rename(Correction):
    """Gives a column another name; its codes for no answer, keys, links and conditions of this table follow.

    Attributes:
        to: The new name.
    """

    name: ClassVar[str] = "rename"
    title: ClassVar[Text] = say("Rename a column")
    says: ClassVar[Text] = say("Gives a column another name; no value changes.")

    to: str

    def __post_init__(self) -> None:
        """Check the name.

        Raises:
            BadInput: It is empty or one of ours.
        """
        if not self.to.strip() or is_companion(self.to):
            raise BadInput(say("Write the new name of the column."), field="to")

    def in_words(self, columns: Sequence[str]) -> Text:
        """Which name becomes which."""
        return say("{columns} is renamed to {to}.", columns=", ".join(columns), to=self.to)

    def apply(self, rows: Described, *, columns: Sequence[str], beside: Beside) -> Corrected:
        """Rename it everywhere in this table."""
        del beside
        if len(columns) != 1:
            raise BadInput(say("Choose one column to rename."), field="columns")
        old = rows.variable(columns[0]).name
        if old != self.to and self.to in rows.table.columns:
            raise BadInput(say("There is a column {column} already.", column=self.to), field="to")
        names = {old: self.to, missing_column(old): missing_column(self.to)}
        table = rows.table.arrow.rename_columns([names.get(name, name) for name in rows.table.columns])
        return corrected(Described(file=self._described(rows.file, old), table=Table(table)), 0)

    def _described(self, file: DataFile, old: str) -> DataFile:
        said = re.compile(r"\$\{\s*" + re.escape(old) + r"\s*\}")

        def put(text: str) -> str:
            return said.sub(lambda _: f"${{{self.to}}}", text)

        return replace(
            file,
            key=tuple(self.to if name == old else name for name in file.key),
            link=tuple(self.to if name == old else name for name in file.link),
            variables=tuple(
                replace(
                    one,
                    name=self.to if one.name == old else one.name,
                    relevant=put(one.relevant),
                    constraint=put(one.constraint),
                )
                for one in file.variables
            ),
        )
