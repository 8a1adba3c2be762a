"""The treatment plan of a study: its steps with what each does, the plans tried, and proposing an edition."""

from collections.abc import Sequence

from markupsafe import Markup

from safeconduct.actions.preparing import FileLevel
from safeconduct.actions.treating import PlanView
from safeconduct.model.text import say
from safeconduct.present import blocks
from safeconduct.present.blocks import Choice, Item, Option
from safeconduct.server.forms import Wrong, after, attempt, done
from safeconduct.server.insiders import NOTE, compared, frontier, ladder, lost
from safeconduct.server.page import Goto, Reply, Shown, Visit, page
from safeconduct.server.stepping import moved, offered, trees
from safeconduct.server.steps import Way, study_address, the_way

LOOK_AGAIN_S = 2


@page(
    "/data/studies/{study}/treat",
    title=say("Treat"),
    menu="data",
    needs="propose",
    listed=False,
    about=say(
        "The plan of steps that make a table safe enough to leave. Try it before you propose an edition: you see "
        "what each step takes away and how far risk goes down. The records themselves stay as they are."
    ),
)
def show(visit: Visit) -> Reply:
    """The plan as it is, what came of trying it, and what can be done with it."""
    wrong: Wrong = ()
    study = visit.parts["study"]
    found: PlanView = visit.act("plan", study=study)
    if visit.posted:
        reply, wrong = attempt(lambda: _changed(visit, found))
        if reply is not None:
            return reply
    busy = found.work is not None and found.work.waits
    body = [
        the_way(visit, study, Way.TREAT),
        *done(visit),
        blocks.error_summary(visit.words, wrong),
        *_plan(visit, found),
        *_steps_offered(visit, found),
        *_outcome(visit, found),
    ]
    return Shown(
        title=say("The treatment plan"), body=body, lead=NOTE, refresh_s=LOOK_AGAIN_S if busy else 0,
        status=422 if wrong else 200,
    )  # fmt: skip


def _changed(visit: Visit, found: PlanView) -> Goto:
    study, do = found.study, visit.form.get("do", "")
    if do == "try":
        visit.act("try_plan", study=study)
    elif do == "inherit":
        visit.act("inherit_plan", study=study)
    elif do == "propose":
        visit.act("draft_edition", study=study, access=visit.form.get("access", ""))
        return after(study_address(study, "editions"), "begun")
    else:
        steps = moved(found.recipe.steps, do, visit.form.get("step", ""))
        visit.act("write_plan", study=study, steps=trees(steps))
    return Goto(study_address(study, "treat"))


def _plan(visit: Visit, found: PlanView) -> list[Markup]:
    """The ladder of steps, and trying it."""
    words, address = visit.words, study_address(found.study, "treat")
    figures, steps = ladder(words, found)
    rungs = blocks.step_ladder(
        words, figures, steps, action=address, csrf=visit.csrf,
        edit=lambda at: study_address(found.study, "treat", str(at)),
    )  # fmt: skip
    return [rungs, *_last_wave(visit, found, address), *_trying(visit, found, address)]


def _last_wave(visit: Visit, found: PlanView, address: str) -> list[Markup]:
    """The last wave's plan to begin with, where nobody began another."""
    if not found.wave_of or found.recipe.steps:
        return []
    label = say("Take over the plan of {study}", study=found.wave_of)
    return [blocks.button(visit.words, label, action=address, csrf=visit.csrf, values={"do": "inherit"})]


def _trying(visit: Visit, found: PlanView, address: str) -> list[Markup]:
    words, work = visit.words, found.work
    if work is not None and work.waits:
        return [blocks.progress(words, step=work.step, steps=work.steps, says=work.says)]
    again = blocks.button(words, say("Try the plan"), action=address, csrf=visit.csrf, values={"do": "try"})
    if work is not None and found.tried is None:
        return [blocks.notice(words, work.says, tone="problem", title=say("The plan cannot be tried")), again]
    if found.tried is None:
        return [blocks.paragraph(words, say("The plan was not tried as it is now.")), again]
    problems = [one for one in enumerate(found.tried.steps, start=1) if one[1].problem is not None]
    return [
        blocks.notice(words, one.problem or "", tone="problem", title=say("Step {number} cannot be done", number=at))
        for at, one in problems
    ]


def _steps_offered(visit: Visit, found: PlanView) -> list[Markup]:
    methods = visit.act("treatments")
    address = study_address(found.study, "treat", "new")
    parts = offered(visit, methods, found.files, link=lambda name, file: f"{address}?method={name}&file={file}")
    return [blocks.details(visit.words, say("Add a step"), *parts)]


def _outcome(visit: Visit, found: PlanView) -> list[Markup]:
    """What trying the plan showed, and proposing it."""
    tried = found.tried
    if tried is None or any(one.problem for one in tried.steps):
        return []
    words, levels = visit.words, visit.act("file_levels")
    trials = visit.act("plans_tried", study=found.study)
    limit = max((float(one.most_risk) for one in levels if one.most_risk), default=None)
    parts = [blocks.risk_utility(words, frontier(words, found, trials), limit=limit)] if trials else []
    for before, now in zip(tried.before, tried.after, strict=True):
        if now.lines:
            title = say("Risk before and after: {table}", table=now.file)
            parts.append(blocks.before_after(words, *compared(words, title, before, now)))
        title = say("What was lost: {table}", table=now.file)
        parts.append(blocks.details(words, title, blocks.measure_list(words, *lost(words, title, tried, now.file))))
    return [blocks.section(words, say("What the plan does"), *parts), _proposal(visit, found, levels)]


def _proposal(visit: Visit, found: PlanView, levels: Sequence[FileLevel]) -> Markup:
    """How the edition would be had; each way with what the site asks of it."""
    words = visit.words
    options = [Option(one.access.value, blocks.access_name(one.access), one.says) for one in levels]
    asked = Choice(name="access", label=say("How others would have it"), options=options, sort="one",
                   chosen=[visit.form.get("access", "licensed")])  # fmt: skip
    rules = [
        blocks.details(words, say("What is asked of {access}", access=words.say(blocks.access_name(one.access))),
                       blocks.listing(words, [Item(title=rule) for rule in one.rules]))
        for one in levels
    ]  # fmt: skip
    form = blocks.form(words, blocks.hidden("do", "propose"), blocks.choice(words, asked), csrf=visit.csrf,
                       action=study_address(found.study, "treat"), submit=say("Make an edition"))  # fmt: skip
    return blocks.section(words, say("Propose an edition"), form, *rules)
