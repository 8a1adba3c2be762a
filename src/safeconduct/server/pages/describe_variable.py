"""One variable of a study: its label, its question and what its codes stand for, in the languages people write."""

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from safeconduct.actions.studies import StudyView
from safeconduct.model.errors import NotFound
from safeconduct.model.microdata import Category, DataFile, Variable
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Link, TextAsked
from safeconduct.server.describing import languages_in
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.steps import Way, study_address, the_way, variable_address

CODES_A_PAGE = 40
BY_LANGUAGE: Mapping[str, tuple[Text, int]] = {
    "labels": (say("Label"), 2),
    "questions": (say("Question as it was asked"), 3),
    "hints": (say("Instruction to whoever asked"), 3),
}
ON_A_LINE: Mapping[str, Text] = {
    "universe": say("Who was asked"),
    "unit": say("Unit"),
    "derivation": say("How it was made from others"),
}


@page("/data/studies/{study}/describe/{file}/{name:path}", title=say("Variable"), menu="data", needs="describe",
      listed=False,
    about=say(
        "What others read about one variable. Its name, type and codes come from the records and are not changed "
        "here."
    ),
)  # fmt: skip
def show(visit: Visit) -> Reply:
    """What is told of one variable, to be read and written; its name, type and codes come from the records."""
    found: StudyView = visit.act("study_description", study=visit.parts["study"])
    file, one = _variable(found, visit.parts["file"], visit.parts["name"])
    wrong: Wrong = ()
    if visit.posted:
        reply, wrong = attempt(lambda: _saved(visit, found, file, one))
        if reply is not None:
            return reply
    study = found.study.id
    body = [
        the_way(visit, study, Way.DESCRIBE),
        *done(visit),
        blocks.error_summary(visit.words, wrong),
        blocks.form(visit.words, *_controls(visit, found, one, wrong), action=_address(visit, study, file, one),
                    csrf=visit.csrf, submit=say("Save"),
                    second=(_address(visit, study, file, one, go="on"), say("Save and go to the next variable"))),
        _codes_pages(visit, one),
        blocks.links(visit.words, list(_around(study, file, one)), quiet=True),
    ]  # fmt: skip
    return Shown(title=Text(one.name), lead=Text(file.name), body=body, status=422 if wrong else 200)


def _variable(found: StudyView, file: str, name: str) -> tuple[DataFile, Variable]:
    for table in found.files:
        if table.name == file and name in table:
            return table, table[name]
    raise NotFound(say("There is no such variable."))


def _address(visit: Visit, study: str, file: DataFile, one: Variable, **more: str) -> str:
    """This page, at the same codes."""
    kept = {"page": str(visit.number("page")), **more}
    return f"{variable_address(study, file.name, one.name)}?{urlencode(kept)}"


def _saved(visit: Visit, found: StudyView, file: DataFile, one: Variable) -> Goto:
    study, changed = found.study.id, _changes(visit, one)
    if changed:
        visit.act("describe_variable", study=study, file=file.name, name=one.name, fields=changed)
    following = _next(file, one)
    if visit.query.get("go") and following is not None:
        return after(variable_address(study, file.name, following.name), "saved")
    return after(_address(visit, study, file, one), "saved")


def _changes(visit: Visit, one: Variable) -> dict[str, object]:
    """The parts a form changes, as the verb takes them; codes that are on other pages stay as they are."""
    sent: dict[str, object] = {name: blocks.read_languages(visit.form, name) for name in BY_LANGUAGE}
    sent |= {name: visit.form.get(name, "").strip() for name in ON_A_LINE}
    changed = {name: value for name, value in sent.items() if value != getattr(one, name)}
    codes = dict(_sent_codes(visit, one))
    return changed | ({"categories": codes} if codes else {})


def _sent_codes(visit: Visit, one: Variable) -> Iterator[tuple[str, dict[str, str]]]:
    for at, category in _codes_shown(visit, one):
        sent = blocks.read_languages(visit.form, f"code-{at}")
        if sent != {code: text for code, text in category.labels.items() if text}:
            yield category.code, sent


def _codes_shown(visit: Visit, one: Variable) -> list[tuple[int, Category]]:
    first = (visit.number("page") - 1) * CODES_A_PAGE
    return list(enumerate(one.categories))[first : first + CODES_A_PAGE]


def _controls(visit: Visit, found: StudyView, one: Variable, wrong: Wrong) -> Iterator[Markup]:
    filled = Filled(visit.words, visit.form or {name: getattr(one, name) for name in ON_A_LINE}, wrong)
    languages = _languages(visit, found, one)
    for name, (label, rows) in BY_LANGUAGE.items():
        values = blocks.read_languages(visit.form, name) if visit.posted else getattr(one, name)
        asked = TextAsked(
            name=name, label=label, values=values, languages=languages, rows=rows, error=filled.error(name)
        )
        yield blocks.languages_beside(visit.words, asked)
    for name, label in ON_A_LINE.items():
        yield filled.text(name, label, required=False)
    shown = _codes_shown(visit, one)
    if shown:
        boxes = [_code(visit, at, category, languages) for at, category in shown]
        yield blocks.section(visit.words, say("What its codes stand for"), *boxes)


def _code(visit: Visit, at: int, category: Category, languages: Sequence[str]) -> Markup:
    name = f"code-{at}"
    values = blocks.read_languages(visit.form, name) if visit.posted else category.labels
    label = (
        say("Code {code}, no answer", code=category.code)
        if category.missing
        else say("Code {code}", code=category.code)
    )
    return blocks.languages_beside(
        visit.words, TextAsked(name=name, label=label, values=values, languages=languages, rows=1)
    )


def _languages(visit: Visit, found: StudyView, one: Variable) -> tuple[str, ...]:
    told = [code for words in (one.labels, one.questions) for code, text in words.items() if code and text]
    return tuple(dict.fromkeys([*visit.site.settings.languages, *languages_in(found.study), *told]))


def _codes_pages(visit: Visit, one: Variable) -> Markup:
    pages = -(-len(one.categories) // CODES_A_PAGE)
    return blocks.pagination(visit.words, page=visit.number("page"), pages=pages, link=lambda number: f"?page={number}")


def _next(file: DataFile, one: Variable) -> Variable | None:
    at = file.names.index(one.name) + 1
    return file.variables[at] if at < len(file.variables) else None


def _around(study: str, file: DataFile, one: Variable) -> Iterator[Link]:
    """The list, and the variables before and after."""
    at = file.names.index(one.name)
    yield Link(say("All variables"), study_address(study, "describe", "variables"))
    if at > 0:
        yield Link(
            say("The one before: {name}", name=file.names[at - 1]),
            variable_address(study, file.name, file.names[at - 1]),
        )
    if (following := _next(file, one)) is not None:
        yield Link(say("The next one: {name}", name=following.name), variable_address(study, file.name, following.name))
