"""What a draft and a table are held to by the gate, before and after the rules."""

from safeconduct.model.errors import Unsafe
from safeconduct.model.outcomes import (
    Admission,
    CellStatus,
    Draft,
    Evidence,
)
from safeconduct.model.output import Measure, Output
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.query.question import Question
from safeconduct.query.spec import read_question

MARGIN, STATUS, REASON = "margin", "status", "reason"


def check_draft(draft: Draft, admission: Admission, wanted: frozenset[Evidence]) -> None:
    """Hold a draft to its admission.

    Raises:
        Unsafe: It is another question's, lacks evidence, holds a value nobody stands behind, or was seeded.
    """
    if draft.seeded:
        raise Unsafe(say("the draft was made with a known seed, which undoes its protection; make it without one"))
    if draft.output != admission.output or _answer_id(draft, admission) != admission.answer_id:
        raise Unsafe(say("the draft answers another question, or was made from other data; ask the question again"))
    rows = len(draft.table)
    if not {Evidence.PEOPLE, *wanted} <= set(draft.evidence.columns):
        raise Unsafe(say("the draft lacks evidence that its protection level looks at; nothing is released"))
    if draft.table.columns != draft.output.names or {len(draft.status), len(draft.reasons)} != {rows}:
        raise Unsafe(say("the draft is not of the shape that was admitted; nothing is released"))
    counts = {name: draft.evidence.column(name) for name in draft.evidence.columns}
    if any(len(column) != rows or any(count is None or count < 0 for count in column) for column in counts.values()):  # type: ignore[operator]  # counts, or a TypeError that decide tells
        raise Unsafe(say("the draft's evidence does not fit its rows; nothing is released"))
    for value in draft.output.values:
        column = draft.table.column(value.name)
        if value.measure is Measure.PEOPLE and column != counts[Evidence.PEOPLE]:
            raise Unsafe(say("a number of people is not the number of contributors; nothing is released"))


def check_table(table: Table, output: Output) -> None:
    """Hold what is about to leave to what a release promises.

    Raises:
        Unsafe: A withheld cell carries a value, a told one carries none, or a column is not of the answer.
    """
    if table.columns != (*output.names, MARGIN, STATUS, REASON):
        raise Unsafe(say("a column that is not of the answer was about to leave; nothing is released"))
    for name in (*(value.name for value in output.values), MARGIN):
        for number, status in zip(table.column(name), table.column(STATUS), strict=True):
            if not _fits(number, str(status)):
                raise Unsafe(say("a withheld figure was about to leave; nothing is released"))


def _fits(number: object, status: str) -> bool:
    match status:
        case CellStatus.VALUE:
            return number is not None
        case CellStatus.ZERO:
            return number == 0
        case _:
            return number is None


def _answer_id(draft: Draft, admission: Admission) -> str:
    made = draft.provenance
    question = Question(
        query=read_question(made.spec), dataset=made.dataset, partitions=made.partitions, facts=admission.facts
    )
    same = made.geography == admission.facts.geography.id and made.data_version == question.data_version
    answer_id = question.answer_id(admission.policy.id, waits=admission.waits)
    return answer_id if same and made.spec_id == question.query.spec_id else ""
