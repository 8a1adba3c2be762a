"""Rows that are there twice, and keys that are not keys."""

from collections.abc import Iterator
from typing import ClassVar

from safeconduct.ingest.checking import Check, Issue, Survey, data_check, suggested
from safeconduct.ingest.described import Described, flags
from safeconduct.ingest.selections import repeated
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say


@data_check
class Duplicates(Check):
    """Rows the same as an earlier one in every column; different rows with the same key; rows without a key."""

    name: ClassVar[str] = "duplicates"
    title: ClassVar[Text] = say("Repeated rows and keys")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every table."""
        for rows in survey.tables.values():
            yield from self._whole(rows)
            if rows.file.key and set(rows.file.key) <= set(rows.names):
                yield from self._keys(rows)

    def _whole(self, rows: Described) -> Iterator[Issue]:
        if count := int(repeated(rows, ()).sum()):
            says = say("{count} rows are the same as an earlier row in every column.", count=count)
            step = Step(method="drop_duplicates", columns=(), file=rows.file.name)
            yield suggested(self.issue(rows, (), says, count), step)

    def _keys(self, rows: Described) -> Iterator[Issue]:
        key = rows.file.key
        again = repeated(rows, key) & ~repeated(rows, ())
        if count := int(again.sum()):
            says = say("{count} rows have the key of an earlier row but differ from it.", count=count)
            yield self.issue(rows, key, says, count)
        if count := int((~flags(rows.keys(key).is_valid())).sum()):
            says = say("{count} rows have no complete key.", count=count)
            yield self.issue(rows, key, says, count)
