"""A site whose outermost key is handed over by the environment: its programs need it, its children get it."""

import base64
import os
import subprocess
import sys
from datetime import UTC, datetime

import pytest

from safeconduct.actions.rotating import rotate
from safeconduct.actions.site import Site
from safeconduct.keys.sources import NEXT_VARIABLE, ROOT_VARIABLE
from safeconduct.model.settings import KeySettings

FIRST, SECOND = (base64.b64encode(bytes([one]) * 32).decode() for one in (1, 2))


@pytest.fixture
def site(tmp_path, monkeypatch) -> Site:
    monkeypatch.setenv(ROOT_VARIABLE, FIRST)
    return Site.create(tmp_path / "site", name="handed", training=True, keys=KeySettings(provider="environment"))


def worker(site: Site, **around: str) -> int:
    """What a worker with nothing to do ends with."""
    command = [sys.executable, "-m", "safeconduct", "worker", "--until-empty", "--site", str(site.folders.root)]
    ran = subprocess.run(command, env={**os.environ, **around}, capture_output=True, check=False)
    assert FIRST.encode() not in ran.stdout + ran.stderr
    return ran.returncode


def test_a_child_gets_the_key_that_was_taken_out_of_the_environment(site) -> None:
    assert ROOT_VARIABLE not in os.environ
    assert worker(site) == 1
    assert worker(site, **site.keys.for_children()) == 0


def test_the_next_key_takes_the_place_of_the_first(site, monkeypatch) -> None:
    monkeypatch.setenv(NEXT_VARIABLE, SECOND)
    done = rotate(Site.open(site.folders.root), now=datetime(2026, 3, 1, tzinfo=UTC))

    assert done.outermost
    assert worker(site, **{ROOT_VARIABLE: FIRST}) == 1
    assert worker(site, **{ROOT_VARIABLE: SECOND}) == 0
