"""Better words for a column and its codes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import ClassVar

from safeconduct.ingest.correcting import Corrected, Correction, corrected, correction, needs_columns
from safeconduct.ingest.described import Beside, Described
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Category, Variable, Words
from safeconduct.model.text import Text, say


@correction
@dataclass(frozen=True, kw_only=True)
class Relabel(Correction):
    """Changes what a column or its codes are called; no cell changes.

    Words of other languages stay. A code that the list lacks is added at its end; empty words take a label away.

    Attributes:
        labels: What the column is, by language.
        categories: What codes stand for, by code and language.
    """

    name: ClassVar[str] = "relabel"
    title: ClassVar[Text] = say("Change labels")
    says: ClassVar[Text] = say("Gives a column or its codes other words; no value changes.")

    labels: Mapping[str, str] = field(default_factory=dict, hash=False)
    categories: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        """Check that there are words.

        Raises:
            BadInput: There are none.
        """
        if not self.labels and not self.categories:
            raise BadInput(say("Write the label of the column, or labels of its codes."), field="labels")

    def in_words(self, columns: Sequence[str]) -> Text:
        """Which words change."""
        names = ", ".join(columns)
        if not self.categories:
            return say("{columns} gets another label.", columns=names)
        return say("Codes {codes} of {columns} get other labels.", columns=names, codes=", ".join(self.categories))

    def apply(self, rows: Described, *, columns: Sequence[str], beside: Beside) -> Corrected:
        """Change the words."""
        del beside
        needs_columns(columns, self.name)
        for column in columns:
            rows = rows.with_variable(column, self._described(rows.variable(column)))
        return corrected(rows, 0)

    def _described(self, variable: Variable) -> Variable:
        known = {one.code for one in variable.categories}
        added = tuple(
            Category(code=code, labels=merged({}, words), missing=code in variable.missing_codes)
            for code, words in self.categories.items()
            if code not in known
        )
        changed = tuple(
            replace(one, labels=merged(one.labels, self.categories.get(one.code, {}))) for one in variable.categories
        )
        return replace(variable, labels=merged(variable.labels, self.labels), categories=changed + added)


def merged(before: Words, after: Words) -> Words:
    """Words of one over those of the other; empty ones are taken away."""
    return {language: text for language, text in {**before, **after}.items() if text}
