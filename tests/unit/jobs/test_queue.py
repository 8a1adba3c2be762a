"""Jobs are leased: who loses the lease writes nothing."""

from datetime import UTC, datetime, timedelta

import pytest

from safeconduct.jobs.queue import LostLease, Queue
from safeconduct.model.errors import NotFound
from safeconduct.model.text import say

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)


def after(seconds):
    return NOW + timedelta(seconds=seconds)


@pytest.fixture
def queue(either):
    return Queue(either)


def ask(queue, key="a", at=NOW):
    with queue.ledger.write() as tx:
        return queue.enqueue(tx, key=key, verb="answer", body={"spec": key}, actor="u1", project="p1", at=at)


def finish(queue, job, now=NOW):
    with queue.ledger.write() as tx:
        tx.event(actor="gate", verb="decide", subject=job.key, body={}, at=now)
        queue.finish(tx, job, result_ref=job.key, now=now)


def test_a_job_goes_from_queued_over_running_to_done(queue):
    assert ask(queue).state == "queued"
    job = queue.claim("w1", NOW)
    assert (job.key, job.body, job.state, job.tries, job.worker) == ("a", {"spec": "a"}, "running", 1, "w1")
    finish(queue, job)

    done = queue.get("a")
    assert (done.state, done.result_ref, done.step) == ("done", "a", done.steps)
    assert queue.claim("w1", after(100)) is None


def test_jobs_are_taken_in_the_order_they_came(queue):
    for key in ("c", "a", "b"):
        ask(queue, key)

    assert [queue.claim("w1", NOW).key for _ in range(3)] == ["c", "a", "b"]


def test_a_job_is_alive_until_it_ended(queue):
    """Also while a worker holds it, dead or not: what it writes may count."""
    ask(queue, "a")
    ask(queue, "b")
    first = queue.claim("w1", NOW)
    assert (queue.waiting(), queue.alive()) == (1, 2)
    finish(queue, first)
    queue.claim("w1", NOW)
    assert (queue.waiting(), queue.alive()) == (0, 1)
    finish(queue, queue.claim("w2", after(3600)))

    assert queue.alive() == 0


@pytest.mark.parametrize("state", ["queued", "running", "done"])
def test_the_same_thing_asked_twice_is_one_job(queue, state):
    ask(queue)
    job = queue.claim("w1", NOW) if state != "queued" else None
    if state == "done":
        finish(queue, job)

    assert ask(queue, at=after(5)).state == state
    assert queue.get("a").state == state


def test_a_leased_job_is_nobody_elses(queue):
    ask(queue)
    queue.claim("w1", NOW)

    assert queue.claim("w2", after(29)) is None


def test_a_silent_workers_job_is_taken_over_and_it_can_end_nothing(queue):
    ask(queue)
    dead = queue.claim("w1", NOW)
    alive = queue.claim("w2", after(30))
    assert (alive.worker, alive.tries) == ("w2", 2)
    assert alive.fence > dead.fence

    with pytest.raises(LostLease):
        finish(queue, dead)
    assert queue.ledger.size() == 0
    finish(queue, alive)
    assert queue.ledger.size() == 1


def test_a_heartbeat_keeps_the_lease(queue):
    ask(queue)
    job = queue.claim("w1", NOW)
    queue.heartbeat(job, after(20))

    assert queue.claim("w2", after(49)) is None
    assert queue.claim("w2", after(50)).worker == "w2"
    with pytest.raises(LostLease):
        queue.heartbeat(job, after(51))


def test_the_third_silent_worker_is_the_last(queue):
    ask(queue)
    for number in range(3):
        assert queue.claim(f"w{number}", after(30 * number)).tries == number + 1

    assert queue.claim("w3", after(90)) is None
    assert queue.get("a").state == "failed"
    assert "begun several times" in str(queue.get("a").error)
    assert [one.verb for one in queue.ledger.events()] == ["job_failed"]


@pytest.mark.parametrize("running", [True, False])
def test_a_cancelled_job_is_done_by_nobody(queue, running):
    ask(queue)
    job = queue.claim("w1", NOW) if running else None
    with queue.ledger.write() as tx:
        assert queue.cancel(tx, "a", actor="u1", at=NOW).state == "cancelled"

    assert queue.claim("w2", after(100)) is None
    if job:
        with pytest.raises(LostLease):
            queue.progress(job, 1, 3)
        with pytest.raises(LostLease):
            finish(queue, job)


def test_what_is_done_cannot_be_cancelled(queue):
    ask(queue)
    finish(queue, queue.claim("w1", NOW))
    with queue.ledger.write() as tx:
        assert queue.cancel(tx, "a", actor="u1", at=NOW).state == "done"
        with pytest.raises(NotFound):
            queue.cancel(tx, "b", actor="u1", at=NOW)


def test_a_failed_job_asked_for_again_starts_anew(queue):
    ask(queue)
    job = queue.claim("w1", NOW)
    with queue.ledger.write() as tx:
        queue.fail(tx, job, say("It needs {days} days.", days=3), NOW)
    assert str(queue.get("a").error) == "It needs 3 days."

    assert ask(queue).state == "queued"
    again = queue.claim("w2", NOW)
    assert again.tries == 1
    assert again.fence > job.fence
    assert not again.error.id


def test_progress_is_counted_in_steps(queue):
    ask(queue)
    queue.progress(queue.claim("w1", NOW), 2, 3)

    assert (queue.get("a").step, queue.get("a").steps) == (2, 3)


def test_a_released_job_waits_its_time(queue):
    ask(queue)
    job = queue.claim("w1", NOW)
    with queue.ledger.write() as tx:
        queue.release(tx, job, after(5))

    assert queue.waiting() == 1
    assert queue.claim("w1", after(4)) is None
    assert queue.claim("w1", after(5)).tries == 2
