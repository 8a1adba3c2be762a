"""Reviews: answers that wait for independent checkers, and those that were decided."""

from safeconduct.actions.checking_answers import AnswerToCheck
from safeconduct.model.text import say
from safeconduct.present.blocks import empty_state, listing, section
from safeconduct.server.answers import line
from safeconduct.server.insiders import NOTE
from safeconduct.server.page import Reply, Shown, Visit, page

OPEN = frozenset({"waiting", "returned"})


@page(
    "/reviews/answers",
    title=say("Answers to check"),
    menu="reviews",
    needs="check",
    about=say(
        "Answers to a new kind of question, under a protection level that asks for checkers. Nobody votes on what "
        "their own project asked. Once a kind of question is approved, later answers about other days leave by "
        "themselves."
    ),
)
def show(visit: Visit) -> Reply:
    """Answers to new kinds of question, those the visitor can vote on first."""
    words = visit.words
    found: list[AnswerToCheck] = visit.act("answers_to_check")
    mine = [line(words, one) for one in found if one.can]
    others = [line(words, one) for one in found if one.state in OPEN and not one.can]
    over = [line(words, one) for one in found if one.state not in OPEN]
    nothing = empty_state(words, say("No answer waits for you."), action=None)
    body = [section(words, say("Waits for you"), listing(words, mine) if mine else nothing)]
    body += [section(words, say("You voted, or whoever asked was asked"), listing(words, others))] if others else []
    body += [section(words, say("Decided"), listing(words, over))] if over else []
    return Shown(title=say("Answers to check"), lead=NOTE, body=body)
