"""The compatibility door: existing FlowKit clients ask here, in their grammar, and get protected answers.

Rows that are withheld are absent, as FlowKit's clients expect; a page with the status and reason of every cell is
named in the job's messages. An answer that is withheld is never told as a zero.
"""

from collections.abc import Mapping
from decimal import Decimal

from fastapi import APIRouter, FastAPI, Request
from fastapi.responses import JSONResponse, PlainTextResponse, Response
from starlette.concurrency import run_in_threadpool

from safeconduct.actions.asking import Ticket
from safeconduct.actions.room import Door
from safeconduct.actions.verb import verbs
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import BadInput, BadSpec, NotFound, SafeconductError
from safeconduct.model.outcomes import CellStatus, Refusal, Release
from safeconduct.model.text import Text, say
from safeconduct.server.api import Malformed, body_of, room_of
from safeconduct.server.problems import SORRY, status_of

ACCEPTED, SEE_OTHER, BAD, UNAUTHORISED, FORBIDDEN, MISSING = 202, 303, 400, 401, 403, 404
NAMES = {"area": "pcod", "area_from": "pcod_from", "area_to": "pcod_to", "day": "date"}
EXTENSIONS = ("json", "csv", "geojson")
GONE = say("Unknown query id; run the query again.")


def said(status: int, text: Text | str, **more: object) -> JSONResponse:
    """An error in FlowKit's shape: `msg`, and `status` where its client looks for one."""
    return JSONResponse({"msg": str(text), "status": "Error", **more}, status_code=status)


def no(refusal: Refusal) -> JSONResponse:
    """A refusal card as FlowKit's client shows it: in one message, with the reason's id."""
    advice = " ".join(str(one.says) for one in refusal.alternatives)
    parts = [str(refusal.what), str(refusal.rule), str(refusal.agreement), advice, str(refusal.ask)]
    return said(FORBIDDEN, f"{' '.join(part for part in parts if part)} [{refusal.reason}]", reason=refusal.reason)


def failed(error: SafeconductError) -> JSONResponse:
    """One of our errors in FlowKit's shape."""
    if isinstance(error, BadSpec | Malformed):
        return said(BAD, error.text, payload={"orig_error_msg": str(error.text), "field": error.field})
    status = status_of(error)
    return said(BAD if isinstance(error, BadInput) else status, SORRY if status >= 500 else error.text)  # noqa: PLR2004 - HTTP


def install(app: FastAPI) -> None:
    """Add FlowKit's routes."""
    router = APIRouter(prefix="/api/0", tags=["FlowKit"])
    router.add_api_route("/run", run, methods=["POST"], summary="Run a query")
    router.add_api_route("/poll/{query_id}", poll, methods=["GET"], summary="How far a query is")
    router.add_api_route("/get/{name}", get, methods=["GET"], summary="A protected answer")
    router.add_api_route("/geography/{unit}", geography, methods=["GET"], summary="Boundaries as GeoJSON")
    router.add_api_route("/available_dates", available_dates, methods=["GET"], summary="Days present")

    @router.get("/spec/openapi.json", summary="What may be asked, and by which tokens")
    def description() -> dict[str, object]:
        return app.openapi()

    app.include_router(router)


async def run(request: Request) -> Response:
    """Take a query in FlowKit's grammar."""
    try:
        spec = await body_of(request)
        return await run_in_threadpool(_run, request, spec)
    except SafeconductError as error:
        return failed(error)


def _run(request: Request, spec: Mapping[str, object]) -> Response:
    room = room_of(request, Door.FLOWKIT)
    if "query_kind" not in spec:
        raise BadSpec(say("Query kind must be specified when running a query."), field="query_kind")
    ticket = verbs["ask"].call(room, {"spec": spec})
    if isinstance(ticket, Refusal):
        return no(ticket)
    headers = {"Location": f"/api/0/poll/{ticket.answer_id}"}
    body = {"query_id": ticket.answer_id, "progress": progress(ticket)}
    return JSONResponse(body, status_code=ACCEPTED, headers=headers)


def progress(ticket: Ticket) -> dict[str, int]:
    """FlowKit's three numbers; they count steps of this one answer, never people or rows."""
    left = ticket.steps - ticket.step
    running = 1 if ticket.state == "running" and left else 0
    return {"eligible": ticket.steps, "queued": left - running, "running": running}


def poll(request: Request, query_id: str) -> Response:
    """How far a query is; FlowKit's states."""
    try:
        ticket: Ticket = verbs["job"].call(room_of(request, Door.FLOWKIT), {"answer_id": query_id})
    except NotFound:
        return said(MISSING, GONE)
    except SafeconductError as error:
        return failed(error)
    if ticket.state == "done":
        return JSONResponse(
            {"status": "completed", "msg": page_of(request, query_id)},
            status_code=SEE_OTHER,
            headers={"Location": f"/api/0/get/{query_id}"},
        )
    if ticket.state in {"failed", "cancelled"}:
        return said(MISSING if ticket.state == "cancelled" else 500, ticket.says)
    status = "executing" if ticket.state == "running" else "queued"
    body = {"status": status, "msg": f"{ticket.says} {page_of(request, query_id)}", "progress": progress(ticket)}
    return JSONResponse(body, status_code=ACCEPTED)


def page_of(request: Request, query_id: str) -> str:
    """Where a person sees the status and reason of every cell."""
    return str(
        say(
            "See every cell with its status and reason at {address}.",
            address=f"{str(request.base_url).rstrip('/')}/ask/result/{query_id}",
        )
    )


def get(request: Request, name: str) -> Response:
    """A protected answer as JSON, CSV or GeoJSON."""
    query_id, _, extension = name.partition(".")
    if (extension or "json") not in EXTENSIONS:
        return said(BAD, say("an answer comes as json, csv or geojson"))
    try:
        found = verbs["result"].call(room_of(request, Door.FLOWKIT), {"answer_id": query_id})
    except NotFound:
        return said(MISSING, GONE)
    except SafeconductError as error:
        return failed(error)
    return _outcome(request, found, extension or "json")


def _outcome(request: Request, found: object, extension: str) -> Response:
    match found:
        case Release():
            return _as(request, found, extension)
        case Refusal():
            return no(found)
        case Ticket():
            return JSONResponse({}, status_code=ACCEPTED)
        case _:
            return said(FORBIDDEN, say("The answer waits for a reviewer."))


def _as(request: Request, release: Release, extension: str) -> Response:
    if extension == "geojson":
        return _geojson(request, release)
    rows = rows_of(release)
    filename = f'attachment;filename="{release.answer_id}.{extension}"'
    if extension == "csv":
        return PlainTextResponse(_csv(release, rows), media_type="text/csv", headers={"Content-Disposition": filename})
    body = {"query_id": release.answer_id, "query_result": rows, "statement": sentences_of(release)}
    return JSONResponse(body, headers={"Content-Disposition": filename})


def sentences_of(release: Release) -> list[str]:
    """What a reader must know, findings about the records among it; FlowKit's client passes over it."""
    return [str(sentence) for sentence in release.statement]


def columns_of(release: Release) -> list[tuple[str, str]]:
    """Our column and FlowKit's, in its order; where its locations are of one date, the date is no column there."""
    one_day = release.provenance.spec["kind"] == "spatial_aggregate"
    unsaid = {key.name for key in release.output.keys if one_day and len(key.days) == 1}
    keys = [(key.name, NAMES.get(key.name, key.name)) for key in release.output.keys if key.name not in unsaid]
    keys.sort(key=lambda pair: pair[1] == "date")
    return [*keys, (release.output.values[0].name, "value")]


def rows_of(release: Release) -> list[dict[str, object]]:
    """Rows that hold a value, with FlowKit's columns; the rest is absent, never a zero."""
    columns = columns_of(release)
    shown = [row for row in release.table.rows() if row["status"] == CellStatus.VALUE.value]
    return [{theirs: _plain(row[ours]) for ours, theirs in columns} for row in shown]


def _plain(value: object) -> object:
    if isinstance(value, Decimal):
        return float(value)
    return value if value is None or isinstance(value, int | float | str) else str(value)


def _csv(release: Release, rows: list[dict[str, object]]) -> str:
    names = [theirs for _, theirs in columns_of(release)]
    lines = [",".join("" if row[name] is None else str(row[name]) for name in names) for row in rows]
    return "\n".join([",".join(names), *lines]) + "\n"


def _geojson(request: Request, release: Release) -> Response:
    level = next(key.level for key in release.output.keys if key.level is not None)
    try:
        boundaries = verbs["geography"].call(
            room_of(request, Door.FLOWKIT), {"level": level.value, "dataset": release.provenance.dataset}
        )
    except SafeconductError as error:
        return failed(error)
    rows = rows_of(release)
    features = _flow_features(boundaries, rows) if release.output.flows else _place_features(boundaries, rows)
    body = {"type": "FeatureCollection", "features": features, "statement": sentences_of(release)}
    return JSONResponse(
        body,
        media_type="application/geo+json",
        headers={"Content-Disposition": f'attachment;filename="{release.answer_id}.geojson"'},
    )


def _place_features(boundaries: Mapping[str, object], rows: list[dict[str, object]]) -> list[dict[str, object]]:
    shapes = _shapes(boundaries)
    return [
        {"type": "Feature", "id": row["pcod"], "geometry": shapes[str(row["pcod"])], "properties": row}
        for row in rows
        if str(row["pcod"]) in shapes
    ]


def _flow_features(boundaries: Mapping[str, object], rows: list[dict[str, object]]) -> list[dict[str, object]]:
    into: dict[str, dict[str, object]] = {}
    out: dict[str, dict[str, object]] = {}
    for row in rows:
        if row["pcod_from"] is not None and row["pcod_to"] is not None:
            out.setdefault(str(row["pcod_from"]), {})[str(row["pcod_to"])] = row["value"]
            into.setdefault(str(row["pcod_to"]), {})[str(row["pcod_from"])] = row["value"]
    return [
        {
            "type": "Feature",
            "id": code,
            "geometry": shape,
            "properties": {"pcod": code, "outflows": out.get(code, {}), "inflows": into.get(code, {})},
        }
        for code, shape in _shapes(boundaries).items()
    ]


def _shapes(boundaries: Mapping[str, object]) -> dict[str, object]:
    features = boundaries["features"]
    if not isinstance(features, list):
        return {}
    return {str(feature["properties"]["code"]): feature["geometry"] for feature in features}


def geography(request: Request, unit: str) -> Response:
    """Boundaries with FlowKit's property `pcod`."""
    try:
        room = room_of(request, Door.FLOWKIT)
        if unit not in set(AreaLevel):
            raise BadSpec(say("the unit is one of {units}", units=", ".join(AreaLevel)))
        found = verbs["geography"].call(room, {"level": unit})
    except SafeconductError as error:
        return failed(error)
    features = [
        {**feature, "properties": {**feature["properties"], "pcod": feature["properties"]["code"]}}
        for feature in found["features"]
    ]
    return JSONResponse({"type": "FeatureCollection", "features": features}, media_type="application/geo+json")


def available_dates(request: Request) -> Response:
    """Days present, by event type."""
    try:
        found = verbs["available_days"].call(room_of(request, Door.FLOWKIT), {})
    except SafeconductError as error:
        return failed(error)
    days = {kind.value: [day.isoformat() for day in present] for kind, present in found.days.items()}
    return JSONResponse({"available_dates": days})
