"""A study on its way to the catalogue: what is done, what is not, which editions there are, what could be proposed."""

from dataclasses import dataclass
from datetime import datetime

from safeconduct.actions.depositing import DepositLine, deposits
from safeconduct.actions.editions import Edition, editions_of, parts_of, policy_for
from safeconduct.actions.moving import table
from safeconduct.actions.profiles import at_home
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.studies import study_of
from safeconduct.actions.treating import plan_of, trial_key
from safeconduct.actions.trying import Tried
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, task_of
from safeconduct.govern.deposits import Basis
from safeconduct.govern.states.machine import commands
from safeconduct.ledger.entries import Fact
from safeconduct.model.errors import NotFound
from safeconduct.model.policy import Policy
from safeconduct.model.study import Access, Study
from safeconduct.model.text import Text
from safeconduct.model.trees import from_tree
from safeconduct.release.file_base import file_rules_of

MOST_TRIALS = 12
PERMILLE = 1000
CAN_LEAVE = (Access.PUBLIC_USE, Access.LICENSED, Access.ENCLAVE)


@dataclass(frozen=True, kw_only=True)
class BasisLine:
    """A legal basis to choose.

    Attributes:
        value: What a deposit calls it.
        says: What it means, for whoever has to choose.
    """

    value: str
    says: Text


@dataclass(frozen=True, kw_only=True)
class FileLevel:
    """What the site asks of files before they may be had in one way.

    Attributes:
        access: The way of access.
        title: What people call the protection level.
        says: What it protects against.
        rules: What it asks, in sentences.
        reviewers: How many independent reviewers look.
        most_risk: Highest mean risk that is let through, a share as text; `""` where the level sets none.
    """

    access: Access
    title: str
    says: str
    rules: tuple[Text, ...]
    reviewers: int
    most_risk: str


@dataclass(frozen=True, kw_only=True)
class EditionLine:
    """An edition as its stewards see it in a list.

    Attributes:
        id: Its id, study and number.
        number: From 1.
        access: How it would be had, or can be.
        state: Where it is.
        since: Since when, UTC.
        can: What the caller may do to it now, commands of the table `edition`.
        reason: Why it was taken back.
        work: How far its publication is, where that was begun.
    """

    id: str
    number: int
    access: Access
    state: str
    since: datetime
    can: tuple[str, ...]
    reason: str
    work: Task | None


@dataclass(frozen=True, kw_only=True)
class EditionsView:
    """Every edition of a study.

    Attributes:
        editions: The latest first.
        drafting: How far an edition is that is being made, where one is.
    """

    editions: tuple[EditionLine, ...]
    drafting: Task | None


@dataclass(frozen=True, kw_only=True)
class TrialLine:
    """A treatment plan that was tried on a study's records as they are now; for insiders.

    Attributes:
        recipe: Id of the plan.
        at: When it was tried, UTC.
        now: Whether it is the plan as it is written now.
        tried: What came of it.
    """

    recipe: str
    at: datetime
    now: bool
    tried: Tried


@dataclass(frozen=True, kw_only=True)
class StudyOverview:
    """Where a study stands.

    Attributes:
        study: Its description.
        missing: Required fields of it that are still empty.
        deposits: The deposits that belong to it, the latest first.
        kept: Whether there are records of it.
        measured: Whether their risk was measured.
        steps: How many steps its treatment plan has.
        tried: Whether the plan was tried as it is now.
        editions: Its editions, the latest first.
        catalogued: Whether the catalogue shows it.
    """

    study: Study
    missing: tuple[str, ...]
    deposits: tuple[DepositLine, ...]
    kept: bool
    measured: bool
    steps: int
    tried: bool
    editions: tuple[EditionLine, ...]
    catalogued: bool


@action(needs="look", reads=True)
def legal_bases(room: Room) -> list[BasisLine]:
    """The legal bases records can be held on, and what each means."""
    del room
    return [BasisLine(value=one.value, says=one.says) for one in Basis]


@action(needs="look", reads=True)
def file_levels(room: Room) -> list[FileLevel]:
    """What this site asks of files before they may be had: by anybody, on request, or where they are."""
    return [_level(access, policy) for access, policy in _policies(room.site).items()]


def _level(access: Access, policy: Policy) -> FileLevel:
    permille = next((one.parameters.get("most_permille") for one in policy.rules if one.name == "global_risk"), None)
    return FileLevel(
        access=access,
        title=policy.title,
        says=policy.says,
        rules=tuple(one.in_words() for one in file_rules_of(policy)),
        reviewers=policy.reviewers,
        most_risk=f"{permille / PERMILLE:.3f}" if isinstance(permille, int) else "",
    )


@action(needs="describe", reads=True)
def study_overview(room: Room, *, study: str) -> StudyOverview:
    """Where a study stands on its way to the catalogue: deposits, plan, description, editions.

    Args:
        study: Its id.
    """
    site, described = room.site, study_of(room.site, study)
    kept = site.ledger.fact("microdata", study)
    recipe = plan_of(site, study)[0] if kept else None
    return StudyOverview(
        study=described,
        missing=described.missing(),
        deposits=tuple(one for one in deposits(room) if one.study == study),
        kept=kept is not None,
        measured=recipe is not None and site.ledger.fact("risk", recipe.dataset) is not None,
        steps=len(recipe.steps) if recipe else 0,
        tried=recipe is not None and site.ledger.fact("trial", trial_key(recipe)) is not None,
        editions=editions(room, study=study).editions,
        catalogued=site.ledger.fact("catalogue", study) is not None,
    )


@action(needs="propose", reads=True)
def editions(room: Room, *, study: str) -> EditionsView:
    """Every edition of a study, the latest first, with what you may do to each, and what is being made.

    Args:
        study: Id of the study.
    """
    found = editions_of(room.site, study)
    return EditionsView(
        editions=tuple(_edition(room, edition, fact) for edition, fact in reversed(found)),
        drafting=_drafting(room, study),
    )


def _edition(room: Room, edition: Edition, fact: Fact) -> EditionLine:
    return EditionLine(
        id=edition.id,
        number=edition.number,
        access=edition.access,
        state=fact.state,
        since=datetime.fromisoformat(fact.at),
        can=commands(table("edition"), fact.state, parts_of(room, edition, fact)),
        reason=edition.reason,
        work=task_of(room, f"publish/{edition.id}/{edition.draft}"),
    )


def _drafting(room: Room, study: str) -> Task | None:
    """The making of an edition with the plan as it is now, unless it is done."""
    site = room.site
    if site.ledger.fact("microdata", study) is None:
        return None
    recipe, _ = plan_of(site, study)
    numbers = range(1, len(editions_of(site, study)) + 2)
    keys = [
        f"draft/{study}/{number}/{recipe.id}/{policy.id}" for number in numbers for policy in _policies(site).values()
    ]
    works = [work for key in keys if (work := task_of(room, key)) and work.state != "done"]
    return works[-1] if works else None


def _policies(site: Site) -> dict[Access, Policy]:
    found = {}
    for access in CAN_LEAVE:
        try:
            found[access] = policy_for(site, access)
        except NotFound:
            continue
    return found


@action(needs="measure", reads=True)
def plans_tried(room: Room, *, study: str) -> list[TrialLine]:
    """The latest treatment plans that were tried on a study's records as they are now; for insiders.

    Args:
        study: Id of the study.
    """
    at_home(room)
    recipe, _ = plan_of(room.site, study)
    with room.write() as act:
        act.record(study, {"version": recipe.dataset})
    facts = [
        one
        for one in room.site.ledger.facts("trial")
        if (one.body.get("study"), one.body.get("version")) == (study, recipe.dataset)
    ]
    return [_trial(room.site, one, now=one.id == recipe.id) for one in facts[-MOST_TRIALS:]]


def _trial(site: Site, fact: Fact, *, now: bool) -> TrialLine:
    tried = from_tree(Tried, site.documents.get(str(fact.body["document"])))
    return TrialLine(recipe=fact.id, at=datetime.fromisoformat(fact.at), now=now, tried=tried)
