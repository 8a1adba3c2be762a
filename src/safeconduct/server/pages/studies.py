"""Studies of this site: what is described, what is kept, what is missing."""

from markupsafe import Markup

from safeconduct.actions.studies import StudyLine
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Item, empty_state, form, listing, pagination, section
from safeconduct.server.forms import Filled, Wrong, attempt, told
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.steps import study_address

HERE = "/data/studies"
A_PAGE = 50


@page(
    HERE,
    title=say("Studies"),
    menu="data",
    needs="describe",
    about=say("Every study, and a way to describe one before its files come."),
)
def show(visit: Visit) -> Reply:
    """Every study, the latest first, and a form to describe one before its files come."""
    wrong: Wrong = ()
    if visit.posted:
        reply, wrong = attempt(lambda: _begun(visit))
        if reply is not None:
            return reply
    words, found, at = visit.words, visit.act("studies"), visit.number("page")
    lines = listing(words, [_line(visit, one) for one in found[(at - 1) * A_PAGE : at * A_PAGE]])
    nothing = empty_state(
        words, say("There is no study yet. Bring files in, or begin with a description."), action=None
    )
    pages = pagination(words, page=at, pages=-(-len(found) // A_PAGE), link=lambda number: f"?page={number}")
    filled = Filled(words, visit.form, wrong)
    body = [filled.summary(), lines if found else nothing, pages, _new(visit, filled)]
    return Shown(title=say("Studies"), body=body, status=422 if wrong else 200)


def _begun(visit: Visit) -> Goto:
    study = visit.form.get("study", "").strip()
    visit.act("describe_study", study=study, fields={})
    return Goto(study_address(study, "describe"))


def _line(visit: Visit, one: StudyLine) -> Item:
    title = told(visit.words, one.title)
    missing = say("{count} parts of the description are missing.", count=len(one.missing))
    whole = say("The description is complete.")
    return Item(
        title=Text(title or one.id),
        href=study_address(one.id),
        says=missing if one.missing else whole,
        aside=say("records kept") if one.kept else say("no records yet"),
    )


def _new(visit: Visit, filled: Filled) -> Markup:
    words = visit.words
    hint = say("Letters, digits, -, _ and dots, such as UNHCR_ETH_2026. It stays for good.")
    asked = filled.text("study", say("Id of the study"), hint=hint, bounds={"maxlength": "100"})
    begin = form(words, asked, action=HERE, submit=say("Begin the description"), csrf=visit.csrf)
    return section(words, say("Describe a study before its files come"), begin)
