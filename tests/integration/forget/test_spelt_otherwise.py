"""A number is one number however somebody types it: who objects on an Arabic keyboard is left out all the same."""

import pytest

from safeconduct.actions.forgetting import opt_in, opt_out
from safeconduct.ingest.people import exact, normalised

WAYS = {
    "in Arabic digits": "٢٥٨٨٤١٧٧٧٧٧٧",
    "in Persian digits": "+۲۵۸۸۴۱۷۷۷۷۷۷",
    "in wide digits": "\uff0b\uff12\uff15\uff18\uff18\uff14\uff11\uff17\uff17\uff17\uff17\uff17\uff17",
    "copied from a telephone's list": "\u202a+258841777777\u202c",
    "with a mark of direction": "\u200e00258841777777",
    "with hyphens": "+258-84-177-7777",
    "with hyphens that do not break": "258\u201184\u20111777777",
    "with brackets": "(+258) 841 777 777",
}


@pytest.mark.parametrize("way", WAYS.values(), ids=list(WAYS))
def test_every_way_is_the_same_number(little, way: str) -> None:
    assert normalised(way) == normalised(little.FLED)


def test_what_an_operator_hashed_stays_what_it_is() -> None:
    """Signs between letters may tell two hashes apart; a card's number keeps its zeros and its signs."""
    assert normalised("ab-12/3+4=") == "ab-12/3+4="
    assert exact(" 00-42 ") == "00-42"
    assert exact("\u0664\u0662") == "42"
    assert normalised("---") == exact("\u200e") == ""


def test_whoever_types_it_otherwise_is_left_out_of_files_that_have_it_in_any_way(little, tmp_path) -> None:
    """The list by one spelling, the file by all of them, as either side of a call; and off the list by another."""
    here = little.Little(tmp_path)
    little.make(tmp_path, days=())
    opt_out(here.room("dpo"), dataset="phone", identifiers=(WAYS["in Arabic digits"],))
    theirs = [little.row(way, f"2026-01-05 0{at}:00:00") for at, way in enumerate(WAYS.values())]
    others = [little.row(little.OTHERS[1], "2026-01-05 09:00:00", other=way) for way in WAYS.values()]
    report = here.take("calls_1.csv", [*theirs, *others, little.row(little.OTHERS[2], "2026-01-05 10:00:00")])
    codes = here.codes(here.site.manifest("phone"))["person"]

    assert (report.left_out, report.kept) == (len(WAYS), len(WAYS) + 1)
    assert len(codes) == 3, "two who call, and one whom the last of them calls"
    assert little.pseudonym_of(here.site, little.FLED) not in codes

    assert opt_in(here.room("dpo"), dataset="phone", identifiers=(WAYS["with hyphens"],)).waiting == 0
    assert here.take("calls_2.csv", [little.row(little.FLED, "2026-01-06 10:00:00")]).left_out == 0
