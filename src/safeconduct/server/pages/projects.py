"""Projects and agreements: what one may ask, and until when."""

from datetime import UTC, datetime

from markupsafe import Markup

from safeconduct.actions.doors import choose_project
from safeconduct.model.text import say
from safeconduct.present.blocks import button, empty_state, key_values, paragraph, section
from safeconduct.present.pages import MENU
from safeconduct.server.page import Goto, Reply, Shown, Visit, page


@page(
    "/projects",
    title=MENU["projects"],
    menu="projects",
    needs="ask",
    first=True,
    about=say(
        "Your agreements: what you may ask, for which purpose, until when. An agreement names the protection level "
        "its answers must pass."
    ),
)
def show(visit: Visit) -> Reply:
    """Every agreement that names the visitor."""
    if visit.posted:
        choose_project(visit.site, cookie=visit.cookie, project=visit.form.get("project", ""), now=datetime.now(UTC))
        return Goto("/projects")
    words, found = visit.words, visit.act("my_agreements")
    if not found:
        nothing = say("No agreement names you. Ask the data steward for one.")
        return Shown(title=say("Your agreements"), body=[empty_state(words, nothing, action=None)])
    body = [
        section(
            words,
            one.title,
            key_values(words, [
                (say("Purpose"), one.purpose),
                (say("Data"), one.dataset),
                (say("Days of the data"), words.days(one.first, one.last)),
                (say("Finest areas"), one.finest.value),
                (say("Shortest period"), one.grain.value),
                (say("Kinds of question"), words.listed([kind.replace("_", " ") for kind in one.kinds])),
                (say("Protection level"), one.policy),
                (say("Last day of the agreement"), words.day(one.until)),
            ]),
            _work_here(visit, one.project),
        )
        for one in found
    ]  # fmt: skip
    return Shown(title=say("Your agreements"), body=body)


def _work_here(visit: Visit, project: str) -> Markup:
    """A button for each project but the one worked in."""
    words, who = visit.words, visit.visitor
    if who is None or project == who.caller.project:
        return paragraph(words, say("You work in this project now."))
    return button(words, say("Work in this project"), action="/projects", csrf=who.csrf,
                  values={"project": project}, tone="quiet")  # fmt: skip
