"""XLSForm: the form behind an export of Kobo or ODK, in every language it has.

Read as the sheets stand, by https://xlsform.org; whether the form would work on a telephone is not asked here.
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from safeconduct.ingest.survey_asset import asset_rows, is_asset
from safeconduct.ingest.survey_base import Arrived, cannot_use
from safeconduct.ingest.survey_words import language
from safeconduct.ingest.survey_workbook import Workbook
from safeconduct.ingest.survey_zip import is_workbook, peek
from safeconduct.model.microdata import Category, Words
from safeconduct.model.text import say

WISHES = ("safeconduct::role", "safeconduct::action")
_OPENS = re.compile(r"begin[ _](group|repeat)\b.*", re.IGNORECASE)
_CLOSES = re.compile(r"end[ _](group|repeat)\b.*", re.IGNORECASE)
_SPOKEN = re.compile(r"(label|hint)\s*::?\s*(.+)", re.IGNORECASE)
Row = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Question:
    """One row of the form that can have an answer.

    Attributes:
        name: Its XML name.
        type: The first word of its type: `integer`, `select_one`, `note`.
        list: The list its answers come from, `""` for none.
        path: Names of the groups and repeats it stands in.
        repeat: The innermost repeat it stands in, `""` for none.
        labels: The question.
        hints: The hint.
        relevant: When it is asked.
        constraint: Which answers are let through.
        calculation: How it is computed.
        wish: What the author wants done to it.
    """

    name: str
    type: str
    list: str = ""
    path: tuple[str, ...] = ()
    repeat: str = ""
    labels: Words = field(default_factory=dict)
    hints: Words = field(default_factory=dict)
    relevant: str = ""
    constraint: str = ""
    calculation: str = ""
    wish: str = ""


@dataclass(frozen=True, kw_only=True)
class Repeat:
    """A group that is answered several times.

    Attributes:
        name: Its XML name.
        parent: The repeat it stands in, `""` for none.
        labels: What it is.
    """

    name: str
    parent: str = ""
    labels: Words = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form.

    Attributes:
        id: Its id.
        title: Its title.
        language: Language of its title and of texts without one.
        languages: Languages it has, in order.
        public_key: It asks for encrypted answers.
        questions: Its questions.
        repeats: Its repeats.
        choices: Its lists of answers.
    """

    id: str
    title: str
    language: str
    languages: tuple[str, ...]
    public_key: bool
    questions: tuple[Question, ...]
    repeats: tuple[Repeat, ...]
    choices: Mapping[str, tuple[Category, ...]]


def is_form(arrived: Arrived) -> bool:
    """Whether a workbook has the sheets of an XLSForm, by a look at its list of sheets, or is a form from a server."""
    if is_asset(arrived):
        return True
    if arrived.ending not in {".xlsx", ".xlsm"} or not is_workbook(arrived):
        return False
    sheets = re.findall(rb'name="(\w+)"', peek(arrived, "xl/workbook.xml").lower())
    return b"survey" in sheets and bool({b"choices", b"settings"} & set(sheets))


def form_of(arrived: Arrived) -> Form:
    """Read a form.

    Raises:
        BadInput: It has no questions, or its groups do not close.
    """
    book = arrived if is_asset(arrived) else Workbook(arrived)
    settings = next(iter(_rows(book, "settings")), {})
    default = language(settings.get("default_language", ""))
    questions, repeats = _walk(list(_rows(book, "survey")), default, arrived)
    if not questions:
        raise cannot_use(
            say("{file} has a sheet survey without questions; send the form as XLSForm.", file=arrived.base), arrived
        )
    words = [text for one in questions for text in (one.labels, one.hints)]
    return Form(
        id=settings.get("form_id") or settings.get("id_string") or arrived.stem,
        title=settings.get("form_title", ""),
        language=default,
        languages=tuple(dict.fromkeys(name for text in words for name in text if name)),
        public_key=bool(settings.get("public_key")),
        questions=tuple(questions),
        repeats=tuple(repeats),
        choices=_choices(book, default),
    )


def _rows(book: Workbook | Arrived, sheet: str) -> Iterator[Row]:
    if isinstance(book, Arrived):
        yield from asset_rows(book, sheet)
        return
    title = next((one for one in book.sheets if one.strip().lower() == sheet), "")
    if not title:
        return
    rows = book.rows(title)
    head = [(cell or "").strip() for cell in next((row for row in rows if row), ())]
    for row in rows:
        yield {name: cell.strip() for name, cell in zip(head, row, strict=False) if name and cell and cell.strip()}


def _walk(rows: Sequence[Row], default: str, arrived: Arrived) -> tuple[list[Question], list[Repeat]]:
    questions: list[Question] = []
    repeats: list[Repeat] = []
    stack: list[tuple[str, str]] = []
    for row in rows:
        sort = " ".join(row.get("type", "").split())
        if found := _OPENS.fullmatch(sort):
            if found.group(1).lower() == "repeat":
                repeats.append(
                    Repeat(name=row.get("name", ""), parent=_inner(stack), labels=_words(row, "label", default))
                )
            stack.append((found.group(1).lower(), row.get("name", "")))
        elif _CLOSES.fullmatch(sort):
            if not stack:
                raise cannot_use(
                    say("The form {file} closes a group that it did not open; correct the form.", file=arrived.base),
                    arrived,
                )
            stack.pop()
        elif sort and row.get("name"):
            questions.append(_question(row, sort, stack, default))
    return questions, repeats


def _question(row: Row, sort: str, stack: Sequence[tuple[str, str]], default: str) -> Question:
    first, *rest = sort.replace("select one", "select_one").replace("select multiple", "select_multiple").split()
    return Question(
        name=row["name"],
        type=first.lower(),
        list=rest[0] if rest and rest[0] != "or_other" else "",
        path=tuple(name for _, name in stack),
        repeat=_inner(stack),
        labels=_words(row, "label", default),
        hints=_words(row, "hint", default),
        relevant=row.get("relevant", ""),
        constraint=row.get("constraint", ""),
        calculation=row.get("calculation", ""),
        wish=" ".join(row[name] for name in WISHES if name in row),
    )


def _inner(stack: Sequence[tuple[str, str]]) -> str:
    return next((name for sort, name in reversed(stack) if sort == "repeat"), "")


def _words(row: Row, what: str, default: str) -> dict[str, str]:
    """Texts by language, from `label` and `label::Français (fr)`."""
    found: dict[str, str] = {}
    for name, text in row.items():
        if name.lower() == what:
            found[default] = text
        elif (spoken := _SPOKEN.fullmatch(name)) and spoken.group(1).lower() == what:
            found[language(spoken.group(2))] = text
    return found


def _choices(book: Workbook | Arrived, default: str) -> dict[str, tuple[Category, ...]]:
    found: dict[str, dict[str, Category]] = {}
    for row in _rows(book, "choices"):
        name, code = row.get("list_name") or row.get("list name") or "", row.get("name") or row.get("value") or ""
        if name and code:
            found.setdefault(name, {}).setdefault(code, Category(code=code, labels=_words(row, "label", default)))
    return {name: tuple(codes.values()) for name, codes in found.items()}
