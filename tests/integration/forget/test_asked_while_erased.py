"""Somebody asks a question while people are erased: what is kept of whose records a file holds does not name them."""

import threading
from contextlib import suppress
from datetime import UTC, datetime

import numpy as np
import pytest

from safeconduct.actions import forgetting
from safeconduct.actions.forgetting import forget
from safeconduct.engines import frames
from safeconduct.jobs.queue import Heartbeat
from safeconduct.model.errors import Tampered

BEAT = Heartbeat(threading.Event(), lambda _step, _steps: None)


class Killed(BaseException):
    """Nothing of ours catches it."""


def _asks(site) -> None:
    """What a question does that is compared with others: it reads whose records are in files nobody looked at yet."""
    comparing = site.comparing(site.manifest("phone"))
    pieces = {piece: name for name, found in comparing._parts.items() for piece in found}
    comparing.prepare({piece: name for piece, name in pieces.items() if site_seen(site).get(piece) is None})


def site_seen(site):
    manifest = site.manifest("phone")
    return site.comparing(manifest).seen


def _is_told(here, code: int) -> bool:
    """Whether somebody's code stands in what is kept of any file."""
    word, bit = divmod(code, 64)
    bits = [site_seen(here.site).get(name) for name in site_seen(here.site)._chests.names()]
    return any(len(one) > word and int(one[word]) >> bit & 1 for one in bits)


def _code(little, here) -> int:
    site = here.site
    return here.codes(site.manifest("phone"))["person"].index(little.pseudonym_of(site, little.FLED))


def _begun(little, here):
    forget(here.room("dpo"), dataset="phone", identifiers=(little.FLED,), at_once=True)
    job = here.site.queue.claim("w", datetime.now(UTC))
    assert job is not None
    return job


@pytest.mark.parametrize("dies", [False, True])
def test_who_asks_before_the_new_version_is_named_leaves_nothing(little, here, monkeypatch, dies) -> None:
    """The worker may die right after naming it, and knows nobody's code any more when it goes on."""
    code, job, real = _code(little, here), _begun(little, here), forgetting.commit_replaced

    def asked_meanwhile(*told: object, **how: object) -> None:
        _asks(here.site)
        assert _is_told(here, code), "the control: they are there before"
        real(*told, **how)
        if dies:
            raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(forgetting, "commit_replaced", asked_meanwhile)
        try:
            forgetting._erase(here.site, job, BEAT)
        except Killed:
            assert dies
    if dies:
        forgetting._erase(here.site, job, BEAT)

    assert not _is_told(here, code)
    _asks(here.site)
    assert not _is_told(here, code)


def test_who_began_to_read_before_and_ends_after_leaves_nothing(little, here, monkeypatch) -> None:
    """A question that read files from before keeps nothing of them once they are destroyed."""
    code, real, waiting = _code(little, here), frames._read, [lambda: _erased(little, here)]

    def slowly(*told: object) -> np.ndarray:
        bits = real(*told)
        while waiting:
            waiting.pop()()
        return bits

    monkeypatch.setattr(frames, "_read", slowly)
    with suppress(Tampered):  # the file after it is gone too
        _asks(here.site)
    assert not waiting

    assert not _is_told(here, code)


def _erased(little, here) -> None:
    job = _begun(little, here)
    forgetting._erase(here.site, job, BEAT)
