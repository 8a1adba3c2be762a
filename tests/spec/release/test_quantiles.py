"""Enough people on both sides of a quantile."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.query.base import AggregateQuery
from safeconduct.query.operations import CountPeople, Events
from safeconduct.release.rules.quantiles import Quantiles


@dataclass(frozen=True, kw_only=True)
class Medians(AggregateQuery):
    """Quantiles by area; no kind of question asks for them yet."""

    name = "medians"

    of: tuple[str, ...]

    def plan(self):
        days = Days(date(2026, 1, 1), date(2026, 1, 2))
        return CountPeople(source=Events(days=days, areas=AreaLevel.DISTRICT), by=("area",))

    def output(self):
        values = tuple(Value(name=name, measure=Measure.QUANTILE, unit="seconds") for name in self.of)
        return Output(keys=(Key(name="area", level=AreaLevel.DISTRICT),), values=values)


def medians(world, *, measure=Measure.QUANTILE, **evidence):
    """A median of twenty people in one area."""
    query = world.seen()
    admission, draft = world.sums(world.admission(query), world.draft(query, {("A",): 21}, **evidence), [35])
    output = replace(draft.output, values=(replace(draft.output.values[0], measure=measure),))
    return replace(draft, output=output), replace(admission, output=output)


@pytest.mark.parametrize(("below", "above", "status"), [
    (11, 11, "value"), (10, 10, "value"), (9, 10, "suppressed"), (10, 9, "suppressed"), (0, 20, "suppressed"),
])  # fmt: skip
def test_as_many_as_the_minimum_must_lie_on_each_side(world, below, above, status):
    """At the threshold, on both sides of it, and on both sides of the quantile."""
    marked = Quantiles(beyond=10).apply(*medians(world, below=[below], above=[above]))

    assert marked.status == (status,)
    assert marked.reasons == ("" if status == "value" else "quantiles",)


def test_a_quantile_of_whom_nobody_knows_the_sides_is_withheld(world):
    """Unknown is not enough."""
    assert Quantiles().apply(*medians(world)).status == ("suppressed",)


def test_a_largest_value_is_withheld_whatever_its_sides(world):
    """It is the number of one person."""
    draft, admission = medians(world, measure=Measure.EXTREME, below=[100], above=[100])

    assert Quantiles().apply(draft, admission).status == ("suppressed",)


def test_other_figures_are_left_alone(world):
    """Sums and numbers of people have no sides."""
    draft, admission = medians(world, measure=Measure.MAGNITUDE)

    assert Quantiles().apply(draft, admission) is draft


@pytest.mark.parametrize(("of", "reason"), [(("p50",), None), (("p10", "p50"), "quantiles.several")])
def test_several_quantiles_of_a_row_are_refused(world, of, reason):
    """Those on both sides of one are not those of another."""
    refusal = Quantiles().admit(world.question(Medians(of=of)), world.policy)

    assert (refusal and refusal.reason) == reason


def test_what_it_needs_is_asked_for():
    """So that an engine brings it."""
    assert Quantiles().wanted() == {"below", "above"}


@pytest.mark.parametrize("beyond", [1, 0, 10**9])
def test_one_person_beyond_is_not_enough(beyond):
    """The message names the parameter."""
    with pytest.raises(BadInput, match="beyond goes from 2"):
        Quantiles(beyond=beyond)
