"""The pulling of surveys: what is due, what came, and the deposit that is made of it."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from safeconduct.actions.depositing import bring, may_bring
from safeconduct.actions.deposits_held import Held
from safeconduct.actions.messages import tell
from safeconduct.actions.moving import move
from safeconduct.actions.room import Act, Caller, Door, Room
from safeconduct.actions.site import Site
from safeconduct.actions.survey_sources import (
    ACTIVE,
    KIND,
    REMOVED,
    Came,
    Connection,
    LastPull,
    begin_pull,
    connection_in,
    next_pull,
    remembered,
    server_of,
)
from safeconduct.actions.working import begin, system_act, works
from safeconduct.govern.states.machine import Part
from safeconduct.ingest.server_line import Patience
from safeconduct.ingest.survey_pulling import Pulled, Wanted, pull
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.entries import Fact
from safeconduct.model.errors import BrokenPromise, NotPermitted, SafeconductError, TooMany, WrongState
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_mapping

UNKEPT = frozenset({"receiving", "received", "read", "failed"})
"""States of a deposit that a newer pull may take the place of: nobody has decided about it."""
HREF = "/data/servers"


def pull_due(site: Site, now: datetime) -> None:
    """Begin every pull whose time has come; of two workers one does."""
    room = Room.of_worker(site, now, verb="pull_survey")
    for fact in site.ledger.facts(KIND, state=ACTIVE):
        if _due(fact, now):
            with room.write() as act:
                again = act.tx.fact(KIND, fact.id)
                if again is not None and again.state == ACTIVE and _due(again, now):
                    begin_pull(act, fact.id)


def _due(fact: Fact, now: datetime) -> bool:
    due = next_pull(connection_in(fact)[0])
    return due is not None and due <= now


@works("pull_survey")
def _pull(site: Site, job: Job, beat: Heartbeat) -> None:
    """Pull what changed and make a deposit of it; what stands in the way is told to its steward."""
    one, _ = connection_in(site.ledger.fact(KIND, str(job.body["connection"])))
    try:
        waits = _waits(site, one)
        found = None if waits else _pulled(site, one, job, beat)
    except SafeconductError as error:
        if isinstance(error, BrokenPromise | TooMany) and job.tries < site.queue.tries:
            raise
        _failed(site, job, one, error.text)
        return
    if found is None:
        _ended(site, job, replace(one.last, came=Came.WAITS if waits else Came.NOTHING_NEW, why=Text("")))
    else:
        _brought(site, job, one, found)


def _waits(site: Site, one: Connection) -> bool:
    """Whether somebody is deciding about the deposit of the last pull, which must not be taken from their hands."""
    fact = site.ledger.fact("deposit", one.last.deposit) if one.last.deposit else None
    return fact is not None and (fact.state == "decided" or (fact.state in UNKEPT and bool(fact.body.get("roles"))))


def _pulled(site: Site, one: Connection, job: Job, beat: Heartbeat) -> Pulled | None:
    room = Room.of_worker(site, verb=job.verb)
    if not site.accounts.get(one.said.depositor).open:
        raise NotPermitted(say("Whoever answers for this survey has no account any more; connect it anew."))
    may_bring(room, one.said, "")
    mark, gone = _mark(site, one), _gone(site, one)
    wanted = Wanted(
        server=server_of(site, one.server),
        form=one.form,
        files=(f"p{mark(f'{job.key}/interviews')[:24]}", f"p{mark(f'{job.key}/form')[:24]}"),
        mark=mark,
        seen={} if gone else remembered(site, one.last)[0],
        earlier=one.last.files[0] if one.last.files and not gone else "",
    )
    return pull(wanted, uploads=site.uploads, patience=Patience(wait=beat.stopped.wait, stopped=beat.stopped.is_set))


def _gone(site: Site, one: Connection) -> bool:
    """Whether the deposit of the last pull was withdrawn: then whatever there is is new."""
    fact = site.ledger.fact("deposit", one.last.deposit) if one.last.deposit else None
    return fact is not None and fact.state == "withdrawn"


def _mark(site: Site, one: Connection) -> Callable[[str], str]:
    key = site.keys.derive("survey source", one.id)
    return lambda text: hmac.digest(key, text.encode("utf-8", "surrogatepass"), hashlib.sha256).hex()[:32]


def _brought(site: Site, job: Job, one: Connection, found: Pulled) -> None:
    """Make a deposit of what was pulled; one before it that nobody decided about goes."""
    wave = one.said.study if _kept(site, one.said.study) else ""
    said = replace(one.said, id=f"d{secrets.token_hex(6)}")
    counts = {"new": found.new, "edited": found.edited, "deleted": found.deleted}
    seen = site.documents.put({"seen": dict(found.seen), "counts": counts})
    last = LastPull(came=Came.BROUGHT, deposit=said.id, files=found.files, seen=seen)
    with site.ledger.write() as tx:
        now = system_act(site, tx, job).room.now
        act = Act(tx, Room(site, Caller(account=said.depositor, door=Door.WORKER), now, verb=job.verb))
        bring(act, Held(deposit=said, uploads=found.files, wave_of=wave))
        _withdraw(act, one.last.deposit)
        _write(act, one.id, replace(last, at=now))
        site.queue.finish(tx, job, result_ref=said.id, now=now)
    if one.last.seen != seen:
        site.documents.delete(one.last.seen)


def _kept(site: Site, study: str) -> bool:
    fact = site.ledger.fact("microdata", study)
    return fact is not None and fact.state == "current"


def _withdraw(act: Act, deposit: str) -> None:
    fact = act.tx.fact("deposit", deposit) if deposit else None
    if fact is not None and fact.state in UNKEPT:
        move(act, "deposit", deposit, command="withdraw", parts=frozenset({Part.AUTHOR}))
        begin(act, f"destroy/{deposit}", {"deposit": deposit}, verb="destroy_arrivals")


def _failed(site: Site, job: Job, one: Connection, why: Text) -> None:
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        tell(act, [one.said.depositor], say("A survey could not be pulled from its server."), href=HREF)
        _write(act, one.id, replace(one.last, came=Came.FAILED, at=act.room.now, why=why))
        site.queue.fail(tx, job, why, act.room.now)


def _ended(site: Site, job: Job, last: LastPull) -> None:
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        _write(act, str(job.body["connection"]), replace(last, at=act.room.now))
        site.queue.finish(tx, job, result_ref=last.deposit, now=act.room.now)


def _write(act: Act, connection: str, last: LastPull) -> None:
    """Write down what came of a pull, unless the connection was ended meanwhile.

    Raises:
        WrongState: It was.
    """
    fact = act.tx.fact(KIND, connection)
    if fact is None or fact.state == REMOVED:
        raise WrongState(say("This survey is not pulled any more."))
    one = from_tree(Connection, fact.body)
    act.tx.put(
        KIND, connection, to_mapping(replace(one, last=last, pulls=one.pulls + 1)), state=fact.state, at=act.room.now
    )
    act.record(connection, {"came": last.came.value, "deposit": last.deposit, "why": last.why.id})
