"""Answers that wait for checkers: what the worker hands over, what approves a kind of question, who may look.

A *template* is a question without its days. Approved once for a data set and a protection level, later questions of
the same template are released as soon as they are computed, until the approval is ended; see `checking_answers` and
`approved_questions` for the verbs. An answer that a rule wants looked at for what it names is approved alone, and
follows no template.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from safeconduct.actions.answer_figures import Looked, look
from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.moving import move, start
from safeconduct.actions.profiles import home_of, person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.working import system_act
from safeconduct.govern.agreements import Agreement, Project
from safeconduct.govern.reviews import Review, Verdict, Vote, parts_in_review
from safeconduct.govern.roles import Role
from safeconduct.govern.states.machine import BY_SYSTEM, Part
from safeconduct.jobs.queue import Job
from safeconduct.ledger.entries import Fact
from safeconduct.ledger.ledger import Transaction
from safeconduct.model.canonical import Json, digest
from safeconduct.model.errors import NotFound, TooMany
from safeconduct.model.outcomes import Admission, Draft, Refusal
from safeconduct.model.text import Text, say
from safeconduct.model.trees import from_tree, to_mapping

ANSWER, TEMPLATE, VOTE = "answer", "answer_template", "answer_vote"
WAITING, RETURNED, REFUSED, APPROVED = "waiting", "returned", "refused", "approved"
RELEASED = "released"
OVER = frozenset({APPROVED, RELEASED, REFUSED})
MOST_ASKED = 10_000
DAYS = "days"


@dataclass(frozen=True, kw_only=True)
class Reply:
    """What whoever asked replied to a checker.

    Attributes:
        says: Their words.
        at: When, with its zone.
    """

    says: str
    at: datetime


@dataclass(frozen=True, kw_only=True)
class AnswerCheck:
    """An answer under review, as the site keeps it; no figure is in it.

    Attributes:
        answer: Identity of the answer.
        template: Digest of the question without its days, with data set and protection level.
        spec: The question.
        dataset: Of which data set.
        policy: Id of the protection level.
        agreement: Id of the agreement it was asked under first.
        asker: Opaque id of who asked first; reasons are for them.
        project: The project they asked in.
        evidence: Document with what checkers look at.
        replies: What the asker replied, in order.
        reviewers: How many people a rule wants to look at this very answer, because of what it names.
        look: How often it was made anew, since people were erased from its data set while it waited.
    """

    answer: str
    template: str
    spec: Mapping[str, Json] = field(hash=False)
    dataset: str
    policy: str
    agreement: str
    asker: str
    project: str
    evidence: str
    replies: tuple[Reply, ...] = ()
    reviewers: int = 0
    look: int = 0

    @property
    def alone(self) -> bool:
        """Whether it is approved for itself: no template lets it go, and it approves none."""
        return self.reviewers > 0

    @property
    def seen(self) -> str:
        """Digest of what a checker looks at; a vote on anything else does not count."""
        said: dict[str, Json] = {"evidence": self.evidence, "replies": [one.says for one in self.replies]}
        return digest({**said, "look": self.look} if self.look else said)


def without_days(value: Json) -> Json:
    """A question, or a part of one, without its days.

    Example:
        >>> without_days({"kind": "flows", "origin": {"days": [], "areas": "admin2"}})
        {'kind': 'flows', 'origin': {'areas': 'admin2'}}
    """
    if isinstance(value, Mapping):
        return {name: without_days(one) for name, one in value.items() if name != DAYS}
    return [without_days(one) for one in value] if isinstance(value, list | tuple) else value


def template_of(spec: Mapping[str, Json], *, dataset: str, policy: str) -> str:
    """Identity of a template: everything a question says but its days, the data set, the protection level."""
    return digest({"question": without_days(dict(spec)), "dataset": dataset, "policy": policy})


def template_approved(site: Site, spec: Mapping[str, Json], *, dataset: str, policy: str) -> bool:
    """Whether a question like this was approved before, so that its answer waits for nobody."""
    fact = site.ledger.fact(TEMPLATE, template_of(spec, dataset=dataset, policy=policy))
    return fact is not None and fact.state == APPROVED


def approvals_for(site: Site, job: Job, *, reviewers: int = 0) -> int:
    """How many independent people said yes to an answer, or to its template: all that are needed, or none.

    An answer that was refused itself stays refused, whatever was approved since.

    Args:
        site: The site.
        job: The job that computes it.
        reviewers: How many a rule wants to look at this very answer; then no template counts.
    """
    fact = site.ledger.fact(ANSWER, job.key)
    check = check_of_job(job, evidence="", reviewers=reviewers)
    if fact is not None and fact.state == REFUSED:
        return 0
    itself = fact is not None and fact.state in {APPROVED, RELEASED}
    kind = not check.alone and template_approved(site, check.spec, dataset=check.dataset, policy=check.policy)
    return _needed(site, check) if itself or kind else 0


def _needed(site: Site, check: AnswerCheck) -> int:
    """How many independent people must say yes: as many as the level or a rule asks for; 0 where none do."""
    return max(site.policy(check.policy).reviewers, check.reviewers)


def needed_for_answer(site: Site, job: Job) -> int:
    """How many independent people look at an answer that was computed and waits; at least one."""
    fact = site.ledger.fact(ANSWER, job.key)
    check = from_tree(AnswerCheck, fact.body) if fact is not None else check_of_job(job, evidence="")
    return max(1, _needed(site, check))


def look_of(site: Site, job: Job) -> int:
    """How often an answer was made anew for its checkers; ask before computing it."""
    fact = site.ledger.fact(ANSWER, job.key)
    return from_tree(AnswerCheck, fact.body).look if fact is not None else 0


def keep_evidence(site: Site, draft: Draft, admission: Admission, *, nth: int = 0) -> str:
    """Seal what checkers will look at; the digest of the document. Call it before the transaction.

    Args:
        site: The site.
        draft: What was computed.
        admission: What it was computed for.
        nth: What `look_of` said before; so that the digest of the next look tells nothing of the one before.
    """
    return site.documents.put(to_mapping(replace(look(draft, admission), look=nth)))


def begin_check(site: Site, tx: Transaction, job: Job, *, evidence: str, reviewers: int = 0) -> None:
    """Write down that an answer waits for checkers, and tell them; the same again changes nothing.

    Raises:
        TooMany: A question like this was approved while this one was computed, or people were erased from its data
            set; the worker begins again by itself.
    """
    act, before = system_act(site, tx, job), tx.fact(ANSWER, job.key)
    check = check_of_job(job, evidence=evidence, reviewers=reviewers)
    if before is not None and before.state == REFUSED:
        return
    if not check.alone and _approved_now(tx, check):
        raise TooMany(say("A question like this was approved a moment ago; it is computed again."))
    told: dict[str, Json] = {"template": check.template, "evidence": evidence}
    if before is None:
        start(act, ANSWER, job.key, to_mapping(check), told)
        tell_checkers(act, check)
    elif from_tree(Looked, site.documents.get(evidence)).look != before.body.get("look", 0):
        raise TooMany(say("People were erased from the data set a moment ago; it is computed again."))
    elif before.body.get("evidence") != evidence:
        tx.put(ANSWER, job.key, {**before.body, "evidence": evidence}, state=before.state, at=act.room.now)
        act.record(job.key, told)


def _approved_now(tx: Transaction, check: AnswerCheck) -> bool:
    fact = tx.fact(TEMPLATE, check.template)
    return fact is not None and fact.state == APPROVED


def end_check(site: Site, tx: Transaction, job: Job) -> None:
    """Write down that an answer that was approved is released, and tell whoever asked; others need nothing.

    Raises:
        TooMany: Its kind was approved when it was decided, and is not any more; the worker begins again by itself.
    """
    fact, check = tx.fact(ANSWER, job.key), check_of_job(job, evidence="")
    if fact is not None and fact.state == APPROVED:
        act, check = system_act(site, tx, job), from_tree(AnswerCheck, fact.body)
        move(act, ANSWER, job.key, command="release", parts=BY_SYSTEM)
        tell_asker(act, check, say("An answer you asked for was checked and released."))
    elif (fact is None or fact.state != RELEASED) and _needed(site, check) and not _approved_now(tx, check):
        raise TooMany(say("The approval of questions like this was ended a moment ago; it is computed again."))


def check_of_job(job: Job, *, evidence: str, reviewers: int = 0) -> AnswerCheck:
    """The review of an answer, from what the first transaction wrote into its job."""
    body = job.body
    spec, dataset, policy = body["spec"], str(body["dataset"]), str(body["policy"])
    asked = dict(spec) if isinstance(spec, Mapping) else {}
    return AnswerCheck(
        answer=job.key, template=template_of(asked, dataset=dataset, policy=policy), spec=asked, dataset=dataset,
        policy=policy, agreement=str(body["agreement"]), asker=job.actor, project=job.project, evidence=evidence,
        reviewers=reviewers,
    )  # fmt: skip


def tell_checkers(act: Act, check: AnswerCheck) -> None:
    """Tell every checker of the house who has no part in a question that its answer waits."""
    tell(act, able_to_check(act.room, check), say("An answer waits to be checked."), href=where_checked(check))
    act.record(check.answer, {"told": "checkers"})


def able_to_check(room: Room, check: AnswerCheck) -> list[str]:
    """Accounts of every checker of the house who has no part in a question, whether they voted or not."""
    own = authors_of(room.site, check)
    return [one for one in of_the_house(room, Role.CHECKER) if one not in own]


def where_checked(check: AnswerCheck) -> str:
    """The address on which an answer is checked."""
    return f"/reviews/answers/{check.answer}/check"


def tell_asker(act: Act, check: AnswerCheck, says: Text) -> None:
    """Tell whoever asked that there is something to look at."""
    tell(act, [check.asker], says, href=f"/ask/result/{check.answer}")
    act.record(check.answer, {"told": "asker"})


def check_of(site: Site, answer_id: str) -> tuple[AnswerCheck, Fact]:
    """An answer under review, or that was, with the fact that tells where it is.

    Raises:
        NotFound: It never waited for checkers.
    """
    fact = site.ledger.fact(ANSWER, answer_id)
    if fact is None:
        raise NotFound(say("There is no such answer to check."))
    return from_tree(AnswerCheck, fact.body), fact


def checks_of(site: Site, *states: str) -> list[tuple[AnswerCheck, Fact]]:
    """Every answer under review that is in one of these states, the first one first; all where none is named."""
    facts = [one for one in site.ledger.facts(ANSWER) if not states or one.state in states]
    return [(from_tree(AnswerCheck, one.body), one) for one in facts]


def votes_on(site: Site, answer_id: str) -> list[Vote]:
    """Every vote on an answer, of every round, in order."""
    return [from_tree(Vote, fact.body) for fact in site.ledger.facts(VOTE, prefix=f"{answer_id}:")]


def authors_of(site: Site, check: AnswerCheck) -> frozenset[str]:
    """Everybody who never checks an answer: who asked it, and all people of every project that did.

    Whoever waits for the same question about other days is one of them too: their answer would follow this one.
    """
    same = [check, *(one for one, _ in checks_of(site) if one.template == check.template)]
    asked = [event for one in {one.answer for one in same}
             for event in site.ledger.events(verb="ask", subject=one, limit=MOST_ASKED)]  # fmt: skip
    agreements = [Agreement.from_json(fact.body) for fact in site.ledger.facts("agreement")]
    under = {*(one.agreement for one in same), *(str(one.body.get("agreement", "")) for one in asked)}
    projects = {*(one.project for one in same), *(str(one.body.get("project", "")) for one in asked)}
    projects |= {one.project for one in agreements if one.id in under}
    stewards = {project.steward for one in projects if (project := project_in(site, one)) is not None}
    members = {member for one in agreements if one.project in projects for member in one.members}
    return frozenset({*(one.asker for one in same), *(one.actor for one in asked), *stewards, *members})


def project_in(site: Site, project: str) -> Project | None:
    """A project by its id, `None` where there is none."""
    fact = site.ledger.fact("project", project)
    return Project.from_json(fact.body) if fact is not None else None


def review_of_answer(site: Site, check: AnswerCheck, fact: Fact) -> Review:
    """An answer as decisions about its review see it; checkers from elsewhere are never invited to one."""
    return Review(
        id=check.answer,
        draft=check.seen,
        authors=authors_of(site, check),
        needed=max(1, _needed(site, check)),
        home=home_of(site),
        open=fact.state == WAITING and check.evidence != "",
    )


def parts_in_answer(room: Room, review: Review) -> frozenset[Part]:
    """What the caller is to an answer under review: its checker, of those who asked, or nothing."""
    found = parts_in_review(person_of(room), review, votes_on(room.site, review.id), today=room.now.date())
    return found & {Part.CHECKER, Part.AUTHOR}


def refused_by_checkers(room: Room, answer_id: str) -> Refusal | None:
    """The refusal card of an answer that checkers did not let leave; `None` where they did not refuse it.

    The checker's own words are for whoever asked, and for nobody else of the project.
    """
    fact = room.site.ledger.fact(ANSWER, answer_id)
    if fact is None or fact.state != REFUSED:
        return None
    check = from_tree(AnswerCheck, fact.body)
    count = max(1, _needed(room.site, check))
    return Refusal(
        reason="checkers.refused",
        what=_why(room, check),
        rule=say(
            "The answer to a new kind of question leaves only if {count} independent people say yes.", count=count
        ),
        agreement=_agreement(room.site, check),
    )


def _why(room: Room, check: AnswerCheck) -> Text:
    reasons = [one.says for one in votes_on(room.site, check.answer)
               if one.verdict is Verdict.REJECT and one.draft == check.seen]  # fmt: skip
    if room.caller.account != check.asker or not reasons:
        return say("Somebody independent checked this answer and did not let it leave; whoever asked was told why.")
    return say("Somebody independent checked this answer and did not let it leave. They say: {reason}",
               reason=" · ".join(reasons))  # fmt: skip


def _agreement(site: Site, check: AnswerCheck) -> Text:
    fact = site.ledger.fact("agreement", check.agreement)
    title = Agreement.from_json(fact.body).title if fact is not None else check.agreement
    return say("Set by the agreement '{title}'.", title=title)
