"""One step of a treatment plan: its form, and what it did when the plan was tried."""

from collections.abc import Mapping, Sequence
from urllib.parse import urlencode

from markupsafe import Markup

from safeconduct.actions.treating import MethodLine, PlanView
from safeconduct.actions.trying import StepResult
from safeconduct.model.errors import NotFound
from safeconduct.model.microdata import KEYS, Variable, VariableRole
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import Link
from safeconduct.server.forms import Wrong, attempt
from safeconduct.server.insiders import NOTE, cells, changed_by
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.stepping import errors_by_control, method_of, step_form, step_given, table_of, trees
from safeconduct.server.steps import Way, study_address, the_way


@page(
    "/data/studies/{study}/treat/new",
    title=say("Add a step"),
    menu="data",
    needs="propose",
    listed=False,
    about=say(
        "One more step at the end of the plan: what it does, to which columns, and why. The reason is read by those"
        " who check the edition."
    ),
)
def new(visit: Visit) -> Reply:
    """The form of a step to add at the end of the plan."""
    plan: PlanView = visit.act("plan", study=visit.parts["study"])
    method = method_of(visit.act("treatments"), visit.query.get("method", ""))
    return _asked(visit, plan, method, 0)


@page(
    "/data/studies/{study}/treat/{step}",
    title=say("Change a step"),
    menu="data",
    needs="propose",
    listed=False,
    about=say("A step of the plan, to be changed. Steps after it are worked out anew when the plan is tried."),
)
def change(visit: Visit) -> Reply:
    """The form of a step that is in the plan."""
    plan: PlanView = visit.act("plan", study=visit.parts["study"])
    text = visit.parts["step"]
    at = int(text) if text.isascii() and text.isdigit() else 0
    if not 1 <= at <= len(plan.recipe.steps):
        raise NotFound(say("The plan has no such step; look at it again."))
    method = method_of(visit.act("treatments"), plan.recipe.steps[at - 1].method)
    return _asked(visit, plan, method, at)


def _asked(visit: Visit, plan: PlanView, method: MethodLine, at: int) -> Reply:
    """The form of a step, 0 for a new one."""
    before = plan.recipe.steps[at - 1] if at else None
    file = table_of(plan.files, before.file if before else visit.query.get("file", ""))
    wrong: Wrong = ()
    if visit.posted:
        reply, wrong = attempt(lambda: _written(visit, plan, step_given(visit, method, file.name), at))
        if reply is not None:
            return reply
    roles = plan.recipe.roles.get(file.name, {})
    address = f"{visit.path}?{urlencode({'method': method.name, 'file': file.name})}"
    form = step_form(
        visit, method, file, step=before, at=at, wrong=wrong, action=address, try_it=f"{address}&try=yes",
        aside=lambda one: _role(roles, one), rank=lambda one: _rank(roles, one),
    )  # fmt: skip
    back = Link(say("Back to the plan"), study_address(plan.study, "treat"))
    body = [
        the_way(visit, plan.study, Way.TREAT),
        blocks.error_summary(visit.words, list(errors_by_control(method, wrong).items())),
        *form,
        *(_did(visit, plan, at) if at else []),
        blocks.links(visit.words, [back], quiet=True),
    ]
    title = say("Change step {number}", number=at) if at else say("Add a step")
    return Shown(title=title, body=body, lead=NOTE, status=422 if wrong else 200)


def _written(visit: Visit, plan: PlanView, step: Step, at: int) -> Goto:
    """Write the plan with the step in it, and try it where that was asked for."""
    steps = [*plan.recipe.steps, step]
    if at:
        steps[at - 1] = steps.pop()
    visit.act("write_plan", study=plan.study, steps=trees(steps))
    if visit.query.get("try"):
        visit.act("try_plan", study=plan.study)
    return Goto(study_address(plan.study, "treat"))


def _role(roles: Mapping[str, VariableRole], one: Variable) -> Text | str:
    return blocks.role_name(roles[one.name]) if one.name in roles else ""


def _rank(roles: Mapping[str, VariableRole], one: Variable) -> int:
    """What helps to recognise people comes first."""
    role = roles.get(one.name)
    return 0 if role in KEYS else 1 if role is VariableRole.SENSITIVE else 2


def _did(visit: Visit, plan: PlanView, at: int) -> list[Markup]:
    """What the step did when the plan was tried as it is now."""
    done = plan.tried.steps if plan.tried else ()
    if at > len(done):
        return []
    beside = [] if done[at - 1].problem else [blocks.before_after(visit.words, *changed_by(visit.words, plan, at))]
    return [blocks.section(visit.words, say("What it did"), *_told(visit, done[at - 1]), *beside)]


def _told(visit: Visit, result: StepResult) -> Sequence[Markup]:
    words = visit.words
    if result.problem is not None:
        return [blocks.notice(words, result.problem, tone="problem")]
    notes = [blocks.notice(words, result.note, tone="careful")] if result.note else []
    removed = say("Columns taken out: {columns}.", columns=words.listed(list(result.removed)))
    gone = [blocks.paragraph(words, removed)] if result.removed else []
    touched = [blocks.measure_list(words, *cells(words, result))] if result.changed or result.suppressed else []
    return [*notes, *gone, *touched]
