"""Proposing an edition: the plan applied to the original for others, and handed in for review."""

from dataclasses import replace
from importlib.metadata import version

from safeconduct.actions.editions import (
    FIRST_STATES,
    Edition,
    admission_of,
    body_of,
    draft_of,
    edition_for,
    editions_of,
    parts_of,
    policy_for,
)
from safeconduct.actions.measuring import read_all
from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.moving import move, start
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.studies import described_files
from safeconduct.actions.treating import plan_of, trial_key
from safeconduct.actions.trying import Standing, one_step
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, works
from safeconduct.govern.roles import Role
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.model.canonical import Json
from safeconduct.model.editions import FileDraft
from safeconduct.model.errors import WrongState
from safeconduct.model.microdata import companions
from safeconduct.model.recipe import Recipe
from safeconduct.model.study import Access
from safeconduct.model.table import Table
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.release.drafting import Origin, TreatedFile, draft

STEPS = 3


@action(needs="propose")
def draft_edition(room: Room, *, study: str, access: Access) -> Task:
    """Make an edition of a study's files with its treatment plan, for one way of access; nobody may have it yet.

    It is made anew where one is being prepared or came back from review. The plan must have been tried as it is now.

    Args:
        study: Id of the study.
        access: How it is to be had: `public use`, `licensed` or `enclave`.
    """
    recipe, authors = plan_of(room.site, study)
    if room.site.ledger.fact("trial", trial_key(recipe)) is None:
        raise WrongState(say("Try the treatment plan as it is now first, and look at what it does."))
    number = _number(room.site, study)
    policy = policy_for(room.site, access)
    admission_of(room.site, study, number, access, policy)
    body: dict[str, Json] = {
        "study": study,
        "number": number,
        "access": access.value,
        "policy": policy.id,
        "recipe": to_tree(recipe),
        "authors": sorted({*authors, room.caller.account}),
    }
    with room.write() as act:
        act.record(study, {"edition": number, "access": access.value, "recipe": recipe.id})
        return begin(act, f"draft/{study}/{number}/{recipe.id}/{policy.id}", body)


def _number(site: Site, study: str) -> int:
    """The number of the edition that is prepared, or of the next.

    Raises:
        WrongState: One is under review.
    """
    before = editions_of(site, study)
    if not before:
        return 1
    last, fact = before[-1]
    if fact.state in FIRST_STATES:
        return last.number
    if fact.state in {"submitted", "partially_reviewed", "reviewed", "approved"}:
        raise WrongState(say("An edition of this study is under review; wait until it is decided."))
    return last.number + 1


@works("draft_edition")
def _draft(site: Site, job: Job, beat: Heartbeat) -> None:
    """Apply the plan once more, keep the rows encrypted, and write the edition down."""
    body = job.body
    study, recipe = str(body["study"]), from_tree(Recipe, body["recipe"])
    access, number = Access(str(body["access"])), int(str(body["number"]))
    kept = site.microdata(study, recipe.dataset)
    origin = Origin(
        study=study,
        edition=number,
        access=access,
        recipe=recipe,
        data_version=recipe.dataset,
        code=version("safeconduct"),
        corrections=kept.corrections,
        by_position=tuple(one.file.name for one in kept.files if one.by_position),
    )
    made, tried = _made(site, origin, beat)
    beat.step(2, STEPS)
    authors = body["authors"]
    edition = Edition(
        study=study, number=number, access=access, draft=site.documents.put(to_tree(made)), tried=tried,
        policy=str(body["policy"]), authors=tuple(map(str, authors)) if isinstance(authors, list) else (),
    )  # fmt: skip
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        _keep(act, edition)
        site.queue.finish(tx, job, result_ref=edition.id, now=act.room.now)


def _keep(act: Act, edition: Edition) -> None:
    """Write the edition down, in the state it has or at the beginning; authors only ever grow."""
    fact = act.tx.fact("edition", edition.id)
    if fact is None:
        start(act, "edition", edition.id, body_of(edition), {"draft": edition.draft})
        return
    if fact.state not in FIRST_STATES:
        raise WrongState(say("This edition was handed in meanwhile; the draft that was being made is left out."))
    before = from_tree(Edition, fact.body)
    kept = replace(edition, invitations=before.invitations, authors=tuple(sorted({*before.authors, *edition.authors})))
    act.tx.put("edition", edition.id, body_of(kept), state=fact.state, at=act.room.now)
    act.record(edition.id, {"draft": edition.draft})


def _made(site: Site, origin: Origin, beat: Heartbeat) -> tuple[FileDraft, str]:
    """The draft, and the document with what the treatment does."""
    study, recipe = origin.study, origin.recipe
    tables = read_all(site, study, recipe.dataset, beat)
    original = Standing(files=described_files(site, study, recipe.dataset), tables=tables)
    now, recoded = original, set[tuple[str, str]]()
    for index, step in enumerate(recipe.steps):
        now, done = one_step(site, recipe, index, now)
        recoded |= {(step.file, name) for name in done.recoded}
    beat.step(1, STEPS)
    treated = [
        TreatedFile(
            file=one,
            table=_without_companions(now.tables[one.name]),
            original=original.tables[one.name],
            recoded=tuple(name for file, name in sorted(recoded) if file == one.name and name in one),
        )
        for one in now.files
    ]
    found = site.ledger.fact("trial", trial_key(recipe))
    made = draft(origin, treated, drafts=site.drafts, keys=site.keys)
    return made, str(found.body["document"]) if found else ""


def _without_companions(table: Table) -> Table:
    return table.without(*companions(table))


@action(needs="propose", repeatable=True)
def submit_edition(room: Room, *, edition: str) -> Edition:
    """Hand an edition in for review; others check it, never you.

    Args:
        edition: Its id, study and number.
    """
    with room.write() as act:
        found, fact = edition_for(room, edition)
        move(act, "edition", edition, command="submit", parts=parts_of(room, found, fact))
        tell(act, of_the_house(room, Role.CHECKER), say("An edition waits to be checked."), href=f"/reviews/{edition}")
        act.record(edition, {"told": "checkers"})
    return found


@action(needs="propose", repeatable=True)
def give_up_edition(room: Room, *, edition: str) -> Edition:
    """Give up an edition that nobody checks; the rows made for it are destroyed.

    Args:
        edition: Its id, study and number.
    """
    with room.write() as act:
        found, fact = edition_for(room, edition)
        move(act, "edition", edition, command="withdraw", parts=parts_of(room, found, fact))
    for content in draft_of(room.site, found).content.values():
        room.site.drafts.delete(content)
    return found
