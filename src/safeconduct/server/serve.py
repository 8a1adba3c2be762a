"""Serve a site: listen, and keep its workers running."""

import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import uvicorn

from safeconduct.actions.guarantees import keep_private
from safeconduct.actions.site import Site
from safeconduct.model.errors import Unsafe
from safeconduct.model.settings import Settings
from safeconduct.model.text import say
from safeconduct.server.app import create_app

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PATIENCE_S = 10


def check_address(settings: Settings, host: str) -> None:
    """Refuse to answer others in plain.

    Raises:
        Unsafe: The address is not this machine's own, and there is neither TLS nor a declared proxy.
    """
    if host not in LOOPBACK and not settings.tls_certificate and not settings.proxy:
        raise Unsafe(
            say("listening on {host} needs TLS (tls_certificate and tls_key) or a declared proxy in safeconduct.toml",
                host=host[:60])
        )  # fmt: skip


ONE_THREAD = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
"""Small matrices are done faster by one thread, and a setting says how many threads a worker has."""


@contextmanager
def workers(
    root: Path, count: int, environment: Mapping[str, str] | None = None
) -> Iterator[list[subprocess.Popen[bytes]]]:
    """Worker processes, ended with what started them.

    Args:
        root: The site's folder.
        count: How many.
        environment: What they need beside this program's environment: a key that was taken out of it.
    """
    command = [sys.executable, "-m", "safeconduct", "worker", "--parent", str(os.getpid()), "--site", str(root)]
    around = {**os.environ, **dict.fromkeys(ONE_THREAD, "1"), **(environment or {})}
    started = [subprocess.Popen(command, env=around) for _ in range(count)]  # noqa: S603 - our own program, fixed words
    try:
        yield started
    finally:
        for one in started:
            one.terminate()
        for one in started:
            try:
                one.wait(PATIENCE_S)
            except subprocess.TimeoutExpired:
                one.kill()


def _leave(_signal: int, _frame: object) -> NoReturn:
    """End in order, so that workers end too; uvicorn raises the signal again once it has shut down."""
    raise SystemExit(0)


def untold(record: logging.LogRecord) -> bool:
    """Keep an unforeseen error's kind in the log, and drop its words and trace, which may hold values of a record."""
    if record.exc_info and record.exc_info[0] is not None:
        record.msg, record.args = "a request ended with %s", (record.exc_info[0].__name__,)
        record.exc_info = record.exc_text = None
    return True


def serve_site(
    root: Path, *, host: str | None = None, port: int | None = None, workers_count: int | None = None
) -> None:
    """Serve a site until stopped.

    Args:
        root: The site's folder.
        host: Address to listen on; the setting by default.
        port: Port; the setting by default.
        workers_count: Worker processes; the setting by default.

    Raises:
        Unsafe: The address would answer others in plain.
    """
    keep_private()
    site = Site.open(root)
    settings = site.settings
    address = host or settings.host
    check_address(settings, address)
    site.clear()
    signal.signal(signal.SIGTERM, _leave)
    logging.getLogger("uvicorn.error").addFilter(untold)
    count = settings.workers if workers_count is None else workers_count
    with workers(root, count, site.keys.for_children()):
        uvicorn.run(
            create_app(site),
            host=address,
            port=port or settings.port,
            ssl_certfile=settings.tls_certificate or None,
            ssl_keyfile=settings.tls_key or None,
            proxy_headers=bool(settings.proxy),
            forwarded_allow_ips=settings.proxy or None,
            server_header=False,
            access_log=False,
            log_level="warning",
        )
