"""A batch that nobody forced is killed between any two of its steps: begun again, it ends as if it had not been."""

import threading
from datetime import UTC, datetime

import pytest

from safeconduct.actions import forgetting
from safeconduct.actions.forgetting import FEWEST, forget, forgettings
from safeconduct.actions.rotating import is_owed
from safeconduct.jobs.queue import Heartbeat, Job, Queue
from safeconduct.store.objections import Objections

BEAT = Heartbeat(threading.Event(), lambda _step, _steps: None)


class Killed(BaseException):
    """Nothing of ours catches it."""


def _dies(*_told: object, **_how: object) -> None:
    raise Killed


def _batch(little, here) -> Job:
    """As many people as are erased together, and the work that erases them, taken by a worker."""
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED, *little.OTHERS[: FEWEST - 1]))
    found = here.site.queue.claim("w", datetime.now(UTC))
    assert found is not None
    return found


STEPS: list[tuple[object, str]] = [
    ("safeconduct.ingest.forgetting", "destroy_replaced"),
    (forgetting, "look_anew"),
    (Objections, "remove"),
    (forgetting, "owe"),
    (Queue, "finish"),
]


@pytest.mark.parametrize("step", STEPS, ids=[name for _, name in STEPS])
def test_who_were_enough_before_it_died_are_enough_afterwards(little, here, monkeypatch, step) -> None:
    """Nobody on the list is found any more then: everything is written anew all the same, and nothing is left over."""
    owner, name = step
    job = _batch(little, here)
    with monkeypatch.context() as patch:
        patch.setattr(*((f"{owner}.{name}", _dies) if isinstance(owner, str) else (owner, name, _dies)))
        with pytest.raises(Killed):
            forgetting._erase(here.site, job, BEAT)
    forgetting._erase(here.site, job, BEAT)

    (state,) = forgettings(here.room("dpo"))
    assert (state.waiting, state.task) == (FEWEST, ""), "until they are due nobody is told whether they were enough"
    assert state.due is not None
    assert little.pseudonym_of(here.site, little.FLED) not in here.codes(here.site.manifest("phone"))["person"]
    assert is_owed(here.site), "copies from before open until keys are exchanged"
    named = {path for one in _chain(little, here) for path in one.files()}
    assert _lie(here) == named, "nothing is left of what held them"


def test_nobody_who_came_meanwhile_is_left_waiting_for_ever(little, here, monkeypatch) -> None:
    """Somebody who asked after the worker died is erased with the rest, or waits with a date."""
    job = _batch(little, here)
    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "owe", _dies)
        with pytest.raises(Killed):
            forgetting._erase(here.site, job, BEAT)
    forgetting.opt_out(here.room("dpo"), dataset="phone", identifiers=(little.OTHERS[18],))
    forgetting._erase(here.site, job, BEAT)

    (state,) = forgettings(here.room("dpo"))
    gone = little.pseudonym_of(here.site, little.OTHERS[18]) not in here.codes(here.site.manifest("phone"))["person"]
    assert gone or state.due is not None


def _chain(little, here) -> list:
    return little.versions(here.site)


def _lie(here) -> set[str]:
    folder = here.folder / "site" / "store" / "phone"
    found = [path for name in ("parts", "rollups", "codes") for path in (folder / name).rglob("*")]
    return {path.relative_to(folder).as_posix() for path in found if path.is_file()}
