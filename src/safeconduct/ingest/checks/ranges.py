"""Numbers and days that cannot be."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import ClassVar

from safeconduct.ingest.asked import Asked
from safeconduct.ingest.checking import Check, Issue, Survey, data_check, suggested
from safeconduct.ingest.conditions import Condition, days, limits, looks_at_today, understood
from safeconduct.ingest.described import Described
from safeconduct.ingest.households import about
from safeconduct.ingest.proposing_rules.words import listed, words
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Variable, VariableType
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say

OLDEST = 120
MONTHS = 12
NUMBERS = frozenset({VariableType.INTEGER, VariableType.NUMBER})
DAYS = frozenset({VariableType.DATE, VariableType.MOMENT})


@data_check
class Ranges(Check):
    """Answers the form does not let through, ages and counts that cannot be, days in the future or before a birth."""

    name: ClassVar[str] = "ranges"
    title: ClassVar[Text] = say("Values outside their range")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every column that has a range."""
        for rows in survey.tables.values():
            for name in rows.names:
                yield from self._constraint(rows, rows.variable(name), survey)
            yield from self._ages(rows)
            yield from self._counts(rows)
            yield from self._days(rows, survey)

    def _constraint(self, rows: Described, variable: Variable, survey: Survey) -> Iterator[Issue]:
        if not variable.constraint:
            return
        allowed = understood(variable.constraint)
        if allowed is None or (looks_at_today(allowed) and survey.today is None):
            yield self._unclear(rows, variable.name)
            return
        try:
            wrong = ~Asked(rows=rows, own=variable.name, today=survey.today).holds(allowed)
        except BadInput:
            yield self._unclear(rows, variable.name)
            return
        if count := int((wrong & rows.filled(variable.name)).sum()):
            says = say("{count} answers to {column} are outside what the form lets through.", count=count,
                       column=variable.name)  # fmt: skip
            yield self._with_limits(self.issue(rows, (variable.name,), says, count), variable, allowed)

    def _unclear(self, rows: Described, name: str) -> Issue:
        says = say("What the form lets through for {column} cannot be checked here; look at it by hand.", column=name)
        return self.issue(rows, (name,), says, 0)

    def _with_limits(self, issue: Issue, variable: Variable, allowed: Condition) -> Issue:
        """With a suggestion where the condition is nothing but a smallest and a largest whole number."""
        found = limits(allowed)
        if found is None or variable.type not in NUMBERS:
            return issue
        given = {name: text for name, text in zip(("low", "high"), found, strict=True) if text}
        return suggested(issue, Step(method="set_missing", columns=issue.columns, file=issue.file, parameters=given))

    def _ages(self, rows: Described) -> Iterator[Issue]:
        for name in about(rows.file, "age"):
            if name not in rows or not _is_age(rows.variable(name)):
                continue
            variable = rows.variable(name)
            most = OLDEST * MONTHS if _in_months(variable) else OLDEST
            numbers = rows.numbers(name)
            if count := int(((numbers < 0) | (numbers > most)).sum()):
                says = say(
                    "{count} ages in {column} are below zero or above {most}.", count=count, column=name, most=most
                )
                yield self._bounded(rows, name, says, count, {"low": "0", "high": str(most)})

    def _counts(self, rows: Described) -> Iterator[Issue]:
        for name in dict.fromkeys((*about(rows.file, "household_size"), *about(rows.file, "children"))):
            if name not in rows or rows.variable(name).type not in NUMBERS:
                continue
            if count := int((rows.numbers(name) < 0).sum()):
                says = say("{count} numbers of people in {column} are below zero.", count=count, column=name)
                yield self._bounded(rows, name, says, count, {"low": "0"})

    def _days(self, rows: Described, survey: Survey) -> Iterator[Issue]:
        dated = [name for name in rows.names if rows.variable(name).type in DAYS]
        births = [name for name in about(rows.file, "birth_date") if name in dated]
        if survey.today:
            for name in dated:
                yield from self._future(rows, name, survey.today)
        for birth in births:
            for name in dated:
                if count := int((rows.numbers(name) < rows.numbers(birth)).sum()):
                    says = say("{count} days in {column} are before the day in {birth}.", count=count, column=name,
                               birth=birth)  # fmt: skip
                    yield self.issue(rows, (name, birth), says, count)

    def _future(self, rows: Described, name: str, today: date) -> Iterator[Issue]:
        last = today + timedelta(days=1)  # a moment of tomorrow may be today elsewhere
        if count := int((rows.numbers(name) > days(last)).sum()):
            says = say("{count} days in {column} are in the future.", count=count, column=name)
            yield self._bounded(rows, name, says, count, {"high": last.isoformat()})

    def _bounded(self, rows: Described, name: str, says: Text, count: int, given: dict[str, str]) -> Issue:
        step = Step(method="set_missing", columns=(name,), file=rows.file.name, parameters=given)
        return suggested(self.issue(rows, (name,), says, count), step)


def _is_age(variable: Variable) -> bool:
    """Whether it is a number of its own, and no code of an age group."""
    return variable.type in NUMBERS and sum(not one.missing for one in variable.categories) <= 1


def _in_months(variable: Variable) -> bool:
    said = (variable.name, *variable.labels.values(), *variable.questions.values())
    return any(set(words(one)) & listed("months", "words") for one in said)
