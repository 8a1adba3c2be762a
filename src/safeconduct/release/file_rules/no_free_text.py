"""No text that somebody wrote freely."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.model.editions import Finding
from safeconduct.model.microdata import VariableRole
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FileRule, Subject, at_least, file_rule
from safeconduct.release.file_format import column_of


@file_rule
@dataclass(frozen=True, kw_only=True)
class NoFreeText(FileRule):
    """Stops a file with free text, whatever its role: what people write names people, places and dates.

    Attributes:
        longest: Letters a text may have, 10 to 1,000, unless the questionnaire lists it as an answer; one longer text
            is enough to stop the file.
    """

    name: ClassVar[str] = "no_free_text"
    title: ClassVar[Text] = Text("No free text")

    longest: int = 60

    def __post_init__(self) -> None:
        at_least("longest", self.longest, 10, 1000)

    def in_words(self) -> Text:
        """What may not be there."""
        return say("No text that people wrote freely is in the file, and no text longer than {longest} letters.",
                   longest=self.longest)  # fmt: skip

    def check(self, subject: Subject) -> Finding:
        """Look at roles and at the length of every text."""
        columns = ", ".join(dict.fromkeys(self._found(subject)))
        if not columns:
            return self.found(say("No column holds free text."), passed=True)
        return self.found(
            say("These columns hold free text: {columns}.", columns=columns),
            passed=False,
            advice=say("Take these columns out, or group their answers into a list: {columns}.", columns=columns),
        )

    def _found(self, subject: Subject) -> Iterator[str]:
        yield from (f"{file}.{name}" for file, name in subject.having(VariableRole.FREE_TEXT))
        for file in subject.draft.files:
            for variable in file.variables:
                values = column_of(subject.tables[file.name], variable.name)
                listed = pa.array([one.code for one in variable.categories], pa.string())
                if pa.types.is_string(values.type) and _long(values.drop_null(), listed, self.longest):
                    yield f"{file.name}.{variable.name}"


def _long(values: pa.Array, listed: pa.Array, longest: int) -> bool:
    long = values.filter(pc.greater(pc.utf8_length(values), longest))
    return bool(len(long)) and not pc.all(pc.is_in(long, listed)).as_py()
