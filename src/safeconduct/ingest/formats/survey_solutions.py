"""Exports of Survey Solutions: tab, Stata or SPSS files and the questionnaire."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, ClassVar

from safeconduct.ingest.survey_base import Arrived, Contents, ReadTable, SurveyFormat, cannot_use, formats, told
from safeconduct.ingest.survey_cells import typed
from safeconduct.ingest.survey_delimited import delimited, layout_of
from safeconduct.ingest.survey_names import table_name
from safeconduct.ingest.survey_statistics import Package, StatisticsFile
from safeconduct.ingest.survey_zip import left_out
from safeconduct.model.microdata import Category, DataFile, Measurement, Variable, VariableType
from safeconduct.model.study import Study
from safeconduct.model.text import Text, say

INTERVIEW = "interview__id"
NOT_ANSWERED = ("-999999999", "##N/A##")
DATA = {".tab", ".dta", ".sav"}
ABOUT = ("interview__", "assignment__", "export__readme")  # what the server did, not what people answered
QUESTIONNAIRE = ("document.json", "questionnaire.json")
Words = dict[str, str]


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A question of the questionnaire.

    Attributes:
        text: The question.
        label: Its short label.
        hint: Instruction to the interviewer.
        relevant: When it is asked.
        answers: Codes and what they stand for.
    """

    text: str
    label: str = ""
    hint: str = ""
    relevant: str = ""
    answers: tuple[Category, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Questionnaire:
    """A questionnaire.

    Attributes:
        title: Its title.
        questions: Questions by the name of their variable.
    """

    title: str = ""
    questions: Mapping[str, Asked] = field(default_factory=dict)


@formats
class SurveySolutionsSurvey(SurveyFormat):
    """Archives exported by Survey Solutions, unpacked; one table for interviews and one for each roster.

    Rosters are linked by `interview__id` and their own `…__id` columns. `-999999999` and `##N/A##` are user-missing
    codes, as are `.a` to `.z` in Stata files. The questionnaire, where it is there, gives questions and answers. Files
    about the work of interviewers are left out with a note.
    """

    name: ClassVar[str] = "survey_solutions"
    gathers: ClassVar[bool] = True

    def claims(self, arrived: Arrived) -> bool:
        """A data file with the column of interviews near its beginning."""
        return arrived.ending in DATA and INTERVIEW.encode() in arrived.head()

    def read(self, files: Sequence[Arrived], hints: Mapping[str, str]) -> Contents:
        """One table a file of answers."""
        data = [one for one in files if one.ending in DATA and not one.base.lower().startswith(ABOUT)]
        if not data:
            raise cannot_use(
                say("{file} is about interviews, not answers; send the whole export.", file=files[0].base), files[0]
            )
        asked = next((one for one in files if one.base.lower() in QUESTIONNAIRE), None)
        questionnaire = _questionnaire(asked) if asked else Questionnaire()
        tables: list[ReadTable] = []
        notes: list[Text] = []
        for arrived in data:
            read, guessed = _table(arrived, questionnaire, hints)
            tables.append(read)
            notes += guessed
        rest = [one.base for one in files if one not in data and one is not asked]
        title = questionnaire.title
        return Contents(
            tables=tuple(_linked(one, tables) for one in tables),
            format=self.name,
            study=Study(id=table_name(title).lower(), title={"": title}) if title else None,
            notes=(*notes, *left_out(rest)),
        )


def _table(
    arrived: Arrived, questionnaire: Questionnaire, hints: Mapping[str, str]
) -> tuple[ReadTable, tuple[Text, ...]]:
    if arrived.ending == ".tab":
        layout = layout_of(arrived, {"delimiter": "\t", **hints})
        table = delimited(arrived, layout)
        known = {name: _variable(name, questionnaire) for name in table.columns}
        texts = frozenset(name for name in table.columns if name.startswith("interview__"))
        return typed(table, known=known, texts=texts, marks=hints.get("missing", "")), layout.notes
    package = Package(reader=arrived.ending[1:], options={"user_missing": True}, clock=_no_clock)
    read = StatisticsFile(arrived, package, hints).table()
    variables = tuple(_told(one, questionnaire) for one in read.file.variables)
    return replace(read, file=replace(read.file, variables=variables)), ()


def _no_clock(shown: str) -> None:
    """Dates stand in these exports as texts."""
    del shown


def _variable(name: str, questionnaire: Questionnaire) -> Variable:
    base = Variable(name=name, type=VariableType.TEXT)
    own = name.startswith("interview__") or name.endswith("__id")
    return _told(base if own else replace(base, missing_codes=NOT_ANSWERED), questionnaire)


def _told(variable: Variable, questionnaire: Questionnaire) -> Variable:
    """A variable with what the questionnaire says of it; `q__3` is the answer 3 of a question with several."""
    stem, _, code = variable.name.partition("__")
    asked = questionnaire.questions.get(variable.name) or questionnaire.questions.get(stem)
    if not asked:
        return variable
    part = next((one for one in asked.answers if one.code == code.replace("n", "-", 1)), None) if code else None
    label = asked.label or asked.text
    if part:
        label = f"{label}: {next(iter(part.labels.values()), '')}"
    return replace(
        variable,
        labels=variable.labels or ({"": label} if label else {}),
        questions={"": asked.text} if asked.text else {},
        hints={"": asked.hint} if asked.hint else {},
        relevant=asked.relevant,
        categories=variable.categories or (() if code else asked.answers),
        measurement=Measurement.NOMINAL if asked.answers else variable.measurement,
        group=stem if code else variable.group,
    )


def _linked(read: ReadTable, tables: Sequence[ReadTable]) -> ReadTable:
    """A table with its own id and the ids of the rosters it stands in."""
    file = read.file
    if INTERVIEW not in file:
        return read
    ids = _ids(file)
    above = [one.file for one in tables if one is not read and INTERVIEW in one.file and set(_ids(one.file)) < set(ids)]
    parent = max(above, key=lambda one: len(_ids(one)), default=None)
    return replace(
        read,
        file=replace(
            file,
            key=(INTERVIEW, *ids),
            parent=parent.name if parent else "",
            link=(INTERVIEW, *_ids(parent)) if parent else (),
        ),
    )


def _ids(file: DataFile) -> tuple[str, ...]:
    return tuple(name for name in file.names if name.endswith("__id") and name not in {INTERVIEW, "assignment__id"})


def _questionnaire(arrived: Arrived) -> Questionnaire:
    with told(arrived), arrived.open() as stream:
        tree = _lower(json.loads(stream.read().decode("utf-8-sig")))
    if not isinstance(tree, dict):
        return Questionnaire()
    return Questionnaire(title=_plain(tree.get("title")), questions=dict(_questions(tree)))


def _lower(tree: Any) -> Any:
    """Names in small letters: versions differ in their capitals."""
    if isinstance(tree, dict):
        return {str(name).lower(): _lower(one) for name, one in tree.items()}
    return [_lower(one) for one in tree] if isinstance(tree, list) else tree


def _questions(tree: Mapping[str, Any]) -> Iterator[tuple[str, Asked]]:
    for one in tree.get("children") or ():
        if not isinstance(one, dict):
            continue
        name = one.get("variablename") or one.get("stataexportcaption") or one.get("variable")
        text = _plain(one.get("questiontext") or one.get("text"))
        if name and text:
            yield (
                str(name),
                Asked(
                    text=text,
                    label=_plain(one.get("variablelabel")),
                    hint=_plain(one.get("instructions")),
                    relevant=str(one.get("conditionexpression") or one.get("enablementcondition") or ""),
                    answers=tuple(_answers(one)),
                ),
            )
        yield from _questions(one)


def _answers(tree: Mapping[str, Any]) -> Iterator[Category]:
    for one in tree.get("answers") or tree.get("categories") or ():
        if not isinstance(one, dict):
            continue
        code = next(
            (one[name] for name in ("answercode", "answervalue", "code", "value") if one.get(name) is not None), ""
        )
        words = _plain(one.get("answertext") or one.get("text") or one.get("title"))
        if str(code):
            yield Category(code=re.sub(r"\.0+$", "", str(code)), labels={"": words} if words else {})


def _plain(text: object) -> str:
    """Without the marks of HTML."""
    broken = re.sub(r"<(?:br|/?p|/?div|/?li)\b[^>]{0,200}>", " ", str(text or ""), flags=re.IGNORECASE)
    return " ".join(re.sub(r"<[^>]{0,200}>", "", broken).split())
