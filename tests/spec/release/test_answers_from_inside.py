"""What checkers see of an answer: drawn drafts and the figures they give."""

from dataclasses import replace
from datetime import date
from typing import ClassVar, get_args, get_type_hints

import pytest
from hypothesis import given
from hypothesis import strategies as st

from safeconduct.actions.answer_checks import template_of, without_days
from safeconduct.actions.answer_figures import AnswerFinding, FigurePart, Looked, band, look
from safeconduct.model.days import Days
from safeconduct.model.trees import from_tree, to_tree
from safeconduct.query.base import query_kind
from safeconduct.release.policies import shipped
from safeconduct.release.rules.minimum_contributors import MinimumContributors

FIRST = date(2026, 1, 1)
COUNTS = {("A",): 20, ("B",): 3}
PLAIN = shipped()["threshold_only"]
SPEC = {"kind": "flows", "join": "left", "origin": {"kind": "modal_location", "days": [{"first": "a", "last": "b"}],
        "areas": "admin2", "hours": {"start": 8, "end": 18}}}  # fmt: skip


@pytest.fixture
def seen(world):
    """`seen(cells)`: what checkers see of a draft with these cells, under a minimum of 16 people."""

    def seen(cells, policy=PLAIN):
        under = world.under(policy)
        return look(under.draft(under.seen(), cells), under.admission(under.seen()))

    return seen


def part(looked: Looked, name: FigurePart) -> dict[str, int]:
    return {one.name: one.count for one in looked.figures if one.part is name}


def test_cells_are_counted_by_status(seen):
    """Four districts: one told, one of few people, one without an antenna, one that is a lake."""
    assert part(seen(COUNTS), FigurePart.STATUS) == {
        "value": 1, "suppressed": 1, "zero": 1, "not_observed": 1, "refused": 0,
    }  # fmt: skip
    assert part(seen(COUNTS), FigurePart.CELLS) == {"": 4}


def test_cells_that_are_not_told_are_counted_by_rule(seen):
    """The rule that withheld them, or the one that says what was never seen."""
    assert part(seen(COUNTS), FigurePart.REASON) == {"minimum_contributors": 1, "presentation": 2}


@pytest.mark.parametrize(
    ("people", "bands"),
    [((16, 31), {"16–31": 2}), ((32, 16), {"16–31": 1, "32–63": 1}), ((15, 900), {"512–1023": 1}), ((1, 2), {})],
)
def test_told_cells_are_counted_by_band_of_people(seen, people, bands):
    """From the smallest up; what is withheld is in no band."""
    looked = seen({("A",): people[0], ("B",): people[1]})

    assert part(looked, FigurePart.BAND) == bands
    assert list(part(looked, FigurePart.BAND)) == list(bands)
    assert part(looked, FigurePart.SMALLEST) == dict(list(bands.items())[:1])


def test_the_share_of_told_cells_is_of_a_hundred(seen):
    """One of four; none of four."""
    assert part(seen(COUNTS), FigurePart.SHARE) == {"": 25}
    assert part(seen({("A",): 3}), FigurePart.SHARE) == {"": 0}


def test_no_figure_names_a_cell_or_tells_an_exact_size(seen):
    """Other people in the same band, or in other areas, look the same."""
    assert seen({("A",): 20, ("B",): 3}).figures == seen({("A",): 4, ("B",): 29}).figures


@given(people=st.integers(0, 10**9))
def test_a_number_of_people_lies_in_its_band(people):
    """Both ends included; the next band begins after it."""
    ends = [int(one) for one in band(people).split("–")]

    assert ends[0] <= people <= ends[-1]
    assert band(ends[-1] + 1) != band(people)


def finding(looked: Looked, rule: str) -> AnswerFinding:
    return next(one for one in looked.findings if one.rule == rule)


def test_a_rule_that_withheld_something_says_so_and_passes(seen):
    """Applied once more to what is left it withholds nothing."""
    held, quiet = seen(COUNTS), seen({("A",): 20, ("B",): 30})

    assert finding(held, "minimum_contributors").passed
    assert "withheld some" in str(finding(held, "minimum_contributors").says)
    assert "withheld nothing" in str(finding(quiet, "minimum_contributors").says)


def test_an_answer_that_tells_nothing_is_found(seen):
    """Its checker may rather ask back."""
    assert not finding(seen({("A",): 3}), "told").passed
    assert finding(seen(COUNTS), "told").passed


def test_days_that_are_not_all_there_are_found(seen, world):
    """Known from public facts; days of which nothing is missing pass."""
    under = world.under(PLAIN)
    lacking = replace(under.admission(world.seen()), missing_days=(FIRST,))
    looked = look(under.draft(world.seen(), COUNTS), lacking)

    assert finding(seen(COUNTS), "days").passed
    assert not finding(looked, "days").passed
    assert "2026-01-01" in str(finding(looked, "days").says)


def test_a_rule_that_would_withhold_more_is_found(seen, monkeypatch):
    """A rule that does nothing the first time lets a cell through that it forbids; the second look sees it."""
    assert all(one.passed for one in seen(COUNTS).findings)
    monkeypatch.setattr("safeconduct.actions.answer_figures.rules_of", lambda _: (Slips(minimum=16),))
    found = finding(seen(COUNTS), "minimum_contributors")

    assert not found.passed
    assert found.advice is not None


class Slips(MinimumContributors):
    """Sleeps until it has been asked once."""

    asked: ClassVar[list[object]] = []

    def apply(self, draft, admission):
        if not self.asked:
            self.asked.append(draft)
            return draft
        return super().apply(draft, admission)


def test_what_was_looked_at_is_kept_as_it_was(seen):
    """Through the tree that is sealed; its repr shows nothing."""
    looked = seen(COUNTS)

    assert from_tree(Looked, to_tree(looked)) == looked
    assert repr(looked) == "Looked()"


@pytest.mark.parametrize("name", list(query_kind))
def test_every_kind_calls_its_days_days(name):
    """A kind that called them something else would have a template for every week."""
    hints = get_type_hints(query_kind[name])
    named = {field for field, hint in hints.items() if Days in {hint, *get_args(hint)}}

    assert named <= {"days"}


def test_a_template_is_a_question_without_its_days():
    """At every depth; everything else stays."""
    assert without_days(SPEC) == {
        "kind": "flows",
        "join": "left",
        "origin": {"kind": "modal_location", "areas": "admin2", "hours": {"start": 8, "end": 18}},
    }


@pytest.mark.parametrize(
    "change",
    [{"join": "inner"}, {"origin": {**SPEC["origin"], "hours": None}}, {"origin": {**SPEC["origin"], "areas": "x"}}],
    ids=["who counts", "part of the day", "areas"],
)
def test_whatever_is_no_day_makes_another_template(change):
    """So do another data set and another protection level."""
    known = template_of(SPEC, dataset="phone", policy="p")

    assert template_of({**SPEC, **change}, dataset="phone", policy="p") != known
    assert template_of(SPEC, dataset="other", policy="p") != known
    assert template_of(SPEC, dataset="phone", policy="q") != known
    assert template_of({**SPEC, "origin": {**SPEC["origin"], "days": []}}, dataset="phone", policy="p") == known
