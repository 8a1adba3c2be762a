"""Pseudonyms: the key that a data set's code tables rest under is exchanged, and every code stays what it is."""

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Self

from safeconduct.actions.erasing import replays
from safeconduct.actions.forgetting import commit_replaced, opened_for
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, works
from safeconduct.ingest.rekeying import epoch_in_force, refuse_nobody, rekey
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.erasures import Erasure
from safeconduct.ledger.rewritten import REKEYED

VERB = "rotate_pseudonyms"


@dataclass(frozen=True, kw_only=True)
class Rekeying:
    """Which key the pseudonyms of a data set rest under, and what exchanging it writes.

    Nothing in it depends on anybody: files and versions come with commits, not with people.

    Attributes:
        dataset: Name of the data set.
        epoch: Number of the key in force when this was told, from 1; under the first, pseudonyms rest as they are made.
        since: When that began, UTC.
        files: Files of code tables; all of them are written anew.
        versions: Versions that get another id and hold the same.
        work: The exchange; `None` for a dry run.
    """

    dataset: str
    epoch: int
    since: datetime
    files: int
    versions: int
    work: Task | None = None

    def once_done(self, room: Room, done: Task) -> Self:
        """Which key is in force now."""
        return replace(self, **vars(state_of(room.site, self.dataset)) | {"work": done})


@action(needs="operate")
def rotate_pseudonyms(room: Room, *, dataset: str, dry_run: bool = False) -> Rekeying:
    """Exchange the key that the pseudonyms of a data set rest under; the old one is destroyed.

    Only code tables are written anew, in every version that is kept: codes, records, answers and the list of those who
    are left out stay what they are. Whoever learnt older keys finds nobody in the new tables. Broken off anywhere, it
    goes on by itself. Exchange keys and make a new backup afterwards: older copies open the old tables.

    Args:
        dataset: Name of the data set.
        dry_run: Only say which key is in force and how many files would be written.
    """
    state = state_of(room.site, dataset)
    if dry_run:
        return state
    following = state.epoch + 1
    with room.write() as act:
        act.record(dataset, {"epoch": following})
        work = begin(act, f"{VERB}/{dataset}/{following}", {"dataset": dataset, "epoch": following})
    return replace(state, work=work)


def state_of(site: Site, dataset: str) -> Rekeying:
    """Which key the pseudonyms of a data set rest under.

    Raises:
        NotFound: There is no such data set.
        WrongState: It has no pseudonyms yet.
    """
    found = epoch_in_force(opened_for(site, dataset))
    refuse_nobody(found)
    first = datetime.fromisoformat(site.ledger.history("dataset", dataset)[0].at)
    return Rekeying(
        dataset=dataset,
        epoch=found.number,
        since=(found.since or first).astimezone(UTC),
        files=found.files,
        versions=found.versions,
    )


@works(VERB)
def _rotate(site: Site, job: Job, beat: Heartbeat) -> None:
    """Bring the epoch about; killed anywhere and begun again, it ends the same."""
    dataset, number = str(job.body["dataset"]), int(str(job.body["epoch"]))
    _bring_about(site, dataset, number, datetime.now(UTC), beat)
    with site.ledger.write() as tx:
        system_act(site, tx, job).record(dataset, {"epoch": number, "finished": True})
        site.queue.finish(tx, job, result_ref=dataset, now=datetime.now(UTC))


def _bring_about(site: Site, dataset: str, number: int, now: datetime, beat: Heartbeat | None = None) -> None:
    rekey(
        opened_for(site, dataset),
        number,
        at=now,
        commit=lambda done: commit_replaced(
            site, done, because=REKEYED, subject=f"{dataset}/{number}", now=now, verb=VERB
        ),
        progress=beat.step if beat else lambda _done, _all: None,
    )


@replays(REKEYED)
def _again(site: Site, erasure: Erasure, now: datetime) -> None:
    """A copy from before rests under a key that was destroyed since: it gets a new one before anybody opens it."""
    dataset, _, number = erasure.subject.partition("/")
    if dataset in site.datasets():
        _bring_about(site, dataset, int(number), now)
