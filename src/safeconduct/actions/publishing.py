"""Publishing: the release check decides, files are made, the catalogue shows them; and taking back what was shown."""

import secrets
from dataclasses import replace
from datetime import UTC, datetime

from safeconduct.actions.editions import (
    Edition,
    admission_of,
    body_of,
    draft_of,
    edition_for,
    edition_of,
    editions_of,
    parts_of,
    policy_by,
    release_of,
    review_of,
    votes_of,
)
from safeconduct.actions.finding import address_of, entry_of
from safeconduct.actions.freezing import pool_published
from safeconduct.actions.licensing import STATES_OF_USE, every_licence, licence_in, put_licence
from safeconduct.actions.messages import tell
from safeconduct.actions.moving import move
from safeconduct.actions.proving import proof_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.studies import study_of
from safeconduct.actions.verb import action
from safeconduct.actions.working import Task, begin, system_act, works
from safeconduct.catalogue.base import standard
from safeconduct.catalogue.codebook import codebook
from safeconduct.catalogue.entry import EditionLine, EditionState, Entry
from safeconduct.govern.clauses import Terms, terms
from safeconduct.govern.deposits import Deposit, may_publish
from safeconduct.govern.may import No
from safeconduct.govern.reviews import approvals, state_of
from safeconduct.govern.states.machine import BY_SYSTEM
from safeconduct.jobs.queue import Heartbeat, Job
from safeconduct.ledger.entries import Event
from safeconduct.model.canonical import Json
from safeconduct.model.editions import FileRelease
from safeconduct.model.errors import BadInput, NotPermitted, WrongState
from safeconduct.model.outcomes import Pending, Refusal
from safeconduct.model.study import Access
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.release.file_gate import release_id
from safeconduct.release.files import publish as make_files
from safeconduct.release.gate import decide_file, file_to_tree

STEPS = 3
LIFE = {"released": EditionState.CURRENT, "superseded": EditionState.SUPERSEDED, "retracted": EditionState.WITHDRAWN}


@action(needs="publish")
def publish_edition(room: Room, *, edition: str) -> Task:
    """Publish an approved edition: the release check decides once more, then files are made and shown.

    Args:
        edition: Its id, study and number.
    """
    found, fact = edition_of(room.site, edition)
    if fact.state != "approved":
        raise WrongState(say("Only an edition that the data protection officer approved is published."))
    if missing := study_of(room.site, found.study).missing():
        raise WrongState(say("The description lacks: {fields}.", fields=", ".join(missing)), field=missing[0])
    _in_time(room, found.study)
    with room.write() as act:
        act.record(edition, {"draft": found.draft})
        return begin(act, f"publish/{edition}/{found.draft}", {"edition": edition, "by": room.caller.account})


def _in_time(room: Room, study: str) -> None:
    """Hold publication to the deposit's ground and embargo.

    Raises:
        NotPermitted: There is an embargo, or what the records stood on is over.
    """
    kept = room.site.ledger.fact("microdata", study)
    fact = room.site.ledger.fact("deposit", str(kept.body["deposit"])) if kept else None
    if fact is None:
        return
    deposit = replace(from_tree(Deposit, fact.body["deposit"]), state=fact.state)
    answer = may_publish(deposit, today=room.now.date())
    if isinstance(answer, No):
        raise NotPermitted(answer.what)


@works("publish_edition")
def _publish(site: Site, job: Job, beat: Heartbeat) -> None:
    """Decide, make the files, and write everything down in one transaction."""
    edition, fact = edition_of(site, str(job.body["edition"]))
    if fact.state != "approved":
        raise WrongState(say("Only an edition that the data protection officer approved is published."))
    release = _settled(site, edition)
    beat.step(1, STEPS)
    made = make_files(
        release, study=study_of(site, edition.study), drafts=site.drafts, chests=site.editions, signer=site.signer,
        documents=_documents(site, edition, release), inclusion=_decided(site, release, job),
        accountable=_accountable(site), licence=_terms(edition).id,
    )  # fmt: skip
    manifest = _kept(site, made.manifest, edition)
    beat.step(2, STEPS)
    with site.ledger.write() as tx:
        act = system_act(site, tx, job)
        after = replace(
            edition,
            release=site.documents.put(file_to_tree(release)),
            files=site.documents.put([to_tree(one) for one in made.files]),
            manifest=manifest,
        )
        move(act, "edition", edition.id, command="publish", parts=BY_SYSTEM, body=body_of(after),
             told={"release": release.id, "digest": release.digest, "by": str(job.body["by"])})  # fmt: skip
        _supersede(act, edition)
        pool_published(act, edition.study)
        catalogue(act, edition.study, current=after)
        site.queue.finish(tx, job, result_ref=edition.id, now=act.room.now)


def _settled(site: Site, edition: Edition) -> FileRelease:
    """What the release check says of an edition; where a publisher died after it was written down, the same again."""
    made = release_id(draft_of(site, edition), policy_by(site, edition))
    for told in site.ledger.events(verb="decide", subject=made):
        release = decided(site, edition, now=datetime.fromisoformat(told.at))
        if release.digest == told.body.get("digest"):
            return release
    return decided(site, edition, now=datetime.now(UTC))


def _decided(site: Site, release: FileRelease, job: Job) -> dict[str, Json]:
    """The record of the decision, with its proof, for the manifest; a decision is written down once."""
    found = site.ledger.events(verb="decide", subject=release.id)
    told = [one for one in found if one.body.get("digest") == release.digest]
    return proof_of(site.ledger, told[0] if told else _recorded(site, release, job))


def _recorded(site: Site, release: FileRelease, job: Job) -> Event:
    """Write a decision down, at the time that stands in the release: whoever does it again finds it there."""
    with site.ledger.write() as tx:
        act = Act(tx, replace(system_act(site, tx, job).room, now=release.decided_at))
        body: dict[str, Json] = {"edition": f"{release.study}/{release.edition}", "digest": release.digest}
        index = act.record(release.id, body, verb="decide")
    return site.ledger.events(verb="decide", before=index + 1, limit=1)[0]


def _kept(site: Site, manifest: bytes, edition: Edition) -> str:
    """Where the signed manifest lies."""
    with site.editions.create(f"{edition.study}-{edition.number}-manifest-{secrets.token_hex(4)}") as writer:
        writer.write(manifest)
        return str(writer.finish().name)


def decided(site: Site, edition: Edition, *, now: datetime) -> FileRelease:
    """What the release check makes of an approved edition.

    Args:
        site: The site.
        edition: The edition.
        now: The time of the decision, part of what is decided: at the same time it is the same.

    Raises:
        WrongState: It does not let it leave; the message says why.
    """
    policy = policy_by(site, edition)
    admission = admission_of(site, edition.study, edition.number, edition.access, policy)
    _, fact = edition_of(site, edition.id)
    state = state_of(review_of(site, edition, fact), votes_of(site, edition.id))
    decision = decide_file(
        draft_of(site, edition), admission, drafts=site.drafts, approvals=approvals(state),
        training=site.settings.training, now=now,
    )  # fmt: skip
    match decision:
        case FileRelease():
            return decision
        case Refusal():
            raise WrongState(decision.what)
        case Pending():
            raise WrongState(say("Not every checker that is needed has voted."))


def _accountable(site: Site) -> str:
    return site.settings.organisation or site.settings.name


def _terms(edition: Edition) -> Terms:
    return terms("public_use" if edition.access is Access.PUBLIC_USE else "licensed")


def _documents(site: Site, edition: Edition, release: FileRelease) -> dict[str, bytes]:
    """What lies beside the data: the description in the words of each standard, and the codebook."""
    study = study_of(site, edition.study)
    line = EditionLine(number=edition.number, state=EditionState.CURRENT, decided_at=release.decided_at,
                       digest=release.digest)  # fmt: skip
    entry = Entry(
        study=study,
        release=release,
        editions=(*_lines(site, edition.study), line),
        access=edition.access,
        url=address_of(site, edition.study),
        publisher=_accountable(site),
    )
    ddi = standard["ddi"]()
    language = next(iter(study.title), "en")
    return {f"{edition.study}{ddi.suffix}": ddi.write(entry), "codebook.html": codebook(entry, language=language)}


def _lines(site: Site, study: str) -> tuple[EditionLine, ...]:
    """The editions the catalogue knows already."""
    fact = site.ledger.fact("catalogue", study)
    lines = fact.body.get("editions", []) if fact else []
    return tuple(from_tree(EditionLine, one) for one in lines) if isinstance(lines, list) else ()


def _supersede(act: Act, edition: Edition) -> None:
    """Earlier editions give way; who holds a licence for one is told."""
    for before, fact in editions_of(act.room.site, edition.study):
        if before.number < edition.number and fact.state == "released":
            move(act, "edition", before.id, command="supersede", parts=BY_SYSTEM)
            _tell_holders(act, before)


def _tell_holders(act: Act, edition: Edition) -> None:
    """Tell everybody who has, or may have, an edition that something about it changed."""
    holding = [one.person for one in every_licence(act.room.site)
               if (one.study, one.edition) == (edition.study, edition.number) and one.state != "offered"]  # fmt: skip
    if holding:
        says = say("Something changed about files you have a licence for.")
        tell(act, holding, says, href=f"/catalogue/{edition.study}")
        act.record(edition.id, {"told": "holders"})


def catalogue(act: Act, study: str, *, current: Edition | None) -> None:
    """Write down what the catalogue shows of a study, as the open transaction leaves it."""
    site, lines = act.room.site, []
    shown: Edition | None = None
    for before, _ in editions_of(site, study):
        fact = act.tx.fact("edition", before.id)
        edition = from_tree(Edition, fact.body) if fact else before
        if fact is not None and fact.state in LIFE:
            release = release_of(site, edition)
            lines.append(EditionLine(number=edition.number, state=LIFE[fact.state], decided_at=release.decided_at,
                                     reason=edition.reason, digest=release.digest))  # fmt: skip
            shown = edition if fact.state == "released" else shown
    description = act.tx.fact("study", study)
    body: dict[str, Json] = {
        "description": str(description.body["description"]) if description else "",
        "access": (shown.access if shown else Access.NOT_AVAILABLE).value,
        "release": shown.release if shown else "",
        "files": shown.files if shown else "",
        "editions": [to_tree(one) for one in lines],
    }
    act.tx.put("catalogue", study, body, at=act.room.now)
    act.record(study, {"catalogue": str(current.number) if current else ""})


@action(needs="publish", repeatable=True)
def publish_description(room: Room, *, study: str) -> Entry:
    """Show a study's description in the catalogue as it is now, with or without files.

    Args:
        study: Its id.
    """
    if missing := study_of(room.site, study).missing():
        raise WrongState(say("The description lacks: {fields}.", fields=", ".join(missing)), field=missing[0])
    with room.write() as act:
        catalogue(act, study, current=None)
    return entry_of(room.site, study)


@action(needs="look", repeatable=True)
def retract_edition(room: Room, *, edition: str, reason: str) -> Edition:
    """Take a published edition back: downloads stop at once, its page says why, everybody who has it is told.

    What was downloaded cannot be called back; later editions are checked against it all the same.

    Args:
        edition: Its id, study and number.
        reason: Why, in words that are published.
    """
    if not reason.strip():
        raise BadInput(say("Give the reason; it is published."), field="reason")
    licences = every_licence(room.site)
    with room.write() as act:
        found, fact = edition_for(room, edition)
        after = replace(found, reason=reason.strip())
        move(act, "edition", edition, command="retract", parts=parts_of(room, found, fact), body=body_of(after),
             told={"reason": reason})  # fmt: skip
        _tell_holders(act, found)
        for one in licences:
            if (one.study, one.edition) == (found.study, found.number) and one.state in STATES_OF_USE:
                put_licence(act, replace(licence_in(act, one.id), state="revoked", ended_at=room.now))
                act.record(one.id, {"command": "revoke"})
        catalogue(act, found.study, current=None)
    return after
