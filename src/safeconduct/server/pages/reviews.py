"""Reviews: editions that wait to be checked, and those that were decided."""

from collections.abc import Sequence

from markupsafe import Markup

from safeconduct.actions.reviewing import OPEN, ReviewLine
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Item, access_name, empty_state, listing, pagination, section
from safeconduct.server.addresses import asking, review_page
from safeconduct.server.insiders import NOTE
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.states import state_says

MINE = frozenset({"vote", "approve", "reject", "publish"})
A_PAGE = 50
DECIDED = "/reviews/decided"


@page(
    "/reviews",
    title=say("To check"),
    menu="reviews",
    needs="measure",
    first=True,
    about=say(
        "Editions of files that wait to be checked; those that wait for you come first. Nobody checks what they had"
        " a part in."
    ),
)
def show(visit: Visit) -> Reply:
    """Editions under review, those that wait for the visitor first."""
    found: list[ReviewLine] = visit.act("reviews")
    open_now = [one for one in found if one.state in OPEN]
    mine = [one for one in open_now if MINE & set(one.can)]
    others = [one for one in open_now if one not in mine]
    nothing = empty_state(visit.words, say("Nothing waits for you."), action=None)
    waits = _listed(visit, mine) if mine else nothing
    body = [section(visit.words, say("Waits for you"), waits)]
    body += [section(visit.words, say("With others"), _listed(visit, others[:A_PAGE]))] if others else []
    return Shown(title=say("Editions to check"), lead=NOTE, body=body)


@page(
    DECIDED,
    title=say("Decided"),
    menu="reviews",
    needs="measure",
    about=say("Editions whose review is over, with what came of it."),
)
def decided(visit: Visit) -> Reply:
    """Editions whose review is over, the latest first."""
    found: list[ReviewLine] = [one for one in visit.act("reviews") if one.state not in OPEN]
    found.sort(key=lambda one: one.since, reverse=True)
    if not found:
        nothing = empty_state(visit.words, say("No edition was decided yet."), action=None)
        return Shown(title=say("Decided"), lead=NOTE, body=[nothing])
    pages = -(-len(found) // A_PAGE)
    now = min(visit.number("page"), pages)
    turning = pagination(visit.words, page=now, pages=pages, link=lambda one: asking(DECIDED, [("page", str(one))]))
    return Shown(
        title=say("Decided"), lead=NOTE, body=[_listed(visit, found[(now - 1) * A_PAGE : now * A_PAGE]), turning]
    )


def _listed(visit: Visit, lines: Sequence[ReviewLine]) -> Markup:
    items = [
        Item(title=_title(visit, one), href=review_page(one.id), says=state_says("edition", one.state),
             aside=visit.words.day(one.since.date()))
        for one in lines
    ]  # fmt: skip
    return listing(visit.words, items)


def _title(visit: Visit, one: ReviewLine) -> Text:
    return say("{edition}: {access}", edition=one.id, access=visit.words.say(access_name(one.access)))
