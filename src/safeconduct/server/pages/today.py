"""Today: what waits, and first steps."""

from safeconduct.model.text import say
from safeconduct.present.blocks import Item, Link, empty_state, listing, section
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.questions import titled

MOST = 8


@page("/today", title=say("Today"), menu="today", first=True)
def show(visit: Visit) -> Reply:
    """What the visitor's project asked last, and where to begin."""
    words = visit.words
    roles = visit.room.caller.roles
    asks = bool(roles & {"analyst", "steward"})
    answers = visit.act("my_answers")[:MOST] if asks else []
    items = [
        Item(
            title=titled(one["spec"]),
            href=f"/ask/result/{one['answer_id']}",
            aside=str(one["at"])[:16].replace("T", " "),
        )
        for one in answers
    ]
    recent = listing(words, items) if items else empty_state(
        words, say("Nothing was asked yet."), action=Link(say("Ask a question"), "/ask") if asks else None
    )  # fmt: skip
    steps = [
        Item(title=say("Ask a question"), href="/ask", says=say("See what would be released before you run it.")),
        Item(title=say("Connect a notebook"), href="/ask/connect", says=say("Python, R, flowclient or curl.")),
        Item(title=say("See what left"), href="/assurance/left", says=say("Every release, to whom and when.")),
        Item(title=say("Your record of use"), href="/assurance/record", says=say("All that is recorded about you.")),
    ]
    shown = steps if asks else steps[2:]
    if not roles & {"steward", "dpo", "auditor"}:
        shown = [one for one in shown if one.href != "/assurance/left"]
    body = [section(words, say("Recent questions"), recent), section(words, say("First steps"), listing(words, shown))]
    return Shown(title=say("Today"), body=body)
