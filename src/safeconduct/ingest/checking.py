"""Checks of a data set before its roles are confirmed: what is odd, how many rows it concerns, and what could be done.

For insiders: an issue may hold a count. It never holds a value of a record; codes of a code list are no such values.
"""

from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import ClassVar

from safeconduct.ingest.described import Beside, Described
from safeconduct.model.microdata import DataFile, Roles
from safeconduct.model.recipe import Step
from safeconduct.model.registry import Plugin, Registry
from safeconduct.model.table import Table
from safeconduct.model.text import Text


@dataclass(frozen=True, kw_only=True)
class Issue:
    """Something a check found. For insiders.

    Attributes:
        check: Name of the check.
        file: Name of the table.
        columns: Columns it is about, `()` for whole rows.
        says: What is odd, in a sentence that may hold counts and never a value.
        rows: How many rows it concerns, 0 where it is about the column or only to be known.
        suggestion: A correction that would put it right, `None` where somebody must look.
    """

    check: str
    file: str
    columns: tuple[str, ...]
    says: Text
    rows: int
    suggestion: Step | None


@dataclass(frozen=True, kw_only=True)
class Survey:
    """What checks look at.

    Attributes:
        tables: Every table with its description, by name.
        roles: Roles as far as they are proposed or decided.
        today: The day of the check, `None` where nobody says; then no day is in the future.
    """

    tables: Beside
    roles: Roles = field(hash=False)
    today: date | None = None


class Check(Plugin, ABC):
    """One thing that may be wrong.

    Attributes:
        title: What people call it.
    """

    title: ClassVar[Text]

    @abstractmethod
    def find(self, survey: Survey) -> Iterator[Issue]:
        """Every place where it is wrong."""

    def issue(self, rows: Described, columns: Sequence[str], says: Text, count: int) -> Issue:
        """An issue of this check without a suggestion."""
        return Issue(
            check=self.name, file=rows.file.name, columns=tuple(columns), says=says, rows=count, suggestion=None
        )


data_check: Registry[Check] = Registry("check", "safeconduct.ingest.checks")


def check(
    tables: Mapping[str, Table], files: Sequence[DataFile], roles: Roles, *, today: date | None = None
) -> tuple[Issue, ...]:
    """Everything the checks find, in the order of the checks' names.

    Args:
        tables: Rows by name of the table, with their companions.
        files: Their descriptions; one whose rows are not there is left out.
        roles: Roles, proposed ones too: weights, households and places are found by them.
        today: The day of the check.
    """
    described = {file.name: Described(file=file, table=tables[file.name]) for file in files if file.name in tables}
    survey = Survey(tables=described, roles=roles, today=today)
    return tuple(issue for name in data_check for issue in data_check[name]().find(survey))


def suggested(issue: Issue, step: Step) -> Issue:
    """The issue with a correction that would put it right; the step is about the issue's table."""
    return replace(issue, suggestion=step)
