"""Households and records left out of a study and erased: every version, what is not published, what waits."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime

from safeconduct.actions.deposits_held import held_in
from safeconduct.actions.editions import draft_of, editions_of
from safeconduct.actions.erasing import erased, replays
from safeconduct.actions.forgetting import (
    Forgetting,
    begin_batch,
    finish_batch,
    is_ready,
    state_of,
)
from safeconduct.actions.forgetting_arrivals import destroy_loose_uploads, forget_corrections
from safeconduct.actions.forgetting_list import MOST_AT_ONCE, change_list
from safeconduct.actions.left_out import IN, OUT, list_of, mend_list
from safeconduct.actions.messages import tell
from safeconduct.actions.moving import move
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site, dataset_of
from safeconduct.actions.verb import action
from safeconduct.actions.working import begin, works
from safeconduct.govern.states.edition import UNDECIDED
from safeconduct.govern.states.machine import BY_SYSTEM
from safeconduct.ingest.away import household_marks, record_marks, record_marks_meant_otherwise
from safeconduct.ingest.forgetting_records import RecordsSite, Rewritten
from safeconduct.ingest.forgetting_records import forget_records as forget_listed
from safeconduct.ingest.people import is_text
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.erasures import Erasure
from safeconduct.ledger.rewritten import note
from safeconduct.model.errors import BadInput, NotFound, WrongState
from safeconduct.model.text import say
from safeconduct.store.objections import Domain

VERB = "erase_records"
RECORDS = "records"
KEPT = frozenset({"kept", "withdrawn"})


@action(needs="forget")
def opt_out_records(
    room: Room, *, study: str, households: tuple[str, ...] = (), records: tuple[str, ...] = (), table: str = ""
) -> Forgetting:
    """Leave households or records out of a study's files from now on, and erase what is there of them.

    All that belongs to a record goes with it; a household stays where only a member of it goes.

    Args:
        study: Id of the study.
        households: Households, by the identifier the file has for them.
        records: Records of one table, by the values of its key, the parent's first, with `/` between them.
        table: The table of these records.
    """
    _change(room, OUT, study, households, records, table)
    return state_of(room.site, dataset_of(study))


@action(needs="forget")
def opt_in_records(
    room: Room, *, study: str, households: tuple[str, ...] = (), records: tuple[str, ...] = (), table: str = ""
) -> Forgetting:
    """Take households or records off a study's list; what was erased stays erased.

    Args:
        study: Id of the study.
        households: Households, by the identifier the file has for them.
        records: Records of one table, as for opt_out_records.
        table: The table of these records.
    """
    _change(room, IN, study, households, records, table)
    return state_of(room.site, dataset_of(study))


@action(needs="forget")
def forget_records(room: Room, *, study: str, at_once: bool = False) -> Forgetting:
    """Erase from a study everybody who is to be left out, once enough of them wait.

    Every version of the records is written anew without them and old keys are destroyed. Editions that were not
    published are withdrawn and their files destroyed, and deposits nobody decided about too, whoever is in them.
    Published editions stay; the next one is made without them.

    Args:
        study: Id of the study.
        at_once: Do not wait for others.
    """
    room.site.microdata(study)
    state = state_of(room.site, dataset_of(study))
    if not (at_once or is_ready(state, room.now)):
        return state
    work = begin_batch(room, dataset_of(study), verb=VERB, forced=True)
    return replace(state, task=work.key, work=work)


def records_due(room: Room) -> list[str]:
    """Begin the erasures of studies that enough people wait for, or that waited long enough; the data sets."""
    states = [state_of(room.site, dataset_of(one.id)) for one in room.site.ledger.facts("microdata", state="current")]
    due = [one.dataset for one in states if one.task or is_ready(one, room.now)]
    for dataset in due:
        begin_batch(room, dataset, verb=VERB, forced=True)
    return due


def _change(room: Room, kind: str, study: str, households: Sequence[str], records: Sequence[str], table: str) -> None:
    if room.site.ledger.fact("study", study) is None:
        raise NotFound(say("There is no such study."))
    if not 0 < len(households) + len(records) <= MOST_AT_ONCE:
        raise BadInput(say("give 1 to {most} identifiers at a time", most=MOST_AT_ONCE), field="records")
    if records and not table.strip():
        raise BadInput(say("say which table these records are of"), field="table")
    if any(not one.strip() or not is_text(one) for one in (*households, *records)) or not is_text(table):
        raise BadInput(say("an identifier of the list is empty; nothing was changed"), field="records")
    dataset, keys, objections = dataset_of(study), room.site.keys, list_of(room.site, dataset_of(study))
    mend_list(room, dataset)
    found = {
        Domain.HOUSEHOLD: household_marks(objections, keys, dataset, households),
        Domain.RECORD: record_marks(objections, keys, dataset, table.strip(), records),
    }
    also = {Domain.RECORD: record_marks_meant_otherwise(objections, keys, dataset, table.strip(), records)}
    with room.write() as act:
        for domain, marks in found.items():
            if marks:
                change_list(act, objections, kind, f"{dataset}/{domain}", marks, also=also.get(domain, ()))


@works(VERB)
def _erase(site: Site, job: Job, beat: Heartbeat) -> None:
    """Erase a batch; killed anywhere and begun again, it ends the same."""
    dataset, now = str(job.body["dataset"]), datetime.now(UTC)
    waiting = list_of(site, dataset).listed(Domain.WAITING)
    erase_records(site, dataset, now)
    beat.step(1, 1)
    finish_batch(site, job, now, waiting)


@works("withdraw_editions")
def _withdraw(site: Site, job: Job, beat: Heartbeat) -> None:
    """Destroy what was made of records of cases before newer ones were kept: consent may have been withdrawn since."""
    now, study = datetime.now(UTC), str(job.body["study"])
    _withdraw_editions(_system(site, now), study)
    beat.step(1, 1)
    with site.ledger.write() as tx:
        Act(tx, _system(site, now)).record(study, {"finished": True}, verb="withdraw_editions")
        site.queue.finish(tx, job, result_ref=study, now=now)


def erase_records(site: Site, dataset: str, now: datetime) -> None:
    """Erase everybody on the list of a study's data set from all that is kept of it and not published.

    Raises:
        WrongState: Records are being kept in it; it is done again later.
    """
    study = next(
        (one.id for one in site.ledger.facts("microdata", state="current") if dataset_of(one.id) == dataset), ""
    )
    if not study:
        return
    room = _system(site, now)
    mend_list(room, dataset)
    destroy_loose_uploads(room)
    _withdraw_deposits(room, study)
    forget_corrections(room, study)
    _withdraw_editions(room, study)
    opened = RecordsSite(
        store=site.folders.store, dataset=dataset, keys=site.keys, versions=site.kept_versions(study),
        memory_mb=site.settings.memory_mb,
    )  # fmt: skip
    forget_listed(opened, commit=lambda done: _commit(room, study, done))


def _commit(room: Room, study: str, done: Rewritten) -> None:
    proof, dataset = room.site.documents.put(list(done.digests)), dataset_of(study)
    with room.write() as act:
        fact = act.tx.fact("microdata", study)
        if fact is None:
            raise NotFound(say("No records of this study are kept."))
        current = str(fact.body["manifest"])
        if fact.state != "current" or current not in done.versions:
            raise WrongState(say("somebody else changed the data set at the same time; run it again, nothing is lost"))
        act.tx.put("microdata", study, {**fact.body, "manifest": done.versions[current]}, at=room.now)
        note(act.tx, dataset, done.versions, because=RECORDS, at=room.now)
        act.record(study, erased(RECORDS, dataset, (proof,)))


def _withdraw_deposits(room: Room, study: str) -> None:
    """Files that wait for a decision are raw and cannot be rewritten: they go, and are brought again."""
    said = say("Somebody asked to be erased from this study, so files of a deposit of yours went; bring them again.")
    for fact in room.site.ledger.facts("deposit"):
        deposit = held_in(room.site, fact.id).deposit
        if deposit.study == study and fact.state not in KEPT:
            with room.write() as act:
                move(act, "deposit", fact.id, command="expire", parts=BY_SYSTEM)
                tell(act, [deposit.depositor], said, href=f"/data/deposits/{fact.id}")
                act.record(fact.id, {"told": "depositor"})
                begin(act, f"destroy/{fact.id}", {"deposit": fact.id}, verb="destroy_arrivals")


def _withdraw_editions(room: Room, study: str) -> None:
    """Treated rows that never left are destroyed, whoever is in them."""
    for edition, fact in editions_of(room.site, study):
        if fact.state in UNDECIDED:
            with room.write() as act:
                move(act, "edition", edition.id, command="forget", parts=BY_SYSTEM)
            fact = room.site.ledger.fact("edition", edition.id) or fact  # noqa: PLW2901 - the same edition, moved
        if fact.state in {"withdrawn", "rejected"}:
            with suppress(NotFound):
                for content in draft_of(room.site, edition).content.values():
                    room.site.drafts.delete(content)


def _system(site: Site, now: datetime) -> Room:
    return Room.of_worker(site, now, verb=VERB)


@replays(RECORDS, of_then=True)
def _again(site: Site, erasure: Erasure, now: datetime) -> None:
    erase_records(site, erasure.subject, now)
