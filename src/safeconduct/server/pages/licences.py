"""Licences: what one may download, until when, and what is due."""

from markupsafe import Markup

from safeconduct.actions.licensing import LicenceView
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Item, Link, empty_state, in_language, listing, notice
from safeconduct.server.addresses import licence_page
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.states import state_says


@page(
    "/projects/licences",
    title=say("Licences"),
    menu="projects",
    needs="receive",
    about=say("Every licence that names you. A licence ends on its last day; destroy the files then, and confirm it."),
)
def show(visit: Visit) -> Reply:
    """Every licence of the visitor, the latest first."""
    found: list[LicenceView] = visit.act("my_licences")
    if not found:
        nothing = say("You have no licence yet. One comes with every request that is granted.")
        search = Link(say("Search the catalogue"), "/catalogue")
        return Shown(title=say("Your licences"), body=[empty_state(visit.words, nothing, action=search)])
    due = [_due(visit, one) for one in found if one.destroy_by]
    return Shown(title=say("Your licences"), body=[*due, listing(visit.words, [_line(visit, one) for one in found])])


def _line(visit: Visit, view: LicenceView) -> Item:
    licence = view.licence
    title = in_language(view.title, visit.words.language)[1] or licence.study
    return Item(
        title=Text(f"{title} · {licence.study}/{licence.edition}"),
        href=licence_page(licence.id),
        says=state_says("licence", licence.state),
        aside=say("until {day}", day=licence.until.isoformat()),
    )


def _due(visit: Visit, view: LicenceView) -> Markup:
    told = say("Destroy every copy of the files of {study} and confirm it by {day}.",
               study=view.licence.study, day=view.destroy_by.isoformat() if view.destroy_by else "")  # fmt: skip
    return notice(visit.words, told, tone="careful")
