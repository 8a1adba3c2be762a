"""What if another protection level were in force: recorded questions replayed; figures for insiders, never released."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from safeconduct.actions.comparing_levels import Row, compared
from safeconduct.actions.levels import level_of
from safeconduct.actions.replaying import MOST_QUESTIONS, Replay, recorded
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, task_of, works
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import NotFound, WrongState
from safeconduct.model.outcomes import Insight
from safeconduct.model.policy import Policy
from safeconduct.model.table import Table
from safeconduct.model.text import Text, say
from safeconduct.release.changed import changed

KIND = "what_if"
AUDIENCE = "data stewards, checkers and the data protection officer"


@dataclass(frozen=True, kw_only=True)
class WhatIf:
    """A replay of recorded questions under a proposed protection level.

    Attributes:
        key: Names it.
        dataset: Name of the data set.
        policy: Name of the proposed level.
        title: What people call that level.
        changes: Parameters that were changed in it, each `RULE.PARAMETER=VALUE`.
        at: When it was asked for, UTC.
        questions: How many recorded questions are replayed: the newest 200 distinct ones at most.
        work: How far it is.
        figures: What came of it, for insiders; `None` until it is done. Never told outside the pages.
    """

    key: str
    dataset: str
    policy: str
    title: str
    changes: tuple[str, ...]
    at: datetime
    questions: int
    work: Task | None = None
    figures: Insight | None = field(default=None, metadata={"inside": True})


@action(needs="measure", repeatable=True)
def what_if(room: Room, *, dataset: str, policy: str, changes: tuple[str, ...] = ()) -> WhatIf:
    """Replay recorded questions under the level in force and under a proposed one; figures for insiders alone.

    Each distinct question is computed once more on the records as they are now, the newest 200 at most. No answer is
    written, no budget is spent, and noise is drawn from a secret that is thrown away. That it is done is recorded
    before a record is read. It is done in the background; look at it on its page.

    Args:
        dataset: Name of the data set.
        policy: Name of the proposed level, which may be the one in force.
        changes: Parameters to change in it, each `RULE.PARAMETER=VALUE`, such as `minimum_contributors.minimum=20`.
    """
    proposed = changed(level_of(room, policy), changes)
    manifest = room.site.manifest(dataset)
    asked = recorded(room.site, dataset)
    if not asked:
        raise WrongState(say("Nothing was asked of this data set yet, so that there is nothing to replay."))
    specs = sorted(f"{one.query.spec_id}/{one.policy.id}" for one in asked)
    key = "w" + digest({"manifest": manifest.id, "proposed": proposed.id, "asked": list(specs)})[:24]
    body: dict[str, Json] = {
        "dataset": dataset, "manifest": manifest.id, "policy": policy, "changes": list(changes),
        "questions": len(asked), "proposed": proposed.to_json(),
    }  # fmt: skip
    known = room.site.ledger.fact(KIND, key)
    with room.write() as act:
        if known is None:
            act.tx.put(KIND, key, body, state="begun", at=room.now)
        act.record(dataset, {part: body[part] for part in ("policy", "changes", "questions", "manifest")})
        if known is None or known.state != "done":
            begin(act, _job(key), {**body, "key": key}, verb=KIND)
    return _told(room, _fact(room, key))


@action(needs="measure", reads=True)
def what_if_result(room: Room, *, key: str) -> WhatIf:
    """How far a replay is, and what came of it; that you looked is recorded first.

    Args:
        key: What names it.
    """
    fact = _fact(room, key)
    if fact.state == "done":
        with room.write() as act:
            act.record(str(fact.body["dataset"]), {"key": key})
    return _told(room, fact, inside=True)


@action(needs="measure", repeatable=True)
def stop_what_if(room: Room, *, key: str) -> WhatIf:
    """Stop a replay that waits or runs; nothing of it is kept.

    Args:
        key: What names it.
    """
    fact = _fact(room, key)
    with room.write() as act:
        room.site.queue.cancel(act.tx, _job(key), actor=room.caller.account, at=room.now)
        act.record(str(fact.body["dataset"]), {"key": key})
    return _told(room, fact)


@action(needs="measure", reads=True)
def what_ifs(room: Room, *, dataset: str = "") -> list[WhatIf]:
    """Replays that were asked for, the latest first, without their figures.

    Args:
        dataset: Name of the data set; all of them where left out.
    """
    facts = [one for one in room.site.ledger.facts(KIND) if dataset in {"", one.body["dataset"]}]
    return [_told(room, one) for one in reversed(facts)]


@action(needs="measure", reads=True)
def what_if_datasets(room: Room) -> list[str]:
    """Data sets of which something was asked, so that it can be replayed."""
    asked = {str(fact.body["dataset"]) for fact in room.site.ledger.facts("asked")}
    return [name for name in room.site.datasets() if name in asked]


def _job(key: str) -> str:
    return f"{KIND}/{key}"


def _fact(room: Room, key: str) -> Fact:
    fact = room.site.ledger.fact(KIND, key)
    if fact is None:
        raise NotFound(say("there is no such replay"))
    return fact


def _told(room: Room, fact: Fact, *, inside: bool = False) -> WhatIf:
    body = fact.body
    changes = body["changes"]
    return WhatIf(
        key=fact.id,
        dataset=str(body["dataset"]),
        policy=str(body["policy"]),
        title=_title(body),
        changes=tuple(str(one) for one in changes) if isinstance(changes, list | tuple) else (),
        at=datetime.fromisoformat(str(fact.at)),
        questions=int(str(body["questions"])),
        work=task_of(room, _job(fact.id)),
        figures=_insight(room.site, body) if inside and fact.state == "done" else None,
    )


def _title(body: Mapping[str, Json]) -> str:
    proposed = body["proposed"]
    return str(proposed["title"]) if isinstance(proposed, Mapping) else str(body["policy"])


def _insight(site: Site, body: Mapping[str, Json]) -> Insight:
    """The figures from their sealed document: `name`, `now`, `then`, as text."""
    tree = site.documents.get(str(body["report"]))
    rows = [one for one in tree if isinstance(one, list)] if isinstance(tree, list) else []
    columns = {name: [str(row[at]) for row in rows] for at, name in enumerate(("name", "now", "then"))}
    return Insight(title=Text("What would change"), table=Table.of(columns), audience=AUDIENCE)


@works(KIND)
def _replay(site: Site, job: Job, beat: Heartbeat) -> None:
    """Replay every question; the event that says so was written before."""
    body = job.body
    rows = _rows(site, job, beat)
    document = site.documents.put([list(row) for row in rows])
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        known: dict[str, Json] = {name: value for name, value in body.items() if name != "key"}
        tx.put(KIND, str(body["key"]), {**known, "report": document}, state="done", at=act.room.now)
        act.record(str(body["dataset"]), {"key": str(body["key"]), "report": document})
        site.queue.finish(tx, job, result_ref=str(body["key"]), now=act.room.now)


def _rows(site: Site, job: Job, beat: Heartbeat) -> tuple[Row, ...]:
    proposed = Policy.from_json(_mapping(job.body["proposed"]))
    manifest = site.manifest(str(job.body["dataset"]), str(job.body["manifest"]))
    replay, asked = Replay(site, manifest, beat), recorded(site, manifest.dataset)[-MOST_QUESTIONS:]
    _prepare(site, job, replay, proposed)
    steps = len(asked) + 1
    pasts = replay.past(), replay.past()
    found = []
    for at, one in enumerate(asked):
        beat.step(at, steps)
        found.append(replay.replayed(one, proposed, pasts))
    beat.step(steps - 1, steps)
    return compared(found)


def _prepare(site: Site, job: Job, replay: Replay, proposed: Policy) -> None:
    """Read who was seen wherever nobody did before; the record of use says so first."""
    frames = replay.frames_of(recorded(site, replay.manifest.dataset), [proposed])
    comparing = site.comparing(replay.manifest)
    if lacking := comparing.lacking(frames):
        with site.ledger.write() as tx:
            system_act(site, tx, job).record(replay.manifest.dataset, {"partitions": len(lacking)}, verb="compare")
        comparing.prepare(lacking)


def _mapping(tree: Json) -> Mapping[str, object]:
    return tree if isinstance(tree, Mapping) else {}
