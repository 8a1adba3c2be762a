"""Watched sources: folders and databases that workers look at by themselves, every so many minutes."""

import time
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path

from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.actions.working import WAITING
from safeconduct.ingest.mapping import read_mapping
from safeconduct.ledger.entries import Fact
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_mapping

KIND, TAKE_IN = "watched", "take_in"
LEAST_MINUTES, MOST_MINUTES = 1, 7 * 24 * 60
GLANCE_S = 15.0
LONGEST_NAME = 40
GAVE_UP = say("Looking at it ended without a reason several times; the site's engineer looks at the workers.")
_glanced: dict[Path, float] = {}
"""When this program last asked which sources are due, by site; on a clock that only goes forward."""


class WatchState(StrEnum):
    """Whether a source is looked at: yes; not for now; not until somebody mends it; not any more."""

    ON = "on"
    PAUSED = "paused"
    STOPPED = "stopped"
    REMOVED = "removed"


@dataclass(frozen=True, kw_only=True)
class LeftOut:
    """A file, or a day of a table, that could not be taken in.

    Attributes:
        files: The mapping's pattern for it, or the table.
        number: Which of them, by name or day, from 1.
        says: Why, and what to do.
    """

    files: str
    number: int
    says: Text


@dataclass(frozen=True, kw_only=True)
class Watched:
    """A source that is looked at, and how that went. No number in it is of records.

    Attributes:
        name: What people call it.
        mapping: Path of the mapping file, which is read again at every look.
        folder: Folder with the mapping's files.
        every: Minutes from one look to the next.
        state: Whether it is looked at.
        next: When it is looked at next, UTC.
        dataset: Data set it belongs to.
        kind: Kind of source.
        last_look: When it was looked at last; `None` before the first time.
        last_success: When a look last ended without anything left out.
        says: Why the last look ended early; an empty text where it did not.
        failures: Looks in a row that ended early.
        left_out: What the last look that took something in, or tried to, left out.
    """

    name: str
    mapping: str
    folder: str
    every: int
    state: WatchState = WatchState.ON
    next: datetime
    dataset: str = ""
    kind: str = ""
    last_look: datetime | None = None
    last_success: datetime | None = None
    says: Text = field(default_factory=lambda: Text(""))
    failures: int = 0
    left_out: tuple[LeftOut, ...] = ()


@action(needs="ingest", local=True)
def watch_source(room: Room, *, name: str, mapping: Path, folder: Path, every: int = 15) -> Watched:
    """Have a folder or a database looked at every so many minutes, and taken in by the workers.

    Each content is taken in once. A file is read when it is complete, a day of a table when it is over and no longer
    changes. Declaring a name again changes what is watched.

    Args:
        name: What to call it, a lower-case word.
        mapping: TOML file that says which column is what; it is read again at every look.
        folder: Folder with the files.
        every: Minutes from one look to the next, 1 to 10,080.
    """
    if not (name.isidentifier() and name.islower() and len(name) <= LONGEST_NAME):
        raise BadInput(say("name the source with a lower-case word, such as 'operator'"), field="name")
    if not LEAST_MINUTES <= every <= MOST_MINUTES:
        raise BadInput(
            say("every is in minutes, from {least} to {most}", least=LEAST_MINUTES, most=MOST_MINUTES), field="every"
        )
    if not folder.is_dir():
        raise BadInput(say("there is no such folder; make it before it is watched"), field="folder")
    layout = read_mapping(mapping)
    made = Watched(
        name=name, mapping=str(mapping.resolve()), folder=str(folder.resolve()), every=every, next=room.now,
        dataset=layout.dataset, kind=layout.source.kind,
    )  # fmt: skip
    with room.write() as act:
        _begin_anew(act, name)
        put_watched(act, made)
        act.record(name, {"dataset": layout.dataset, "kind": layout.source.kind, "every": every})
    return made


@action(needs="operate", reads=True)
def watched_sources(room: Room) -> list[Watched]:
    """Sources that are looked at by themselves, and how that went."""
    found = [_of(fact) for fact in room.site.ledger.facts(KIND)]
    return [one for one in found if one.state is not WatchState.REMOVED]


@action(needs="ingest", repeatable=True)
def pause_source(room: Room, *, name: str) -> Watched:
    """Look at a source no more, until it is resumed; what is being taken in is taken in whole.

    Args:
        name: What it is called.
    """
    return _moved(room, name, WatchState.PAUSED)


@action(needs="ingest", repeatable=True)
def resume_source(room: Room, *, name: str) -> Watched:
    """Look at a source again, now; files that could not be read are tried once more.

    Args:
        name: What it is called.
    """
    return _moved(room, name, WatchState.ON)


@action(needs="ingest", repeatable=True)
def remove_source(room: Room, *, name: str) -> Watched:
    """Watch a source no more; what was taken in stays.

    Args:
        name: What it is called.
    """
    return _moved(room, name, WatchState.REMOVED)


def _moved(room: Room, name: str, state: WatchState) -> Watched:
    with room.write() as act:
        now = watched_in(act, name)
        if state is WatchState.ON:
            now = replace(now, next=room.now, failures=0)
            _begin_anew(act, name)
        now = replace(now, state=state)
        put_watched(act, now)
        act.record(name, {"state": state.value})
    return now


def _begin_anew(act: Act, name: str) -> None:
    """Let what could not be read, and a look that ended without a reason, be tried again."""
    job = act.room.site.queue.get(f"{TAKE_IN}/{name}")
    if job is not None and job.state == "failed":
        _enqueue(act, name)
    for fact in act.room.site.ledger.facts(f"{KIND}_file", state="failed", prefix=f"{name}/"):
        act.tx.put(fact.kind, fact.id, fact.body, state="waiting", at=act.room.now)


def watched_in(act: Act, name: str) -> Watched:
    """A source as it is now.

    Raises:
        NotFound: None of that name is watched.
    """
    fact = act.tx.fact(KIND, name)
    if fact is None or fact.state == WatchState.REMOVED:
        raise NotFound(say("No source of that name is watched."))
    return _of(fact)


def put_watched(act: Act, watched: Watched) -> None:
    """Write a source down; the caller writes the event."""
    act.tx.put(KIND, watched.name, to_mapping(watched), state=watched.state.value, at=act.room.now)


def _of(fact: Fact) -> Watched:
    return from_tree(Watched, fact.body, where="watched")


def begin_looks(site: Site) -> None:
    """Queue a look at every source that is due; for workers with nothing else to do, quick where nothing is due.

    Of several workers one queues it, since a job has one key; a look whose worker dies is done again by another.
    """
    glance = time.monotonic()
    if glance - _glanced.get(site.folders.root, -GLANCE_S) < GLANCE_S:
        return
    _glanced[site.folders.root] = glance
    begin_due(site, datetime.now(UTC))


def begin_due(site: Site, now: datetime) -> int:
    """Queue a look at every source that is due at a moment; how many were queued."""
    due = [fact.id for fact in site.ledger.facts(KIND, state=WatchState.ON) if _of(fact).next <= now]
    return sum(_begin(site, name, now) for name in due)


def _begin(site: Site, name: str, now: datetime) -> bool:
    key = f"{TAKE_IN}/{name}"
    room = Room.of_worker(site, now, verb=TAKE_IN)
    with site.ledger.write() as tx:
        fact, job = tx.fact(KIND, name), site.queue.get(key)
        if fact is None or fact.state != WatchState.ON or _of(fact).next > now or (job and job.state in WAITING):
            return False
        if job is not None and job.state == "failed":
            put_watched(Act(tx, room), replace(_of(fact), state=WatchState.STOPPED, says=GAVE_UP))
            Act(tx, room).record(name, {"state": WatchState.STOPPED.value})
            return False
        site.queue.again(tx, key, now)
        _enqueue(Act(tx, room), name)
    return True


def _enqueue(act: Act, name: str) -> None:
    act.room.site.queue.enqueue(
        act.tx, key=f"{TAKE_IN}/{name}", verb=TAKE_IN, body={"source": name}, actor="worker", project="",
        at=act.room.now,
    )  # fmt: skip
