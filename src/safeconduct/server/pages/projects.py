"""Projects and agreements: what one may ask, and until when."""

from safeconduct.model.text import say
from safeconduct.present.blocks import empty_state, key_values, section
from safeconduct.present.pages import MENU
from safeconduct.server.page import Reply, Shown, Visit, page


@page("/projects", title=MENU["projects"], menu="projects", needs="ask", first=True)
def show(visit: Visit) -> Reply:
    """Every agreement that names the visitor."""
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
        )
        for one in found
    ]  # fmt: skip
    return Shown(title=say("Your agreements"), body=body)
