"""Nobody's cases alone among the keys."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pyarrow as pa

from safeconduct.measures.codes import Whole, classes, encode
from safeconduct.measures.frequencies import alike
from safeconduct.model.editions import Finding
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FileRule, Subject, at_least, file_rule
from safeconduct.release.linked import linked


@file_rule
@dataclass(frozen=True, kw_only=True)
class ContributingOrganisations(FileRule):
    """Stops a file of pooled data in which a combination of key values is of fewer organisations than `minimum`.

    However many records share a combination: where all of them are one organisation's, whoever knows where that
    organisation works knows whose they are, and the organisation itself, leaving its own out, knows that nobody else
    has any. A missing value is a wildcard, as it is for `k_anonymity`. Records whose organisation is not known count
    for none. Data that are not pooled, and pools whose agreement lets the contributor's code leave, pass.

    Figures of the catalogue about fewer organisations are withheld, and others with them.

    Attributes:
        minimum: Organisations that must share every combination, 2 to 100; exactly as many are enough.
    """

    name: ClassVar[str] = "contributing_organisations"
    title: ClassVar[Text] = Text("No organisation alone")

    minimum: int

    def __post_init__(self) -> None:
        at_least("minimum", self.minimum, 2, 100)

    @property
    def organisations(self) -> int:
        """The minimum."""
        return self.minimum

    def in_words(self) -> Text:
        """The minimum, in a sentence."""
        return say(
            "Where several organisations pooled their records, every combination of what others may know of a person "
            "is shared by records of at least {minimum} organisations.",
            minimum=self.minimum,
        )

    def check(self, subject: Subject) -> Finding:
        """Count the organisations behind each combination, in every table of pooled data."""
        few = {file.name: self._few(subject, file.name) for file in subject.draft.files}
        wrong = {name: count for name, count in few.items() if count}
        if not wrong:
            return self.found(self.in_words(), passed=True)
        told = ", ".join(f"{name}: {count}" for name, count in wrong.items())
        return self.found(
            say("Records in combinations of fewer than {minimum} organisations: {told}.", minimum=self.minimum,
                told=told),
            passed=False,
            advice=say(
                "Group the values of {files} more coarsely, or suppress single values until no combination is one "
                "organisation's alone.",
                files=", ".join(wrong),
            ),
        )  # fmt: skip

    def _few(self, subject: Subject, name: str) -> int:
        """Records of a table whose combination is of too few organisations."""
        codes = subject.contributors(name)
        if codes is None or not len(codes):
            return 0
        table, design = linked(subject.draft.files, subject.tables, subject.roles, name)
        found = classes(table, design.keys)
        behind = np.count_nonzero(alike(found, _held(codes, found.of, len(found))) > 0, axis=0)
        return int(np.count_nonzero(behind[found.of] < self.minimum))


def _held(codes: pa.ChunkedArray, of: Whole, count: int) -> "np.ndarray[tuple[int, int], np.dtype[np.float64]]":
    """For each organisation, a row, how many of its records each class has; at least one row."""
    numbers, known = encode(codes)
    held = np.zeros((max(1, len(known)), count))
    there = numbers >= 0
    np.add.at(held, (numbers[there], of[there]), 1)
    return held
