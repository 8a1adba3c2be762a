"""Ask, explain, wait, look: the way of a question from its asker to a protected answer."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

from safeconduct.actions.agreements import Standing, hold_to, standing
from safeconduct.actions.answer_checks import needed_for_answer, refused_by_checkers
from safeconduct.actions.auditing import Auditor, out_of_budget
from safeconduct.actions.budgets import CostAhead, costs_ahead
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.trusted import Ground, ground_for
from safeconduct.actions.verb import action
from safeconduct.govern.may import No, Yes, may_ask
from safeconduct.govern.scopes import GET_RESULT
from safeconduct.jobs.queue import ALIVE, Job
from safeconduct.ledger.entries import Answer
from safeconduct.model.canonical import Json
from safeconduct.model.errors import NotFound, OverBudget
from safeconduct.model.outcomes import Admission, Pending, Refusal, Release
from safeconduct.model.policy import Policy
from safeconduct.model.text import Text, say
from safeconduct.query.base import AggregateQuery, nested
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import coarsened, fitted, read_question
from safeconduct.release.draft_checks import MARGIN, REASON, STATUS
from safeconduct.release.gate import admit, from_tree
from safeconduct.release.policies import in_words
from safeconduct.store.versions import Manifest


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A question that was let in; its answer is, or will be, found under `answer_id`.

    Attributes:
        answer_id: Identity of the protected answer, and of the job that makes it.
        state: `queued`, `running`, `done`, `failed` or `cancelled`.
        step: Steps done; steps never depend on how many people or rows there are.
        steps: Steps in all.
        says: What is happening, or what went wrong.
    """

    answer_id: str
    state: str
    step: int = 0
    steps: int = 1
    says: Text = Text("Waiting for its turn.")  # noqa: RUF009 - a Text is frozen


@dataclass(frozen=True, kw_only=True)
class Preview:
    """What would happen if a question were asked; found without looking at a record.

    Attributes:
        spec: The question with every default filled in.
        answer_id: Identity the answer would have.
        columns: Names of the columns of the answer.
        days: How many days would be read.
        missing: Days asked for that are not there, as they are written.
        policy: Title of the protection level.
        does_not_resist: Attacks that level does not stop.
        rules: The rules an answer must pass, in words.
        known: The same answer exists already, so asking is free.
        costs: What it would take from which budgets, and what is left there; empty where it takes nothing.
    """

    spec: Mapping[str, Json] = field(hash=False)
    answer_id: str
    columns: tuple[str, ...]
    days: int
    missing: tuple[str, ...]
    policy: str
    does_not_resist: tuple[str, ...]
    rules: tuple[Text, ...]
    known: bool
    costs: tuple[CostAhead, ...] = ()


@dataclass(frozen=True)
class Asked:
    """A question with everything needed to decide about it."""

    question: Question
    manifest: Manifest
    standing: Standing
    policy: Policy
    stands: Ground

    @property
    def paid_as(self) -> str:
        """What is paid for: the same before and after a delay, and in other words; so is the noise drawn for it."""
        return self.question.paid_as(self.policy.id)


def prepare(room: Room, spec: Mapping[str, object], dataset: str) -> Asked | Refusal:
    """Read a question and find the agreement that allows it."""
    query = read_question(spec)
    ground = standing(room, dataset=dataset, allowed=lambda one: not isinstance(_allowed(room, query, one), No))
    answer = _allowed(room, query, ground)
    if isinstance(answer, No):
        return _with_a_question(answer.refusal(ground.agreement), query, ground)
    manifest = room.site.manifest(ground.agreement.dataset)
    query = fitted(query, room.site.facts(manifest).types)
    stands = ground_for(room.site, manifest, query)
    manifest, reading = stands.manifest, reads(query.plan())
    question = Question(
        query=query,
        dataset=manifest.dataset,
        partitions=manifest.versions(reading.days, reading.events),
        facts=stands.facts,
        asked_on=room.now.astimezone(ZoneInfo(manifest.zone)).date(),
    )
    return Asked(question, manifest, ground, room.site.policies[ground.agreement.policy], stands)


def _with_a_question(refusal: Refusal, query: AggregateQuery, ground: Standing) -> Refusal:
    """A refusal whose advice can be asked as it stands, where coarser areas are all it takes."""
    if refusal.reason != "agreement.level":
        return refusal
    spec = coarsened(query, ground.agreement.finest).spec()
    return replace(refusal, alternatives=tuple(replace(one, spec=spec) for one in refusal.alternatives))


def _allowed(room: Room, query: AggregateQuery, ground: Standing) -> Yes | No:
    return may_ask(
        query_kinds=nested(query.spec()),
        reading=reads(query.plan()),
        project=ground.project,
        agreement=ground.agreement,
        account=room.caller.account,
        scopes=room.caller.scopes,
        today=_today(room),
    )


def _today(room: Room) -> date:
    return room.now.date()


@action(needs="ask", repeatable=True)
def ask(room: Room, *, spec: Mapping[str, object], dataset: str = "") -> Ticket | Refusal:
    """Ask a question; the answer comes when it is computed and has passed the release check.

    The same question on the same data has the same answer, and asking it again costs nothing.

    Args:
        spec: The question, in our grammar (`kind`) or FlowKit's (`query_kind`).
        dataset: Name of the data set; may be left out where the project has one.
    """
    asked = prepare(room, spec, dataset)
    if isinstance(asked, Refusal):
        return _refused(room, spec, asked)
    admission = admit(asked.question, asked.policy)
    if isinstance(admission, Refusal):
        return _refused(room, spec, admission)
    auditor = Auditor(asked.question, asked.policy, asked.manifest, room.site.comparing(asked.manifest))
    auditor.prepare(room)
    try:
        with room.write() as act:
            refusal = auditor.refusal(act)
            if refusal is None:
                _let_in(act, asked, admission)
                auditor.remember(act)
            else:
                _record_refusal(act, asked.question.query, refusal)
    except OverBudget as error:
        return _refused(room, spec, out_of_budget(asked.policy, error))
    return refusal or ticket(room.site, admission.answer_id)


def _let_in(act: Act, asked: Asked, admission: Admission) -> None:
    """Transaction 1: admission, spend and event, before a record is read."""
    room = act.room
    act.tx.put("policy", asked.policy.id, asked.policy.to_json(), at=room.now)
    body: dict[str, Json] = {
        "spec": dict(admission.spec),
        "dataset": asked.manifest.dataset,
        "manifest": asked.manifest.id,
        "policy": asked.policy.id,
        "agreement": asked.standing.agreement.id,
    }
    act.tx.put("asked", f"{room.caller.project}:{admission.answer_id}", body, at=room.now)
    first = act.tx.spend(
        asked.paid_as, project=room.caller.project, dataset=asked.manifest.dataset, at=room.now,
        costs=admission.costs, noise=room.site.noise_sealer.seal(secrets.token_bytes(32), about=asked.paid_as),
    )  # fmt: skip
    act.record(admission.answer_id, {"spec_id": admission.spec_id, "first": first, **body})
    room.site.queue.enqueue(
        act.tx, key=admission.answer_id, verb="answer",
        body={**body, **asked.stands.to_body(), "at": room.now.isoformat(), "paid_as": asked.paid_as},
        actor=room.caller.account, project=room.caller.project, at=room.now,
    )  # fmt: skip


def _refused(room: Room, spec: Mapping[str, object], refusal: Refusal) -> Refusal:
    with room.write() as act:
        _record_refusal(act, read_question(spec), refusal)
    return refusal


def _record_refusal(act: Act, query: AggregateQuery, refusal: Refusal) -> None:
    act.record(query.spec_id, {"refused": refusal.reason, "spec": query.spec()})


@action(needs="ask", reads=True)
def explain(room: Room, *, spec: Mapping[str, object], dataset: str = "") -> Preview | Refusal:
    """Say what would happen to a question, before it is asked; no record is read.

    Args:
        spec: The question, in our grammar (`kind`) or FlowKit's (`query_kind`).
        dataset: Name of the data set; may be left out where the project has one.
    """
    asked = prepare(room, spec, dataset)
    if isinstance(asked, Refusal):
        return asked
    admission = admit(asked.question, asked.policy)
    if isinstance(admission, Refusal):
        return admission
    return preview(room, asked, admission)


def preview(room: Room, asked: Asked, admission: Admission) -> Preview:
    """An admission in the form its asker may see."""
    return Preview(
        spec=admission.spec,
        answer_id=admission.answer_id,
        columns=(*admission.output.names, MARGIN, STATUS, REASON),
        days=len(reads(asked.question.query.plan()).days),
        missing=tuple(day.isoformat() for day in admission.missing_days),
        policy=asked.policy.title,
        does_not_resist=asked.policy.does_not_resist,
        rules=tuple(in_words(asked.policy)),
        known=told_answer(room, admission.answer_id) is not None,
        costs=costs_ahead(room, replace(admission, answer_id=asked.paid_as), dataset=asked.manifest.dataset),
    )


def own(room: Room, answer_id: str) -> Mapping[str, Json]:
    """What the caller's project asked under this id.

    Raises:
        NotFound: The project never asked it, or the agreement no longer allows it to be seen: told alike.
    """
    fact = room.site.ledger.fact("asked", f"{room.caller.project}:{answer_id}")
    spec = fact.body["spec"] if fact is not None else None
    if fact is None or not isinstance(spec, Mapping):
        raise NotFound(say("there is no such answer, or it is not yours; ask the question again"))
    return fact.body


@action(needs="ask", reads=True)
def job(room: Room, *, answer_id: str) -> Ticket:
    """How far a question is.

    Args:
        answer_id: What `ask` gave back.
    """
    own(room, answer_id)
    return ticket(room.site, answer_id)


@action(needs="ask", repeatable=True)
def cancel(room: Room, *, answer_id: str) -> Ticket:
    """Stop a question that is waiting or being computed; what was already answered stays.

    Args:
        answer_id: What `ask` gave back.
    """
    own(room, answer_id)
    with room.write() as act:
        room.site.queue.cancel(act.tx, answer_id, actor=room.caller.account, at=room.now)
        act.record(answer_id, {})
    return ticket(room.site, answer_id)


@action(needs="ask", reads=True)
def result(room: Room, *, answer_id: str) -> Release | Pending | Refusal | Ticket:
    """The protected answer, or how far it is. Whether it may be seen is decided anew each time.

    Args:
        answer_id: What `ask` gave back.
    """
    hold_to(room, GET_RESULT)
    body = own(room, answer_id)
    spec = body["spec"]
    refusal = prepare(room, spec if isinstance(spec, Mapping) else {}, str(body["dataset"]))
    if isinstance(refusal, Refusal):
        return refusal
    work = room.site.queue.from_outside(answer_id, datetime.now(UTC))
    answer = room.site.ledger.answer(answer_id) if is_over(work) else None
    if answer is None:
        return refused_by_checkers(room, answer_id) or _not_yet(room.site, answer_id, work)
    with room.write() as act:
        act.record(answer_id, {})
    return from_tree(answer.tree)


def told_answer(room: Room, answer_id: str) -> Answer | None:
    """A protected answer, once whoever asked may see that there is one."""
    work = room.site.queue.from_outside(answer_id, datetime.now(UTC))
    return room.site.ledger.answer(answer_id) if is_over(work) else None


def is_over(work: Job | None) -> bool:
    """Whether a job is over as seen from outside; one that nobody knows of is."""
    return work is None or work.state not in ALIVE


def _not_yet(site: Site, answer_id: str, work: Job | None) -> Pending | Ticket:
    """Computed but not released waits for reviewers; everything else is on its way.

    A job ends in the transaction that writes its answer, so one that had ended before the answer was looked for waits.
    """
    if work is not None and work.state == "done":
        return Pending(answer_id=answer_id, missing=needed_for_answer(site, work))
    return _told(answer_id, work)


def ticket(site: Site, answer_id: str) -> Ticket:
    """Where a job stands, in a form its asker may see."""
    return _told(answer_id, site.queue.from_outside(answer_id, datetime.now(UTC)))


def _told(answer_id: str, work: Job | None) -> Ticket:
    if work is None:
        raise NotFound(say("there is no such answer, or it is not yours; ask the question again"))
    return Ticket(answer_id=answer_id, state=work.state, step=work.step, steps=work.steps, says=_words(work))


def _words(found: Job) -> Text:
    return {
        "queued": say("Waiting for its turn."),
        "running": say("Being computed."),
        "done": say("Done."),
        "cancelled": say("Stopped; ask again to start it anew."),
    }.get(found.state, say("It could not be computed; the site's engineer sees why in the health check. Ask again."))
