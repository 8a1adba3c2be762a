"""Keys exchanged after an erasure, so that copies taken before it open nothing, whoever has them.

A manifest holds the wrapped keys of its files, and somebody may have copied both before an erasure destroyed them. As
long as the wrapping key lives, such a copy opens. So whoever erases owes an exchange of keys, a worker pays it, and
where it cannot, officers are told what to do until it was done.
"""

import os
import secrets
from collections.abc import Iterable
from datetime import UTC, datetime

from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.room import Act, Room
from safeconduct.actions.rotating import KIND, OWED, SITE, is_owed, rotate
from safeconduct.actions.site import Site
from safeconduct.actions.working import begin, works
from safeconduct.govern.roles import Role
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.model.errors import BrokenPromise, WrongState
from safeconduct.model.text import Text, say

VERB = "exchange_keys"
BY_HAND = say(
    "Something was erased, and this program may not exchange the site's keys: run 'safeconduct rotate-keys'. "
    "Until then copies of keys and files from before the erasure open."
)
OUTERMOST = say(
    "Something was erased and keys were exchanged, but not the outermost key, which the site is handed from elsewhere: "
    "hand over the next one and run 'safeconduct rotate-keys'. Until then copies of keys and files from before open."
)


def owe(act: Act) -> None:
    """Write down that keys are to be exchanged since something was erased, and begin it.

    Call it in the transaction that ends an erasure, whether or not anybody was found: an exchange tells nothing.
    """
    act.tx.put(KIND, SITE, {"since": act.room.now.isoformat(), "nonce": secrets.token_hex(8)}, state=OWED,
               at=act.room.now)  # fmt: skip
    _begin(act)


def exchange_due(site: Site, now: datetime) -> bool:
    """Begin an exchange that is owed still, since the work that should have done it failed; whether one is."""
    if not is_owed(site):
        return False
    with site.ledger.write() as tx:
        _begin(Act(tx, _system(site, now)))
    return True


def _begin(act: Act) -> None:
    key = f"{VERB}/{secrets.token_hex(8)}"
    begin(act, key, {}, verb=VERB)
    act.record(SITE, {"begun": key}, verb=VERB)


@works(VERB)
def _exchange(site: Site, job: Job, beat: Heartbeat) -> None:
    """Exchange keys unless somebody did since; killed anywhere and begun again, it goes on."""
    found = _done(site)
    beat.step(1, 1)
    now = datetime.now(UTC)
    with site.ledger.write() as tx:
        act = Act(tx, _system(site, now))
        for says in found:
            officers = [*of_the_house(act.room, Role.DPO), *of_the_house(act.room, Role.ENGINEER)]
            tell(act, officers, says, href="/assurance/health")
        act.record(SITE, {"finished": not found})
        site.queue.finish(tx, job, result_ref=SITE, now=now)


def _done(site: Site) -> Iterable[Text]:
    """Exchange keys where that is owed; what officers have to do themselves.

    Raises:
        BrokenPromise: Files are being taken in, or a backup is being written; it is tried again.
    """
    if not is_owed(site):
        return ()
    if not os.access(site.folders.keys, os.W_OK):
        return (BY_HAND,)
    try:
        done = rotate(site, now=datetime.now(UTC))
    except WrongState as error:
        raise BrokenPromise(error.text) from None
    return () if done.outermost else (OUTERMOST,)


def _system(site: Site, now: datetime) -> Room:
    return Room.of_worker(site, now, verb=VERB)
