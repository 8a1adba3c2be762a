"""A variable of the catalogue: what was asked, of whom, and the figures that may be told; open to everybody."""

from collections.abc import Iterator

from markupsafe import Markup

from safeconduct.catalogue.entry import Entry
from safeconduct.model.errors import NotFound
from safeconduct.model.microdata import DataFile, Variable
from safeconduct.model.study import Access
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Described,
    Link,
    basket_button,
    described,
    figures_table,
    in_language,
    links,
    section,
)
from safeconduct.server.addresses import asking, study_page, variable_id, variable_page
from safeconduct.server.forms import done
from safeconduct.server.page import Reply, Shown, Visit, page


@page(
    "/catalogue/{study}/{file}/{name:path}",
    title=say("Variable"),
    menu="catalogue",
    public=True,
    listed=False,
    about=say(
        "One variable: its question, its answers, and how often each was given where enough people gave it. An "
        "answer without a figure was given by few people, or by nobody."
    ),
)
def show(visit: Visit) -> Reply:
    """One variable of the current edition."""
    study, file, name = (visit.parts[part] for part in ("study", "file", "name"))
    entry: Entry = visit.act("study", study=study)
    table = next((one for one in entry.tables if one.name == file and name in one), None)
    if table is None or entry.release is None:
        raise NotFound(say("There is no such variable in the catalogue."))
    words, variable = visit.words, table[name]
    body = [
        *done(visit),
        links(words, [Link(in_language(entry.study.title, words.language)[1] or study, study_page(study))], quiet=True),
        described(words, _said(variable)),
        section(words, say("Answers"), figures_table(words, entry.release, file, name)),
        *_basket(visit, entry, variable_id(study, file, name)),
        links(words, list(_beside(study, table, name)), quiet=True),
    ]
    return Shown(title=Text(name), lead=in_language(variable.labels, words.language)[1], body=body)


def _said(variable: Variable) -> list[Described]:
    """What is told of a variable, what was done to it against recognition included."""
    texts = {
        say("The question"): variable.questions,
        say("Instruction to the interviewer"): variable.hints,
        say("Who was asked"): {"": variable.universe},
        say("Unit"): {"": variable.unit},
        say("How it was made"): {"": variable.derivation},
        say("What was done to protect people"): {"": variable.security},
    }
    return [Described(title=title, texts=text) for title, text in texts.items()]


def _basket(visit: Visit, entry: Entry, known: str) -> Iterator[Markup]:
    if entry.access is Access.LICENSED and visit.may("request"):
        inside = known in {f"{one.file}/{one.name}" for one in visit.act("basket")}
        action = asking("/basket", [("back", visit.path)])
        yield basket_button(visit.words, action=action, csrf=visit.csrf, variable=known, inside=inside)


def _beside(study: str, table: DataFile, name: str) -> Iterator[Link]:
    """The variables before and after this one."""
    at = table.names.index(name)
    if at > 0:
        before = table.names[at - 1]
        yield Link(say("Before: {name}", name=before), variable_page(study, table.name, before))
    if at + 1 < len(table.names):
        after = table.names[at + 1]
        yield Link(say("After: {name}", name=after), variable_page(study, table.name, after))
