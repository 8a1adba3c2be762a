"""Kinds of question that checkers approved for all days: which there are, by whose word, and taking one back."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from safeconduct.actions.answer_checks import APPROVED, TEMPLATE, AnswerCheck, check_of, votes_on, without_days
from safeconduct.actions.messages import of_the_house, tell
from safeconduct.actions.moving import move, start
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.actions.verb import action
from safeconduct.govern.reviews import Verdict
from safeconduct.govern.roles import Role
from safeconduct.govern.states.machine import BY_SYSTEM, Part
from safeconduct.ledger.entries import Fact
from safeconduct.model.canonical import Json
from safeconduct.model.errors import BadInput, NotFound
from safeconduct.model.text import say

LONGEST = 2000
ENDED = "ended"
OFFICER = frozenset({Part.DPO})


@dataclass(frozen=True, kw_only=True)
class ApprovedQuestion:
    """A kind of question whose answers leave without being looked at one by one, or did.

    Attributes:
        id: Its id.
        question: What it asks, everything but its days.
        dataset: Of which data set.
        policy: Title of the protection level it was approved under, and holds for.
        answer_id: The answer with which it was approved.
        by: Opaque ids of those who said yes to that answer.
        state: `approved` or `ended`.
        since: Since when, UTC.
        ended_by: Opaque id of who ended it, `""` while it holds.
        why: Why it was ended, in their words.
    """

    id: str
    question: Mapping[str, Json] = field(hash=False)
    dataset: str
    policy: str
    answer_id: str
    by: tuple[str, ...]
    state: str
    since: datetime
    ended_by: str = ""
    why: str = ""


@action(needs="audit", reads=True)
def approved_questions(room: Room) -> list[ApprovedQuestion]:
    """Kinds of question that checkers approved for all days, with who did and when; those that hold first."""
    found = [_of(room.site, fact) for fact in room.site.ledger.facts(TEMPLATE)]
    return sorted(found, key=lambda one: (one.state != APPROVED, -one.since.timestamp()))


@action(needs="approve", repeatable=True)
def end_approved_question(room: Room, *, question: str, says: str) -> ApprovedQuestion:
    """End the approval of a kind of question: the next answer to it waits for independent checkers again.

    What left stays where it is. An answer that checkers themselves said yes to still leaves. Checkers are told.

    Args:
        question: Its id, as `approved_questions` tells it.
        says: Why, for the checkers of the next answer.
    """
    words = says.strip()
    if not words or len(words) > LONGEST:
        raise BadInput(say("Say why, in at most {most} letters, so that checkers know.", most=LONGEST), field="says")
    with room.write() as act:
        fact = act.tx.fact(TEMPLATE, question)
        if fact is None:
            raise NotFound(say("There is no such kind of question."))
        ended: dict[str, Json] = {**fact.body, "ended_by": room.caller.account, "why": words}
        move(act, TEMPLATE, question, command="end", parts=OFFICER, body=ended)
        told = say("The approval of a kind of question was ended; its next answer waits for checkers.")
        tell(act, of_the_house(room, Role.CHECKER), told, href="/reviews/answers")
        act.record(question, {"told": "checkers"})
    return approved_question(room.site, question)


def approved_question(site: Site, question: str) -> ApprovedQuestion:
    """One kind of question that was approved.

    Raises:
        NotFound: It never was.
    """
    fact = site.ledger.fact(TEMPLATE, question)
    if fact is None:
        raise NotFound(say("There is no such kind of question."))
    return _of(site, fact)


def approve_template(act: Act, check: AnswerCheck) -> None:
    """Approve the kind of question of an answer that was approved; anew where its approval was ended before."""
    body: dict[str, Json] = {"answer": check.answer, "dataset": check.dataset, "policy": check.policy,
                             "question": without_days(dict(check.spec))}  # fmt: skip
    told: dict[str, Json] = {"approved_with": check.answer}
    fact = act.tx.fact(TEMPLATE, check.template)
    if fact is None:
        start(act, TEMPLATE, check.template, body, told)
    elif fact.state != APPROVED:
        move(act, TEMPLATE, check.template, command="renew", parts=BY_SYSTEM, body=body, told=told)


def why_ended(site: Site, question: str) -> str:
    """Why the approval of a kind of question was ended, for those who check its next answer; `""` where it was not."""
    fact = site.ledger.fact(TEMPLATE, question)
    return str(fact.body["why"]) if fact is not None and fact.state == ENDED else ""


def _of(site: Site, fact: Fact) -> ApprovedQuestion:
    body, question = fact.body, fact.body["question"]
    check, _ = check_of(site, str(body["answer"]))
    yes = [one.by for one in votes_on(site, check.answer)
           if one.verdict is Verdict.APPROVE and one.draft == check.seen]  # fmt: skip
    return ApprovedQuestion(
        id=fact.id, question=question if isinstance(question, Mapping) else {}, dataset=str(body["dataset"]),
        policy=site.policy(str(body["policy"])).title, answer_id=check.answer, by=tuple(dict.fromkeys(yes)),
        state=fact.state, since=datetime.fromisoformat(fact.at), ended_by=str(body.get("ended_by", "")),
        why=str(body.get("why", "")),
    )  # fmt: skip
