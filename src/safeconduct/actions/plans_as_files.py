"""Treatment plans as files: YAML that people read, keep, compare and bring back."""

from typing import Annotated

import yaml

from safeconduct.actions.finding import small
from safeconduct.actions.profiles import at_home
from safeconduct.actions.room import Room
from safeconduct.actions.transfers import SENT, Stream
from safeconduct.actions.treating import PlanView, plan_of, write_plan
from safeconduct.actions.uploading import content_of
from safeconduct.actions.verb import action
from safeconduct.model.errors import BadInput
from safeconduct.model.recipe import Recipe
from safeconduct.model.text import say
from safeconduct.model.trees import to_tree

LARGEST = 4 << 20
MEDIA = "application/yaml"


@action(needs="measure", reads=True)
def plan_file(room: Room, *, study: str) -> Stream:
    """A study's treatment plan as a YAML file, with the version of the records and the roles it was written for.

    Args:
        study: Id of the study.
    """
    at_home(room)
    recipe, _ = plan_of(room.site, study)
    tree = {"recipe": recipe.recipe, **_mapping(to_tree(recipe))}
    text = yaml.safe_dump(tree, allow_unicode=True, sort_keys=False, width=110)
    return small(text.encode(), name=f"{study}-plan.yaml", media=MEDIA)


@action(needs="propose", repeatable=True)
def write_plan_file(room: Room, *, study: str, upload: Annotated[str, SENT]) -> PlanView:
    """Take a study's treatment plan from a YAML file: its steps; the roles are those that were decided here.

    Args:
        study: Id of the study.
        upload: The file, sent before; a shell takes a path.
    """
    return write_plan(room, study=study, steps=_steps(content_of(room, upload, most=LARGEST)))


def _steps(content: bytes) -> tuple[dict[str, object], ...]:
    """The steps of a plan's file.

    Raises:
        BadInput: It is no plan; the message says what it needs.
    """
    try:
        tree = yaml.safe_load(content.decode("utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, RecursionError):
        raise BadInput(say("A treatment plan is a YAML file in UTF-8; this is not one."), field="upload") from None
    if not isinstance(tree, dict) or not isinstance(tree.get("steps", []), list):
        raise BadInput(say("A treatment plan has 'steps', a list."), field="upload")
    plan = Recipe.of({"dataset": "", "roles": {}, **{name: tree[name] for name in ("recipe", "steps") if name in tree}})
    return tuple(_mapping(to_tree(one)) for one in plan.steps)


def _mapping(tree: object) -> dict[str, object]:
    return dict(tree) if isinstance(tree, dict) else {}
