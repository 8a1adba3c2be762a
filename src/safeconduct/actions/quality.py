"""Whether the records of a day can be trusted: looked at when files are taken in, judged, held back and let in."""

from dataclasses import dataclass
from datetime import date, datetime

from safeconduct.actions.judging_days import judge, put_day, write_down
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.trusted import (
    BY_HAND,
    DAY,
    HELD,
    RELEASED,
    book_of,
    checks_of,
    current_book,
    figures_of,
    held_facts,
    held_now,
    settings_of,
    source_of,
)
from safeconduct.actions.verb import action
from safeconduct.govern.forms import given_reason
from safeconduct.ingest.quality_look import Look
from safeconduct.ingest.quality_months import of_months
from safeconduct.ledger.entries import Fact
from safeconduct.model.areas import EventType
from safeconduct.model.errors import NotFound, WrongState
from safeconduct.model.quality import QualityFinding, Severity, Source, hours_after
from safeconduct.model.text import say
from safeconduct.store.versions import Manifest


@dataclass(frozen=True, kw_only=True)
class HeldDay:
    """A day that is, or was, held back from every answer.

    Attributes:
        dataset: Name of the data set.
        type: Which events.
        day: Which local day.
        state: `held`, `released` by a steward, or `mended` by newer rows.
        checks: Names of the checks it is held back for, `by_hand` where a steward did.
        reason: What the steward said.
        at: Since when, UTC.
    """

    dataset: str
    type: EventType
    day: date
    state: str
    checks: tuple[str, ...]
    reason: str
    at: str


@dataclass(frozen=True, kw_only=True)
class DayQuality:
    """What was found about a day; it holds no number.

    Attributes:
        type: Which events.
        day: Which local day.
        check: Name of the check.
        severity: notice, warning or hold.
    """

    type: EventType
    day: date
    check: str
    severity: Severity


@dataclass(frozen=True, kw_only=True)
class Timeliness:
    """How long it takes from events to an answer.

    Attributes:
        newest: The newest local day that can be answered; `None` where there is none.
        hours: Hours from the end of that day until it could first be answered: what was taken in late is late here.
        age_hours: Hours from the end of that day until now.
        limit_hours: From how many on somebody is alarmed.
        alarm: The newest day is older than that.
    """

    newest: date | None
    hours: int
    age_hours: int
    limit_hours: int
    alarm: bool


@dataclass(frozen=True, kw_only=True)
class Quality:
    """The quality of a data set, without a number of its records.

    Attributes:
        dataset: Name of the data set.
        looked: Days that were looked at now, of all types; with a dry run, that would be.
        held: Days that are held back, those that would be among them.
        findings: What was found about every day.
        timeliness: How long it takes from events to an answer.
        dry_run: Nothing was changed.
    """

    dataset: str
    looked: int
    held: tuple[HeldDay, ...]
    findings: tuple[DayQuality, ...]
    timeliness: Timeliness
    dry_run: bool = False


@action(needs="operate", repeatable=True)
def quality(room: Room, *, dataset: str = "", everything: bool = False, dry_run: bool = False) -> list[Quality]:
    """Look at the days of records that nobody looked at, and say which are held back and what was found.

    Files are looked at when they are taken in; this is for days from before, and for limits that were changed.

    Args:
        dataset: Name of the data set; all of them where it is left out.
        everything: Look at every day anew, as after a change of quality.toml.
        dry_run: Change nothing, and say what would be held back.
    """
    names = room.site.datasets()
    if dataset and dataset not in names:
        raise NotFound(say("there is no data set of that name; ingest files first"), field="dataset")
    return [_looked(room, one, everything=everything, dry_run=dry_run) for one in ([dataset] if dataset else names)]


def _looked(room: Room, dataset: str, *, everything: bool, dry_run: bool) -> Quality:
    manifest = room.site.manifest(dataset)
    with room.write() as act:
        act.record(dataset, {"manifest": manifest.id, "dry_run": dry_run})
    found = judge(room, manifest, everything=everything)
    if dry_run:
        for page in found.look.pages:
            figures_of(room.site, dataset).delete(page)
    else:
        with room.write() as act:
            if room.site.named(dataset) != manifest.id:
                raise WrongState(
                    say("somebody else changed the data set at the same time; run it again, nothing is lost")
                )
            write_down(act, manifest, found)
    would = {
        one: HeldDay(dataset=dataset, type=one.type, day=one.day, state=HELD, checks=tuple(sorted(checks)), reason="",
                     at=room.now.isoformat())
        for one, checks in found.look.held.items()
    }  # fmt: skip
    held = {Source(type=one.type, day=one.day): one for one in held_days_of(room.site, dataset) if one.state == HELD}
    return Quality(
        dataset=dataset,
        looked=len(found.look.looked),
        held=tuple(({**would, **held} if dry_run else held).values()),
        findings=_told(found.look, manifest),
        timeliness=timeliness(room.site, manifest, room.now),
        dry_run=dry_run,
    )


def _told(found: Look, manifest: Manifest) -> tuple[DayQuality, ...]:
    there = {one.name for one in manifest.partitions}
    every: list[QualityFinding] = [
        finding for source, entry in found.book.entries.items() if source.name in there for finding in entry.findings
    ]
    return tuple(
        DayQuality(type=one.source.type, day=one.source.day, check=one.check, severity=one.severity)
        for one in sorted([*every, *of_months(manifest.present())])
    )


def timeliness(site: Site, manifest: Manifest, now: datetime, sort: EventType | None = None) -> Timeliness:
    """How long it takes from the end of a day until it can be answered, for the newest day of a data set.

    Args:
        site: The site.
        manifest: The version.
        now: With its zone.
        sort: One type of events; the newest day of any type where it is left out.
    """
    limit, held = settings_of(site, manifest.dataset).alarm_hours, held_now(site, manifest.dataset)
    every = {Source(type=one.type, day=one.day) for one in manifest.partitions if sort in {None, one.type}} - held
    newest = max((one.day for one in every), default=None)
    if newest is None:
        return Timeliness(newest=None, hours=0, age_hours=0, limit_hours=limit, alarm=False)
    entries = book_of(site, manifest.dataset, current_book(site, manifest.dataset)).entries
    first = min((entries[one].looks[0].at for one in every if one.day == newest and one in entries), default="")
    age = hours_after(newest, manifest.zone, now)
    hours = hours_after(newest, manifest.zone, datetime.fromisoformat(first)) if first else age
    return Timeliness(newest=newest, hours=hours, age_hours=age, limit_hours=limit, alarm=age > limit)


@action(needs="operate", reads=True)
def held_days(room: Room, *, dataset: str = "") -> list[HeldDay]:
    """Days that are held back, and those that were, the first one first.

    Args:
        dataset: Name of the data set; all of them where it is left out.
    """
    return [day for one in room.site.datasets() if dataset in {"", one} for day in held_days_of(room.site, one)]


def held_days_of(site: Site, dataset: str) -> list[HeldDay]:
    """Days of one data set that are or were held back."""
    return [_held_day(dataset, fact) for fact in held_facts(site, dataset)]


def _held_day(dataset: str, fact: Fact) -> HeldDay:
    source = source_of(fact)
    return HeldDay(
        dataset=dataset, type=source.type, day=source.day, state=fact.state, checks=tuple(sorted(checks_of(fact))),
        reason=str(fact.body["reason"]), at=fact.at,
    )  # fmt: skip


@action(needs="govern", repeatable=True)
def release_day(room: Room, *, dataset: str, events: EventType, day: date, reason: str) -> HeldDay:
    """Let a day in that is held back: it may be read by answers from now on.

    It is not held back again for the same reasons, whatever rows arrive; it stays flagged.

    Args:
        dataset: Name of the data set.
        events: Which type of events.
        day: Which local day.
        reason: Why it can be trusted; kept in the record of use.
    """
    said, source = given_reason(reason), Source(type=events, day=day)
    with room.write() as act:
        fact = act.tx.fact(DAY, f"{dataset}/{source.name}")
        if fact is None:
            raise NotFound(say("This day is not held back."))
        if fact.state != HELD:
            raise WrongState(say("This day is not held back any more."))
        put_day(act, dataset, source, state=RELEASED, checks=checks_of(fact) - {BY_HAND}, reason=said)
    return next(one for one in held_days_of(room.site, dataset) if (one.type, one.day) == (events, day))


@action(needs="govern", repeatable=True)
def hold_day(room: Room, *, dataset: str, events: EventType, day: date, reason: str) -> HeldDay:
    """Hold a day back: no answer reads it until it is released again, whatever rows arrive.

    Args:
        dataset: Name of the data set.
        events: Which type of events.
        day: Which local day.
        reason: What is wrong with it; kept in the record of use.
    """
    said, source = given_reason(reason), Source(type=events, day=day)
    if not room.site.manifest(dataset).among([day], [events]):
        raise NotFound(say("There are no records of this type of event for this day."))
    with room.write() as act:
        put_day(act, dataset, source, state=HELD, checks=frozenset({BY_HAND}), reason=said)
    return next(one for one in held_days_of(room.site, dataset) if (one.type, one.day) == (events, day))
