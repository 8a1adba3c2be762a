"""Errors on the wire: RFC 9457 problems, one table from our errors to status codes."""

import logging
from collections.abc import Mapping

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from safeconduct.model.errors import (
    BadInput,
    BadMapping,
    BadSpec,
    NotFound,
    NotPermitted,
    NotSignedIn,
    SafeconductError,
    StoreFull,
    TooMany,
    UnknownName,
    Unreadable,
    WrongState,
)
from safeconduct.model.text import Text, say

log = logging.getLogger(__name__)

STATUS: Mapping[type[SafeconductError], int] = {
    BadSpec: 422,
    BadMapping: 422,
    UnknownName: 404,
    BadInput: 422,
    NotSignedIn: 401,
    NotPermitted: 403,
    NotFound: 404,
    WrongState: 409,
    TooMany: 429,
    Unreadable: 422,
    StoreFull: 507,
}
SERVER_ERROR = 500
SORRY = say("Something went wrong here; nothing was released. The site's engineer finds it in the log.")
PHRASES = {
    400: say("The request cannot be read."),
    401: say("Sign in, or send an access token."),
    403: say("You may not do that."),
    404: say("There is nothing here, or it is not yours."),
    405: say("That is not how this is asked; see the API's reference."),
    409: say("That cannot be done now."),
    413: say("That is too large."),
    422: say("A value cannot be used."),
    429: say("Too many requests; wait a little."),
    507: say("The disk is full."),
}


def status_of(error: SafeconductError) -> int:
    """The status code of an error; 500 for a broken promise."""
    return next((code for sort, code in STATUS.items() if isinstance(error, sort)), SERVER_ERROR)


def problem(status: int, text: Text | str, *, field: str = "") -> JSONResponse:
    """A problem as RFC 9457 has it, with FlowKit's `msg` beside; it shows no value of a record."""
    title = str(PHRASES.get(status, SORRY))
    body = {"type": "about:blank", "title": title, "status": status, "detail": str(text), "msg": str(text)}
    if field:
        body["field"] = field
    return JSONResponse(body, status_code=status, media_type="application/problem+json")


def install(app: FastAPI) -> None:
    """Tell every error as a problem; never a library's own words, which may hold values."""

    @app.exception_handler(SafeconductError)
    async def _ours(_request: Request, error: SafeconductError) -> JSONResponse:
        status = status_of(error)
        if status == SERVER_ERROR:
            log.warning("a request ended with %s: %s", type(error).__name__, error.sentence)
        return problem(status, SORRY if status == SERVER_ERROR else error.text, field=error.field)

    @app.exception_handler(RequestValidationError)
    async def _invalid(_request: Request, error: RequestValidationError) -> JSONResponse:
        places = [str(part) for one in error.errors()[:1] for part in one["loc"]]
        malformed = any(one["type"] == "json_invalid" for one in error.errors())
        return problem(400 if malformed else 422, PHRASES[400 if malformed else 422], field=".".join(places))

    @app.exception_handler(HTTPException)
    async def _http(_request: Request, error: HTTPException) -> JSONResponse:
        return problem(error.status_code, PHRASES.get(error.status_code, SORRY))

    @app.exception_handler(Exception)
    async def _unforeseen(_request: Request, _error: Exception) -> JSONResponse:
        return problem(SERVER_ERROR, SORRY)
