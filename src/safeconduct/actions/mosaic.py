"""The mosaic report: what everything released about the same people reveals together, beside what is known elsewhere.

For those who decide whether one more answer may leave; never released, never downloaded, recorded before it is made and
each time it is looked at.
"""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime

from safeconduct.actions.answer_checks import check_of, parts_in_answer, review_of_answer
from safeconduct.actions.answering import noise_for, readmit
from safeconduct.actions.auxiliary import Auxiliary, auxiliaries_of, outside_of
from safeconduct.actions.mosaic_cards import Card, CardLine, CardPart, counted, mosaic_lines
from safeconduct.actions.mosaic_editions import edition_lines, editions_left
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.spanning import look_together
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, task_of, works
from safeconduct.engines.engine import answer as compute
from safeconduct.govern.states.machine import Part
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.entries import Fact
from safeconduct.measures.mosaic import mosaic
from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import NotFound, NotPermitted
from safeconduct.model.outcomes import Budget, Insight, Release
from safeconduct.model.policy import Policy
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_mapping
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.gate import decide
from safeconduct.release.gate import from_tree as release_from_tree
from safeconduct.release.laying import Board, guaranteed, least_people

MOSAIC, DONE = "mosaic", "done"
VERB = "mosaic_report"
MOST_ANSWERS = 200
STEPS = 3


@dataclass(frozen=True, kw_only=True)
class MosaicReport:
    """What a combination reveals, for insiders.

    Attributes:
        dataset: Name of the data set, or id of the study.
        answer_id: The answer that is looked at before it leaves, `""` for none.
        at: When it was made, `None` before.
        figures: The card: for pages alone, no door carries it; `None` before it is made.
        work: How far it is, where it is not made yet.
    """

    dataset: str
    answer_id: str = ""
    at: datetime | None = None
    figures: Insight | None = None
    work: Task | None = None


@action(needs="measure", repeatable=True)
def mosaic_report(room: Room, *, dataset: str, answer_id: str = "") -> MosaicReport:
    """Measure what all answers and editions about the same people reveal together, beside what is known elsewhere.

    The newest 200 answers are laid side by side with the facts from elsewhere that were added. With an answer's id,
    what that answer adds is told too, before it leaves. It is made in the background: ask again. The figures are shown
    on pages and carried by no other door; that you asked is recorded before a record is read.

    Args:
        dataset: Name of the data set, or id of a study with editions.
        answer_id: Identity of an answer that waits to be checked, or of one that left; none where left out.
    """
    _hold_to(room, dataset, answer_id)
    body = _about(room.site, dataset, answer_id)
    key = digest(body)
    known = _standing(room.site, key)
    with room.write() as act:
        act.record(dataset, {"answer": answer_id, "mosaic": key})
        if known is None:
            begin(act, f"{VERB}/{key}", {**body, "key": key}, verb=VERB)
            room.site.queue.again(act.tx, f"{VERB}/{key}", room.now)
    if known is None:
        return MosaicReport(dataset=dataset, answer_id=answer_id, work=task_of(room, f"{VERB}/{key}"))
    card = from_tree(Card, room.site.documents.get(str(known.body["card"])))
    return MosaicReport(dataset=dataset, answer_id=answer_id, at=datetime.fromisoformat(known.at),
                        figures=card.insight())  # fmt: skip


def _standing(site: Site, key: str) -> Fact | None:
    """A report that was made; one whose card was destroyed since is made again."""
    known = site.ledger.fact(MOSAIC, key)
    return known if known is not None and known.state == DONE else None


@action(needs="measure", reads=True)
def mosaic_subjects(room: Room) -> list[str]:
    """Data sets and studies of which anything was released, so that a report can be made."""
    site = room.site
    asked = {str(fact.body["dataset"]) for fact in site.ledger.facts("asked")}
    studies = sorted(fact.id for fact in site.ledger.facts("microdata") if editions_left(site, fact.id))
    return [*(one for one in site.datasets() if one in asked), *studies]


def _hold_to(room: Room, dataset: str, answer_id: str) -> None:
    """Whoever has a part in a question is told nothing of its answer from inside.

    Raises:
        NotFound: There is no such data set, study or answer of it.
        NotPermitted: They or their project asked.
    """
    site = room.site
    if dataset not in site.datasets() and site.ledger.fact("microdata", dataset) is None:
        raise NotFound(say("There is no data set or study of that name."))
    if not answer_id:
        return
    job = site.queue.get(answer_id)
    if job is None or str(job.body.get("dataset", "")) != dataset:
        raise NotFound(say("There is no such answer."))
    if site.ledger.fact("answer", answer_id) is not None:
        review = review_of_answer(site, *check_of(site, answer_id))
        if Part.AUTHOR in parts_in_answer(room, review):
            raise NotPermitted(say("You or your project asked this; somebody else checks it."))


def _about(site: Site, dataset: str, answer_id: str) -> dict[str, Json]:
    """Everything the report is made from; the same is made once."""
    released = list(dict.fromkeys(
        fact.id.partition(":")[2] for fact in site.ledger.facts("asked") if fact.body["dataset"] == dataset
    ))  # fmt: skip
    there = [one for one in released if one != answer_id and site.ledger.answer(one) is not None]
    return {
        "dataset": dataset, "answer": answer_id, "answers": list(there[-MOST_ANSWERS:]),
        "left_out": max(0, len(there) - MOST_ANSWERS),
        "auxiliaries": [one.id for one in auxiliaries_of(site, dataset)],
        "editions": list(editions_left(site, dataset)), "released": site.ledger.answer(answer_id) is not None,
    }  # fmt: skip


@works(VERB)
def _make(site: Site, job: Job, beat: Heartbeat) -> None:
    """Lay everything side by side; the event that says so was written before."""
    dataset = str(job.body["dataset"])
    of_answers = list(_of_answers(site, job, beat)) if dataset in site.datasets() else []
    beat.step(2, STEPS)
    of_editions = list(edition_lines(site, dataset, _listed(job, "editions"), beat))
    card = Card(lines=(*of_answers, *of_editions))
    document = site.documents.put(to_mapping(card))
    with site.ledger.write() as tx:
        act, key = system_act(site, tx, job), str(job.body["key"])
        tx.put(MOSAIC, key, {"dataset": dataset, "card": document}, state=DONE, at=act.room.now)
        act.record(dataset, {"mosaic": key, "card": document})
        site.queue.finish(tx, job, result_ref=key, now=act.room.now)


def _listed(job: Job, name: str) -> list[str]:
    found = job.body[name]
    return [str(one) for one in found] if isinstance(found, list | tuple) else []


def _of_answers(site: Site, job: Job, beat: Heartbeat) -> Iterator[CardLine]:
    """Lines about answers and facts from elsewhere."""
    dataset, candidate = str(job.body["dataset"]), str(job.body["answer"])
    past = [(one, *_released(site, one)) for one in _listed(job, "answers")]
    new = [(candidate, *_candidate(site, candidate, beat))] if candidate else []
    board = Board(site.facts(site.manifest(dataset)).geography)
    for answer_id, release, policy in (*past, *new):
        board.release(release, policy, source=answer_id)
    chosen = set(_listed(job, "auxiliaries"))
    for one in auxiliaries_of(site, dataset):
        if one.id in chosen:
            _lay(board, site, one)
    beat.step(1, STEPS)
    policies = [policy for _, _, policy in (*past, *new)]
    minimum = max((least_people(one) for one in policies), default=2)
    found = mosaic(board.facts(), minimum=minimum, candidate=candidate, stopped=beat.stopped.is_set)
    yield from mosaic_lines(found, minimum=minimum, candidate=candidate)
    yield from _levels(policies)
    if new:
        yield from _few(site, dataset, past, new[0], beat)
    spent = site.ledger.spent(Budget.DATASET, dataset)
    yield from counted(CardPart.BUDGET, dict(spent))
    yield CardLine(part=CardPart.LEFT_OUT, numbers=(int(str(job.body["left_out"])),))


def _few(
    site: Site, dataset: str, past: Sequence[tuple[str, Release, Policy]], new: tuple[str, Release, Policy],
    beat: Heartbeat,
) -> Iterator[CardLine]:  # fmt: skip
    """Groups of few people that an answer shows together with others, added and subtracted."""
    _, release, policy = new
    days = _days(release)
    near = [(one, level) for _, one, level in reversed(past) if days & _days(one)]
    look = look_together(site, dataset, near, stopped=beat.stopped, candidate=(release, policy))
    yield CardLine(part=CardPart.FEW, numbers=(sum(look.counts.values()),))
    yield from counted(CardPart.FEW, look.counts)
    yield from counted(CardPart.FEW_LEFT_OUT, look.left_out)


def _days(release: Release) -> frozenset[date]:
    return frozenset(reads(read_question(release.provenance.spec).plan()).days)


def _lay(board: Board, site: Site, one: Auxiliary) -> None:
    for fact in outside_of(site, one):
        sort = f"{one.title} · {fact.telling.value} · {fact.level.value}"
        board.outside(fact, source=one.title, sort=sort)


def _levels(policies: Sequence[Policy]) -> Iterator[CardLine]:
    """How many answers each level let out, with a guarantee and without."""
    by: Mapping[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for policy in policies:
        by[guaranteed(policy)][policy.title] += 1
    yield from counted(CardPart.GUARANTEED, by[True])
    yield from counted(CardPart.UNBOUNDED, by[False])


def _released(site: Site, answer_id: str) -> tuple[Release, Policy]:
    answer = site.ledger.answer(answer_id)
    if answer is None:
        raise NotFound(say("There is no such answer."))
    release = release_from_tree(answer.tree)
    return release, site.policy(str(release.policy["id"]))


def _candidate(site: Site, answer_id: str, beat: Heartbeat) -> tuple[Release, Policy]:
    """An answer as it would leave: computed once more, decided as if approved, and written nowhere."""
    if site.ledger.answer(answer_id) is not None:
        return _released(site, answer_id)
    job = site.queue.get(answer_id)
    if job is None:
        raise NotFound(say("There is no such answer."))
    question, admission, manifest = readmit(site, job.body)
    admission = replace(admission, noise=noise_for(site, answer_id))
    draft = compute(
        question.query.plan(), admission, site.records(manifest), engine="duckdb", memory_mb=site.settings.memory_mb,
        threads=site.settings.threads, spill=site.folders.spill, secret=site.noise_secret(manifest.dataset),
        cancelled=beat.stopped,
    )  # fmt: skip
    policy = admission.policy
    decision = decide(draft, admission, approvals=admission.needed, training=site.settings.training,
                      now=datetime.now(UTC))  # fmt: skip
    if not isinstance(decision, Release):
        raise NotFound(say("There is no such answer."))
    return decision, policy
