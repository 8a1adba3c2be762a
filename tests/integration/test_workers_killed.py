"""Workers are killed while they work: every job is done, and its effects are there exactly once."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime, timedelta

from safeconduct.jobs.queue import Queue
from safeconduct.ledger.ledger import Ledger

WORKER = """
import os, signal, sys, threading
from datetime import UTC, datetime, timedelta
from safeconduct.jobs.queue import Queue
from safeconduct.jobs.worker import Pace, run
from safeconduct.ledger.ledger import Ledger
url, name, first = sys.argv[1:]
queue = Queue(Ledger.open(url), lease=timedelta(seconds=1))
firsts = {
    "works": lambda beat: None,
    "waits": lambda beat: beat.stopped.wait(120),
    "freezes": lambda beat: os.kill(os.getpid(), signal.SIGSTOP),
}
begins = [firsts[first]]
def perform(job, beat):
    print(job.key, flush=True)
    while begins:
        begins.pop()(beat)
    if beat.stopped.is_set():
        return
    beat.step(1, 2)
    now = datetime.now(UTC)
    with queue.ledger.write() as tx:
        tx.answer(job.key, spec_id="s", tree={"by": name, "try": job.tries}, project=job.project, at=now)
        tx.event(actor="gate", verb="decide", subject=job.key, body={"by": name}, at=now)
        queue.finish(tx, job, result_ref=job.key, now=now)
pace = Pace(heartbeat_s=60 if first == "freezes" else 0.2, poll_s=0.05, pause_s=0.1)
run(queue, perform, stop=threading.Event(), worker=name, pace=pace)
"""


def start(url, name, first="works"):
    """A worker; what it does in its first job before it does it: nothing, wait to be stopped, or freeze itself."""
    return subprocess.Popen([sys.executable, "-c", WORKER, url, name, first], stdout=subprocess.PIPE, text=True)


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def ask(queue, keys):
    with queue.ledger.write() as tx:
        for key in keys:
            queue.enqueue(tx, key=key, verb="answer", body={}, actor="u1", project="p1", at=datetime.now(UTC))


def await_end(queue, keys, seconds=60):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline and any(queue.get(key).state in {"queued", "running"} for key in keys):
        time.sleep(0.05)


def test_jobs_survive_their_workers(either_url):
    keys = [f"answer-{number}" for number in range(8)]
    with contextlib.closing(Ledger.open(either_url)) as ledger:
        queue = Queue(ledger, lease=timedelta(seconds=1))
        ask(queue, keys)
        doomed = [start(either_url, f"doomed{number}", "waits") for number in range(2)]
        for process in doomed:
            process.stdout.readline()
        steady = start(either_url, "steady")
        steady.stdout.readline()
        for process in doomed:
            kill(process)
        await_end(queue, keys)
        kill(steady)
        events, jobs = ledger.events(verb="decide", limit=100), [queue.get(key) for key in keys]

    assert [job.state for job in jobs] == ["done"] * 8
    assert sorted(one.subject for one in events) == sorted(keys)
    assert max(job.tries for job in jobs) == 2


def test_a_worker_that_was_frozen_past_its_lease_writes_nothing(either_url):
    with contextlib.closing(Ledger.open(either_url)) as ledger:
        queue = Queue(ledger, lease=timedelta(seconds=1))
        ask(queue, ["answer-1"])
        frozen = start(either_url, "frozen", "freezes")
        os.waitpid(frozen.pid, os.WUNTRACED)
        steady = start(either_url, "steady")
        await_end(queue, ["answer-1"])
        os.kill(frozen.pid, signal.SIGCONT)
        ask(queue, ["answer-2"])
        await_end(queue, ["answer-2"])
        kill(frozen)
        kill(steady)

        assert ledger.answer("answer-1").tree == {"by": "steady", "try": 2}
        assert [one.subject for one in ledger.events(verb="decide")] == ["answer-2", "answer-1"]


def test_a_cancelled_job_is_not_answered_by_the_worker_that_had_it(either_url):
    with contextlib.closing(Ledger.open(either_url)) as ledger:
        queue = Queue(ledger, lease=timedelta(seconds=1))
        ask(queue, ["answer-1"])
        worker = start(either_url, "w1", "waits")
        worker.stdout.readline()
        with ledger.write() as tx:
            queue.cancel(tx, "answer-1", actor="u1", at=datetime.now(UTC))
        ask(queue, ["answer-2"])
        await_end(queue, ["answer-2"])
        kill(worker)

        assert queue.get("answer-1").state == "cancelled"
        assert ledger.answer("answer-1") is None
        assert queue.get("answer-2").state == "done"
