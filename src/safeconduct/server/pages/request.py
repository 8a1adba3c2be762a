"""A request for files: what it says, where it is, what is missing; handing it in, voting on it, ending it."""

from collections.abc import Iterator, Mapping

from markupsafe import Markup

from safeconduct.actions.applications import RequestView
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Item,
    Link,
    StepLine,
    StepState,
    button,
    details,
    form,
    hidden,
    in_language,
    key_values,
    links,
    listing,
    notice,
    paragraph,
    section,
    stepper,
    timeline,
)
from safeconduct.server.addresses import licence_page, request_page, study_page
from safeconduct.server.applying import PARTS, part_asking, team_items, told, variables_asked
from safeconduct.server.deciding_form import decision_form, decision_name, read_decision
from safeconduct.server.forms import Filled, Wrong, after, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.states import told_moves, where

VOTING, WRITING = "vote", frozenset({"save", "amend"})
SENT: Mapping[str, str] = {"submit": "requested", "withdraw": "request_gone", "vote": "decided", "revoke": "revoked"}


@page(
    "/projects/requests/{request}",
    title=say("Request"),
    menu="projects",
    needs="look",
    listed=False,
    about=say(
        "One request: what is asked, what was said to it, and who must decide. Questions and replies stay with it."
    ),
)
def show(visit: Visit) -> Reply:
    """One request as its team or the people who decide it see it."""
    wrong: Wrong = ()
    if visit.posted:
        _, wrong = attempt(lambda: _done(visit))
        if not wrong:
            return _gone_on(visit)
    view: RequestView = visit.act("request_state", request=visit.parts["request"])
    asked = view.request
    body = [
        *done(visit),
        *_wrong(visit, wrong),
        where(visit, "request", asked.state, since=view.since or visit.room.now, usual_days=view.usual_days),
        links(visit.words, [Link(in_language(view.title, visit.words.language)[1] or asked.study,
                                 study_page(asked.study))], quiet=True),
        *_writing(visit, view),
        *_licence(visit, view),
        *_matched(visit, view),
        _said(visit, view),
        *_voting(visit, view, wrong),
        *_ballots(visit, view),
        *_history(visit, view),
        *_ending(visit, view, wrong),
    ]  # fmt: skip
    title = say("Request for {study}, edition {number}", study=asked.study, number=asked.edition)
    return Shown(title=title, body=body, status=422 if wrong else 200)


def _done(visit: Visit) -> object:
    """Carry out what a form asks for."""
    request, do = visit.parts["request"], visit.form.get("do", "")
    if do == VOTING:
        return visit.act("decide_request", request=request, **read_decision(visit.form))
    if do == "revoke":
        return visit.act("revoke_request", request=request, reason=visit.form.get("reason", ""))
    return visit.act("withdraw_request" if do == "withdraw" else "submit_request", request=request)


def _gone_on(visit: Visit) -> Goto:
    return after(request_page(visit.parts["request"]), SENT.get(visit.form.get("do", ""), "saved"))


def _wrong(visit: Visit, wrong: Wrong) -> Iterator[Markup]:
    """What is wrong with handing in leads to the part that asks for it."""
    for field, text in wrong:
        if visit.form.get("do") == "submit" and field:
            part = part_asking(field)
            yield notice(visit.words, text, tone="problem")
            yield links(visit.words, [Link(part.title, f"{request_page(visit.parts['request'], part.name)}?check=1")])
        elif not field or visit.form.get("do") == "withdraw":
            yield notice(visit.words, text, tone="problem")


def _writing(visit: Visit, view: RequestView) -> Iterator[Markup]:
    """What is still to be said, part by part, and the button that hands it in."""
    if not WRITING & set(view.can):
        return
    words, request = visit.words, view.request.id
    open_fields = {one.field for one in view.problems}
    steps = [
        StepLine(
            title=one.title,
            state=StepState.LATER if open_fields & set(one.fields) else StepState.DONE,
            href=request_page(request, one.name) + ("?check=1" if open_fields & set(one.fields) else ""),
            says=say("Something is missing") if open_fields & set(one.fields) else "",
        )
        for one in PARTS
    ]
    missing = [
        Item(title=one.says, href=f"{request_page(request, part_asking(one.field).name)}?check=1#{one.field}")
        for one in view.problems
    ]
    hand_in = button(words, say("Hand it in"), action=request_page(request), csrf=visit.csrf, values={"do": "submit"})
    yield section(
        words,
        say("Your request"),
        stepper(words, steps, label=say("Parts of the request")),
        details(words, say("Still missing: {count}", count=len(missing)), listing(words, missing))
        if missing
        else paragraph(words, say("Everything is said. Read it once more below, then hand it in.")),
        *(() if missing else (hand_in,)),
    )


def _licence(visit: Visit, view: RequestView) -> Iterator[Markup]:
    """The way to the files, once the request is granted."""
    if view.request.state != "approved" or not visit.may("receive"):
        return
    mine = [one.licence for one in visit.act("my_licences") if one.licence.request == view.request.id]
    if mine:
        yield links(visit.words, [Link(say("To your licence and the files"), licence_page(mine[0].id))])


def _matched(visit: Visit, view: RequestView) -> Iterator[Markup]:
    """What the study's rules say of the use asked for."""
    if not view.request.purpose:
        return
    refused = [Item(title=one.says, aside=say("not allowed")) for one in view.match.reasons]
    looked = [Item(title=one.says, aside=say("a person looks at it")) for one in view.match.open]
    if refused:
        yield notice(visit.words, say("Handed in like this, the request would be refused at once."), tone="problem")
    if refused or looked:
        yield section(visit.words, say("What the study's rules say"), listing(visit.words, [*refused, *looked]))


def _said(visit: Visit, view: RequestView) -> Markup:
    words = visit.words
    variables = variables_asked(view)
    whole = say("All variables of the files") if view.request.whole else say("No variable is chosen yet.")
    chosen = details(words, say("Variables: {count}", count=len(variables)), listing(words, variables))
    return section(
        words,
        say("What it says"),
        key_values(words, told(view)),
        section(words, say("Variables asked for"), chosen if variables else paragraph(words, whole)),
        section(words, say("Team"), listing(words, team_items(view))),
    )


def _voting(visit: Visit, view: RequestView, wrong: Wrong) -> Iterator[Markup]:
    """The form of a vote, for members of the committee without a stake."""
    if VOTING in view.can:
        values = visit.form if visit.posted else {}
        needed = say("Votes still needed: {count}.", count=view.missing)
        shown = decision_form(visit, view, Filled(visit.words, values, wrong), action=request_page(view.request.id))
        yield section(visit.words, say("Your vote"), paragraph(visit.words, needed), shown, id="vote")


def _ballots(visit: Visit, view: RequestView) -> Iterator[Markup]:
    if view.ballots:
        items = [
            Item(title=decision_name(one.decision), says=one.reasons, aside=visit.words.moment(one.at))
            for one in view.ballots
        ]
        yield section(visit.words, say("Votes"), listing(visit.words, items))


def _history(visit: Visit, view: RequestView) -> Iterator[Markup]:
    """What happened, by whom as far as a reader may know them."""
    program, committee = say("this program"), say("somebody of this site")
    names: Mapping[str, Text | str] = {**view.members, "": program}
    moves = [(one.command, names.get(one.by, committee), one.at, one.says) for one in view.request.history]
    if lines := told_moves("request", moves):
        yield section(visit.words, say("What happened"), timeline(visit.words, lines))


def _ending(visit: Visit, view: RequestView, wrong: Wrong) -> Iterator[Markup]:
    """Withdrawing, for the applicant; taking a grant away, for those who may."""
    words, here = visit.words, request_page(view.request.id)
    if "withdraw" in view.can:
        gone = button(words, say("Withdraw the request"), action=here, csrf=visit.csrf, tone="danger",
                      values={"do": "withdraw"})  # fmt: skip
        yield details(words, say("Withdraw it"), paragraph(words, say("It ends here; you can begin a new one.")), gone)
    if "revoke" in view.can:
        filled = Filled(words, visit.form, wrong)
        asked = form(
            words,
            hidden("do", "revoke"),
            filled.text("reason", say("Why"), sort="textarea", hint=say("The team reads it.")),
            action=here,
            submit=say("Take the grant away"),
            csrf=visit.csrf,
        )
        ends = say("Every licence of the team ends at once, and downloads under way stop.")
        yield details(words, say("Take the grant away"), paragraph(words, ends), asked)
