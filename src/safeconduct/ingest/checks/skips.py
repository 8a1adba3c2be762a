"""Answers to questions that were not to be asked."""

from collections.abc import Iterator
from typing import ClassVar

from safeconduct.ingest.asked import Asked
from safeconduct.ingest.checking import Check, Issue, Survey, data_check, suggested
from safeconduct.ingest.conditions import Condition, asked_about, looks_at_today, understood
from safeconduct.ingest.described import Described
from safeconduct.model.errors import BadInput
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say


@data_check
class Skips(Check):
    """Answers in rows where the form's condition says that the question is not asked.

    A condition we do not understand is left alone and told. One that never holds although there are answers is told
    too: the file may have labels where the form has codes.
    """

    name: ClassVar[str] = "skips"
    title: ClassVar[Text] = say("Answers where a question was skipped")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every question with a condition."""
        for rows in survey.tables.values():
            for name in rows.names:
                if rows.variable(name).relevant:
                    yield from self._skipped(rows, name, survey)

    def _skipped(self, rows: Described, name: str, survey: Survey) -> Iterator[Issue]:
        condition = understood(rows.variable(name).relevant)
        if condition is None or looks_at_today(condition):
            says = say("The condition of {column} is not understood here; check its skips by hand.", column=name)
            yield self.issue(rows, (name,), says, 0)
            return
        try:
            asked = Asked(rows=rows, own=name, today=survey.today).holds(condition)
        except BadInput:
            says = say("The condition of {column} looks at answers that are not in this table.", column=name)
            yield self.issue(rows, (name,), says, 0)
            return
        answered = rows.answered(name)
        if answered.any() and not asked.any():
            yield self._never(rows, name, condition)
        elif count := int((answered & ~asked).sum()):
            says = say("{count} rows have an answer to {column} where the form skips it.", count=count, column=name)
            step = Step(method="blank_skipped", columns=(name,), file=rows.file.name)
            yield suggested(self.issue(rows, (name,), says, count), step)

    def _never(self, rows: Described, name: str, condition: Condition) -> Issue:
        says = say("{column} has answers, but its condition never holds; are the codes of {others} those of the form?",
                   column=name, others=", ".join(sorted(asked_about(condition) - {""})))  # fmt: skip
        return self.issue(rows, (name,), says, int(rows.answered(name).sum()))
