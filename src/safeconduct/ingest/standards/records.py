"""Tables of case records: columns found in the standard, answers turned into its codes."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.standards.answers import Heading, answer, answers, fields_of, is_labels, truth
from safeconduct.ingest.standards.declared import FieldType, StandardField, htcds
from safeconduct.ingest.survey_base import Arrived, ReadTable
from safeconduct.ingest.survey_cells import TextTable, typed
from safeconduct.ingest.survey_names import ROW
from safeconduct.model.microdata import Category, Measurement, Variable, VariableType
from safeconduct.model.text import Text, say

LANGUAGE = ""
"""The standard is in English; its words stand for every reader until somebody translates them."""
AS_TEXT = frozenset({
    FieldType.TEXT, FieldType.LONG_TEXT, FieldType.PICK, FieldType.PICK_OR_TEXT, FieldType.SEVERAL,
    FieldType.ORGANISATION, FieldType.PERSON, FieldType.USER, FieldType.NOT_SAID,
})  # fmt: skip
"""Fields that are text whatever their values look like: a telephone number is none."""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A column of the table that is made of a file's.

    Attributes:
        variable: What is known about it.
        source: The file's column, from 0.
        change: What becomes of a cell that is not empty; `None` leaves it empty.
        text: It is text whatever it looks like.
    """

    variable: Variable
    source: int
    change: Callable[[str], str | None] = field(repr=False)
    text: bool = False


def as_cases(table: TextTable, arrived: Arrived, *, marks: str = "") -> tuple[ReadTable, tuple[Text, ...]]:
    """A table with the standard's names, labels, code lists and proposed roles.

    Args:
        table: Its cells as texts.
        arrived: The file it stands in.
        marks: Further marks of a missing number, between commas.

    Returns:
        The table, and what the steward must be told.
    """
    below = _label_row(table)
    headings = _headings(table, below)
    found = fields_of(headings)
    strange = _strange(table, found, skip=bool(below))
    made = list(_made(table.columns, headings, found, strange))

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in _without_first(table.batches(), skip=bool(below)):
            batch = _filled(batch)  # noqa: PLW2901 - the same batch, thinned
            cells = [_changed(batch.column(one.source), one.change) for one in made]
            yield pa.record_batch(cells, names=[one.variable.name for one in made])

    changed = TextTable(name=table.name, columns=tuple(one.variable.name for one in made), batches=batches)
    texts = frozenset(one.variable.name for one in made if one.text)
    known = {one.variable.name: one.variable for one in made}
    return typed(changed, known=known, texts=texts, marks=marks), _notes(headings, found, strange, arrived)


def _label_row(table: TextTable) -> Sequence[str | None]:
    """The first row where it says what the columns are, `()` where it is a case."""
    batch = next(table.batches(), None)
    row = [None if batch is None or not batch.num_rows else one[0].as_py() for one in (batch.columns if batch else ())]
    return row if is_labels(row) else ()


def _headings(table: TextTable, below: Sequence[str | None]) -> list[Heading]:
    """What people see above each column; where names stand alone in the header they are what is seen."""
    if below:
        return [Heading(seen or "", name) for name, seen in zip(table.columns, below, strict=True)]
    return [Heading(table.labels.get(name, name), name if name in table.labels else "") for name in table.columns]


def _without_first(batches: Iterator[pa.RecordBatch], *, skip: bool) -> Iterator[pa.RecordBatch]:
    for one in islice(batches, 1):
        yield one.slice(1) if skip else one
    yield from batches


def _filled(batch: pa.RecordBatch) -> pa.RecordBatch:
    """Without rows that hold nothing but the number a workbook gives every row."""
    if batch.schema.names[0] != ROW:
        return batch
    filled = [pc.greater(pc.utf8_length(pc.utf8_trim_whitespace(one)), 0) for one in batch.columns[1:]]
    mask = pa.array([False] * batch.num_rows)
    for one in filled:
        mask = pc.or_(mask, pc.fill_null(one, pa.scalar(value=False)))
    return batch.filter(mask)


def _strange(table: TextTable, found: Sequence[StandardField | None], *, skip: bool) -> set[int]:
    """Columns whose cells with several answers hold one that the list lacks; the whole file is looked at."""
    several = {at: one for at, one in enumerate(found) if one and one.several}
    strange: set[int] = set()
    for batch in _without_first(table.batches(), skip=skip) if several else ():
        for at, one in several.items():
            cells = batch.column(at).drop_null().unique().to_pylist()
            if any(not each.known for cell in cells for each in answers(one, cell)):
                strange.add(at)
    return strange


def _made(
    columns: Sequence[str], headings: Sequence[Heading], found: Sequence[StandardField | None], strange: set[int]
) -> Iterator[Made]:
    taken = {one.name.casefold() for one in found if one}
    for at, (name, heading, one) in enumerate(zip(columns, headings, found, strict=True)):
        if one is None:
            free = name if name.casefold() not in taken else f"{name}_{at + 1}"
            yield Made(variable=_stranger(free, heading), source=at, change=lambda cell: cell)
        elif one.several and not one.of_countries:
            if at in strange:
                yield Made(variable=described(one), source=at, change=str.strip, text=True)
            yield from (_choice(one, code, label, at) for code, label in htcds().choices(one).items())
        else:
            yield Made(variable=described(one), source=at, change=_change(one), text=one.type in AS_TEXT)


def _stranger(name: str, heading: Heading) -> Variable:
    labels = {"": heading.seen} if heading.seen and heading.seen != name else {}
    return Variable(name=name, type=VariableType.TEXT, labels=labels)


def described(one: StandardField) -> Variable:
    """What is known of a field's column before its cells are looked at."""
    choices = htcds().choices(one)
    label = one.label or one.name
    return Variable(
        name=one.name,
        type=VariableType.TEXT,
        labels={LANGUAGE: label},
        categories=tuple(Category(code=code, labels={LANGUAGE: text}) for code, text in choices.items()),
        measurement=Measurement.NOMINAL if choices else Measurement.UNKNOWN,
        questions={LANGUAGE: one.question or label},
        hints={LANGUAGE: one.says} if one.says else {},
        wish=one.propose.value,
    )


def choice_name(one: StandardField, code: str) -> str:
    """The column that says whether one of several answers was given."""
    return f"{one.name}_{code}"


def _choice(one: StandardField, code: str, label: str, at: int) -> Made:
    """A column for one of several answers: 1 if given, 0 if others were, nothing where none was."""
    base = described(one)
    variable = Variable(
        name=choice_name(one, code),
        type=VariableType.INTEGER,
        labels={LANGUAGE: f"{one.label}: {label}"},
        measurement=Measurement.NOMINAL,
        questions=base.questions,
        group=one.name,
        wish=base.wish,
    )
    return Made(variable=variable, source=at, change=lambda cell: _flag(one, code, cell))


def _flag(one: StandardField, code: str, cell: str) -> str | None:
    given = answers(one, cell)
    return None if not given else "1" if any(each.known and each.text == code for each in given) else "0"


def _change(one: StandardField) -> Callable[[str], str | None]:
    """What becomes of a cell of a field with one answer."""
    if one.type is FieldType.CHECKBOX:
        return _checkbox
    if one.several:
        return lambda cell: " ".join(each.text for each in answers(one, cell))
    if one.coded:
        return lambda cell: answer(one, cell).text
    return lambda cell: cell


def _checkbox(cell: str) -> str:
    said = truth(cell)
    return cell if said is None else "true" if said else "false"


def _changed(cells: pa.Array, change: Callable[[str], str | None]) -> pa.Array:
    """Cells after a change that is made once for each different one."""
    coded = cells.dictionary_encode()
    texts = [None if one is None or not one.strip() else change(one) for one in coded.dictionary.to_pylist()]
    return pa.array(texts, pa.string()).take(coded.indices)


def _notes(
    headings: Sequence[Heading], found: Sequence[StandardField | None], strange: set[int], arrived: Arrived
) -> tuple[Text, ...]:
    notes = [
        say("{column} has answers that its list in the standard does not have; it was kept as it is, beside a column "
            "for each answer.", column=one.name)
        for at, one in enumerate(found) if one and at in strange
    ]  # fmt: skip
    corrected = [one.name for heading, one in zip(headings, found, strict=True) if one and _contradicts(heading, one)]
    if corrected:
        notes.append(
            say("The hidden names of {count} columns of {file} contradict the labels people saw; the labels were "
                "believed: {columns}.", count=len(corrected), file=arrived.base, columns=", ".join(corrected))
        )  # fmt: skip
    return tuple(notes)


def _contradicts(heading: Heading, one: StandardField) -> bool:
    hidden = htcds().by_name.get(heading.hidden.strip().casefold())
    return hidden is not None and hidden is not one


def named(columns: Sequence[str]) -> Mapping[str, StandardField]:
    """The standard's fields among the columns of a table, by column; a column of one of several answers is left out."""
    return {name: htcds()[name] for name in columns if name in htcds()}


def columns_by_field(columns: Sequence[str]) -> Mapping[str, str]:
    """The column of a table that holds each field, the first where two do; spellings of the toolkit count.

    Example:
        >>> columns_by_field(["prs_First_Name", "age"])
        {'prs_FirstName': 'prs_First_Name'}
    """
    return {one.name: column for column, one in reversed(list(named(columns).items()))}


@lru_cache(maxsize=1)
def _one_answers() -> Mapping[str, tuple[str, str]]:
    """Field and code by every name a column of one answer may have, in small letters."""
    fields = [(name, one) for name, one in htcds().by_name.items() if htcds().choices(one)]
    return {f"{name}_{code}".casefold(): (one.name, code) for name, one in fields for code in htcds().choices(one)}


def plain_name(column: str) -> str:
    """A column's name as the standard writes it: without its group, and spelt as published; others stay.

    Example:
        >>> plain_name("person/prs_First_Name"), plain_name("vic_Methods_of_Control_DebtBondage")
        ('prs_FirstName', 'vic_MethodsOfControl_DebtBondage')
    """
    last = column.rsplit("/", 1)[-1]
    if last in htcds():
        return htcds()[last].name
    known = _one_answers().get(last.casefold())
    return last if known is None else choice_name(htcds()[known[0]], known[1])


def flags_of(columns: Sequence[str]) -> Mapping[str, Mapping[str, str]]:
    """Columns of one answer each, by field and code, in the order of the list.

    A form may ask for several answers where the standard has one, so that every field with a list is looked for.
    """
    found = defaultdict[str, dict[str, str]](dict)
    for column in columns:
        if known := _one_answers().get(column.casefold()):
            found[known[0]].setdefault(known[1], column)
    return {name: {code: mine[code] for code in htcds().choices(htcds()[name]) if code in mine}
            for name, mine in found.items()}  # fmt: skip
