"""Nobody alone with the size of their household."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa

from safeconduct.measures.codes import arrow_column, encode
from safeconduct.model.editions import Finding
from safeconduct.model.microdata import Design
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FileRule, Subject, at_least, file_rule, smallest
from safeconduct.release.linked import linked

SIZE = "·size"


@file_rule
@dataclass(frozen=True, kw_only=True)
class HouseholdSize(FileRule):
    """Stops a file in which the size of a household, counted from its members, points at few households.

    Suppressing the answer to "how many live here?" hides nothing where rows with the same household number can be
    counted.

    Attributes:
        minimum: Households that must have every size that occurs, 2 to 1,000,000; exactly as many are enough.
        with_keys: The counted size is also a key: every combination of keys and size is shared by `minimum` records.
    """

    name: ClassVar[str] = "household_size"
    title: ClassVar[Text] = Text("No rare household")

    minimum: int
    with_keys: bool = False

    def __post_init__(self) -> None:
        at_least("minimum", self.minimum, 2)

    def in_words(self) -> Text:
        """The minimum, in a sentence."""
        if self.with_keys:
            return say(
                "At least {minimum} households have each size that can be counted, and at least {minimum} records "
                "share each combination of that size with what others may know.",
                minimum=self.minimum,
            )
        return say("At least {minimum} households have each size that can be counted.", minimum=self.minimum)

    def check(self, subject: Subject) -> Finding:
        """Count members in every table that tells who lives together."""
        wrong = list(dict.fromkeys(self._wrong(subject)))
        if not wrong:
            return self.found(say("No size of household points at few households."), passed=True)
        files = ", ".join(wrong)
        return self.found(
            say("Sizes of households, counted from their members, that too few share: {files}.", files=files),
            passed=False,
            advice=say("Leave out the household's number in {files}, or the rows of the largest households.",
                       files=files),
        )  # fmt: skip

    def _wrong(self, subject: Subject) -> Iterator[str]:
        for file in subject.draft.files:
            table, design = linked(subject.draft.files, subject.tables, subject.roles, file.name)
            if design.household and len(table) and not self._holds(table, design):
                yield file.name

    def _holds(self, table: Table, design: Design) -> bool:
        homes, _ = encode(arrow_column(table, design.household))
        members = np.bincount(homes[homes >= 0])
        households = np.bincount(members) if len(members) else np.zeros(1, dtype=np.int64)
        if np.any((households > 0) & (households < self.minimum)):
            return False
        size = np.where(homes >= 0, members[homes] if len(members) else 1, 1)
        sized = table.having(**{SIZE: pa.array(size)})
        return not self.with_keys or smallest(sized, (*design.keys, SIZE), self.minimum)[1] == 0
