"""What leaves: export with a signed manifest, the list of what left, and the record of use."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from safeconduct.actions.agreements import hold_to
from safeconduct.actions.asking import own, prepare, told_answer
from safeconduct.actions.proving import proof_of
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.together import wait_for_look
from safeconduct.actions.transfers import Download
from safeconduct.actions.verb import action
from safeconduct.govern.scopes import GET_RESULT
from safeconduct.ledger.entries import Event
from safeconduct.model.canonical import Json
from safeconduct.model.errors import NotFound, NotPermitted, WrongState
from safeconduct.model.outcomes import Refusal, Release
from safeconduct.model.text import say
from safeconduct.release.export import Exported
from safeconduct.release.export import export as write_export
from safeconduct.release.gate import from_tree
from safeconduct.store.places import read_boundaries

LICENCE = "As agreed: for the purpose of the project only, not to be passed on."


@dataclass(frozen=True, kw_only=True)
class Left:
    """Something that left.

    Attributes:
        answer_id: Which answer.
        at: When it last did, UTC.
        kind: Kind of the question.
        project: For which project.
        by: Opaque id of who has it.
        ways: Which ways it went: doors, and names of files.
        policy: Title of the protection level.
        cells: How many cells have each status.
    """

    answer_id: str
    at: datetime
    kind: str
    project: str
    by: str
    ways: tuple[str, ...]
    policy: str
    cells: Mapping[str, int] = field(hash=False)


@dataclass(frozen=True, kw_only=True)
class Entry:
    """One line of the record of use.

    Attributes:
        index: Its place in the log.
        at: When, UTC.
        verb: What was done.
        subject: To what.
        door: Which way.
        refused: Id of the reason, `""` where nothing was refused.
        body: Everything the log says.
    """

    index: int
    at: str
    verb: str
    subject: str
    door: str
    refused: str
    body: Mapping[str, Json] = field(hash=False)


LEAVING = ("result", "export", "download")
MOST_EVENTS = 2000
MEDIA = {
    ".csv": "text/csv; charset=utf-8",
    ".json": "application/json",
    ".geojson": "application/geo+json",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


@action(needs="ask", repeatable=True)
def export(room: Room, *, answer_id: str) -> Exported:
    """Write a protected answer as CSV, XLSX and GeoJSON with a signed manifest; doing it again changes nothing.

    Under a protection level that looks at all answers together, files leave once that was done, and where few people
    are shown they wait for the data protection officer.

    Args:
        answer_id: What `ask` gave back.
    """
    release = released(room, answer_id)
    wait_for_look(room, release)
    return write_out(room.site, release, _proof(room, release), accountable=_accountable(room))


def _proof(room: Room, release: Release) -> dict[str, Json]:
    """Where the record of use says that this answer left, with what proves it; written once for each project."""
    ledger, subject = room.site.ledger, release.answer_id
    known = [
        one for one in ledger.events(verb="export", subject=subject) if one.body.get("project") == room.caller.project
    ]
    if not known:
        with room.write() as act:
            body: dict[str, Json] = {"digest": release.digest, "kind": str(release.provenance.spec["kind"])}
            index = act.record(subject, body, verb="export")
        known = ledger.events(verb="export", subject=subject, before=index + 1, limit=1)
    return proof_of(ledger, known[0])


def _accountable(room: Room) -> str:
    return room.site.settings.name


def write_out(site: Site, release: Release, inclusion: Mapping[str, Json], *, accountable: str) -> Exported:
    """Files and manifest of a release."""
    manifest = site.manifest(release.provenance.dataset)
    level = next(key.level for key in release.output.keys if key.level is not None)
    facts = site.facts(manifest)
    return write_export(
        release,
        folder=site.folders.releases,
        signer=site.signer,
        names={area.code: area.name for area in facts.geography.at(level)},
        boundaries=read_boundaries(site.folders.store, manifest.dataset, release.provenance.geography, level),
        inclusion=inclusion,
        accountable=accountable,
        licence=LICENCE,
    )


def released(room: Room, answer_id: str) -> Release:
    """A protected answer the caller may have now.

    Raises:
        NotFound: There is none, or it is not theirs.
        NotPermitted: The agreement in force does not allow it any more.
        WrongState: It is not there yet.
    """
    hold_to(room, GET_RESULT)
    body = own(room, answer_id)
    spec = body["spec"]
    refusal = prepare(room, spec if isinstance(spec, Mapping) else {}, str(body["dataset"]))
    if isinstance(refusal, Refusal):
        raise NotPermitted(refusal.what)
    answer = told_answer(room, answer_id)
    if answer is None:
        raise WrongState(say("the answer is not ready yet"))
    return from_tree(answer.tree)


@action(needs="ask", repeatable=True)
def download(room: Room, *, answer_id: str, file: str) -> Download:
    """One file of an exported answer.

    Args:
        answer_id: What `ask` gave back.
        file: Name of the file, such as `answer.csv` or `manifest.json`.
    """
    exported = export(room, answer_id=answer_id)
    names = {path.name: path for path in (*exported.files, exported.manifest_path)}
    if file not in names:
        raise NotFound(say("an answer has the files {files}", files=", ".join(sorted(names))))
    with room.write() as act:
        act.record(answer_id, {"file": file})
    stem = f"{room.site.settings.name}-{answer_id[:12]}-"
    return Download(path=names[file], name=stem + file, media=MEDIA[names[file].suffix])


@action(needs="audit", reads=True)
def what_left(room: Room) -> list[Left]:
    """Every answer somebody was handed, the latest first: when, which way, for whom, at which level.

    Looking at an answer on a page is having it, so it is listed like a file taken home.
    """
    handed: dict[tuple[str, str], list[Event]] = {}
    for verb in LEAVING:
        for event in room.site.ledger.events(verb=verb, limit=MOST_EVENTS):
            handed.setdefault((event.subject, event.actor), []).append(event)
    found = [_left(room.site, events) for events in handed.values()]
    return sorted((one for one in found if one is not None), key=lambda one: one.at, reverse=True)


def _left(site: Site, events: list[Event]) -> Left | None:
    """One answer in one person's hands."""
    last = max(events, key=lambda event: event.at)
    answer = site.ledger.answer(last.subject)
    if answer is None:
        return None
    release = from_tree(answer.tree)
    return Left(
        answer_id=release.answer_id,
        at=datetime.fromisoformat(last.at),
        kind=str(release.provenance.spec["kind"]),
        project=str(last.body.get("project", "")),
        by=last.actor,
        ways=tuple(sorted({str(event.body.get("file", event.body.get("door", ""))) for event in events})),
        policy=str(release.policy["title"]),
        cells={status.value: count for status, count in release.by_status().items()},
    )


@action(needs="look", reads=True)
def my_record(room: Room) -> list[Entry]:
    """Everything the record of use says about you, the latest first."""
    events = room.site.ledger.events(actor=room.caller.account, limit=500)
    return [
        Entry(
            index=event.index,
            at=event.at,
            verb=event.verb,
            subject=event.subject,
            door=str(event.body.get("door", "")),
            refused=str(event.body.get("refused", "")),
            body=event.body,
        )
        for event in events
    ]


@action(needs="ask", reads=True)
def my_answers(room: Room) -> list[Mapping[str, Json]]:
    """What your project asked, the latest first."""
    prefix = f"{room.caller.project}:"
    facts = room.site.ledger.facts("asked", prefix=prefix)
    return [{"answer_id": fact.id.removeprefix(prefix), "at": fact.at, **fact.body} for fact in reversed(facts)]
