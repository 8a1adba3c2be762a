"""Many processes write one ledger, and some are killed: nothing doubled, nothing half."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime

import pytest

from safeconduct.ledger.ledger import Ledger
from safeconduct.ledger.merkle import leaf_hash, root_of, verify_inclusion

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PREAMBLE = """
import os, sys, time
from datetime import UTC, datetime
from safeconduct.ledger.ledger import Ledger
url, name = sys.argv[1:]
ledger = Ledger.open(url)
def write(number, pause=0):
    now = datetime.now(UTC)
    with ledger.write() as tx:
        first = tx.spend(f"answer-{number}", project="p", dataset="phone", at=now)
        tx.put("fact", f"{name}-{number}", {"n": number}, at=now)
        tx.event(actor=name, verb="ask", subject=f"answer-{number}", body={"first": first}, at=now)
        if pause:
            print("inside", flush=True)
            time.sleep(pause)
"""
MANY = PREAMBLE + "for number in range(25):\n    write(number)\nledger.close()\n"
ENDLESS = PREAMBLE + "for number in range(10**6):\n    write(number)\n    print(number, flush=True)\n"
HANGING = PREAMBLE + "write(1)\nwrite(2, pause=60)\n"


def start(code, url, name):
    return subprocess.Popen([sys.executable, "-c", code, url, name], stdout=subprocess.PIPE, text=True)


def kill(process):
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    process.stdout.close()


def assert_whole(ledger):
    """Every event has its place, its hashes, its fact and its spend."""
    events = list(reversed(ledger.events(limit=10_000)))
    leaves = [leaf_hash(one.leaf().encode()) for one in events]

    assert [one.index for one in events] == list(range(len(events)))
    assert ledger.root() == root_of(leaves)
    assert all(
        verify_inclusion(leaf, number, len(leaves), ledger.inclusion(number), ledger.root())
        for number, leaf in list(enumerate(leaves))[:: max(len(leaves) // 10, 1)]
    )
    told = {f"{one.actor}-{one.subject.removeprefix('answer-')}" for one in events}
    assert {one.id for one in ledger.facts("fact")} == told
    return events


def test_processes_that_write_at_once_leave_one_whole_log(either_url):
    running = [start(MANY, either_url, f"w{number}") for number in range(4)]
    assert [process.wait(120) for process in running] == [0] * 4
    for process in running:
        process.stdout.close()

    with contextlib.closing(Ledger.open(either_url)) as ledger:
        events = assert_whole(ledger)
    assert len(events) == 100
    assert sorted(one.subject for one in events if one.body["first"]) == sorted(f"answer-{n}" for n in range(25))


def test_a_process_killed_inside_a_transaction_leaves_nothing_of_it(either_url):
    process = start(HANGING, either_url, "w1")
    assert process.stdout.readline() == "inside\n"
    kill(process)

    with contextlib.closing(Ledger.open(either_url)) as ledger:
        events = assert_whole(ledger)
        with ledger.write() as tx:
            tx.event(actor="w2", verb="look", subject="answer-1", body={}, at=NOW)
        assert ledger.size() == 2
    assert [one.subject for one in events] == ["answer-1"]


@pytest.mark.parametrize("round_", range(3))
def test_what_was_told_as_written_survives_a_kill(either_url, round_):
    process = start(ENDLESS, either_url, "w1")
    for _ in range(10 + round_):
        told = int(process.stdout.readline())
    time.sleep(0.003 * round_)
    kill(process)

    with contextlib.closing(Ledger.open(either_url)) as ledger:
        events = assert_whole(ledger)
    assert len(events) > told
