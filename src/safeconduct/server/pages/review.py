"""A review: the evidence, the vote beside it, and the officer's word."""

from collections.abc import Iterator, Sequence

from markupsafe import Markup

from safeconduct.actions.reviewing import OPEN, ReviewLine, ReviewView
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Item,
    Link,
    Option,
    Verdict,
    VoteLine,
    access_badge,
    button,
    details,
    form,
    hidden,
    links,
    listing,
    paragraph,
    review_compare,
    review_keys,
    section,
    vote_form,
    votes_shown,
)
from safeconduct.server.addresses import review_page
from safeconduct.server.evidence import evidence
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.insiders import NOTE
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.states import where

BLIND = frozenset({"submitted", "partially_reviewed"})
DONE = {"vote": "voted", "return": "returned", "approve": "approved", "refuse": "refused", "invite": "invited"}
NO = frozenset({"send_back", "reject", "take_back"})


@page(
    "/reviews/{study}/{number}",
    title=say("Review"),
    menu="reviews",
    needs="measure",
    listed=False,
    about=say(
        "Everything needed to check an edition: what each rule finds in the rows, the plan step by step, and the "
        "tables as they would leave. Votes stay hidden until all that are needed are there. Ask yourself what the "
        "program cannot know: could somebody know one of the other columns of a person, and could a group be harmed"
        " as a group?"
    ),
)
def show(visit: Visit) -> Reply:
    """One edition as those who check it see it; that they looked is recorded."""
    edition = f"{visit.parts['study']}/{visit.parts['number']}"
    wrong: Wrong = ()
    if visit.posted:
        _, wrong = attempt(lambda: _done(visit, edition))
        if not wrong:
            return _gone_on(visit, edition)
    view: ReviewView = visit.act("review", edition=edition)
    words = visit.words
    body = [
        *done(visit),
        Filled(words, {}, wrong).summary(),
        where(visit, "edition", view.state, since=view.since),
        Markup("<p>{}</p>").format(access_badge(words, view.access, explained=True)),
        review_compare(words, evidence(words, view), list(_acts(visit, view, wrong))),
        _beside(visit, edition),
    ]
    title = say("Check {edition}", edition=edition)
    return Shown(title=title, lead=NOTE, body=body, status=422 if wrong else 200)


def _gone_on(visit: Visit, edition: str) -> Goto:
    return after(review_page(edition), DONE.get(_act(visit), "saved"))


def _act(visit: Visit) -> str:
    """What a form asks for; the vote's own form says no more than the verdict."""
    return visit.form.get("do") or ("vote" if "draft" in visit.form else "")


def _done(visit: Visit, edition: str) -> object:
    """Carry out what a form asks for."""
    says = visit.form.get("says", "").strip()
    match _act(visit):
        case "vote":
            return visit.act("vote", edition=edition, verdict=visit.form.get("verdict", ""), says=says,
                             draft=visit.form.get("draft", ""))  # fmt: skip
        case "return":
            return visit.act("return_edition", edition=edition, says=says)
        case "approve":
            return visit.act("approve_edition", edition=edition)
        case "refuse":
            good = visit.form.get("how") == "reject"
            return visit.act("refuse_edition", edition=edition, says=says, for_good=good)
        case "invite":
            return _invited(visit, edition)
        case _:
            raise BadInput(say("Choose what should happen."))


def _invited(visit: Visit, edition: str) -> object:
    until = visit.form.get("until", "").strip()
    if not until:
        raise BadInput(say("Say until which day the invitation lasts."), field="until")
    return visit.act("invite_checker", edition=edition, login=visit.form.get("login", "").strip(), until=until)


def _acts(visit: Visit, view: ReviewView, wrong: Wrong) -> Iterator[Markup]:
    """What the visitor can do about it, and the votes they may see."""
    words, here = visit.words, review_page(view.id)
    if "vote" in view.can and not _voted(visit, view):
        sent = visit.form if _act(visit) == "vote" else {}
        chosen = next((one for one in Verdict if one.value == sent.get("verdict")), None)
        yield vote_form(words, action=here, csrf=visit.csrf, draft=view.draft, chosen=chosen, says=sent.get("says", ""))
    if "approve" in view.can:
        last = paragraph(words, say("Every checker that is needed has voted; your word is the last."))
        leave = button(words, say("Let it leave"), action=here, csrf=visit.csrf, values={"do": "approve"})
        yield section(words, say("Your decision"), last, leave)
    yield _votes(visit, view)
    if NO & set(view.can):
        yield _refusing(visit, view, wrong)
    if "return" in view.can:
        yield _returning(visit, view, wrong)
    yield from _inviting(visit, view, wrong)


def _voted(visit: Visit, view: ReviewView) -> bool:
    """Whether the visitor voted on the edition as it is now."""
    return any(one.by == visit.account and one.draft == view.draft for one in view.votes)


def _votes(visit: Visit, view: ReviewView) -> Markup:
    """Votes the visitor may see; while votes are blind that is their own, and no count."""
    words = visit.words
    now = [one for one in view.votes if one.draft == view.draft]
    lines = [
        VoteLine(who=_who(visit, one.by, str(one.part)), verdict=Verdict(one.verdict.value), says=one.says, at=one.at)
        for one in now
    ]
    if view.missing is None:
        blind = say("Votes stay hidden until all are in, so that nobody votes after another.")
        mine = [Item(title=one.who, says=one.says) for one in lines]
        return section(words, say("Votes"), paragraph(words, blind), *([listing(words, mine)] if mine else ()))
    shown = votes_shown(words, lines, given=view.needed - view.missing, needed=view.needed, blind=False)
    return section(words, say("Votes"), shown)


def _who(visit: Visit, account: str, part: str) -> Text:
    """Who voted, as this reader may know them."""
    if account == visit.account:
        return say("You")
    return say("An invited checker") if part == "invited checker" else say("A checker")


def _refusing(visit: Visit, view: ReviewView, wrong: Wrong) -> Markup:
    words, here = visit.words, review_page(view.id)
    hows = {"send_back": say("Send it back for changes"), "reject": say("Reject it for good"),
            "take_back": say("Take the approval back")}  # fmt: skip
    options = [Option(value, says) for value, says in hows.items() if value in view.can]
    sent = visit.form if _act(visit) == "refuse" else {}
    filled = Filled(words, {"how": options[0].value, **sent}, wrong if sent else ())
    asked = form(words, hidden("do", "refuse"), filled.pick("how", say("What should happen"), options, sort="one"),
                 filled.text("says", say("Why"), sort="textarea", hint=say("Its author reads it.")),
                 action=here, submit=say("Do not let it leave"), csrf=visit.csrf)  # fmt: skip
    return details(words, say("Send it back, or reject it"), asked)


def _returning(visit: Visit, view: ReviewView, wrong: Wrong) -> Markup:
    words, here = visit.words, review_page(view.id)
    sent = visit.form if _act(visit) == "return" else {}
    filled = Filled(words, sent, wrong if sent else ())
    asked = form(words, hidden("do", "return"),
                 filled.text("says", say("What must change"), sort="textarea", hint=say("Its author reads it.")),
                 action=here, submit=say("Send it back"), csrf=visit.csrf)  # fmt: skip
    return details(words, say("Send it back without a vote"), asked)


def _inviting(visit: Visit, view: ReviewView, wrong: Wrong) -> Iterator[Markup]:
    """Checkers of other organisations, while the review is open, for those who may invite one."""
    words, here = visit.words, review_page(view.id)
    if view.state not in BLIND or not (visit.may("propose") or visit.may("approve")):
        return
    sent = visit.form if _act(visit) == "invite" else {}
    filled = Filled(words, sent, wrong if sent else ())
    told = say("Somebody of another organisation who has an account here; they see this one review and no other.")
    many = [paragraph(words, say("Invited so far: {count}.", count=len(view.invitations)))] if view.invitations else []
    asked = form(words, hidden("do", "invite"), filled.text("login", say("Their login")),
                 filled.text("until", say("Last day of the invitation"), sort="date",
                             hint=say("Within the next sixty days.")),
                 action=here, submit=say("Invite them"), csrf=visit.csrf)  # fmt: skip
    yield details(words, say("Invite a checker from elsewhere"), paragraph(words, told), *many, asked)


def _beside(visit: Visit, edition: str) -> Markup:
    """The open reviews before and after this one, with a key for each."""
    found: Sequence[ReviewLine] = [one for one in visit.act("reviews") if one.state in OPEN]
    ids = [one.id for one in found]
    at = ids.index(edition) if edition in ids else -1
    before = Link(ids[at - 1], review_page(ids[at - 1])) if at > 0 else None
    following = Link(ids[at + 1], review_page(ids[at + 1])) if 0 <= at < len(ids) - 1 else None
    back = links(visit.words, [Link(say("All reviews"), "/reviews")], quiet=True)
    return Markup("").join([review_keys(visit.words, previous=before, following=following), back])
