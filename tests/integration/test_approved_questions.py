"""A kind of question that was approved can be taken back; answers that wait are not forgotten."""

import re
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta

import pytest
from fastapi.testclient import TestClient

import checking
from safeconduct.actions.answer_checks import end_check
from safeconduct.actions.reminding import remind
from safeconduct.jobs.queue import Job
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, TooMany, WrongState
from safeconduct.model.outcomes import Pending, Release
from safeconduct.server.app import create_app

checked_site, house = checking.checked_site, checking.house

pytestmark = pytest.mark.slow
WHY = "The camp of last month makes this question a danger."
FIRST, AGAIN = "An answer waits to be checked.", "An answer still waits to be checked."


def approved(house) -> str:
    """A kind of question approved by Farid and Hana; its id."""
    house.approve(house.ask(day=6))
    (one,) = house.act("dara", "approved_questions")
    return one.id


def end(house, question: str, login: str = "dara", says: str = WHY):
    return house.act(login, "end_approved_question", question=question, says=says)


def test_whoever_watches_sees_what_is_approved_and_by_whom(house):
    """The officer, a steward and an auditor; by opaque ids, with what is asked and no days."""
    approved(house)
    (one,) = house.act("amara", "approved_questions")

    assert set(one.by) == {house.account("farid"), house.account("hana")}
    assert one.state == "approved"
    assert one.question["areas"] == "admin2"
    assert "days" not in str(one.question)
    for login in ("chloe", "farid"):
        with pytest.raises(NotPermitted):
            house.act(login, "approved_questions")


def test_after_the_end_of_an_approval_the_next_answer_waits_for_two_again(house):
    """And those two approve the kind anew, of all days; what left before stays."""
    question, before = approved(house), house.ask(day=7)
    ended = end(house, question)
    waits = house.ask(day=8)

    assert (ended.state, ended.ended_by, ended.why) == ("ended", house.account("dara"), WHY)
    assert isinstance(house.result(before), Release)
    assert house.result(waits) == Pending(answer_id=waits, missing=2)
    house.approve(waits, "omar", "farid")
    (anew,) = house.act("dara", "approved_questions")
    assert (anew.state, anew.ended_by, anew.answer_id) == ("approved", "", waits)
    assert isinstance(house.result(house.ask(day=5)), Release)


@pytest.mark.parametrize("login", ["amara", "farid", "chloe"], ids=["a steward", "a checker", "an analyst"])
def test_nobody_but_an_officer_ends_an_approval(house, login):
    """Not even those who gave it."""
    question = approved(house)
    with pytest.raises(NotPermitted):
        end(house, question, login)

    assert house.act("dara", "approved_questions")[0].state == "approved"


def test_that_an_approval_was_ended_is_recorded_without_the_words(house):
    """By whom; checkers are told to look, and the words are for those who check the next answer to it."""
    question = approved(house)
    before = house.ask(areas="admin1")
    end(house, question)
    answer = house.ask(day=8)
    told = [house.act("omar", "answer_evidence", answer_id=one).ended for one in (before, answer)]
    events = house.events("end_approved_question", question)

    assert told == ["", WHY]
    assert {one.actor for one in events} == {house.account("dara")}
    assert any(one.body.get("command") == "end" for one in events)
    assert WHY not in str([one.body for one in events])
    assert "The approval of a kind of question was ended; its next answer waits for checkers." in house.messages("hana")


def test_an_approval_is_ended_once_with_a_reason_and_only_if_there_is_one(house):
    """What cannot be done says so and changes nothing."""
    question = approved(house)
    with pytest.raises(BadInput, match="Say why"):
        end(house, question, says="  ")
    with pytest.raises(NotFound):
        end(house, "0" * 64)
    end(house, question)
    with pytest.raises(WrongState):
        end(house, question)


def test_an_answer_that_two_said_yes_to_leaves_though_its_kind_was_ended_meanwhile(house):
    """They looked at that very answer; the end is for those after it."""
    answer = house.ask(day=6)
    for login in ("farid", "hana"):
        house.vote(login, answer)
    end(house, house.act("dara", "approved_questions")[0].id)
    house.work()

    assert isinstance(house.result(answer), Release)


def test_an_approval_that_ends_while_an_answer_is_computed_does_not_let_it_out(house):
    """It was decided by an approval that holds no more; it is computed again, and waits."""
    question, job = approved(house), house.site.queue.get(house.ask(day=7))
    end(house, question)
    late = Job(**{**vars(job), "key": "f" * 64})
    with pytest.raises(TooMany), house.site.ledger.write() as tx:
        end_check(house.site, tx, late)


def later(days: float) -> datetime:
    return datetime.now(UTC) + timedelta(days=days)


def count(house, login: str, says: str) -> int:
    return house.messages(login).count(says)


def test_checkers_are_told_again_after_days_and_not_before(house):
    """Every three days, once, whichever worker comes first; a message says where to look and no number."""
    answer = house.ask()
    told = [remind(house.site, later(days)) for days in (1, 2.9, 3.1, 3.2, 6, 6.2)]

    assert told == [0, 0, 1, 0, 0, 1]
    assert (count(house, "hana", FIRST), count(house, "hana", AGAIN)) == (1, 2)
    assert not any(re.search(r"\d", one) for one in house.messages("hana"))
    assert {one.href for one in house.act("hana", "messages")} == {f"/reviews/answers/{answer}/check"}


def test_whoever_asked_or_voted_is_not_told_again(house):
    """Others are, in the same words as ever, so that nobody learns that somebody voted."""
    answer = house.ask("chloe")
    house.vote("farid", answer)
    remind(house.site, later(4))

    assert [count(house, login, AGAIN) for login in ("farid", "hana", "omar", "karim")] == [0, 1, 1, 0]


def test_nobody_is_told_again_of_what_is_decided_or_was_asked_back(house):
    """It stops by itself."""
    done, refused, returned = house.ask(), house.ask(areas="admin1"), house.ask(events=["calls"])
    house.approve(done)
    house.refuse(refused)
    house.vote("hana", returned, "ask", "Who reads it?")

    assert remind(house.site, later(9)) == 0
    house.act("chloe", "reply_to_checkers", answer_id=returned, says="The shelter cluster.")
    assert remind(house.site, later(9)) == 1


def test_an_officer_is_told_where_too_few_can_check(house):
    """Where two disagreed nobody could decide; it is told before anybody voted, so that it says nothing of votes."""
    able = house.ask("chloe")
    remind(house.site, later(4))
    few = "Too few people can check an answer that waits; where two disagree one more decides."
    assert count(house, "dara", few) == 0
    for login in ("farid", "hana", "zack"):
        with house.site.ledger.write() as tx:
            house.site.accounts.set_roles(tx, house.account(login), ["auditor"])
    remind(house.site, later(8))

    assert house.state(able) == "waiting"
    assert count(house, "dara", few) == 1


@pytest.fixture
def browse(house):
    """`browse(login)`: a browser without scripts, signed in as them."""
    with ExitStack() as stack:
        client = stack.enter_context(TestClient(create_app(house.site), base_url="http://127.0.0.1"))

        def visit(login: str):
            client.cookies = {"safeconduct": house.cookie(login)}
            return client

        yield visit


def test_an_officer_ends_an_approval_on_a_page_that_says_what_follows(house, browse):
    """In two steps, with a reason; the list then says so."""
    question = approved(house)
    officer = browse("dara")
    page = officer.get("/reviews/questions").text
    asks = officer.get(f"/reviews/questions/{question}").text
    hidden = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', asks))
    empty = officer.post(f"/reviews/questions/{question}", data={**hidden, "says": ""})
    sent = officer.post(f"/reviews/questions/{question}", data={**hidden, "says": WHY})

    assert f'href="/reviews/questions/{question}"' in page
    assert "The next answer to this question waits for independent checkers again" in asks
    assert (empty.status_code, "Say why" in empty.text) == (422, True)
    assert "Saved." in sent.text
    assert WHY in sent.text
    assert not any(one.title() in re.sub(r"<[^>]+>", " ", page) for one in ("farid", "hana", "chloe"))


def test_a_steward_sees_the_list_and_no_way_to_end_anything(house, browse):
    """And nobody else sees it at all."""
    question = approved(house)

    assert "End this approval" not in browse("amara").get("/reviews/questions").text
    assert browse("amara").get(f"/reviews/questions/{question}").status_code == 403
    assert browse("farid").get("/reviews/questions").status_code == 403
