"""The line to a server that surveys are collected on: one host, TLS, limits, patience, and no word of its answers told.

An answer is somebody's record. No error here quotes one, and neither an address nor a library's message is passed on.
"""

import json
import logging
import ssl
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Self
from urllib.parse import parse_qsl, urlsplit

import httpx2

from safeconduct.model.errors import BadInput, BadSettings, BrokenPromise, TooMany, Unreadable
from safeconduct.model.servers import ServerSettings
from safeconduct.model.text import say

TRIES = 5
REDIRECTS = 3
LONGEST_PAUSE_S = 300.0
MEGABYTE = 1 << 20
ONE_ANSWER = 64 * MEGABYTE
SLOW_DOWN, NOT_FOUND, FIRST_ERROR = 429, 404, 400
AGAIN = frozenset({SLOW_DOWN, 500, 502, 503, 504})
UNKNOWN = frozenset({401, 403})
ELSEWHERE = range(300, 400)
Query = Mapping[str, str]
NOTHING: Query = {}


@dataclass(frozen=True)
class Got:
    """An answer of a server.

    Attributes:
        status: HTTP status.
        headers: Its headers.
        content: Its bytes; may hold records.
    """

    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(kw_only=True)
class Patience:
    """How long a pull may take, and who may end it.

    Attributes:
        wait: Waits for some seconds; gives `True` where somebody asked to stop.
        clock: Seconds that only go forward.
        stopped: Whether somebody asked to stop; asked before every request.
    """

    wait: Callable[[float], bool]
    clock: Callable[[], float] = time.monotonic
    stopped: Callable[[], bool] = lambda: False


class Line:
    """A connection to one server, and to no other.

    Args:
        server: Which; its address, its limits.
        headers: What tells the server who asks.
        patience: How long it may take.

    Raises:
        BadSettings: The file with its authorities cannot be read.
    """

    def __init__(self, server: ServerSettings, headers: Mapping[str, str], patience: Patience) -> None:
        _hush()
        self._server, self._patience = server, patience
        self._end, self._left = patience.clock() + server.patience_s, server.most_mb * MEGABYTE
        self._base = httpx2.URL(server.url.rstrip("/") + "/")
        timeout = httpx2.Timeout(60.0, connect=10.0)
        self._http = httpx2.Client(headers=dict(headers), timeout=timeout, trust_env=False, verify=_verifying(server))

    def __repr__(self) -> str:
        """The server's name only."""
        return f"Line({self._server.name!r})"

    def __enter__(self) -> Self:
        """The line itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """Hang up."""
        self._http.close()

    def json(self, path: str, query: Query = NOTHING) -> Any:
        """What the server answers, as JSON.

        Raises:
            Unreadable: It is no JSON.
            BadInput: The server does not have it, does not accept the credential, or points elsewhere.
            TooMany: It asks to be asked less, again and again.
            BrokenPromise: It cannot be reached, or sends more, or takes longer, than may be.
        """
        return self.read(self.content(path, query) or b"")

    def read(self, content: bytes) -> Any:
        """Bytes of an answer as JSON.

        Raises:
            Unreadable: They are none.
        """
        try:
            return json.loads(content)
        except (ValueError, RecursionError):
            raise _unreadable() from None

    def content(self, path: str, query: Query = NOTHING, *, absent: bool = False) -> bytes | None:
        """What the server answers, as bytes.

        Args:
            path: Below the server's address.
            query: What is asked for.
            absent: The server may not have it: `None`, instead of an error.

        Raises:
            BadInput: As for `json`.
            TooMany: As for `json`.
            BrokenPromise: As for `json`.
        """
        got = self._patiently(self._base.join(path).copy_merge_params(dict(query)))
        if got.status == NOT_FOUND and absent:
            return None
        if got.status in UNKNOWN:
            raise BadInput(
                say("The server {name} does not accept the credential; put one that may read this form in its place.",
                    name=self._server.name), field="server",
            )  # fmt: skip
        if got.status >= FIRST_ERROR:
            raise BadInput(
                say("The server {name} does not have this form, or cannot give it; check the form's id.",
                    name=self._server.name), field="form",
            )  # fmt: skip
        return got.content

    def _patiently(self, url: httpx2.URL) -> Got:
        """An answer, asked for again where the line broke or the server is busy."""
        got = None
        for nth in range(TRIES):
            if self._patience.stopped():
                raise _stopped()
            got = self._followed(url)
            if got is not None and got.status not in AGAIN:
                return got
            self._pause(_seconds(got, nth))
        if got is not None and got.status == SLOW_DOWN:
            raise TooMany(say("The server {name} asks to be asked less; try later.", name=self._server.name))
        raise self._away()

    def _pause(self, seconds: float) -> None:
        if self._patience.clock() + seconds > self._end:
            raise self._away()
        if self._patience.wait(seconds):
            raise _stopped()

    def _followed(self, url: httpx2.URL) -> Got | None:
        """An answer, also where the same server has it at another address; `None` where the line broke."""
        for _ in range(REDIRECTS):
            got = self._once(url)
            if got is None or got.status not in ELSEWHERE:
                return got
            url = self._same_server(url, got.headers.get("location", ""))
        raise self._elsewhere()

    def _same_server(self, url: httpx2.URL, location: str) -> httpx2.URL:
        try:
            there = url.join(location)
        except (httpx2.InvalidURL, ValueError):
            raise self._elsewhere() from None
        base = self._base
        if not location or (there.scheme, there.host, there.port) != (base.scheme, base.host, base.port):
            raise self._elsewhere()
        return there

    def _once(self, url: httpx2.URL) -> Got | None:
        try:
            with self._http.stream("GET", url) as response:
                return Got(response.status_code, dict(response.headers), self._limited(response))
        except (httpx2.HTTPError, httpx2.StreamError):
            return None

    def _limited(self, response: httpx2.Response) -> bytes:
        """The bytes of an answer, counted as they are after they were unpacked."""
        found = bytearray()
        for piece in response.iter_bytes(MEGABYTE):
            found += piece
            self._left -= len(piece)
            if self._left < 0 or len(found) > ONE_ANSWER:
                raise BrokenPromise(
                    say("The server {name} sends more than may be; raise most_mb in safeconduct.toml if that is right.",
                        name=self._server.name)
                )  # fmt: skip
            if self._patience.clock() > self._end:
                raise self._away()
        return bytes(found)

    def _away(self) -> BrokenPromise:
        return BrokenPromise(
            say("The server {name} cannot be reached, or takes too long; nothing was changed.", name=self._server.name)
        )

    def _elsewhere(self) -> BadInput:
        return BadInput(
            say("The server {name} points to another address, which safeconduct.toml does not name; nothing was sent "
                "there.", name=self._server.name), field="server",
        )  # fmt: skip


def next_query(link: object) -> Query | None:
    """What a link to the next page asks for, `None` for no next page; whatever host it names is not looked at.

    Raises:
        Unreadable: It is no link.
    """
    if link is None or link == "":
        return None
    if not isinstance(link, str):
        raise _unreadable()
    try:
        return dict(parse_qsl(urlsplit(link).query, keep_blank_values=True))
    except ValueError:
        raise _unreadable() from None


def _stopped() -> BrokenPromise:
    return BrokenPromise(say("The pull was stopped; nothing was changed."))


def _seconds(got: Got | None, nth: int) -> float:
    """How long to wait before asking again: as long as the server says, within reason."""
    said = got.headers.get("retry-after", "") if got is not None else ""
    return min(float(said), LONGEST_PAUSE_S) if said.isascii() and said.isdigit() else float(2**nth)


def _hush() -> None:
    """Keep the libraries below from logging addresses and headers: a redirect may quote a record, a query has ids."""
    for name in ("httpx2", "httpcore2"):
        logging.getLogger(name).setLevel(logging.WARNING)


def _verifying(server: ServerSettings) -> ssl.SSLContext | bool:
    if not server.ca:
        return True
    try:
        return ssl.create_default_context(cafile=server.ca)
    except (OSError, ssl.SSLError):
        raise BadSettings(say("the file named by ca under [[servers]] cannot be read"), field="servers") from None


def _unreadable() -> Unreadable:
    return Unreadable(
        say("The server answers with something that is no answer; look at its address and the form's id.")
    )
