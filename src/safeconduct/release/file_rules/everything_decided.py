"""Somebody said of every column what it is."""

from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.editions import Finding
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FileRule, Subject, file_rule


@file_rule
@dataclass(frozen=True, kw_only=True)
class EverythingDecided(FileRule):
    """Stops a file with a column whose role nobody decided: what is not a key counts for nothing in every measure."""

    name: ClassVar[str] = "everything_decided"
    title: ClassVar[Text] = Text("Every column decided")

    def in_words(self) -> Text:
        """What must have been decided."""
        return say("Somebody decided of every column whether it could help to recognise a person.")

    def check(self, subject: Subject) -> Finding:
        """Look for columns without a role."""
        columns = ", ".join(
            f"{file.name}.{name}"
            for file in subject.draft.files
            for name in file.names
            if name not in subject.roles.get(file.name, {})
        )
        if not columns:
            return self.found(say("Every column has a role."), passed=True)
        return self.found(
            say("Nobody decided what these columns are: {columns}.", columns=columns),
            passed=False,
            advice=say("Decide what these columns are, or take them out: {columns}.", columns=columns),
        )
