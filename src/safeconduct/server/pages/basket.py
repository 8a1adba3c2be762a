"""The basket: variables gathered while searching, to ask for together."""

from collections.abc import Mapping, Sequence

from markupsafe import Markup

from safeconduct.model.microdata import Column
from safeconduct.model.text import say
from safeconduct.present.blocks import Link, button, empty_state, links, plain_table, section
from safeconduct.server.addresses import asking, study_page, variable_id, variable_page, variable_parts
from safeconduct.server.forms import after
from safeconduct.server.page import Goto, Reply, Shown, Visit, page

HERE = "/basket"


@page(
    HERE,
    title=say("Basket"),
    menu="catalogue",
    needs="request",
    about=say(
        "Variables you put aside while you search. Ask for them from here: the fewer you ask for, the sooner you "
        "may have them."
    ),
)
def show(visit: Visit) -> Reply:
    """What is in the basket; forms elsewhere put things in, and come back to where they were."""
    if visit.posted:
        return _changed(visit)
    found: Sequence[Column] = visit.act("basket")
    if not found:
        nothing = say("Your basket is empty. Search variables and put in those you need.")
        search = Link(say("Search variables"), asking("/catalogue", [("in", "variables")]))
        return Shown(title=say("Basket"), body=[empty_state(visit.words, nothing, action=search)])
    lead = say("You can ask for just these variables: the fewer you ask for, the sooner you may have them.")
    return Shown(title=say("Basket"), lead=lead, body=[_study(visit, *one) for one in _by_study(found).items()])


def _changed(visit: Visit) -> Goto:
    verb = "take_from_basket" if visit.form.get("do") == "out" else "put_in_basket"
    for known in visit.lists.get("variable", ()):
        study, file, name = variable_parts(known)
        visit.act(verb, study=study, file=file, name=name)
    return after(visit.query.get("back") or HERE, "basket")


def _by_study(columns: Sequence[Column]) -> Mapping[str, list[Column]]:
    found: dict[str, list[Column]] = {}
    for one in columns:
        found.setdefault(variable_parts(one.file)[0], []).append(one)
    return found


def _study(visit: Visit, study: str, columns: Sequence[Column]) -> Markup:
    words = visit.words
    rows = [_row(visit, study, variable_parts(one.file)[1], one.name) for one in columns]
    return section(
        words,
        study,
        plain_table(words, [say("Table"), say("Variable"), ""], rows, caption=say("Variables of {study}", study=study)),
        links(words, [Link(say("Ask for these"), asking("/projects/requests/new", [("study", study)])),
                      Link(say("To the study"), study_page(study))]),
    )  # fmt: skip


def _row(visit: Visit, study: str, file: str, name: str) -> list[str | Markup]:
    known = variable_id(study, file, name)
    out = button(visit.words, say("Take out"), action=HERE, csrf=visit.csrf, tone="quiet",
                 values={"variable": known, "do": "out"})  # fmt: skip
    return [file, links(visit.words, [Link(name, variable_page(study, file, name))], quiet=True), out]
