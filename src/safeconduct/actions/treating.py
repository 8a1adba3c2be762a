"""Treatment plans: written step by step, tried on the original each time, never undone but by leaving a step out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from safeconduct.actions.profiles import at_home
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.trying import Tried, in_words, tried_on
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, task_of, works
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput
from safeconduct.model.microdata import DataFile
from safeconduct.model.recipe import Recipe, Step
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.present.blocks.parameters import ParameterSort, sort_of
from safeconduct.protect.base import Parameter, build, methods, parameters_of

MOST_STEPS = 100


@dataclass(frozen=True, kw_only=True)
class MethodParameter:
    """What a treatment can be told.

    Attributes:
        name: Its name.
        sort: What sort of control asks for it.
        choices: What can be chosen, for a choice.
        default: What it is where nobody says, as JSON text.
        needed: Somebody must say.
        says: What it means.
    """

    name: str
    sort: ParameterSort
    choices: tuple[str, ...]
    default: str
    needed: bool
    says: str


@dataclass(frozen=True, kw_only=True)
class MethodLine:
    """A treatment people can choose.

    Attributes:
        name: Its name in a plan.
        title: What people call it.
        says: What it is good for.
        asks: It needs columns.
        parameters: What it can be told.
    """

    name: str
    title: Text
    says: Text
    asks: bool
    parameters: tuple[MethodParameter, ...]


@dataclass(frozen=True, kw_only=True)
class PlanView:
    """A treatment plan as its steward sees it.

    Attributes:
        study: Id of the study.
        version: Id of the version of the records it is for.
        recipe: The plan.
        files: The tables.
        tried: What came of it, `None` before it was tried as it is now.
        work: How far the trying is.
        authors: Opaque ids of everybody who wrote it.
        says: What each step does, in a sentence.
        wave_of: Id of the study whose last wave these records follow, `""` for none.
    """

    study: str
    version: str
    recipe: Recipe
    files: tuple[DataFile, ...]
    tried: Tried | None
    work: Task | None
    authors: tuple[str, ...]
    says: tuple[Text, ...] = ()
    wave_of: str = ""


@action(needs="measure", reads=True)
def treatments(room: Room) -> list[MethodLine]:
    """Every treatment a plan can name, with its parameters."""
    del room
    return [
        MethodLine(
            name=name,
            title=method.title,
            says=method.says,
            asks=method.asks,
            parameters=method_parameters(method),
        )
        for name, method in methods.items()
    ]


def method_parameters(method: type[Any]) -> tuple[MethodParameter, ...]:
    """What a treatment, or a correction, can be told: the fields of its dataclass, as their documentation has them."""
    return tuple(_parameter(one) for one in parameters_of(method))


def _parameter(one: Parameter) -> MethodParameter:
    sort, choices = sort_of(one.hint)
    return MethodParameter(
        name=one.name,
        sort=sort,
        choices=choices,
        default="" if one.needed else json.dumps(to_tree(one.default), ensure_ascii=False),
        needed=one.needed,
        says=one.says,
    )


@action(needs="measure", reads=True)
def plan(room: Room, *, study: str) -> PlanView:
    """The treatment plan of a study, and what came of it when it was tried; that you looked at figures is recorded.

    Args:
        study: Id of the study.
    """
    at_home(room)
    found = plan_view(room, study)
    if found.tried is not None:
        with room.write() as act:
            act.record(study, {"recipe": found.recipe.id})
    return found


def plan_view(room: Room, study: str) -> PlanView:
    """A study's plan; an empty one where nobody wrote any."""
    site, manifest = room.site, room.site.microdata(study)
    recipe, authors = plan_of(site, study)
    key = trial_key(recipe)
    tried = site.ledger.fact("trial", key)
    tree = site.documents.get(str(tried.body["document"])) if tried else None
    return PlanView(
        study=study,
        version=manifest.id,
        recipe=recipe,
        files=manifest.data_files,
        tried=from_tree(Tried, tree) if tree is not None else None,
        work=task_of(room, f"try/{key}"),
        authors=authors,
        says=tuple(in_words(one) for one in recipe.steps),
        wave_of=_wave_of(site, study),
    )


def _wave_of(site: Site, study: str) -> str:
    kept = site.ledger.fact("microdata", study)
    deposit = site.ledger.fact("deposit", str(kept.body["deposit"])) if kept else None
    return str(deposit.body.get("wave_of", "")) if deposit else ""


def plan_of(site: Site, study: str) -> tuple[Recipe, tuple[str, ...]]:
    """A study's plan for its records as they are now, and who wrote it."""
    manifest, fact = site.microdata(study), site.ledger.fact("plan", study)
    steps: tuple[Step, ...] = ()
    authors: tuple[str, ...] = ()
    if fact is not None:
        tree = site.documents.get(str(fact.body["steps"]))
        steps = tuple(from_tree(Step, one) for one in tree) if isinstance(tree, list) else ()
        authors = tuple(str(one) for one in fact.body["authors"]) if isinstance(fact.body["authors"], list) else ()
    return Recipe(dataset=manifest.id, roles=manifest.roles, steps=steps), authors


def trial_key(recipe: Recipe) -> str:
    """What a trial of a plan is known by: the plan and the version of the records it names."""
    return recipe.id


@action(needs="propose", repeatable=True)
def write_plan(room: Room, *, study: str, steps: tuple[Mapping[str, object], ...]) -> PlanView:
    """Write a study's treatment plan: every step, in order. Leaving a step out undoes it.

    Whoever writes it is its author, and so never the one who checks what comes of it.

    Args:
        study: Id of the study.
        steps: `method`, `columns`, `file`, `parameters` and `why` of each step.
    """
    files = room.site.microdata(study).data_files
    written = tuple(from_tree(Step, one, where="step") for one in steps)
    if len(written) > MOST_STEPS:
        raise BadInput(say("A plan has at most {most} steps.", most=MOST_STEPS), field="steps")
    checked = tuple(_checked(one, files) for one in written)
    with room.write() as act:
        _, authors = plan_of(room.site, study)
        body: dict[str, Json] = {
            "steps": room.site.documents.put([to_tree(one) for one in checked]),
            "authors": sorted({*authors, room.caller.account}),
        }
        act.tx.put("plan", study, body, at=room.now)
        act.record(study, {"steps": [one.method for one in checked], "document": body["steps"]})
    return plan_view(room, study)


def _checked(step: Step, files: Sequence[DataFile]) -> Step:
    """A step that can be tried; a data set of one table need not name it.

    Raises:
        BadInput: There is no such method, table or column, or a parameter cannot be used.
    """
    build(step)
    name = step.file or (files[0].name if len(files) == 1 else "")
    table = next((one for one in files if one.name == name), None)
    if table is None:
        raise BadInput(say("Say which table the step '{method}' works on.", method=step.method), field="file")
    if unknown := sorted(set(step.columns) - set(table.names)):
        raise BadInput(say("The table {file} has no column {name}.", file=name, name=unknown[0]), field="columns")
    return replace(step, file=name)


@action(needs="propose")
def try_plan(room: Room, *, study: str) -> Task:
    """Try a study's treatment plan on the original, in the background: risk and loss after every step.

    Args:
        study: Id of the study.
    """
    recipe, _ = plan_of(room.site, study)
    with room.write() as act:
        act.record(study, {"recipe": recipe.id, "version": recipe.dataset})
        return begin(act, f"try/{trial_key(recipe)}", {"study": study, "recipe": to_tree(recipe)})


@works("try_plan")
def _try(site: Site, job: Job, beat: Heartbeat) -> None:
    """Apply the plan to the original and measure after every step; the reading was recorded before."""
    study, recipe = str(job.body["study"]), from_tree(Recipe, job.body["recipe"])
    tried = tried_on(site, study, recipe, beat)
    document = site.documents.put(to_tree(tried))
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        tx.put("trial", trial_key(recipe), {"document": document, "study": study, "version": recipe.dataset},
               at=act.room.now)  # fmt: skip
        act.record(study, {"recipe": recipe.id, "document": document})
        site.queue.finish(tx, job, result_ref=recipe.id, now=act.room.now)
