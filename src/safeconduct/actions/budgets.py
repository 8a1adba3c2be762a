"""Budgets: what answers have spent of what may be told of each month and by each project, and what is left."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from statistics import median_low

from safeconduct.actions.room import Room
from safeconduct.actions.trusted import ground_for
from safeconduct.actions.verb import action
from safeconduct.govern.agreements import Agreement
from safeconduct.ledger.ledger import Ledger
from safeconduct.model.areas import AreaLevel
from safeconduct.model.errors import NotFound
from safeconduct.model.outcomes import Admission, Budget, Cost
from safeconduct.model.policy import Policy
from safeconduct.query.base import AggregateQuery
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import fitted, read_question
from safeconduct.release.gate import admit
from safeconduct.store.versions import Manifest

A_WEEK = 7
LATEST, MOST_PERIODS = 50, 31
A_MONTH = len("2026-03")


@dataclass(frozen=True, kw_only=True)
class CostAhead:
    """What a question would take from one budget.

    Attributes:
        budget: Whose: the data set's, for a period of its days, or the project's.
        period: Which period, such as `2026-03`; `""` for all time.
        rho: What it takes, millionths of rho.
        limit: What the budget holds in all, millionths.
        left: What is left before it is asked, millionths.
    """

    budget: Budget
    period: str
    rho: int
    limit: int
    left: int


@dataclass(frozen=True, kw_only=True)
class Account:
    """One budget: what was spent, and for how many answers the rest lasts.

    Attributes:
        budget: Whose: a data set's, for a period of its days, or a project's.
        name: Name of the data set, or of the project.
        period: Which period, such as `2026-03`; `""` for all time.
        level: Title of the protection level that sets the limit.
        spent: What answers took so far, millionths of rho.
        limit: What it holds in all, millionths.
        left: What is left, millionths; never below 0.
        usual: What an answer of the usual sort takes, millionths: the middle one of the latest 50, or of a question
            about a week where nothing was asked yet.
        answers: For how many such answers the rest lasts.
    """

    budget: Budget
    name: str
    period: str
    level: str
    spent: int
    limit: int
    left: int
    usual: int
    answers: int


def costs_ahead(room: Room, admission: Admission, *, dataset: str) -> tuple[CostAhead, ...]:
    """What an admitted question would take from the caller's budgets; nothing where it was paid for before."""
    ledger = room.site.ledger
    if not admission.costs or _paid(ledger, admission.answer_id):
        return ()
    names = {Budget.PROJECT: room.caller.project, Budget.DATASET: dataset}
    return tuple(
        CostAhead(
            budget=one.budget,
            period=one.period,
            rho=one.rho,
            limit=one.limit,
            left=max(one.limit - dict(ledger.spent(one.budget, names[one.budget])).get(one.period, 0), 0),
        )
        for one in admission.costs
    )


def _paid(ledger: Ledger, answer_id: str) -> bool:
    try:
        ledger.noise(answer_id)
    except NotFound:
        return False
    return True


@action(needs="audit", reads=True)
def budgets(room: Room) -> list[Account]:
    """Every budget of the agreements in force: of each data set and period, then of each project.

    A level without a budget has none here. Months do not refill.
    """
    agreements = [Agreement.from_json(one.body) for one in room.site.ledger.facts("agreement", state="current")]
    found: dict[tuple[Budget, str, str, str], Account] = {}
    for one in agreements:
        if one.policy in room.site.policies and one.dataset in room.site.datasets():
            for account in _accounts(room, one, room.site.policies[one.policy]):
                found.setdefault((account.budget, account.name, account.period, account.level), account)
    return sorted(found.values(), key=lambda one: (list(Budget).index(one.budget) == 0, one.name, one.period))


def _accounts(room: Room, agreement: Agreement, policy: Policy) -> Iterator[Account]:
    manifest = ground_for(room.site, room.site.manifest(agreement.dataset)).manifest
    usual = usual_costs(room, manifest, policy)
    limits = {one.budget: one for one in usual}
    if Budget.DATASET in limits:
        cost = limits[Budget.DATASET]
        spent = dict(room.site.ledger.spent(Budget.DATASET, manifest.dataset))
        for period in _periods(spent, manifest, cost):
            yield _account(cost, policy, manifest.dataset, period, spent.get(period, 0))
    if Budget.PROJECT in limits:
        cost = limits[Budget.PROJECT]
        spent = dict(room.site.ledger.spent(Budget.PROJECT, agreement.project))
        yield _account(cost, policy, _named(room, agreement.project), cost.period, spent.get(cost.period, 0))


def _account(cost: Cost, policy: Policy, name: str, period: str, spent: int) -> Account:
    left = max(cost.limit - spent, 0)
    return Account(
        budget=cost.budget, name=name, period=period, level=policy.title, spent=spent, limit=cost.limit, left=left,
        usual=cost.rho, answers=left // cost.rho,
    )  # fmt: skip


def _named(room: Room, project: str) -> str:
    fact = room.site.ledger.fact("project", project)
    return str(fact.body["name"]) if fact is not None else project


def _periods(spent: Mapping[str, int], manifest: Manifest, cost: Cost) -> list[str]:
    """Periods something was spent of, and those there are records of; of single days the latest only."""
    if not cost.period:
        return [""]
    every = sorted({*spent, *(day.isoformat()[: len(cost.period)] for day in _days(manifest))})
    return (
        every if len(cost.period) <= A_MONTH else [one for one in every if one in spent or one in every[-MOST_PERIODS:]]
    )


def usual_costs(room: Room, manifest: Manifest, policy: Policy) -> tuple[Cost, ...]:
    """What an answer of the usual sort takes under a level, one cost a budget; empty where it takes nothing."""
    likely = _week_costs(room, manifest, policy)
    spends = [one.costs for one in room.site.ledger.spends(manifest.dataset) if one.costs][:LATEST]
    paid = {
        budget: [rho for costs in spends for (whose, _), rho in costs.items() if whose is budget] for budget in Budget
    }
    largest = {one.budget: one for one in sorted(likely, key=lambda cost: cost.rho)}
    return tuple(
        Cost(budget=one.budget, period=one.period, rho=median_low(paid[one.budget] or [one.rho]), limit=one.limit)
        for one in largest.values()
    )


def _week_costs(room: Room, manifest: Manifest, policy: Policy) -> Sequence[Cost]:
    """What a question about where people mostly were in the last week there is takes; of districts, or larger areas."""
    days = _days(manifest)[-A_WEEK:]
    for level in (AreaLevel.DISTRICT, AreaLevel.PROVINCE, AreaLevel.COUNTRY) if days else ():
        week = {"first": days[0].isoformat(), "last": days[-1].isoformat()}
        place = {"kind": "modal_location", "days": [week], "areas": level.value}
        query = read_question({"kind": "spatial_aggregate", "locations": place})
        admission = admit(_question(room, manifest, query), policy)
        if isinstance(admission, Admission):
            return admission.costs
    return ()


def _question(room: Room, manifest: Manifest, query: AggregateQuery) -> Question:
    facts = room.site.facts(manifest)
    query = fitted(query, facts.types)
    reading = reads(query.plan())
    versions = manifest.versions(reading.days, reading.events)
    return Question(query=query, dataset=manifest.dataset, partitions=versions, facts=facts)


def _days(manifest: Manifest) -> list[date]:
    return sorted({day for days in manifest.present().values() for day in days})
