"""A sum in which nobody counts for more than a bound."""

from dataclasses import dataclass, replace
from datetime import date

import pytest

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import Bound
from safeconduct.model.output import Key, Measure, Output, Value
from safeconduct.query.base import AggregateQuery
from safeconduct.query.kinds.location_event_counts import LocationEventCounts
from safeconduct.query.operations import CountPeople, Events
from safeconduct.release.rules.winsorised import EVERYWHERE, Winsorised

DAYS = Days(date(2026, 1, 1), date(2026, 1, 2))


@dataclass(frozen=True, kw_only=True)
class Balances(AggregateQuery):
    """A statistic of what people have left, by area; no kind of question asks for it yet."""

    name = "balances"

    measure: Measure

    def plan(self):
        return CountPeople(source=Events(days=DAYS, areas=AreaLevel.DISTRICT), by=("area",))

    def output(self):
        value = Value(name="balance", measure=self.measure, unit="money")
        return Output(keys=(Key(name="area", level=AreaLevel.DISTRICT),), values=(value,))


def sums(world, totals, bounded, bound):
    """Sums by area, and the same sums with every part cut at a bound."""
    query = world.seen()
    draft = world.draft(query, {("A",): 20, ("B",): 20}, total=totals, bounded=bounded)
    admission, draft = world.sums(world.admission(query), draft, totals)
    return replace(admission, bound=bound), draft


def test_a_sum_in_which_every_part_was_cut_is_told(world):
    """Cutting changed nothing more: every part is within the bound."""
    admission, draft = sums(world, [900, 500], [900, 499], Bound(areas=EVERYWHERE, most=100))

    marked = Winsorised(most=100).apply(draft, admission)

    assert marked.status == ("value", "suppressed")
    assert marked.reasons == ("", "winsorised")


@pytest.mark.parametrize(("cut_at", "status"), [(99, "value"), (100, "value"), (101, "suppressed")])
def test_parts_were_cut_at_the_bound_or_below(world, cut_at, status):
    """Cut at more than the level's bound is not cut."""
    admission, draft = sums(world, [900, 500], [900, 500], Bound(areas=EVERYWHERE, most=cut_at))

    assert Winsorised(most=100).apply(draft, admission).status == (status, status)


def test_a_sum_that_nobody_bounded_is_withheld(world):
    """Without a bound the evidence says nothing."""
    admission, draft = sums(world, [900, 500], [900, 500], None)

    assert Winsorised().apply(draft, admission).status == ("suppressed", "suppressed")


def test_a_number_of_people_is_left_alone(world):
    """Everybody counts for one."""
    query = world.seen()
    draft = world.draft(query, {("A",): 20})

    assert Winsorised().apply(draft, world.admission(query)) is draft
    assert Winsorised().bound(world.question(query)) is None


def test_noise_that_stands_before_it_is_not_undone(world):
    """It looks at what was counted and leaves what is told."""
    admission, draft = sums(world, [900, 500], [900, 500], Bound(areas=EVERYWHERE, most=100))
    noisy = replace(draft, table=draft.table.having(events=[903, 498]))

    marked = Winsorised(most=100).apply(noisy, admission)

    assert marked.table.column("events") == [903, 498]
    assert marked.status == ("value", "value")


def test_sums_are_bounded_by_the_levels_bound(world):
    """The engine is told to cut there."""
    question = world.question(LocationEventCounts(days=DAYS))

    assert Winsorised(most=40).bound(question) == Bound(areas=EVERYWHERE, most=40)


@pytest.mark.parametrize(("measure", "refused"), [
    (Measure.EXTREME, True), (Measure.MAGNITUDE, False), (Measure.QUANTILE, False),
])  # fmt: skip
def test_smallest_and_largest_values_are_refused(world, measure, refused):
    """From the question alone, and with something that would be told instead."""
    refusal = Winsorised().admit(world.question(Balances(measure=measure)), world.policy)

    assert (refusal is not None) is refused
    assert not refused or (refusal.reason == "winsorised.extreme" and refusal.alternatives)


def test_an_extreme_that_comes_all_the_same_is_withheld(world):
    """A bound does not make one person's number a sum."""
    admission, draft = sums(world, [900, 500], [900, 500], Bound(areas=EVERYWHERE, most=100))
    value = replace(draft.output.values[0], measure=Measure.EXTREME)
    draft = replace(draft, output=replace(draft.output, values=(value,)))

    assert Winsorised(most=100).apply(draft, admission).status == ("suppressed", "suppressed")


@pytest.mark.parametrize("most", [0, -1, 10**10])
def test_a_bound_out_of_range_is_named(most):
    """The message names the parameter."""
    with pytest.raises(BadInput, match="most goes from"):
        Winsorised(most=most)
