"""Somebody takes files in between another's look at the version in force and its lock: nothing of theirs is lost."""

import fcntl
from collections.abc import Callable

import pytest

from safeconduct.actions import ingesting
from safeconduct.actions.forgetting import erase_listed
from safeconduct.actions.ingesting import withdraw_arrival
from safeconduct.actions.retaining import nightly
from safeconduct.actions.shredding import Doomed, _shred
from safeconduct.model.errors import WrongState

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
        with pytest.raises(WrongState):  # the files hold the lock; a worker does it later
            _shred(site, Doomed.DATASET, "phone", little.NOW)
        return real(*told, **how)

    monkeypatch.setattr(ingesting, "judge", destroyed_meanwhile)
    with pytest.raises(WrongState, match="destroyed"):
        here.take("calls_3.csv", little.day_of_rows(LATE))
    monkeypatch.undo()
    _shred(site, Doomed.DATASET, "phone", little.NOW)

    assert site.datasets() == ()
    assert not (site.folders.store / "phone").exists()
    site.clear()
