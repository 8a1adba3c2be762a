"""The description of a study as a form: its fields in five parts, and how each is asked for and read back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from enum import StrEnum
from typing import Literal, assert_never

from markupsafe import Markup

from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput
from safeconduct.model.study import REQUIRED, Study
from safeconduct.model.text import Text, say
from safeconduct.model.trees import to_tree
from safeconduct.present import blocks
from safeconduct.present.blocks import GroupCell, Input, TextAsked
from safeconduct.present.words import Words
from safeconduct.server.descriptions import ABOUT, HELD_TO, MADE
from safeconduct.server.forms import Filled


class Part(StrEnum):
    """A part of the form; each is a page of its own, so that little is lost where a line breaks."""

    WHAT = "what"
    WHO = "who"
    WHERE = "where"
    HOW = "how"
    USE = "use"


class Sort(StrEnum):
    """How a field is asked for: by language, on one line, line by line, or as a list of its own."""

    WORDS = "words"
    LINE = "line"
    LINES = "lines"
    LIST = "list"


@dataclass(frozen=True, kw_only=True)
class Asked:
    """A field of the description.

    Attributes:
        name: Its name in `model.study.Study`.
        label: What people call it.
        sort: How it is asked for.
        cells: Columns of a list; the first one must be there.
        rows: Lines of a box.
        hint: How to write it.
    """

    name: str
    label: Text
    sort: Sort = Sort.WORDS
    cells: tuple[GroupCell, ...] = ()
    rows: int = 3
    hint: Text | str = ""


PARTY = (
    GroupCell(key="name", label=say("Name")),
    GroupCell(key="role", label=say("Part it had")),
    GroupCell(key="affiliation", label=say("Belongs to")),
    GroupCell(key="address", label=say("E-mail or web address")),
)
COUNTRY = (
    GroupCell(key="name", label=say("Name")),
    GroupCell(key="code", label=say("Code of three letters"), hint="TCD"),
)
PERIOD = (
    GroupCell(key="first", label=say("From"), hint="2026-03"),
    GroupCell(key="last", label=say("Until"), hint="2026-05"),
    GroupCell(key="label", label=say("What it was")),
)
TERM = (
    GroupCell(key="text", label=say("Word")),
    GroupCell(key="vocabulary", label=say("From which list")),
    GroupCell(key="uri", label=say("Where the list is")),
)
PARTS: Mapping[Part, tuple[Text, tuple[Asked, ...]]] = {
    Part.WHAT: (say("What it is"), (
        Asked(name="title", label=say("Title"), rows=2, hint=say("As it stands on the report.")),
        Asked(name="subtitle", label=ABOUT["subtitle"], rows=2),
        Asked(name="abstract", label=ABOUT["abstract"], rows=6),
        Asked(name="kind", label=say("Kind of data"), sort=Sort.LINE, hint=say("Such as Sample survey data [ssd].")),
        Asked(name="study_type", label=say("Type of study"), sort=Sort.LINE),
        Asked(name="series", label=ABOUT["series"], rows=2),
        Asked(name="keywords", label=say("Keywords"), sort=Sort.LIST, cells=TERM),
        Asked(name="topics", label=say("Topics"), sort=Sort.LIST, cells=TERM),
    )),
    Part.WHO: (say("Who made it"), (
        Asked(name="producers", label=say("Who made it"), sort=Sort.LIST, cells=PARTY),
        Asked(name="publisher", label=say("Who gives it out"), sort=Sort.LIST, cells=PARTY),
        Asked(name="funders", label=say("Who paid"), sort=Sort.LIST, cells=PARTY),
        Asked(name="collectors", label=say("Who collected"), sort=Sort.LIST, cells=PARTY),
        Asked(name="contacts", label=say("Whom to ask"), sort=Sort.LIST, cells=PARTY),
    )),
    Part.WHERE: (say("Of whom, where and when"), (
        Asked(name="universe", label=ABOUT["universe"]),
        Asked(name="unit", label=ABOUT["unit"], rows=2, hint=say("Such as household, or person.")),
        Asked(name="countries", label=say("Countries"), sort=Sort.LIST, cells=COUNTRY),
        Asked(name="places", label=ABOUT["places"]),
        Asked(name="geographic_unit", label=ABOUT["geographic_unit"], rows=2),
        Asked(name="collected", label=say("When it was collected"), sort=Sort.LIST, cells=PERIOD),
        Asked(name="periods", label=say("Time it is about"), sort=Sort.LIST, cells=PERIOD),
    )),
    Part.HOW: (say("How it was made"), (
        *(Asked(name=name, label=label) for name, label in MADE.items()),
        Asked(name="limits", label=say("Who is missing, and what is biased"), rows=5,
              hint=say("It stands in everything that leaves.")),
    )),
    Part.USE: (say("How it may be used"), (
        Asked(name="confidentiality", label=HELD_TO["confidentiality"]),
        Asked(name="conditions", label=HELD_TO["conditions"]),
        Asked(name="restrictions", label=HELD_TO["restrictions"]),
        Asked(name="citation", label=say("How to cite"), rows=2),
        Asked(name="disclaimer", label=HELD_TO["disclaimer"]),
        Asked(name="version", label=HELD_TO["version"], rows=2),
        Asked(name="notes", label=HELD_TO["notes"]),
        Asked(name="related", label=say("Publications and studies it belongs with"), sort=Sort.LINES,
              hint=say("One a line, as people cite them.")),
    )),
}  # fmt: skip


def part_of(name: str) -> Part:
    """The part a field stands in, or the one of that name; the first one where there is none."""
    if name in set(Part):
        return Part(name)
    return next((part for part, (_, asked) in PARTS.items() if any(one.name == name for one in asked)), Part.WHAT)


def label_of(name: str) -> Text:
    """What people call a field of the description."""
    return next((one.label for _, asked in PARTS.values() for one in asked if one.name == name), Text(name))


def after(part: Part) -> Part | None:
    """The part that follows, `None` after the last."""
    every = list(Part)
    at = every.index(part) + 1
    return every[at] if at < len(every) else None


def languages_in(study: Study) -> tuple[str, ...]:
    """Languages that any text of a description is in."""
    texts = [getattr(study, one.name) for _, asked in PARTS.values() for one in asked if one.sort is Sort.WORDS]
    return tuple(dict.fromkeys(code for one in texts for code, text in one.items() if code and text))


def controls(filled: Filled, study: Study, part: Part, languages: Sequence[str]) -> Iterator[Markup]:
    """Every control of a part, with what the description says now, or what was just sent."""
    for one in PARTS[part][1]:
        now = to_tree(getattr(study, one.name))
        value = read_one(filled.values, one) if filled.values else now
        yield _control(filled, one, value, languages)


def _control(filled: Filled, one: Asked, value: Json, languages: Sequence[str]) -> Markup:
    words, required = filled.words, one.name in REQUIRED
    match one.sort:
        case Sort.WORDS:
            texts = {code: str(text) for code, text in value.items()} if isinstance(value, dict) else {}
            return blocks.languages_beside(words, TextAsked(
                name=one.name, label=one.label, values=texts, languages=languages, required=required, hint=one.hint,
                error=filled.error(one.name), rows=one.rows,
            ))  # fmt: skip
        case Sort.LIST:
            rows = [_row(row) for row in value] if isinstance(value, list) else []
            return _error(filled, one) + blocks.repeated_group(words, one.name, one.label, cells=one.cells, rows=rows,
                                                               required=required)  # fmt: skip
        case Sort.LINE | Sort.LINES:
            return _typed(words, one, value, filled.error(one.name))
        case _:
            assert_never(one.sort)


def _row(row: Json) -> dict[str, str]:
    return {name: str(text) for name, text in row.items()} if isinstance(row, dict) else {}


def _error(filled: Filled, one: Asked) -> Markup:
    found = filled.error(one.name)
    return blocks.notice(filled.words, found, tone="problem") if found else Markup("")


def _typed(words: Words, one: Asked, value: Json, error: Text | str) -> Markup:
    text = "\n".join(map(str, value)) if isinstance(value, list) else str(value or "")
    sort: Literal["textarea", "text"] = "textarea" if one.sort is Sort.LINES else "text"
    control = Input(name=one.name, label=one.label, sort=sort, value=text, hint=one.hint, error=error, required=False)
    return blocks.field(words, control)


def read_part(form: Mapping[str, str], part: Part, study: Study) -> dict[str, Json]:
    """The fields of a part that a form changes, as the verb takes them.

    Raises:
        BadInput: A line of a list lacks its first column; the field is named.
    """
    known = {one.name for one in fields(Study)}
    sent = {one.name: read_one(form, one) for one in PARTS[part][1] if one.name in known}
    for one in PARTS[part][1]:
        _check(one, sent[one.name])
    return {name: value for name, value in sent.items() if value != _plain(to_tree(getattr(study, name)))}


def read_one(form: Mapping[str, str], one: Asked) -> Json:
    """What a form says of one field."""
    match one.sort:
        case Sort.WORDS:
            return dict(blocks.read_languages(form, one.name))
        case Sort.LIST:
            rows = blocks.read_rows(form, one.name, [cell.key for cell in one.cells])
            return [{key: text for key, text in row.items() if text} for row in rows]
        case Sort.LINES:
            return [line.strip() for line in form.get(one.name, "").splitlines() if line.strip()]
        case Sort.LINE:
            return form.get(one.name, "").strip()
        case _:
            assert_never(one.sort)


def _plain(value: Json) -> Json:
    """What a description holds, without empty texts: the way a form sends it."""
    return {code: text for code, text in value.items() if text} if isinstance(value, dict) else value


def _check(one: Asked, value: Json) -> None:
    if one.sort is not Sort.LIST or not isinstance(value, list):
        return
    first = one.cells[0]
    if any(isinstance(row, dict) and first.key not in row for row in value):
        raise BadInput(say("Fill in the first column of every line."), field=one.name)
