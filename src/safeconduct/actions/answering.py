"""The worker's half of a question: compute the draft, pass the gate, write the protected answer."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from safeconduct.actions.answer_checks import approvals_for, begin_check, end_check, keep_evidence, look_of
from safeconduct.actions.site import Site
from safeconduct.actions.trusted import ground_of
from safeconduct.actions.working import works
from safeconduct.engines.engine import answer as compute
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.rewritten import without_the_erased
from safeconduct.model.errors import BrokenPromise, WrongState
from safeconduct.model.outcomes import Admission, Decision, Draft, Pending, Refusal, Release
from safeconduct.model.text import say
from safeconduct.query.question import Question
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.gate import admit, decide, to_tree
from safeconduct.store.versions import Manifest

STEPS = 3
A_SECOND = timedelta(seconds=1)
"""An answer says at which full second it was decided: a finer time would tell how long it took."""


def readmit(site: Site, body: Mapping[str, object]) -> tuple[Question, Admission, Manifest]:
    """The admission of a job, made again from what transaction 1 wrote down.

    Raises:
        WrongState: The gate would not let the question in any more.
    """
    query = read_question(body["spec"])
    dataset = str(body["dataset"])
    version = without_the_erased(site.ledger, dataset, str(body["manifest"]))
    stands = ground_of(site, site.manifest(dataset, version), body)
    manifest, reading = stands.manifest, reads(query.plan())
    question = Question(
        query=query,
        dataset=manifest.dataset,
        partitions=manifest.versions(reading.days, reading.events),
        facts=stands.facts,
        asked_on=asked_on(body, manifest.zone),
    )
    admission = admit(question, site.policy(str(body["policy"])))
    if isinstance(admission, Refusal):
        raise WrongState(say("the question is no longer let in; ask it again"))
    return question, replace(admission, sticky=site.noise_secret(manifest.dataset)), manifest


def asked_on(body: Mapping[str, object], zone: str) -> date | None:
    """The local day a question was asked on, as transaction 1 wrote it down; older jobs say nothing."""
    return datetime.fromisoformat(str(body["at"])).astimezone(ZoneInfo(zone)).date() if "at" in body else None


def noise_for(site: Site, answer_id: str) -> bytes:
    """The secret that an answer's fresh noise is drawn from.

    The same each time it is computed again, and for the answers to one question before and after a delay.
    """
    job = site.queue.get(answer_id)
    paid_as = str(job.body.get("paid_as", answer_id)) if job is not None else answer_id
    sealed = site.ledger.noise(paid_as)
    return site.noise_sealer.open(sealed, about=paid_as) if sealed else b""


@works("answer")
def perform(site: Site, job: Job, beat: Heartbeat) -> None:
    """Answer one question; safe to run again after a crash, as nothing is written before the end."""
    nth = look_of(site, job)
    draft, admission = _drafted(site, job, beat)
    beat.step(2, STEPS)
    now = datetime.now(UTC)
    approvals = approvals_for(site, job, reviewers=admission.reviewers)
    said = now.replace(microsecond=0) + A_SECOND
    decision = decide(draft, admission, approvals=approvals, training=site.settings.training, now=said)
    evidence = keep_evidence(site, draft, admission, nth=nth) if isinstance(decision, Pending) else ""
    write_answer(site, job, decision, now, evidence=evidence, reviewers=admission.reviewers)


def _drafted(site: Site, job: Job, beat: Heartbeat) -> tuple[Draft, Admission]:
    """What the records say, and what the release check wants to know of it.

    An erasure may write everything anew while they are read; then they are read again as they stand now.
    """
    question, admission, manifest = readmit(site, job.body)
    admission = replace(admission, noise=noise_for(site, job.key))
    beat.step(1, STEPS)
    try:
        draft = compute(
            question.query.plan(),
            admission,
            site.records(manifest),
            engine="duckdb",
            memory_mb=site.settings.memory_mb,
            threads=site.settings.threads,
            spill=site.folders.spill,
            secret=site.noise_secret(manifest.dataset),
            cancelled=beat.stopped,
        )
    except BrokenPromise:
        if readmit(site, job.body)[2].id == manifest.id:
            raise
    else:
        return draft, admission
    return _drafted(site, job, beat)


def write_answer(
    site: Site, job: Job, decision: Decision, now: datetime, *, evidence: str = "", reviewers: int = 0
) -> None:
    """Transaction 2: the protected answer or what it waits for, its event, and the end of the job; all or nothing."""
    with site.ledger.write() as tx:
        body = {"decision": type(decision).__name__.lower(), "project": job.project}
        if isinstance(decision, Pending):
            begin_check(site, tx, job, evidence=evidence, reviewers=reviewers)
        if isinstance(decision, Release):
            tx.answer(decision.answer_id, spec_id=decision.provenance.spec_id, tree=to_tree(decision),
                      project=job.project, at=now)  # fmt: skip
            body["digest"] = decision.digest
            end_check(site, tx, job)
        tx.event(actor="gate", verb="decide", subject=job.key, body=body, at=now)
        site.queue.finish(tx, job, result_ref=job.key, now=now)
