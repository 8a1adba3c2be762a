"""Cleaning: what is wrong with the rows, corrected by steps that are replayed; then the records are kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime

from safeconduct.actions.depositing import destroy_arrivals, forget_descriptions
from safeconduct.actions.deposits_held import Held, body_of, held_in, held_now, roles_of, undecided
from safeconduct.actions.left_out import mend_list
from safeconduct.actions.messages import tell
from safeconduct.actions.moving import move
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site, dataset_of
from safeconduct.actions.studies import keep_files, overlaid, put_study, read_files
from safeconduct.actions.treating import MethodLine, method_parameters
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, task_of, works
from safeconduct.govern.deposits import parts_in_deposit
from safeconduct.govern.states.machine import BY_SYSTEM, Part
from safeconduct.ingest.arriving import keep, reopen
from safeconduct.ingest.checking import Issue, check
from safeconduct.ingest.correcting import build, correct, correction
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.model.canonical import Json, digest
from safeconduct.model.consent import is_of_cases
from safeconduct.model.errors import NotPermitted, WrongState
from safeconduct.model.recipe import Step
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_tree

STEPS = 2
LOOKED = "looked"
OF_WHOLE_ROWS = frozenset({"drop_rows", "drop_duplicates"})
"""Corrections that may be about whole rows, without a column."""


@dataclass(frozen=True, kw_only=True)
class CleaningView:
    """What was found in a deposit's rows, and what is done about it.

    Attributes:
        deposit: Its id.
        state: Where it is.
        steps: The corrections, in order.
        changed: Rows or cells each correction changed.
        issues: What is still found after the corrections; for insiders.
        work: How far the looking is, where it is not done.
        looked: Whether the rows were looked at as they are now.
        says: What each correction does, in a sentence.
        mends: What would mend each issue, in a sentence; `None` where somebody must think.
    """

    deposit: str
    state: str
    steps: tuple[Step, ...]
    changed: tuple[int, ...]
    issues: tuple[Issue, ...]
    work: Task | None
    looked: bool = False
    says: tuple[Text, ...] = ()
    mends: tuple[Text | None, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Looked:
    """What looking at a deposit's rows found.

    Attributes:
        changed: Rows or cells each correction changed.
        issues: What is still found after the corrections.
    """

    changed: tuple[int, ...]
    issues: tuple[Issue, ...]


@action(needs="curate", repeatable=True)
def look_at_rows(room: Room, *, deposit: str) -> CleaningView:
    """Look at a deposit's rows for what is wrong, after the corrections made so far; the reading is recorded first.

    Args:
        deposit: Its id.
    """
    with room.write() as act:
        held, state = held_now(act, deposit)
        if state not in {"read", "decided"}:
            raise WrongState(say("The rows of this deposit cannot be looked at now."))
        act.record(deposit, {"staged": held.staged})
        begin(act, _key(held), {"deposit": deposit}, verb="look_at_rows")
    return cleaning_view(room, deposit)


def _key(held: Held) -> str:
    """What a look at the rows is known by: the rows, the roles and the corrections."""
    return f"look/{digest([held.deposit.id, held.staged, held.roles, held.corrections])}"


@action(needs="curate", reads=True)
def cleaning(room: Room, *, deposit: str) -> CleaningView:
    """The corrections of a deposit, and what was found when its rows were looked at last; a look at it is recorded.

    Args:
        deposit: Its id.
    """
    found = cleaning_view(room, deposit)
    if found.looked:
        with room.write() as act:
            act.record(deposit, {"steps": [one.method for one in found.steps]})
    return found


def cleaning_view(room: Room, deposit: str) -> CleaningView:
    """A deposit's corrections and findings."""
    site, held = room.site, held_in(room.site, deposit)
    key = _key(held)
    known = site.ledger.fact(LOOKED, key)
    known = known if known and known.state != "destroyed" else None
    tree = site.documents.get(str(known.body["document"])) if known else None
    looked = from_tree(Looked, tree) if tree is not None else Looked(changed=(), issues=())
    steps = steps_of(site, held)
    return CleaningView(
        deposit=deposit,
        state=held.deposit.state,
        steps=steps,
        changed=looked.changed,
        issues=looked.issues,
        work=None if known else task_of(room, key),
        looked=known is not None,
        says=tuple(_in_words(one) for one in steps),
        mends=tuple(_in_words(one.suggestion) if one.suggestion else None for one in looked.issues),
    )


def _in_words(step: Step) -> Text:
    return build(step).in_words(step.columns)


def steps_of(site: Site, held: Held) -> tuple[Step, ...]:
    """The corrections of a deposit, in order."""
    tree = site.documents.get(held.corrections) if held.corrections else []
    return tuple(from_tree(Step, one) for one in tree) if isinstance(tree, list) else ()


@works("look_at_rows")
def _look(site: Site, job: Job, beat: Heartbeat) -> None:
    """Replay the corrections and check what is left."""
    id_ = str(job.body["deposit"])
    held = held_in(site, id_)
    files, roles = read_files(site, held.files), roles_of(site, held)
    tables = reopen(held.staged, opened=site.arrival(held.deposit.study, id_)).tables()
    beat.step(1, STEPS)
    done = correct(tables, files, steps_of(site, held))
    found = check(done.tables, done.files, roles, today=datetime.now(UTC).date())
    looked = Looked(changed=tuple(one.changed for one in done.changes), issues=tuple(found))
    document = site.documents.put(to_tree(looked))
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        tx.put(LOOKED, job.key, {"document": document}, at=act.room.now)
        act.record(id_, {"looked": document})
        site.queue.finish(tx, job, result_ref=id_, now=act.room.now)


@action(needs="curate", reads=True)
def corrections(room: Room) -> list[MethodLine]:
    """Every correction a step can name."""
    del room
    return [
        MethodLine(
            name=name,
            title=one.title,
            says=one.says,
            asks=name not in OF_WHOLE_ROWS,
            parameters=method_parameters(one),
        )
        for name, one in correction.items()
    ]


@action(needs="curate", repeatable=True)
def correct_rows(room: Room, *, deposit: str, steps: tuple[Mapping[str, object], ...]) -> CleaningView:
    """Write the corrections of a deposit, every step in order; leaving a step out undoes it.

    Args:
        deposit: Its id.
        steps: `method`, `columns`, `file`, `parameters` and `why` of each step.
    """
    written = tuple(from_tree(Step, one, where="step") for one in steps)
    for one in written:
        build(one)
    with room.write() as act:
        held, state = held_now(act, deposit)
        if state not in {"read", "decided"} or Part.STEWARD not in parts_in_deposit(person_of(room), held.deposit):
            raise WrongState(say("The rows of this deposit cannot be corrected now."))
        after = replace(held, corrections=room.site.documents.put([to_tree(one) for one in written]))
        act.tx.put("deposit", deposit, body_of(after), state=state, at=room.now)
        act.record(deposit, {"corrections": after.corrections, "steps": [one.method for one in written]})
    return cleaning_view(room, deposit)


@action(needs="curate", repeatable=True)
def keep_records(room: Room, *, deposit: str) -> Task:
    """Keep a deposit's records: corrected, without direct identifiers; then what arrived is destroyed.

    Every variable must have a role first.

    Args:
        deposit: Its id.
    """
    with room.write() as act:
        held, state = held_now(act, deposit)
        if Part.STEWARD not in parts_in_deposit(person_of(room), held.deposit):
            raise NotPermitted(say("A data steward keeps records."))
        left = undecided(read_files(room.site, held.files), roles_of(room.site, held)) if held.files else 1
        if state != "decided" or left:
            raise WrongState(say("Decide what every variable is for first; {count} are left.", count=left))
        act.record(deposit, {"staged": held.staged, "roles": held.roles, "corrections": held.corrections})
        return begin(act, f"keep/{deposit}", {"deposit": deposit})


@works("keep_records")
def _keep(site: Site, job: Job, beat: Heartbeat) -> None:
    """Write the analysis store's version, name it in the ledger, then destroy what arrived."""
    id_ = str(job.body["deposit"])
    held = held_in(site, id_)
    mend_list(Room.of_worker(site, verb=job.verb), dataset_of(held.deposit.study))
    study, before = held.deposit.study, site.ledger.fact("microdata", held.deposit.study)
    kept = keep(
        reopen(held.staged, opened=site.arrival(study, id_)),
        roles=roles_of(site, held),
        corrections=steps_of(site, held),
        previous=site.microdata(study) if before else None,
        cancelled=beat.stopped.is_set,
    )
    manifest, described = (
        kept.manifest,
        keep_files(site, overlaid(kept.manifest.data_files, read_files(site, held.files))),
    )
    beat.step(1, STEPS)
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        if tx.fact("microdata", study) != before:  # its people's codes would be given twice
            raise WrongState(say("somebody else changed the data set at the same time; run it again, nothing is lost"))
        tx.put("microdata", study, {"manifest": manifest.id, "deposit": id_}, at=act.room.now)
        put_study(act, study, files=described)
        after = replace(held, files=described, proposals="", differences="")
        move(act, "deposit", id_, command="keep", parts=BY_SYSTEM, body=body_of(after), told={"manifest": manifest.id})
        tell(act, [held.deposit.depositor], say("The records of a deposit are kept."), href=f"/data/studies/{study}")
        act.record(id_, {"told": "depositor"})
        needless: dict[str, Json] = {"files": held.files, "proposals": held.proposals, "differences": held.differences}
        begin(act, f"destroy/{id_}", {"deposit": id_, **needless}, verb="destroy_arrivals")
        if before and any(map(is_of_cases, manifest.data_files)):  # somebody may have withdrawn their consent
            begin(act, f"withdraw/{id_}", {"study": study}, verb="withdraw_editions")
        site.queue.finish(tx, job, result_ref=study, now=act.room.now)
    destroy_arrivals(site, held)
    forget_descriptions(site, held)
