"""Replaying: what recorded questions would be told under another protection level; computed, measured, forgotten."""

import secrets
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

import numpy as np

from safeconduct.actions.auditing import declared
from safeconduct.actions.site import Site
from safeconduct.actions.trusted import ground_for
from safeconduct.engines.engine import answer as compute
from safeconduct.engines.frames import Asked, Comparing
from safeconduct.jobs.queue import Heartbeat
from safeconduct.measures.codes import Real, Whole
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.outcomes import Admission, Bound, Budget, CellStatus, Draft, Evidence, History, Refusal, Release
from safeconduct.model.output import Measure
from safeconduct.model.policy import Policy
from safeconduct.query.base import AggregateQuery
from safeconduct.query.frame import frames
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.draft_checks import STATUS
from safeconduct.release.gate import admit, audit, decide, people_apart
from safeconduct.release.universe import Cell
from safeconduct.store.versions import Manifest

MOST_QUESTIONS = 200


@dataclass(frozen=True, kw_only=True)
class Recorded:
    """A question that was asked of a data set.

    Attributes:
        query: The question.
        project: Who asked it first.
        policy: The level that is in force for them.
    """

    query: AggregateQuery
    project: str
    policy: Policy


def recorded(site: Site, dataset: str) -> list[Recorded]:
    """Distinct questions asked of a data set, the newest 200, in the order they were first asked.

    A question that this version cannot read any more is left out.
    """
    found: dict[str, Recorded] = {}
    for fact in site.ledger.facts("asked"):
        if fact.body.get("dataset") == dataset:
            one = _recorded(site, fact.id.partition(":")[0], fact.body)
            if one is not None:
                found.setdefault(one.query.spec_id, one)
    return list(found.values())[-MOST_QUESTIONS:]


def _recorded(site: Site, project: str, body: Mapping[str, object]) -> Recorded | None:
    try:
        return Recorded(query=read_question(body["spec"]), project=project, policy=_in_force(site, body))
    except (BadInput, NotFound):
        return None


def _in_force(site: Site, body: Mapping[str, object]) -> Policy:
    """The level of the agreement a question was asked under, as it is now; the one it was asked under where it ended.

    Raises:
        NotFound: The level was never adopted here.
    """
    agreement = site.ledger.fact("agreement", str(body["agreement"]))
    name = str(agreement.body["policy"]) if agreement is not None else ""
    return site.policies[name] if name in site.policies else site.policy(str(body["policy"]))


@dataclass(frozen=True, repr=False)
class Replayed:
    """A question with what was counted and what each of two levels would tell.

    Attributes:
        question: What was asked.
        cells: Cells with somebody in them, or that a level would tell.
        true: What was counted in each.
        told: What each level would tell of each, not a number where nothing; `None` where it refuses the question.
    """

    question: Question
    cells: Sequence[Cell]
    true: Whole
    told: tuple[Real | None, Real | None]

    @property
    def people(self) -> bool:
        """Whether its figures are people, not sums."""
        return self.question.query.output().values[0].measure is Measure.PEOPLE


@dataclass(repr=False)
class Past:
    """What a level let in so far during a replay: whom it was about, and what it cost.

    Attributes:
        dataset: Name of the data set.
        comparing: What compares frames.
        declared: Frames of declared products.
        windows: Ids of the questions of declared products.
        answered: Frames of questions let in.
        spent: What was spent by budget, name and period, millionths.
    """

    dataset: str
    comparing: Comparing
    declared: Sequence[Asked]
    windows: frozenset[str]
    answered: list[Asked] = field(default_factory=list)
    spent: Counter[tuple[Budget, str, str]] = field(default_factory=Counter)

    def admits(self, question: Question, policy: Policy, project: str) -> Admission | None:
        """The admission of a question, as if it were asked now; `None` where it is refused."""
        admission = admit(question, policy)
        if isinstance(admission, Refusal) or self._too_close(question, policy) or self._too_dear(admission, project):
            return None
        self.answered += self._mine(question)
        return admission

    def _mine(self, question: Question) -> list[Asked]:
        return [self.comparing.asked(frame) for frame in frames(question.query.plan())]

    def _too_close(self, question: Question, policy: Policy) -> bool:
        apart = people_apart(policy)
        if not apart:
            return False
        close = self.comparing.close(self._mine(question), [*self.answered, *self.declared], minimum=apart)
        history = History(
            close=tuple(one.frame.to_json() for one in close), declared=question.query.spec_id in self.windows
        )
        return audit(question, policy, history) is not None

    def _too_dear(self, admission: Admission, project: str) -> bool:
        """Whether a budget that was empty at the start of the replay does not reach; else it is spent."""
        accounts = {
            (one.budget, project if one.budget is Budget.PROJECT else self.dataset, one.period): one
            for one in admission.costs
        }
        if any(self.spent[account] + one.rho > one.limit for account, one in accounts.items()):
            return True
        self.spent.update({account: one.rho for account, one in accounts.items()})
        return False


@dataclass(frozen=True, repr=False)
class Replay:
    """One replay of one version of a data set.

    Attributes:
        site: The site.
        manifest: The version.
        beat: Hears that somebody asked to stop.
    """

    site: Site
    manifest: Manifest
    beat: Heartbeat

    @cached_property
    def secret(self) -> bytes:
        """What record keys come from in this replay: thrown away after it, so that no noise is that of an answer."""
        return secrets.token_bytes(32)

    @cached_property
    def today(self) -> date:
        """The local day it is."""
        return datetime.now(ZoneInfo(self.manifest.zone)).date()

    def past(self) -> Past:
        """A past in which nothing but the declared products was told."""
        queries, comparing = declared(self.site.ledger, self.manifest.dataset), self.site.comparing(self.manifest)
        every = [comparing.asked(frame) for query in queries for frame in frames(query.plan())]
        windows = frozenset(one.spec_id for one in queries)
        return Past(self.manifest.dataset, comparing, [one for one in every if one.parts], windows)

    def question(self, query: AggregateQuery) -> Question:
        """A question about this version."""
        reading, stands = reads(query.plan()), ground_for(self.site, self.manifest, query)
        versions = stands.manifest.versions(reading.days, reading.events)
        return Question(query=query, dataset=self.manifest.dataset, partitions=versions, facts=stands.facts,
                        asked_on=self.today)  # fmt: skip

    def frames_of(self, asked: Sequence[Recorded], policies: Sequence[Policy]) -> list[Asked]:
        """Whom the questions are about, where a level compares them."""
        if not any(map(people_apart, [*policies, *(one.policy for one in asked)])):
            return []
        past = self.past()
        mine = [past.comparing.asked(frame) for one in asked for frame in frames(one.query.plan())]
        return [*mine, *past.declared]

    def replayed(self, one: Recorded, proposed: Policy, pasts: tuple[Past, Past]) -> Replayed:
        """A question under the level in force and under the proposed one."""
        question = self.question(one.query)
        levels = zip(pasts, (one.policy, proposed), strict=True)
        admissions = [past.admits(question, policy, one.project) for past, policy in levels]
        drafts = self._drafts(question, admissions)
        told = [self._told(draft, admission) for draft, admission in zip(drafts, admissions, strict=True)]
        found = next((draft for draft in drafts if draft is not None), None)
        counted = _figures(found) if found is not None else {}
        cells = list(dict.fromkeys([*counted, *(cell for some in told if some is not None for cell in some)]))
        true = np.array([counted.get(cell, 0) for cell in cells], dtype=np.int64)
        both = [None if some is None else _aligned(some, cells) for some in told]
        return Replayed(question, cells, true, (both[0], both[1]))

    def _drafts(self, question: Question, admissions: Sequence[Admission | None]) -> list[Draft | None]:
        """What the engine makes of each admission; computed once where nobody is bounded in two ways."""
        there = [one for one in admissions if one is not None]
        wanted = frozenset({Evidence.PEOPLE, *(evidence for one in there for evidence in one.wanted)})
        bounds: list[Bound | None] = list(dict.fromkeys(one.bound for one in there if one.bound is not None)) or [None]
        made = {bound: self._compute(question, replace(there[0], wanted=wanted, bound=bound)) for bound in bounds
                if there}  # fmt: skip
        return [None if one is None else made[one.bound if one.bound in made else bounds[0]] for one in admissions]

    def _compute(self, question: Question, admission: Admission) -> Draft:
        settings = self.site.settings
        return compute(
            question.query.plan(),
            admission,
            self.site.records(ground_for(self.site, self.manifest, question.query).manifest),
            engine="duckdb",
            memory_mb=settings.memory_mb,
            threads=settings.threads,
            spill=self.site.folders.spill,
            secret=self.secret,
            cancelled=self.beat.stopped,
        )

    def _told(self, draft: Draft | None, admission: Admission | None) -> dict[Cell, float] | None:
        """What a level would tell; nothing of it is kept."""
        if draft is None or admission is None:
            return None
        drawn = replace(admission, noise=secrets.token_bytes(32), sticky=self.secret, asked_on=self.today)
        training = self.site.settings.training
        now, approvals = datetime.now(UTC), admission.needed
        release = decide(draft, drawn, approvals=approvals, training=training, now=now)
        if not isinstance(release, Release):
            return {}
        keys, value = [key.name for key in release.output.keys], release.output.values[0].name
        return {
            tuple(row[key] for key in keys): float(str(row[value]))  # type: ignore[misc]  # keys are days and codes
            for row in release.table.rows()
            if row[STATUS] == CellStatus.VALUE
        }


def _figures(draft: Draft) -> dict[Cell, int]:
    columns = [draft.table.column(key.name) for key in draft.output.keys]
    values = draft.table.column(draft.output.values[0].name)
    return {cell: int(str(value)) for cell, value in zip(zip(*columns, strict=True), values, strict=True)}


def _aligned(told: Mapping[Cell, float], cells: Sequence[Cell]) -> Real:
    return np.array([told.get(cell, np.nan) for cell in cells], dtype=np.float64)
