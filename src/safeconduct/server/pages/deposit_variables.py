"""Variables of a deposit: what each is for, decided one by one, for all alike, or in a spreadsheet."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from safeconduct.actions.deciding import VariableLine
from safeconduct.actions.depositing import DepositView
from safeconduct.model.microdata import Column, VariableRole
from safeconduct.model.text import say
from safeconduct.present import blocks
from safeconduct.present.blocks import Download, Link, SheetView, VariableRow
from safeconduct.server.forms import Wrong, after, attempt, done
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.steps import Way, deposit_address, the_way

DECIDABLE = frozenset({"read", "decided"})


@page(
    "/data/deposits/{deposit}/variables",
    title=say("Variables"),
    menu="data",
    needs="curate",
    listed=False,
    about=say(
        "What every variable is: a name, something that helps to recognise somebody, a secret, or neither. Every "
        "later measure looks only at what is called recognisable here, so a forgotten one protects nobody. "
        "Suggestions are made from names and values; you decide."
    ),
)
def show(visit: Visit) -> Reply:
    """The sheet of variables, a hundred a page."""
    wrong: Wrong = ()
    deposit = visit.parts["deposit"]
    lines: list[VariableLine] = visit.act("variables", deposit=deposit)
    if visit.posted:
        reply, wrong = attempt(lambda: _saved(visit, lines))
        if reply is not None:
            return reply
    found: DepositView = visit.act("deposit_state", deposit=deposit)
    view = SheetView.of(visit.form if visit.posted else visit.query)
    body = [
        the_way(visit, found.deposit.study, Way.VARIABLES, deposit=deposit),
        *done(visit),
        blocks.error_summary(visit.words, wrong),
        *(_sheet(visit, lines, view) if found.state in DECIDABLE else _only_told(visit, lines)),
    ]
    return Shown(
        title=say("What each variable is for"),
        body=body,
        lead=say("Names of people are taken out; whatever helps to recognise somebody is made safer later."),
        status=422 if wrong else 200,
    )


@page("/data/deposits/{deposit}/variables.xlsx", title=say("Spreadsheet of variables"), needs="curate")
def take(visit: Visit) -> Reply:
    """The same as a spreadsheet, to fill in and send back."""
    found: Reply = visit.act("roles_sheet", deposit=visit.parts["deposit"], language=visit.words.language)
    return found


def _saved(visit: Visit, lines: Sequence[VariableLine]) -> Goto:
    """Send on what was changed, and come back to the same part of the sheet."""
    deposit, view = visit.parts["deposit"], SheetView.of(visit.form)
    roles, like = chosen(visit.form, lines)
    if roles:
        visit.act("decide_roles", deposit=deposit, roles=roles, **({"like": like} if like else {}))
    return after(f"{deposit_address(deposit, 'variables')}?{urlencode(view.query())}", "saved")


def chosen(form: Mapping[str, str], lines: Sequence[VariableLine]) -> tuple[dict[str, dict[str, str]], list[str]]:
    """Roles that a form changes, by table and name, and the variables whose role shall count for all alike."""
    sent = blocks.read_choices(form)
    known = {Column(file=one.file, name=one.variable.name): one for one in lines}
    agreed = {column: role for column in sent.agreed if (role := _proposed(known, column)) is not None}
    found: dict[str, dict[str, str]] = {}
    for column, role in (agreed | dict(sent.roles)).items():
        if column in sent.alike or column not in known or known[column].role is not role:
            found.setdefault(column.file, {})[column.name] = role.value
    for column in sent.alike - agreed.keys() - sent.roles.keys():
        found.setdefault(column.file, {})
    return found, [str(one) for one in sent.alike]


def _proposed(known: Mapping[Column, VariableLine], column: Column) -> VariableRole | None:
    return known[column].proposal if column in known else None


def _sheet(visit: Visit, lines: Sequence[VariableLine], view: SheetView) -> list[Markup]:
    words, address = visit.words, deposit_address(visit.parts["deposit"], "variables")
    undecided = any(one.role is None for one in lines)
    following = Link(say("Look at the rows"), deposit_address(visit.parts["deposit"], "clean"))
    return [
        blocks.details(words, say("What the roles mean"), blocks.roles_explained(words)),
        *([] if undecided else [blocks.links(words, [following])]),
        blocks.variables_filter(words, view, action=address),
        blocks.variables_grid(
            words,
            [_row(one) for one in lines],
            view=view,
            action=address,
            csrf=visit.csrf,
            link=lambda number: f"{address}?{urlencode({**view.query(), 'page': str(number)})}",
        ),
        blocks.section(words, say("In a spreadsheet"), *_spreadsheet(visit)),
    ]


def _spreadsheet(visit: Visit) -> list[Markup]:
    words, deposit = visit.words, visit.parts["deposit"]
    says = say("Every variable with its proposal. Fill in the column of roles and send it back.")
    out = Download(title="Excel", href=deposit_address(deposit, "variables.xlsx"), says=says)
    back = deposit_address(deposit, "sheet")
    return [
        blocks.downloads(words, [out]),
        blocks.upload_form(words, action="/uploads/form", csrf=visit.csrf, upload_api="/uploads",
                           max_hint=say("The spreadsheet, filled in. You see what it changes before it counts."),
                           carried={"next": back}, formats=".xlsx", several=False),
    ]  # fmt: skip


def _row(one: VariableLine) -> VariableRow:
    return VariableRow(
        column=Column(file=one.file, name=one.variable.name),
        label=one.variable.label,
        type=one.variable.type,
        codes=len(one.variable.categories),
        proposal=one.proposal,
        because=one.because,
        sure=one.sure,
        role=one.role,
        alike=one.alike,
    )


def _only_told(visit: Visit, lines: Sequence[VariableLine]) -> list[Markup]:
    """Once the records are kept the roles stand; other ones take another deposit."""
    words = visit.words
    if not lines:
        return [blocks.empty_state(words, say("The files were not read yet."), action=None)]
    at, size = visit.number("page"), blocks.VARIABLES_A_PAGE
    rows = [
        [one.file, one.variable.name, one.variable.label, blocks.role_name(one.role) if one.role else ""]
        for one in lines[(at - 1) * size : at * size]
    ]
    columns = [say("Table"), say("Variable"), say("Label"), say("Role")]
    return [
        blocks.notice(words, say("The roles stand. To decide otherwise, bring the files in again.")),
        blocks.plain_table(words, columns, rows, caption=say("Variables and what they are for")),
        blocks.pagination(words, page=at, pages=-(-len(lines) // size), link=lambda number: f"?page={number}"),
    ]
