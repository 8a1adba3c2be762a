"""Somebody takes files in between another's look at the version in force and its lock: nothing of theirs is lost."""

import fcntl
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from functools import partial

import pytest

from safeconduct.actions import housekeeping, ingesting
from safeconduct.actions import quality as quality_of_days
from safeconduct.actions.forgetting import erase_listed, forgettings, opt_out
from safeconduct.actions.ingesting import withdraw_arrival
from safeconduct.actions.quality import held_days_of, hold_day
from safeconduct.actions.retaining import nightly
from safeconduct.actions.room import Caller
from safeconduct.actions.shredding import Doomed, confirm_destroying, destroyings, propose_destroying
from safeconduct.actions.trusted import book_of, current_book
from safeconduct.ingest.quality_look import unseen
from safeconduct.model.areas import EventType
from safeconduct.model.errors import BrokenPromise, SafeconductError, WrongState
from safeconduct.model.quality import Source

LATE = "2026-01-07"


def _takes_in(here, little) -> None:
    here.take("calls_2.csv", little.day_of_rows("2026-01-06"))


def _takes_back(here, little) -> None:
    first = here.site.manifest("phone").arrivals[0]
    withdraw_arrival(here.room("engineer"), dataset="phone", arrival=first.digest)


def _erases(here, little) -> None:
    site = here.site
    erase_listed(site, "phone", little.NOW)


def _retains(here, little) -> None:
    nightly(here.site, little.NOW)


def _starts(here, little) -> None:
    here.site.clear()


@pytest.mark.parametrize("act", [_takes_in, _takes_back, _erases, _retains, _starts])
def test_what_somebody_else_took_in_meanwhile_stays(little, here, monkeypatch, act: Callable) -> None:
    """Whoever comes second does nothing, or does it on top of what is there."""
    real, files = fcntl.flock, here.folder / "files"
    waiting = [lambda: here.take("calls_3.csv", little.day_of_rows(LATE))]

    def locked(handle: int, how: int) -> None:
        if how == fcntl.LOCK_EX | fcntl.LOCK_NB and waiting:
            waiting.pop()()
        real(handle, how)

    monkeypatch.setattr("safeconduct.store.versions.fcntl.flock", locked)
    try:
        act(here, little)
    except WrongState:
        told = True
    else:
        told = False
    monkeypatch.undo()

    assert not waiting, "the moment came"
    assert told is (act in {_takes_in, _takes_back, _erases}), "who could not do it is told"
    days = {str(one.day) for one in here.site.manifest("phone").partitions}
    assert days == {"2026-01-05", "2026-01-06", LATE}
    assert len(here.rows()) == 6
    assert (files / "calls_3.csv").exists()


def test_a_data_set_that_is_destroyed_while_files_come_in_stays_destroyed(little, here, monkeypatch) -> None:
    """The files' rows go with it: nothing names them, and the site opens and starts as before."""
    real, site = ingesting.judge, here.site

    def destroyed_meanwhile(*told: object, **how: object) -> object:
        steward, dpo = (
            here.room("steward"),
            replace(here.room("dpo"), caller=Caller(account="u2", roles=frozenset({"dpo"}))),
        )
        said = propose_destroying(steward, kind=Doomed.DATASET, subject="phone", reason="The purpose is over.")
        with pytest.raises(WrongState):  # the files hold the lock
            confirm_destroying(dpo, destruction=said.id)
        here.work()  # and so they do for the worker
        return real(*told, **how)

    monkeypatch.setattr(ingesting, "judge", destroyed_meanwhile)
    with pytest.raises(WrongState, match="destroyed"):
        here.take("calls_3.csv", little.day_of_rows(LATE))
    monkeypatch.undo()
    nightly(site, little.NOW)
    here.work()

    assert [one.state for one in destroyings(here.room("engineer"))] == ["done"]
    assert site.datasets() == ()
    assert not (site.folders.store / "phone").exists()
    site.clear()


def test_what_a_steward_decides_about_a_day_while_files_come_in_stands(little, here, monkeypatch) -> None:
    """The files were judged before; a day held by hand is not held for less, and so let in again, by their commit."""
    real, day = ingesting.judge, date(2026, 1, 6)
    source = Source(type=EventType.CALLS, day=day)

    def held_meanwhile(*told: object, **how: object) -> object:
        judged = real(*told, **how)
        hold_day(here.room("steward"), dataset="phone", events=EventType.CALLS, day=day, reason="A mast fell.")
        found = replace(judged.look, looked=judged.look.looked | {source}, held={source: frozenset({"silence"})})
        return replace(judged, look=found)

    monkeypatch.setattr(ingesting, "judge", held_meanwhile)
    here.take("calls_3.csv", little.day_of_rows(LATE))

    (held,) = held_days_of(here.site, "phone")
    assert (held.state, held.checks, held.reason) == ("held", ("by_hand",), "A mast fell.")


def test_a_look_at_days_that_changed_meanwhile_is_done_again(little, here, monkeypatch) -> None:
    """What was found of an older version is not written down as if it were found of this one."""
    real = quality_of_days.judge

    def overtaken(*told: object, **how: object) -> object:
        judged = real(*told, **how)
        here.take("calls_3.csv", little.day_of_rows(LATE))
        return judged

    monkeypatch.setattr(quality_of_days, "judge", overtaken)
    with pytest.raises(WrongState):
        quality_of_days.quality(here.room("engineer"), dataset="phone", everything=True)
    monkeypatch.undo()

    site = here.site
    assert not unseen(site.manifest("phone"), book_of(site, "phone", current_book(site, "phone")))


def test_one_data_set_that_does_not_open_keeps_nobody_from_being_erased(little, here, monkeypatch) -> None:
    """Nor does a deposit that cannot be tidied away; what failed is raised when the rest was done."""
    opt_out(here.room("dpo"), dataset="phone", identifiers=(little.FLED,))
    fact = here.site.ledger.fact("dataset", "phone")
    with here.site.ledger.write() as tx:
        tx.put("dataset", "broken", {**fact.body, "manifest": "0" * 64}, at=little.NOW)
        tx.event(actor="u1", verb="ingest", subject="broken", body={}, at=little.NOW)
    monkeypatch.setattr(housekeeping, "tidied", lambda *_: _raise())

    with pytest.raises(SafeconductError):
        housekeeping.every_one(partial(step, here.site, little.later(40)) for step in (housekeeping.tidied, nightly))
    assert forgettings(here.room("dpo"))[-1].task


def _raise() -> None:
    raise BrokenPromise("a deposit cannot be tidied away")
