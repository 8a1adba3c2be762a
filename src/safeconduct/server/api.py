"""Our API, derived from actions: a route a verb; nothing here knows what any verb does."""

import inspect
from collections.abc import Mapping
from datetime import UTC, datetime
from enum import Enum
from typing import Any, get_origin

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import FileResponse, JSONResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from safeconduct.actions.asking import Ticket
from safeconduct.actions.doors import bearer, is_public, stranger
from safeconduct.actions.room import Caller, Door, Room
from safeconduct.actions.site import Site
from safeconduct.actions.telling import tell
from safeconduct.actions.transfers import Download, Stream, Upload
from safeconduct.actions.verb import Parameter, Verb, once, verbs
from safeconduct.actions.working import Task
from safeconduct.model.errors import BadInput, NotSignedIn
from safeconduct.model.text import say
from safeconduct.server.openapi import described
from safeconduct.server.problems import problem
from safeconduct.server.streams import incoming, outgoing, whole

ACCEPTED, SEE_OTHER = 202, 303
WAITING = frozenset({"queued", "running"})


def caller(request: Request, door: Door) -> Caller:
    """Who sends a request with an access token.

    Raises:
        NotSignedIn: There is no token, or it does not hold.
    """
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not token:
        raise NotSignedIn(say("send an access token in the Authorization header: Bearer TOKEN"))
    return bearer(site_of(request), token=token.strip(), door=door, now=datetime.now(UTC), address=address_of(request))


def address_of(request: Request) -> str:
    """Where a request comes from."""
    return request.client.host if request.client else ""


def site_of(request: Request) -> Site:
    """The site a request is for."""
    site: Site = request.app.state.site
    return site


def room_of(request: Request, door: Door, *, needs: str = "") -> Room:
    """A room for a request with an access token; what is public takes none."""
    if is_public(needs) and "authorization" not in request.headers:
        return Room(site_of(request), stranger(door=door, address=address_of(request)))
    return Room(site_of(request), caller(request, door))


async def body_of(request: Request) -> Mapping[str, object]:
    """The JSON object in the body.

    Raises:
        BadInput: It is no JSON object.
    """
    try:
        tree = await request.json()
    except (ValueError, RecursionError):
        raise Malformed(say("send a JSON object")) from None
    if not isinstance(tree, dict):
        raise Malformed(say("send a JSON object"))
    return tree


class Malformed(BadInput):
    """The body cannot be read at all; told as 400."""


def install(app: FastAPI) -> None:
    """Add a route for every verb that is not for the shell only, and the two addresses long verbs use."""
    router = APIRouter(prefix="/api/1")
    for verb in verbs.values():
        if not verb.local:
            _route(router, verb)

    @router.get("/jobs/{answer_id}", summary="How far a question is", tags=["asking"])
    def job(request: Request, answer_id: str) -> Response:
        ticket = verbs["job"].call(room_of(request, Door.API), {"answer_id": answer_id})
        if ticket.state == "done":
            return RedirectResponse(f"/api/1/results/{answer_id}", status_code=SEE_OTHER)
        return JSONResponse(tell(ticket), status_code=ACCEPTED if ticket.state in WAITING else 200)

    @router.get("/results/{answer_id}", summary="A protected answer", tags=["asking"])
    def result(request: Request, answer_id: str) -> Response:
        return reply(verbs["result"].call(room_of(request, Door.API), {"answer_id": answer_id}), request)

    @router.get("/tasks/{key:path}", summary="How far long work is", tags=["working"])
    def task(request: Request, key: str) -> Response:
        return reply(verbs["task"].call(room_of(request, Door.API), {"key": key}), request)

    app.include_router(router)

    @app.exception_handler(Malformed)
    async def _malformed(_request: Request, error: Malformed) -> JSONResponse:
        return problem(400, error.text)


def reply(value: object, request: Request) -> Response:
    """What a verb gave back, as a response."""
    if isinstance(value, Stream):
        return outgoing(value, request)
    if isinstance(value, Task):
        headers = {"Location": f"/api/1/tasks/{value.key}"}
        return JSONResponse(tell(value), status_code=ACCEPTED if value.waits else 200, headers=headers)
    if isinstance(value, Download):
        return FileResponse(value.path, filename=value.name, media_type=value.media)
    if isinstance(value, Ticket):
        code = ACCEPTED if value.state in WAITING else 200
        return JSONResponse(tell(value), status_code=code, headers={"Location": f"/api/1/jobs/{value.answer_id}"})
    return JSONResponse(tell(value))


def _route(router: APIRouter, verb: Verb) -> None:
    async def post(request: Request) -> Response:
        arguments = await body_of(request)
        room = await run_in_threadpool(lambda: room_of(request, Door.API, needs=verb.needs))
        key = request.headers.get("idempotency-key", "")
        return await run_in_threadpool(lambda: reply(once(room, verb, arguments, key=key), request))

    def get(request: Request) -> Response:
        return reply(verb.call(room_of(request, Door.API, needs=verb.needs), _query(verb, request)), request)

    def put(request: Request) -> Response:
        content = {one.name: incoming(request) for one in verb.parameters if one.hint is Upload}
        return reply(verb.call(room_of(request, Door.API), {**_query(verb, request), **content}), request)

    tags: list[str | Enum] = [verb.run.__module__.rsplit(".", 1)[-1]]
    if any(one.hint is Upload for one in verb.parameters):
        router.add_api_route(
            f"/{verb.name}", put, methods=["PUT"], summary=verb.says, tags=tags, **described(verb, body=False)
        )
        return
    router.add_api_route(
        f"/{verb.name}", post, methods=["POST"], summary=verb.says, tags=tags, **described(verb, body=True)
    )
    if verb.reads:
        router.add_api_route(
            f"/{verb.name}", get, methods=["GET"], summary=verb.says, tags=tags, **described(verb, body=False)
        )


def _query(verb: Verb, request: Request) -> dict[str, Any]:
    """Arguments of a GET; only plain words travel in an address."""
    words = {one.name for one in verb.parameters if not inspect.isclass(one.hint) or one.hint is not Mapping}
    unknown = set(request.query_params) - words
    if unknown:
        raise BadInput(say("{verb} does not know {name}", verb=verb.name, name=min(unknown)[:60]), field=min(unknown))
    return {one.name: _said(one, request) for one in verb.parameters if one.name in request.query_params}


def _said(one: Parameter, request: Request) -> object:
    """An argument of an address, as its type has it."""
    values = request.query_params.getlist(one.name)
    if get_origin(one.hint) in {tuple, frozenset}:
        return values
    return whole(values[-1], one.name) if one.hint is int else values[-1]
