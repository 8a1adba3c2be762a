"""The change between two answers, as a map with its table."""

from safeconduct.model.errors import WrongState
from safeconduct.model.outcomes import Release
from safeconduct.model.text import say
from safeconduct.present import maps
from safeconduct.present.blocks import change_table, notice, section, status_legend
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.places import ground


@page(
    "/ask/change",
    title=say("Change"),
    needs="ask",
    about=say(
        "Two answers of the same shape side by side, and what changed. What is withheld in one of them is withheld "
        "in the change."
    ),
)
def show(visit: Visit) -> Reply:
    """Compare two answers of one shape; what is withheld in one is withheld in the change."""
    before, after = (_answer(visit, name) for name in ("before", "after"))
    words = visit.words
    geography, shapes = ground(visit, after)
    body = [
        notice(words, say("A place withheld in either answer is withheld here; it is never told as no change.")),
        maps.change_map(words, before, after, shapes),
        status_legend(words),
        section(words, say("Table"), change_table(words, before, after, geography)),
    ]
    return Shown(title=say("Change between two answers"), body=body)


def _answer(visit: Visit, name: str) -> Release:
    found = visit.act("result", answer_id=visit.query.get(name, ""))
    if not isinstance(found, Release):
        raise WrongState(say("one of the two answers is not there; open it first"))
    return found
