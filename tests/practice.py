"""A practice site, made once, and a server in front of it."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from safeconduct.actions.doors import shell_caller
from safeconduct.actions.people import create_token
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.cli.demo import run_demo

PEOPLE = 3000


@dataclass(frozen=True)
class Practice:
    """A practice site with its sample files and what the main job said."""

    folder: Path
    summary: dict

    @property
    def root(self) -> Path:
        return self.folder / "site"

    @property
    def files(self) -> Path:
        return self.folder / "files"

    def site(self) -> Site:
        return Site.open(self.root)

    def room(self, login: str) -> Room:
        site = self.site()
        now = datetime.now(UTC)
        return Room(site, shell_caller(site, login=login, now=now), now)

    def token(self, login: str = "chloe", **how) -> str:
        return create_token(self.room(login), name="test", **how).text


@pytest.fixture(scope="session")
def practice(tmp_path_factory) -> Practice:
    folder = tmp_path_factory.mktemp("practice") / "demo"
    summary = run_demo(folder, sample={"people": PEOPLE, "days": 28, "seed": 7}, progress=lambda *_: None)
    return Practice(folder, summary)


@pytest.fixture(scope="session")
def url(practice) -> Iterator[str]:
    """A real server with one real worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "safeconduct", "serve", "--site", str(practice.root), "--port", str(port)]
    log = (practice.folder / "server.log").open("wb")
    server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    address = f"http://127.0.0.1:{port}"
    try:
        _wait(address)
        yield address
    finally:
        server.terminate()
        server.wait(20)
        log.close()


def _wait(address: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            httpx2.get(address, timeout=2)
        except httpx2.HTTPError:
            time.sleep(0.2)
        else:
            return
    raise TimeoutError(address)


@pytest.fixture(scope="session")
def chromium(needs) -> str:
    """Where Chromium is."""
    return str(needs("chromium"))
