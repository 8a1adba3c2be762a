"""What a treatment is, where treatments are found, and how one is made from a step of a plan."""

import re
from abc import ABC, abstractmethod
from collections.abc import Callable, Collection, Mapping
from dataclasses import MISSING, dataclass, field, fields, replace
from enum import Enum
from inspect import cleandoc
from typing import Any, ClassVar, get_args, get_origin, get_type_hints

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.measures.codes import arrow_column, gone, is_number
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Category, DataFile, Design, Variable
from safeconduct.model.recipe import Step
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.model.trees import read


@dataclass(frozen=True, kw_only=True, repr=False)
class Account:
    """What one step did, in counts of cells; for insiders.

    Attributes:
        changed: Cells that have another value now, by column.
        suppressed: Cells that had a value and have none now, by column.
        removed: Columns that are gone.
        recoded: Columns whose values mean something else now, with what they can be.
        note: What the steward should know besides.
    """

    changed: Mapping[str, int] = field(default_factory=dict, hash=False)
    suppressed: Mapping[str, int] = field(default_factory=dict, hash=False)
    removed: tuple[str, ...] = ()
    recoded: Mapping[str, tuple[Category, ...]] = field(default_factory=dict, hash=False)
    note: Text | None = None

    def __repr__(self) -> str:
        """The columns: the counts are about records."""
        return f"Account({', '.join([*self.changed, *self.suppressed, *self.removed])})"


@dataclass(frozen=True, kw_only=True, repr=False)
class Treated:
    """A table after one step.

    Attributes:
        table: The table.
        file: What is known about its columns now.
        account: What was done.
    """

    table: Table
    file: DataFile
    account: Account

    def __repr__(self) -> str:
        """Names alone."""
        return f"Treated({self.file.name!r})"


@dataclass(frozen=True, kw_only=True, repr=False)
class Work:
    """What a method is given: every column it names is there.

    Attributes:
        table: The table, plain; companion columns may be there and go with their column.
        file: What is known about its columns.
        columns: The columns to treat.
        design: Keys, weight and household, as far as they are still there.
        rng: Where randomness comes from; two runs of the same plan draw the same.
    """

    table: Table
    file: DataFile
    columns: tuple[str, ...]
    design: Design
    rng: np.random.Generator


@dataclass(frozen=True, kw_only=True)
class Method(Plugin, ABC):
    """One treatment: a frozen dataclass whose fields are its parameters; whole numbers, words, lists and maps only.

    Attributes:
        title: What people call it.
        says: What it is good for, in a sentence.
        asks: It needs columns; one that works on whole rows does not.
    """

    title: ClassVar[Text]
    says: ClassVar[Text]
    asks: ClassVar[bool] = True

    @abstractmethod
    def in_words(self, columns: tuple[str, ...]) -> Text:
        """What it does to these columns with these parameters, in a sentence; for insiders, who see the plan.

        What may be published stands in `Variable.security`, which names no parameter that would help an intruder.
        """

    @abstractmethod
    def treat(self, work: Work) -> Treated:
        """Do it; every column is known to be there."""

    def apply(
        self,
        table: Table,
        *,
        file: DataFile,
        columns: tuple[str, ...],
        design: Design,
        rng: np.random.Generator,
    ) -> Treated:
        """A safer table, what is known about it, and an account.

        Raises:
            BadInput: A column is not there, is there twice or cannot be treated so; the message says which, and never
                a value.
        """
        if self.asks and not columns:
            raise BadInput(say("the step '{step}' needs at least one column", step=self.name), field="columns")
        if len(set(columns)) < len(columns):
            raise BadInput(say("the step '{step}' names a column twice", step=self.name), field="columns")
        for name in columns:
            if name not in table.columns or name not in file:
                raise gone(name)
        return self.treat(Work(table=table, file=file, columns=columns, design=narrowed(design, file), rng=rng))


methods: Registry[Method] = Registry("treatment", "safeconduct.protect.methods")


def narrowed(design: Design, file: DataFile) -> Design:
    """The design without columns that are gone."""
    return Design(
        keys=tuple(name for name in design.keys if name in file),
        sensitive=tuple(name for name in design.sensitive if name in file),
        weight=design.weight if design.weight in file else "",
        household=design.household if design.household in file else "",
    )


@dataclass(frozen=True, kw_only=True)
class Parameter:
    """One parameter of a method, for forms.

    Attributes:
        name: What it is called.
        hint: Its type: `int`, `str`, `bool`, an enum, `tuple[str, ...]`, a mapping or a dataclass.
        default: What it is where nobody says, `None` where somebody must.
        needed: Somebody must say.
        says: What it means, from the method's own documentation.
    """

    name: str
    hint: Any
    default: object
    needed: bool
    says: str


def parameters_of(method: type[Method]) -> tuple[Parameter, ...]:
    """The parameters of a method, in order."""
    hints, told = get_type_hints(method), _documented(method.__doc__ or "")
    return tuple(
        Parameter(
            name=one.name,
            hint=hints[one.name],
            default=_default(one),
            needed=one.default is MISSING and one.default_factory is MISSING,
            says=told.get(one.name, ""),
        )
        for one in fields(method)
    )


def _default(one: Any) -> object:
    if one.default is not MISSING:
        return one.default
    return one.default_factory() if one.default_factory is not MISSING else None


def _documented(doc: str) -> dict[str, str]:
    """What the `Attributes` section says of each name, on one line."""
    told: dict[str, str] = {}
    name = ""
    for line in cleandoc(doc).partition("Attributes:\n")[2].split("\n\n")[0].splitlines():
        begins = re.match(r" {4}(\w+): (.*)", line)
        name, text = begins.groups() if begins else (name, line.strip())
        told[name] = f"{told.get(name, '')} {text}".strip()
    return told


def build(step: Step) -> Method:
    """The method of a step, with its parameters.

    Whole numbers are taken where text is wanted, so that a form may send `65` or `"65"`.

    Raises:
        UnknownName: There is no such method; the message offers the closest.
        BadInput: A parameter is unknown, missing, of the wrong kind or out of range; the message names it.
    """
    sort = methods[step.method]
    known = {one.name: one for one in parameters_of(sort)}
    if unknown := sorted(set(step.parameters) - set(known)):
        says = say("the step '{step}' has no parameter '{name}'", step=step.method, name=unknown[0][:60])
        raise BadInput(says, field=unknown[0])
    if missing := [name for name, one in known.items() if one.needed and name not in step.parameters]:
        raise BadInput(say("the step '{step}' needs '{name}'", step=step.method, name=missing[0]), field=missing[0])
    hints = {name: known[name].hint for name in step.parameters}
    return sort(**{name: read(hints[name], _as_text(hints[name], now), name) for name, now in step.parameters.items()})


def _as_text(hint: Any, value: object) -> object:
    """The value with whole numbers written out wherever the type wants text."""
    if hint is str:
        return str(value) if isinstance(value, int) and not isinstance(value, bool) else value
    inner = [one for one in get_args(hint) if one is not Ellipsis]
    if get_origin(hint) is tuple and isinstance(value, list | tuple) and len(inner) == 1:
        return [_as_text(inner[0], one) for one in value]
    if isinstance(value, Mapping) and len(inner) > 1:
        return {name: _as_text(inner[1], one) for name, one in value.items()}
    return value


def account(before: Table, after: Table, columns: Collection[str]) -> Account:
    """Counts of what became of each column's cells, for methods that leave rows where they are."""
    changed, suppressed = {}, {}
    for name in columns:
        was, now = arrow_column(before, name), arrow_column(after, name)
        gaps = pc.and_(pc.is_valid(was), pc.is_null(now))
        suppressed[name] = pc.sum(gaps).as_py() or 0
        changed[name] = _differ(was, now)
    return Account(
        changed={name: count for name, count in changed.items() if count},
        suppressed={name: count for name, count in suppressed.items() if count},
    )


def _differ(was: pa.ChunkedArray, now: pa.ChunkedArray) -> int:
    """Cells with a value that is not the one they had; where the sort of value changed, every one."""
    if was.type != now.type and not (is_number(was) and is_number(now)):
        return len(now) - int(now.null_count)
    same = pc.fill_null(pc.equal(was, now), fill_value=False)
    return int(pc.sum(pc.and_(pc.is_valid(now), pc.invert(same))).as_py() or 0)


def described(file: DataFile, columns: Collection[str], change: Callable[[Variable], Variable]) -> DataFile:
    """The same table with some variables described anew."""
    return replace(file, variables=tuple(change(one) if one.name in columns else one for one in file.variables))


def secured(variable: Variable, sentence: Text) -> Variable:
    """The variable with one more sentence on what was done to it against disclosure.

    Example:
        >>> from safeconduct.model.microdata import VariableType
        >>> secured(Variable(name="age", type=VariableType.INTEGER), Text("Ages were grouped.")).security
        'Ages were grouped.'
    """
    said = variable.security
    return variable if str(sentence) in said else replace(variable, security=f"{said} {sentence}".strip())


def options(choice: type[Enum]) -> str:
    """The values of a choice, for messages."""
    return ", ".join(str(one.value) for one in choice)
