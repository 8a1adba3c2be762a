"""Defects of peers' output checks, each as a test that they do not come back here (reference/safe-query.md, 2)."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.model.outcomes import Evidence
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.model.policy import RuleSpec
from safeconduct.query.base import AggregateQuery
from safeconduct.query.operations import CountPeople, Events
from safeconduct.release.base import build
from safeconduct.release.gate import _told
from safeconduct.release.rules.dominance import Dominance
from safeconduct.release.rules.histogram_bins import HistogramBins
from safeconduct.release.rules.minimum_contributors import MinimumContributors
from safeconduct.release.rules.quantiles import Quantiles
from safeconduct.release.rules.winsorised import Winsorised

EVERY = ("minimum_contributors", "dominance", "winsorised", "quantiles", "regression", "histogram_bins")
BALANCE = Value(name="balance", measure=Measure.MAGNITUDE, unit="money")


@dataclass(frozen=True, kw_only=True)
class Joined(AggregateQuery):
    """A statistic of a metric by area, as FlowKit's joined_spatial_aggregate asks for it."""

    name = "joined"

    value: Value
    edges: tuple[int, ...] | None = None

    def plan(self):
        days = Days(date(2026, 1, 1), date(2026, 1, 2))
        return CountPeople(source=Events(days=days, areas=AreaLevel.DISTRICT), by=("area",))

    def output(self):
        return Output(keys=(Key(name="area", level=AreaLevel.DISTRICT),), values=(self.value,))


def told(world, values, people, numbers, **evidence):
    """A draft of these values after every rule for figures has looked at it."""
    query = world.seen()
    draft = world.draft(query, {(code,): count for code, count in zip("AB", people, strict=False)}, **evidence)
    output = replace(draft.output, values=values)
    columns = dict(zip((value.name for value in values), numbers, strict=True))
    draft = replace(draft, output=output, table=draft.table.without("people").having(**columns))
    admission = replace(world.admission(query), output=output)
    for name in EVERY:
        draft = build(RuleSpec(name, {})).apply(draft, admission)
    return draft


def test_flowkit_f2_a_metric_is_counted_on_those_who_have_it(world):
    """500 people were located, one of them topped up: the row is of one person and is withheld."""
    draft = told(world, (BALANCE,), [1], [[700]], largest=[700], second_largest=[0], total=[700], bounded=[700])

    assert draft.status == ("suppressed",)


@pytest.mark.parametrize("statistic", ["min", "max"])
def test_flowkit_f2_the_smallest_and_largest_balance_cannot_be_asked(world, statistic):
    """One subscriber's balance was a row of FlowKit's answer."""
    value = Value(name=statistic, measure=Measure.EXTREME, unit="money")

    assert Winsorised().admit(world.question(Joined(value=value)), world.policy).reason == "winsorised.extreme"


def test_flowkit_f2_a_sum_that_one_balance_makes_is_withheld(world):
    """Sixty people, and one of them has nearly all of it."""
    draft = told(world, (BALANCE,), [60], [[1000]], largest=[940], second_largest=[10])

    assert draft.reasons == ("dominance",)


def test_flowkit_f2_each_category_of_a_share_needs_its_people(world):
    """A share of handsets: the brand that three people have is withheld, whatever the area's count."""
    value = Value(name="share", measure=Measure.SHARE, unit="percent")

    draft = told(world, (value,), [97, 3], [[97, 3]])

    assert draft.status == ("value", "suppressed")


def test_flowkit_f4_one_small_bin_does_not_withhold_the_histogram(world):
    """FlowKit's answer became one empty row, which loses what is safe and tells that some bin is small."""
    value = Value(name="people", measure=Measure.BIN, unit="people")

    draft = told(world, (value,), [900, 3], [[900, 3]], bin_from=[0, 1], bin_to=[1, 2])

    assert draft.status == ("value", "suppressed")


def test_flowkit_f4_fifteen_people_in_a_bin_are_few_as_everywhere(world):
    """FlowKit let fifteen pass in histograms and nowhere else."""
    value = Value(name="people", measure=Measure.BIN, unit="people")

    draft = told(world, (value,), [15, 16], [[15, 16]], bin_from=[0, 1], bin_to=[1, 2])

    assert draft.status == ("suppressed", "value")


@pytest.mark.parametrize("edges", [None, (), (0, 1, 2, 5, 11)])
def test_flowkit_f4_edges_are_public_and_nobody_chooses_them(world, edges):
    """Sliding edges single people out; a range left to the data is its exact minimum and maximum."""
    value = Value(name="people", measure=Measure.BIN, unit="people")

    refusal = HistogramBins().admit(world.question(Joined(value=value, edges=edges)), world.policy)

    assert refusal.reason == "histogram_bins.other_edges"


def test_flowkit_f4_the_exact_maximum_is_not_a_quantile(world):
    """Nobody is beyond it."""
    value = Value(name="p100", measure=Measure.QUANTILE, unit="money")

    assert told(world, (value,), [500], [[9_999]], below=[499], above=[0]).reasons == ("quantiles",)
    assert Quantiles().wanted() == {Evidence.BELOW, Evidence.ABOVE}


@pytest.mark.parametrize(("devices", "scaled"), [(1, 5), (2, 10), (4, 20)])
def test_multimno_k_is_asked_of_contributors_before_anything_is_scaled(world, devices, scaled):
    """One device times 0.95 times 5.4 was 5.13 and passed a k of 5."""
    query = world.seen()
    draft = world.draft(query, {("A",): scaled}, contributors=[devices])

    assert MinimumContributors(minimum=5).apply(draft, world.admission(query)).status == ("suppressed",)


def test_multimno_every_figure_of_a_withheld_row_is_withheld(world):
    """Departures were masked there and the nights spent of the same row stayed exact."""
    values = (replace(BALANCE, name="departures", unit="people"), replace(BALANCE, name="nights", unit="nights"))

    row = _told(told(world, values, [3], [[3], [41]], largest=[1], second_largest=[1])).rows()[0]

    assert (row["departures"], row["nights"], row["status"]) == (None, None, "suppressed")


@pytest.mark.parametrize(("rest", "unsafe"), [(49, True), (50, False), (51, False)])
def test_acro_p_ratio_is_unsafe_below_a_tenth_of_the_largest(rest, unsafe):
    """(Σ − x₁ − x₂) / x₁ < 0.10, at the threshold and on both sides."""
    assert Dominance(n=2, k=100, p=10).dominated(500 + 450 + rest, 500, 450) is unsafe


@pytest.mark.parametrize(("two", "unsafe"), [(899, False), (900, True), (901, True)])
def test_acro_nk_is_unsafe_from_nine_tenths_of_the_sum(two, unsafe):
    """(x₁ + x₂) / Σ ≥ 0.90, at the threshold and on both sides."""
    assert Dominance(n=2, k=90, p=0).dominated(1000, 500, two - 500) is unsafe
