"""What a correction is, and how the steward's list of them is made good again from the original, step by step.

A correction looks at columns and conditions, never at one person: nobody's row can be named. Every change is a step
with parameters and a reason; leaving a step out undoes it.
"""

from abc import ABC, abstractmethod
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import ClassVar

from safeconduct.ingest.described import Beside, Described
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile
from safeconduct.model.recipe import Step
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree


@dataclass(frozen=True, kw_only=True)
class Corrected:
    """What a correction made.

    Attributes:
        table: The rows after it.
        file: The description after it.
        changed: Cells changed, or rows left out; 0 where only words changed. A number for insiders.
    """

    table: Table
    file: DataFile
    changed: int


@dataclass(frozen=True, kw_only=True)
class Correction(Plugin, ABC):
    """One way to correct a table: a frozen dataclass whose fields are its parameters, as `Step` keeps them.

    `apply` is pure: the same rows and parameters give the same result. It never touches a column it was not given,
    unless it leaves out whole rows, and it keeps companion columns and record codes beside their rows.

    Attributes:
        title: What people call it.
        says: What it does, for whoever chooses one.
    """

    title: ClassVar[Text]
    says: ClassVar[Text]

    @abstractmethod
    def in_words(self, columns: Sequence[str]) -> Text:
        """What it does to these columns with these parameters, in a sentence."""

    @abstractmethod
    def apply(self, rows: Described, *, columns: Sequence[str], beside: Beside) -> Corrected:
        """The table after it.

        Args:
            rows: The table and its description.
            columns: Columns it works on, in order.
            beside: Every table of the data set as it is now, this one too.

        Raises:
            BadInput: It cannot work on these columns; the message says why.
        """


correction: Registry[Correction] = Registry("correction", "safeconduct.ingest.corrections")


def build(step: Step) -> Correction:
    """The correction of a step.

    Raises:
        UnknownName: There is no such correction; the message offers the closest.
        BadInput: A parameter is unknown, missing or cannot be used; the message names it.
    """
    return from_tree(correction[step.method], step.parameters, where=step.method)


def corrected(rows: Described, changed: int) -> Corrected:
    """A result in the shape corrections give it."""
    return Corrected(table=rows.table, file=rows.file, changed=changed)


def needs_columns(columns: Sequence[str], correction_name: str) -> None:
    """Make sure that a correction was given columns.

    Raises:
        BadInput: There are none.
    """
    if not columns:
        raise BadInput(say("Choose the columns that {correction} is to work on.", correction=correction_name))


@dataclass(frozen=True, kw_only=True)
class StepChange:
    """What a step did.

    Attributes:
        step: The step.
        changed: Cells changed or rows left out.
    """

    step: Step
    changed: int


@dataclass(frozen=True, kw_only=True)
class Replayed:
    """A data set after its corrections.

    Attributes:
        tables: Rows by name of the table.
        files: Descriptions, in the order they came.
        changes: What each step did, in order.
    """

    tables: Mapping[str, Table]
    files: tuple[DataFile, ...]
    changes: tuple[StepChange, ...]


def correct(tables: Mapping[str, Table], files: Sequence[DataFile], steps: Sequence[Step]) -> Replayed:
    """A data set with all its corrections made, from the original.

    Args:
        tables: Rows by name of the table, with their companions and record codes.
        files: Their descriptions.
        steps: The corrections, in order; a step without a table's name is about the only one.

    Raises:
        BadInput: A step cannot be done; the message says which and why. Nothing is half done.
    """
    now = {file.name: Described(file=file, table=tables[file.name]) for file in files if file.name in tables}
    changes = []
    for number, step in enumerate(steps, start=1):
        name = _table(step, now, number)
        result = build(step).apply(now[name], columns=step.columns, beside=now)
        now[name] = Described(file=result.file, table=result.table)
        changes.append(StepChange(step=replace(step, file=name), changed=result.changed))
    return Replayed(
        tables={name: one.table for name, one in now.items()},
        files=tuple(now[file.name].file if file.name in now else file for file in files),
        changes=tuple(changes),
    )


def _table(step: Step, now: Mapping[str, Described], number: int) -> str:
    """Name of the table a step is about."""
    if not step.file and len(now) == 1:
        return next(iter(now))
    if step.file not in now:
        raise BadInput(
            say("Correction {number} needs the name of a table: {tables}.", number=number, tables=", ".join(now)),
            field="file",
        )
    for column in step.columns:
        now[step.file].variable(column)
    return step.file
