"""One correction of a deposit's rows: which columns, how, and why; nobody's row can be pointed at."""

from urllib.parse import urlencode

from safeconduct.actions.cleaning import CleaningView
from safeconduct.actions.deciding import VariableLine
from safeconduct.actions.treating import MethodLine
from safeconduct.model.microdata import DataFile, VariableRole
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Link
from safeconduct.server.forms import Wrong, attempt
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.stepping import errors_by_control, method_of, step_form, step_given, table_of, trees
from safeconduct.server.steps import deposit_address


@page(
    "/data/deposits/{deposit}/clean/add",
    title=say("Add a correction"),
    menu="data",
    needs="curate",
    listed=False,
    about=say("One correction, as a step. Once it is added, all rows are looked at again."),
)
def show(visit: Visit) -> Reply:
    """The form of one correction; once it is added, the rows are looked at again."""
    method = method_of(visit.act("corrections"), visit.query.get("method", ""))
    deposit = visit.parts["deposit"]
    lines: list[VariableLine] = visit.act("variables", deposit=deposit)
    file = table_of(_tables(lines), visit.query.get("file", ""))
    wrong: Wrong = ()
    if visit.posted:
        reply, wrong = attempt(lambda: _added(visit, method, file.name))
        if reply is not None:
            return reply
    roles = {one.variable.name: one.role for one in lines if one.file == file.name}
    address = deposit_address(deposit, "clean", "add")
    form = step_form(
        visit, method, file, step=None, at=0, wrong=wrong,
        action=f"{address}?{urlencode({'method': method.name, 'file': file.name})}",
        aside=lambda one: _role(roles.get(one.name)), rank=lambda _: 0,
    )  # fmt: skip
    back = Link(say("Back without a correction"), deposit_address(deposit, "clean"))
    body = [
        blocks.error_summary(visit.words, list(errors_by_control(method, wrong).items())),
        *form,
        blocks.links(visit.words, [back], quiet=True),
    ]
    return Shown(title=say("Add a correction"), body=body, status=422 if wrong else 200)


def _tables(lines: list[VariableLine]) -> list[DataFile]:
    names = dict.fromkeys(one.file for one in lines)
    return [DataFile(name=name, variables=tuple(one.variable for one in lines if one.file == name)) for name in names]


def _added(visit: Visit, method: MethodLine, file: str) -> Goto:
    deposit = visit.parts["deposit"]
    step = step_given(visit, method, file)
    before: CleaningView = visit.act("cleaning", deposit=deposit)
    visit.act("correct_rows", deposit=deposit, steps=trees([*before.steps, step]))
    visit.act("look_at_rows", deposit=deposit)
    return Goto(deposit_address(deposit, "clean"))


def _role(role: VariableRole | None) -> Text | str:
    return blocks.role_name(role) if role else ""
