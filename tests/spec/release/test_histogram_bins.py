"""Histograms with public edges, every bin by itself."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput
from safeconduct.model.output import Measure, Output, Value
from safeconduct.model.policy import RuleSpec
from safeconduct.query.base import AggregateQuery
from safeconduct.query.operations import CountPeople, Events
from safeconduct.release.base import build
from safeconduct.release.rules.histogram_bins import HistogramBins

RULE = HistogramBins(edges=(0, 10, 20, 50), minimum=16)


@dataclass(frozen=True, kw_only=True)
class Histogram(AggregateQuery):
    """How many calls people made; no kind of question asks for it yet."""

    name = "histogram"

    edges: tuple[int, ...] | None

    def plan(self):
        days = Days(date(2026, 1, 1), date(2026, 1, 2))
        return CountPeople(source=Events(days=days, areas=AreaLevel.COUNTRY), by=("area",))

    def output(self):
        return Output(keys=(), values=(Value(name="people", measure=Measure.BIN, unit="people"),))


def bins(world, cells, *, measure=Measure.BIN):
    """A draft with a row a bin: from, to and how many people; the districts only name the rows."""
    query = world.seen()
    people = {(code,): count for code, (_, _, count) in zip("ABCD", cells, strict=False)}
    edges = {"bin_from": [cell[0] for cell in cells], "bin_to": [cell[1] for cell in cells]}
    draft = world.draft(query, people, **edges)
    output = replace(draft.output, values=(replace(draft.output.values[0], measure=measure),))
    return replace(draft, output=output), replace(world.admission(query), output=output)


@pytest.mark.parametrize(("people", "status"), [(15, "suppressed"), (16, "value"), (17, "value")])
def test_a_bin_needs_the_minimum_and_the_others_stay(world, people, status):
    """At the threshold and on both sides; what is safe is told."""
    marked = RULE.apply(*bins(world, [(0, 10, 400), (10, 20, people), (20, 50, 90)]))

    assert marked.status == ("value", status, "value")


def test_a_small_bin_says_what_any_small_figure_says(world):
    """So that an empty bin, which is no row, cannot be told from it."""
    assert RULE.apply(*bins(world, [(0, 10, 3)])).reasons == ("minimum_contributors",)


@pytest.mark.parametrize(("edges", "status"), [
    ((0, 10), "value"), ((20, 50), "value"), ((50, 0), "value"),
    ((0, 11), "suppressed"), ((1, 10), "suppressed"), ((0, 20), "suppressed"), ((50, 60), "suppressed"),
])  # fmt: skip
def test_only_bins_of_the_list_are_told(world, edges, status):
    """Neither shifted nor joined; the last one is open."""
    assert RULE.apply(*bins(world, [(*edges, 100)])).status == (status,)


@pytest.mark.parametrize(("edges", "reason"), [
    ((0, 10, 20, 50), None),
    ((0, 10, 21, 50), "histogram_bins.other_edges"),
    ((0, 10, 20), "histogram_bins.other_edges"),
    (None, "histogram_bins.other_edges"),
])  # fmt: skip
def test_edges_that_slide_and_edges_from_the_data_are_refused(world, edges, reason):
    """From the question alone."""
    refusal = RULE.admit(world.question(Histogram(edges=edges)), world.policy)

    assert (refusal and refusal.reason) == reason


def test_a_refusal_names_the_edges_that_would_be_told(world):
    """So that the next question passes."""
    refusal = RULE.admit(world.question(Histogram(edges=(0, 7))), world.policy)

    assert str(refusal.alternatives[0].says) == "Ask for the edges 0, 10, 20, 50."


def test_what_is_no_histogram_is_left_alone(world):
    """A count by area has no edges."""
    draft, admission = bins(world, [(0, 11, 100)], measure=Measure.PEOPLE)

    assert RULE.apply(draft, admission) is draft


def test_a_bin_without_edges_is_withheld(world):
    """Unknown is not on the list."""
    draft, admission = bins(world, [(0, 10, 100)])

    assert RULE.apply(replace(draft, evidence=draft.evidence.without("bin_to")), admission).status == ("suppressed",)


def test_a_level_writes_its_edges_as_a_list():
    """As TOML has it."""
    assert build(RuleSpec("histogram_bins", {"edges": [0, 10, 20, 50]})) == RULE


@pytest.mark.parametrize("wrong", [
    {"edges": ()}, {"edges": (1, 5)}, {"edges": (0, 5, 5)}, {"edges": (0, 9, 3)}, {"minimum": 1},
])  # fmt: skip
def test_edges_that_do_not_rise_from_nothing_are_no_edges(wrong):
    """The message names the parameter."""
    with pytest.raises(BadInput, match=next(iter(wrong))):
        HistogramBins(**wrong)
