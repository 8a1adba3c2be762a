"""Records of cases against the standard they are written in."""

from collections.abc import Iterator
from typing import ClassVar

import numpy as np
import pyarrow.compute as pc

from safeconduct.ingest.checking import Check, Issue, Survey, data_check
from safeconduct.ingest.described import Described, Flags, flags
from safeconduct.ingest.standards.answers import answers
from safeconduct.ingest.standards.declared import FieldType, StandardField, htcds
from safeconduct.ingest.standards.records import flags_of, named
from safeconduct.ingest.survey_names import ROW
from safeconduct.model.consent import NEEDED, agreed_to_research, consent_columns, is_of_cases
from safeconduct.model.microdata import VariableType
from safeconduct.model.text import Text, say

TOLD = 10
BORN = "prs_Birthdate"
IN_ORDER = (
    ("cas_IncomingReferralDate", "cas_OutgoingReferralDate"),
    ("cas_RegistrationDate", "cas_OutgoingReferralDate"),
)
"""Days of which the second cannot be before the first."""


@data_check
class CaseStandard(Check):
    """Core fields that are lacking, answers no list knows, several where one may be, days out of order, no consent.

    Rows are told by their number in the workbook, or by counting from 1 where it has none.

    References:
        Human Trafficking Case Data Standard 2.0, https://github.com/UNMigration/HTCDS.
    """

    name: ClassVar[str] = "case_standard"
    title: ClassVar[Text] = say("Records of cases against their standard")

    def find(self, survey: Survey) -> Iterator[Issue]:
        """Look at every table of cases."""
        for rows in survey.tables.values():
            if is_of_cases(rows.file):
                yield from self._core(rows)
                for name, one in named(rows.names).items():
                    yield from self._answers(rows, name, one)
                yield from self._days(rows)
                yield from self._consent(rows)

    def _core(self, rows: Described) -> Iterator[Issue]:
        there = {one.name for one in named(rows.names).values()} | set(flags_of(rows.names))
        lacking = [one.name for one in htcds().core if one.name not in there]
        if lacking and len(lacking) < len(htcds().core):
            says = say("{count} core fields of the standard are not in the table: {names}.", count=len(lacking),
                       names=", ".join(lacking))  # fmt: skip
            yield self.issue(rows, (), says, 0)
        given_up = [name for name, one in named(rows.names).items() if one.status == "deprecated"]
        if given_up:
            says = say("The standard gave up these fields: {names}.", names=", ".join(given_up))
            yield self.issue(rows, given_up, says, 0)

    def _answers(self, rows: Described, name: str, one: StandardField) -> Iterator[Issue]:
        if one.coded:
            strange, many = _listed(rows, name, one)
            says = say(
                "Answers to {column} are not in its list in rows {rows}.", column=name, rows=_told(rows, strange)
            )
            yield from self._found(rows, (name,), says, strange)
            says = say("{column} takes one answer and has several in rows {rows}.", column=name, rows=_told(rows, many))
            yield from self._found(rows, (name,), says, many)
        wrong = _not_of_type(rows, name, one)
        yield from self._found(rows, (name,), _says_type(one, name, _told(rows, wrong)), wrong)
        if one.pattern:
            odd = _texts_failing(rows, name, one.pattern)
            says = say("{column} is not written as the standard asks in rows {rows}.", column=name,
                       rows=_told(rows, odd))  # fmt: skip
            yield from self._found(rows, (name,), says, odd)

    def _days(self, rows: Described) -> Iterator[Issue]:
        dated = [name for name, one in named(rows.names).items() if one.type is FieldType.DATE]
        pairs = [*((BORN, name) for name in dated if name != BORN), *IN_ORDER]
        for first, then in pairs:
            if first in dated and then in dated and _are_days(rows, first, then):
                with np.errstate(invalid="ignore"):
                    wrong: Flags = rows.numbers(then) < rows.numbers(first)
                says = say("The day in {then} is before the day in {first} in rows {rows}.", then=then, first=first,
                           rows=_told(rows, wrong))  # fmt: skip
                yield from self._found(rows, (then, first), says, wrong)

    def _consent(self, rows: Described) -> Iterator[Issue]:
        columns = consent_columns(rows.file)
        if not columns:
            says = say("The table does not tell who agreed to research: it needs the columns {names}. Until then no "
                       "record of it enters anything for others.", names=", ".join(NEEDED))  # fmt: skip
            yield self.issue(rows, (), says, len(rows))
            return
        yes = agreed_to_research([rows.cells(one) for one in columns], [rows.variable(one) for one in columns])
        if count := int((~flags(yes)).sum()):
            says = say("{count} records do not say yes to research; they enter nothing for others.", count=count)
            yield self.issue(rows, columns, says, count)

    def _found(
        self, rows: Described, columns: tuple[str, ...] | list[str], says: Text, wrong: Flags
    ) -> Iterator[Issue]:
        if count := int(wrong.sum()):
            yield self.issue(rows, columns, says, count)


def _listed(rows: Described, name: str, one: StandardField) -> tuple[Flags, Flags]:
    """Rows with an answer no list knows, and rows with several where there may be one."""
    texts = rows.texts(name)
    strange, many = [], []
    for cell in pc.unique(texts.drop_null()).to_pylist():
        found = answers(one, cell.replace(" ", htcds().separator) if one.of_countries else cell)
        if len(found) > 1 and not one.several and all(each.known for each in found):
            many.append(cell)
        elif not all(each.known for each in found):
            strange.append(cell)
    return _among(rows, name, strange), _among(rows, name, many)


def _among(rows: Described, name: str, cells: list[str]) -> Flags:
    return flags(pc.is_in(rows.texts(name), value_set=pc.cast(cells, rows.texts(name).type))) & rows.filled(name)


def _not_of_type(rows: Described, name: str, one: StandardField) -> Flags:
    """Rows of a column that stayed text because something in it is no day, number, or yes or no."""
    if rows.variable(name).type is not VariableType.TEXT or one.type not in PATTERNS:
        return np.zeros(len(rows), dtype=np.bool_)
    return _texts_failing(rows, name, PATTERNS[one.type])


def _texts_failing(rows: Described, name: str, pattern: str) -> Flags:
    return rows.filled(name) & ~flags(pc.match_substring_regex(rows.texts(name), f"(?:{pattern})"))


def _are_days(rows: Described, *names: str) -> bool:
    return all(rows.variable(name).type in {VariableType.DATE, VariableType.MOMENT} for name in names)


PATTERNS = {
    FieldType.DATE: r"^\s*[0-9]{4}-[0-9]{2}-[0-9]{2}",
    FieldType.NUMBER: r"^\s*-?[0-9]+(\.[0-9]+)?\s*$",
    FieldType.PLACE: r"^\s*-?[0-9]{1,3}(\.[0-9]+)?\s*$",
    FieldType.CHECKBOX: r"^(true|false)$",
}
"""What a text must look like to be of a type."""


def _says_type(one: StandardField, column: str, rows: str) -> Text:
    if one.type is FieldType.DATE:
        return say("Answers to {column} are no days written 2026-03-01 in rows {rows}.", column=column, rows=rows)
    if one.type is FieldType.CHECKBOX:
        return say("Answers to {column} are neither yes nor no in rows {rows}.", column=column, rows=rows)
    return say("Answers to {column} are no numbers in rows {rows}.", column=column, rows=rows)


def _told(rows: Described, wrong: Flags) -> str:
    """The first rows found, by the workbook's own number or their place."""
    own = ROW in rows and rows.variable(ROW).type is VariableType.INTEGER and bool(rows.filled(ROW).all())
    numbers = rows.numbers(ROW) if own else np.arange(1, len(rows) + 1)
    found = [str(int(one)) for one in numbers[wrong]]
    return ", ".join(found[:TOLD]) + (" …" if len(found) > TOLD else "")
