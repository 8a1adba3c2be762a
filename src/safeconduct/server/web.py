"""How pages are served: language, session, form protection, errors as pages."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from urllib.parse import quote, urlsplit

from fastapi import FastAPI, Request
from fastapi.responses import FileResponse, HTMLResponse, RedirectResponse, Response
from starlette.concurrency import run_in_threadpool

from safeconduct.actions.doors import Visitor, allowed, visitor
from safeconduct.actions.site import Site
from safeconduct.actions.transfers import Download, Stream
from safeconduct.model.errors import NotPermitted, NotSignedIn, SafeconductError
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Link, links, notice
from safeconduct.present.words import Words, negotiate
from safeconduct.server.frame import framed
from safeconduct.server.page import NOTHING, Goto, PageSpec, Reply, Shown, Visit, pages
from safeconduct.server.problems import SORRY, status_of
from safeconduct.server.streams import outgoing

SESSION, LANGUAGE = "safeconduct", "language"
SEE_OTHER, SERVER_ERROR = 303, 500
A_YEAR_S = 365 * 24 * 3600
FORM = "application/x-www-form-urlencoded"
Handler = Callable[[Request], Awaitable[Response]]


def install(app: FastAPI) -> None:
    """Add every page, and the switch of language."""
    for spec in pages.all():
        app.add_api_route(spec.path, _handler(spec), methods=["GET", "POST"], include_in_schema=False)
    app.add_api_route("/language", _language, methods=["GET"], include_in_schema=False)


def _handler(spec: PageSpec) -> Handler:
    async def handle(request: Request) -> Response:
        form = await _form(request)
        return await run_in_threadpool(_serve, spec, request, form)

    return handle


async def _form(request: Request) -> dict[str, tuple[str, ...]]:
    """What a form sent, as words, every value of each name; files do not come this way."""
    if request.method != "POST" or not request.headers.get("content-type", "").startswith(FORM):
        return {}
    sent = await request.form()
    return {"": ("",)} | {name: tuple(str(value) for value in sent.getlist(name)) for name in sent}


def _serve(spec: PageSpec, request: Request, form: Mapping[str, tuple[str, ...]]) -> Response:
    visit = _visit(request, form)
    return _response(visit, spec, _reply(visit, spec, request), request)


def refused(request: Request, error: SafeconductError, *, title: Text, menu: str, back: str) -> Response:
    """What went wrong with something a browser sent to an address that is no page, as a page with a way back.

    Args:
        request: What was sent.
        error: What went wrong.
        title: What was sent to, as the menu calls it.
        menu: The menu word that the page stands under.
        back: Address of the page to go back to; one elsewhere leads home.
    """
    visit = replace(_visit(request, {}), path=local_address(back), lists={})
    reply = _trouble(visit, error, status_of(error))
    reply = replace(reply, body=[*reply.body, links(visit.words, [Link(say("Back"), visit.path)])])
    spec = PageSpec(path=visit.path, run=lambda _visit: reply, menu=menu, title=title, needs="", public=False,
                    first=False, listed=False, about=NOTHING)  # fmt: skip
    return _response(visit, spec, reply, request)


def _visit(request: Request, form: Mapping[str, tuple[str, ...]]) -> Visit:
    site: Site = request.app.state.site
    words = Words(_reader_language(site, request))
    cookie = request.cookies.get(SESSION, "")
    address = request.client.host if request.client else ""
    who = visitor(site, cookie=cookie, now=datetime.now(UTC), address=address) if cookie else None
    return Visit(
        site=site,
        words=words,
        path=request.url.path,
        query=dict(request.query_params),
        lists=form or {name: tuple(request.query_params.getlist(name)) for name in request.query_params},
        form={name: values[-1] for name, values in form.items()},
        visitor=who,
        address=address,
        cookie=cookie,
        origin=str(request.base_url).rstrip("/"),
        parts={name: str(value) for name, value in request.path_params.items()},
    )


def _reply(visit: Visit, spec: PageSpec, request: Request) -> Reply:
    """What the page says, or why not, as a page."""
    try:
        _protect(visit, spec, request)
        return spec.run(visit)
    except NotSignedIn as error:
        if visit.visitor is None and not visit.posted:
            return Goto(f"/sign-in?next={quote(_here(request), safe='/')}")
        return _trouble(visit, error, 401)
    except SafeconductError as error:
        return _trouble(visit, error, status_of(error))


def _here(request: Request) -> str:
    """The address asked for, to come back to."""
    return f"{request.url.path}?{request.url.query}" if request.url.query else request.url.path


def _protect(visit: Visit, spec: PageSpec, request: Request) -> None:
    """Forms come from our own pages, from somebody signed in, with their token.

    Raises:
        NotSignedIn: Nobody is signed in.
        NotPermitted: The form does not come from our own page, or they may not.
    """
    if visit.visitor is None and not spec.public:
        raise NotSignedIn(say("Sign in first."))
    if spec.needs and visit.visitor is not None and not allowed(visit.visitor.caller, spec.needs):
        raise NotPermitted(say("Your role does not open this page; ask the data steward."))
    if request.method == "POST" and not (_same_site(request) and _token_fits(visit)):
        raise NotPermitted(say("This form is too old or came from elsewhere; go back, reload the page and try again."))


def _same_site(request: Request) -> bool:
    fetched = request.headers.get("sec-fetch-site", "same-origin")
    origin = request.headers.get("origin", "")
    return fetched in {"same-origin", "none"} and (not origin or urlsplit(origin).netloc == request.url.netloc)


def _token_fits(visit: Visit) -> bool:
    return visit.visitor is None or visit.form.get("csrf", "") == visit.visitor.csrf


def _trouble(visit: Visit, error: SafeconductError, status: int) -> Shown:
    text = SORRY if status == SERVER_ERROR else error.text
    return Shown(title=say("This did not work"), body=[notice(visit.words, text, tone="problem")], status=status)


def _response(visit: Visit, spec: PageSpec, reply: Reply, request: Request) -> Response:
    match reply:
        case Download():
            return FileResponse(reply.path, filename=reply.name, media_type=reply.media)
        case Stream():
            return outgoing(reply, request)
        case Goto():
            return _go(visit, reply)
        case Shown():
            html = framed(visit, spec, reply, menu=_menu(visit.visitor))
            return HTMLResponse(html, status_code=reply.status)


def _menu(who: Visitor | None) -> list[PageSpec]:
    """Pages of the menu that the visitor may open; the public ones for whoever is not signed in."""
    shown = [spec for spec in pages.all() if spec.menu]
    if who is None:
        return [spec for spec in shown if spec.public]
    return [spec for spec in shown if not spec.needs or allowed(who.caller, spec.needs)]


def _go(visit: Visit, reply: Goto) -> Response:
    response = RedirectResponse(local_address(reply.address), status_code=SEE_OTHER)
    secure = bool(visit.site.settings.tls_certificate or visit.site.settings.proxy)
    for name, value in reply.cookies.items():
        life = None if name == SESSION and value else A_YEAR_S if value else 0
        response.set_cookie(name, value, max_age=life, httponly=True, samesite="strict", secure=secure)
    return response


def local_address(address: str) -> str:
    """An address below this site; anything else leads home."""
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    return address if address.startswith("/") and not parts.netloc and not address.startswith(("//", "/\\")) else "/"


def _reader_language(site: Site, request: Request) -> str:
    """The language chosen, else the one the browser likes best."""
    offered = site.settings.languages
    chosen = request.cookies.get(LANGUAGE, "")
    if chosen in offered:
        return chosen
    preferred = [part.partition(";")[0].strip() for part in request.headers.get("accept-language", "").split(",")]
    return negotiate([tag for tag in preferred if tag], offered)


def _language(request: Request, to: str = "", back: str = "/") -> Response:
    site: Site = request.app.state.site
    response = RedirectResponse(local_address(back), status_code=SEE_OTHER)
    if to in site.settings.languages:
        secure = bool(site.settings.tls_certificate or site.settings.proxy)
        response.set_cookie(LANGUAGE, to, max_age=A_YEAR_S, httponly=True, samesite="strict", secure=secure)
    return response
