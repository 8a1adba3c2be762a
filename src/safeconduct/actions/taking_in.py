"""A look at a watched source: what is complete is taken in, what cannot be is told, once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

from safeconduct.actions.ingesting import Watching, taken_in
from safeconduct.actions.messages import holders, tell
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.watching import KIND, TAKE_IN, LeftOut, Watched, WatchState, put_watched, watched_in
from safeconduct.actions.working import works
from safeconduct.govern.roles import Role
from safeconduct.ingest.complete import Look, Seen, Stage, look
from safeconduct.ingest.mapping import read_mapping
from safeconduct.ingest.receipts import IngestReport
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.model.errors import Cancelled, NotFound, SafeconductError, Unreadable
from safeconduct.model.mapping import FileMapping
from safeconduct.model.text import Text, say

FILE = f"{KIND}_file"
MOST_TOLD = 20
MOST_FAILURES = 5
NOTHING = Text("")


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """How a look went.

    Attributes:
        says: Why it ended early, an empty text where it did not.
        report: What was taken in, `None` where there was nothing to.
        seen: What is to be remembered of files, by key.
    """

    says: Text = NOTHING
    report: IngestReport | None = None
    seen: Mapping[str, Seen] = field(default_factory=dict, repr=False)

    @property
    def left_out(self) -> tuple[LeftOut, ...]:
        """What could not be read, the first of it."""
        failed = self.report.failed if self.report else ()
        return tuple(LeftOut(files=one.files, number=one.number, says=one.text) for one in failed[:MOST_TOLD])


@works(TAKE_IN)
def take_in(site: Site, job: Job, beat: Heartbeat) -> None:
    """Look at one source, and write down how that went in the transaction that ends the job."""
    name = str(job.body["source"])
    room = Room.of_worker(site, verb="ingest")
    with site.ledger.write() as tx:
        now = _still(Act(tx, room), name)
    outcome = Outcome() if now is None else look_at(room, now, beat)
    with site.ledger.write() as tx:
        act = Act(tx, replace(room, now=datetime.now(UTC), verb=TAKE_IN))
        if now is not None:
            noted(act, name, outcome)
        site.queue.finish(tx, job, "", act.room.now)


def look_at(room: Room, watched: Watched, beat: Heartbeat) -> Outcome:
    """Take in what is complete and was not taken in before; what goes wrong is part of the outcome.

    Raises:
        Cancelled: The look was stopped; nothing is written down about it.
    """
    try:
        mapping, folder = read_mapping(Path(watched.mapping)), Path(watched.folder)
        if not mapping.source.is_files:
            return Outcome(report=_taken(room, mapping, folder, beat, only=None))
        return _at_files(room, watched, mapping, folder, beat)
    except Cancelled:
        raise
    except SafeconductError as error:
        return Outcome(says=error.text)


def _at_files(room: Room, watched: Watched, mapping: FileMapping, folder: Path, beat: Heartbeat) -> Outcome:
    if not folder.is_dir():
        raise Unreadable(say("the folder is not there; see that it is mounted"))
    before = {
        fact.id.partition("/")[2]: Seen(str(fact.body["mark"]), Stage(fact.state))
        for fact in room.site.ledger.facts(FILE, prefix=f"{watched.name}/")
    }
    found = look(mapping, folder, before=before, key=room.site.keys.derive("names of watched files", watched.name))
    if not found.whole:
        return Outcome(seen=found.waiting)
    report = _taken(room, mapping, folder, beat, only=frozenset(found.whole))
    return Outcome(report=report, seen={**found.waiting, **_stages(found, report)})


def _taken(
    room: Room, mapping: FileMapping, folder: Path, beat: Heartbeat, *, only: frozenset[Path] | None
) -> IngestReport:
    return taken_in(room, mapping, folder, Watching(stop=beat.stopped), only)


def _stages(found: Look, report: IngestReport) -> dict[str, Seen]:
    """What became of the files that were whole; none is known where the look was stopped."""
    failed = {one.label for one in report.failed}
    if report.stopped:
        return {}
    return {
        name: Seen(found.marks[name], Stage.FAILED if str(path) in failed else Stage.TAKEN)
        for path, name in found.whole.items()
    }


def _still(act: Act, name: str) -> Watched | None:
    """The source, where it is still to be looked at."""
    try:
        now = watched_in(act, name)
    except NotFound:
        return None
    return now if now.state is WatchState.ON else None


def noted(act: Act, name: str, outcome: Outcome) -> None:
    """Write down how a look went and when the next is; people are told of what is new to them."""
    try:
        before = watched_in(act, name)
    except NotFound:
        return
    after = _after(before, outcome, act.room.now)
    put_watched(act, after)
    for key, seen in outcome.seen.items():
        act.tx.put(FILE, f"{name}/{key}", {"mark": seen.mark}, state=seen.stage.value, at=act.room.now)
    if (after.says.id and after.says != before.says) or (outcome.left_out and after.left_out != before.left_out):
        people = [*holders(act.room, Role.STEWARD), *holders(act.room, Role.ENGINEER)]
        tell(act, people, say("Something of the watched source {name} could not be taken in; see why.", name=name),
             href="/data#watched")  # fmt: skip
    act.record(name, {"whole": not after.says.id, "left_out": bool(outcome.left_out), "state": after.state.value})


def _after(before: Watched, outcome: Outcome, now: datetime) -> Watched:
    failures = before.failures + 1 if outcome.says.id else 0
    whole = not outcome.says.id and not outcome.left_out
    return replace(
        before,
        last_look=now,
        last_success=now if whole else before.last_success,
        next=now + timedelta(minutes=before.every),
        says=outcome.says,
        failures=failures,
        state=WatchState.STOPPED if failures >= MOST_FAILURES and before.state is WatchState.ON else before.state,
        left_out=outcome.left_out if outcome.report else before.left_out,
    )
