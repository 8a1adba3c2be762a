"""Today: what waits, and first steps."""

from collections.abc import Iterator

from markupsafe import Markup

from safeconduct.model.text import say
from safeconduct.present.blocks import Item, Link, empty_state, listing, section
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.questions import titled
from safeconduct.server.waiting import waiting

MOST = 8
BEGIN: tuple[tuple[str, Item], ...] = (
    ("ask", Item(title=say("Ask a question"), href="/ask", says=say("See what would be released before you run it."))),
    ("ask", Item(title=say("Connect a notebook"), href="/ask/connect", says=say("Python, R, flowclient or curl."))),
    ("deposit", Item(title=say("Bring files"), href="/data/deposits", says=say("A survey, a register, case files."))),
    ("request", Item(title=say("Search the catalogue"), href="/catalogue",
                     says=say("Find a study, and ask for its files."))),
    ("measure", Item(title=say("See what is under review"), href="/reviews",
                     says=say("Editions, and who checks them."))),
    ("audit", Item(title=say("See what left"), href="/assurance/left", says=say("Every release, to whom and when."))),
    ("look", Item(title=say("Your record of use"), href="/assurance/record",
                  says=say("All that is recorded about you."))),
)  # fmt: skip
"""First steps, each with the permission it takes."""


@page(
    "/today",
    title=say("Today"),
    menu="today",
    first=True,
    about=say(
        "What waits for you comes first, then what your project asked last. Who does not come here sees no "
        "messages: the site sends no mail."
    ),
)
def show(visit: Visit) -> Reply:
    """What waits for the visitor, what their project asked last, and where to begin."""
    words, waits = visit.words, waiting(visit)
    quiet = empty_state(words, say("Nothing waits for you."), action=None)
    steps = [item for permission, item in BEGIN if visit.may(permission)]
    body = [
        section(words, say("Waits for you"), listing(words, waits) if waits else quiet),
        *_recent(visit),
        section(words, say("First steps"), listing(words, steps)),
    ]
    return Shown(title=say("Today"), body=body)


def _recent(visit: Visit) -> Iterator[Markup]:
    """What was asked last, for those who ask."""
    if not visit.may("ask"):
        return
    words = visit.words
    items = [
        Item(
            title=titled(one["spec"]),
            href=f"/ask/result/{one['answer_id']}",
            aside=str(one["at"])[:16].replace("T", " "),
        )
        for one in visit.act("my_answers")[:MOST]
    ]
    nothing = empty_state(words, say("Nothing was asked yet."), action=Link(say("Ask a question"), "/ask"))
    yield section(words, say("Recent questions"), listing(words, items) if items else nothing)
