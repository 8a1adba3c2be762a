"""My results: what my project asked."""

import json

from safeconduct.model.text import say
from safeconduct.present.blocks import Item, Link, empty_state, listing
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.questions import titled


@page(
    "/ask/mine",
    title=say("My results"),
    menu="ask",
    needs="ask",
    about=say(
        "Every question of your project. Asking the same again on the same data gives the same answer and costs "
        "nothing."
    ),
)
def show(visit: Visit) -> Reply:
    """Every question of the visitor's project, the latest first."""
    found = visit.act("my_answers")
    if not found:
        nothing = empty_state(visit.words, say("Nothing was asked yet."), action=Link(say("Ask a question"), "/ask"))
        return Shown(title=say("My results"), body=[nothing])
    items = [
        Item(
            title=titled(one["spec"]),
            href=f"/ask/result/{one['answer_id']}",
            says=json.dumps(one["spec"], ensure_ascii=False, sort_keys=True)[:200],
            aside=str(one["at"])[:16].replace("T", " "),
        )
        for one in found
    ]
    return Shown(title=say("My results"), body=[listing(visit.words, items)])
