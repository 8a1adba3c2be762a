"""Deposits: bring files in, and see what became of those that came before."""

from collections.abc import Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from safeconduct.actions.depositing import DepositLine
from safeconduct.model.text import Text, say
from safeconduct.present.blocks import Item, empty_state, listing, pagination, section, upload_form
from safeconduct.server.deposits import FORMATS
from safeconduct.server.forms import done
from safeconduct.server.page import Reply, Shown, Visit, page
from safeconduct.server.states import state_says
from safeconduct.server.steps import deposit_address

A_PAGE = 50
KINDS = say(
    "CSV, Excel, Stata, SPSS, SAS, CSPro, Parquet, and exports of KoboToolbox, ODK or Survey Solutions with their form."
)


@page(
    "/data/deposits",
    title=say("Deposits"),
    menu="data",
    needs="curate",
    about=say(
        "Send survey files here, and find every deposit again. Files are encrypted as they arrive. Deposits that "
        "nobody decides about are destroyed after thirty days."
    ),
)
def show(visit: Visit) -> Reply:
    """Files to send, and every deposit, the latest first."""
    words, found = visit.words, visit.act("deposits")
    sending = upload_form(
        words, action="/uploads/form", csrf=visit.csrf, upload_api="/uploads", max_hint=KINDS, formats=FORMATS,
        carried={"next": "/data/deposits/new"},
    )  # fmt: skip
    body = [
        *done(visit),
        section(words, say("Bring files in"), sending, id="bring"),
        section(words, say("What came before"), *_listed(visit, found)),
    ]
    lead = say("Nothing that arrives is ever written down unencrypted, and names are taken out before it is kept.")
    return Shown(title=say("Deposits"), body=body, lead=lead)


def _listed(visit: Visit, found: Sequence[DepositLine]) -> list[Markup]:
    words, at = visit.words, visit.number("page")
    if not found:
        return [empty_state(words, say("No files were brought in yet."), action=None)]
    shown = [_line(visit, one) for one in found[(at - 1) * A_PAGE : at * A_PAGE]]
    pages = -(-len(found) // A_PAGE)
    return [
        listing(words, shown),
        pagination(words, page=at, pages=pages, link=lambda number: "?" + urlencode({"page": number})),
    ]


def _line(visit: Visit, one: DepositLine) -> Item:
    told = say("{study}. {state}", study=one.study, state=visit.words.say(state_says("deposit", one.state)))
    return Item(title=Text(one.title), href=deposit_address(one.id), says=told, aside=visit.words.day(one.at.date()))
