"""Answers that still wait: whoever could check one and did not yet is told again; nobody has to remember."""

from collections.abc import Iterator
from datetime import datetime, timedelta

from safeconduct.actions.answer_checks import (
    ANSWER,
    WAITING,
    AnswerCheck,
    able_to_check,
    checks_of,
    review_of_answer,
    votes_on,
    where_checked,
)
from safeconduct.actions.messages import holders, tell
from safeconduct.actions.room import Act, Room
from safeconduct.actions.site import Site
from safeconduct.govern.reviews import Review, state_of
from safeconduct.govern.roles import Role
from safeconduct.ledger.entries import Fact
from safeconduct.model.text import say

AGAIN = timedelta(days=3)
"""How long an answer waits before its checkers are told again."""

REMINDED = "answer_reminder"


def remind(site: Site, now: datetime) -> int:
    """Tell checkers again of every answer that waits for days; on how many answers. Doing it again tells nobody more.

    It stops by itself: an answer that is decided, or was asked back, is nobody's any more, and whoever voted is not
    told again. A message says where to look, and the same to everybody, so that it tells of no vote.
    """
    room = Room.of_worker(site, now, verb="remind")
    return sum(1 for _ in _reminded(room))


def _reminded(room: Room) -> Iterator[str]:
    for check, fact in checks_of(room.site, WAITING):
        if _told_at(room.site, fact) <= room.now - AGAIN and _once(room, check, fact):
            yield check.answer


def _once(room: Room, check: AnswerCheck, fact: Fact) -> bool:
    """Tell them, unless another worker just did or it waits no more; whether they were told."""
    with room.write() as act:
        now, again = act.tx.fact(ANSWER, check.answer), act.tx.fact(REMINDED, check.answer)
        told = again is not None and datetime.fromisoformat(again.at) > room.now - AGAIN
        if now is None or now.state != WAITING or told:
            return False
        act.tx.put(REMINDED, check.answer, {}, at=room.now)
        _tell(act, check, fact)
    return True


def _told_at(site: Site, fact: Fact) -> datetime:
    """When whoever could check an answer was told last."""
    again = site.ledger.fact(REMINDED, fact.id)
    return max(datetime.fromisoformat(one.at) for one in (fact, again) if one is not None)


def _tell(act: Act, check: AnswerCheck, fact: Fact) -> None:
    room, review = act.room, review_of_answer(act.room.site, check, fact)
    able, voted = able_to_check(room, check), _voted(room.site, review)
    tell(act, [one for one in able if one not in voted], say("An answer still waits to be checked."),
         href=where_checked(check))  # fmt: skip
    act.record(check.answer, {"told": "checkers"})
    if len(able) <= review.needed:
        few = say("Too few people can check an answer that waits; where two disagree one more decides.")
        tell(act, holders(room, Role.DPO), few, href="/today")
        act.record(check.answer, {"told": "officer"})


def _voted(site: Site, review: Review) -> frozenset[str]:
    return frozenset(one.by for one in state_of(review, votes_on(site, review.id)).votes)
