"""Watched sources on a real site: files when they are complete, databases when they are due, by workers."""

import signal
import subprocess
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

import pytest

from safeconduct.actions import watching
from safeconduct.actions.room import Act, Caller, Room
from safeconduct.actions.setting_up import first_person
from safeconduct.actions.site import Site
from safeconduct.actions.verb import verbs
from safeconduct.actions.working import work
from safeconduct.model.errors import BadInput, NotFound, SafeconductError

ENGINEER = frozenset({"engineer", "steward"})
SOON = timedelta(minutes=20)
KILLED = """
import os, signal, sys, threading
from datetime import UTC, datetime
from pathlib import Path
from safeconduct.actions import taking_in, watching
from safeconduct.actions.site import Site
from safeconduct.actions.working import work

taking_in.noted = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
site = Site.open(Path(sys.argv[1]))
watching.begin_due(site, datetime.now(UTC))
work(site, worker="child", stop=threading.Event(), until_empty=True)
"""


class Office:
    """A site with one watched folder, and workers on demand."""

    def __init__(self, root, world) -> None:
        self.world = world
        self.site = Site.create(root, name="office", training=True)
        first_person(self.site, login="bilal", name="Bilal", password="five blue horses")
        self.account = self.site.accounts.everybody()[0].id
        self.now = datetime.now(UTC)

    def act(self, verb: str, **arguments: object):
        caller = Caller(account=self.account, roles=ENGINEER)
        return verbs[verb].run(Room(self.site, caller, self.now), **arguments)

    def watch(self, **more: object) -> watching.Watched:
        files = self.world.files
        return self.act(
            "watch_source", **{"name": "operator", "mapping": files / "mapping.toml", "folder": files} | more
        )

    def look(self) -> watching.Watched | None:
        """Let the next look be due, and a worker do what waits."""
        self._due()
        watching.begin_due(self.site, datetime.now(UTC))
        work(self.site, worker="w", stop=threading.Event(), until_empty=True)
        return next(iter(self.act("watched_sources")), None)

    def _due(self) -> None:
        with self.site.ledger.write() as tx:
            act = Act(tx, Room(self.site, Caller(account=self.account), verb="test"))
            for one in self.act("watched_sources"):
                watching.put_watched(act, replace(one, next=self.now))
                act.record(one.name, {})

    def days(self) -> list[date]:
        try:
            return sorted(one.day for one in self.site.manifest("phone").partitions)
        except NotFound:
            return []

    def messages(self) -> list[str]:
        return [str(one.says) for one in self.act("messages")]


@pytest.fixture
def office(world, tmp_path):
    made = Office(tmp_path / "office", world)
    yield made
    made.site.ledger.close()


def test_a_file_is_taken_in_once_it_stays_the_same_between_two_looks(office, row):
    """At the first look it is perhaps still being written; it grows; then it stays, and counts once."""
    office.watch()
    office.world.calls([row()])
    first = office.look()
    assert (office.days(), first.last_success is not None) == ([], True)
    office.world.calls([row(), row(at="2026-01-06 10:00:00")])
    office.look()
    assert office.days() == []
    office.look()
    assert office.days() == [date(2026, 1, 5), date(2026, 1, 6)]
    version = office.site.manifest("phone").id
    office.look()
    assert office.site.manifest("phone").id == version
    assert judged(office) == (0, date(2026, 1, 6), True)


def judged(office) -> tuple[int, date | None, bool]:
    """Days nobody looked at when they came, the newest that can be answered, and whether its time was measured."""
    (found,) = office.act("quality")
    took = found.timeliness
    return found.looked, took.newest, 0 < took.hours <= took.age_hours


def test_a_file_with_a_marker_or_in_a_folder_of_whole_files_is_taken_at_once(office, row):
    """`.done` beside it says that it is whole; `renamed` says that all are, `marker` that no other is."""
    office.watch()
    office.world.calls([row()])
    office.world.write("calls_1.csv.done", "")
    office.look()
    assert office.days() == [date(2026, 1, 5)]

    office.world.map(end='[source]\ncomplete = "marker"')
    office.world.calls([row(at="2026-01-06 10:00:00")], "calls_2.csv")
    for _ in range(3):
        office.look()
    assert office.days() == [date(2026, 1, 5)]

    office.world.map(end='[source]\ncomplete = "renamed"')
    office.look()
    assert office.days() == [date(2026, 1, 5), date(2026, 1, 6)]


def test_a_file_that_cannot_be_read_is_told_once_and_not_tried_again_until_it_is_another(office, row, monkeypatch):
    """The good one beside it is taken in; the steward has one message; mended, it is taken in by itself."""
    office.watch()
    office.world.map(end='[source]\ncomplete = "renamed"')
    office.world.calls([row()])
    office.world.write("calls_2.csv", "258849999001,258849999001\n")
    found = office.look()

    assert [(one.files, one.number) for one in found.left_out] == [("calls_*.csv", 2)]
    assert "258849999001" not in str(found)
    assert office.days() == [date(2026, 1, 5)]
    tried = []
    monkeypatch.setattr("safeconduct.actions.taking_in.taken_in", lambda *_: tried.append(1))
    office.look()
    assert (tried, len(office.messages())) == ([], 1)
    monkeypatch.undo()

    office.world.calls([row(at="2026-01-06 10:00:00")], "calls_2.csv")
    after = office.look()
    assert (after.left_out, office.days()) == ((), [date(2026, 1, 5), date(2026, 1, 6)])


def test_a_look_that_fails_again_and_again_stops_until_somebody_resumes_it(office, row):
    """The cells file is gone: told once, tried five times; nothing is lost when it is back."""
    office.watch()
    office.world.map(end='[source]\ncomplete = "renamed"')
    office.world.calls([row()])
    cells = office.world.files / "cells.csv"
    kept = cells.read_text()
    cells.unlink()
    states = [office.look().state.value for _ in range(5)]

    assert states == ["on"] * 4 + ["stopped"]
    assert office.act("watched_sources")[0].says.id.startswith("the cells file cannot be opened")
    assert len(office.messages()) == 1
    cells.write_text(kept)
    assert office.look().state.value == "stopped"
    office.act("resume_source", name="operator")
    after = office.look()
    assert (after.state.value, after.says.id, office.days()) == ("on", "", [date(2026, 1, 5)])


def test_a_folder_that_is_not_there_is_told(office, row):
    """As when a disk is not mounted: not the same as nothing to take in."""
    office.watch()
    office.world.files.rename(office.world.folder / "elsewhere")
    assert "mapping file cannot be opened" in str(office.look().says)


def test_pausing_and_removing(office, row):
    """Paused, nothing is looked at; removed, it is as if it had never been watched."""
    office.watch()
    office.world.map(end='[source]\ncomplete = "renamed"')
    office.world.calls([row()])
    office.act("pause_source", name="operator")
    assert (office.look().state.value, office.days()) == ("paused", [])
    office.act("remove_source", name="operator")
    assert (office.look(), office.days()) == (None, [])
    with pytest.raises(NotFound):
        office.act("resume_source", name="operator")


def test_the_schedule_survives_a_restart(office, row, tmp_path):
    """Another program opens the site, and goes on with what was seen."""
    office.watch()
    office.world.calls([row()])
    office.look()
    office.site.ledger.close()
    office.site = Site.open(tmp_path / "office")
    office.look()

    assert office.days() == [date(2026, 1, 5)]


def test_two_workers_begin_one_look(office):
    """However many find it due at the same moment."""
    office.watch()
    sites = [Site.open(office.site.folders.root) for _ in range(4)]
    with ThreadPoolExecutor(4) as workers:
        begun = list(workers.map(lambda site: watching.begin_due(site, office.now), sites))
    for site in sites:
        site.ledger.close()

    assert sorted(begun) == [0, 0, 0, 1]


def test_a_worker_killed_within_a_look_loses_and_doubles_nothing(office, row):
    """After the records are committed and before the look is written down: the next worker goes on."""
    office.watch()
    office.world.map(end='[source]\ncomplete = "renamed"')
    office.world.calls([row()])
    ended = subprocess.run([sys.executable, "-c", KILLED, office.site.folders.root], check=False, timeout=120)
    assert ended.returncode == -signal.SIGKILL
    version = office.site.manifest("phone").id
    with office.site.ledger.write() as tx:
        job = office.site.queue.get("take_in/operator")
        office.site.queue.release(tx, job, office.now - SOON)
    found = office.look()

    assert (found.left_out, found.last_success is not None) == ((), True)
    assert (office.site.manifest("phone").id, office.days()) == (version, [date(2026, 1, 5)])


@pytest.mark.parametrize(
    "wrong", [{"name": "Operator"}, {"name": "a/b"}, {"every": 0}, {"folder": "nowhere"}, {"mapping": "none.toml"}]
)
def test_what_cannot_be_watched_is_refused_at_once(office, tmp_path, wrong):
    """Not at night, by a worker."""
    paths = {key: tmp_path / value for key, value in wrong.items() if key in {"folder", "mapping"}}
    with pytest.raises(SafeconductError) as error:
        office.watch(**wrong | paths)

    assert isinstance(error.value, BadInput)


@pytest.mark.postgres
def test_a_database_is_pulled_by_the_same_schedule(office, changing, tmp_path):
    """What the settings name opens it, from a file only its owner may read; each day once."""
    secret = tmp_path / "operator.dsn"
    secret.write_text(changing.url)
    settings = office.site.folders.settings
    settings.write_text(settings.read_text() + f'[sources.operator]\nfile = "{secret}"\n')
    office.site.ledger.close()
    office.site = Site.open(office.site.folders.root)
    mapping = tmp_path / "pull.toml"
    mapping.write_text(
        'format = 1\ndataset = "phone"\nzone = "Africa/Maputo"\n'
        '[source]\nkind = "flowdb"\nconnection = "operator"\nsteady_s = 0\n'
    )
    secret.chmod(0o644)
    office.watch(mapping=mapping)
    assert "chmod 400" in str(office.look().says)
    secret.chmod(0o400)
    assert office.look().says.id == ""
    version = office.site.manifest("phone").id

    assert set(office.days()) == {date(2026, 1, day) for day in range(5, 10)}
    office.look()
    assert office.site.manifest("phone").id == version
    assert judged(office) == (0, date(2026, 1, 9), True)
