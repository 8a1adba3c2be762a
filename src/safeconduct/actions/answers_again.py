"""Answers that wait for checkers when people are erased from their data set: looked at anew, and by whom.

What leaves is computed when it leaves, without those who were erased, so what checkers saw before is not what they
would let go. What they see is destroyed and made anew, votes on it do not count any more, and whoever saw the figures
from before is not shown those from after: the two together could tell of one person. All of it happens whether or not
anybody who was erased is in the answer.
"""

from dataclasses import replace
from datetime import datetime

from safeconduct.actions.answer_checks import (
    ANSWER,
    RETURNED,
    WAITING,
    AnswerCheck,
    able_to_check,
    checks_of,
    where_checked,
)
from safeconduct.actions.answer_figures import Looked
from safeconduct.actions.messages import tell
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.model.outcomes import Insight
from safeconduct.model.text import say
from safeconduct.model.trees import from_tree, to_mapping

VERB, LOOKS = "look_anew", "answer_evidence"
MOST = 10_000


def look_anew(site: Site, dataset: str, now: datetime) -> None:
    """Destroy what checkers see of answers of a data set that wait, and have it made anew; doing it again is harmless.

    Call it after the records were written anew.
    """
    for check, _ in checks_of(site, WAITING, RETURNED):
        if check.dataset == dataset:
            _forget(site, check)
            _begin(site, check.answer, now)


def looked_at(site: Site, check: AnswerCheck) -> Looked:
    """What checkers may see of an answer; nothing while it is made anew."""
    return from_tree(Looked, site.documents.get(check.evidence)) if check.evidence else Looked(figures=(), findings=())


def figures_for(room: Room, check: AnswerCheck, looked: Looked) -> Insight:
    """The figures of an answer for the caller: none, where they saw those from before people were erased."""
    seen = room.site.ledger.events(actor=room.caller.account, verb=LOOKS, subject=check.answer, limit=MOST)
    before = any(one.body.get("look", 0) != check.look for one in seen)
    return (replace(looked, figures=()) if before else looked).insight()


def _forget(site: Site, check: AnswerCheck) -> None:
    others = {one.evidence for one, _ in checks_of(site) if one.answer != check.answer}
    if check.evidence and check.evidence not in others:
        site.documents.delete(check.evidence)


def _begin(site: Site, answer: str, now: datetime) -> None:
    """Have it computed once more, unless it was decided meanwhile."""
    says = say("People were erased from a data set, so an answer you may check is made anew; look at it again.")
    with site.ledger.write() as tx:
        fact = tx.fact(ANSWER, answer)
        if fact is None or fact.state not in {WAITING, RETURNED}:
            return
        check = from_tree(AnswerCheck, fact.body)
        after = replace(check, evidence="", look=check.look + 1)
        act = Act(tx, Room.of_worker(site, now, verb=VERB))
        tx.put(ANSWER, answer, to_mapping(after), state=fact.state, at=now)
        site.queue.again(tx, answer, now)
        tell(act, able_to_check(act.room, after), says, href=where_checked(after))
        act.record(answer, {"look": after.look, "before": check.evidence})
