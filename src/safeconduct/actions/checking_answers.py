"""Checking answers: what waits, what it looks like from inside, blind votes, and what whoever asked hears of it."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import StrEnum

from safeconduct.actions.answer_checks import (
    ANSWER,
    OVER,
    RETURNED,
    VOTE,
    WAITING,
    AnswerCheck,
    Reply,
    check_of,
    checks_of,
    parts_in_answer,
    project_in,
    review_of_answer,
    tell_asker,
    tell_checkers,
    votes_on,
)
from safeconduct.actions.answer_figures import AnswerFinding
from safeconduct.actions.answers_again import figures_for, looked_at
from safeconduct.actions.approved_questions import approve_template, why_ended
from safeconduct.actions.asking import own
from safeconduct.actions.moving import move, table
from safeconduct.actions.profiles import person_of
from safeconduct.actions.room import Act, Room
from safeconduct.actions.verb import action
from safeconduct.govern.may import No, Yes
from safeconduct.govern.reviews import Review, Verdict, Vote, may_vote, seen_by, state_of
from safeconduct.govern.states.machine import BY_SYSTEM, Part, commands
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, WrongState
from safeconduct.model.outcomes import Insight
from safeconduct.model.text import Text, say
from safeconduct.model.trees import to_mapping
from safeconduct.query.spec import read_question
from safeconduct.release.policies import in_words

LONGEST, MOST_DECIDED = 2000, 50
CHECKING, ASKING = frozenset({Part.CHECKER}), frozenset({Part.AUTHOR})


class AnswerVote(StrEnum):
    """What a checker says of an answer: it may leave, it must not, or something has to be asked first."""

    YES = "yes"
    NO = "no"
    ASK = "ask"


VERDICTS: Mapping[AnswerVote, Verdict] = {
    AnswerVote.YES: Verdict.APPROVE,
    AnswerVote.NO: Verdict.REJECT,
    AnswerVote.ASK: Verdict.CHANGES,
}
VOTES: Mapping[Verdict, AnswerVote] = {verdict: vote for vote, verdict in VERDICTS.items()}
COMMANDS: Mapping[AnswerVote, str] = {AnswerVote.YES: "vote", AnswerVote.NO: "vote", AnswerVote.ASK: "ask_back"}


@dataclass(frozen=True, kw_only=True)
class AnswerToCheck:
    """An answer in the list of reviews; says nothing of how anybody voted, nor whether anybody did.

    Attributes:
        answer_id: Its identity.
        kind: Kind of the question.
        dataset: Of which data set.
        project: Name of the project that asked.
        state: Where it is.
        since: Since when, UTC.
        can: How the caller may vote now; empty once they did.
    """

    answer_id: str
    kind: str
    dataset: str
    project: str
    state: str
    since: datetime
    can: tuple[AnswerVote, ...]


@dataclass(frozen=True, kw_only=True)
class VoteSeen:
    """A vote as the caller may see it; never whose it is.

    Attributes:
        vote: What they said.
        says: Their reason.
        at: When.
        mine: It is the caller's own.
    """

    vote: AnswerVote
    says: str
    at: datetime
    mine: bool


@dataclass(frozen=True, kw_only=True)
class Said:
    """One turn between a checker and whoever asked.

    Attributes:
        says: The words.
        at: When.
        by_checker: A checker's question; else the reply.
    """

    says: str
    at: datetime
    by_checker: bool


@dataclass(frozen=True, kw_only=True)
class AnswerEvidence:
    """An answer as those who check it see it; holds no identifier of anybody, and no cell.

    Attributes:
        answer_id: Its identity.
        seen: Digest of what is looked at; send it with a vote.
        title: What the kind of question is called.
        spec: The question.
        dataset: Of which data set.
        project: Name of the project that asked.
        purpose: What the project is for.
        state: Where it is.
        since: Since when, UTC.
        policy: Title of the protection level.
        rules: What the level asks, in sentences.
        does_not_resist: Attacks the level does not stop.
        findings: What the program found when it looked once more.
        figures: Cells by status, rule and band of people counted: for the page only, no door carries it.
        said: What was asked back and replied so far.
        votes: The votes the caller may see.
        missing: Votes still needed, `None` while that may not be told.
        needed: Votes needed in all, unless they disagree.
        alone: It is looked at for what it names, whatever was approved; a yes is for this answer and for no other.
        ended: Why an approval of this kind of question was ended, in the officer's words; `""` where none was.
        can: How the caller may vote now.
    """

    answer_id: str
    seen: str
    title: Text
    spec: Mapping[str, Json] = field(hash=False)
    dataset: str
    project: str
    purpose: str
    state: str
    since: datetime
    policy: str
    rules: tuple[Text, ...]
    does_not_resist: tuple[str, ...]
    findings: tuple[AnswerFinding, ...]
    figures: Insight
    said: tuple[Said, ...]
    votes: tuple[VoteSeen, ...]
    missing: int | None
    needed: int
    alone: bool
    ended: str
    can: tuple[AnswerVote, ...]


@dataclass(frozen=True, kw_only=True)
class AnswerWait:
    """How the review of an answer stands, for the project that asked.

    Attributes:
        answer_id: Its identity.
        state: Where it is.
        since: Since when, UTC.
        needed: Independent people who must say yes; never how many did.
        said: What was asked back and replied; for whoever asked, and nobody else of the project.
        can_reply: Whether the caller has a question to reply to.
    """

    answer_id: str
    state: str
    since: datetime
    needed: int
    said: tuple[Said, ...]
    can_reply: bool


@action(needs="check", reads=True)
def answers_to_check(room: Room) -> list[AnswerToCheck]:
    """Answers that wait for independent checkers, and the last that did; never your own project's."""
    found, every = [], checks_of(room.site)
    decided = sorted((one for one in every if one[1].state in OVER), key=lambda one: one[1].at)[-MOST_DECIDED:]
    for check, fact in [*(one for one in every if one[1].state not in OVER), *decided]:
        review = review_of_answer(room.site, check, fact)
        if Part.CHECKER in parts_in_answer(room, review):
            found.append(_line(room, check, fact, review))
    return sorted(found, key=lambda one: (not one.can, one.state in OVER, one.since))


def _line(room: Room, check: AnswerCheck, fact: Fact, review: Review) -> AnswerToCheck:
    project = project_in(room.site, check.project)
    return AnswerToCheck(
        answer_id=check.answer, kind=str(check.spec["kind"]), dataset=check.dataset,
        project=project.name if project else "", state=fact.state, since=datetime.fromisoformat(fact.at),
        can=_can(room, fact, review),
    )  # fmt: skip


def _can(room: Room, fact: Fact, review: Review) -> tuple[AnswerVote, ...]:
    """How the caller may vote now."""
    if isinstance(may_vote(person_of(room), review, votes_on(room.site, review.id), today=room.now.date()), No):
        return ()
    able = commands(table(ANSWER), fact.state, CHECKING)
    return tuple(vote for vote in AnswerVote if COMMANDS[vote] in able)


@action(needs="check", reads=True)
def answer_evidence(room: Room, *, answer_id: str) -> AnswerEvidence:
    """An answer from inside, with everything its checkers need; that you looked is recorded first.

    Its figures are shown on the page of the review and carried by no other door.

    Args:
        answer_id: Its identity, as `answers_to_check` tells it.
    """
    check, fact, review = _for_checker(room, answer_id)
    with room.write() as act:
        act.record(answer_id, {"evidence": check.evidence, "look": check.look})
    return _view(room, check, fact, review)


def _for_checker(room: Room, answer_id: str) -> tuple[AnswerCheck, Fact, Review]:
    """An answer under review, for somebody who is its checker.

    Raises:
        NotFound: There is none, or they have no part in it: told alike.
        NotPermitted: They or their project asked it.
    """
    check, fact = check_of(room.site, answer_id)
    review = review_of_answer(room.site, check, fact)
    parts = parts_in_answer(room, review)
    if Part.AUTHOR in parts:
        raise NotPermitted(say("You or your project asked this; somebody else checks it."))
    if Part.CHECKER not in parts:
        raise NotFound(say("There is no such answer to check."))
    return check, fact, review


def _view(room: Room, check: AnswerCheck, fact: Fact, review: Review) -> AnswerEvidence:
    site, policy = room.site, room.site.policy(check.policy)
    votes, looked = votes_on(site, check.answer), looked_at(site, check)
    project, state = project_in(site, check.project), state_of(review, votes)
    return AnswerEvidence(
        answer_id=check.answer, seen=check.seen, title=read_question(check.spec).title, spec=check.spec,
        dataset=check.dataset, project=project.name if project else "", purpose=project.purpose if project else "",
        state=fact.state, since=datetime.fromisoformat(fact.at), policy=policy.title, rules=tuple(in_words(policy)),
        does_not_resist=policy.does_not_resist, findings=looked.findings, figures=figures_for(room, check, looked),
        said=_said(check, votes), votes=_seen(room, fact, review, votes),
        missing=state.missing if fact.state in OVER else None, needed=review.needed, alone=check.alone,
        ended=why_ended(site, check.template), can=_can(room, fact, review),
    )  # fmt: skip


def _seen(room: Room, fact: Fact, review: Review, votes: list[Vote]) -> tuple[VoteSeen, ...]:
    """Votes the caller may see: all once it is over; before that their own, and questions that were asked back.

    A yes of an earlier round stays hidden: its checker votes again, and so may others.
    """
    me, over = room.caller.account, fact.state in OVER
    shown = [one for one in seen_by(person_of(room), review, votes)
             if over or one.by == me or one.verdict is Verdict.CHANGES]  # fmt: skip
    return tuple(VoteSeen(vote=VOTES[one.verdict], says=one.says, at=one.at, mine=one.by == me) for one in shown)


def _said(check: AnswerCheck, votes: list[Vote]) -> tuple[Said, ...]:
    asked = [Said(says=one.says, at=one.at, by_checker=True) for one in votes if one.verdict is Verdict.CHANGES]
    replied = [Said(says=one.says, at=one.at, by_checker=False) for one in check.replies]
    return tuple(sorted([*asked, *replied], key=lambda one: one.at))


@action(needs="check", repeatable=True)
def check_answer(room: Room, *, answer_id: str, vote: AnswerVote, reason: str = "", seen: str = "") -> AnswerToCheck:
    """Vote on an answer, without seeing others' votes; never on what you or your project asked.

    It is decided once as many voted as are needed. Where they disagree one more decides, who does not know that.
    The last yes that is needed releases it, and mostly later answers to the same question about other days. To ask
    sends it back to whoever asked, who replies; then everybody votes anew.

    Args:
        answer_id: Its identity.
        vote: `yes`, `no` or `ask`.
        reason: Why, or what you want to know; needed for anything but a yes. Whoever asked reads it as it is.
        seen: Digest of what you looked at, as `answer_evidence` tells it.
    """
    words = written(reason, "reason") if vote is not AnswerVote.YES else reason.strip()[:LONGEST]
    with room.write() as act:
        check, fact, review = _for_checker(room, answer_id)
        if seen not in {"", check.seen}:
            raise WrongState(say("The answer was looked at anew since; look at it again, then vote."))
        _hold_to_vote(room, fact, review)
        cast = Vote(by=room.caller.account, verdict=VERDICTS[vote], says=words, at=room.now, part=Part.CHECKER,
                    draft=check.seen)  # fmt: skip
        act.tx.put(VOTE, f"{answer_id}:{secrets.token_hex(6)}", to_mapping(cast), at=room.now)
        move(act, ANSWER, answer_id, command=COMMANDS[vote], parts=CHECKING)
        _after(act, check, review, cast)
    now = check_of(room.site, answer_id)
    return _line(room, *now, review_of_answer(room.site, *now))


def written(words: str, name: str) -> str:
    """Words that somebody has to write.

    Raises:
        BadInput: There are none, or too many.
    """
    if not words.strip():
        raise BadInput(say("Write a sentence, so that the others know."), field=name)
    if len(words.strip()) > LONGEST:
        raise BadInput(say("Write at most {most} letters.", most=LONGEST), field=name)
    return words.strip()


def _hold_to_vote(room: Room, fact: Fact, review: Review) -> None:
    if fact.state == RETURNED:
        raise WrongState(say("A checker asked something first; vote once whoever asked has replied."))
    answer: Yes | No = may_vote(person_of(room), review, votes_on(room.site, review.id), today=room.now.date())
    if isinstance(answer, No):
        raise NotPermitted(answer.what)


def _after(act: Act, check: AnswerCheck, review: Review, cast: Vote) -> None:
    """What a vote leads to, in its own transaction: nothing that others see, before all that are needed are in."""
    if cast.verdict is Verdict.CHANGES:
        tell_asker(act, check, say("Whoever checks an answer of yours asks you something."))
        return
    outcome = state_of(review, [*votes_on(act.room.site, check.answer), cast]).outcome
    if outcome is Verdict.APPROVE:
        _approve(act, check)
    elif outcome is not None:
        move(act, ANSWER, check.answer, command="turn_down", parts=BY_SYSTEM)
        tell_asker(act, check, say("An answer you asked for was checked and does not leave; see why."))


def _approve(act: Act, check: AnswerCheck) -> None:
    """Approve an answer and, unless it stands alone, its template; whatever waits with that goes on too."""
    move(act, ANSWER, check.answer, command="complete", parts=BY_SYSTEM)
    act.room.site.queue.again(act.tx, check.answer, act.room.now)
    if check.alone:
        return
    approve_template(act, check)
    for other, _ in checks_of(act.room.site, WAITING, RETURNED):
        if other.template == check.template and other.answer != check.answer and not other.alone:
            move(act, ANSWER, other.answer, command="follow", parts=BY_SYSTEM)
            act.room.site.queue.again(act.tx, other.answer, act.room.now)


@action(needs="ask", reads=True)
def answer_wait(room: Room, *, answer_id: str) -> AnswerWait:
    """How the review of an answer your project asked for stands: since when it waits, and what you were asked.

    Args:
        answer_id: What `ask` gave back.
    """
    own(room, answer_id)
    check, fact = check_of(room.site, answer_id)
    mine = room.caller.account == check.asker
    return AnswerWait(
        answer_id=answer_id,
        state=fact.state,
        since=datetime.fromisoformat(fact.at),
        needed=review_of_answer(room.site, check, fact).needed,
        said=_said(check, votes_on(room.site, answer_id)) if mine else (),
        can_reply=mine and fact.state == RETURNED,
    )


@action(needs="ask", repeatable=True)
def reply_to_checkers(room: Room, *, answer_id: str, says: str) -> AnswerWait:
    """Reply to what a checker asked you about an answer; then every checker votes anew.

    Args:
        answer_id: What `ask` gave back.
        says: Your reply, which every checker of it reads.
    """
    words = written(says, "says")
    own(room, answer_id)
    with room.write() as act:
        check, _ = check_of(room.site, answer_id)
        if room.caller.account != check.asker:
            raise NotPermitted(say("Only whoever asked the question replies."))
        after = replace(check, replies=(*check.replies, Reply(says=words, at=room.now)))
        move(act, ANSWER, answer_id, command="reply", parts=ASKING, body=to_mapping(after))
        tell_checkers(act, after)
    return answer_wait(room, answer_id=answer_id)
