"""A worker: takes a job, keeps its lease alive, does it, and tells how it ended."""

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from safeconduct.jobs.queue import Heartbeat, Job, LostLease, Queue, tick_after
from safeconduct.model.errors import BrokenPromise, SafeconductError, TooMany
from safeconduct.model.text import Text, say

log = logging.getLogger(__name__)
Perform = Callable[[Job, Heartbeat], None]
UNEXPECTED = say("It could not be computed; the site's engineer sees why in the health check.")


@dataclass(frozen=True, kw_only=True)
class Pace:
    """How often a worker does what.

    Attributes:
        heartbeat_s: Seconds between two renewals of the lease, well below the lease.
        poll_s: Seconds between two looks at an empty queue.
        pause_s: Seconds before a job that another program failed is begun again, times its tries.
    """

    heartbeat_s: float = 10.0
    poll_s: float = 0.5
    pause_s: float = 5.0


PACE = Pace()


def run(  # noqa: PLR0913 - a worker is told this much, each by name
    queue: Queue,
    perform: Perform,
    *,
    stop: threading.Event,
    worker: str,
    until_empty: bool = False,
    pace: Pace = PACE,
    idle: Callable[[], None] = lambda: None,
) -> None:
    """Take jobs and do them, one after the other.

    Args:
        queue: Where jobs wait.
        perform: Does one job and ends it with `Queue.finish`, in the transaction of its effects. It may be called
            again for a job whose worker died.
        stop: Set to end after the job at work.
        worker: This worker's name, unique among workers.
        until_empty: End once nothing waits and what was done can be seen.
        pace: How often to do what.
        idle: Done whenever nothing waits, so it must be quick where there is nothing to do. What it raises is logged
            by its sort alone, and ends nothing.
    """
    while not stop.is_set():
        with suppress(TooMany):
            job = queue.claim(worker, _now())
            if job is not None:
                _do(queue, perform, job, pace)
                continue
            if until_empty and not queue.waiting():
                stop.wait((tick_after(_now()) - _now()).total_seconds())
                return
            _idled(idle)
        stop.wait(pace.poll_s)


def _idled(idle: Callable[[], None]) -> None:
    """Do what is due by the clock; whatever goes wrong there, jobs go on being done."""
    try:
        idle()
    except TooMany:
        raise
    except Exception as error:  # noqa: BLE001 - a worker that dies does nothing for anybody; no library's words are kept
        log.warning("what is due by the clock ended with %s", type(error).__name__)


def _do(queue: Queue, perform: Perform, job: Job, pace: Pace) -> None:
    stopped, over = threading.Event(), threading.Event()
    beating = threading.Thread(target=_beat, args=(queue, job, pace, stopped, over), daemon=True)
    beating.start()
    try:
        perform(job, Heartbeat(stopped, lambda step, steps: queue.progress(job, step, steps)))
    except LostLease:
        log.info("a job was stopped or given to another worker")
    except Exception as error:  # noqa: BLE001 - whatever a verb raises, the worker lives on and the job ends
        log.warning("a job ended with %s", type(error).__name__)
        with suppress(LostLease):
            _ended(queue, job, error, pace)
    finally:
        over.set()
        beating.join()


def _beat(queue: Queue, job: Job, pace: Pace, stopped: threading.Event, over: threading.Event) -> None:
    """Renew the lease until the job is over; a database that is busy for a moment is asked again."""
    while not over.wait(pace.heartbeat_s):
        with suppress(TooMany, BrokenPromise):
            try:
                queue.heartbeat(job, _now())
            except LostLease:
                stopped.set()
                return


def _ended(queue: Queue, job: Job, error: Exception, pace: Pace) -> None:
    """Begin again what another program failed; end what would fail again. No library's words are kept."""
    with queue.ledger.write() as tx:
        if isinstance(error, BrokenPromise | TooMany) and job.tries < queue.tries:
            queue.release(tx, job, _now() + timedelta(seconds=pace.pause_s * job.tries))
        else:
            queue.fail(tx, job, _words(error), _now())


def _words(error: Exception) -> Text:
    return error.text if isinstance(error, SafeconductError) else UNEXPECTED


def _now() -> datetime:
    return datetime.now(UTC)
