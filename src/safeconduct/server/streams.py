"""Long bodies, both ways: read as they arrive, and sent from any byte on."""

import re
from collections.abc import Generator, Iterator
from typing import Any
from urllib.parse import quote

from anyio import CancelScope, from_thread, to_thread
from fastapi import Request
from fastapi.responses import Response, StreamingResponse
from starlette.requests import ClientDisconnect
from starlette.types import Receive, Scope, Send

from safeconduct.actions.transfers import Stream, Upload
from safeconduct.model.errors import BadInput
from safeconduct.model.text import say

ONE_RANGE = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)
WHOLE = re.compile(r"\d{1,15}", re.ASCII)
PARTIAL, UNSATISFIABLE = 206, 416


def streamed(scope: Scope) -> bool:
    """Whether a request's body is read as it arrives, however long it is, instead of being held in memory first."""
    path, method = str(scope["path"]), str(scope["method"])
    return path == "/api/1/send_upload" or (path.startswith("/uploads/") and method in {"PUT", "POST"})


def incoming(request: Request) -> Upload:
    """The body of a request, for a verb that runs in a thread; a connection that breaks off ends it where it broke."""
    parts = request.stream()

    async def following() -> bytes | None:
        return await anext(parts, None)

    def content() -> Iterator[bytes]:
        while True:
            try:
                part = from_thread.run(following)
            except ClientDisconnect:
                return
            if part is None:
                return
            yield part

    return Upload(content())


def whole(value: str, name: str) -> int:
    """A number of an address or a form: 0 or more, no larger than a file can be.

    Raises:
        BadInput: It is none.
    """
    if not WHOLE.fullmatch(value):
        raise BadInput(say("{name} must be a whole number", name=name), field=name)
    return int(value)


class Sending(StreamingResponse):
    """A file on its way out, read in a thread.

    However it ends, its reader is told at once and in a thread: left to whenever Python collects it, what it then
    writes down could wait for the very transaction it was collected in.
    """

    def __init__(self, pieces: Iterator[bytes], **how: Any) -> None:
        super().__init__(pieces, **how)
        self._pieces = pieces

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send it, then let go of it."""
        try:
            await super().__call__(scope, receive, send)
        finally:
            if isinstance(self._pieces, Generator):
                with CancelScope(shield=True):
                    await to_thread.run_sync(self._pieces.close)


def outgoing(stream: Stream, request: Request) -> Response:
    """A file, or the range of it that was asked for."""
    tag = f'"{stream.sha256}"'
    headers = {
        "Accept-Ranges": "bytes",
        "ETag": tag,
        "Content-Encoding": "identity",
        "Content-Disposition": f"attachment; filename*=UTF-8''{quote(stream.name)}",
    }
    found = _range(request, tag, stream.size)
    if found is None:
        headers["Content-Length"] = str(stream.size)
        return Sending(stream.read(0, stream.size), media_type=stream.media, headers=headers)
    start, stop = found
    if start >= stop:
        return Response(status_code=UNSATISFIABLE, headers={"Content-Range": f"bytes */{stream.size}"})
    headers |= {"Content-Range": f"bytes {start}-{stop - 1}/{stream.size}", "Content-Length": str(stop - start)}
    return Sending(stream.read(start, stop), status_code=PARTIAL, media_type=stream.media, headers=headers)


def _range(request: Request, tag: str, size: int) -> tuple[int, int] | None:
    """First and one past the last byte asked for; `None` for all of it, which every odd request gets."""
    asked = ONE_RANGE.fullmatch(request.headers.get("range", ""))
    if asked is None or asked.groups() == ("", "") or request.headers.get("if-range", tag) != tag:
        return None
    first, last = asked.groups()
    if not first:
        return max(size - int(last), 0), size
    return int(first), min(int(last) + 1, size) if last else size
