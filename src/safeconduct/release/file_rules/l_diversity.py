"""Who cannot be told apart does not share a secret either."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import numpy as np

from safeconduct.measures.codes import Classes, arrow_column, classes, encode
from safeconduct.measures.diversity import diversity
from safeconduct.model.editions import Finding
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FileRule, Subject, at_least, file_rule
from safeconduct.release.linked import OF_PARENT, linked


@file_rule
@dataclass(frozen=True, kw_only=True)
class LDiversity(FileRule):
    """Stops a file in which all records that share a combination of keys also share a sensitive value.

    A missing answer counts as one more value: where some did not answer, nobody can be sure. Records of whom nothing
    sensitive is told at all share nothing. Different values may still be alike, such as two names of one illness.

    Attributes:
        minimum: Different values that must occur, 2 to 100; exactly as many are enough.

    References:
        Machanavajjhala et al. (2007), l-Diversity, doi:10.1145/1217299.1217302.
    """

    name: ClassVar[str] = "l_diversity"
    title: ClassVar[Text] = Text("No shared secret")

    minimum: int = 2

    def __post_init__(self) -> None:
        at_least("minimum", self.minimum, 2, 100)

    def in_words(self) -> Text:
        """The minimum, in a sentence."""
        return say(
            "Records that share what others may know have at least {minimum} different values of each "
            "sensitive answer.",
            minimum=self.minimum,
        )

    def check(self, subject: Subject) -> Finding:
        """Count different values in every group of every table."""
        wrong = dict(self._wrong(subject))
        if not wrong:
            return self.found(say("Every group has different sensitive values."), passed=True)
        told = ", ".join(f"{column}: {rows}" for column, rows in wrong.items())
        return self.found(
            say("Records whose group has fewer than {minimum} values: {told}.", minimum=self.minimum, told=told),
            passed=False,
            advice=say("Group the keys more coarsely, or take these columns out: {columns}.",
                       columns=", ".join(wrong)),
        )  # fmt: skip

    def _wrong(self, subject: Subject) -> Iterator[tuple[str, int]]:
        for file in subject.draft.files:
            table, design = linked(subject.draft.files, subject.tables, subject.roles, file.name)
            if not len(table) or not design.sensitive:
                continue
            whole = classes(table, design.keys)
            for name in design.sensitive:
                if rows := _shared(whole, table, name, self.minimum):
                    yield f"{file.name}.{name.split(OF_PARENT, maxsplit=1)[0]}", rows


def _shared(whole: Classes, table: Table, name: str, minimum: int) -> int:
    """Records in groups with too few values."""
    values, known = encode(arrow_column(table, name))
    told = diversity(whole, values).distinct[whole.of]
    all_values = diversity(whole, np.where(values < 0, len(known), values)).distinct[whole.of]
    return int(((told > 0) & (all_values < minimum)).sum())
