"""Nothing that points at somebody by itself."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.editions import Finding
from safeconduct.model.microdata import VariableRole
from safeconduct.model.text import Text, say
from safeconduct.release.file_base import FileRule, Subject, file_rule
from safeconduct.release.file_format import column_of
from safeconduct.release.telltales import telltale

IDS = frozenset({VariableRole.HOUSEHOLD, VariableRole.WEIGHT})


@file_rule
@dataclass(frozen=True, kw_only=True)
class NoDirectIdentifiers(FileRule):
    """Stops a file with names, telephone numbers, e-mail addresses, coordinates or case numbers.

    It believes the roles, and looks again: at every value of every text, at numbers that are long and almost all
    different, at coordinates finer than a tenth of a degree. It knows shapes, and a person's name has none: a column of
    names is found only by what it is called and because its values are almost all different.
    """

    name: ClassVar[str] = "no_direct_identifiers"
    title: ClassVar[Text] = Text("No names or numbers of people")

    def in_words(self) -> Text:
        """What may not be there."""
        return say("No name, telephone number, e-mail address, exact place or case number of a person is in the file.")

    def check(self, subject: Subject) -> Finding:
        """Look at roles, names and values."""
        found = dict(_found(subject))
        if not found:
            return self.found(say("No column points at somebody by itself."), passed=True)
        told = "; ".join(f"{column}: {what}" for column, what in found.items())
        return self.found(
            say("These columns point at somebody by themselves: {columns}.", columns=told),
            passed=False,
            advice=say("Take these columns out, or group their values: {columns}.", columns=", ".join(found)),
        )


def _found(subject: Subject) -> Iterator[tuple[str, str]]:
    for table, name in subject.having(VariableRole.DIRECT):
        yield f"{table}.{name}", VariableRole.DIRECT.value
    for file in subject.draft.files:
        roles = subject.roles.get(file.name, {})
        for variable in file.variables:
            if roles.get(variable.name) in IDS or roles.get(variable.name) is VariableRole.DIRECT:
                continue
            if what := telltale(variable, column_of(subject.tables[file.name], variable.name)):
                yield f"{file.name}.{variable.name}", what.value
