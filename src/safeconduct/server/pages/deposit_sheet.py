"""A spreadsheet of variables that came back: what it would change, before it is accepted."""

from markupsafe import Markup

from safeconduct.actions.deciding import SheetChange
from safeconduct.actions.depositing import DepositView
from safeconduct.model.microdata import Column, VariableRole
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import DifferenceLine, Link
from safeconduct.server.forms import Wrong, after, attempt
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.steps import Way, deposit_address, the_way

A_PAGE = 200


@page(
    "/data/deposits/{deposit}/sheet",
    title=say("Spreadsheet"),
    menu="data",
    needs="curate",
    listed=False,
    about=say(
        "The same decisions as in the list of variables, filled in as a spreadsheet. Nothing changes until you "
        "accept what it would change."
    ),
)
def show(visit: Visit) -> Reply:
    """Compare a spreadsheet that was just sent, or show what one would change; a button accepts it."""
    wrong: Wrong = ()
    if visit.posted or "upload" in visit.query:
        reply, wrong = attempt(lambda: _accepted(visit) if visit.posted else _compared(visit))
        if reply is not None:
            return reply
    deposit = visit.parts["deposit"]
    found: DepositView = visit.act("deposit_state", deposit=deposit)
    back = Link(say("Back to the variables"), deposit_address(deposit, "variables"))
    sheet = visit.query.get("sheet", "")
    body = [
        the_way(visit, found.deposit.study, Way.VARIABLES, deposit=deposit),
        blocks.error_summary(visit.words, wrong),
        *(_changes(visit, visit.act("compared_roles_sheet", deposit=deposit, sheet=sheet)) if sheet else []),
        blocks.links(visit.words, [back], quiet=True),
    ]
    lead = say("Nothing has changed yet.")
    return Shown(title=say("What the spreadsheet changes"), body=body, lead=lead, status=422 if wrong else 200)


def _compared(visit: Visit) -> Goto:
    deposit = visit.parts["deposit"]
    change = visit.act("compare_roles_sheet", deposit=deposit, upload=visit.query["upload"])
    return Goto(f"{deposit_address(deposit, 'sheet')}?sheet={change.sheet}")


def _accepted(visit: Visit) -> Goto:
    deposit = visit.parts["deposit"]
    visit.act("accept_roles_sheet", deposit=deposit, sheet=visit.form.get("sheet", ""))
    return after(deposit_address(deposit, "variables"), "accepted")


def _changes(visit: Visit, change: SheetChange) -> list[Markup]:
    words, at = visit.words, visit.number("page")
    lines = [
        DifferenceLine(
            column=Column(file=one.file, name=one.name), says=_what(one.before, one.after), before=_named(one.before),
            after=_named(one.after), weight="look" if one.before else "fine",
        )
        for one in change.changes[(at - 1) * A_PAGE : at * A_PAGE]
    ]  # fmt: skip
    caption = say("Differences to what is decided now: {count}", count=len(change.changes))
    left = say("Then {count} variables are still to be decided.", count=change.undecided)
    accept = blocks.button(words, say("Accept the spreadsheet"), csrf=visit.csrf, values={"sheet": change.sheet},
                           action=deposit_address(visit.parts["deposit"], "sheet"))  # fmt: skip
    pages = -(-len(change.changes) // A_PAGE)
    return [
        blocks.difference_list(words, lines, caption=caption),
        blocks.pagination(words, page=at, pages=pages, link=lambda number: f"?sheet={change.sheet}&page={number}"),
        blocks.paragraph(words, left),
        *([accept] if change.changes else []),
    ]


def _what(before: VariableRole | None, after: VariableRole | None) -> Text:
    if before is None:
        return say("It is decided.")
    return say("It is no longer decided.") if after is None else say("Its role changes.")


def _named(role: VariableRole | None) -> Text | str:
    return "" if role is None else blocks.role_name(role)
