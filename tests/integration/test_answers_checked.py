"""An answer to a new kind of question leaves by the word of two people; neither asked it, nor knew the other's."""

import json
import re
from concurrent.futures import ThreadPoolExecutor

import pytest

import checking
from safeconduct.actions.answer_checks import approvals_for, begin_check, template_approved
from safeconduct.actions.telling import tell
from safeconduct.actions.verb import verbs
from safeconduct.jobs.queue import Job
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, SafeconductError, TooMany, WrongState
from safeconduct.model.outcomes import Pending, Refusal, Release

checked_site, house, question = checking.checked_site, checking.house, checking.question

pytestmark = pytest.mark.slow
WHY = checking.WHY


def test_an_answer_waits_and_its_checkers_are_told(house):
    """Nobody has it yet; those who asked are told since when and for how many it waits."""
    answer = house.ask()
    wait = house.act("chloe", "answer_wait", answer_id=answer)

    assert isinstance(house.result(answer), Pending)
    assert (wait.state, wait.needed) == ("waiting", 2)
    assert house.messages("farid") == ["An answer waits to be checked."]
    assert house.messages("karim") == []


def test_two_who_say_yes_release_it(house):
    """The job is done again, by itself, and decided with their word."""
    answer = house.ask()
    house.vote("farid", answer)
    house.work()
    assert isinstance(house.result(answer), Pending)
    house.vote("hana", answer)
    house.work()

    assert isinstance(house.result(answer), Release)
    assert house.state(answer) == "released"
    assert "An answer you asked for was checked and released." in house.messages("chloe")


def test_the_answer_is_the_one_that_was_looked_at(house):
    """Computed again it has as many cells of each status as the checkers saw."""
    answer = house.ask()
    rows = house.act("farid", "answer_evidence", answer_id=answer).figures.table.rows()
    seen = {row["name"]: row["count"] for row in rows if row["part"] == "status"}
    house.approve(answer)

    assert {status.value: count for status, count in house.result(answer).by_status().items()} == seen
    assert sum(row["count"] for row in rows if row["part"] == "band") == seen["value"]


def test_a_second_question_of_the_same_template_is_released_at_once(house):
    """Other days, and how many, are no other template."""
    house.approve(house.ask(day=6))
    second = house.ask(day=7, last=8)

    assert isinstance(house.result(second), Release)
    assert house.state(second) == ""


@pytest.mark.parametrize("other", [{"areas": "admin1"}, {"events": ["calls"]}], ids=["larger areas", "only calls"])
def test_a_question_that_differs_in_anything_but_days_waits_anew(house, other):
    """An approval goes as far as what was looked at."""
    house.approve(house.ask())

    assert isinstance(house.result(house.ask(day=7, **other)), Pending)


def test_an_approval_holds_for_every_project_under_the_same_level(house):
    """What was approved is the template, for the data set and the level, not for who asked."""
    house.approve(house.ask("chloe"))
    answer = house.ask("zoe", day=7)

    assert isinstance(house.result(answer, "zoe"), Release)


def test_answers_that_wait_with_the_same_template_go_on_together(house):
    """A checker does not look at ten days of one question ten times; one that was asked back goes on too."""
    first, second, third = house.ask(day=6), house.ask(day=7), house.ask(day=8)
    house.vote("farid", third, "ask", "What for?")
    house.approve(first)

    assert {house.state(one) for one in (first, second, third)} == {"released"}
    assert isinstance(house.result(second), Release)


def test_no_vote_is_seen_before_one_has_voted(house):
    """Neither in the list, nor on the page, nor in the state, nor in how many are missing; nor by those who asked."""
    answer = house.ask()
    before = (house.act("hana", "answers_to_check"), house.act("hana", "answer_evidence", answer_id=answer))
    house.vote("farid", answer)
    after = (house.act("hana", "answers_to_check"), house.act("hana", "answer_evidence", answer_id=answer))

    assert after[0] == before[0]
    assert tell(after[1]) == tell(before[1])
    assert (after[1].votes, after[1].missing) == ((), None)
    assert tell(house.act("chloe", "answer_wait", answer_id=answer))["state"] == "waiting"


def test_ones_own_vote_is_seen_and_is_the_only_one(house):
    """Whoever voted sees that, and cannot vote again."""
    answer = house.ask()
    house.vote("farid", answer)
    mine = house.act("farid", "answer_evidence", answer_id=answer)

    assert [(one.vote, one.mine) for one in mine.votes] == [("yes", True)]
    assert mine.can == ()
    with pytest.raises(NotPermitted, match="voted on this already"):
        house.vote("farid", answer)


def test_all_votes_are_seen_once_it_is_over(house):
    """Without whose they are."""
    answer = house.ask()
    house.vote("farid", answer)
    house.vote("hana", answer, "no", WHY)
    house.vote("stella", answer, "no", WHY)
    seen = house.act("omar", "answer_evidence", answer_id=answer)

    assert [(one.vote, one.says, one.mine) for one in seen.votes] == [
        ("yes", "", False), ("no", WHY, False), ("no", WHY, False),
    ]  # fmt: skip
    assert not {house.account(one) for one in ("farid", "hana", "chloe")} & set(re.findall(r"\w+", repr(seen)))


@pytest.mark.parametrize("login", ["karim", "zack"], ids=["of the asker's project", "of a project that asked it too"])
def test_nobody_checks_what_their_project_asked(house, login):
    """Not in their list, and not by its id."""
    answer = house.ask("chloe")
    house.ask("zoe")

    assert house.act(login, "answers_to_check") == []
    for verb, more in (("answer_evidence", {}), ("check_answer", {"vote": "yes"})):
        with pytest.raises(NotPermitted, match="your project asked"):
            house.act(login, verb, answer_id=answer, **more)


def test_an_asker_does_not_check_their_own(house):
    """Zack is a checker too."""
    answer = house.ask("zack")
    with pytest.raises(NotPermitted, match="You or your project asked this"):
        house.vote("zack", answer)

    assert house.state(answer) == "waiting"


def test_the_steward_who_opened_the_project_does_not_check_for_it(house):
    """Stella checks for others; Roads is hers."""
    own, others = house.ask("zoe"), house.ask("chloe", areas="admin1")

    assert [one.answer_id for one in house.act("stella", "answers_to_check")] == [others]
    with pytest.raises(NotPermitted):
        house.vote("stella", own)


def test_nobody_checks_what_their_own_answer_would_follow(house):
    """Zack waits for another day of the same question: his yes would release it."""
    answer = house.ask("chloe", day=6)
    house.ask("zack", day=7)
    with pytest.raises(NotPermitted):
        house.vote("zack", answer)


def test_a_vote_of_somebody_whose_project_asked_it_later_no_longer_counts(house):
    """Zack checked for others, then asked the same; another checker is needed."""
    answer = house.ask("chloe")
    house.vote("zack", answer)
    house.ask("zack")
    house.vote("farid", answer)
    assert house.state(answer) == "waiting"
    house.vote("hana", answer)

    assert house.state(answer) == "approved"


@pytest.mark.parametrize("login", ["chloe", "amara"])
def test_whoever_is_no_checker_sees_nothing_from_inside(house, login):
    """An analyst and a steward; the verbs are not theirs."""
    answer = house.ask()
    for verb, more in (("answers_to_check", {}), ("answer_evidence", {"answer_id": answer})):
        with pytest.raises(NotPermitted):
            house.act(login, verb, **more)


def test_a_checker_of_another_house_is_told_that_there_is_none(house):
    """Guests are invited to editions, never to answers."""
    answer = house.ask()

    assert house.act("ines", "answers_to_check") == []
    with pytest.raises(NotFound):
        house.vote("ines", answer)


def test_after_a_no_whoever_asked_sees_why(house):
    """In the checkers' own words; nothing was released."""
    answer = house.ask()
    house.refuse(answer)
    card = house.result(answer)

    assert isinstance(card, Refusal)
    assert card.reason == "checkers.refused"
    assert WHY in str(card.what)
    assert str(card.agreement) == "Set by the agreement 'Shelter, checked'."
    assert house.site.ledger.answer(answer) is None
    assert "An answer you asked for was checked and does not leave; see why." in house.messages("chloe")


def test_the_words_of_a_no_are_for_whoever_asked_only(house):
    """Not for a colleague, not for another project that asked the same, and not for the record of use."""
    answer = house.ask("chloe")
    house.ask("carl")
    house.ask("zoe")
    house.refuse(answer)

    assert all(WHY not in json.dumps(tell(house.result(answer, one))) for one in ("carl", "zoe"))
    assert WHY not in str([one.body for one in house.site.ledger.events(limit=1000)])


def test_a_refused_answer_stays_refused(house):
    """Asked again, voted on again, or after its template was approved for other days."""
    answer = house.ask()
    house.refuse(answer)
    with pytest.raises(NotPermitted, match="over"):
        house.vote("omar", answer)
    house.approve(house.ask(day=7))
    house.ask()

    assert isinstance(house.result(answer), Refusal)
    assert isinstance(house.result(house.ask(day=8)), Release)


def test_a_refused_answer_is_not_let_out_even_if_its_job_is_done_again(house):
    """As after a cleared queue: no approval of others counts for it."""
    answer = house.ask()
    job = house.site.queue.get(answer)
    house.refuse(answer)
    house.approve(house.ask(day=7))

    assert approvals_for(house.site, job) == 0
    assert approvals_for(house.site, Job(**{**vars(job), "key": "another"})) == 2


@pytest.mark.parametrize("vote", ["no", "ask"])
def test_a_no_and_a_question_need_words(house, vote):
    """Nobody could mend or answer anything."""
    answer = house.ask()
    with pytest.raises(BadInput, match="sentence"):
        house.vote("farid", answer, vote, "  ")

    assert house.state(answer) == "waiting"


def test_whoever_asked_replies_and_everybody_votes_anew(house):
    """The yes of the first round counts no longer: what is looked at has changed."""
    answer = house.ask()
    house.vote("farid", answer)
    house.vote("hana", answer, "ask", "Who reads it?")
    assert [one.says for one in house.act("chloe", "answer_wait", answer_id=answer).said] == ["Who reads it?"]
    with pytest.raises(WrongState, match="asked something first"):
        house.vote("omar", answer)
    house.act("chloe", "reply_to_checkers", answer_id=answer, says="The shelter cluster.")
    said = house.act("omar", "answer_evidence", answer_id=answer).said
    house.vote("omar", answer)
    assert house.state(answer) == "waiting"
    house.vote("farid", answer)

    assert [(one.says, one.by_checker) for one in said] == [("Who reads it?", True), ("The shelter cluster.", False)]
    assert house.state(answer) == "approved"


def test_a_yes_of_an_earlier_round_is_not_shown_in_the_next(house):
    """Only what was asked back is: its words went to whoever asked."""
    answer = house.ask()
    house.vote("farid", answer)
    house.vote("hana", answer, "ask", "Who reads it?")
    returned = house.act("omar", "answer_evidence", answer_id=answer).votes
    house.act("chloe", "reply_to_checkers", answer_id=answer, says="The shelter cluster.")
    again = house.act("omar", "answer_evidence", answer_id=answer).votes

    assert [one.vote for one in returned] == ["ask"]
    assert [one.vote for one in again] == ["ask"]


def test_a_question_of_a_checker_is_for_whoever_asked_only(house):
    """A colleague sees that it waits, not what was said, and cannot reply."""
    answer = house.ask("chloe")
    house.ask("carl")
    house.vote("hana", answer, "ask", "Who reads it?")
    wait = house.act("carl", "answer_wait", answer_id=answer)
    with pytest.raises(NotPermitted):
        house.act("carl", "reply_to_checkers", answer_id=answer, says="I do.")

    assert (wait.state, wait.said, wait.can_reply) == ("returned", (), False)


def test_a_vote_on_what_was_seen_before_a_reply_is_looked_at_again(house):
    """The digest travels with the vote."""
    answer = house.ask()
    seen = house.act("farid", "answer_evidence", answer_id=answer).seen
    house.vote("hana", answer, "ask", "Who reads it?")
    house.act("chloe", "reply_to_checkers", answer_id=answer, says="The shelter cluster.")

    with pytest.raises(WrongState, match="looked at anew"):
        house.vote("farid", answer, seen=seen)


def test_that_somebody_looked_is_recorded_first(house):
    """Each time, by whom."""
    answer = house.ask()
    house.act("farid", "answer_evidence", answer_id=answer)

    assert [one.actor for one in house.events("answer_evidence", answer)] == [house.account("farid")]


def test_looking_computes_nothing(house, monkeypatch):
    """The worker kept what is looked at; the records are not opened again."""
    answer = house.ask()
    monkeypatch.setattr("safeconduct.actions.site.Site.records", None)

    assert len(house.act("farid", "answer_evidence", answer_id=answer).figures.table) > 0


def test_no_figure_leaves_by_another_door_than_the_page(house):
    """The API and the shell carry the rest."""
    answer = house.ask()
    view = house.act("farid", "answer_evidence", answer_id=answer)

    assert tell(view)["figures"] is None
    assert not any(isinstance(value, int) for one in view.findings for value in one.says.values.values())


def test_what_is_kept_of_an_answer_names_no_place_and_is_sealed(house):
    """Neither an area nor a count can be read from the files of the site."""
    answer = house.ask()
    view = house.act("farid", "answer_evidence", answer_id=answer)
    codes = {area.code for level in house.site.facts(house.site.manifest("phone")).geography.areas.values()
             for area in level}  # fmt: skip
    kept = b"".join(path.read_bytes() for path in house.site.folders.documents.rglob("*.json"))

    assert not codes & set(re.findall(r"\w+", json.dumps(view.figures.table.rows())))
    assert kept
    assert b"smallest" not in kept


def test_the_findings_of_every_rule_are_told(house):
    """Each was applied once more to what would leave."""
    view = house.act("farid", "answer_evidence", answer_id=house.ask())

    assert [one.rule for one in view.findings] == [
        "minimum_geography", "minimum_contributors", "presentation", "days", "told",
    ]  # fmt: skip
    assert all(one.passed for one in view.findings)


def at_once(house, *calls: tuple[str, str]) -> list:
    """Votes at the same moment, each in a thread; what each gave, or why not."""

    def call(one):
        login, answer = one
        try:
            return verbs["check_answer"].call(house.room(login), {"answer_id": answer, "vote": "yes"})
        except SafeconductError as error:
            return error

    with ThreadPoolExecutor(len(calls)) as pool:
        return list(pool.map(call, calls))


def test_two_at_once_complete_a_review_once(house):
    """Both votes count, each once, and the job is queued once."""
    answer = house.ask()
    at_once(house, ("farid", answer), ("hana", answer), ("farid", answer), ("hana", answer))
    completed = [one for one in house.events("check_answer", answer) if one.body.get("command") == "complete"]
    house.work()

    assert len(completed) == 1
    assert len(house.site.ledger.facts("answer_vote")) == 2
    assert isinstance(house.result(answer), Release)


def test_an_approval_that_comes_while_an_answer_is_computed_begins_it_again(house):
    """Otherwise it would wait for ever: everything that waited went on before it was there."""
    job = house.site.queue.get(house.ask(day=6))
    house.approve(job.key)
    late = Job(**{**vars(job), "key": "f" * 64})
    with pytest.raises(TooMany), house.site.ledger.write() as tx:
        begin_check(house.site, tx, late, evidence="0" * 64)

    assert house.state(late.key) == ""


def test_a_stopped_answer_is_asked_again_and_needs_no_second_review(house):
    """Approved, then stopped before it was computed anew."""
    answer = house.ask()
    for login in ("farid", "hana"):
        house.vote(login, answer)
    house.act("chloe", "cancel", answer_id=answer)
    house.work()
    assert house.site.ledger.answer(answer) is None
    house.ask()

    assert isinstance(house.result(answer), Release)


def test_whether_a_question_would_wait_is_known_before_it_is_asked(house):
    """For whoever explains it."""
    policy = house.site.policies["checked"].id
    known = {"dataset": "phone", "policy": policy}
    full = house.act("chloe", "explain", spec=question(day=8), dataset="phone").spec
    before = template_approved(house.site, full, **known)
    house.approve(house.ask(day=6))

    assert (before, template_approved(house.site, full, **known)) == (False, True)
    assert not template_approved(house.site, full, dataset="other", policy=policy)


def test_two_who_disagree_are_decided_between_by_a_third(house):
    """By majority; until then nothing is released, and nobody is told that they disagree."""
    let_go, kept = house.ask(), house.ask(areas="admin1")
    for answer, last in ((let_go, ("yes", "")), (kept, ("no", WHY))):
        house.vote("farid", answer)
        house.vote("hana", answer, "no", WHY)
        assert house.state(answer) == "waiting"
        house.vote("omar", answer, *last)
    house.work()

    assert isinstance(house.result(let_go), Release)
    assert isinstance(house.result(kept), Refusal)


def test_whoever_decides_does_not_know_it(house):
    """Neither the list, nor the page, nor the messages of the third look otherwise after two disagreed."""

    def seen(login):
        return (house.act(login, "answers_to_check"), tell(house.act(login, "answer_evidence", answer_id=answer)),
                house.messages(login))  # fmt: skip

    answer = house.ask()
    before = seen("omar")
    house.vote("farid", answer)
    house.vote("hana", answer, "no", WHY)

    assert seen("omar") == before
    assert tell(house.act("chloe", "answer_wait", answer_id=answer))["state"] == "waiting"


def test_nobody_who_asked_decides_between_two(house):
    """Zack could, until his project asks the same."""
    answer = house.ask("chloe")
    house.vote("farid", answer)
    house.vote("hana", answer, "no", WHY)
    house.ask("zoe")
    for login in ("zack", "karim", "stella"):
        with pytest.raises(NotPermitted):
            house.vote(login, answer)

    assert house.state(answer) == "waiting"


def test_the_words_of_a_no_that_did_not_prevail_are_not_for_whoever_asked(house):
    """Most said yes; the answer is there, and no refusal card."""
    answer = house.ask()
    house.vote("farid", answer, "no", WHY)
    house.approve(answer, "hana", "omar")

    assert isinstance(house.result(answer), Release)
    assert WHY not in json.dumps(tell(house.act("chloe", "answer_wait", answer_id=answer)))


def test_a_majority_is_of_those_who_may_vote(house):
    """A vote of somebody whose project asked since counts no more, for a no as for a yes."""
    answer = house.ask("chloe")
    house.vote("zack", answer, "no", WHY)
    house.ask("zoe")
    house.vote("farid", answer)
    house.vote("hana", answer)

    assert house.state(answer) == "approved"


def test_a_pending_answer_always_says_that_somebody_has_to_look(house, monkeypatch):
    """A job that ends between two looks is an answer, or on its way; never one that nobody has to look at."""
    house.approve(house.ask(day=6))
    ticket = house.act("chloe", "ask", spec=question(day=7), dataset="phone")
    looked, queue = [], type(house.site.queue)
    known = queue.from_outside

    def from_outside(self, answer_id, now):
        found = known(self, answer_id, now)
        looked.append(found.state)
        if len(looked) == 1:
            house.work()
        return found

    monkeypatch.setattr(queue, "from_outside", from_outside)
    first = house.act("chloe", "result", answer_id=ticket.answer_id)
    monkeypatch.undo()

    assert looked == ["queued"]
    assert not isinstance(first, Pending)
    assert isinstance(house.result(ticket.answer_id), Release)
    assert house.result(house.ask(areas="admin1")).missing == 2
