"""Retention that runs: how long records are kept is a rule of the data set, carried out every night, with proof."""

from collections.abc import Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from types import MappingProxyType
from typing import TypeVar
from zoneinfo import ZoneInfo

from safeconduct.actions.erasing import erased, replays
from safeconduct.actions.exchanging import exchange_due
from safeconduct.actions.forgetting import commit_replaced, forget_due, opened_for
from safeconduct.actions.forgetting_records import records_due
from safeconduct.actions.going_on import every_one
from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.room import Act, Room
from safeconduct.actions.shredding import finish_destroying
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.govern.forms import given_reason
from safeconduct.govern.retention import REJECTED, Retention, StudyRetention
from safeconduct.govern.roles import Role
from safeconduct.ingest.retaining import Overdue, destroy_days, destroy_rejected, overdue
from safeconduct.ledger.erasures import Erasure
from safeconduct.model.errors import NotFound
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_mapping
from safeconduct.store.versions import Manifest

DAYS, ROWS = "days", "rejected_rows"
KINDS: Mapping[type, str] = MappingProxyType({Retention: "retention", StudyRetention: "study_retention"})
Rule = TypeVar("Rule", Retention, StudyRetention)


@dataclass(frozen=True, kw_only=True)
class Retained:
    """What retention did to a data set, or would do.

    Attributes:
        dataset: Name of the data set.
        rule: How long its records are kept.
        first_kept: The first local day whose records stay, `None` for all.
        gone: What was destroyed, or would be.
    """

    dataset: str
    rule: Retention
    first_kept: date | None
    gone: Overdue


@action(needs="govern")
def set_retention(room: Room, *, dataset: str, events: int, reason: str, rejected: int = REJECTED) -> Retention:
    """Set how long the records of a data set are kept; the record of use says what it was before, and why.

    Where anything is kept longer than before, every data protection officer is told.

    Args:
        dataset: Name of the data set.
        events: Days that records are kept after their day, 1 to 36,500; 0 for as long as the data set.
        reason: Why, in up to 2,000 letters.
        rejected: Days that rejected rows are kept, 1 to 30.
    """
    room.site.manifest(dataset)
    return put_rule(room, dataset, Retention(events=events, rejected=rejected), reason=reason)


def put_rule(room: Room, name: str, rule: Rule, *, reason: str) -> Rule:
    """Keep the rule of a data set or a study from now on, and tell of one that keeps anything longer than before.

    Raises:
        BadInput: No reason is given, or a longer one than fits.
    """
    why = given_reason(reason)
    with room.write() as act:
        before = rule_of(room.site, name, type(rule))
        act.tx.put(KINDS[type(rule)], name, to_mapping(rule), at=room.now)
        if longer := rule.is_longer_than(before):
            said = say("Records of {dataset} are kept longer than before.", dataset=name)
            tell(act, of_the_house(room, Role.DPO), said, href="/assurance/record")
        act.record(name, {"before": to_mapping(before), "rule": to_mapping(rule), "reason": why,
                          "longer": longer})  # fmt: skip
    return rule


@action(needs="operate", repeatable=True)
def retain(room: Room, *, dataset: str = "", dry_run: bool = False) -> list[Retained]:
    """Destroy what was kept long enough, in every version, with proof; workers do it every night.

    Args:
        dataset: Name of the data set; all of them where left out.
        dry_run: Say only what would be destroyed.
    """
    names = (dataset,) if dataset else room.site.datasets()
    return [_retained(room.site, one, room.now, dry_run=dry_run) for one in names]


def nightly(site: Site, now: datetime) -> None:
    """Carry out every rule, then begin erasures that are due and exchanges of keys that are owed.

    A data set that is written to waits for the next night; one of which unusually many days would go waits until
    somebody runs `retain`, and officers are told every night.

    Raises:
        SafeconductError: Something of it failed, such as one data set that does not open; the rest was done.
    """
    every_one([
        *(partial(_retained, site, dataset, now, dry_run=False, by_itself=True) for dataset in site.datasets()),
        partial(nightly_erasures, site, now),
    ])  # fmt: skip


def nightly_erasures(site: Site, now: datetime) -> None:
    """Begin erasures that are due and exchanges of keys that are owed, and go on with what two people decided.

    Raises:
        SafeconductError: Something of it failed; the rest was done.
    """
    every_one([
        partial(forget_due, _system(site, now)),
        partial(records_due, _system(site, now)),
        partial(finish_destroying, _system(site, now)),
        partial(exchange_due, site, now),
    ])  # fmt: skip


def rule_of(site: Site, name: str, kind: type[Rule]) -> Rule:
    """How long a data set or a study is kept; what the kind of rule says by itself where nobody set one.

    For rejected rows that is a deadline; everything else stays for as long as the data set or the study.
    """
    fact = site.ledger.fact(KINDS[kind], name)
    return from_tree(kind, fact.body) if fact else kind()


def _retained(site: Site, dataset: str, now: datetime, *, dry_run: bool, by_itself: bool = False) -> Retained:
    rule, opened = rule_of(site, dataset, Retention), opened_for(site, dataset)
    first = rule.first_kept(now.astimezone(ZoneInfo(opened.manifest.zone)).date())
    since = rule.rejected_since(now)
    gone = overdue(opened, first_kept=first, rejected_since=since)
    if not dry_run:
        if by_itself and _asks(site, opened.manifest, gone):
            _hold(site, dataset, now)
        else:
            _destroy(site, dataset, first, now)
        destroy_rejected(opened, since=since, commit=lambda digests: _rows_gone(site, dataset, digests, now))
    return Retained(dataset=dataset, rule=rule, first_kept=first, gone=gone)


def _asks(site: Site, manifest: Manifest, gone: Overdue) -> bool:
    """Whether more days would go than pass from one night to the next, so that the clock may be wrong."""
    fact = site.ledger.fact(KINDS[Retention], manifest.dataset)
    there = {one.day for one in manifest.partitions}
    return fact is not None and rule_of(site, manifest.dataset, Retention).asks(
        gone.days, there, set_on=datetime.fromisoformat(fact.at).date()
    )


def _hold(site: Site, dataset: str, now: datetime) -> None:
    with site.ledger.write() as tx:
        act = Act(tx, _system(site, now))
        officers = [*of_the_house(act.room, Role.DPO), *of_the_house(act.room, Role.ENGINEER)]
        tell(act, officers,
             say("By its rule unusually many days of {dataset} would be destroyed tonight, so none was: the clock "
                 "may be wrong, or the site was off for long. Look with 'safeconduct retain --dry-run', and run "
                 "'safeconduct retain' if they are to go.", dataset=dataset),
             href="/assurance/health")  # fmt: skip
        act.record(dataset, {"held": True}, verb="retain")


def _destroy(site: Site, dataset: str, first: date | None, now: datetime) -> None:
    destroy_days(
        opened_for(site, dataset),
        first_kept=first,
        commit=lambda done: commit_replaced(site, done, because=DAYS, subject=f"{dataset}/{first}", now=now),
    )


def _rows_gone(site: Site, dataset: str, digests: Iterable[str], now: datetime) -> None:
    with site.ledger.write() as tx:
        Act(tx, _system(site, now)).record(dataset, erased(ROWS, dataset, tuple(digests)))


@replays(DAYS, of_then=True)
def _again_days(site: Site, erasure: Erasure, now: datetime) -> None:
    dataset, _, first = erasure.subject.partition("/")
    with suppress(NotFound):
        _destroy(site, dataset, date.fromisoformat(first), now)


@replays(ROWS)
def _again_rows(site: Site, erasure: Erasure, now: datetime) -> None:
    with suppress(NotFound):
        destroy_rejected(
            opened_for(site, erasure.subject),
            digests=frozenset(erasure.digests),
            commit=lambda digests: _rows_gone(site, erasure.subject, digests, now),
        )


def _system(site: Site, now: datetime) -> Room:
    return Room.of_worker(site, now, verb="retain")
