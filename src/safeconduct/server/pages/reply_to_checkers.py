"""A reply of whoever asked a question to a checker who wants to know more."""

from safeconduct.model.text import say
from safeconduct.server.answers import waits
from safeconduct.server.forms import Wrong, after, attempt
from safeconduct.server.page import Reply, Shown, Visit, page

UNPROCESSABLE = 422


@page(
    "/ask/reply/{answer_id}",
    title=say("Reply to a checker"),
    menu="ask",
    needs="ask",
    listed=False,
    about=say(
        "A checker asked something before your answer may leave. Your reply goes to everybody who checks it; write "
        "no figure and no name."
    ),
)
def show(visit: Visit) -> Reply:
    """Take a reply; without one, show what there is to reply to."""
    answer_id = visit.parts["answer_id"]
    wrong: Wrong = ()
    if visit.posted:
        says = visit.form.get("says", "")
        _, wrong = attempt(lambda: visit.act("reply_to_checkers", answer_id=answer_id, says=says))
        if not wrong:
            return after(f"/ask/result/{answer_id}", "saved")
    body = waits(visit, answer_id, wrong=wrong)
    return Shown(title=say("Reply to a checker"), body=body, status=UNPROCESSABLE if wrong else 200)
