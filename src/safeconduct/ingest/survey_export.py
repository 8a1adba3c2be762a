"""Columns of a form's export, found again in the form: groups, several answers to one question, names."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyarrow as pa
import pyarrow.compute as pc

from safeconduct.ingest.survey_base import Arrived, ReadTable, cannot_use
from safeconduct.ingest.survey_cells import TextTable, typed
from safeconduct.ingest.survey_xlsform import Form, Question
from safeconduct.model.microdata import Category, Measurement, Variable, VariableType
from safeconduct.model.text import Text, say

SEPARATORS = "/-:."
TEXTS = {"text", "image", "audio", "video", "file", "barcode", "time", "geopoint", "geotrace", "geoshape",
         "hidden", "username", "email", "phonenumber", "deviceid", "simserial", "subscriberid",
         "rank", "select_one_from_file", "select_multiple_from_file"}  # fmt: skip
NOTHING_IN_THEM = {"note"}
_SELECTED = ("1", "true", "yes")


@dataclass(frozen=True, kw_only=True)
class Place:
    """Where a table of an export stands.

    Attributes:
        form: The form it was collected with.
        repeat: The repeat it holds, `""` for the interviews.
        arrived: Its file.
        marks: Further marks of a missing number.
    """

    form: Form
    repeat: str
    arrived: Arrived
    marks: str = ""


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a column of an export is in the form.

    Attributes:
        question: The question.
        choice: The answer it tells of, of a question with several; `""` for the whole question.
    """

    question: Question
    choice: str = ""


@dataclass(frozen=True, kw_only=True)
class Made:
    """A column of the table that is made of an export's.

    Attributes:
        variable: What is known about it.
        source: The export's column.
        code: The one answer to look for in a cell of answers, `""` to take the cell as it is.
        flag: The cell says yes or no.
        text: It is text whatever it looks like.
    """

    variable: Variable
    source: int
    code: str = ""
    flag: bool = False
    text: bool = False


def matched(columns: Sequence[str], form: Form, repeat: str) -> list[Found | None]:
    """Each column's place in the form; `None` for columns the form does not have, such as `_uuid`."""
    known = _aliases([one for one in form.questions if one.repeat == repeat])
    return [_find(column, known, form) for column in columns]


def as_asked(table: TextTable, place: Place) -> tuple[ReadTable, tuple[Text, ...]]:
    """A table of an export with its questions' names, texts and answers.

    Raises:
        BadInput: Answers stand in it as they read on the telephone instead of as codes.
    """
    form = place.form
    found = matched(table.columns, form, place.repeat)
    strange = _strange_answers(table, found, form)
    made = list(_made(table.columns, found, form, strange))
    _refuse_labels(table, made, place.arrived)

    def batches() -> Iterator[pa.RecordBatch]:
        for batch in table.batches():
            arrays = [_cells(batch.column(one.source), one) for one in made]
            yield pa.record_batch(arrays, names=[one.variable.name for one in made])

    changed = TextTable(name=table.name, columns=tuple(one.variable.name for one in made), batches=batches)
    texts = frozenset(one.variable.name for one in made if one.text)
    known = {one.variable.name: one.variable for one in made}
    notes = [
        say("{column} has answers that its list in the form does not have; it was kept as it is, beside a column for "
            "each answer.", column=one)
        for one in sorted(strange)
    ]  # fmt: skip
    return typed(changed, known=known, texts=texts, marks=place.marks), tuple(notes)


def _aliases(questions: Sequence[Question]) -> dict[str, Question]:
    """Every way a header may write a question: with all its groups, or without the outer ones."""
    found: dict[str, Question] = {}
    twice: set[str] = set()
    for one in questions:
        path = (*one.path, one.name)
        for alias in {mark.join(path[at:]) for mark in SEPARATORS for at in range(len(path))}:
            if alias in found and found[alias] is not one:
                twice.add(alias)
            found[alias] = one
    whole = {mark.join((*one.path, one.name)): one for one in questions for mark in SEPARATORS}
    return {**{alias: one for alias, one in found.items() if alias not in twice}, **whole}


def _find(column: str, known: Mapping[str, Question], form: Form) -> Found | None:
    if column in known:
        return Found(question=known[column])
    for mark in SEPARATORS:
        head, _, choice = column.rpartition(mark)
        one = known.get(head)
        if one and one.type.startswith("select_multiple") and choice in _codes(one, form):
            return Found(question=one, choice=choice)
    return None


def _codes(question: Question, form: Form) -> dict[str, Category]:
    return {one.code: one for one in form.choices.get(question.list, ())}


def _made(columns: Sequence[str], found: Sequence[Found | None], form: Form, strange: set[str]) -> Iterator[Made]:
    detailed = {one.question.name for one in found if one and one.choice}
    for at, (name, one) in enumerate(zip(_names(columns, found), found, strict=True)):
        if one is None:
            yield Made(variable=Variable(name=name, type=VariableType.TEXT), source=at)
        elif one.choice:
            choice = _codes(one.question, form)[one.choice]
            yield Made(variable=_choice(one.question, choice, name), source=at, flag=True)
        elif _several(one.question):
            if one.question.name in strange:
                yield Made(variable=_asked(one.question, name, ()), source=at, text=True)
            for code, choice in {} if one.question.name in detailed else _codes(one.question, form).items():
                yield Made(variable=_choice(one.question, choice, f"{name}_{code}"), source=at, code=code)
        elif one.question.type not in NOTHING_IN_THEM:
            yield _single(one.question, name, at, form)


def _several(question: Question) -> bool:
    return question.type.startswith("select_multiple") and bool(question.list)


def _single(question: Question, name: str, at: int, form: Form) -> Made:
    categories = form.choices.get(question.list, ()) if question.type == "select_one" else ()
    text = question.type in TEXTS or any(not _whole(one.code) for one in categories)
    return Made(variable=_asked(question, name, categories), source=at, text=text)


def _names(columns: Sequence[str], found: Sequence[Found | None]) -> list[str]:
    """Short names where they are unique in the table, else with the groups before them."""
    short = [
        column if one is None else f"{one.question.name}_{one.choice}" if one.choice else one.question.name
        for column, one in zip(columns, found, strict=True)
    ]
    bare = [column.rsplit("/", 1)[-1] if one is None else name for column, name, one in zip(columns, short, found,
            strict=True)]  # fmt: skip
    count = Counter(name.casefold() for name in bare)
    return [
        name if count[name.casefold()] == 1 else "_".join(column.replace("-", "/").split("/"))
        for column, name in zip(columns, bare, strict=True)
    ]


def _asked(question: Question, name: str, categories: Sequence[Category]) -> Variable:
    return Variable(
        name=name,
        type=VariableType.TEXT,
        labels=question.labels,
        questions=question.labels,
        hints=question.hints,
        categories=tuple(categories),
        measurement=Measurement.NOMINAL if categories else Measurement.UNKNOWN,
        relevant=question.relevant,
        constraint=question.constraint,
        derivation=question.calculation,
        group="/".join(question.path),
        storage=question.type,
        wish=question.wish,
    )


def _choice(question: Question, choice: Category, name: str) -> Variable:
    """One answer of several: 1 if it was given, 0 if not, nothing where the question was not answered."""
    base = _asked(question, name, ())
    labels = {key: f"{question.labels.get(key, '')}: {text}".removeprefix(": ") for key, text in choice.labels.items()}
    return replace(base, labels=labels, group=question.name, measurement=Measurement.NOMINAL)


def _cells(texts: pa.Array, made: Made) -> pa.Array:
    empty = pc.equal(pc.utf8_trim_whitespace(pc.fill_null(texts, "")), "")
    nothing = pa.scalar(None, pa.string())
    if made.code:
        padded = pc.binary_join_element_wise(" ", pc.utf8_trim_whitespace(texts), " ", "")
        given = pc.match_substring(padded, f" {made.code} ")
        return pc.if_else(empty, nothing, pc.if_else(given, "1", "0"))
    if made.flag:
        given = pc.is_in(pc.utf8_lower(pc.utf8_trim_whitespace(texts)), value_set=pa.array(_SELECTED))
        return pc.if_else(empty, nothing, pc.if_else(given, "1", "0"))
    return texts


def _strange_answers(table: TextTable, found: Sequence[Found | None], form: Form) -> set[str]:
    """Questions with several answers that have one no list knows; the whole export is looked at."""
    several = {at: one.question for at, one in enumerate(found) if one and not one.choice and _several(one.question)}
    strange: set[str] = set()
    for batch in table.batches() if several else ():
        for at, question in several.items():
            given = pc.list_flatten(pc.utf8_split_whitespace(pc.utf8_trim_whitespace(batch.column(at).drop_null())))
            if set(pc.unique(given).to_pylist()) - {*_codes(question, form), ""}:
                strange.add(question.name)
    return strange


def _refuse_labels(table: TextTable, made: Sequence[Made], arrived: Arrived) -> None:
    """Answers as they read on the telephone cannot be told apart across languages."""
    batch = next(iter(table.batches()), None)
    for one in made if batch is not None else ():
        if not one.variable.categories or one.code or batch is None:
            continue
        given = set(pc.unique(batch.column(one.source).drop_null()).to_pylist()) - {""}
        labels = {text for choice in one.variable.categories for text in choice.labels.values()}
        codes = {choice.code for choice in one.variable.categories}
        if given and not given & codes and given <= labels:
            raise cannot_use(
                say(
                    "{column} in {file} has answers in words instead of codes; export again with XML values and"
                    " headers.",
                    file=arrived.base,
                    column=one.variable.name,
                ),
                arrived,
            )


def _whole(code: str) -> bool:
    return code.lstrip("-").isdigit() and (code == "0" or not code.lstrip("-").startswith("0"))
