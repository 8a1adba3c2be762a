"""The web application of one site."""

from fastapi import FastAPI
from fastapi.staticfiles import StaticFiles
from starlette_compress import CompressMiddleware

from safeconduct.actions.site import Site
from safeconduct.present.assets import STATIC
from safeconduct.server import api, flowapi, problems, uploads, web
from safeconduct.server.guard import Guard
from safeconduct.server.openapi import complete
from safeconduct.server.streams import streamed

SUMMARY = "Every verb as a route. Send an access token: Authorization: Bearer TOKEN."


def create_app(site: Site) -> FastAPI:
    """The pages, our API and the FlowKit door of a site."""
    app = described(site.settings.name)
    app.state.site = site
    web.install(app)
    uploads.install(app)
    app.mount("/static", StaticFiles(directory=STATIC), name="static")
    app.add_middleware(CompressMiddleware, minimum_size=1000)
    secure = bool(site.settings.tls_certificate or site.settings.proxy)
    app.add_middleware(Guard, body_kb=site.settings.body_kb, secure=secure, streamed=streamed)
    return app


def described(name: str) -> FastAPI:
    """The routes of every site, without one; what the API's description is made of.

    Args:
        name: What people call the site; the audience of its tokens.
    """
    app = FastAPI(title="safeconduct", version="1", summary=SUMMARY, openapi_url="/api/1/openapi.json",
                  docs_url=None, redoc_url=None)  # fmt: skip
    api.install(app)
    flowapi.install(app)
    problems.install(app)
    complete(app, audience=name)
    return app
