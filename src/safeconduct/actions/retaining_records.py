"""Retention of a study: drafts nobody published and versions that others replaced go when kept long enough."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from functools import partial

from safeconduct.actions.deposits_held import held_in
from safeconduct.actions.editions import Edition, draft_of, editions_of
from safeconduct.actions.erasing import erased, replays
from safeconduct.actions.going_on import every_one
from safeconduct.actions.moving import move
from safeconduct.actions.retaining import put_rule, rule_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site, dataset_of
from safeconduct.actions.verb import action
from safeconduct.actions.working import WAITING, begin, works
from safeconduct.govern.retention import Retention, StudyRetention
from safeconduct.govern.states.edition import UNDECIDED
from safeconduct.govern.states.machine import BY_SYSTEM
from safeconduct.ingest.forgetting_records import RecordsSite
from safeconduct.ingest.retaining_records import destroy_versions
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.entries import Fact
from safeconduct.ledger.erasures import Erasure
from safeconduct.ledger.rewritten import VERSIONS, in_its_place, note
from safeconduct.model.canonical import Json
from safeconduct.model.editions import Content
from safeconduct.model.errors import NotFound

DRAFTS = "drafts"
ENDED = frozenset({"withdrawn", "rejected"})


@dataclass(frozen=True, kw_only=True)
class RetainedRecords:
    """What retention did to a study, or would do; and where its rule stands.

    Attributes:
        study: Id of the study.
        rule: How long what is not current is kept.
        drafts: Editions whose treated rows were destroyed, or would be.
        versions: How many versions of the records were destroyed, or would be.
        kept: How many versions there are, the current one among them.
    """

    study: str
    rule: StudyRetention
    drafts: tuple[str, ...]
    versions: int
    kept: int


@dataclass(frozen=True, kw_only=True)
class KeptFor:
    """How long something is kept, by the rule in force.

    Attributes:
        name: Name of the data set, or id of the study.
        is_study: Which of the two.
        rule: The rule; every number is days, 0 for as long as the data set or the study.
    """

    name: str
    is_study: bool
    rule: Mapping[str, int] = field(hash=False)


@action(needs="promises", reads=True)
def retention_rules(room: Room) -> list[KeptFor]:
    """How long the records of every data set and of every study are kept."""
    site = room.site
    phone = [_kept_for(one, rule_of(site, one, Retention)) for one in site.datasets()]
    return [*phone, *(_kept_for(one, rule_of(site, one, StudyRetention)) for one in _studies(site))]


def _kept_for(name: str, rule: Retention | StudyRetention) -> KeptFor:
    days = {part: int(days) for part, days in asdict(rule).items()}
    return KeptFor(name=name, is_study=isinstance(rule, StudyRetention), rule=days)


@action(needs="govern")
def set_study_retention(room: Room, *, study: str, reason: str, drafts: int = 0, versions: int = 0) -> StudyRetention:
    """Set how long a study's unpublished drafts and replaced versions are kept; the record of use says why.

    Where anything is kept longer than before, every data protection officer is told.

    Args:
        study: Id of the study.
        reason: Why, in up to 2,000 letters.
        drafts: Days to keep treated rows nobody published, since the last step; up to 36,500, 0 for no end.
        versions: Days that a version of the records is kept after another took its place, likewise.
    """
    room.site.microdata(study)
    return put_rule(room, study, StudyRetention(drafts=drafts, versions=versions), reason=reason)


@action(needs="operate", repeatable=True)
def retain_records(room: Room, *, study: str = "", dry_run: bool = False) -> list[RetainedRecords]:
    """Destroy drafts and replaced versions of studies that were kept long enough, with proof; done every night.

    Args:
        study: Id of the study; all of them where left out.
        dry_run: Say only what would be destroyed, and where the rules stand.
    """
    if study:
        room.site.microdata(study)
    names = (study,) if study else _studies(room.site)
    return [_retained(room.site, one, room.now, dry_run=dry_run) for one in names]


def nightly_records(site: Site, now: datetime) -> None:
    """Carry out the rule of every study; one whose records are being kept just now waits for the next night.

    Raises:
        SafeconductError: The records of a study do not open; the rules of all others were carried out.
    """
    every_one(partial(_retained, site, study, now, dry_run=False) for study in _studies(site))


def _studies(site: Site) -> tuple[str, ...]:
    return tuple(sorted(fact.id for fact in site.ledger.facts("microdata", state="current")))


def _retained(site: Site, study: str, now: datetime, *, dry_run: bool) -> RetainedRecords:
    rule, today = rule_of(site, study, StudyRetention), now.astimezone(UTC).date()
    drafts_since, versions_since = rule.since(rule.drafts, today), rule.since(rule.versions, today)
    drafts, versions = _old_drafts(site, study, drafts_since), _old_versions(site, study, versions_since)
    if not dry_run:
        _destroy_drafts(site, study, drafts_since, now)
        _destroy_versions(site, study, None if _on_their_way(site, study) else versions_since, now)
    kept = len(site.kept_versions(study))
    return RetainedRecords(study=study, rule=rule, drafts=tuple(drafts), versions=len(versions), kept=kept)


def _on_their_way(site: Site, study: str) -> bool:
    """Whether records are being kept: a version is there a moment before the ledger names it."""
    decided = [fact.id for fact in site.ledger.facts("deposit", state="decided")]
    own = [one for one in decided if held_in(site, one).deposit.study == study]
    work = [site.queue.get(f"keep/{one}") for one in own]
    return any(job is not None and job.state in WAITING for job in work)


def _old_drafts(site: Site, study: str, since: date | None) -> Mapping[str, tuple[Edition, Fact, tuple[Content, ...]]]:
    """Editions that were not published, whose rows are there still and to which nothing happened since a day."""
    found: dict[str, tuple[Edition, Fact, tuple[Content, ...]]] = {}
    for edition, fact in editions_of(site, study) if since else ():
        if fact.state in {*UNDECIDED, *ENDED} and since and datetime.fromisoformat(fact.at).date() < since:
            with suppress(NotFound):
                rows = tuple(one for one in draft_of(site, edition).content.values() if site.drafts.exists(one))
                found |= {edition.id: (edition, fact, rows)} if rows else {}
    return found


def _destroy_drafts(site: Site, study: str, since: date | None, now: datetime) -> None:
    """The proof and the work that destroys are one transaction: whoever dies after it, it is done."""
    for name, (_, fact, rows) in _old_drafts(site, study, since).items():
        told = erased(DRAFTS, f"{study}/{since}", tuple(sorted(one.digest for one in rows)))
        handles: list[Json] = [one.draft for one in rows]
        with site.ledger.write() as tx:
            act = Act(tx, _system(site, now))
            if fact.state in UNDECIDED:
                move(act, "edition", name, command="forget", parts=BY_SYSTEM)
            act.record(name, told)
            begin(act, f"destroy-drafts/{name}/{since}", {"drafts": handles}, verb="destroy_drafts")
        for one in rows:
            site.drafts.delete(one)


@works("destroy_drafts")
def _gone(site: Site, job: Job, beat: Heartbeat) -> None:
    """Finish what the program that should have done it did not live to do."""
    named = job.body["drafts"]
    for one in named if isinstance(named, list) else ():
        site.drafts.delete(Content(draft=str(one), digest=""))
    beat.step(1, 1)
    with site.ledger.write() as tx:
        act = Act(tx, _system(site, datetime.now(UTC)))
        act.record("site", {"destroyed": "drafts"}, verb="destroy_drafts")
        site.queue.finish(tx, job, result_ref="", now=act.room.now)


def _old_versions(site: Site, study: str, since: date | None) -> tuple[str, ...]:
    """Ids of versions in whose place another came before a day."""
    facts = site.ledger.history("microdata", study) if since else []
    dataset = dataset_of(study)
    named = [in_its_place(site.ledger, dataset, str(one.body["manifest"])) for one in facts]
    ended = {old: new.at for old, new in zip(named[:-1], facts[1:], strict=True)} if facts else {}
    replaced = {name: at for name, at in ended.items() if name and name != named[-1]}
    return tuple(name for name, at in replaced.items() if since and datetime.fromisoformat(at).date() < since)


def _destroy_versions(site: Site, study: str, since: date | None, now: datetime) -> None:
    """Also what a run that died had written down and not destroyed."""
    if since is None:
        return
    gone, dataset = _old_versions(site, study, since), dataset_of(study)
    stays = [one for one in site.kept_versions(study) if one not in gone]
    opened = RecordsSite(store=site.folders.store, dataset=dataset, keys=site.keys, versions=stays,
                         memory_mb=site.settings.memory_mb)  # fmt: skip
    destroy_versions(opened, commit=lambda: _versions_gone(_system(site, now), study, gone, since) if gone else None)


def _versions_gone(room: Room, study: str, gone: tuple[str, ...], since: date) -> None:
    with room.write() as act:
        note(act.tx, dataset_of(study), dict.fromkeys(gone, ""), because=VERSIONS, at=room.now)
        act.record(study, erased(VERSIONS, f"{study}/{since}", tuple(sorted(gone))))


def _system(site: Site, now: datetime) -> Room:
    return Room.of_worker(site, now, verb="retain_records")


@replays(DRAFTS)
def _again_drafts(site: Site, erasure: Erasure, now: datetime) -> None:
    study, _, since = erasure.subject.rpartition("/")
    _destroy_drafts(site, study, date.fromisoformat(since), now)


@replays(VERSIONS)
def _again_versions(site: Site, erasure: Erasure, now: datetime) -> None:
    study, _, since = erasure.subject.rpartition("/")
    _destroy_versions(site, study, date.fromisoformat(since), now)
