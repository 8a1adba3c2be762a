"""The eight steps of a study on its way to the catalogue, as every page of the data side shows them."""

from collections.abc import Mapping
from enum import StrEnum
from typing import assert_never
from urllib.parse import quote

from markupsafe import Markup

from safeconduct.actions.preparing import StudyOverview
from safeconduct.model.text import Text, say
from safeconduct.present import blocks
from safeconduct.present.blocks import StepLine, StepState
from safeconduct.server.page import Visit

READ = frozenset({"read", "decided", "kept"})
DECIDED = frozenset({"decided", "kept"})
LEFT = frozenset({"released", "superseded", "retracted"})
UNDER_REVIEW = frozenset({"submitted", "partially_reviewed", "reviewed"})


class Way(StrEnum):
    """A step on the way; pages say which one they are."""

    DEPOSIT = "deposit"
    VARIABLES = "variables"
    CLEAN = "clean"
    RISK = "risk"
    TREAT = "treat"
    DESCRIBE = "describe"
    REVIEW = "review"
    PUBLISH = "publish"


TITLES: Mapping[Way, Text] = {
    Way.DEPOSIT: say("Deposit"),
    Way.VARIABLES: say("Variables"),
    Way.CLEAN: say("Clean"),
    Way.RISK: say("Risk"),
    Way.TREAT: say("Treat"),
    Way.DESCRIBE: say("Describe"),
    Way.REVIEW: say("Review"),
    Way.PUBLISH: say("Publish"),
}


def study_address(study: str, *parts: str) -> str:
    """The address of a study's page, or of one below it."""
    return "/".join(["/data/studies", quote(study, safe=""), *(quote(one, safe="") for one in parts)])


def variable_address(study: str, file: str, name: str) -> str:
    """The page where a variable is described; its name may hold slashes, as those of KoboToolbox do."""
    return f"{study_address(study, 'describe', file)}/{quote(name, safe='/')}"


def deposit_address(deposit: str, *parts: str) -> str:
    """The address of a deposit's page, or of one below it."""
    return "/".join(["/data/deposits", quote(deposit, safe=""), *parts])


def the_way(visit: Visit, study: str, now: Way | None, *, deposit: str = "") -> Markup:
    """The steps of a study, how far each is, and which one this page is.

    Args:
        visit: The visit.
        study: Id of the study.
        now: The step this page is, `None` for none of them.
        deposit: The deposit this page is about, the latest one of the study by default.
    """
    return way(visit, visit.act("study_overview", study=study), now, deposit=deposit)


def way(visit: Visit, overview: StudyOverview, now: Way | None, *, deposit: str = "") -> Markup:
    """The same, where the page asked for the overview itself."""
    lines = [_line(overview, one, now=one is now, deposit=deposit) for one in Way]
    return blocks.stepper(visit.words, lines, label=say("The way to the catalogue"))


def _line(overview: StudyOverview, step: Way, *, now: bool, deposit: str) -> StepLine:
    state, says = _state(overview, step, deposit)
    state = StepState.NOW if now else state
    return StepLine(
        title=TITLES[step], state=state, href=_href(overview, step, deposit), says=says if says and not now else ""
    )


def _state(overview: StudyOverview, step: Way, deposit: str) -> tuple[StepState, Text | str]:
    """How far a step is, and what it waits for where that must be said."""
    waits = _waits(overview, step, deposit)
    if waits:
        return (StepState.LATER if step is Way.DESCRIBE else StepState.BLOCKED), waits
    return (StepState.DONE if step in _finished(overview, deposit) else StepState.LATER), ""


def _waits(overview: StudyOverview, step: Way, deposit: str) -> Text | str:
    states = {one.state for one in overview.editions}
    if step is Way.DEPOSIT and _deposit_state(overview, deposit) == "failed":
        return say("Cannot be read")
    if step is Way.DESCRIBE and overview.missing:
        return say("{count} parts missing", count=len(overview.missing))
    return say("Waits for reviewers") if step is Way.REVIEW and states & UNDER_REVIEW else ""


def _finished(overview: StudyOverview, deposit: str) -> frozenset[Way]:
    state, states = _deposit_state(overview, deposit), {one.state for one in overview.editions}
    reached: Mapping[Way, bool] = {
        Way.DEPOSIT: state in READ,
        Way.VARIABLES: state in DECIDED,
        Way.CLEAN: state == "kept",
        Way.RISK: overview.measured,
        Way.TREAT: overview.tried and overview.steps > 0,
        Way.DESCRIBE: not overview.missing,
        Way.REVIEW: bool(states & (LEFT | {"approved"})),
        Way.PUBLISH: bool(states & LEFT),
    }
    return frozenset(step for step, done in reached.items() if done)


def _deposit_state(overview: StudyOverview, deposit: str) -> str:
    """Where a deposit is; of the latest one that was not withdrawn, where none is named."""
    named = [one.state for one in overview.deposits if one.id == deposit]
    return next((one for one in (*named, *(one.state for one in overview.deposits)) if one != "withdrawn"), "")


def _href(overview: StudyOverview, step: Way, deposit: str) -> str:
    at = deposit or next((one.id for one in overview.deposits if one.state != "withdrawn"), "")
    study = overview.study.id
    match step:
        case Way.DEPOSIT:
            return deposit_address(at) if at else "/data/deposits"
        case Way.VARIABLES:
            return deposit_address(at, "variables") if _deposit_state(overview, at) in READ else ""
        case Way.CLEAN:
            return deposit_address(at, "clean") if _deposit_state(overview, at) in READ else ""
        case Way.RISK | Way.TREAT:
            return study_address(study, step.value) if overview.kept else ""
        case Way.DESCRIBE:
            return study_address(study, "describe")
        case Way.REVIEW | Way.PUBLISH:
            return study_address(study, "editions") if overview.kept else ""
        case _:
            assert_never(step)
