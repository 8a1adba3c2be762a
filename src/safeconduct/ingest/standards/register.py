"""A registration register as declared: its tables, what each column is proposed to be, and its code lists."""

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property

from safeconduct.ingest.standards.declared import FieldType, declaration
from safeconduct.model.microdata import Category, DataFile, Measurement, Variable, VariableRole, VariableType
from safeconduct.model.trees import from_tree

TEXTS = frozenset({FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PICK})


@dataclass(frozen=True, kw_only=True)
class RegisterField:
    """One column of a register.

    Attributes:
        name: Its name.
        label: What people see above it.
        type: What it holds.
        propose: The role it is proposed to have.
        needed: A table without it is not this table.
        codes: Its code list, `""` for none.
        says: What a reader would get wrong without it.
    """

    name: str
    label: str
    type: FieldType
    propose: VariableRole
    needed: bool = False
    codes: str = ""
    says: str = ""


@dataclass(frozen=True, kw_only=True)
class RegisterTable:
    """One table of a register.

    Attributes:
        name: Its name.
        title: What people call it.
        key: Columns that say which row it is, in every snapshot.
        fields: Its columns, in order.
        parent: The table its rows belong to, `""` for none.
        link: Columns that hold the parent's key.
    """

    name: str
    title: str
    key: tuple[str, ...]
    fields: tuple[RegisterField, ...]
    parent: str = ""
    link: tuple[str, ...] = ()

    @cached_property
    def by_heading(self) -> Mapping[str, RegisterField]:
        """Its columns by name and by label, folded."""
        return {folded(text): one for one in self.fields for text in (one.label, one.name)}

    @property
    def needed(self) -> frozenset[str]:
        """Names of the columns it cannot be without."""
        return frozenset(one.name for one in self.fields if one.needed)

    def named(self, headings: Iterable[str]) -> dict[str, RegisterField]:
        """Its columns among headings, by heading; a column is found once."""
        found: dict[str, RegisterField] = {}
        for heading in headings:
            one = self.by_heading.get(folded(heading))
            if one is not None and one not in found.values():
                found[heading] = one
        return found


@dataclass(frozen=True, kw_only=True)
class Order:
    """Two days of one table, the second of which cannot be before the first."""

    table: str
    first: str
    then: str


@dataclass(frozen=True, kw_only=True)
class Register:
    """A register.

    Attributes:
        name: What commands call it.
        title: Its title.
        version: Its version.
        licence: Under which conditions.
        says: What it is.
        tables: Its tables, parents first.
        orders: Days that follow each other.
        codes: Code lists by name: labels by code.
    """

    name: str
    title: str
    version: str
    licence: str
    says: str
    tables: tuple[RegisterTable, ...]
    orders: tuple[Order, ...]
    codes: Mapping[str, Mapping[str, str]] = field(hash=False)

    def __getitem__(self, name: str) -> RegisterTable:
        """The table of that name."""
        return next(one for one in self.tables if one.name == name)

    def table_of(self, headings: Iterable[str]) -> RegisterTable | None:
        """The table that has these headings: all it needs is there, and no other table has more of them.

        Example:
            >>> found = register().table_of(["Individual number", "Specific need", "Known since"])
            >>> found.name if found else ""
            'needs'
        """
        seen = list(headings)
        named = {one: {each.name for each in one.named(seen).values()} for one in self.tables}
        whole = [one for one in self.tables if one.needed <= named[one]]
        return max(whole, key=lambda one: len(named[one]), default=None)

    def choices(self, one: RegisterField) -> Mapping[str, str]:
        """Labels by code of a column, empty where it has no list."""
        return self.codes.get(one.codes, {})

    def coded(self, one: RegisterField, cell: str) -> str:
        """A cell as its code where its list knows it by code or label, as it stands where not."""
        known = {folded(text): code for code, label in self.choices(one).items() for text in (label, code)}
        return known.get(folded(cell), cell.strip())

    def described(self, one: RegisterField) -> Variable:
        """What is known of a column before its cells are looked at."""
        choices = self.choices(one)
        return Variable(
            name=one.name,
            type=VariableType.TEXT,
            labels={"": one.label},
            categories=tuple(Category(code=code, labels={"": label}) for code, label in choices.items()),
            measurement=Measurement.NOMINAL if choices else Measurement.UNKNOWN,
            hints={"": one.says} if one.says else {},
            wish=one.propose.value,
        )


def folded(text: str) -> str:
    """A text without case and white space that does not show."""
    return " ".join(text.split()).casefold()


@cache
def register() -> Register:
    """The declaration."""
    return from_tree(Register, tomllib.loads(declaration("register.toml")))


def registered_as(file: DataFile) -> RegisterTable | None:
    """Which table of a register a table is, by its columns' names, `None` for another one."""
    return register().table_of(file.names)
