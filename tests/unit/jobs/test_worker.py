"""A worker in this process: how jobs end."""

import threading
from datetime import UTC, datetime, timedelta

import pytest

from safeconduct.jobs.queue import Queue
from safeconduct.jobs.worker import Pace, run
from safeconduct.model.errors import BadInput, StoreFull, Tampered

QUICK = Pace(heartbeat_s=0.05, poll_s=0.01, pause_s=0.01)


@pytest.fixture
def queue(ledger):
    return Queue(ledger, lease=timedelta(seconds=0.4))


def ask(queue, key="a"):
    with queue.ledger.write() as tx:
        queue.enqueue(tx, key=key, verb="v", body={}, actor="u1", project="p1", at=datetime.now(UTC))


def work(queue, perform, **how):
    run(queue, perform, stop=how.pop("stop", threading.Event()), worker="w1", until_empty=True, pace=QUICK)


def ended(queue, job):
    with queue.ledger.write() as tx:
        queue.finish(tx, job, result_ref="r", now=datetime.now(UTC))


def test_a_worker_ends_once_nothing_waits(queue):
    for key in "abc":
        ask(queue, key)
    work(queue, lambda job, _beat: ended(queue, job))

    assert [queue.get(key).state for key in "abc"] == ["done"] * 3


def test_a_long_job_keeps_its_lease(queue):
    ask(queue)
    begun = []

    def slow(job, beat):
        begun.append(job.fence)
        assert not beat.stopped.wait(1.0)
        ended(queue, job)

    work(queue, slow)

    assert queue.get("a").state == "done"
    assert len(begun) == 1


def test_a_cancelled_job_hears_of_it(queue):
    ask(queue)
    heard = []

    def slow(job, beat):
        with queue.ledger.write() as tx:
            queue.cancel(tx, "a", actor="u1", at=datetime.now(UTC))
        heard.append(beat.stopped.wait(5))
        beat.step(1, 2)
        heard.append("went on")

    work(queue, slow)

    assert heard == [True]
    assert queue.get("a").state == "cancelled"


def test_what_would_fail_again_fails_at_once_in_its_own_words(queue):
    ask(queue)

    def wrong(job, beat):
        raise BadInput("ask for less")

    work(queue, wrong)

    assert (queue.get("a").state, str(queue.get("a").error), queue.get("a").tries) == ("failed", "ask for less", 1)
    assert queue.ledger.events()[0].verb == "job_failed"


def test_what_another_program_failed_is_tried_three_times(queue):
    ask(queue)
    tries = []

    def full(job, beat):
        tries.append(job.tries)
        raise StoreFull("the disk is full")

    work(queue, full)

    assert tries == [1, 2, 3]
    assert queue.get("a").state == "failed"


def test_a_librarys_words_are_neither_kept_nor_logged(queue, caplog):
    ask(queue)

    def careless(job, beat):
        raise ValueError("could not convert 258840000001")

    with caplog.at_level("DEBUG"):
        work(queue, careless)

    assert queue.get("a").state == "failed"
    kept = str(queue.get("a").error) + caplog.text + "".join(one.leaf() for one in queue.ledger.events())
    assert "258840000001" not in kept
    assert "ValueError" in caplog.text


def test_a_stopped_worker_takes_nothing_more(queue):
    ask(queue)
    stop = threading.Event()
    stop.set()
    work(queue, lambda job, _beat: ended(queue, job), stop=stop)

    assert queue.get("a").state == "queued"


def test_a_worker_outlives_what_is_due_by_the_clock(queue, caplog):
    """A data set that does not open is told of every night; questions are answered all the same."""
    stop, times = threading.Event(), []

    def fails() -> None:
        times.append(1)
        if len(times) == 1:
            ask(queue)
            raise Tampered("258840000001")

    def done(job, _beat) -> None:
        ended(queue, job)
        stop.set()

    run(queue, done, stop=stop, worker="w1", pace=QUICK, idle=fails)

    assert queue.get("a").state == "done"
    assert "Tampered" in caplog.text
    assert "258840000001" not in caplog.text
