"""Beginning a request for the files of a study."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import Column
from safeconduct.model.text import say
from safeconduct.present.blocks import Item, Link, button, details, links, listing, paragraph
from safeconduct.server.addresses import asking, request_page, study_page, variable_parts
from safeconduct.server.page import Goto, Reply, Shown, Visit, page

HERE = "/projects/requests/new"
STEPS = (
    say("You write the request in six short parts; it is kept after each, so that you can stop and go on."),
    say("You hand it in. A use that is prohibited is refused at once, in words."),
    say("The access committee decides, with reasons. It may ask for changes."),
    say("If it is granted, each person of the team accepts the agreement and downloads the files."),
)


@page(
    HERE,
    title=say("Ask for files"),
    menu="projects",
    needs="request",
    listed=False,
    about=say("What asking for files takes, and a button to begin. You can stop and go on later."),
)
def show(visit: Visit) -> Reply:
    """What asking takes, and a button to begin."""
    study = visit.form.get("study") or visit.query.get("study", "")
    if visit.posted:
        return Goto(request_page(visit.act("begin_request", study=study).request.id, "organisation"))
    if not study:
        raise BadInput(say("Choose a study in the catalogue first."), field="study")
    words = visit.words
    body = [
        listing(words, [Item(title=one) for one in STEPS]),
        *_basket(visit, study),
        button(words, say("Begin the request"), action=HERE, csrf=visit.csrf, values={"study": study}),
        links(words, [Link(say("Back to the study"), study_page(study))], quiet=True),
    ]
    return Shown(title=say("Ask for the files of {study}", study=study), body=body)


def _basket(visit: Visit, study: str) -> Iterator[Markup]:
    """Which variables would be asked for."""
    held: Sequence[Column] = visit.act("basket")
    mine = [one for one in held if variable_parts(one.file)[0] == study]
    words = visit.words
    if not mine:
        fewer = say("You may ask for some variables only: put them into your basket first.")
        yield paragraph(words, fewer)
        yield links(words, [Link(say("Choose variables"), asking(study_page(study), []) + "#variables")], quiet=True)
        return
    items = [Item(title=one.name, aside=variable_parts(one.file)[1]) for one in mine]
    yield details(
        words, say("Variables you ask for, from your basket: {count}", count=len(mine)), listing(words, items)
    )
