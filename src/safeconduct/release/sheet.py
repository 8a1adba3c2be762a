"""Risk and utility of an edition as outsiders may see them: no counts of records, nothing that helps to find one."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace

from safeconduct.measures.loss import loss
from safeconduct.measures.risk import risk
from safeconduct.measures.telling import Line, lines
from safeconduct.model.editions import SheetLine
from safeconduct.model.microdata import Design, VariableRole, companions
from safeconduct.model.table import Table

RISKS = frozenset({"global_risk", "household_risk"})
"""Means over all records. How many records are alone, which combination is the riskiest and what a single column gives
away are left out: they would say where to begin."""

LOSSES = frozenset({"keys_suppressed", "kept", "distance", "correlation_change", "removed"})
BY_COLUMN = "changed."
BETWEEN = "."


def sheet_of(
    file: str, original: Table, treated: Table, roles: Mapping[str, VariableRole], recoded: Sequence[str] = ()
) -> tuple[SheetLine, ...]:
    """The lines of one table, beside the original's where that gives nothing away.

    Args:
        file: Name of the table.
        original: The rows as the engine gave them.
        treated: The rows as they would leave.
        roles: Role of each variable.
        recoded: Columns whose values mean something else now.
    """
    before, after = original.without(*companions(original)), treated.without(*companions(treated))
    design, now = _design(before, roles), _design(after, roles)
    was = {one.name: one.value for one in _risks(before, design)}
    risks = tuple(_line(file, one, was.get(one.name, "")) for one in _risks(after, now))
    lost = lines(loss(before, after, design, recoded=recoded))
    return (*risks, *(_line(file, one, "") for one in lost if one.name in LOSSES or one.name.startswith(BY_COLUMN)))


def settled(
    sheet: Sequence[SheetLine], tables: Mapping[str, Table], designs: Mapping[str, Design]
) -> Iterator[SheetLine]:
    """The same lines with the risk worked out anew from the rows that leave.

    What the author of a draft says of its risk is not believed; utility is compared with the original, which the
    release check does not have.
    """
    anew = {f"{file}{BETWEEN}{one.name}": one for file, table in tables.items() for one in _risks(table, designs[file])}
    said = {one.name for one in sheet}
    for one in sheet:
        now = anew.get(one.name)
        yield one if now is None else replace(one, says=now.says, after=now.value)
    for name, line in anew.items():
        if name not in said:
            yield replace(_line("", line, ""), name=name)


def _design(table: Table, roles: Mapping[str, VariableRole]) -> Design:
    return Design.of({name: role for name, role in roles.items() if name in table.columns})


def _risks(table: Table, design: Design) -> list[Line]:
    return [one for one in lines(risk(table, design)) if one.name in RISKS] if design.keys else []


def _line(file: str, line: Line, before: str) -> SheetLine:
    return SheetLine(
        name=f"{file}{BETWEEN}{line.name}",
        says=line.says,
        before=before,
        after=line.value,
        unit=line.unit,
        better=line.better,
    )
