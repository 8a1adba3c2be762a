"""Long work: which function does which job, and how far a job is."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol, Self, runtime_checkable

from safeconduct.actions.room import Act, Caller, Door, Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action, verbs
from safeconduct.govern.may import Yes, may
from safeconduct.govern.roles import PERMISSIONS
from safeconduct.govern.scopes import token_may
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.jobs.worker import run
from safeconduct.ledger.ledger import Transaction
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BrokenPromise, DuplicateName, NotFound
from safeconduct.model.text import Text, say

Work = Callable[[Site, Job, Heartbeat], None]
WAITING = frozenset({"queued", "running"})
STATES: Mapping[str, Text] = {
    "queued": say("Waiting for its turn."),
    "running": say("Being done."),
    "done": say("Done."),
    "failed": say("It could not be done."),
    "cancelled": say("It was stopped."),
}
_works: dict[str, Work] = {}


@dataclass(frozen=True, kw_only=True)
class Task:
    """Long work that was begun.

    Attributes:
        key: Names it.
        verb: What is done.
        state: `queued`, `running`, `done`, `failed` or `cancelled`.
        step: Steps done; steps never depend on how many people or rows there are.
        steps: Steps in all.
        says: What is happening, or what went wrong.
        result: Id of what it made, once done.
    """

    key: str
    verb: str
    state: str
    step: int = 0
    steps: int = 1
    says: Text = STATES["queued"]
    result: str = ""

    @property
    def waits(self) -> bool:
        """Whether it is still to be done, wholly or in part."""
        return self.state in WAITING


def works(verb: str) -> Callable[[Work], Work]:
    """Make a function the one that does the jobs of a verb; safe to run again after a crash."""

    def decorate(function: Work) -> Work:
        if verb in _works:
            raise DuplicateName(f"two functions do the jobs of {verb!r}")
        _works[verb] = function
        return function

    return decorate


def perform(site: Site, job: Job, beat: Heartbeat) -> None:
    """Do one job.

    Raises:
        BrokenPromise: Nobody does jobs of that verb; an older or newer version queued it.
    """
    len(verbs)  # reading the verbs imports every module that does work
    if job.verb not in _works:
        raise BrokenPromise(say("this version does not know that kind of work; update every worker"))
    _works[job.verb](site, job, beat)


def work(
    site: Site,
    *,
    worker: str,
    stop: threading.Event,
    until_empty: bool = False,
    idle: Callable[[Site], None] = lambda _site: None,
) -> None:
    """Take jobs and do them, until told to stop or, if asked, until none is left; `idle` is done when nothing waits."""
    run(
        site.queue,
        lambda job, beat: perform(site, job, beat),
        stop=stop,
        worker=worker,
        until_empty=until_empty,
        idle=lambda: idle(site),
    )


def system_act(site: Site, tx: Transaction, job: Job) -> Act:
    """An open transaction in which work is written down as what it is: the program's, on somebody's behalf."""
    caller = Caller(account="worker", project=job.project, door=Door.WORKER)
    return Act(tx, Room(site, caller, verb=job.verb))


@runtime_checkable
class ChangedByWork(Protocol):
    """What a verb returned that is no longer true when its work is done, so that whoever waited is told anew."""

    def once_done(self, room: Room, done: Task) -> Self:
        """The same, as it is now."""
        ...


def begin(act: Act, key: str, body: Mapping[str, Json], *, verb: str = "") -> Task:
    """Queue work in the transaction of whoever asks for it; work that is waited for or done already is told as is."""
    room = act.room
    job = room.site.queue.enqueue(
        act.tx, key=key, verb=verb or room.verb, body=body, actor=room.caller.account, project=room.caller.project,
        at=room.now,
    )  # fmt: skip
    return told(job)


def told(job: Job) -> Task:
    """A job as people see it."""
    says = job.error if job.error.id else STATES[job.state]
    return Task(key=job.key, verb=job.verb, state=job.state, step=job.step, steps=job.steps, says=says,
                result=job.result_ref)  # fmt: skip


def task_of(room: Room, key: str) -> Task | None:
    """How far some work is; `None` where it was never begun."""
    job = room.site.queue.get(key)
    return told(job) if job else None


@action(needs="look", reads=True)
def task(room: Room, *, key: str) -> Task:
    """How far long work of yours is.

    Work that your roles let you begin is told to you too, whoever began it.

    Args:
        key: What names it, as it was told when the work was begun.
    """
    job = room.site.queue.get(key)
    if job is None or not _concerns(room.caller, job):
        raise NotFound(say("there is no such work, or it is not yours"))
    return told(job)


def _concerns(caller: Caller, job: Job) -> bool:
    """Whether somebody began it, or could have: their roles and token hold what its verb needs, if it is a verb."""
    if job.actor == caller.account:
        return True
    needs = verbs[job.verb].needs if job.verb in set(verbs) else ""
    held = needs in PERMISSIONS and isinstance(may(needs, caller.roles), Yes)
    return held and token_may(needs, caller.scopes)
