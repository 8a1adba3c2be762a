"""Columns that tell nothing."""

from collections.abc import Iterator
from typing import ClassVar

import pyarrow.compute as pc

from safeconduct.ingest.checking import Check, Issue, Survey, data_check
from safeconduct.model.text import Text, say


@data_check
class EmptyColumns(Check):
    """Columns without a value, or with one value in every row. They may be left out; nobody has to."""

    name: ClassVar[str] = "empty_columns"
    title: ClassVar[Text] = say("Columns that tell nothing")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every column of tables with two rows at least."""
        for rows in survey.tables.values():
            for name in rows.names if len(rows) > 1 else ():
                if not rows.answered(name).any():
                    yield self.issue(rows, (name,), say("{column} is empty in every row.", column=name), 0)
                elif rows.filled(name).all() and len(pc.unique(rows.cells(name))) == 1:
                    yield self.issue(rows, (name,), say("{column} is the same in every row.", column=name), 0)
