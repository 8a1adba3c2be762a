"""A study: where it is on its way to the catalogue, its deposits and its editions."""

from markupsafe import Markup

from safeconduct.actions.preparing import EditionLine, StudyOverview
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Item, Link, access_name, empty_state, links, listing, paragraph, section
from safeconduct.server.forms import done, told
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.states import state_says
from safeconduct.server.steps import deposit_address, study_address, way


@page(
    "/data/studies/{study}",
    title=say("Study"),
    menu="data",
    needs="describe",
    listed=False,
    about=say("Where one study stands, from its first file to what was published, and the one thing to do next."),
)
def show(visit: Visit) -> Reply:
    """Where one study stands, and the one thing to do next."""
    found: StudyOverview = visit.act("study_overview", study=visit.parts["study"])
    title = told(visit.words, found.study.title)
    return Shown(
        title=Text(title or found.study.id),
        body=[
            way(visit, found, None),
            *done(visit),
            *_next(visit, found),
            _deposits(visit, found),
            _editions(visit, found),
        ],
        lead=Text(found.study.id) if title else "",
    )


def _next(visit: Visit, found: StudyOverview) -> list[Markup]:
    """The next thing to do, in a sentence with its link."""
    study, words = found.study.id, visit.words
    said, link = _what_next(found)
    every = [link, Link(say("In the catalogue"), f"/catalogue/{study}")] if found.catalogued else [link]
    return [paragraph(words, said), links(words, every)]


def _what_next(found: StudyOverview) -> tuple[Text, Link]:
    study = found.study.id
    open_deposit = next((one for one in found.deposits if one.state in {"received", "read", "decided", "failed"}), None)
    if open_deposit is not None:
        return say("A deposit waits."), Link(say("Go on with the deposit"), deposit_address(open_deposit.id))
    if not found.kept:
        return say("No records of it are kept yet."), Link(say("Bring files in"), "/data/deposits")
    if not found.measured:
        return say("Its risk was not measured yet."), Link(say("Measure the risk"), study_address(study, "risk"))
    if not found.tried or not found.steps:
        return say("Its treatment plan was not tried yet."), Link(say("Make it safer"), study_address(study, "treat"))
    if found.missing:
        said = say("{count} parts of the description are missing.", count=len(found.missing))
        return said, Link(say("Describe it"), study_address(study, "describe"))
    return say("It can be proposed and published."), Link(say("Its editions"), study_address(study, "editions"))


def _deposits(visit: Visit, found: StudyOverview) -> Markup:
    words = visit.words
    items = [
        Item(title=Text(one.title), href=deposit_address(one.id), says=state_says("deposit", one.state),
             aside=words.day(one.at.date()))
        for one in found.deposits
    ]  # fmt: skip
    nothing = empty_state(words, say("No files were brought in for it."), action=None)
    return section(words, say("Deposits"), listing(words, items) if items else nothing)


def _editions(visit: Visit, found: StudyOverview) -> Markup:
    words = visit.words
    items = [_edition(visit, found.study.id, one) for one in found.editions]
    nothing = empty_state(words, say("Nothing of it was proposed for others yet."), action=None)
    return section(words, say("Editions"), listing(words, items) if items else nothing)


def _edition(visit: Visit, study: str, one: EditionLine) -> Item:
    words = visit.words
    says = say("{access}. {state}", access=words.say(access_name(one.access)),
               state=words.say(state_says("edition", one.state)))  # fmt: skip
    return Item(title=say("Edition {number}", number=one.number), href=study_address(study, "editions"), says=says,
                aside=words.day(one.since.date()))  # fmt: skip
