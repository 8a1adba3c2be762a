"""Requests as everybody who has to do with them sees them: where they are, since when, and what happened."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from safeconduct.actions.finding import purposes_of, title_of
from safeconduct.actions.moving import move, table
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.govern.clauses import Terms, terms
from safeconduct.govern.deciding import Ballot, ruling
from safeconduct.govern.forms import Problem
from safeconduct.govern.purposes import Match, Purpose, UseRules, matches
from safeconduct.govern.requests import AccessRequest, Happened, parts_in_request, problems, since, usual_days
from safeconduct.govern.roles import Person
from safeconduct.govern.states.machine import BY_SYSTEM, Part, commands, moved
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json
from safeconduct.model.errors import NotFound
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_tree


@dataclass(frozen=True, kw_only=True)
class RequestLine:
    """A request in a list.

    Attributes:
        id: Its id.
        study: Id of the study.
        edition: Number of the edition.
        organisation: Who asks.
        state: Where it is.
        since: Since when, UTC.
        mine: Whether the caller is of its team.
    """

    id: str
    study: str
    edition: int
    organisation: str
    state: str
    since: datetime
    mine: bool


@dataclass(frozen=True, kw_only=True)
class RequestView:
    """A request as its team or the committee sees it.

    Attributes:
        request: What was written, and everything that happened to it.
        problems: What it must still say, field by field.
        match: What the matcher of purposes says.
        since: Since when it is where it is, UTC.
        usual_days: The usual time to a decision, `None` where too few were decided to tell.
        ballots: Votes so far, for the committee; empty for the team until the decision.
        missing: Votes still needed.
        parts: What the caller is to it.
        members: What to call the people of the team, by account.
        logins: What they sign in with, by account; for the applicant, who named them.
        can: What the caller may do to it now, commands of the table `request`.
        title: Title of the study, by language.
        purposes: What the study can be asked for.
        terms: What everybody in the team would accept.
    """

    request: AccessRequest
    problems: tuple[Problem, ...]
    match: Match
    since: datetime | None
    usual_days: int | None
    ballots: tuple[Ballot, ...]
    missing: int
    parts: frozenset[Part]
    members: Mapping[str, str] = field(hash=False)
    logins: Mapping[str, str] = field(hash=False, repr=False)
    can: tuple[str, ...]
    title: Mapping[str, str] = field(hash=False)
    purposes: tuple[Purpose, ...]
    terms: Terms


@action(needs="look", reads=True)
def requests(room: Room) -> list[RequestLine]:
    """Requests you are part of, or may decide or stop; the latest first."""
    person = person_of(room)
    seen = [one for one in every_request(room.site) if sees(person, one)]
    return [_line(room, one) for one in reversed(seen)]


def _line(room: Room, request: AccessRequest) -> RequestLine:
    return RequestLine(
        id=request.id,
        study=request.study,
        edition=request.edition,
        organisation=request.organisation,
        state=request.state,
        since=since(request) or room.now,
        mine=room.caller.account in request.people,
    )


def sees(person: Person, request: AccessRequest) -> bool:
    """Whether somebody may see a request: its team always, the others once it was handed in."""
    parts = parts_in_request(person, request)
    return bool(parts & {Part.APPLICANT, Part.MEMBER}) or (bool(parts) and request.state != "draft")


@action(needs="look", reads=True)
def request_state(room: Room, *, request: str) -> RequestView:
    """A request: what it says, with whom it is, since when, and the usual time.

    Args:
        request: Its id.
    """
    return view(room, request)


def view(room: Room, request: str) -> RequestView:
    """A request as the caller sees it.

    Raises:
        NotFound: There is none, or it is not theirs to see.
    """
    asked = request_of(room.site, request)
    person = person_of(room)
    if not sees(person, asked):
        raise NotFound(say("There is no such request, or it is not yours."))
    parts = parts_in_request(person, asked)
    ballots = ballots_of(room.site, request)
    ruled = ruling(asked, ballots, quorum=room.site.settings.quorum)
    rules = rules_of(room.site, asked.study)
    return RequestView(
        request=asked,
        problems=problems(asked, today=room.now.date()) if Part.APPLICANT in parts else (),
        match=matches(asked.wish(), rules),
        since=since(asked),
        usual_days=usual_days(every_request(room.site)),
        ballots=ruled.ballots if Part.COMMITTEE in parts or asked.state not in {"draft", "submitted"} else (),
        missing=ruled.missing,
        parts=parts,
        members={one.account: one.name for one in asked.team},
        logins=_logins(room.site, asked) if Part.APPLICANT in parts else {},
        can=commands(table("request"), asked.state, parts),
        title=title_of(room.site, asked.study),
        purposes=purposes_of(rules.open),
        terms=terms("licensed"),
    )


def _logins(site: Site, request: AccessRequest) -> dict[str, str]:
    return {one.account: site.accounts.get(one.account).login for one in request.team if one.account}


def step(
    act: Act, request: AccessRequest, command: str, *, parts: frozenset[Part] | None = None, says: str = ""
) -> AccessRequest:
    """Carry out a command on a request in an open transaction: the table decides, its history grows.

    Args:
        act: The open transaction; the request was read in it.
        request: The request as it is.
        command: What is done.
        parts: What whoever does it is to the request; worked out where left out.
        says: What is written with it.

    Raises:
        WrongState: It cannot be done now.
        NotPermitted: It is somebody else's to do.
    """
    room = act.room
    who = parts if parts is not None else parts_in_request(person_of(room), request)
    to = moved(table("request"), request.state, command, who)
    by = "" if parts == BY_SYSTEM else room.caller.account
    happened = Happened(command=command, state=to, by=by, at=room.now, says=says)
    after = replace(request, state=to, history=(*request.history, happened))
    move(act, "request", request.id, command=command, parts=who, body=body_of(room.site, after))
    return after


def request_in(act: Act, request: str) -> AccessRequest:
    """A request as an open transaction sees it.

    Raises:
        NotFound: There is none.
    """
    return _read(act.room.site, act.tx.fact("request", request))


def request_for(act: Act, request: str) -> AccessRequest:
    """A request in an open transaction that the caller may see; told to anybody else as one that is not there.

    Raises:
        NotFound: There is none, or it is not theirs to see.
    """
    found = request_in(act, request)
    if not sees(person_of(act.room), found):
        raise NotFound(say("There is no such request, or it is not yours."))
    return found


def body_of(site: Site, request: AccessRequest) -> dict[str, Json]:
    """What the ledger keeps of a request; its words and the names in it are a document that can be destroyed."""
    return {"document": site.documents.put(to_tree(request)), "study": request.study, "edition": request.edition}


def request_of(site: Site, request: str) -> AccessRequest:
    """A request by its id.

    Raises:
        NotFound: There is none.
    """
    return _read(site, site.ledger.fact("request", request))


def _read(site: Site, fact: Fact | None) -> AccessRequest:
    if fact is None:
        raise NotFound(say("There is no such request, or it is not yours."))
    return from_tree(AccessRequest, site.documents.get(str(fact.body["document"])))


def every_request(site: Site) -> list[AccessRequest]:
    """Every request, the first one first."""
    return [_read(site, one) for one in site.ledger.facts("request")]


def ballots_of(site: Site, request: str) -> list[Ballot]:
    """Every vote on a request, in order."""
    return [from_tree(Ballot, ballot_tree(one)) for one in site.ledger.facts("ballot", prefix=f"{request}:")]


ASKS = "asks"
"""Where a ballot's fact keeps what its member asks of a grant, beside the ballot itself."""


def ballot_tree(fact: Fact) -> dict[str, Json]:
    """The ballot a fact holds."""
    return {name: one for name, one in fact.body.items() if name != ASKS}


def rules_of(site: Site, study: str) -> UseRules:
    """What a study's files may be used for: everything the list allows, where nobody narrowed it."""
    fact = site.ledger.fact("use_rules", study)
    return from_tree(UseRules, fact.body) if fact else UseRules()
