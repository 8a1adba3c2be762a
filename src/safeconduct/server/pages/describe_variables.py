"""Variables of a study to describe: which have a question and labels, which have none."""

from collections.abc import Iterator
from urllib.parse import urlencode

from markupsafe import Markup

from safeconduct.actions.studies import StudyView
from safeconduct.model.microdata import DataFile, Variable
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Input, Item, Link
from safeconduct.server.forms import done, told
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.steps import Way, study_address, the_way, variable_address

A_PAGE = 100


@page("/data/studies/{study}/describe/variables", title=say("Variables to describe"), menu="data", needs="describe",
      listed=False,
    about=say(
        "Every variable with what is told of it. Those without a label are hard to find for whoever searches."
    ),
)  # fmt: skip
def show(visit: Visit) -> Reply:
    """Every variable, a hundred a page, with what is told of it."""
    found: StudyView = visit.act("study_description", study=visit.parts["study"])
    study, text = found.study.id, visit.query.get("text", "")
    every = list(_wanted(found, text))
    at, pages = visit.number("page"), max(1, -(-len(every) // A_PAGE))
    items = [_item(visit, study, file, one) for file, one in every[(at - 1) * A_PAGE : at * A_PAGE]]
    body = [
        the_way(visit, study, Way.DESCRIBE),
        *done(visit),
        blocks.links(visit.words, [Link(say("The study itself"), study_address(study, "describe"))], quiet=True),
        _search(visit, text),
        blocks.listing(visit.words, items)
        if items
        else blocks.empty_state(visit.words, say("No variable is like that."), action=None),
        blocks.pagination(visit.words, page=at, pages=pages,
                          link=lambda number: f"?{urlencode({'text': text, 'page': number})}"),
    ]  # fmt: skip
    return Shown(title=say("Variables to describe"), body=body)


def _wanted(found: StudyView, text: str) -> Iterator[tuple[DataFile, Variable]]:
    wanted = text.casefold()
    for file in found.files:
        for one in file.variables:
            if wanted in one.name.casefold() or any(wanted in label.casefold() for label in one.labels.values()):
                yield file, one


def _item(visit: Visit, study: str, file: DataFile, one: Variable) -> Item:
    """A variable with its label, and whether the question and the codes are told."""
    words = visit.words
    labelled = all(any(category.labels.values()) for category in one.categories)
    lacks = [] if any(one.questions.values()) else [words.say("no question")]
    lacks += [] if labelled else [words.say("codes without a label")]
    label = told(words, one.labels) or words.say("No label")
    said = say("{label} ({table})", label=label, table=file.name)
    return Item(title=Text(one.name), href=variable_address(study, file.name, one.name), says=said,
                aside=words.listed(lacks) if lacks else say("complete"))  # fmt: skip


def _search(visit: Visit, text: str) -> Markup:
    control = Input(name="text", label=say("Name or label"), sort="search", value=text, required=False)
    return blocks.form(visit.words, blocks.field(visit.words, control), action=visit.path, submit=say("Show"))
