"""What a rule for files is, what it sees, and where such rules are found."""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import ClassVar, get_type_hints

import pyarrow as pa

from safeconduct.measures.codes import classes
from safeconduct.measures.frequencies import frequencies
from safeconduct.model.editions import FileAdmission, FileDraft, FileRelease, Finding
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import CONTRIBUTED, DataFile, Design, Roles, VariableRole, plain
from safeconduct.model.outcomes import Refusal
from safeconduct.model.policy import Policy, RuleSpec
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.study import Access, Study
from safeconduct.model.table import Table
from safeconduct.model.text import Text
from safeconduct.model.trees import read

FIGURES = "catalogue_figures"
"""The rule that says which figures of a variable may be told."""

NEEDED = ("no_direct_identifiers", "no_free_text", "everything_decided", FIGURES)
"""Rules that every protection level for files has."""


@dataclass(frozen=True, kw_only=True, repr=False)
class Earlier:
    """An edition that left before, with its rows.

    Attributes:
        release: The edition.
        tables: Its rows with their record codes, by name of the table.
    """

    release: FileRelease
    tables: Mapping[str, Table] = field(hash=False)

    def __repr__(self) -> str:
        """Which edition."""
        return f"Earlier({self.release.edition})"


@dataclass(frozen=True, kw_only=True, repr=False)
class Subject:
    """What a rule sees of a draft: its rows too, since a file is all of its rows. Its `repr` shows none.

    Attributes:
        draft: The draft.
        admission: What the first half of the gate said.
        tables: Rows with record codes and companions, by name of the table, checked against their digests.
        previous: Editions that left before.
    """

    draft: FileDraft
    admission: FileAdmission
    tables: Mapping[str, Table] = field(hash=False)
    previous: tuple[Earlier, ...] = ()

    def __repr__(self) -> str:
        """Which draft."""
        return f"Subject({self.draft!r})"

    @property
    def roles(self) -> Roles:
        """Role of each variable of the original, by table and name."""
        return self.draft.recipe.roles

    @cached_property
    def designs(self) -> dict[str, Design]:
        """What is what among the columns that are still there, by name of the table."""
        return {file.name: Design.of(self._kept(file)) for file in self.draft.files}

    def plain(self, file: str) -> Table:
        """A table as measures see it."""
        return plain(self.tables[file])

    def having(self, role: VariableRole) -> list[tuple[str, str]]:
        """Table and name of every variable that is still there with a role."""
        return [(file.name, name) for file in self.draft.files for name, now in self._kept(file).items() if now is role]

    def contributors(self, file: str) -> pa.ChunkedArray | None:
        """In code, which organisation each record of pooled data is from; `None` where data are not pooled."""
        table = self.tables[file]
        return table.arrow.column(CONTRIBUTED) if CONTRIBUTED in table.columns else None

    def _kept(self, file: DataFile) -> dict[str, VariableRole]:
        roles = self.roles.get(file.name, {})
        return {name: roles[name] for name in file.names if name in roles}


def smallest(table: Table, names: Sequence[str], minimum: int) -> tuple[int, int]:
    """The fewest records that share a combination of values, and how many records are in groups below a minimum.

    A missing value is a wildcard. An empty table has nobody to find: `(0, 0)`.
    """
    if not len(table):
        return 0, 0
    found = classes(table, names)
    counts = frequencies(found).of(found.of).sample
    return int(counts.min()), int((counts < minimum).sum())


@dataclass(frozen=True, kw_only=True)
class FileRule(Plugin, ABC):
    """One protection of files: a frozen dataclass whose fields are its parameters, whole numbers and words only.

    `admit` sees the study and public facts, never a row. `check` sees everything and changes nothing: a file is let
    through or not, it is never mended on the way, so that what reviewers looked at is what leaves.

    Attributes:
        title: What people call it.
    """

    title: ClassVar[Text]

    @property
    def least(self) -> int:
        """Rows a told figure must be about, as far as this rule goes."""
        return 1

    @property
    def organisations(self) -> int:
        """Organisations a told figure of pooled data must be about, as far as this rule goes."""
        return 0

    @abstractmethod
    def in_words(self) -> Text:
        """What it asks of a file with these parameters, in a sentence."""

    def admit(self, study: Study, access: Access, policy: Policy) -> Refusal | None:
        """A refusal, where the description alone shows that no file could leave."""
        del study, access, policy
        return None

    @abstractmethod
    def check(self, subject: Subject) -> Finding:
        """What it says of a draft. `public` and `advice` hold no count and name no value."""

    def statement(self, admission: FileAdmission) -> tuple[Text, ...]:
        """What a reader of the edition must know because of this rule."""
        del admission
        return ()

    def found(self, says: Text, *, passed: bool, advice: Text | None = None, public: Text | None = None) -> Finding:
        """A finding of this rule.

        Args:
            says: What was found, for insiders.
            passed: Whether the draft may leave as far as this rule goes.
            advice: What to do; left out where it passed.
            public: What outsiders are told, by default what the rule asks.
        """
        told = public or self.in_words()
        return Finding(rule=self.name, passed=passed, says=says, public=told, advice=None if passed else advice)


file_rule: Registry[FileRule] = Registry("file rule", "safeconduct.release.file_rules")


def build_file_rule(spec: RuleSpec) -> FileRule:
    """A rule with the parameters of a protection level.

    Raises:
        UnknownName: There is no such rule; the message offers the closest.
        BadInput: A parameter is unknown, missing, of the wrong kind or out of range; the message names it.
    """
    sort = file_rule[spec.name]
    spec.check(fields(sort))
    hints = get_type_hints(sort)
    return sort(**{name: read(hints[name], value, name) for name, value in spec.parameters.items()})


def file_rules_of(policy: Policy) -> tuple[FileRule, ...]:
    """The rules of a protection level for files, in its order.

    Raises:
        BadInput: A rule cannot be built, stands twice, or one that every level has is missing.
    """
    rules = tuple(build_file_rule(spec) for spec in policy.rules)
    names = [rule.name for rule in rules]
    if missing := [name for name in NEEDED if name not in names]:
        raise BadInput(f"the protection level {policy.name!r} needs the rule {missing[0]!r}", field="rule")
    if twice := [name for name in names if names.count(name) > 1]:
        raise BadInput(f"the protection level {policy.name!r} has the rule {twice[0]!r} twice", field="rule")
    return rules


def at_least(name: str, value: int, least: int, most: int = 1_000_000) -> None:
    """Hold a parameter to its range.

    Raises:
        BadInput: It is outside.
    """
    if not least <= value <= most:
        raise BadInput(f"{name} goes from {least} to {most}", field=name)
