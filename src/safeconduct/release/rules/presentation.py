"""Every cell that was asked for, found or not, says what it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import ClassVar

import pyarrow as pa

from safeconduct.model.errors import Unsafe
from safeconduct.model.outcomes import Admission, CellStatus, Draft
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.base import LAST, TOO_FEW, Rule, output_rule
from safeconduct.release.universe import Cell, cells, known, listed, names, status_of

Row = tuple[Cell, int | None, CellStatus, str]


@output_rule
@dataclass(frozen=True, kw_only=True)
class Presentation(Rule):
    """Lists every cell that was asked for and says what it is, from public facts where records say nothing.

    A cell nobody was found in is `suppressed` with the same reason as one with few people: a counted zero is a
    secret. `zero` is said only of areas that public facts know to hold nobody and where no cell ever stood.
    `not_observed`: no cell ever stood there, or the day's files are not there. Movements between very many areas are
    listed only where they are told; that is decided from the number of areas alone.
    """

    name: ClassVar[str] = LAST
    title: ClassVar[Text] = Text("Every cell says what it is")

    def in_words(self) -> Text:
        """What it does, in a sentence."""
        return say("Every area and day asked for is listed and says whether it is told, withheld or was not observed.")

    def apply(self, draft: Draft, admission: Admission) -> Draft:
        """List every cell, sorted by its keys."""
        found = _found(draft, admission)
        every: Iterable[Cell] = cells(draft.output, admission.facts)
        if not listed(draft.output, admission.facts):
            every = sorted((cell for cell, at in found.items() if draft.status[at] is CellStatus.VALUE), key=_place)
        events = reads(read_question(admission.spec).plan()).events
        facts = known(draft.output, admission.facts, events)
        return _rearranged(draft, [_row(cell, found.get(cell), draft, status_of(cell, facts)) for cell in every])

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """What a cell that is not listed means, and what is not observed means."""
        unseen = say("'not_observed' means that no antenna stood there, or that the day's files are missing.")
        if listed(admission.output, admission.facts):
            return (unseen,)
        return (unseen, say("Pairs of areas that are not listed are withheld or had nobody; they are not zero."))


def _found(draft: Draft, admission: Admission) -> dict[Cell, int]:
    """Rows of the draft by cell.

    Raises:
        Unsafe: A cell stands twice, or is none that was asked for.
    """
    columns = [draft.table.column(key.name) for key in draft.output.keys]
    found: dict[Cell, int] = {cell: at for at, cell in enumerate(zip(*columns, strict=True))}
    may_be = [frozenset(names(key, admission.facts)) for key in draft.output.keys]
    strange = any(name not in known for cell in found for name, known in zip(cell, may_be, strict=True))
    if strange or len(found) != len(draft.table):
        raise Unsafe("the draft holds cells that were not asked for, or one cell twice; nothing is released")
    return found


def _place(cell: Cell) -> tuple[tuple[bool, str], ...]:
    return tuple((name is None, str(name)) for name in cell)


def _row(cell: Cell, at: int | None, draft: Draft, fact: CellStatus | None) -> Row:
    if fact is not None:
        return cell, at, fact, LAST
    if at is None:
        return cell, at, CellStatus.SUPPRESSED, TOO_FEW
    return cell, at, draft.status[at], draft.reasons[at]


def _rearranged(draft: Draft, rows: list[Row]) -> Draft:
    take = pa.array([at for _, at, _, _ in rows], type=pa.int64())
    table = draft.table.arrow.take(take)
    keys: Mapping[str, pa.Array] = {
        key.name: pa.array([cell[at] for cell, _, _, _ in rows], type=table.schema.field(key.name).type)
        for at, key in enumerate(draft.output.keys)
    }
    evidence = draft.evidence.arrow.take(take)
    counts = {name: evidence.column(name).fill_null(0) for name in evidence.column_names}
    return replace(
        draft,
        table=Table(table).having(**keys),
        evidence=Table(evidence).having(**counts),
        status=tuple(status for _, _, status, _ in rows),
        reasons=tuple(reason for _, _, _, reason in rows),
    )
