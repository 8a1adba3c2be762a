"""What nobody needs of mosaic reports any more is destroyed by housekeeping, and can be made again."""

from datetime import UTC, datetime

import pytest

import checking
from safeconduct.actions.mosaic_tidying import forget_cards, forget_facts
from safeconduct.actions.room import Caller, Door, Room
from safeconduct.actions.transfers import Upload
from safeconduct.actions.verb import verbs

checked_site, house = checking.checked_site, checking.house

pytestmark = pytest.mark.slow


def tidied(house) -> tuple[int, int]:
    """What housekeeping destroys: reports, and documents of facts from elsewhere."""
    room = Room(house.site, Caller(account="worker", door=Door.WORKER), datetime.now(UTC), verb="tidy")
    return len(list(forget_cards(room))), len(list(forget_facts(room)))


def report(house):
    """Asked for, made, and asked for again."""
    house.act("farid", "mosaic_report", dataset="phone")
    house.work()
    return house.act("farid", "mosaic_report", dataset="phone")


def cards(house) -> list[bool]:
    """Of each report whether its card is there, the first one first."""
    return [house.site.documents.has(str(one.body["card"])) for one in house.site.ledger.facts("mosaic")]


def census(house):
    """Facts from elsewhere, as a page sends them."""
    area = house.act("chloe", "areas", level="admin2", dataset="phone")[0].code
    content = f"area,level,day,value,kind\n{area},admin2,2026-01-05,3,at_most\n".encode()
    line = house.act("amara", "begin_upload", name="census.csv")
    sent = {"upload": line.id, "offset": 0, "content": Upload(iter([content]))}
    verbs["send_upload"].call(house.room("amara"), sent)
    upload = house.act("amara", "finish_upload", upload=line.id).id
    return house.act("amara", "add_auxiliary", title="Census", dataset="phone", upload=upload)


def left(house, day: int) -> None:
    """One more answer that leaves."""
    answer = house.ask(day=day)
    if house.state(answer) == "waiting":
        house.approve(answer)


def test_a_report_that_was_replaced_is_destroyed_and_the_newest_stays(house):
    left(house, 5)
    report(house)
    left(house, 6)
    newest = report(house)

    assert tidied(house) == (1, 0)
    assert cards(house) == [False, True]
    assert report(house).figures.table.arrow.equals(newest.figures.table.arrow)
    assert tidied(house) == (0, 0), "and once is enough"


def test_a_report_made_with_facts_that_are_gone_goes_with_them(house):
    """What stood in it follows from their numbers."""
    left(house, 5)
    made = census(house)
    report(house)
    assert tidied(house) == (0, 0)

    house.act("amara", "remove_auxiliary", auxiliary=made.id)
    assert tidied(house) == (1, 0)
    assert cards(house) == [False]


def test_a_destroyed_report_is_made_again_for_whoever_asks(house):
    """Without the facts that came and went everything is as it was before."""
    left(house, 5)
    before = report(house)
    made = census(house)
    report(house)
    assert tidied(house) == (1, 0)
    house.act("amara", "remove_auxiliary", auxiliary=made.id)
    assert tidied(house) == (1, 0)

    assert cards(house) == [False, False]
    assert house.act("farid", "mosaic_report", dataset="phone").figures is None
    assert report(house).figures.table.arrow.equals(before.figures.table.arrow)


def test_numbers_that_a_crash_left_behind_are_destroyed(house):
    """The fact was removed and its document was not."""
    made = census(house)
    tree = house.site.documents.get(made.document)
    house.act("amara", "remove_auxiliary", auxiliary=made.id)
    assert house.site.documents.put(tree) == made.document

    assert tidied(house) == (0, 1)
    assert not house.site.documents.has(made.document)


def test_every_destruction_is_recorded(house):
    left(house, 5)
    report(house)
    left(house, 6)
    report(house)
    tidied(house)

    (event,) = house.events("tidy", "phone")
    assert event.body["command"] == "expire"
    assert "card" not in event.body
