"""A new deposit: what the files are that just arrived, whose, and on which legal basis they may be here."""

from markupsafe import Markup

from safeconduct.model.text import say
from safeconduct.present.blocks import Item, form, listing, section, told_size
from safeconduct.server.deposits import deposit_controls, deposit_given
from safeconduct.server.forms import Filled, Wrong, attempt
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.steps import deposit_address

HERE = "/data/deposits/new"


@page(
    HERE,
    title=say("New deposit"),
    menu="data",
    needs="deposit",
    listed=False,
    about=say(
        "Say what the files are, whose they are, and on which legal basis they may be kept. All files of one "
        "deposit are one data set on one basis; make another deposit for others."
    ),
)
def show(visit: Visit) -> Reply:
    """Ask what the files are; then they are read in the background."""
    uploads = visit.lists.get("upload", ())
    if not uploads:
        return Goto("/data/deposits")
    if not visit.posted:
        return _form(visit, uploads, {"owner": "own organisation", "study": visit.query.get("study", "")}, ())
    task, wrong = attempt(lambda: visit.act("deposit", **deposit_given(visit.form, uploads)))
    if task is None:
        return _form(visit, uploads, dict(visit.form), wrong)
    return Goto(deposit_address(task.key.split("/")[1]))


def _form(visit: Visit, uploads: tuple[str, ...], values: dict[str, str], wrong: Wrong) -> Shown:
    words, filled = visit.words, Filled(visit.words, values, wrong)
    controls = deposit_controls(filled, uploads=uploads, bases=visit.act("legal_bases"), studies=visit.act("studies"))
    body = [
        filled.summary(),
        section(words, say("The files that arrived"), _files(visit, uploads)),
        form(words, *controls, action=HERE, submit=say("Deposit"), csrf=visit.csrf),
    ]
    lead = say("All the files are one deposit: one data set, on one legal basis.")
    return Shown(title=say("New deposit"), body=body, lead=lead, status=422 if wrong else 200)


def _files(visit: Visit, uploads: tuple[str, ...]) -> Markup:
    lines = [visit.act("upload_state", upload=one) for one in uploads]
    return listing(visit.words, [Item(title=one.name, aside=told_size(visit.words, one.offset)) for one in lines])
