"""Every cell that was asked for, found or not, says what it is."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from safeconduct.model.outcomes import Admission, CellStatus, Draft
from safeconduct.model.sightings import DataSchema
from safeconduct.model.text import Text, say
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.base import LAST, TOO_FEW, Rule, output_rule
from safeconduct.release.listing import Row, found_cells, rearranged
from safeconduct.release.universe import Cell, cells, known, listed, status_of

UNSEEN: Mapping[DataSchema, Text] = {
    DataSchema.PHONE: say("'not_observed' means that no antenna stood there, or that the day's files are missing."),
    DataSchema.SIGHTINGS: say("'not_observed' means that the source has no place there, or no files for the day."),
}


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
        found = found_cells(draft, admission)
        every: Iterable[Cell] = cells(draft.output, admission.facts)
        if not listed(draft.output, admission.facts):
            every = sorted((cell for cell, at in found.items() if draft.status[at] is CellStatus.VALUE), key=_place)
        events = reads(read_question(admission.spec).plan()).events
        facts = known(draft.output, admission.facts, events)
        return rearranged(draft, [_row(cell, found.get(cell), draft, status_of(cell, facts)) for cell in every])

    def statement(self, admission: Admission) -> tuple[Text, ...]:
        """What a cell that is not listed means, and what is not observed means."""
        unseen = UNSEEN[admission.facts.counted.schema]
        if listed(admission.output, admission.facts):
            return (unseen,)
        return (unseen, say("Pairs of areas that are not listed are withheld or had nobody; they are not zero."))


def _place(cell: Cell) -> tuple[tuple[bool, str], ...]:
    return tuple((name is None, str(name)) for name in cell)


def _row(cell: Cell, at: int | None, draft: Draft, fact: CellStatus | None) -> Row:
    if fact is not None:
        return cell, at, fact, LAST
    if at is None:
        return cell, at, CellStatus.SUPPRESSED, TOO_FEW
    return cell, at, draft.status[at], draft.reasons[at]
