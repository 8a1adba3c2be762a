"""Microdata: files of records about people or households, and what is known about their columns.

A user-missing code is not a value. In a table a cell that the file calls missing is `None`, and the code it had, such
as `a` for Stata's `.a` or `99` where SPSS calls 99 missing, stands as text in a companion column, `missing_column`.
Measures and methods see plain columns alone; writers put the code back.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from enum import StrEnum

import pyarrow as pa

from safeconduct.model.table import Table

Words = Mapping[str, str]
"""Text by language, BCP 47 such as `fr`; `""` is a language nobody named."""

RECORD = "·record"
"""Column that says which record a row is: int64, stable between versions of a data set, never released."""

CONTRIBUTED = "·contributor"
"""Column of a draft of pooled data that says in code which organisation a record is from; never released."""

MISSING_MARK = "·missing"


class VariableRole(StrEnum):
    """What a column is for whoever wants to recognise somebody; a column without one blocks the next step.

    `DIRECT` never reaches the analysis store. `GEOGRAPHY` counts as a key like `QUASI`. `HOUSEHOLD` is replaced by a
    code of ours on arrival and by another in every release. `FREE_TEXT` never leaves in a file for others.
    """

    DIRECT = "direct identifier"
    QUASI = "quasi-identifier"
    SENSITIVE = "sensitive"
    WEIGHT = "weight"
    HOUSEHOLD = "household id"
    GEOGRAPHY = "geography"
    FREE_TEXT = "free text"
    OTHER = "other"


KEYS = frozenset({VariableRole.QUASI, VariableRole.GEOGRAPHY})
"""Roles that count as key variables."""


class VariableType(StrEnum):
    """How a column's values are kept; `ARROW` says as what."""

    INTEGER = "integer"
    NUMBER = "number"
    TEXT = "text"
    BOOLEAN = "boolean"
    DATE = "date"
    MOMENT = "moment"


ARROW: Mapping[VariableType, pa.DataType] = {
    VariableType.INTEGER: pa.int64(),
    VariableType.NUMBER: pa.float64(),
    VariableType.TEXT: pa.string(),
    VariableType.BOOLEAN: pa.bool_(),
    VariableType.DATE: pa.date32(),
    VariableType.MOMENT: pa.timestamp("us"),
}
"""How a column of each type is kept, everywhere."""


class Measurement(StrEnum):
    """What may be done with a column's values."""

    NOMINAL = "nominal"
    ORDINAL = "ordinal"
    SCALE = "scale"
    UNKNOWN = "unknown"


@dataclass(frozen=True, kw_only=True)
class Category:
    """A code and what it stands for.

    Attributes:
        code: The value as text: `"1"`, `"1.5"`, `"M"`, or a user-missing code such as `"a"` or `"99"`.
        labels: What it stands for, by language.
        missing: It is a user-missing code: the cell is `None` and the code stands in the companion column.
    """

    code: str
    labels: Words = field(default_factory=dict, hash=False)
    missing: bool = False


@dataclass(frozen=True, kw_only=True)
class Variable:
    """What is known about a column.

    Attributes:
        name: The column's name, as the file has it.
        type: How its values are kept.
        labels: What it is, by language.
        categories: Value labels, in the file's order; labelled user-missing codes among them.
        missing_codes: Every code the file calls missing, labelled or not; single codes as text.
        missing_ranges: Ranges of numbers the file calls missing, both ends included, as texts; `-inf` and `inf` too.
        measurement: What may be done with its values.
        questions: The question as it was asked, by language.
        hints: Instruction to the interviewer, by language.
        universe: Who was asked, in words.
        relevant: When it was asked: the form's own condition (XLSForm `relevant`), `""` for always.
        constraint: Which answers the form let through (XLSForm `constraint`).
        group: The question this column is one choice of (select multiple), or the section it stands in.
        format: How the file shows it: Stata `%8.0g`, SPSS `F8.2`.
        storage: How the file kept it: Stata `byte`, `str20`; `""` where it does not say.
        width: Characters a text may take, 0 where the file does not say.
        unit: Unit of a number.
        derivation: How it was made from others, in words.
        security: What was done to it against disclosure, in words that may be published.
        wish: What the form's author wanted done to it (XLSForm `safeconduct::role`, `safeconduct::action`).
    """

    name: str
    type: VariableType
    labels: Words = field(default_factory=dict, hash=False)
    categories: tuple[Category, ...] = ()
    missing_codes: tuple[str, ...] = ()
    missing_ranges: tuple[tuple[str, str], ...] = ()
    measurement: Measurement = Measurement.UNKNOWN
    questions: Words = field(default_factory=dict, hash=False)
    hints: Words = field(default_factory=dict, hash=False)
    universe: str = ""
    relevant: str = ""
    constraint: str = ""
    group: str = ""
    format: str = ""
    storage: str = ""
    width: int = 0
    unit: str = ""
    derivation: str = ""
    security: str = ""
    wish: str = ""

    @property
    def label(self) -> str:
        """One label, whatever the language, the name where there is none."""
        return next((text for text in self.labels.values() if text), self.name)


@dataclass(frozen=True, kw_only=True)
class DataFile:
    """What is known about one table of a data set; holds no value of a record.

    Attributes:
        name: Name of the table, such as `members`; a word that can be a file's name.
        variables: Its columns, in order; companion columns are not among them.
        key: Columns that together say which row it is, `()` where nobody said.
        parent: Name of the table its rows belong to, `""` for none: members belong to households.
        link: Columns of this table that hold the parent's key.
        labels: What the table is, by language.
    """

    name: str
    variables: tuple[Variable, ...]
    key: tuple[str, ...] = ()
    parent: str = ""
    link: tuple[str, ...] = ()
    labels: Words = field(default_factory=dict, hash=False)

    def __getitem__(self, name: str) -> Variable:
        """The variable of that name.

        Raises:
            KeyError: There is none.
        """
        for one in self.variables:
            if one.name == name:
                return one
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        """Whether there is a variable of that name."""
        return any(one.name == name for one in self.variables)

    @property
    def names(self) -> tuple[str, ...]:
        """Names of its variables, in order."""
        return tuple(one.name for one in self.variables)

    def keeping(self, names: frozenset[str]) -> "DataFile":
        """The same table with these variables only."""
        return replace(
            self,
            variables=tuple(one for one in self.variables if one.name in names),
            key=self.key if names.issuperset(self.key) else (),
        )


@dataclass(frozen=True, kw_only=True)
class Column:
    """A column of one table of a data set, as people point at it.

    Attributes:
        file: Name of the table.
        name: Name of the variable.
    """

    file: str
    name: str

    def __str__(self) -> str:
        """`file.name`."""
        return f"{self.file}.{self.name}"


Roles = Mapping[str, Mapping[str, VariableRole]]
"""Role of each variable by table and name; a variable that is not there is undecided."""


def missing_column(name: str) -> str:
    """The companion column with the user-missing codes of a variable.

    Example:
        >>> missing_column("age")
        'age·missing'
    """
    return name + MISSING_MARK


def is_companion(name: str) -> bool:
    """Whether a column is ours: a companion, the record's code or its contributor's."""
    return name in {RECORD, CONTRIBUTED} or name.endswith(MISSING_MARK)


def companions(table: Table) -> Iterator[str]:
    """Names of the companion columns a table has."""
    return (name for name in table.columns if name.endswith(MISSING_MARK))


def plain(table: Table) -> Table:
    """The table as measures and methods see it: without companions and record codes."""
    return table.without(*(name for name in table.columns if is_companion(name)))


@dataclass(frozen=True, kw_only=True)
class Design:
    """What measures and methods must know of a table: which columns are what.

    Attributes:
        keys: Key variables, quasi-identifiers and geography, in order.
        sensitive: Sensitive variables.
        weight: The sampling weight, `""` for none: then the file counts as the whole population.
        household: The column that says which household a row belongs to, `""` for none.
    """

    keys: tuple[str, ...] = ()
    sensitive: tuple[str, ...] = ()
    weight: str = ""
    household: str = ""

    @classmethod
    def of(cls, roles: Mapping[str, VariableRole]) -> "Design":
        """The design that a table's roles make; of several weights or households the first counts."""

        def having(*wanted: VariableRole) -> tuple[str, ...]:
            return tuple(name for name, role in roles.items() if role in wanted)

        weights, households = having(VariableRole.WEIGHT), having(VariableRole.HOUSEHOLD)
        return cls(
            keys=having(*KEYS),
            sensitive=having(VariableRole.SENSITIVE),
            weight=weights[0] if weights else "",
            household=households[0] if households else "",
        )
