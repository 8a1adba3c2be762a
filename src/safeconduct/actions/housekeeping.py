"""Housekeeping: what waited too long is destroyed, what ran out is written down; nobody has to remember."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial

from safeconduct.actions.alarming import alarm
from safeconduct.actions.applications import every_request, request_in, step
from safeconduct.actions.deposits_held import held_in
from safeconduct.actions.going_on import every_one
from safeconduct.actions.licensing import STATES_OF_USE, every_licence, licence_in, put_licence
from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.mosaic_tidying import forget_cards, forget_facts
from safeconduct.actions.moving import move
from safeconduct.actions.reminding import remind
from safeconduct.actions.retaining import nightly, nightly_erasures
from safeconduct.actions.retaining_records import nightly_records
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.survey_pulls import pull_due
from safeconduct.actions.together import about_of, begin_look
from safeconduct.actions.verb import action
from safeconduct.actions.watching import begin_looks
from safeconduct.actions.working import begin
from safeconduct.govern.roles import Role
from safeconduct.govern.states.machine import BY_SYSTEM
from safeconduct.ledger.entries import Fact
from safeconduct.model.text import say

WAITS = timedelta(days=30)
"""How long files may wait for somebody to decide about them."""
LEAP, LEAPT = timedelta(days=7), "leapt"
"""A site that did no housekeeping for longer was off, or its clock is wrong."""

_looked: dict[str, str] = {}
_begun: dict[str, str] = {}
KEPT = frozenset({"kept", "withdrawn"})
OVER = frozenset({"expired", "revoked", "destroyed"})


@dataclass(frozen=True, kw_only=True)
class Tidied:
    """What housekeeping did.

    Attributes:
        uploads: Files that nobody deposited and were destroyed.
        deposits: Deposits that waited too long and were withdrawn.
        licences: Licences that ran out.
        requests: Grants that ran out.
        deliveries: Packed files that nobody can fetch any more and were destroyed.
        reports: Reports and facts from elsewhere that newer ones replaced, or that were taken back, and were destroyed.
    """

    uploads: int
    deposits: int
    licences: int
    requests: int
    deliveries: int
    reports: int


@action(needs="operate", repeatable=True)
def tidy(room: Room) -> Tidied:
    """Destroy what waited longer than thirty days, and write down what ran out; the workers do this every day."""
    return tidied(room.site, room.now)


def tidied(site: Site, now: datetime) -> Tidied:
    """Do the housekeeping of a site; doing it again changes nothing more."""
    room = Room.of_worker(site, now, verb="tidy")
    return Tidied(
        uploads=sum(1 for _ in _uploads(room)),
        deposits=sum(1 for _ in _deposits(room)),
        licences=sum(1 for _ in _licences(room)),
        requests=sum(1 for _ in _requests(room)),
        deliveries=sum(1 for _ in _deliveries(room)),
        reports=sum(1 for _ in (*forget_cards(room), *forget_facts(room))),
    )


def between_jobs(site: Site) -> None:
    """What a worker does when nothing waits: what is due by the clock, once a minute, and the day's housekeeping."""
    now = datetime.now(UTC)
    minute = now.isoformat(timespec="minutes")
    if _begun.get(str(site.folders.root)) != minute:
        _begun[str(site.folders.root)] = minute
        pull_due(site, now)
        begin_looks(site)
    daily(site)


def daily(site: Site) -> None:
    """Do the housekeeping if nobody did it today, and have what was told looked at together; of two workers one does.

    Nothing is looked up twice on one day.

    Raises:
        SafeconductError: Something of it failed, such as one data set that does not open; the rest was done.
    """
    now = datetime.now(UTC)
    today = now.date().isoformat()
    if _looked.get(str(site.folders.root)) == today:
        return
    _looked[str(site.folders.root)] = today
    if _tidied_on(site.ledger.fact("tidied", "site"), today):
        return
    with site.ledger.write() as tx:
        if _tidied_on(tx.fact("tidied", "site"), today):
            return
        act = Act(tx, Room.of_worker(site, now, verb="tidy"))
        leapt = _written_down(act, tx.fact("tidied", "site"), now.date())
    looks = (partial(_look, site, dataset, now) for dataset in site.datasets())
    destroying = (nightly_erasures,) if leapt else (tidied, nightly, nightly_records)
    every_one([*looks, *(partial(step, site, now) for step in (*destroying, alarm, remind))])


def _look(site: Site, dataset: str, now: datetime) -> None:
    """Have what was told of a data set looked at together."""
    about = about_of(site, dataset)
    with site.ledger.write() as tx:
        begin_look(Act(tx, Room.of_worker(site, now, verb="tidy")), about)


def _written_down(act: Act, last: Fact | None, today: date) -> bool:
    """That it is done today; whether the clock leapt since the last time, so that nothing is destroyed for its age.

    It may be wrong. Officers are told and have a day to look; of two leaps one after the other only the first counts,
    so that a site that is seldom on keeps nothing for ever.
    """
    before = date.fromisoformat(str(last.body["day"])) if last is not None else today
    leapt = abs(today - before) > LEAP and last is not None and last.state != LEAPT
    act.tx.put("tidied", "site", {"day": today.isoformat()}, state=LEAPT if leapt else "current", at=act.room.now)
    if leapt:
        tell(act, [*of_the_house(act.room, Role.DPO), *of_the_house(act.room, Role.ENGINEER)],
             say("The site was last at work on {before}, and its clock says {today}. Put the clock right if it is "
                 "wrong: until tomorrow nothing is destroyed because of its age.", before=before.isoformat(),
                 today=today.isoformat()),
             href="/assurance/health")  # fmt: skip
    act.record("site", {"leapt": True} if leapt else {})
    return leapt


def _tidied_on(last: Fact | None, day: str) -> bool:
    return last is not None and last.body.get("day") == day


def _uploads(room: Room) -> Iterator[str]:
    """Files that nobody deposited."""
    used = {one for fact in room.site.ledger.facts("deposit") if fact.state not in KEPT
            for one in held_in(room.site, fact.id).uploads}  # fmt: skip
    for upload in room.site.uploads.untouched(since=room.now - WAITS):
        if upload not in used:
            with room.write() as act:
                fact = act.tx.fact("upload", upload)
                act.tx.put("upload", upload, fact.body if fact else {}, state="destroyed", at=room.now)
                act.record(upload, {"command": "expire"})
            room.site.uploads.destroy(upload)
            yield upload


def _deposits(room: Room) -> Iterator[str]:
    for fact in room.site.ledger.facts("deposit"):
        if fact.state in KEPT or datetime.fromisoformat(fact.at) > room.now - WAITS:
            continue
        held = held_in(room.site, fact.id)
        with room.write() as act:
            move(act, "deposit", fact.id, command="expire", parts=BY_SYSTEM)
            tell(act, [held.deposit.depositor], say("A deposit of yours waited too long and its files were destroyed."),
                 href=f"/data/deposits/{fact.id}")  # fmt: skip
            act.record(fact.id, {"told": "depositor"})
            begin(act, f"destroy/{fact.id}", {"deposit": fact.id}, verb="destroy_arrivals")
        yield fact.id


def _licences(room: Room) -> Iterator[str]:
    for one in every_licence(room.site):
        if one.state not in STATES_OF_USE or room.now.date() <= one.until:
            continue
        with room.write() as act:
            now = licence_in(act, one.id)
            if now.state in STATES_OF_USE:
                put_licence(act, replace(now, state="expired", ended_at=room.now))
                tell(act, [now.person], say("A licence of yours ran out; destroy the files and confirm it."),
                     href=f"/projects/licences/{now.id}")  # fmt: skip
                act.record(now.id, {"command": "expire"})
        yield one.id


def _requests(room: Room) -> Iterator[str]:
    licences = every_licence(room.site)
    for one in every_request(room.site):
        own = [licence.state for licence in licences if licence.request == one.id]
        if one.state == "approved" and own and not set(own) & STATES_OF_USE:
            with room.write() as act:
                step(act, request_in(act, one.id), "expire", parts=BY_SYSTEM)
            yield one.id


def _deliveries(room: Room) -> Iterator[str]:
    """Packed files of licences that are over."""
    over = {one.id for one in every_licence(room.site) if one.state in OVER}
    for fact in room.site.ledger.facts("delivery"):
        packed = fact.body.get("packed")
        licence = fact.id.partition(":")[0]
        if licence in over and fact.state != "destroyed" and isinstance(packed, dict):
            with room.write() as act:
                act.tx.put("delivery", fact.id, {**fact.body, "state": "destroyed"}, state="destroyed", at=room.now)
                act.record(fact.id.partition(":")[2], {"command": "expire"})
            room.site.editions.delete(str(packed["chest"]))
            yield fact.id
