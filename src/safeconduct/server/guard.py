"""What stands before every page and route: headers, size limits, and no cache."""

from collections.abc import Callable

from starlette.datastructures import MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from safeconduct.model.text import say
from safeconduct.present.assets import CONTENT_SECURITY_POLICY
from safeconduct.server.problems import problem

HEADERS = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
}
TOO_LARGE = say("The request is larger than this site takes; send less.")


class Guard:
    """Middleware: every answer carries the headers, nothing is cached but static files, no body is larger than allowed.

    Args:
        app: What it stands before.
        body_kb: Largest body, kilobytes.
        secure: Whether browsers reach the site by TLS.
        streamed: Which requests read their body as it arrives and bound it themselves.
    """

    def __init__(
        self, app: ASGIApp, *, body_kb: int, secure: bool, streamed: Callable[[Scope], bool] = lambda _scope: False
    ) -> None:
        self.app = app
        self.limit = body_kb * 1024
        self.secure = secure
        self.streamed = streamed

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Guard one request."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        static = str(scope["path"]).startswith("/static/")
        guarded = _with_headers(send, static=static, secure=self.secure)
        if self.streamed(scope):
            await self.app(scope, receive, guarded)
            return
        declared = dict(scope["headers"]).get(b"content-length", b"0")
        if not declared.isdigit() or int(declared) > self.limit:
            await _refuse(scope, receive, guarded)
            return
        await self._within_limit(scope, receive, guarded)

    async def _within_limit(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Read the body, however it is chunked, before the application sees it."""
        parts: list[bytes] = []
        size, more = 0, True
        while more:
            message = await receive()
            if message["type"] != "http.request":
                return
            parts.append(message.get("body", b""))
            size += len(parts[-1])
            more = message.get("more_body", False)
            if size > self.limit:
                await _refuse(scope, receive, send)
                return
        await self.app(scope, _replay(b"".join(parts), receive), send)


def _replay(body: bytes, receive: Receive) -> Receive:
    told = False

    async def replay() -> Message:
        nonlocal told
        if told:
            return await receive()
        told = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replay


def _with_headers(send: Send, *, static: bool, secure: bool) -> Send:
    async def guarded(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableHeaders(scope=message)
            for name, value in HEADERS.items():
                headers[name] = value
            headers["Cache-Control"] = "public, max-age=31536000, immutable" if static else "no-store"
            if secure:
                headers["Strict-Transport-Security"] = "max-age=31536000"
        await send(message)

    return guarded


async def _refuse(scope: Scope, receive: Receive, send: Send) -> None:
    response: Response = problem(413, TOO_LARGE)
    await response(scope, receive, send)
