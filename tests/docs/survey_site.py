"""A practice site on which `demo publish` was walked, served, with a token for each account; for documents."""

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import httpx2
import pytest

from safeconduct.actions.doors import shell_caller
from safeconduct.actions.people import create_token
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.cli.publishing import run_publish

PATIENCE_S = 60
PERMISSIONS = {
    "amara": ("deposit", "curate", "describe", "measure", "propose", "publish"),
    "farid": ("measure", "check", "decide"),
    "dara": ("measure", "approve"),
    "gita": ("request", "receive"),
}


@pytest.fixture(scope="session")
def surveyed(tmp_path_factory) -> Path:
    """The folder of the practice site."""
    folder = tmp_path_factory.mktemp("documents") / "demo-site"
    run_publish(folder)
    return folder / "site"


@pytest.fixture(scope="session")
def tokens(surveyed) -> dict[str, str]:
    """The text of a token by login, with the scopes the tutorial names."""
    return {login: _token(surveyed, login, permissions) for login, permissions in PERMISSIONS.items()}


@pytest.fixture(scope="session")
def address(surveyed) -> Iterator[str]:
    """Where the site is served, with one worker."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "safeconduct", "serve", "--site", str(surveyed), "--port", str(port)]
    with (surveyed.parent / "server.log").open("wb") as log:
        server = subprocess.Popen(command, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield _awaited(f"http://127.0.0.1:{port}", server)
    finally:
        server.terminate()
        server.wait(PATIENCE_S)


def _token(root: Path, login: str, permissions: tuple[str, ...]) -> str:
    site, now = Site.open(root), datetime.now(UTC)
    room = Room(site, shell_caller(site, login=login, now=now), now)
    text = create_token(room, name="tutorial", scopes=tuple(f"do:{one}" for one in permissions)).text
    site.ledger.close()
    return text


def _awaited(address: str, server: subprocess.Popen) -> str:
    end = time.monotonic() + PATIENCE_S
    while time.monotonic() < end and server.poll() is None:
        try:
            httpx2.get(address, timeout=2)
        except httpx2.HTTPError:
            time.sleep(0.1)
        else:
            return address
    raise TimeoutError(address)
