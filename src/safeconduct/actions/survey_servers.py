"""Surveys on servers: pulled on a steward's word or by the clock, into deposits like files that somebody sent."""

import secrets
from dataclasses import dataclass
from datetime import date, datetime

from safeconduct.actions.depositing import may_bring
from safeconduct.actions.room import Room
from safeconduct.actions.studies import check_id
from safeconduct.actions.survey_sources import (
    ACTIVE,
    KIND,
    PAUSED,
    REMOVED,
    Came,
    Connection,
    begin_pull,
    connection_in,
    next_pull,
    remembered,
    server_of,
    task_in,
)
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task
from safeconduct.govern.deposits import Basis, Deposit, Owner
from safeconduct.ingest.survey_pulling import check_form
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_mapping

MOST_HOURS = 24 * 90


@dataclass(frozen=True, kw_only=True)
class ConnectionLine:
    """A survey on a server, in a list.

    Attributes:
        id: Its id.
        server: The site's name of the server.
        form: The server's id of the form.
        study: Id of the study it belongs to.
        title: What people call it.
        state: `active` or `paused`.
        every_hours: Hours from one pull to the next; 0 on somebody's word only.
        came: What came of the last pull.
        at: When that was, UTC.
        next: When the next one is due, UTC; `None` where none is.
        why: What stood in the way of the last one.
        deposit: The deposit made last, `""` for none.
        new: Interviews that were new in it; for its steward.
        edited: Interviews that had been changed on the server.
        deleted: Interviews that are gone from the server; where people withdrew, erase them here too.
        work: How far a pull is that was begun.
    """

    id: str
    server: str
    form: str
    study: str
    title: str
    state: str
    every_hours: int
    came: Came
    at: datetime | None
    next: datetime | None
    why: Text
    deposit: str
    new: int
    edited: int
    deleted: int
    work: Task | None


@action(needs="deposit")
def connect_survey(  # noqa: PLR0913 - what is said of a deposit, each by name
    room: Room,
    *,
    server: str,
    form: str,
    study: str,
    title: str,
    collected_by: str,
    basis: Basis,
    every_hours: int = 0,
    owner: Owner = Owner.OWN,
    partner: str = "",
    agreement: str = "",
    agreement_from: date | None = None,
    agreement_until: date | None = None,
    conditions: str = "",
    embargo_until: date | None = None,
    consent_conditioned: bool | None = None,
    consent_understood: bool | None = None,
) -> ConnectionLine:
    """Have the interviews of a form pulled from a server that the site's settings name; nothing is pulled yet.

    Args:
        server: Its name under `[[servers]]` in the site's settings.
        form: Kobo: the form's `uid`. ODK Central: the project's number, `/` and the form's id.
        study: Id of the study the interviews belong to.
        title: What people call the deposits that are made of them.
        collected_by: Who collects the records.
        basis: The legal basis the records are held on.
        every_hours: Hours from one pull to the next, up to 2,160; 0 to pull on somebody's word only.
        owner: Whose records they are.
        partner: Name of the partner organisation, for a partner's.
        agreement: Reference of the agreement with the partner; where it ends, pulls end.
        agreement_from: First day it is in force.
        agreement_until: Its last day.
        conditions: What the owner asks of every use.
        embargo_until: First day something may be published.
        consent_conditioned: Whether help or service depended on consent, where consent is the basis.
        consent_understood: Whether people understood what they agreed to, where consent is the basis.
    """
    check_form(server_of(room.site, server).kind, form)
    check_id(study.strip())
    if not 0 <= every_hours <= MOST_HOURS:
        raise BadInput(say("A survey is pulled every 1 to 2,160 hours, or every 0 hours: on somebody's word."),
                       field="every_hours")  # fmt: skip
    said = Deposit(
        id="", study=study.strip(), title=title.strip(), depositor=room.caller.account, owner=owner, partner=partner,
        basis=basis, agreement=agreement, agreement_from=agreement_from, agreement_until=agreement_until,
        conditions=conditions, embargo_until=embargo_until, consent_conditioned=consent_conditioned,
        consent_understood=consent_understood, collected_by=collected_by,
    )  # fmt: skip
    may_bring(room, said, "")
    made = Connection(id=f"s{secrets.token_hex(6)}", server=server, form=form, every_hours=every_hours, said=said)
    with room.write() as act:
        act.tx.put(KIND, made.id, to_mapping(made), state=ACTIVE, at=room.now)
        act.record(made.id, {"server": server, "study": said.study, "every_hours": every_hours})
    return _line(room, made.id)


@action(needs="deposit", reads=True)
def surveys_connected(room: Room) -> list[ConnectionLine]:
    """Every survey that is pulled from a server: when it was last, what came of it, when it is again."""
    return [_line(room, one.id) for one in room.site.ledger.facts(KIND) if one.state != REMOVED]


@action(needs="deposit", reads=True)
def survey_servers(room: Room) -> list[str]:
    """Names of the servers that surveys may be pulled from; the site's settings name them."""
    return [one.name for one in room.site.settings.servers]


@action(needs="deposit", repeatable=True)
def pull_survey(room: Room, *, connection: str) -> Task:
    """Pull a survey now; where something changed on the server, a deposit is made of it.

    A deposit of the pull before that nobody decided about is withdrawn: the new one has everything that was in it.

    Args:
        connection: Its id.
    """
    with room.write() as act:
        connection_in(act.tx.fact(KIND, connection))
        act.record(connection, {"command": "pull"})
        return begin_pull(act, connection)


@action(needs="deposit", repeatable=True)
def pause_survey(room: Room, *, connection: str, paused: bool = True) -> ConnectionLine:
    """Stop pulling a survey by the clock, or go on with it.

    Args:
        connection: Its id.
        paused: Whether to stop; `False` to go on.
    """
    return _put(room, connection, PAUSED if paused else ACTIVE)


@action(needs="deposit", repeatable=True)
def disconnect_survey(room: Room, *, connection: str) -> ConnectionLine:
    """End the connection to a survey for good; deposits stay, what was remembered of its interviews goes.

    Args:
        connection: Its id.
    """
    seen = connection_in(room.site.ledger.fact(KIND, connection))[0].last.seen
    ended = _put(room, connection, REMOVED)
    room.site.documents.delete(seen)
    return ended


def _put(room: Room, connection: str, state: str) -> ConnectionLine:
    with room.write() as act:
        one, _ = connection_in(act.tx.fact(KIND, connection))
        act.tx.put(KIND, connection, to_mapping(one), state=state, at=room.now)
        act.record(connection, {"to": state})
    return _line(room, connection)


def _line(room: Room, connection: str) -> ConnectionLine:
    fact = room.site.ledger.fact(KIND, connection)
    one = from_tree(Connection, fact.body if fact else {})
    counts = remembered(room.site, one.last)[1]
    state = fact.state if fact else REMOVED
    return ConnectionLine(
        id=one.id, server=one.server, form=one.form, study=one.said.study, title=one.said.title, state=state,
        every_hours=one.every_hours, came=one.last.came, at=one.last.at,
        next=next_pull(one) if state == ACTIVE else None, why=one.last.why, deposit=one.last.deposit,
        new=counts.get("new", 0), edited=counts.get("edited", 0), deleted=counts.get("deleted", 0),
        work=task_in(room, one),
    )  # fmt: skip
