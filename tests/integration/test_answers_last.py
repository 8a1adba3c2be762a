"""Answers outlive killed workers, unrelated files and another database."""

import shutil
import signal
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from threading import Event

import pytest

from safeconduct.actions.asking import ask, result
from safeconduct.actions.doors import shell_caller
from safeconduct.actions.ingesting import ingest
from safeconduct.actions.room import Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.working import work
from safeconduct.cli.demo import PEOPLE, _agreement
from safeconduct.desk.sample import sample_cdr
from safeconduct.model.outcomes import Release

pytestmark = pytest.mark.slow
SPEC = {"kind": "unique_subscriber_counts", "days": {"first": "2026-01-06", "last": "2026-01-07"}, "areas": "admin2"}


def room(site: Site, login: str) -> Room:
    now = datetime.now(UTC)
    return Room(site, shell_caller(site, login=login, now=now), now)


def small_site(folder, *, database: str = "") -> Site:
    """A practice site with five days of a few people's records."""
    sample_cdr({"people": 800, "days": 5}, folder=folder / "files")
    site = Site.create(folder / "site", name="small", training=True, database=database)
    for login, name, roles in PEOPLE:
        first_person(site, login=login, name=name, password="a long pass phrase", roles=roles)
    ingest(room(site, "bilal"), mapping=folder / "files" / "mapping.toml", folder=folder / "files")
    _agreement(site, days=28)
    return site


def answered(site: Site) -> Release:
    ticket = ask(room(site, "chloe"), spec=SPEC)
    work(site, worker="test", stop=Event(), until_empty=True)
    found = result(room(site, "chloe"), answer_id=ticket.answer_id)
    assert isinstance(found, Release)
    return found


def worker(site: Site) -> subprocess.Popen:
    command = [sys.executable, "-m", "safeconduct", "worker", "--site", str(site.folders.root)]
    return subprocess.Popen(command)


DIES = """
import os, signal, sys
from safeconduct.actions import answering
from safeconduct.cli.main import main
answering.compute = lambda *_told, **_how: os.kill(os.getpid(), signal.SIGKILL)
sys.argv[:] = ["safeconduct", "worker", "--site", sys.argv[1]]
main()
"""


def test_a_question_survives_the_killing_of_its_worker(practice, tmp_path):
    """Killed at work, the job goes to another worker when the lease ends, and there is one answer.

    The site is a copy, as other workers may be at work on the one that is shared; another program copies it, since
    reading a database here would drop its locks.
    """
    subprocess.run(["cp", "-r", str(practice.root), str(tmp_path / "site")], check=True)
    site = Site.open(tmp_path / "site")
    spec = {
        "kind": "flows",
        "origin": {"kind": "modal_location", "days": [{"first": "2026-01-05", "last": "2026-01-17"}]},
        "destination": {"kind": "modal_location", "days": [{"first": "2026-01-18", "last": "2026-01-31"}]},
    }
    ticket = ask(room(site, "chloe"), spec=spec)
    first = subprocess.run([sys.executable, "-c", DIES, str(site.folders.root)], check=False, timeout=120)
    assert first.returncode == -signal.SIGKILL
    assert site.queue.get(ticket.answer_id).state == "running"
    assert site.ledger.answer(ticket.answer_id) is None

    second = worker(site)
    end = time.monotonic() + 90
    while site.ledger.answer(ticket.answer_id) is None and time.monotonic() < end:
        time.sleep(0.2)
    second.terminate()
    second.wait(20)
    decided = site.ledger.events(verb="decide", subject=ticket.answer_id)

    assert isinstance(result(room(site, "chloe"), answer_id=ticket.answer_id), Release)
    assert len(decided) == 1


def test_an_answer_is_the_same_after_unrelated_files_came_in(tmp_path):
    site = small_site(tmp_path)
    before = answered(site)
    sample_cdr({"people": 800, "days": 8, "first": date(2026, 2, 2)}, folder=tmp_path / "later")
    shutil.copy(tmp_path / "files" / "cells.csv", tmp_path / "later" / "cells.csv")
    ingest(room(site, "bilal"), mapping=tmp_path / "later" / "mapping.toml", folder=tmp_path / "later")
    after = answered(site)

    assert after.answer_id == before.answer_id
    assert after.digest == before.digest


def test_asking_again_is_free_and_decided_once(tmp_path):
    site = small_site(tmp_path)
    first, second = answered(site), answered(site)

    assert first.digest == second.digest
    assert len(site.ledger.events(verb="decide")) == 1
    assert len(site.ledger.events(verb="ask")) == 2


def test_every_question_is_in_the_log_before_a_record_is_read(tmp_path):
    site = small_site(tmp_path)
    refused = ask(room(site, "chloe"), spec={**SPEC, "areas": "lon-lat"})
    ask(room(site, "chloe"), spec=SPEC)
    events = site.ledger.events(verb="ask")

    assert site.ledger.answer(str(events[0].subject)) is None
    assert [event.body.get("refused", "") for event in reversed(events)] == [refused.reason, ""]


def test_the_main_job_runs_on_postgresql_too(tmp_path, postgres):
    site = small_site(tmp_path, database=postgres.database().replace("postgresql://", "postgresql+psycopg://"))
    found = answered(site)
    site.ledger.close()

    assert found.by_status()
    assert not (site.folders.metadata).exists()
