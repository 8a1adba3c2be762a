"""Connect: access tokens for scripts and notebooks, with lines to copy."""

from markupsafe import Markup

from safeconduct.actions.people import TokenLine
from safeconduct.model.errors import BadInput
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import (
    Choice,
    Input,
    Option,
    button,
    choice,
    details,
    error_summary,
    field,
    form,
    listing,
    once,
    paragraph,
    plain_table,
    section,
    snippet,
)
from safeconduct.present.blocks import Item as Line
from safeconduct.server.page import Reply, Shown, Visit, page

PYTHON = """from safeconduct.client import Client

site = Client("{url}", token=open("token.txt").read())
answer = site.answer({{
    "kind": "unique_subscriber_counts",
    "days": {{"first": "2026-01-05", "last": "2026-01-11"}},
    "areas": "admin2",
}})
answer.table"""
FLOWCLIENT = """import flowclient

site = flowclient.connect(url="{url}", token=open("token.txt").read())
flowclient.get_available_dates(connection=site)"""
R = """token <- readLines("token.txt")
httr2::request("{url}/api/1/available_days") |>
  httr2::req_auth_bearer_token(token) |>
  httr2::req_perform() |>
  httr2::resp_body_json()"""
CURL = """curl -H "Authorization: Bearer $(cat token.txt)" {url}/api/1/available_days"""
SNIPPETS = (("Python", PYTHON), ("flowclient", FLOWCLIENT), ("R", R), ("curl", CURL))


@page(
    "/ask/connect",
    title=say("Connect"),
    menu="ask",
    needs="tokens",
    about=say(
        "A token lets a script or a notebook ask as you, for some days, and no more than you may. It is shown once."
        " Revoke it when you no longer need it, or if somebody else may have seen it."
    ),
)
def show(visit: Visit) -> Reply:
    """Make, see and revoke tokens."""
    made: list[Markup] = []
    errors: list[tuple[str, Text | str]] = []
    if visit.posted:
        try:
            made = _do(visit)
        except BadInput as error:
            errors = [(error.field, error.text)]
    words = visit.words
    body = [error_summary(words, errors), *made, _new(visit), *_list(visit), _snippets(visit)]
    return Shown(
        title=say("Connect"), body=body, lead=say("A token lets a script or notebook ask as you, and no more.")
    )


def _do(visit: Visit) -> list[Markup]:
    if token := visit.form.get("revoke"):
        visit.act("revoke_token", token=token)
        return [paragraph(visit.words, say("Revoked; it stopped working at once."))]
    days = visit.form.get("days", "7")
    chosen = list(visit.lists.get("scopes", ()))
    narrowed = {"scopes": chosen} if chosen else {}
    made = visit.act(
        "create_token", name=visit.form.get("name", ""), days=int(days) if days.isdecimal() else 0, **narrowed
    )
    return [once(visit.words, say("Copy it now; it is not shown again"), made.text)]


def _new(visit: Visit) -> Markup:
    words = visit.words
    most = str(visit.site.settings.token_days)
    return section(
        words,
        say("New token"),
        form(
            words,
            field(
                words,
                Input(
                    name="name",
                    label=say("Name"),
                    hint=say("What it is for, such as a notebook's name."),
                    bounds={"maxlength": "60"},
                ),
            ),
            field(
                words,
                Input(
                    name="days", label=say("Days it lives"), sort="number", value="7", bounds={"min": "1", "max": most}
                ),
            ),
            _scopes(visit),
            action="/ask/connect",
            submit=say("Make a token"),
            csrf=visit.visitor.csrf if visit.visitor else "",
        ),
    )


def _scopes(visit: Visit) -> Markup:
    options = [Option(one.scope, one.says) for one in visit.act("token_scopes")]
    pick = Choice(name="scopes", label=say("What it allows"), options=options, sort="many",
                  hint=say("Tick nothing to allow everything your agreements allow."))  # fmt: skip
    return details(visit.words, say("Narrow it"), choice(visit.words, pick))


def _list(visit: Visit) -> list[Markup]:
    words, found = visit.words, visit.act("tokens")
    if not found:
        return []
    rows = [_row(visit, one) for one in found]
    columns: list[Text | str] = [say("Name"), say("Ends"), say("State"), say("What it allows"), ""]
    return [section(words, say("Your tokens"), plain_table(words, columns, rows, caption=say("Your tokens")))]


def _row(visit: Visit, one: TokenLine) -> list[Text | str | Markup]:
    words = visit.words
    csrf = visit.visitor.csrf if visit.visitor else ""
    allowed = details(
        words, say("{count} things", count=len(one.scopes)), listing(words, [Line(title=scope) for scope in one.scopes])
    )
    revoke = button(words, say("Revoke"), action="/ask/connect", csrf=csrf, values={"revoke": one.id}, tone="danger")
    state = say("Revoked") if one.revoked else say("In force")
    return [one.name, words.day(one.expires.date()), state, allowed, "" if one.revoked else revoke]


def _snippets(visit: Visit) -> Markup:
    parts = [snippet(visit.words, title, code.format(url=visit.origin)) for title, code in SNIPPETS]
    return section(visit.words, say("Lines to copy"), *parts)
