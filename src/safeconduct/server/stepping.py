"""The form of a step, of a treatment plan or of corrections: which columns, which parameters, and why."""

import json
from collections.abc import Callable, Mapping, Sequence

from markupsafe import Markup

from safeconduct.actions.treating import MethodLine, MethodParameter
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.microdata import DataFile, Variable
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say
from safeconduct.model.trees import to_tree
from safeconduct.present import blocks
from safeconduct.present.blocks import ColumnOption, Input, Item, MethodForm, ParameterField
from safeconduct.server.forms import Wrong
from safeconduct.server.page import Visit
from safeconduct.server.parameters import CHOICES, NOT_ASKED, WORDS

MOST_COLUMNS = 100
COLUMNS = "columns"
PREFIX = "set."
Rank = Callable[[Variable], int]
"""Which columns to show first: those with the smallest number."""


def method_of(methods: Sequence[MethodLine], name: str) -> MethodLine:
    """The method of that name.

    Raises:
        NotFound: There is none.
    """
    for one in methods:
        if one.name == name:
            return one
    raise NotFound(say("There is no such method; choose one from the list."))


def table_of(files: Sequence[DataFile], name: str) -> DataFile:
    """The table of that name, the first one where none is named.

    Raises:
        NotFound: There is none.
    """
    for one in files:
        if name in {"", one.name}:
            return one
    raise NotFound(say("There is no such table."))


def offered(
    visit: Visit, methods: Sequence[MethodLine], files: Sequence[DataFile], *, link: Callable[[str, str], str]
) -> list[Markup]:
    """Every method with what it is good for, for each table."""
    return [
        blocks.section(
            visit.words,
            say("Add a step") if len(files) == 1 else say("Add a step for the table {table}", table=file.name),
            blocks.listing(
                visit.words, [Item(title=one.title, says=one.says, href=link(one.name, file.name)) for one in methods]
            ),
        )
        for file in files
    ]


def step_given(visit: Visit, method: MethodLine, file: str) -> Step:
    """The step a form describes.

    Raises:
        BadInput: A parameter is missing or cannot be read.
    """
    columns = tuple(visit.lists.get(COLUMNS, ()))
    if method.asks and not columns:
        raise BadInput(say("Choose the columns it works on."), field=COLUMNS)
    parameters = blocks.read_parameters(visit.form, fields_of(method, {}))
    return Step(
        method=method.name,
        file=file,
        columns=columns,
        parameters={name: value for name, value in parameters.items() if value != _default(method, name)},
        why=visit.form.get("why", "").strip(),
    )


def fields_of(method: MethodLine, values: Mapping[str, Json]) -> tuple[ParameterField, ...]:
    """What a method asks, with what it is told now."""
    return tuple(
        _field(method, one, values.get(one.name, _read(one)))
        for one in method.parameters
        if (method.name, one.name) not in NOT_ASKED
    )


def _field(method: MethodLine, one: MethodParameter, value: Json) -> ParameterField:
    title, says = WORDS.get((method.name, one.name), ("", one.says))
    return ParameterField(
        name=one.name, sort=one.sort, title=title, says=says, value=value, choices=one.choices, names=CHOICES,
        required=one.needed,
    )  # fmt: skip


def _read(one: MethodParameter) -> Json:
    read: Json = json.loads(one.default) if one.default else None
    return read


def _default(method: MethodLine, name: str) -> Json:
    return next((_read(one) for one in method.parameters if one.name == name), None)


def step_form(  # noqa: PLR0913 - what the form shows, each by name
    visit: Visit,
    method: MethodLine,
    file: DataFile,
    *,
    step: Step | None,
    at: int,
    wrong: Wrong,
    action: str,
    aside: Callable[[Variable], Text | str],
    rank: Rank,
    try_it: str = "",
) -> list[Markup]:
    """The form of a step, and above it a search for columns where there are many."""
    chosen = frozenset(visit.lists.get(COLUMNS, ()) if visit.posted else step.columns if step else ())
    shown = columns_shown(file, chosen, text=visit.query.get("find", ""), rank=rank)
    asked = MethodForm(
        name=method.name,
        title=method.title,
        says=method.says,
        parameters=_filled(visit, method, step),
        columns=tuple(
            ColumnOption(name=one.name, label=_label(one), aside=aside(one), chosen=one.name in chosen) for one in shown
        ),
        why=visit.form.get("why", "") if visit.posted else step.why if step else "",
        step=at,
        errors=errors_by_control(method, wrong),
    )
    form = blocks.plan_step_form(visit.words, asked, action=action, csrf=visit.csrf, try_it=try_it)
    return [*_finder(visit, file, len(shown)), form]


def _filled(visit: Visit, method: MethodLine, step: Step | None) -> tuple[ParameterField, ...]:
    """What the form holds: what was just sent, else what the step says, else the defaults."""
    if not visit.posted:
        return fields_of(method, step.parameters if step else {})
    return fields_of(method, {one.name: visit.form.get(PREFIX + one.name, "") for one in method.parameters})


def errors_by_control(method: MethodLine, wrong: Wrong) -> dict[str, Text | str]:
    """What is wrong, by the name of the control; verbs know parameters by their plain names."""
    known = {one.name for one in method.parameters}
    return {PREFIX + name if name in known else name: text for name, text in wrong}


def columns_shown(file: DataFile, chosen: frozenset[str], *, text: str, rank: Rank) -> list[Variable]:
    """Columns to choose from, a hundred at most: those chosen, then those searched for, the likely ones first."""
    wanted = text.casefold()
    fits = [one for one in file.variables if wanted in one.name.casefold() or wanted in one.label.casefold()]
    rest = sorted((one for one in fits if one.name not in chosen), key=rank)
    kept = [one for one in file.variables if one.name in chosen]
    return [*kept, *rest[: max(MOST_COLUMNS - len(kept), 0)]]


def _label(one: Variable) -> str:
    return "" if one.label == one.name else one.label


def _finder(visit: Visit, file: DataFile, shown: int) -> list[Markup]:
    """A search for columns, where not all of them can be shown; what was filled in below is not kept."""
    if len(file.variables) <= MOST_COLUMNS:
        return []
    words = visit.words
    told = say("{shown} of {total} columns are shown.", shown=shown, total=len(file.variables))
    carried = [blocks.hidden(name, value) for name, value in visit.query.items() if name != "find"]
    control = Input(name="find", label=say("Find columns"), sort="search", required=False, hint=told,
                    value=visit.query.get("find", ""))  # fmt: skip
    return [blocks.form(words, *carried, blocks.field(words, control), action=visit.path, submit=say("Show"))]


def trees(steps: Sequence[Step]) -> list[Json]:
    """Steps as verbs take them."""
    return [to_tree(one) for one in steps]


def moved(steps: Sequence[Step], do: str, number: str) -> list[Step]:
    """The steps with one moved up or down, or left out.

    Args:
        steps: The steps.
        do: `up`, `down` or `out`.
        number: Which one, from 1.

    Raises:
        BadInput: There is no such step.
    """
    at = int(number) - 1 if number.isascii() and number.isdigit() else -1
    found = list(steps)
    if not 0 <= at < len(found):
        raise BadInput(say("The plan has changed meanwhile; look at it again."))
    one = found.pop(at)
    if do == "out":
        return found
    found.insert(max(at - 1, 0) if do == "up" else at + 1, one)
    return found
