"""A treatment plan on screen: its steps with what each costs and protects, and the form of a step."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

from markupsafe import Markup

from safeconduct.model.outcomes import Insight
from safeconduct.model.text import Text
from safeconduct.present.blocks.insiders import amount, for_insiders, inside, matching, share
from safeconduct.present.blocks.parameters import HINTS, LINES, TALL, ParameterField, written
from safeconduct.present.blocks.risks import bar, spoken
from safeconduct.present.filling import fill
from safeconduct.present.words import Words


@dataclass(frozen=True, kw_only=True)
class ColumnOption:
    """A column the step may work on.

    Attributes:
        name: Its name.
        label: What it is.
        aside: A word about it, such as its role.
        chosen: Whether the step works on it now.
    """

    name: str
    label: str = ""
    aside: Text | str = ""
    chosen: bool = False


@dataclass(frozen=True, kw_only=True)
class MethodForm:
    """A method as its form shows it.

    Attributes:
        name: Its name in the plan.
        title: What people call it.
        says: What it does to the data, and what that costs.
        parameters: What it asks.
        columns: Columns to choose from.
        why: Why the step is taken, so far.
        step: Number of the step that is changed, from 1; 0 for a new one.
        errors: What is wrong, by the name of the control, as `BadInput.field` says it.
    """

    name: str
    title: Text | str
    says: Text | str
    parameters: tuple[ParameterField, ...]
    columns: tuple[ColumnOption, ...]
    why: str = ""
    step: int = 0
    errors: Mapping[str, Text | str] | None = None


def plan_step_form(words: Words, method: MethodForm, *, action: str, csrf: str, try_it: str = "") -> Markup:
    """The form of one step: columns, parameters and why.

    Args:
        words: The language.
        method: What it asks.
        action: Where it goes: `method`, `step`, `columns`, `why` and each parameter under `set.` and its name.
        csrf: The session's token.
        try_it: Where the second button goes, which also tries the plan with the step in it; `""` for none.
    """
    named = replace(
        method, parameters=tuple(replace(one, title=one.title or spoken(one.name)) for one in method.parameters)
    )
    return fill(
        "plan_step_form", words, method=named, action=action, csrf=csrf, try_it=try_it, written=written,
        lines=LINES, tall=TALL, hints=HINTS, errors=method.errors or {},
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class LadderStep:
    """One step of a plan in words.

    Attributes:
        title: What the step does, in a short sentence.
        columns: Names of the columns it works on.
        why: Why it is taken, as somebody wrote it.
    """

    title: Text | str
    columns: tuple[str, ...] = ()
    why: str = ""


def step_ladder(
    words: Words,
    insight: Insight,
    steps: Sequence[LadderStep],
    *,
    action: str = "",
    csrf: str = "",
    edit: Callable[[int], str] | None = None,
) -> Markup:
    """The steps of a plan, each with risk and information lost after it side by side, and what can be done with it.

    Args:
        words: The language.
        insight: `risk` and `loss`, as shares between 0 and 1; the first row is the original, then one a step.
        steps: The steps in words.
        action: Where `step`, from 1, is sent to with `do`: `up`, `down` or `out`; `""` for those who only look.
        csrf: The session's token.
        edit: Address of the form of a step; `None` for those who only look.

    Raises:
        TypeError: The figures are no insight.
        BadInput: There is not one row for each step and one more.
    """
    rows = matching(inside(insight, "risk", "loss"), len(steps) + 1)
    told = [[(share(words, row[name]), bar(amount(row[name]) or 0.0, css)) for name, css in COSTS] for row in rows]
    lines = list(zip(steps, told[1:], strict=True))
    ladder = fill(
        "step_ladder", words, title=insight.title, original=told[0], lines=lines, action=action, csrf=csrf, edit=edit
    )
    return for_insiders(words, insight, ladder)


COSTS = (("risk", "risk"), ("loss", "loss"))
