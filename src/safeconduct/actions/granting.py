"""The access committee: votes with reasons, grants and their end."""

import secrets
from dataclasses import replace
from datetime import date

from safeconduct.actions.applications import (
    ASKS,
    RequestView,
    ballot_tree,
    ballots_of,
    every_request,
    request_for,
    request_in,
    step,
    view,
)
from safeconduct.actions.asked import DOWNLOADS, Asks, strictest
from safeconduct.actions.editions import edition_of
from safeconduct.actions.licensing import STATES_OF_USE, every_licence, files_of_edition, licence_in, put_licence
from safeconduct.actions.messages import tell
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.studies import study_exists
from safeconduct.actions.verb import action
from safeconduct.govern.clauses import terms
from safeconduct.govern.deciding import Ballot, Decision, Ruling, ruling
from safeconduct.govern.licences import Grant, check_network, offered
from safeconduct.govern.may import No
from safeconduct.govern.purposes import ALLOWED, Condition, UseRules
from safeconduct.govern.requests import AccessRequest, closed_with, may_decide, parts_in_request
from safeconduct.govern.states.machine import BY_SYSTEM
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotFound, NotPermitted
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_mapping, to_tree


@action(needs="decide", repeatable=True)
def decide_request(  # noqa: PLR0913 - a decision with its grant, each part by name
    room: Room,
    *,
    request: str,
    decision: Decision,
    reasons: str,
    until: date | None = None,
    downloads: int = DOWNLOADS,
    encrypted: bool = False,
    networks: tuple[str, ...] = (),
    conditions: str = "",
) -> RequestView:
    """Vote on a request, with reasons; the vote that settles it is carried out at once.

    Args:
        request: Its id.
        decision: `approve`, `reject` or `return` for changes.
        reasons: Why; the applicant reads them.
        until: Last day of what is granted; the end of the work where left out.
        downloads: How often each file may be downloaded, 1 to 20.
        encrypted: Files come encrypted to each person's key and no other way.
        networks: Networks it may be downloaded from, as CIDR; any where left out.
        conditions: What else is asked, in words. Where several vote for a grant, it holds to what every one asked.
    """
    if not 1 <= downloads <= MOST_DOWNLOADS:
        raise BadInput(say("Allow {least} to {most} downloads.", least=1, most=MOST_DOWNLOADS), field="downloads")
    person = person_of(room)
    asks = Asks(until=until, downloads=downloads, encrypted=encrypted, conditions=conditions,
                networks=tuple(map(check_network, networks)))  # fmt: skip
    with room.write() as act:
        asked = request_in(act, request)
        if asked.state == "draft":
            raise NotFound(say("There is no such request, or it is not yours."))
        answer = may_decide(person, asked)
        if isinstance(answer, No):
            raise NotPermitted(answer.what)
        ballot = Ballot(by=person, decision=decision, reasons=reasons, at=room.now, content=asked.content)
        before = ballots_of(room.site, request)
        own = [asks] if decision is Decision.APPROVE else []
        written = {**_tree(ballot), ASKS: to_tree(asks)}
        act.tx.put("ballot", f"{request}:{secrets.token_hex(6)}", written, at=room.now)
        voted = step(act, asked, "vote")
        ruled = ruling(voted, [*before, ballot], quorum=room.site.settings.quorum)
        if ruled.decision is not None:
            _carry_out(act, voted, ruled, _granted(room, voted, _strictest(room, request, ruled, own)))
    return view(room, request)


def _strictest(room: Room, request: str, ruled: Ruling, own: list[Asks]) -> Asks:
    """What everybody who voted for a grant asks of it together, the latest word of each and the caller's own."""
    agreed = {one.by.account for one in ruled.ballots if one.decision is Decision.APPROVE}
    latest = {
        from_tree(Ballot, ballot_tree(fact)).by.account: from_tree(Asks, fact.body.get(ASKS, {}))
        for fact in room.site.ledger.facts("ballot", prefix=f"{request}:")
    }
    others = [asks for account, asks in latest.items() if account in agreed - {room.caller.account}]
    return strictest([*others, *own])


def _granted(room: Room, asked: AccessRequest, asks: Asks) -> Grant:
    """What is granted; a grant that is not bounded by a day ends with the work."""
    return Grant(
        files=_each(room, asked, asks.downloads), first=room.now.date(), encrypted=asks.encrypted,
        networks=asks.networks, until=asks.until or asked.completion or room.now.date(), conditions=asks.conditions,
        terms=terms("licensed"),
    )  # fmt: skip


MOST_DOWNLOADS = 20


def _each(room: Room, asked: AccessRequest, downloads: int) -> dict[str, int]:
    """How often each file may be downloaded; the files are those of the edition that was asked for."""
    edition, _ = edition_of(room.site, f"{asked.study}/{asked.edition}")
    return {one.name: downloads for one in files_of_edition(room.site, edition)}


def _carry_out(act: Act, asked: AccessRequest, ruled: Ruling, grant: Grant) -> None:
    """What the committee decided, with the licences it leads to, in the transaction of the vote that settled it."""
    if ruled.decision is None:
        return
    reasons = " ".join(one.reasons for one in ruled.ballots if one.decision is ruled.decision)
    decided = step(act, asked, ruled.decision.value, says=reasons)
    if ruled.decision is Decision.APPROVE:
        for account in sorted(decided.people):
            licence = offered(decided, grant, account=account, id=f"l{secrets.token_hex(6)}")
            put_licence(act, licence)
            act.record(licence.id, {"request": asked.id, "command": "offer"})
    tell(act, decided.people, say("Your request was decided."), href=f"/projects/requests/{asked.id}")
    act.record(asked.id, {"told": "team"})


@action(needs="look", repeatable=True)
def close_request(room: Room, *, request: str) -> RequestView:
    """End a grant because the work is done: licences of its team end, and destruction is due.

    Args:
        request: Its id.
    """
    licences = every_licence(room.site)
    with room.write() as act:
        step(act, request_for(act, request), "close")
        for one in (licence_in(act, licence.id) for licence in licences if licence.request == request):
            if one.state in STATES_OF_USE:
                put_licence(act, replace(one, state="expired", ended_at=room.now))
                act.record(one.id, {"command": "expire"})
    return view(room, request)


@action(needs="publish", repeatable=True)
def set_use_rules(
    room: Room, *, study: str, purposes: tuple[str, ...], conditions: tuple[Condition, ...] = (),
    until: date | None = None, countries: tuple[str, ...] = (),
) -> UseRules:  # fmt: skip
    """Say what a study's files may be used for; uses that are always prohibited stay so.

    Args:
        study: Id of the study.
        purposes: Codes of the purposes it is open for.
        conditions: What is asked of every request.
        until: Last day of use.
        countries: Countries it may be used in, ISO 3166-1 alpha-3; any where left out.
    """
    if unknown := sorted(set(purposes) - {one.code for one in ALLOWED}):
        raise BadInput(say("There is no purpose {code}.", code=unknown[0][:60]), field="purposes")
    rules = UseRules(allowed=frozenset(purposes), conditions=frozenset(conditions), until=until,
                     countries=frozenset(one.strip().upper() for one in countries))  # fmt: skip
    with room.write() as act:
        study_exists(act, study)
        act.tx.put("use_rules", study, to_mapping(rules), at=room.now)
        act.record(study, {"purposes": sorted(rules.allowed)})
    return rules


@action(needs="look", repeatable=True)
def revoke_request(room: Room, *, request: str, reason: str) -> RequestView:
    """Take a grant away at once: licences of its team end, and open requests of the same people close.

    Args:
        request: Its id.
        reason: Why; the team reads it.
    """
    if not reason.strip():
        raise BadInput(say("Give the reason; the team reads it."), field="reason")
    others, licences = every_request(room.site), every_licence(room.site)
    with room.write() as act:
        asked = request_for(act, request)
        gone = step(act, asked, "revoke", parts=parts_in_request(person_of(room), asked), says=reason)
        for other in closed_with(gone, others):
            step(act, request_in(act, other), "bar", parts=BY_SYSTEM)
        for one in (licence_in(act, licence.id) for licence in licences if licence.request == request):
            if one.state in STATES_OF_USE:
                put_licence(act, replace(one, state="revoked", ended_at=room.now))
                act.record(one.id, {"command": "revoke"})
        tell(act, gone.people, say("A grant of yours was taken away."), href=f"/projects/requests/{request}")
        act.record(request, {"told": "team"})
    return view(room, request)


def _tree(ballot: Ballot) -> dict[str, Json]:
    return to_mapping(ballot)
