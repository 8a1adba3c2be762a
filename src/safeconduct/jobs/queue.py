"""The queue: jobs are leased, not taken, so that a killed worker loses its job and nobody loses the work."""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from sqlalchemy import RowMapping, func, select

from safeconduct.ledger import tables
from safeconduct.ledger.entries import opened, plain
from safeconduct.ledger.ledger import Ledger, Transaction
from safeconduct.model.canonical import Json
from safeconduct.model.errors import Cancelled, NotFound
from safeconduct.model.text import Text, say

LEASE = timedelta(seconds=30)
TICK = timedelta(milliseconds=250)
"""What becomes of a job is seen from outside at whole ticks only: how long one took to compute can tell of people."""
TRIES = 3
ALIVE = ("queued", "running")
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
STANDING = (*ALIVE, "done")
NO_TEXT = Text("")
GAVE_UP = say("It was begun several times and never ended; the site's engineer looks at the workers.")


def tick_after(moment: datetime) -> datetime:
    """The first whole tick at or after a moment.

    Example:
        >>> tick_after(datetime(2026, 1, 1, 0, 0, 0, 1, UTC)).microsecond
        250000
    """
    return EPOCH - (EPOCH - moment) // TICK * TICK


class LostLease(Cancelled):
    """The job is somebody else's by now, or was cancelled; whoever held it writes nothing."""


@dataclass(frozen=True, kw_only=True)
class Job:
    """Something to be done, once.

    Attributes:
        key: What is to be made; one job for one thing.
        verb: Which verb does it.
        body: What the verb needs.
        actor: Opaque id of who asked first.
        project: The project that asked first.
        state: queued, running, done, failed or cancelled.
        step: Steps done; never rows or people.
        steps: Steps in all.
        tries: How often it was begun.
        fence: Raised whenever it changes hands; only its holder may end it.
        worker: Who holds it, or held it last.
        result_ref: Where the result is, once done.
        error: Why it failed, for people.
    """

    key: str
    verb: str
    body: Mapping[str, Json] = field(hash=False)
    actor: str
    project: str
    state: str = "queued"
    step: int = 0
    steps: int = 1
    tries: int = 0
    fence: int = 0
    worker: str = ""
    result_ref: str = ""
    error: Text = NO_TEXT


@dataclass(frozen=True)
class Heartbeat:
    """What a verb at work is handed: it tells its steps, and hears that it should stop.

    Attributes:
        stopped: Set once the job was cancelled or lost; the verb stops as soon as it can.
        tell: Writes the steps down.
    """

    stopped: threading.Event
    tell: Callable[[int, int], None]

    def step(self, step: int, steps: int) -> None:
        """Tell that `step` of `steps` steps are done.

        Raises:
            LostLease: The job was cancelled or lost; nothing of it is to be written.
        """
        if self.stopped.is_set():
            raise LostLease(say("this job was stopped or given to another worker"))
        self.tell(step, steps)


class Queue:
    """Jobs of one ledger.

    Args:
        ledger: Where they are kept.
        lease: How long a silent worker keeps its job.
        tries: How often a job is begun before it counts as failed.
    """

    def __init__(self, ledger: Ledger, *, lease: timedelta = LEASE, tries: int = TRIES) -> None:
        self.ledger = ledger
        self.lease = lease
        self.tries = tries

    def get(self, key: str) -> Job | None:
        """A job by what it makes."""
        found = self.ledger.rows(select(tables.job).where(tables.job.c.key == key))
        return _job(found[0]) if found else None

    def from_outside(self, key: str, now: datetime) -> Job | None:
        """A job as whoever asked for it may see it: what happened since the last whole tick did not, and no steps.

        The time from asking to an answer, or between two answers, depends on the records; so seen, hardly at all.
        """
        found = self.ledger.rows(select(tables.job).where(tables.job.c.key == key))
        return _from_outside(_job(found[0]), found[0], now, self.lease) if found else None

    def waiting(self) -> int:
        """How many jobs nobody works on yet."""
        found = self.ledger.rows(select(func.count()).where(tables.job.c.state == "queued"))
        return int(next(iter(found[0].values())))

    def alive(self) -> int:
        """How many jobs wait or are worked on; one whose worker died counts until it was done again."""
        found = self.ledger.rows(select(func.count()).where(tables.job.c.state.in_(ALIVE)))
        return int(next(iter(found[0].values())))

    def enqueue(  # noqa: PLR0913 - a job says this much, each by name
        self,
        tx: Transaction,
        *,
        key: str,
        verb: str,
        body: Mapping[str, Json],
        actor: str,
        project: str,
        at: datetime,
    ) -> Job:
        """Ask for something; what is waited for, being done or done already is given back as it is.

        A failed or cancelled job is begun anew, as if never tried.
        """
        table = tables.job
        found = tx.rows(select(table).where(table.c.key == key))
        if found and found[0]["state"] in STANDING:
            return _job(found[0])
        fence = found[0]["fence"] + 1 if found else 0
        last = tx.rows(select(func.max(table.c.number).label("last")))[0]["last"]
        columns = {
            "key": key, "number": 0 if last is None else last + 1, "verb": verb, "body": plain(body), "actor": actor,
            "project": project, "state": "queued", "step": 0, "steps": 1, "tries": 0, "fence": fence, "worker": "",
            "ready_at": at, "queued_at": at, "ended_at": None, "result_ref": "", "error": "",
        }  # fmt: skip
        tx.change(table.update().where(table.c.key == key).values(columns) if found else table.insert().values(columns))
        return Job(key=key, verb=verb, body=body, actor=actor, project=project, fence=fence)

    def again(self, tx: Transaction, key: str, at: datetime) -> None:
        """Let a job that ended without making anything be done once more, in its old place; others stay as they are."""
        table = tables.job
        done = (table.c.key == key) & (table.c.state == "done")
        anew = {"state": "queued", "step": 0, "tries": 0, "fence": table.c.fence + 1, "ready_at": at, "ended_at": None}
        tx.change(table.update().where(done).values({**anew, "result_ref": "", "error": ""}))

    def claim(self, worker: str, now: datetime) -> Job | None:
        """Lease the job that waits longest, or one whose worker fell silent; `None` where there is nothing to do.

        A job begun too often already fails instead.
        """
        table = tables.job
        due = select(table).where(table.c.state.in_(ALIVE), table.c.ready_at <= now).order_by(table.c.number).limit(1)
        while self.ledger.rows(due):
            with self.ledger.write() as tx:
                found = tx.rows(due)
                if found and found[0]["tries"] < self.tries:
                    return self._lease(tx, found[0], worker, now)
                if found:
                    self._end(tx, found[0], now, state="failed", error=GAVE_UP)
        return None

    def _lease(self, tx: Transaction, row: RowMapping, worker: str, now: datetime) -> Job:
        changes = {
            "state": "running", "worker": worker, "tries": row["tries"] + 1, "fence": row["fence"] + 1,
            "step": 0, "ready_at": now + self.lease,
        }  # fmt: skip
        tx.change(tables.job.update().where(tables.job.c.key == row["key"]).values(changes))
        return _job({**row, **changes})

    def _end(self, tx: Transaction, row: RowMapping, now: datetime, *, state: str, error: Text = NO_TEXT) -> None:
        changes = {"state": state, "ended_at": now, "fence": row["fence"] + 1, "error": _told(error)}
        tx.change(tables.job.update().where(tables.job.c.key == row["key"]).values(changes))
        if state == "failed":
            body: dict[str, Json] = {"why": error.id, "project": row["project"]}
            tx.event(actor="worker", verb="job_failed", subject=row["key"], body=body, at=now)

    def heartbeat(self, job: Job, now: datetime) -> None:
        """Renew the lease.

        Raises:
            LostLease: The job is not this worker's any more.
        """
        with self.ledger.write() as tx:
            self._held(tx, job, {"ready_at": tick_after(now) - TICK + self.lease})

    def progress(self, job: Job, step: int, steps: int) -> None:
        """Write down how many steps are done; steps never depend on how many rows or people there are.

        Raises:
            LostLease: The job is not this worker's any more.
        """
        with self.ledger.write() as tx:
            self._held(tx, job, {"step": step, "steps": steps})

    def finish(self, tx: Transaction, job: Job, result_ref: str, now: datetime) -> None:
        """End a job in the transaction that writes its effects, so that both are there or neither.

        Raises:
            LostLease: The job is not this worker's any more; let it undo the transaction.
        """
        self._held(tx, job, {"state": "done", "ended_at": now, "result_ref": result_ref, "step": tables.job.c.steps})

    def fail(self, tx: Transaction, job: Job, text: Text, now: datetime) -> None:
        """End a job that would fail again, with its event.

        Raises:
            LostLease: The job is not this worker's any more.
        """
        self._held(tx, job, {})
        found = tx.rows(select(tables.job).where(tables.job.c.key == job.key))
        self._end(tx, found[0], now, state="failed", error=text)

    def release(self, tx: Transaction, job: Job, ready: datetime) -> None:
        """Give a job back, to be begun again from `ready` on; a try is used up.

        Raises:
            LostLease: The job is not this worker's any more.
        """
        self._held(tx, job, {"state": "queued", "ready_at": ready, "step": 0})

    def cancel(self, tx: Transaction, key: str, *, actor: str, at: datetime) -> Job:
        """Stop a job that waits or runs; one that ended stays as it is. Its worker writes nothing any more.

        Args:
            tx: The transaction that also writes the event: whoever cancels says so there.
            key: What the job makes.
            actor: Opaque id of who stops it; noted as the job's last holder.
            at: When.

        Raises:
            NotFound: There is no such job.
        """
        found = tx.rows(select(tables.job).where(tables.job.c.key == key))
        if not found:
            raise NotFound(say("there is no such job"))
        if found[0]["state"] in ALIVE:
            self._end(tx, found[0], at, state="cancelled")
            tx.change(tables.job.update().where(tables.job.c.key == key).values(worker=actor))
        return _job(tx.rows(select(tables.job).where(tables.job.c.key == key))[0])

    def _held(self, tx: Transaction, job: Job, changes: Mapping[str, Any]) -> None:
        """Change a job only while its worker holds it."""
        table = tables.job
        held = (table.c.key == job.key) & (table.c.fence == job.fence) & (table.c.state == "running")
        if not tx.change(table.update().where(held).values({"worker": job.worker, **changes})):
            raise LostLease(say("this job was stopped or given to another worker"))


def _from_outside(job: Job, row: Mapping[Any, Any], now: datetime, lease: timedelta) -> Job:
    ended = row["ended_at"]
    if job.state == "running":
        began = tick_after(row["ready_at"] - lease) <= now
        return replace(job, state="running" if began else "queued", step=0, steps=1)
    if job.state in {"done", "failed"} and ended is not None and now < tick_after(ended):
        return replace(job, state="running", step=0, steps=1, error=NO_TEXT)
    return job if job.state in {"done", "failed", "cancelled"} else replace(job, step=0, steps=1)


def _told(text: Text) -> str:
    return plain({"id": text.id, "values": dict(text.values)}) if text.id else ""


def _job(row: Mapping[Any, Any]) -> Job:
    told = opened(row["error"]) if row["error"] else {}
    values = told.get("values")
    return Job(
        key=row["key"], verb=row["verb"], body=opened(row["body"]), actor=row["actor"], project=row["project"],
        state=row["state"], step=row["step"], steps=row["steps"], tries=row["tries"], fence=row["fence"],
        worker=row["worker"], result_ref=row["result_ref"],
        error=Text(str(told.get("id", "")), values if isinstance(values, dict) else {}),
    )  # fmt: skip
