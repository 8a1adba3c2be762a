"""No two answers about almost the same people."""

from datetime import date

import pytest

from safeconduct.model.days import Days
from safeconduct.model.errors import BadInput
from safeconduct.model.outcomes import History
from safeconduct.query.frame import frames
from safeconduct.release.gate import audit, people_apart
from safeconduct.release.policies import shipped
from safeconduct.release.rules.overlap import Overlap

DAYS = Days(date(2026, 1, 5), date(2026, 1, 6))
RULE = Overlap(minimum=16)


def close_to(query):
    return History(close=tuple(frame.to_json() for frame in frames(query.plan())))


def test_nothing_close_nothing_refused(world):
    assert RULE.audit(world.question(world.seen()), world.policy, History()) is None


def test_a_question_close_to_an_earlier_one_is_refused_and_says_what_to_do(world):
    """The card names the rule, no number of people beyond the public minimum, and what would pass."""
    refusal = RULE.audit(world.question(world.seen()), world.policy, close_to(world.seen(days=DAYS)))

    assert refusal.reason == "overlap.too_close"
    assert "16" in str(refusal.rule)
    assert len(refusal.alternatives) == 2


def test_a_declared_product_is_never_refused(world):
    """Its windows were looked at together."""
    history = History(close=close_to(world.seen(days=DAYS)).close, declared=True)

    assert RULE.audit(world.question(world.seen()), world.policy, history) is None


def test_two_refusals_are_the_same_whoever_they_protect(world):
    """Nothing of how many people differ, or which question it was, shows."""
    refusals = {
        RULE.audit(world.question(world.seen()), world.policy, close_to(other))
        for other in (world.seen(days=DAYS), world.daily(DAYS))
    }

    assert len(refusals) == 1


@pytest.mark.parametrize(("name", "apart"), [("operational", 16), ("threshold_only", 0)])
def test_a_level_compares_frames_if_a_rule_of_it_does(name, apart):
    assert people_apart(shipped()[name]) == apart


def test_the_gate_asks_every_rule(world):
    question, policy = world.question(world.seen()), shipped()["operational"]

    assert audit(question, policy, close_to(world.seen(days=DAYS))).reason == "overlap.too_close"
    assert audit(question, shipped()["threshold_only"], close_to(world.seen(days=DAYS))) is None


@pytest.mark.parametrize("minimum", [1, 1_000_001])
def test_a_minimum_out_of_range_is_none(minimum):
    with pytest.raises(BadInput):
        Overlap(minimum=minimum)
