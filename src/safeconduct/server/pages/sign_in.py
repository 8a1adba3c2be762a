"""Sign in and out."""

from datetime import UTC, datetime

from markupsafe import Markup

from safeconduct.actions.doors import Persona, personas, sign_in, sign_in_as, sign_out
from safeconduct.model.errors import NotSignedIn, TooMany
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Input,
    Link,
    button,
    error_summary,
    field,
    form,
    hidden,
    links,
    notice,
    paragraph,
    section,
)
from safeconduct.server.page import Goto, Reply, Shown, Visit, page

SESSION = "safeconduct"
NOBODY_YET = "-"


@page(
    "/sign-in",
    title=say("Sign in"),
    public=True,
    about=say(
        "Sign in with your login, your password and the code your authenticator app shows. Signing in is slowed "
        "down after wrong attempts. Whoever lost the phone asks the data steward for a new code."
    ),
)
def show(visit: Visit) -> Reply:
    """Ask for login, password and code; on practice sites offer roles to click."""
    errors: list[tuple[str, Text | str]] = []
    if visit.posted:
        try:
            return _signed_in(visit)
        except (NotSignedIn, TooMany) as error:
            errors = [("login", error.text)]
    people = personas(visit.site)
    body = [
        error_summary(visit.words, errors),
        *(_practice(visit, people) if people else ()),
        _form(visit),
        _without(visit),
    ]
    return Shown(title=say("Sign in"), body=body, status=401 if errors else 200)


@page("/sign-out", title=say("Sign out"), public=True)
def leave(visit: Visit) -> Reply:
    """End the session."""
    if visit.posted and visit.cookie:
        sign_out(visit.site, cookie=visit.cookie)
    return Goto("/sign-in", {SESSION: ""})


@page("/", title=say("Home"), public=True)
def home(visit: Visit) -> Reply:
    """Lead to the first page of whoever comes."""
    return Goto("/today" if visit.visitor else "/sign-in")


def _signed_in(visit: Visit) -> Goto:
    now = datetime.now(UTC)
    if persona := visit.form.get("persona"):
        cookie = sign_in_as(visit.site, login=persona, now=now)
    else:
        login, password, code = (visit.form.get(name, "") for name in ("login", "password", "code"))
        cookie = sign_in(visit.site, login=login, password=password, code=code, address=visit.address, now=now)
    return Goto(visit.form.get("next") or "/today", {SESSION: cookie})


def _practice(visit: Visit, people: list[Persona]) -> list[Markup]:
    words = visit.words
    lines = [
        button(words, one.name, action="/sign-in", csrf=NOBODY_YET,
               values={"persona": one.login, "next": _next(visit)}, tone="quiet")
        for one in people
    ]  # fmt: skip
    return [
        notice(words, say("This is a practice site. Everything in it is made up; nothing it makes verifies as real."),
               tone="careful"),
        section(words, say("Choose a role"), paragraph(words, say("Click one to look around as that person.")), *lines),
    ]  # fmt: skip


def _without(visit: Visit) -> Markup:
    """What takes no account, and how to make one."""
    words = visit.words
    ways = [Link(say("Search the catalogue"), "/catalogue")]
    ways += [Link(say("Make an account"), "/register")] if visit.site.settings.registration else []
    return section(words, say("Without an account"), links(words, ways, quiet=True))


def _next(visit: Visit) -> str:
    """Where they were going."""
    return visit.form.get("next") or visit.query.get("next", "/today")


def _form(visit: Visit) -> Markup:
    words = visit.words
    return section(
        words,
        say("With your account"),
        form(
            words,
            field(words, Input(name="login", label=say("Login"), value=visit.form.get("login", ""),
                               autocomplete="username")),
            field(words, Input(name="password", label=say("Password"), sort="password",
                               autocomplete="current-password")),
            field(words, Input(name="code", label=say("Code from your authenticator app"), autocomplete="one-time-code",
                               bounds={"inputmode": "numeric", "maxlength": "6"})),
            hidden("next", _next(visit)),
            action="/sign-in",
            submit=say("Sign in"),
            csrf=NOBODY_YET,
        ),
    )  # fmt: skip
