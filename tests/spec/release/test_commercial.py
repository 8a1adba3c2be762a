"""What an operator does not want told."""

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from safeconduct.model.areas import AreaLevel
from safeconduct.model.days import Days
from safeconduct.model.outcomes import CellStatus
from safeconduct.model.policy import RuleSpec
from safeconduct.query.kinds.location_event_counts import LocationEventCounts
from safeconduct.release.base import build
from safeconduct.release.rules.commercial import Commercial, Figures, Instead, indexed, rounded

DAYS = Days(date(2026, 1, 1), date(2026, 1, 3))
COARSEN, INDEX, REFUSE = (Commercial(what=what) for what in Instead)
some_examples = settings(deadline=None)
TOLD = some.lists(some.tuples(some.integers(0, 10**7), some.integers(0, 500)), max_size=8)


def traffic(world, totals, margins=()):
    """Events of many people by area."""
    query = world.seen()
    draft = world.draft(query, {(code,): 500 for code in "ABCD"[: len(totals)]})
    admission, draft = world.sums(world.admission(query), draft, totals)
    return replace(draft, margins=margins), admission


@pytest.mark.parametrize(("total", "told"), [
    (0, 0), (9, 9), (99, 99), (104, 100), (105, 110), (994, 990), (995, 1000), (1049, 1000), (1050, 1100),
    (123_456, 120_000), (125_000, 130_000),
])  # fmt: skip
def test_two_digits_are_told(world, total, told):
    """Halves go up."""
    draft, admission = traffic(world, [total])

    assert COARSEN.apply(draft, admission).table.column("events") == [told]


def test_the_first_told_figure_is_a_hundred(world):
    """A withheld one stays what it was, and nobody is told it."""
    draft, admission = traffic(world, [70, 4000, 6000, 2010])
    draft = draft.marked([True, False, False, False], CellStatus.SUPPRESSED, "minimum_contributors")

    assert INDEX.apply(draft, admission).table.column("events") == [70, 100, 150, 50]


def test_an_index_of_nothing_is_nothing(world):
    """There is nothing to be a hundred."""
    draft, admission = traffic(world, [0, 0])

    assert INDEX.apply(draft, admission).table.column("events") == [0, 0]


@pytest.mark.parametrize("rule", [COARSEN, INDEX])
def test_what_is_told_comes_of_what_was_told_before(world, rule):
    """Noise that an earlier rule added is not taken out again by going back to what was counted."""
    draft, admission = traffic(world, [8000, 4000], (60, 60))
    exact = replace(draft, evidence=draft.evidence.having(total=[8000, 4000]))
    noisy = replace(exact, table=exact.table.having(events=[8060, 4040]))
    bare = replace(noisy, evidence=draft.evidence)

    assert rule.apply(noisy, admission).table.column("events") == rule.apply(bare, admission).table.column("events")


@some_examples
@given(told=TOLD)
@pytest.mark.parametrize("change", [rounded, indexed])
def test_changed_twice_is_changed_once(change, told):
    """Figures and margins."""
    assert change(change(told)) == change(told)


@some_examples
@given(told=TOLD, off=some.lists(some.integers(-500, 500), min_size=8, max_size=8))
def test_a_rounded_figure_lies_within_its_margin_of_what_was_counted(told, off):
    """Whatever noise within its margin was there before."""
    counted = [number - max(min(by, near), -near) for (number, near), by in zip(told, off, strict=False)]

    assert all(abs(number - was) <= near for (number, near), was in zip(rounded(told), counted, strict=True))


@some_examples
@given(told=TOLD, off=some.lists(some.integers(-500, 500), min_size=8, max_size=8))
def test_an_index_lies_within_its_margin_of_the_index_of_what_was_counted(told, off):
    """Both the figure and the first one may be off."""
    counted = [max(number - max(min(by, near), -near), 0) for (number, near), by in zip(told, off, strict=False)]
    at = next((at for at, (number, _) in enumerate(told) if number), None)
    if at is None or told[at][0] == 100 or counted[at] == 0:
        return

    for (number, near), was in zip(indexed(told), counted, strict=True):
        assert abs(number * counted[at] - 100 * was) <= near * counted[at]


def test_margins_of_an_index_do_not_tell_the_total():
    """Public noise beside an exact margin would be the total; steps of 1, 2 and 5 leave its order of magnitude."""
    near = {margin for total in range(1_000, 9_000, 7) for _, margin in indexed([(total, 8), (total, 8)])}

    assert near <= {1, 2, 5, 10}


def test_totals_of_the_network_are_the_operators_and_smaller_areas_are_not(world):
    """People too, where no area is smaller than the country."""
    query = world.seen()
    draft, admission = world.draft(query, {("A",): 12_345}), world.admission(query)
    keys = (replace(draft.output.keys[0], level=AreaLevel.COUNTRY),)
    national = replace(draft, output=replace(draft.output, keys=keys))

    assert COARSEN.apply(draft, admission) is draft
    assert COARSEN.apply(national, admission).table.column("people") == [12_000]


def test_an_operator_may_keep_sums_only(world):
    """The level names the figures."""
    draft, admission = traffic(world, [12_345])

    assert Commercial(figures=(Figures.TOTALS,)).apply(draft, admission) is draft
    assert build(RuleSpec("commercial", {"figures": ["sums"], "what": "index"})).what is Instead.INDEX


def test_positions_of_towers_are_refused_and_the_finest_level_is_offered(world):
    """In any case: a position cannot be rounded."""
    refusal = COARSEN.admit(world.question(world.seen(AreaLevel.SITE)), world.policy)

    assert refusal.reason == "commercial.too_fine"
    assert refusal.alternatives[0].spec == world.seen(AreaLevel.COMMUNE).spec()
    assert COARSEN.admit(world.question(world.seen(AreaLevel.COMMUNE)), world.policy) is None


@pytest.mark.parametrize(("rule", "reason"), [(REFUSE, "commercial.not_told"), (COARSEN, None), (INDEX, None)])
def test_traffic_is_refused_where_the_level_says_so(world, rule, reason):
    """From the question alone; and people are still told."""
    refusal = rule.admit(world.question(LocationEventCounts(days=DAYS)), world.policy)

    assert (refusal and refusal.reason) == reason
    assert rule.admit(world.question(world.seen()), world.policy) is None


def test_a_refused_total_is_offered_by_province(world):
    """And that passes."""
    refusal = REFUSE.admit(world.question(world.seen(AreaLevel.COUNTRY)), world.policy)

    assert refusal.alternatives[0].spec == world.seen(AreaLevel.PROVINCE).spec()
    assert REFUSE.admit(world.question(world.seen(AreaLevel.PROVINCE)), world.policy) is None


def test_a_reader_is_told_what_was_done_where_it_was(world):
    """And not where it was not."""
    _, admission = traffic(world, [1])

    assert [str(one) for one in INDEX.statement(admission)] == [
        "Totals and sums are told as an index: the first figure told is 100."
    ]
    assert INDEX.statement(world.admission(world.seen())) == ()
