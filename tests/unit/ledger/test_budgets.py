"""What answers take from budgets: all of it or nothing, once, and never beyond the limit."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from safeconduct.ledger.ledger import Ledger
from safeconduct.model.errors import BadInput, NotFound, NotPermitted, OverBudget
from safeconduct.model.outcomes import Budget, Cost

NOW = datetime(2026, 3, 1, 8, tzinfo=UTC)
MARCH = "2026-03"


def cost(rho, *, limit=100, budget=Budget.DATASET, period=MARCH):
    return Cost(budget=budget, period=period, rho=rho, limit=limit)


def spend(ledger, answer_id, *costs, project="p1", dataset="phone", noise=b""):
    with ledger.write() as tx:
        return tx.spend(answer_id, project=project, dataset=dataset, at=NOW, costs=costs, noise=noise)


def test_an_answer_takes_its_cost_once(either):
    assert spend(either, "a1", cost(40))
    assert not spend(either, "a1", cost(40), project="p2")

    assert either.spent(Budget.DATASET, "phone") == [(MARCH, 40)]


def test_a_budget_is_spent_to_its_very_end(either):
    spend(either, "a1", cost(60))
    spend(either, "a2", cost(40))

    assert either.spent(Budget.DATASET, "phone") == [(MARCH, 100)]


def test_one_millionth_too_many_writes_nothing(either):
    spend(either, "a1", cost(60))
    with pytest.raises(OverBudget):
        spend(either, "a2", cost(41))

    assert either.spent(Budget.DATASET, "phone") == [(MARCH, 60)]
    assert [one.answer_id for one in either.spends("phone")] == ["a1"]


def test_what_is_refused_inside_a_transaction_that_goes_on_was_not_written(either):
    with either.write() as tx:
        with pytest.raises(OverBudget):
            tx.spend("a1", project="p1", dataset="phone", at=NOW, costs=[cost(5), cost(11, limit=10, period="")])
        tx.event(actor="u1", verb="ask", subject="a1", body={"refused": "budget"}, at=NOW)

    assert (either.spends("phone"), either.spent(Budget.DATASET, "phone"), either.size()) == ([], [], 1)


def test_a_refusal_carries_no_number_and_says_whose_budget_it_is(either):
    spend(either, "a1", cost(777, limit=1000, budget=Budget.PROJECT))
    with pytest.raises(OverBudget) as caught:
        spend(either, "a2", cost(888, limit=1000, budget=Budget.PROJECT))

    assert not any(one.isdigit() for one in str(caught.value))
    assert caught.value.field == "project"
    assert "larger areas or fewer days" in str(caught.value)


def test_a_refusal_for_want_of_budget_is_a_refusal_of_permission():
    assert issubclass(OverBudget, NotPermitted)


def test_a_lower_limit_later_stops_what_comes_and_not_what_was(either):
    spend(either, "a1", cost(60))
    with pytest.raises(OverBudget):
        spend(either, "a2", cost(1, limit=50))

    assert not spend(either, "a1", cost(60, limit=50))


def test_accounts_are_apart_by_whose_they_are_and_by_period(either):
    both = cost(100), cost(100, budget=Budget.PROJECT), cost(100, period="2026-04"), cost(100, period="")
    spend(either, "a1", *both)
    spend(either, "a2", cost(100, budget=Budget.PROJECT), project="p2")
    spend(either, "a3", cost(100), dataset="other")

    assert either.spent(Budget.DATASET, "phone") == [("", 100), (MARCH, 100), ("2026-04", 100)]
    assert either.spent(Budget.PROJECT, "p2") == [(MARCH, 100)]
    assert either.spent(Budget.PROJECT, "phone") == []


def test_a_projects_budget_is_one_over_all_data_sets(either):
    spend(either, "a1", cost(60, budget=Budget.PROJECT))
    with pytest.raises(OverBudget):
        spend(either, "a2", cost(60, budget=Budget.PROJECT), dataset="other")


def test_the_first_secret_stays(either):
    spend(either, "a1", noise=b"first\0\xff")
    spend(either, "a1", noise=b"second")

    assert either.noise("a1") == b"first\0\xff"
    with either.write() as tx:
        assert tx.noise("a1") == b"first\0\xff"


def test_an_answer_without_noise_has_an_empty_secret(either):
    spend(either, "a1")

    assert either.noise("a1") == b""


def test_an_answer_nobody_paid_for_has_no_secret_at_all(either):
    with pytest.raises(NotFound, match="never paid"):
        either.noise("a1")


def test_spends_are_told_with_their_costs_the_latest_first(either):
    spend(either, "a1", cost(3), cost(4, budget=Budget.PROJECT, period=""))
    with either.write() as tx:
        tx.spend("a2", project="p2", dataset="phone", at=NOW + timedelta(hours=1))
    spend(either, "a3", cost(5), dataset="other")
    last, first = either.spends("phone")

    assert (last.answer_id, last.project, dict(last.costs)) == ("a2", "p2", {})
    assert first.costs == {(Budget.DATASET, MARCH): 3, (Budget.PROJECT, ""): 4}
    assert first.at == NOW


@pytest.mark.parametrize(
    "costs",
    [
        [cost(0)], [cost(-1)], [cost(True)], [cost(1.0)], [cost(2**60)], [cost(1, limit=-1)], [cost(1, limit=0.5)],
        [cost(1, limit=2**60)], [cost(1, period="x" * 33)], [cost(1, period="March 2026")], [cost(1), cost(2)],
        [cost(1, period=""), cost(1), cost(1, period="")],
    ],
    ids=[
        "nothing", "less", "boolean", "float", "huge", "limit", "half", "endless", "long", "spaced", "twice", "again"
    ],
)  # fmt: skip
def test_costs_that_cannot_be_counted_are_refused(ledger, costs):
    with pytest.raises(BadInput):
        spend(ledger, "a1", cost(1, budget=Budget.PROJECT), *costs)

    assert ledger.spends("phone") == []


def test_a_secret_too_long_to_be_one_is_refused(ledger):
    with pytest.raises(BadInput, match="4096"):
        spend(ledger, "a1", noise=b"x" * 4097)


def test_a_budget_of_nothing_pays_for_nothing(ledger):
    with pytest.raises(OverBudget):
        spend(ledger, "a1", cost(1, limit=0))


@pytest.fixture
def fresh(tmp_path_factory):
    """A ledger for every example."""

    def made():
        opened = Ledger.open(f"sqlite:///{tmp_path_factory.mktemp('site')}/meta.sqlite")
        opened.upgrade()
        return opened

    return made


ASKED = st.lists(
    st.tuples(st.integers(0, 5), st.sampled_from(Budget), st.sampled_from(["", MARCH]), st.integers(1, 60)), max_size=12
)


@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(ASKED)
def test_whatever_is_asked_the_account_is_the_sum_of_what_was_let_in(fresh, asked):
    ledger, model, paid = fresh(), {}, set()
    for number, budget, period, rho in asked:
        account = (budget, period)
        fits = model.get(account, 0) + rho <= 100
        try:
            first = spend(ledger, f"a{number}", cost(rho, budget=budget, period=period))
            assert first == (number not in paid)
            assert fits or not first
            model[account] = model.get(account, 0) + (rho if first else 0)
            paid.add(number)
        except OverBudget:
            assert not fits
            assert number not in paid
    told = {
        (budget, period): rho
        for budget, name in ((Budget.DATASET, "phone"), (Budget.PROJECT, "p1"))
        for period, rho in ledger.spent(budget, name)
    }
    ledger.close()

    assert told == {account: rho for account, rho in model.items() if rho}
