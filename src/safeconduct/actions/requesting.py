"""Asking for a licensed file: a form that remembers, handed in to the access committee."""

import secrets
from collections.abc import Mapping
from dataclasses import fields, replace
from typing import Any

from safeconduct.actions.applications import RequestView, body_of, every_request, request_in, rules_of, step, view
from safeconduct.actions.baskets import basket_of
from safeconduct.actions.finding import entry_of
from safeconduct.actions.licensing import every_licence
from safeconduct.actions.messages import holders, tell
from safeconduct.actions.moving import start
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.verb import action
from safeconduct.govern import licences
from safeconduct.govern.may import No
from safeconduct.govern.purposes import Outcome, matches
from safeconduct.govern.requests import AccessRequest, TeamMember, conflict, may_request, problems
from safeconduct.govern.roles import Role
from safeconduct.govern.states.machine import BY_SYSTEM
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, WrongState
from safeconduct.model.microdata import Column
from safeconduct.model.study import Access
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.release.envelopes import check_key

SEALED = frozenset({"id", "study", "edition", "applicant", "state", "history", "team"})


@action(needs="request")
def begin_request(room: Room, *, study: str) -> RequestView:
    """Begin a request for the licensed files of a study; what your basket holds of it is asked for.

    Args:
        study: Id of the study.
    """
    entry = entry_of(room.site, study)
    if entry.release is None or entry.access is not Access.LICENSED:
        raise WrongState(say("The files of this study cannot be asked for; its page says how it can be had."))
    own = basket_of(room)
    wanted = [Column(file=one.file.partition("/")[2], name=one.name) for one in own if one.file.startswith(f"{study}/")]
    account = room.site.accounts.get(room.caller.account)
    person = person_of(room)
    member = TeamMember(name=account.name, affiliation=person.organisation, account=account.id)
    before = _profile(room)
    request = AccessRequest(
        id=f"q{secrets.token_hex(6)}", study=study, edition=entry.release.edition, applicant=account.id,
        team=(member,), variables=tuple(wanted), whole=False if wanted else None,
        organisation=person.organisation,
    )  # fmt: skip
    request = replace(request, **before)
    with room.write() as act:
        start(act, "request", request.id, body_of(room.site, request), {"study": study, "edition": request.edition})
    return view(room, request.id)


REMEMBERED = ("organisation", "kind", "registered", "address", "telephone", "country")


def _profile(room: Room) -> dict[str, Any]:
    """What the form remembers of the caller's last request."""
    mine = [one for one in every_request(room.site) if one.applicant == room.caller.account]
    return {name: getattr(mine[-1], name) for name in REMEMBERED} if mine else {}


@action(needs="request", repeatable=True)
def write_request(
    room: Room, *, request: str, fields: Mapping[str, object], team: tuple[Mapping[str, object], ...] | None = None
) -> RequestView:
    """Write a request further; parts that are not named stay as they are.

    Args:
        request: Its id.
        fields: Answers by name, as the form has them.
        team: Everybody who would have the files: `name`, `title`, `affiliation`, `login`, `key`; you too.
    """
    if unknown := sorted(SEALED & set(fields)):
        raise BadInput(say("That part of a request cannot be written."), field=unknown[0])
    with room.write() as act:
        now = _mine(act, request)
        tree = to_tree(now)
        written = from_tree(AccessRequest, {**(tree if isinstance(tree, dict) else {}), **_given(fields)})
        if team is not None:
            written = replace(written, team=tuple(_member(room, one) for one in team))
        step(act, written, "amend" if now.state == "returned" else "save")
    return view(room, request)


def _given(sent: Mapping[str, object]) -> dict[str, object]:
    """The answers that say something; an empty one leaves the field as new."""
    usual = {one.name for one in fields(AccessRequest)}
    if unknown := sorted(set(sent) - usual):
        raise BadInput(say("A request has no such field."), field=unknown[0])
    return {name: None if value == "" and name in NONE_FOR_EMPTY else value for name, value in sent.items()}


NONE_FOR_EMPTY = frozenset({"kind", "completion", "merges", "whole", "commercial"})


def _member(room: Room, tree: Mapping[str, object]) -> TeamMember:
    """Somebody of a team, from the form; a login nobody has is no account."""
    account = room.site.accounts.by_login(str(tree.get("login", ""))) if tree.get("login") else None
    key = str(tree.get("key", "")).strip()
    return TeamMember(
        name=str(tree.get("name", "")),
        title=str(tree.get("title", "")),
        affiliation=str(tree.get("affiliation", "")),
        account=account.id if account else "",
        key=check_key(key) if key else "",
    )


@action(needs="request", repeatable=True)
def submit_request(room: Room, *, request: str) -> RequestView:
    """Hand a request in. A prohibited use is refused at once, in words; everything else people decide.

    Args:
        request: Its id.
    """
    others, owing = every_request(room.site), _owing(room)
    with room.write() as act:
        asked = _mine(act, request)
        if found := problems(asked, today=room.now.date()):
            raise BadInput(found[0].says, field=found[0].field)
        rest = [one for one in others if one.study == asked.study and one.id != asked.id]
        answer = may_request(person_of(room), asked, rest, owing=owing)
        if isinstance(answer, No):
            raise NotPermitted(answer.what)
        _send(act, step(act, asked, "submit"))
    return view(room, request)


def _send(act: Act, sent: AccessRequest) -> None:
    """To the committee; a prohibited use goes no further."""
    match = matches(sent.wish(), rules_of(act.room.site, sent.study))
    if match.outcome is Outcome.REFUSED:
        step(act, sent, "reject", parts=BY_SYSTEM, says=" ".join(str(one.says) for one in match.reasons))
        return
    waits = say("A request for a licensed file waits.")
    free = [one for one in holders(act.room, Role.COMMITTEE) if not conflict(person_of(act.room, one), sent)]
    tell(act, free, waits, href=f"/projects/requests/{sent.id}")
    act.record(sent.id, {"told": "committee"})


def _owing(room: Room) -> frozenset[str]:
    today = room.now.date()
    return frozenset(one.person for one in every_licence(room.site) if licences.overdue(one, today=today))


@action(needs="request", repeatable=True)
def withdraw_request(room: Room, *, request: str) -> RequestView:
    """Withdraw a request of yours.

    Args:
        request: Its id.
    """
    with room.write() as act:
        step(act, _mine(act, request), "withdraw")
    return view(room, request)


def _mine(act: Act, request: str) -> AccessRequest:
    """A request of the caller's own.

    Raises:
        NotFound: There is none, or it is somebody else's.
    """
    found = request_in(act, request)
    if found.applicant != act.room.caller.account:
        raise NotFound(say("There is no such request, or it is not yours."))
    return found
