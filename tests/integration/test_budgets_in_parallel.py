"""Many processes spend one budget at once, and some are killed: never too much, never half, never twice."""

import contextlib
import multiprocessing
import runpy
from collections import Counter
from dataclasses import dataclass
from datetime import UTC, datetime
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path

import pytest

from safeconduct.ledger.ledger import Ledger
from safeconduct.model.errors import OverBudget
from safeconduct.model.outcomes import Budget, Cost

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
PROCESSES = 8
LIMIT = 100
PATIENCE_S = 240
PREAMBLE = f"""
import os
from datetime import UTC, datetime
from safeconduct.ledger.ledger import Ledger
from safeconduct.model.errors import OverBudget, TooMany
from safeconduct.model.outcomes import Budget, Cost
ledger = Ledger.open(url)
def pay(answer_id, rho, noise=b"", limit={LIMIT}, inside=lambda: None):
    now = datetime.now(UTC)
    costs = [Cost(budget=one, period="2026-03", rho=rho, limit=limit) for one in Budget]
    try:
        with ledger.write() as tx:
            first = tx.spend(answer_id, project="p1", dataset="phone", at=now, costs=costs, noise=noise)
            inside()
            tx.event(actor=name, verb="ask", subject=answer_id, body={{"first": first, "rho": rho}}, at=now)
    except OverBudget:
        return None
    except TooMany:  # ten seconds without a turn, on a machine with much else to do: nothing was changed
        return pay(answer_id, rho, noise, limit, inside)
    return first
pipe.send("ready")
pipe.recv()
"""
ENDING = "\npipe.send(paid)\nledger.close()\n"
SINGLE_STEPS = "paid = [n for n in range(20) if pay(f'{name}-{n}', 1)]"
MIXED_STEPS = "paid = [n for n in range(30) if pay(f'{name}-{n}', (11, 7, 3, 1)[n % 4])]"
SAME_ANSWERS = "paid = [(pay(f'answer-{n}', 5, os.urandom(16)), ledger.noise(f'answer-{n}')) for n in range(10)]"
ENDLESS = """
for n in range(10**6):
    if pay(f'{name}-{n}', 1, limit=10**9):
        pipe.send(n)
"""
HANGING = """
pay('whole', 30)
pay('half', 30, inside=lambda: (pipe.send("inside"), pipe.recv()))
"""
TO_THE_END = """
n = 0
while pay(f'{name}-{n}', 1):
    n += 1
    pipe.send(n)
"""
# Real processes that share nothing: each is forked from one that has read the code and done nothing.
PROCESSES_OF_THEIR_OWN = multiprocessing.get_context("forkserver")
PROCESSES_OF_THEIR_OWN.set_forkserver_preload(["safeconduct.ledger.ledger"])


@dataclass(frozen=True)
class Payer:
    """A process that spends, and the way to talk with it."""

    process: BaseProcess
    pipe: Connection

    def kill(self):
        """End it as the machine's power would, and give what it had told."""
        self.process.kill()
        self.process.join(PATIENCE_S)
        told = []
        with contextlib.suppress(EOFError, OSError):
            while self.pipe.poll():
                told.append(self.pipe.recv())
        return told


def start(script, url, name):
    ours, theirs = PROCESSES_OF_THEIR_OWN.Pipe()
    told = {"init_globals": {"url": url, "name": name, "pipe": theirs}}
    process = PROCESSES_OF_THEIR_OWN.Process(target=runpy.run_path, args=(str(script),), kwargs=told, daemon=True)
    process.start()
    theirs.close()
    return Payer(process, ours)


@pytest.fixture
def at_once(either_url, tmp_path):
    """`at_once(code)`: eight processes let loose together; whatever happens they end."""
    running = []

    def let_loose(code, count=PROCESSES):
        script = Path(tmp_path / "paying.py")
        script.write_text(PREAMBLE + code, encoding="utf-8")
        running.extend(start(script, either_url, f"w{number}") for number in range(count))
        assert [one.pipe.recv() for one in running] == ["ready"] * count
        for one in running:
            one.pipe.send("go")
        return running

    yield let_loose
    for one in running:
        one.kill()
        one.pipe.close()


@pytest.fixture
def opened(either_url):
    with contextlib.closing(Ledger.open(either_url)) as ledger:
        yield ledger


def whole(ledger):
    """Every spend has its costs and its event, no cost is without them; what is spent of the budget."""
    first = {one.subject: one.body["rho"] for one in ledger.events(limit=10_000) if one.body["first"]}
    spends = {one.answer_id: one.costs for one in ledger.spends("phone")}
    total = sum(first.values())

    assert spends == {answer: {(each, "2026-03"): rho for each in Budget} for answer, rho in first.items()}
    assert ledger.spent(Budget.DATASET, "phone") == ledger.spent(Budget.PROJECT, "p1") == [("2026-03", total)]
    return total


def cost(rho):
    return Cost(budget=Budget.DATASET, period="2026-03", rho=rho, limit=LIMIT)


@pytest.mark.parametrize("code", [SINGLE_STEPS, MIXED_STEPS], ids=["single steps", "mixed steps"])
def test_a_budget_is_spent_to_its_end_by_all_and_never_beyond(at_once, opened, code):
    said = [one.pipe.recv() for one in at_once(code + ENDING)]

    assert whole(opened) == LIMIT
    assert len(opened.spends("phone")) == sum(map(len, said))


def test_an_answer_all_ask_for_at_once_is_paid_once_and_all_see_one_secret(at_once, opened):
    said = [one.pipe.recv() for one in at_once(SAME_ANSWERS + ENDING)]

    assert whole(opened) == 50
    assert Counter(first for one in said for first, _ in one) == {True: 10, False: 10 * (PROCESSES - 1)}
    assert [len({one[number][1] for one in said}) for number in range(10)] == [1] * 10


def test_a_process_killed_while_it_pays_has_paid_nothing(at_once, opened):
    (process,) = at_once(HANGING, 1)
    assert process.pipe.recv() == "inside"
    process.kill()

    assert whole(opened) == 30
    with opened.write() as tx:
        assert tx.spend("half", project="p2", dataset="phone", at=NOW, costs=[cost(70)])


def test_processes_killed_one_after_the_other_leave_a_whole_account(at_once, opened):
    """What a process said it paid for is paid for; at most one more of each is, which it had no time to say."""
    said = {}
    for number, process in enumerate(at_once(ENDLESS)):
        said[f"w{number}"] = [process.pipe.recv(), *process.kill()]
    total, paid = whole(opened), {one.answer_id for one in opened.spends("phone")}

    assert {f"{name}-{number}" for name, told in said.items() for number in told} <= paid
    assert total - sum(map(len, said.values())) <= PROCESSES


def test_what_killed_processes_left_is_spent_by_others_and_no_more(at_once, opened):
    last, other, *killed = at_once(TO_THE_END)
    assert wait([one.pipe for one in killed], PATIENCE_S)  # one of them has spent something
    for process in killed:
        process.kill()
    last.process.join(PATIENCE_S)
    other.process.join(PATIENCE_S)

    assert (last.process.exitcode, other.process.exitcode) == (0, 0)
    assert whole(opened) == LIMIT
    with pytest.raises(OverBudget), opened.write() as tx:
        tx.spend("more", project="p2", dataset="phone", at=NOW, costs=[cost(1)])
