"""An answer that waits for checkers when people are erased is looked at anew; nobody sees figures from both sides."""

import csv
from datetime import UTC, datetime

import pytest

import checking
from safeconduct.actions import answering
from safeconduct.actions.answer_checks import check_of
from safeconduct.actions.answers_again import look_anew
from safeconduct.model.errors import NotFound, NotPermitted, WrongState
from safeconduct.model.outcomes import Pending, Release

checked_site, house = checking.checked_site, checking.house

pytestmark = pytest.mark.slow


def some_people(house, checked_site, count: int) -> list[str]:
    """Numbers that stand in the files the records came from."""
    found: dict[str, None] = {}
    for path in sorted((checked_site.root.parent / "files").glob("*.csv")):
        with path.open(newline="") as file:
            for row in csv.DictReader(file):
                found |= {value: None for name, value in row.items() if name.lower() in {"msisdn", "person", "caller"}}
    return list(found)[:count]


def erase(house, numbers: list[str]) -> None:
    house.act("dara", "forget", dataset="phone", identifiers=numbers, at_once=True)
    house.work()


@pytest.fixture
def waiting(house, checked_site):
    """An answer that one checker looked at and agreed to, before twenty people were erased."""
    answer = house.ask()
    before = house.act("farid", "answer_evidence", answer_id=answer)
    house.vote("farid", answer, seen=before.seen)
    document = check_of(house.site, answer)[0].evidence
    numbers = some_people(house, checked_site, 20)
    assert len(numbers) == 20
    erase(house, numbers)
    return answer, before, document


def test_it_is_made_anew_without_them_and_votes_from_before_do_not_count(house, waiting) -> None:
    answer, before, document = waiting
    after = house.act("hana", "answer_evidence", answer_id=answer)
    status = {row["name"]: row["count"] for row in after.figures.table.rows() if row["part"] == "status"}
    with pytest.raises(WrongState):
        house.vote("farid", answer, seen=before.seen)
    house.vote("hana", answer, seen=after.seen)
    house.work()
    assert isinstance(house.result(answer), Pending)
    house.vote("omar", answer)
    house.work()

    assert isinstance(house.result(answer), Release)
    assert {one.value: count for one, count in house.result(answer).by_status().items()} == status
    with pytest.raises(NotFound):
        house.site.documents.get(document)


def test_whoever_saw_the_figures_from_before_does_not_see_those_from_after(house, waiting) -> None:
    """Findings hold no count and are told again; a checker who looks for the first time sees everything."""
    answer, before, _ = waiting
    again, first = (house.act(one, "answer_evidence", answer_id=answer) for one in ("farid", "hana"))

    assert len(before.figures.table.rows()) > 3
    assert again.figures.table.rows() == []
    assert again.findings
    assert len(first.figures.table.rows()) > 3
    assert house.messages("omar").count("An answer waits to be checked.") == 1
    assert "made anew" in house.messages("omar")[0]


def test_it_happens_whoever_was_erased(house) -> None:
    """Nobody of the answer was on the list: votes, messages and the record of use are the same as if somebody was."""
    answer = house.ask()
    before, _ = check_of(house.site, answer)
    erase(house, ["+258999999999"])
    after, fact = check_of(house.site, answer)

    assert (after.look, fact.state) == (1, "waiting")
    assert after.evidence not in {"", before.evidence}
    assert len(house.events("look_anew", answer)) == 1


def test_killed_before_it_is_made_anew_nobody_can_vote_on_nothing(house) -> None:
    answer = house.ask()
    look_anew(house.site, "phone", datetime.now(UTC))

    assert house.act("hana", "answer_evidence", answer_id=answer).can == ()
    with pytest.raises((NotPermitted, WrongState)):
        house.vote("hana", answer)
    house.work()
    assert len(house.act("hana", "answer_evidence", answer_id=answer).can) == 3


def test_a_question_that_was_asked_before_an_erasure_is_answered_after_it(house, checked_site) -> None:
    """Whoever asked would learn from a failure that somebody was there."""
    ticket = house.act("chloe", "ask", spec=checking.question(), dataset="phone")
    numbers = some_people(house, checked_site, 20)
    house.act("dara", "forget", dataset="phone", identifiers=numbers, at_once=True)
    from safeconduct.actions.forgetting import erase_listed  # noqa: PLC0415 - only here

    erase_listed(house.site, "phone", datetime.now(UTC))
    house.work()

    assert house.act("chloe", "task", key=ticket.answer_id).state == "done"


def test_a_question_is_answered_though_its_files_are_written_anew_while_they_are_read(
    house, checked_site, monkeypatch
) -> None:
    """What it was about to read is destroyed; it reads what took its place, and nobody is told to restore anything."""
    begun, real = [], answering.compute

    def slowly(*told: object, **how: object):
        if not begun:
            begun.append(house.site.manifest("phone").id)
            erase(house, some_people(house, checked_site, 20))
        return real(*told, **how)

    monkeypatch.setattr(answering, "compute", slowly)
    answer = house.ask()

    assert house.site.manifest("phone").id != begun[0]
    assert isinstance(house.result(answer), Pending)
    assert house.site.queue.get(answer).tries == 1
