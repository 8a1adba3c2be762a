"""What figures reveal together: everything that left about the same people, beside what is known elsewhere."""

from markupsafe import Markup

from safeconduct.actions.auxiliary import Auxiliary
from safeconduct.actions.mosaic import MosaicReport
from safeconduct.model.text import say
from safeconduct.present.blocks import Item, Link, empty_state, links, listing, section
from safeconduct.server.forms import done
from safeconduct.server.insiders import NOTE
from safeconduct.server.mosaics import TITLE, report_blocks
from safeconduct.server.page import Reply, Shown, Visit, page

HERE, OUTSIDE = "/assurance/mosaic", "/assurance/elsewhere"
LOOK_AGAIN_S = 2
LEAD = say(
    "Figures that are safe one by one may reveal somebody together. Here everything that left about the same people is "
    "laid side by side, with what is known elsewhere."
)


@page(
    HERE,
    title=TITLE,
    menu="assurance",
    needs="measure",
    about=say(
        "Figures that are safe one by one may show somebody together. Choose a data set or a study: all that left "
        "about it is laid side by side, with facts that are known elsewhere, and you see which withheld figures "
        "could be worked out."
    ),
)
def show(visit: Visit) -> Reply:
    """Data sets and studies to look at, and the facts from elsewhere that are laid beside them."""
    words, subjects = visit.words, visit.act("mosaic_subjects")
    nothing = empty_state(words, say("Nothing has left yet."), action=None)
    items = [Item(title=one, href=f"{HERE}/{one}") for one in subjects]
    body = [
        *done(visit),
        section(words, say("Look at what left"), listing(words, items) if items else nothing),
        section(words, say("Known elsewhere"), *_outside(visit)),
    ]
    return Shown(title=TITLE, body=body, lead=LEAD)


def _outside(visit: Visit) -> list[Markup]:
    words = visit.words
    found: list[Auxiliary] = visit.act("auxiliaries")
    items = [
        Item(title=one.title, says=say("{count} facts about {dataset}", count=one.facts, dataset=one.dataset),
             aside=words.day(one.at.date()))
        for one in found
    ]  # fmt: skip
    shown = listing(words, items) if items else empty_state(words, say("No facts were added yet."), action=None)
    change = [links(words, [Link(say("Add or remove facts"), OUTSIDE)], quiet=True)] if visit.may("deposit") else []
    return [shown, *change]


@page(
    f"{HERE}/{{dataset}}",
    title=TITLE,
    menu="assurance",
    needs="measure",
    listed=False,
    about=say(
        "What all answers about one data set or study reveal together. A withheld figure counts as revealed if few "
        "numbers stay possible for it. Where a single source reveals something by itself, it stands in a table of "
        "its own. That you looked is recorded."
    ),
)
def one(visit: Visit) -> Reply:
    """The report about one data set or study; that somebody looked is recorded."""
    report: MosaicReport = visit.act("mosaic_report", dataset=visit.parts["dataset"])
    busy = report.work is not None and report.work.waits
    title = say("What figures reveal together: {dataset}", dataset=report.dataset)
    return Shown(title=title, body=report_blocks(visit.words, report), lead=NOTE,
                 refresh_s=LOOK_AGAIN_S if busy else 0)  # fmt: skip
