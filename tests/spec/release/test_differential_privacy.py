"""Fresh noise with a guarantee, paid for from a budget."""

from dataclasses import replace
from datetime import date
from fractions import Fraction

import numpy as np
import pytest

from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput, Unsafe
from safeconduct.model.outcomes import Budget, CellStatus
from safeconduct.protect.zcdp import rho_millionths
from safeconduct.query.kinds.daily_location import DailyLocation
from safeconduct.query.kinds.flows import Flows
from safeconduct.query.kinds.location_event_counts import LocationEventCounts
from safeconduct.query.kinds.modal_location import ModalLocation
from safeconduct.query.kinds.spatial_aggregate import SpatialAggregate
from safeconduct.query.kinds.unique_subscriber_counts import UniqueSubscriberCounts
from safeconduct.release.policies import shipped
from safeconduct.release.rules.differential_privacy import DifferentialPrivacy, Unit

RULE = DifferentialPrivacy(rho=50_000, unit=Unit.MONTH, areas=3, most=20)
WEEK = Days(date(2026, 1, 5), date(2026, 1, 11))
TURN = Days(date(2026, 1, 29), date(2026, 2, 4))
MODAL = SpatialAggregate(locations=ModalLocation(days=(WEEK,)))
FLOWS = Flows(origin=DailyLocation(days=Days.one(WEEK.first)), destination=DailyLocation(days=Days.one(WEEK.last)))


def noisy(world, cells, noise=bytes(32), rule=RULE, query=None):
    query = query or world.seen()
    draft = world.draft(query, cells, bounded=list(cells.values()))
    return rule.apply(draft, replace(world.admission(query), noise=noise))


@pytest.mark.parametrize(("query", "squared"), [
    (SpatialAggregate(locations=DailyLocation(days=WEEK)), 7),
    (MODAL, 1),
    (FLOWS, 1),
    (UniqueSubscriberCounts(days=WEEK), 3),
    (LocationEventCounts(days=WEEK), 7 * 3 * 20**2),
    (SpatialAggregate(locations=DailyLocation(days=TURN)), 4),
    (SpatialAggregate(locations=ModalLocation(days=(TURN,))), 2),
])  # fmt: skip
def test_the_noise_covers_all_a_person_can_change_in_a_month(query, squared):
    """Days of the month times areas; twice where a person may turn up elsewhere instead."""
    assert RULE.variance(query.plan()) == Fraction(squared * 1_000_000, 2 * 50_000)


def test_every_month_pays_for_what_it_can_change(world):
    """Three days of January and four of February: the larger pays all, the other its part, the project both."""
    question = world.question(SpatialAggregate(locations=DailyLocation(days=TURN)))

    costs = {(one.budget, one.period): one.rho for one in RULE.costs(question)}
    assert costs == {
        (Budget.DATASET, "2026-01"): 37_500, (Budget.DATASET, "2026-02"): 50_000, (Budget.PROJECT, ""): 87_500,
    }  # fmt: skip


def test_days_pay_by_themselves_where_the_day_is_protected(world):
    """One row a day: each day pays the whole of it, and needs less noise."""
    daily = replace(RULE, unit=Unit.DAY)
    question = world.question(SpatialAggregate(locations=DailyLocation(days=WEEK)))

    assert [one.period for one in daily.costs(question)] == [*(day.isoformat() for day in WEEK), ""]
    assert daily.variance(question.query.plan()) == Fraction(1_000_000, 2 * 50_000)


@pytest.mark.parametrize("query", [MODAL, FLOWS, SpatialAggregate(locations=DailyLocation(days=TURN))])
def test_what_is_paid_covers_what_the_noise_reveals(world, query):
    """For each month: rho of the noise drawn, at what that month can change, is no more than it pays."""
    question = world.question(query)
    variance, reach = RULE.variance(query.plan()), RULE._reach(query.plan())

    paid = {one.period: one.rho for one in RULE.costs(question) if one.budget is Budget.DATASET}
    assert all(rho_millionths(variance, squared) <= paid[month] for month, squared in reach.items())


def test_every_area_is_told_whether_somebody_is_there_or_not(world):
    """Which cells have people says nothing, as each has noise."""
    draft = noisy(world, {("A",): 900, ("B",): 400})

    assert draft.table.column("area") == ["A", "B", "C", "D"]
    assert draft.table.column("people") != [900, 400, 0, 0]


def test_noise_that_looks_like_few_people_is_not_told(world):
    """Fifteen are not told and sixteen are, after the noise: it is for reading."""
    drafts = [noisy(world, {("A",): 16}, bytes([at]) * 32) for at in range(40)]

    for draft in drafts:
        for told, status in zip(draft.table.column("people"), draft.status, strict=True):
            assert (told >= 16) is (status is CellStatus.VALUE)
    assert {draft.status[0] for draft in drafts} == {CellStatus.VALUE, CellStatus.SUPPRESSED}


def test_the_same_secret_gives_the_same_answer_and_another_another(world):
    """A retry never draws a second time."""
    first, again, other = (noisy(world, {("A",): 900}, one) for one in (b"a" * 32, b"a" * 32, b"b" * 32))

    assert first.table.arrow.equals(again.table.arrow)
    assert not first.table.arrow.equals(other.table.arrow)


def test_without_a_secret_nothing_is_told(world):
    with pytest.raises(Unsafe):
        noisy(world, {("A",): 900}, b"")


def test_the_noise_is_as_wide_as_it_says(world):
    """Variance within a tenth over 4,000 draws, and the margin holds 95 of 100."""
    drafts = [noisy(world, {("A",): 10_000}, at.to_bytes(32, "big")) for at in range(1, 1001)]

    errors = np.array([draft.table.column("people")[0] - 10_000 for draft in drafts])
    assert abs(errors.var() / float(RULE.variance(world.seen().plan())) - 1) < 0.2
    assert 0.93 <= np.mean(np.abs(errors) <= drafts[0].margins[0]) <= 1


def test_the_public_level_has_it_and_no_rule_that_looks_at_true_numbers():
    """Whatever marks cells by what was counted would undo the guarantee."""
    names = [rule.name for rule in shipped()["public"].rules]

    assert "differential_privacy" in names
    assert not {"minimum_contributors", "dominance", "complementary_suppression", "cell_key"} & set(names)


@pytest.mark.parametrize("wrong", [{"rho": 0}, {"of_period": 0}, {"areas": 0}, {"most": 0}, {"minimum": 0}])
def test_parameters_out_of_range_are_refused(wrong):
    with pytest.raises(BadInput):
        DifferentialPrivacy(**wrong)
