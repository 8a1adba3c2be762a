"""Past answers computed again at their version: whether they come out the same, never another figure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import assert_never

from safeconduct.actions.answering import noise_for, readmit
from safeconduct.actions.room import Room
from safeconduct.actions.site import Site
from safeconduct.actions.trusted import ground_of
from safeconduct.actions.verb import action
from safeconduct.engines.engine import answer as compute
from safeconduct.jobs.queue import Job
from safeconduct.ledger.rewritten import KIND as REWRITTEN
from safeconduct.ledger.rewritten import PEOPLE
from safeconduct.model.canonical import digest
from safeconduct.model.errors import NotFound, WrongState
from safeconduct.model.outcomes import Release
from safeconduct.model.text import Text, say
from safeconduct.query.reading import reads
from safeconduct.query.spec import read_question
from safeconduct.release.gate import decide, from_tree
from safeconduct.store.versions import Manifest, folder_of

LONG_AGO = "0001-01-01T00:00:00+00:00"
"""When older jobs, which do not say it, may have been asked."""


class Recomputing(StrEnum):
    """What came of computing a past answer again."""

    SAME = "same"
    NOT_KEPT = "not_kept"
    ERASED = "erased"
    DIFFERS = "differs"


@dataclass(frozen=True, kw_only=True)
class Recomputed:
    """What came of computing a past answer again; no figure of either.

    Attributes:
        answer_id: Which answer.
        outcome: `same`, `not_kept` where the records of its version are gone, `erased` where an erasure has rewritten
            them since, or `differs`.
        says: The same in words.
        code: Version of the program that computed it then.
    """

    answer_id: str
    outcome: Recomputing
    says: Text
    code: str


@action(needs="audit", repeatable=True)
def recompute_answer(room: Room, *, answer_id: str) -> Recomputed:
    """Compute a past answer again from the records as they were, and say whether it is the same; shows no figure.

    Args:
        answer_id: The answer; the result's page and its manifest name it.
    """
    found, work = room.site.ledger.answer(answer_id), room.site.queue.get(answer_id)
    if found is None or work is None:
        raise NotFound(say("there is no answer of that name; copy it from the result's page or its manifest"))
    release = from_tree(found.tree)
    erased = _is_erased(room.site, release, work)
    manifest = None if erased else _version(room.site, release, work)
    with room.write() as act:
        act.record(answer_id, {"version": manifest.id if manifest is not None else ""})
    outcome = _without(erased=erased) if manifest is None else _compared(room.site, release, work, manifest)
    return Recomputed(answer_id=answer_id, outcome=outcome, says=_words(outcome), code=release.provenance.code)


def _without(*, erased: bool) -> Recomputing:
    return Recomputing.ERASED if erased else Recomputing.NOT_KEPT


def _is_erased(site: Site, release: Release, work: Job) -> bool:
    """Whether people were erased from the data set since it was asked, whoever they are and wherever they were counted.

    Comparing would tell in which answers they were.
    """
    made, asked = release.provenance.dataset, datetime.fromisoformat(str(work.body.get("at", LONG_AGO)))
    return any(
        fact.body["because"] == PEOPLE and datetime.fromisoformat(fact.at) >= asked
        for fact in site.ledger.facts(REWRITTEN, prefix=f"{made}@")
    )


def _version(site: Site, release: Release, work: Job) -> Manifest | None:
    """A version that holds what the answer read and still has its files: the current one, or the one it was made of."""
    made = release.provenance
    for name in ("", str(work.body["manifest"])):
        try:
            manifest = site.manifest(made.dataset, name)
        except (NotFound, WrongState):
            continue
        reading = reads(read_question(made.spec).plan())
        stands = ground_of(site, manifest, work.body).manifest
        same = stands.versions(reading.days, reading.events) == dict(made.partitions)
        if same and manifest.geography == made.geography and _has_files(site, release, manifest):
            return manifest
    return None


def _has_files(site: Site, release: Release, manifest: Manifest) -> bool:
    folder = folder_of(site.folders.store, manifest.dataset)
    read = [one for one in manifest.partitions if one.name in release.provenance.partitions]
    parts = [part for one in read for part in (*one.parts, one.rollup)]
    return all((folder / part.path).exists() for part in parts)


def _compared(site: Site, release: Release, work: Job, manifest: Manifest) -> Recomputing:
    try:
        question, admission, stands = readmit(site, {**work.body, "manifest": manifest.id})
    except WrongState:
        return Recomputing.DIFFERS
    admission = replace(admission, noise=noise_for(site, work.key))
    draft = compute(
        question.query.plan(),
        admission,
        site.records(stands),
        engine=release.provenance.engine,
        memory_mb=site.settings.memory_mb,
        threads=site.settings.threads,
        spill=site.folders.spill,
        secret=site.noise_secret(stands.dataset),
    )
    again = decide(draft, admission, approvals=admission.needed, training=release.training, now=release.decided_at)
    same = isinstance(again, Release) and _told(again) == _told(release)
    return Recomputing.SAME if same else Recomputing.DIFFERS


def _told(release: Release) -> str:
    """What an answer tells: its figures, and which of them it withholds."""
    return digest({name: [str(value) for value in release.table.column(name)] for name in release.table.columns})


def _words(outcome: Recomputing) -> Text:
    match outcome:
        case Recomputing.SAME:
            return say("Computed again from the records as they were, the answer is the same.")
        case Recomputing.NOT_KEPT:
            return say("It cannot be computed again: the records as they were then are not kept any more. What was "
                       "released stays as it is.")  # fmt: skip
        case Recomputing.ERASED:
            return say("It cannot be computed again: records of people who asked to be forgotten have left its "
                       "version. What was released stays as it is.")  # fmt: skip
        case Recomputing.DIFFERS:
            return say("Computed again, the answer differs. What was released stays as it is; ask the engineer which "
                       "version of the program made it.")  # fmt: skip
        case _:
            assert_never(outcome)
